crm 'CREATE TABLE prices (id bigint PRIMARY KEY, changed timestamptz); INSERT INTO prices VALUES (1, now()), (2, NULL)'
project 'writeMode: upsert, key: [id]'
sed -i 's/{path: orders.csv}/{authorizer: crm, table: public.prices, cursor: changed}/' shop.yaml
quietly sluice apply --yes
show sluice run
