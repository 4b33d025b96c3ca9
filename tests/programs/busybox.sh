# busybox: its shell and its applets, run by name and as links, its archivers, awk, a server and a client of its own.
mkdir bin data; cp "$(command -v busybox)" bin/busybox; for name in sh awk tar gzip gunzip cpio find xargs sort wc sed nc httpd wget dc vi ls cat seq diff md5sum sleep kill; do ln bin/busybox bin/$name; done
seq 1000 > data/numbers; echo page > data/index.html
PATH=$PWD/bin sh -c 'set -e
tar cf - data | gzip > d.tgz; mkdir out; gunzip < d.tgz | tar xf - -C out; diff -r data out/data && echo archived
find data -type f | sort | cpio -o -H newc 2> /dev/null > d.cpio; mkdir in; cd in; cpio -id < ../d.cpio 2> /dev/null; md5sum data/numbers; cd ..
awk "{ s += \$1 } END { print s, sprintf(\"%x\", 255), toupper(\"awk\") }" data/numbers; sed -n "500{s/0/zero/gp}" data/numbers
sort -rn data/numbers | sed -n 2p; find data -name "num*" | xargs wc -l; echo "6 7 * p" | dc
trap "echo trapped" TERM; kill -TERM $$; (exit 4) || echo status $?; for i in $(seq 3); do case $i in 2) continue;; esac; echo -n "$i "; done; echo ${x:-unset} $((7 / 2))
port=$((20000 + $$ % 20000)); httpd -f -p 127.0.0.1:$port -h data & server=$!
for i in $(seq 50); do wget -q -O got http://127.0.0.1:$port/ 2> /dev/null && break; sleep 0.1; done; cat got; kill $server; wait $server || echo server ended'
