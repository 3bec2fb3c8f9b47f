cat >shop.yaml <<END
authorizers:
  wh: {host: db.internal, database: template1, username: loader}
END
show sluice check --sandbox
quietly sluice sandbox reset
