project 'writeMode: insert'
echo 'authorizers: {crm: {url: {env: CRM_URL}}}' >crm.yaml
show sluice sandbox psql
