admin "CREATE TABLE orders (id bigint, total numeric); INSERT INTO orders SELECT n, n FROM generate_series(1, 9) n;
  ALTER TABLE orders OWNER TO $ROLE"
project 'writeMode: upsert, key: [id]'
# Another project with the same table.
mkdir other && cp shop.yaml orders.csv other && echo 'project: other' >other/sluice.yaml
echo 'manifests: [shop.yaml]' >sluice.yaml
quietly sluice apply --yes --select destination/wh
held "BEGIN; INSERT INTO orders VALUES (1000, 1)"
sluice -C other apply --yes >/dev/null 2>&1 &
until_true "EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'CREATE UNIQUE INDEX CONCURRENTLY%')"
show sluice apply --yes >/dev/null
release
wait $!
