SELECT id, at, kind, detail, amount FROM sales.events ORDER BY id;
SELECT * FROM sales.products ORDER BY sku;
