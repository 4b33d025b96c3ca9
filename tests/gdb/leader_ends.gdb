# program: leaderless
# status: 9
# The main thread ends before the other one does anything, and the process goes on without it.
break advance_one
continue
# see: Breakpoint 1, advance_one ()
info threads
# see: * 2    Thread
next
next
# see: work (unused=
finish
# see: Breakpoint 1, advance_one ()
backtrace
# see: #1 ...work (unused=
continue
# see: exited with code 011
# never:   1    Thread
