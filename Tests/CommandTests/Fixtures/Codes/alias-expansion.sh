cat >shop.yaml <<END
flows: &flows
  orders: *flows
END
show sluice validate
