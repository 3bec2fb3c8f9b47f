project 'writeMode: insert'
admin "CREATE TABLE orders (id bigint, total numeric); ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
  CREATE POLICY small ON orders USING (true) WITH CHECK (total < 10); GRANT ALL ON orders TO $ROLE"
show sluice apply --yes >/dev/null
show sluice run
