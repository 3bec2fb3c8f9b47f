project 'writeMode: insert'
cat >sales.yaml <<END
flows:
  sales: {source: {path: orders.csv}, destination: wh, writeMode: insert, after: [orders]}
END
quietly sluice apply --yes
admin 'DROP TABLE orders'
show sluice run
