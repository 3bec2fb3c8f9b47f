project 'writeMode: insert'
quietly sluice apply --yes
sed -i '/^flows:/,$d' shop.yaml
cat >sales.yaml <<END
flows:
  a: {renamedFrom: orders, source: {path: orders.csv}, destination: wh, table: orders, writeMode: insert}
  b: {renamedFrom: orders, source: {path: orders.csv}, destination: wh, writeMode: insert}
END
show sluice plan >/dev/null
