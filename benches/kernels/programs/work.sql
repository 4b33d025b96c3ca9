-- Inserts, an index, joins, aggregates, sorting, text functions and a recursive query.
CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT, price REAL, class INTEGER);
CREATE TABLE sale (item INTEGER, day INTEGER, amount INTEGER);
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
INSERT INTO item SELECT i, printf('item %x', i * 7919 % 100003), (i * 37 % 1000) / 10.0, i % 23 FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120000)
INSERT INTO sale SELECT i * 7919 % 20000 + 1, i % 365, i % 11 FROM n;
COMMIT;
CREATE INDEX sale_item ON sale (item);
SELECT class, count(*), sum(amount), round(sum(price * amount), 2) FROM item JOIN sale ON sale.item = item.id GROUP BY class ORDER BY 3 DESC;
SELECT day, max(amount), group_concat(DISTINCT amount) FROM sale WHERE day % 50 = 7 GROUP BY day;
SELECT substr(upper(name), 6, 3) AS part, count(*) FROM item WHERE name LIKE '%a%' GROUP BY part ORDER BY 2 DESC, 1 LIMIT 10;
UPDATE item SET price = price * 1.01 WHERE id IN (SELECT item FROM sale WHERE amount > 8);
DELETE FROM sale WHERE day < 40;
SELECT count(*), round(total(price), 3) FROM item, (SELECT DISTINCT item FROM sale) WHERE id = item;
