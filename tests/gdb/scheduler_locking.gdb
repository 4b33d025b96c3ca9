# program: threads
# build: dynamic
# guest: joined
break all_started
continue
# see: all_started ()
delete
# Stepping lets the others run, unless they are locked for it.
set scheduler-locking step
thread 2
set var $before = counts[1]
stepi 20
print counts[1] == $before
# see: $1 = 1
set scheduler-locking off
# On a busy machine a step may be over before they come to run.
while counts[1] == $before
stepi 50
end
print counts[1] > $before
# see: $2 = 1
# A breakpoint of one thread only, which all pass.
thread 3
break counter thread 3
info threads
# see: * 3
tbreak 22 thread 4
continue
# see: Thread 4 ...hit Temporary breakpoint 3
set scheduler-locking on
set var finish = 1
# The others stay: nobody is joined until they are let go.
set scheduler-locking replay
continue
# see: exited normally
