CREATE TABLE public.events (id bigint PRIMARY KEY, kind text, at timestamptz NOT NULL);
INSERT INTO public.events
SELECT n, CASE n % 2 WHEN 0 THEN 'view' ELSE 'order' END, timestamptz '2024-01-01 12:00+00' + n * interval '10 days'
FROM generate_series(0, 8) n;
CREATE TABLE public.invoices (id bigint PRIMARY KEY, issued date NOT NULL, amount numeric(10, 2));
INSERT INTO public.invoices SELECT n, date '2024-01-15' + 10 * n, 100 + n FROM generate_series(1, 7) n;

GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;
