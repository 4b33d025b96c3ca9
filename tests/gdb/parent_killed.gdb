# program: trio
# native: no (gdbserver 13 ends with an error when it is asked about a child)
# status: signal 9
set detach-on-fork off
set schedule-multiple on
break tick
continue
# see: Program terminated with signal SIGKILL
info inferiors
# see: 1 ...<null>
# see: 2 ...process
# see: 3 ...process
# Both children take part as before, and have their breakpoints.
set schedule-multiple off
inferior 3
set var go = 1
continue
# see: Thread 3.1 ...hit Breakpoint 1...tick (child=2)
backtrace
# see: child (number=2
continue
# see: [Inferior 3 ...exited with code 02]
inferior 2
print go
# see: = 0
set var go = 1
continue
# see: Thread 2.1 ...hit Breakpoint 1...tick (child=1)
continue
# see: [Inferior 2 ...exited with code 01]
