# program: threads
# build: dynamic
# status: 0
# guest: joined
break all_started
continue
# see: all_started ()
info threads
# see: * 1
# see: "counter-0"
# see: "counter-1"
# see: "counter-2"
set var $before = counts[0] + counts[1] + counts[2]
print counts[0] + counts[1] + counts[2] == $before
# see: = 1
thread apply all -s print $pc
thread 3
# see: [Switching to thread 3
backtrace
# see: counter (arg=0x1)
set scheduler-locking on
set var $other = counts[0]
stepi
stepi
print counts[0] == $other
# see: = 1
set scheduler-locking off
thread 1
set var finish = 1
continue
# see: exited normally
