SELECT * FROM sales.rates ORDER BY currency;
