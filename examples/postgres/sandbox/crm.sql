CREATE TABLE public.countries (code char(2) PRIMARY KEY, name text NOT NULL);
CREATE TABLE public.customers (id bigint PRIMARY KEY, name text NOT NULL, country char(2) REFERENCES countries);
CREATE TABLE public.orders (
  id bigint PRIMARY KEY, customer_id bigint, amount numeric(10,2), cancelled boolean, updated_at timestamptz);
CREATE TABLE public.audit_log (at timestamptz, what text);

INSERT INTO countries VALUES ('CZ', 'Czechia'), ('DE', 'Germany');
INSERT INTO customers VALUES (1, 'Anna Nováková', 'CZ'), (2, 'Jürgen Müller', 'DE');
INSERT INTO orders VALUES
  (1001, 1, 129.90, false, '2024-05-01 09:15Z'),
  (1002, 2, 15.00, true, '2024-05-01 10:02Z'),
  (1003, 2, 2450.00, false, '2024-05-02 08:00Z');

GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;
