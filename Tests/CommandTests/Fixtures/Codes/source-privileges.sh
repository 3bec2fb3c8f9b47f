crm 'CREATE TABLE prices (id bigint, total numeric)'
crm_admin "REVOKE SELECT ON prices FROM $ROLE; ALTER TABLE prices OWNER TO postgres"
project 'writeMode: truncate_insert'
sed -i 's/{path: orders.csv}/{authorizer: crm, table: public.prices}/' shop.yaml
show sluice plan >/dev/null
