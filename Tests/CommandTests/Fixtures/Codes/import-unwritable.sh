project 'writeMode: insert'
cp orders.csv more.csv
show sluice import more.csv --out flows/more.yaml
