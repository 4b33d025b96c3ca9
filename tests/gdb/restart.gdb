# program: basics
# args: first
# target: extended-remote
# status: signal 9
# An older gdb, or one that is told to be, restarts by R.
set remote run-packet off
break half
continue
# see: Breakpoint 1, half (x=30)
run
# see: Breakpoint 1, half (x=30)
backtrace
# see: main (argc=2
continue
# see: [Inferior 1 (process ...) exited with code 05]
run
# see: Breakpoint 1, half (x=30)
kill
# see: [Inferior 1 (process ...) killed]
