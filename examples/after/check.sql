SELECT o.order_id, c.name FROM sales.orders o JOIN sales.customers c ON c.id = o.customer_id ORDER BY 1;
