# program: threads
# native: no (gdbserver 13 does not tell of the thread that was interrupted while another is waited for)
# build: dynamic
# before: set non-stop on
# guest: joined
break all_started
continue
# see: hit Breakpoint 1, all_started ()
info threads
# see: * 1 ...all_started ()
# see: "counter-0"...(running)
# see: "counter-1"...(running)
# see: "counter-2"...(running)
# They do run while the first stands.
set var $c0 = counts[0]
set var $c2 = counts[2]
while counts[0] == $c0 || counts[2] == $c2
end
print counts[0] > $c0 && counts[2] > $c2
# see: = 1
# One is stopped, which a wait for another shows.
thread 3
# see: [Switching to thread 3 ...(running)
interrupt
thread 1
continue
# see: Thread 3 "counter-1" stopped
info threads
# see: 1 ...(running)
# see: 2 ..."counter-0"...(running)
# see: 3 ..."counter-1"...(
# see: 4 ..."counter-2"...(running)
thread 3
backtrace
# see: counter (arg=0x1)
set var $c1 = counts[1]
set var $c0 = counts[0]
while counts[0] == $c0
end
print counts[1] == $c1
# see: = 1
stepi
# A breakpoint for one, stepped over while the others run.
tbreak threads.c:22 thread 2
continue
# see: Thread 2 "counter-0" hit Temporary breakpoint 2, counter (arg=0x0)
thread 2
next
# see: while (!finish)
print counts[0] > $c0
# see: = 1
info threads
# see: 1 ...(running)
# see: * 2 ..."counter-0"...counter (arg=0x0)
# see: 3 ..."counter-1"...(running)
set var finish = 1
continue
# see: exited normally
