project 'writeMode: insert'
echo 'sandbox: {init: [crm.sql]}' >sluice.yaml
printf 'CREATE TABLE people (id bigint);\nCREATE TABEL places (id bigint);\n' >crm.sql
show sluice plan --sandbox >/dev/null
quietly sluice sandbox reset
