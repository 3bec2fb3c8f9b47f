project 'writeMode: insert'
quietly sluice plan --out plan.json
quietly sluice apply --yes
show sluice apply --plan plan.json
