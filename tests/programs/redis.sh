# Redis: a server, its client, a save by a forked child.
# root: programs
redis-server --port 0 --unixsocket "$PWD/socket" --save '' --daemonize yes --dir "$PWD" --logfile log >/dev/null
cli() { redis-cli -s socket "$@"; }
for i in $(seq 100); do cli ping >/dev/null 2>&1 && break; sleep 0.1; done
cli set key value; cli incrby n 41; cli incr n; cli rpush list a b c; cli lrange list 1 -1
cli eval 'return redis.call("get", KEYS[1]) .. ARGV[1]' 1 key '!'
cli bgsave; for i in $(seq 100); do cli info persistence | grep -q rdb_bgsave_in_progress:0 && break; sleep 0.1; done
cli info persistence | grep rdb_last_bgsave_status | tr -d '\r'
cli shutdown nosave; test -s dump.rdb && echo saved
