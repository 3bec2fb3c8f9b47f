admin "CREATE TABLE orders (id bigint, total numeric CHECK (total < 3)); GRANT ALL ON orders TO $ROLE"
project 'writeMode: insert'
quietly sluice apply --yes
show sluice run
