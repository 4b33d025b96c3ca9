# curl over TLS from an OpenSSL server with a certificate of its own; files, ranges, uploads, several at once.
# root: programs
openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out cert -days 1 -subj /CN=localhost -addext subjectAltName=DNS:localhost 2> /dev/null
seq 20000 > numbers; echo page > page
port=$((20000 + $$ % 20000))
openssl s_server -accept 127.0.0.1:$port -key key -cert cert -WWW -quiet > server.log 2>&1 & server=$!
get() { curl -sS --cacert cert "$@"; }
for i in $(seq 100); do get https://localhost:$port/page > got 2> /dev/null && break; sleep 0.1; done
cat got; get https://localhost:$port/numbers | cmp - numbers && echo same
curl -s https://localhost:$port/page; echo "untrusted $?"
get --tls-max 1.2 --tlsv1.2 -o /dev/null -w '%{http_code} %{ssl_verify_result}\n' https://localhost:$port/page
kill $server; wait $server 2> /dev/null
curl -sS -r 0-3 "file://$PWD/numbers" | tr '\n' ' '; echo
curl -sS -Z -o a "file://$PWD/page" -o b "file://$PWD/numbers" && cat a && cmp b numbers && echo both
curl -sS http://localhost:$port/ 2> /dev/null; echo "refused $?"
