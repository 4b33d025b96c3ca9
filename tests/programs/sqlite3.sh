# SQLite: a database on disk under two writers, a journal by WAL, a rollback, windows, JSON, an integrity check.
sqlite3 db 'pragma journal_mode = wal; create table t (id integer primary key, who text, n int); create index i on t (n);'
for who in a b; do
    (for i in $(seq 20); do sqlite3 -cmd '.timeout 20000' db "insert into t (who, n) values ('$who', $i);"; done) &
done; wait
sqlite3 db <<'SQL'
select who, count(*), sum(n) from t group by who order by who;
begin; delete from t; rollback; select count(*) from t;
select n, sum(n) over (order by n rows between 1 preceding and 1 following) from t where who = 'a' limit 3;
select json_extract('{"a": [1, {"b": 2}]}', '$.a[1].b'), printf('%.3f', avg(n)), hex(zeroblob(2)) from t;
with recursive fib(a, b) as (select 0, 1 union all select b, a + b from fib limit 50) select max(a) from fib;
vacuum; pragma integrity_check; insert into t (id) values (1);
SQL
echo "status $?"; sqlite3 db .dump | grep -c INSERT
