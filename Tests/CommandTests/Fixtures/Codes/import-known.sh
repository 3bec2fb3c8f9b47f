project 'writeMode: insert'
show sluice import orders.csv
