# program: syscalls
# native: no (numbers of AArch64, one of them of a call that x86-64 has elsewhere)
# status: 42
# guest: 0 9
catch syscall getpriority
# see: Catchpoint 1 (syscall 'getpriority' [141])
catch syscall 57
# see: Catchpoint 2 (syscall 'close' [57])
continue
# see: Thread 2 ...hit Catchpoint 2 (call to syscall close), ...close
print (int)$x0
# see: = -1
continue
# see: Thread 2 ...hit Catchpoint 2 (returned from syscall close), ...close
print (int)$x0
# see: = -9
stepi
delete 2
break in_thread thread 1
# Thread 2 goes past it, and the fork is not reported.
continue
# see: Thread 1 ...hit Catchpoint 1 (call to syscall getpriority)
continue
# see: Thread 1 ...hit Catchpoint 1 (returned from syscall getpriority)
print $x0 > 0
# see: = 1
continue
# see: Thread 1 ...in_thread
delete
catch syscall
# see: Catchpoint 4 (any syscall)
continue
# see: hit Catchpoint 4 (call to syscall ...
# The rest of it, one step over each call.
delete
catch syscall exit_group
continue
# see: received signal SIGUSR1
signal 0
# see: hit Catchpoint 5 (call to syscall exit_group)
print $x0
# see: = 3
set $x0 = 42
continue
# see: exited with code 052
print $_exitcode
# see: = 42
