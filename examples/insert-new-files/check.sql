SELECT * FROM sales.visits ORDER BY at;
SELECT status, rows_read FROM sales._sluice_loads ORDER BY started;
