# CPython's own tests of sockets, TLS and asyncio.
# root: programs
# minutes: 60
for module in socket ssl asyncio; do
    # Left out: a virtual machine's socket to itself, which hangs in most virtual machines natively, too.
    python3 -m test --timeout 1800 -i '*VSOCKSocketStreamTest*' test_$module > log 2>&1 && echo $module || { echo "$module: failed"; tail -60 log; }
done
