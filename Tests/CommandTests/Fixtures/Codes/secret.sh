project 'writeMode: insert'
sed -i 's/DATABASE_URL/WAREHOUSE_URL/' shop.yaml
show sluice plan >/dev/null
