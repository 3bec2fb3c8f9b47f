crm 'CREATE TABLE prices (id bigint, total numeric); INSERT INTO prices VALUES (1, 2)'
project 'writeMode: insert'
sed -i 's/{path: orders.csv}/{authorizer: crm, table: public.prices, cursor: id}/' shop.yaml
quietly sluice run --apply --yes
show sluice run --full-refresh
