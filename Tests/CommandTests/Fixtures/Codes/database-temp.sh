project 'writeMode: upsert, key: [id]'
admin "REVOKE TEMPORARY ON DATABASE $PGDATABASE FROM PUBLIC"
show sluice plan >/dev/null
