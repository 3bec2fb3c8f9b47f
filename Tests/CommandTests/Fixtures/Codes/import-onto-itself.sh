project 'writeMode: insert, table: orders'
quietly sluice apply --yes
sed -i 's/^  orders:/  others:/' shop.yaml
show sluice import wh --tables public.orders
