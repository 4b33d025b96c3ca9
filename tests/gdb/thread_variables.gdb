# program: syscalls
# native: no (registers of AArch64)
# status: signal 10
break in_thread
continue
# see: Thread 2 ...hit Breakpoint 1
print mine
# see: = 6
print (int)errno
# see: = 9
thread 1
print mine
# see: = 5
thread 2
finish
print zeroed
# see: = 43
set var mine = 60
print $tpidr != 0
# see: = 1
continue
# see: Thread 1 ...hit Breakpoint 1
print mine
# see: = 7
print (int)errno
# see: = 9
continue
# see: received signal SIGUSR1
# The signal is delivered all the same.
detach
