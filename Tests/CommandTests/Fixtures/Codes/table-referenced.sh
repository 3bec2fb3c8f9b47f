project 'writeMode: truncate_insert'
admin "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric); ALTER TABLE orders OWNER TO $ROLE;
  CREATE TABLE lines (id bigint REFERENCES orders)"
quietly sluice apply --yes
show sluice run
