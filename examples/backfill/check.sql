SELECT * FROM sales.sales ORDER BY sale_id;
SELECT count(*), min(issued), max(issued), sum(amount) FROM sales.invoices;
SELECT id, kind, at::date FROM sales.events ORDER BY id;
SELECT flow, range_from, range_to, status, rows_read FROM sales._sluice_loads
WHERE range_to < '2024-12-31' ORDER BY flow, range_from;
