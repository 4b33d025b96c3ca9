# gdbserver, a guest, debugs another guest for the host's gdb.
# root: programs
port=$((20000 + $$ % 20000))
gdbserver --once 127.0.0.1:$port /bin/true > server.log 2>&1 &
for i in $(seq 100); do grep -q Listening server.log && break; sleep 0.1; done
gdb-multiarch -nx -q -batch -ex 'set auto-solib-add off' -ex 'set sysroot /' -ex "target remote 127.0.0.1:$port" \
    -ex 'stepi 3' -ex 'catch syscall 94' -ex continue -ex 'printf "call %d\n", $x8' -ex 'delete' -ex continue 2> gdb.log |
    grep -E '^call|^Catchpoint . \(call|exited'| sed 's/process [0-9]*/process N/; s/, 0x.*//'
wait; tail -1 server.log
