project 'writeMode: insert'
admin "CREATE TABLE orders (id bigint, total numeric) PARTITION BY RANGE (id);
  CREATE TABLE orders_1 PARTITION OF orders FOR VALUES FROM (1) TO (2); ALTER TABLE orders OWNER TO $ROLE"
quietly sluice apply --yes
show sluice run
