crm 'CREATE TABLE prices (id bigint, total numeric); INSERT INTO prices VALUES (1, 2), (1, 3)'
project 'writeMode: upsert, key: [id]'
sed -i 's/{path: orders.csv}/{authorizer: crm, table: public.prices}/' shop.yaml
quietly sluice apply --yes
show sluice run
