SELECT * FROM sales.orders ORDER BY order_id;
