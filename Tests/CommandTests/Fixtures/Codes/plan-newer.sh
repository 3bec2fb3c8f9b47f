project 'writeMode: insert'
quietly sluice plan --out plan.json
sed -i 's/"formatVersion" *: *[0-9]*/"formatVersion": 99/' plan.json
show sluice apply --plan plan.json
