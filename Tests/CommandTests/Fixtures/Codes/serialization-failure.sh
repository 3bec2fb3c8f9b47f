project 'writeMode: insert, retry: {attempts: 1}'
admin "CREATE TABLE orders (id bigint, total numeric);
  GRANT ALL ON orders TO $ROLE;
  CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''could not serialize access due to concurrent update'' USING ERRCODE = ''40001''; END';
  CREATE TRIGGER refuse BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION refuse()"
quietly sluice apply --yes
show sluice run
