SELECT * FROM sales.countries ORDER BY code;
