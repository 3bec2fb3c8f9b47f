project 'writeMode: insert'
quietly sluice apply --yes
echo 'flows: {sales: {renamedFrom: orders, source: {path: orders.csv}, destination: wh, writeMode: insert}}' >sales.yaml
show sluice plan >/dev/null
