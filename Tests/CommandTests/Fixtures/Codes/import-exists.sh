project 'writeMode: insert'
cp orders.csv more.csv
show sluice import more.csv --out shop.yaml
