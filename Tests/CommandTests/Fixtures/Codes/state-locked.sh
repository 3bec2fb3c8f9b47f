project 'writeMode: insert, columns: {id: bigint}'
quietly sluice apply --yes
held 'BEGIN; LOCK TABLE orders'
sed -i 's/DATABASE_URL}/DATABASE_URL}, lockTimeout: 10m/; s/{id: bigint}/{id: bigint, total: numeric}/' shop.yaml
sluice apply --yes >/dev/null 2>&1 &
until_true "EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'ALTER TABLE%')"
show sluice apply --yes >/dev/null
release
wait $!
