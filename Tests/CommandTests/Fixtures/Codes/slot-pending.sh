project 'writeMode: insert, schedule: "* * * * *"'
cat >totals.yaml <<'END'
flows:
  totals: {source: {path: orders.csv}, destination: wh, writeMode: truncate_insert, schedule: "* * * * *", after: [orders]}
END
quietly sluice apply --yes
rm orders.csv
show sluice run --due
