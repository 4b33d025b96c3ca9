# git over HTTP: clone and push through git's own CGI program, under Python's server.
# root: programs
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_DATE='2020-01-01T00:00:00Z' GIT_COMMITTER_DATE='2020-01-01T00:00:00Z' GIT_PROJECT_ROOT=$PWD/served GIT_HTTP_EXPORT_ALL=1
git init -q --bare -b main served/one.git; git -C served/one.git config http.receivepack true
mkdir cgi-bin; ln -s /usr/lib/git-core/git-http-backend cgi-bin/git
cat > server.py <<'PY'
import http.server, os
http.server.nobody_uid = os.getuid  # no other user can read what this one makes
class Handler(http.server.CGIHTTPRequestHandler):
    have_fork = True
    def is_executable(self, path): return True
    def log_message(self, *args): pass
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
with open('port.new', 'w') as f: f.write(str(server.server_address[1]))
os.rename('port.new', 'port')
server.serve_forever()
PY
python3 server.py > server.log 2>&1 & server=$!
for i in $(seq 300); do test -e port && break; sleep 0.1; done
url=http://127.0.0.1:$(cat port)/cgi-bin/git/one.git
git init -q -b main first; cd first; seq 1000 > numbers; git add numbers; git commit -q -m first
git push -q $url main && echo pushed
cd ..; git clone -q $url second && cmp first/numbers second/numbers && git -C second log --format='%s %an'
cd second; echo more > more; git add more; git commit -q -m second; git push -q origin main; cd ../first; git pull -q $url main; cat more
kill $server; cd ..; git -C served/one.git fsck --no-progress; cat server.log
