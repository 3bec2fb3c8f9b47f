project 'writeMode: insert'
admin "CREATE VIEW orders AS SELECT 1::bigint AS id, 2.5 AS total; GRANT ALL ON orders TO $ROLE"
show sluice plan >/dev/null
