# program: forks
# native: no (gdbserver ends with the connection)
# emu: --on-disconnect stop
# status: signal 9
set detach-on-fork off
set schedule-multiple on
break born
continue
continue
# see: Thread 2.1 ...hit Breakpoint 1...born (generation=1)
disconnect
# Another gdb sees both where they stood, and none of the breakpoints.
delete
eval "target remote %s", $target
info inferiors
# see: 1 ...process
# see: 2 ...process
info threads
# see: born (generation=1)
tbreak waited
kill inferiors 1
info inferiors
# see: 1 ...<null>
# see: 2 ...process
inferior 2
kill
