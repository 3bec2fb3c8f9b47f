project 'writeMode: insert'
sed -i 's/{path: orders.csv}/{command: [curl, -sf, "https:\/\/example.com\/orders.csv"], format: csv}/' shop.yaml
show sluice validate --untrusted
