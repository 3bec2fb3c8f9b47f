project 'writeMode: insert'
quietly sluice sandbox start
quietly sluice sandbox stop
# As after an upgrade of PostgreSQL.
sed -i 's/.*/9.1/' "$(sandbox_data)/PG_VERSION"
show sluice sandbox start
quietly sluice sandbox reset
