project 'writeMode: insert_ignore, columns: {id: bigint, total: numeric}'
echo '3,free' >>orders.csv
quietly sluice apply --yes
show sluice preview orders
