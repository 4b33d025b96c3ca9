# MariaDB: a new database with InnoDB, a transaction rolled back, clients at the same time, a crash and recovery.
# root: programs
# minutes: 10
mkdir db
as() { "$@"; }
[ "$(id -u)" != 0 ] || { chmod 777 . db; as() { setpriv --reuid=54323 --regid=54323 --clear-groups "$@"; }; }
as mariadb-install-db --no-defaults --auth-root-authentication-method=normal --datadir="$PWD/db" --basedir=/usr > install.log 2>&1 || cat install.log
start() {
    as mariadbd --no-defaults --datadir="$PWD/db" --socket="$PWD/s" --skip-networking --pid-file="$PWD/db/pid" >> server.log 2>&1 &
    for i in $(seq 100); do sql 'select 1' > tried 2>&1 && return; sleep 0.5; done
    tail server.log
}
sql() { mariadb --no-defaults -S "$PWD/s" -u root -N -e "$1"; }
start
sql 'create database d; create table d.t (a int primary key, b varchar(20)) engine=InnoDB; insert into d.t values (1, "one"), (2, "two")'
sql 'begin; delete from d.t; rollback; select count(*), group_concat(b order by a) from d.t'
for i in 1 2 3 4; do (for j in $(seq 10); do sql "insert into d.t values ($i * 100 + $j, \"x\")"; done) & clients="$clients $!"; done
wait $clients
sql 'select count(*), sum(a) from d.t'
kill -KILL "$(cat db/pid)"; wait %1 2> /dev/null; start
sql 'select count(*), sum(a) from d.t; check table d.t'
mariadb-admin --no-defaults -S "$PWD/s" -u root shutdown; wait; echo down
