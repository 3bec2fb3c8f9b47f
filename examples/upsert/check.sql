SELECT order_id, customer, total, placed_at, note, loaded_from, loaded_at IS NOT NULL AS dated
FROM sales.orders ORDER BY order_id;
SELECT rows_inserted, rows_updated, rows_unchanged FROM sales._sluice_loads ORDER BY started DESC LIMIT 1;
