SELECT * FROM sales.customers ORDER BY id;
SELECT flow, status, rows_inserted FROM sales._sluice_loads ORDER BY started;
