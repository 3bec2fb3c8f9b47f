project 'writeMode: insert'
show sluice report --out reports/today.html
