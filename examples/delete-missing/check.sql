SELECT * FROM sales.staff ORDER BY id;
SELECT rows_updated, rows_deleted, rows_unchanged FROM sales._sluice_loads ORDER BY started DESC LIMIT 1;
