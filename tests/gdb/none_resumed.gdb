# program: ends
# native: no (there are lines in its start_thread)
# status: 4
# guest: joined
# The only thread that gdb lets run is stepped beyond its end: gdb is told that none is left, and lists it no more. (It
# would end by an internal error.) The other one goes on though it alone is resumed.
break work
continue
# see: work (unused=
set scheduler-locking on
next
next
next
# see: No unwaited-for children left.
info threads
# see:   1    Thread
thread 1
# see: Switching to thread 1
continue
# see: exited with code 04
print $_exitcode
# see: = 4
# never: internal
