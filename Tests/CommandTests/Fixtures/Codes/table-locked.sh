project 'writeMode: insert'
admin "CREATE TABLE orders (id bigint, total numeric);
  GRANT ALL ON orders TO $ROLE;
  CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(42); RETURN NEW; END';
  CREATE TRIGGER wait BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION wait()"
quietly sluice apply --yes
held 'SELECT pg_advisory_lock(42)'
sluice run >/dev/null 2>&1 &
until_true "EXISTS (SELECT FROM pg_stat_activity WHERE usename = '$ROLE' AND wait_event = 'advisory')"
show sluice run
release
wait $!
