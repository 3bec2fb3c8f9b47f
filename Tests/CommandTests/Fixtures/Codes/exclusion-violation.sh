admin "CREATE TABLE orders (id bigint, total numeric, EXCLUDE USING btree (id WITH =)); GRANT ALL ON orders TO $ROLE"
project 'writeMode: insert'
echo '2,4' >>orders.csv
quietly sluice apply --yes
show sluice run
