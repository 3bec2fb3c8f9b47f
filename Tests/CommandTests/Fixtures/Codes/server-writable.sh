project 'writeMode: insert'
admin "ALTER ROLE $ROLE SET default_transaction_read_only = on"
show sluice plan >/dev/null
