project 'writeMode: insert'
echo 'flows: {sales: {source: {path: orders.csv}, destination: wh, writeMode: insert}}' >sales.yaml
quietly sluice apply --yes
show sluice state mv flow/orders flow/sales
