SELECT * FROM sales.readings ORDER BY id;
SELECT * FROM sales.archived ORDER BY year;
