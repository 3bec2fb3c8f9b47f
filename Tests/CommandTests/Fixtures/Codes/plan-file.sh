project 'writeMode: insert'
show sluice plan --out plans/today.json >/dev/null
