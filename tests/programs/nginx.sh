# nginx with two workers, asked by curl; a file of a megabyte by sendfile; a graceful end.
# root: programs
mkdir -p logs html; echo hello > html/index.html; head -c 1000000 /dev/zero > html/zeros
cat > nginx.conf <<END
worker_processes 2; error_log stderr crit; pid nginx.pid; daemon on;
events { worker_connections 64; }
http { access_log off; sendfile on; client_body_temp_path b; proxy_temp_path p; fastcgi_temp_path f; uwsgi_temp_path u;
       scgi_temp_path s; server { listen unix:$PWD/socket; root html; location /old { return 301 /new; } } }
END
[ "$(id -u)" != 0 ] || { sed -i "1i user root;" nginx.conf; }
nginx -p "$PWD" -c nginx.conf
get() { curl -s --unix-socket socket "$@"; }
get http://localhost/; get http://localhost/zeros | wc -c; get -o /dev/null -w '%{http_code} %{redirect_url}\n' http://localhost/old
get -o /dev/null -w '%{http_code}\n' http://localhost/missing
kill -QUIT "$(cat nginx.pid)"; for i in $(seq 100); do test -e nginx.pid || break; sleep 0.1; done; test -e nginx.pid || echo ended
