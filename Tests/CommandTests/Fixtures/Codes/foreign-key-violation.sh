admin "CREATE TABLE prices (total numeric PRIMARY KEY); INSERT INTO prices VALUES (2.5);
  CREATE TABLE orders (id bigint, total numeric REFERENCES prices); GRANT ALL ON orders TO $ROLE"
project 'writeMode: insert'
quietly sluice apply --yes
show sluice run
