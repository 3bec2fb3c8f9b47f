-- Orders and turnover in euros by country, from all three tables.
SELECT c.name AS country, count(*) AS orders, round(sum(o.amount / r.rate)) AS euros
FROM sales.orders o
  JOIN sales.countries c ON c.code = o.country
  JOIN sales.rates r ON r.currency = o.currency AND r.month = date_trunc('month', o.placed_at AT TIME ZONE 'UTC')
GROUP BY c.name
ORDER BY euros DESC;
