project 'writeMode: truncate_insert, retry: {attempts: 1}'
sed -i 's/DATABASE_URL}/DATABASE_URL}, lockTimeout: 1s/' shop.yaml
quietly sluice apply --yes
held 'BEGIN; SELECT * FROM orders'
show sluice run
release
