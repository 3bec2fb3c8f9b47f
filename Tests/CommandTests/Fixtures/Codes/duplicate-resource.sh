project 'writeMode: insert'
echo 'flows: {orders: {source: {path: orders.csv}, destination: wh, writeMode: insert}}' >more.yaml
show sluice validate
