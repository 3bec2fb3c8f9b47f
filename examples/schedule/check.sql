SELECT * FROM sales.orders ORDER BY order_id;
SELECT count(*) AS prices FROM sales.prices;
