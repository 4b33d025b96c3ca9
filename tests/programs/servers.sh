# Small servers and their clients: memcached, HAProxy, D-Bus.
# root: programs
port=$((20000 + $$ % 10000))
user=; [ "$(id -u)" != 0 ] || user='-u root'
memcached $user -l 127.0.0.1 -p $port -t 2 > memcached.log 2>&1 & cache=$!
for i in $(seq 100); do nc.openbsd -z 127.0.0.1 $port && break; sleep 0.1; done
printf 'set a 0 0 3\r\nabc\r\nincr n 1\r\nget a\r\nquit\r\n' | nc.openbsd -N 127.0.0.1 $port | tr -d '\r'
kill $cache; wait $cache; echo "memcached $?"
cat > haproxy.cfg <<CFG
defaults
    mode http
    timeout client 9s
    timeout server 9s
    timeout connect 9s
frontend f
    bind 127.0.0.1:$((port + 1))
    http-request return status 200 content-type text/plain string "from haproxy" if { path /own }
    default_backend none
backend none
    server s 127.0.0.1:1
CFG
haproxy -c -f haproxy.cfg; haproxy -W -f haproxy.cfg > haproxy.log 2>&1 & proxy=$!
for i in $(seq 100); do nc.openbsd -z 127.0.0.1 $((port + 1)) && break; sleep 0.1; done
for path in own other; do curl -s -o out -w '%{http_code} ' http://127.0.0.1:$((port + 1))/$path; head -n 1 out; echo; done
kill $proxy; wait $proxy
dbus-daemon --session --address="unix:path=$PWD/bus" --nofork --nopidfile --nosyslog > dbus.log 2>&1 & bus=$!
export DBUS_SESSION_BUS_ADDRESS="unix:path=$PWD/bus"
for i in $(seq 100); do [ -S bus ] && break; sleep 0.1; done
dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner string:org.freedesktop.DBus | tail -n 1
dbus-send --session --print-reply --dest=no.such / no.such.call 2>&1 | cut -d: -f1
kill $bus; wait $bus; echo "dbus $?"
