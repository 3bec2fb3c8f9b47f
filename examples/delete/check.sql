SELECT * FROM sales.customers ORDER BY id;
