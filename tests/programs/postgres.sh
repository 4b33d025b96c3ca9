# PostgreSQL: initdb, a server, parallel workers, a rollback, a fast shutdown.
# root: programs
run() { "$@"; }
[ "$(id -u)" != 0 ] || { chown 65534 .; run() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }; }
bin=$(echo /usr/lib/postgresql/*/bin)
run $bin/initdb -D data -A trust -U postgres --no-sync --locale=C > initdb.log 2>&1 || cat initdb.log
run $bin/postgres -D data -k "$PWD" -c listen_addresses= -c fsync=off > server.log 2>&1 &
sql() { $bin/psql -h "$PWD" -U postgres -qAt "$@"; }
for i in $(seq 300); do sql -c 'select 1' >/dev/null 2>&1 && break; sleep 0.1; done
sql <<'END'
create table t as select g as a, g % 7 as b from generate_series(1, 50000) g;
set max_parallel_workers_per_gather = 2; set parallel_setup_cost = 0; set min_parallel_table_scan_size = 0; set parallel_tuple_cost = 0;
explain (costs off) select count(*), sum(a) from t;
select count(*), sum(a) from t;
begin; delete from t; rollback;
select b, count(*) from t group by b order by b limit 2;
select to_char(timestamp '2020-02-29 12:00', 'Day DDD'), upper('a'), 2 ^ 0.5 > 1.41;
END
run $bin/pg_ctl -D data -m fast stop | tail -1
