SELECT * FROM sales_staging.shops ORDER BY shop;
