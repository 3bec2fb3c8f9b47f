project 'writeMode: insert'
sluice plan --output json >plan.json
show sluice apply --plan plan.json
