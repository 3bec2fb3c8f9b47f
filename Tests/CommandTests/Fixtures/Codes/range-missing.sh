project 'writeMode: insert'
cat >days.yaml <<'END'
flows:
  days: {source: {authorizer: wh, query: "SELECT 1 AS id WHERE current_date = {{start}}"}, destination: wh}
END
show sluice validate
