SELECT order_id, customer, country, amount, placed_at, state FROM sales.paid_orders ORDER BY 1;
SELECT * FROM sales.days ORDER BY 1;
SELECT flow, rows_read, rows_rejected, jsonb_array_length(quality) AS rules FROM sales._sluice_loads ORDER BY 1;
