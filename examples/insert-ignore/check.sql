SELECT * FROM sales.members ORDER BY id;
SELECT rows_read, rows_inserted, rows_rejected FROM sales._sluice_loads;
