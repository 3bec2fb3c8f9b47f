admin "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric); INSERT INTO orders VALUES (2, 9); GRANT ALL ON orders TO $ROLE"
project 'writeMode: insert'
quietly sluice apply --yes
show sluice run
