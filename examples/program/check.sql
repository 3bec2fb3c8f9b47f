SELECT * FROM sales.squares ORDER BY n;
