SELECT * FROM sales.orders ORDER BY id;
SELECT * FROM sales.customers ORDER BY id;
SELECT * FROM sales.countries ORDER BY code;
