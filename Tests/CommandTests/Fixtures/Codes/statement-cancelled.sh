project 'writeMode: insert, retry: {attempts: 1}'
sed -i 's/DATABASE_URL}/DATABASE_URL}, statementTimeout: 1s/' shop.yaml
admin "CREATE TABLE orders (id bigint, total numeric);
  GRANT ALL ON orders TO $ROLE;
  CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NEW; END';
  CREATE TRIGGER wait BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION wait()"
quietly sluice apply --yes
show sluice run
