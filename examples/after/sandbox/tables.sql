CREATE TABLE sales.customers (id bigint PRIMARY KEY, name text);
CREATE TABLE sales.orders (order_id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES sales.customers);
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA sales TO loader;
