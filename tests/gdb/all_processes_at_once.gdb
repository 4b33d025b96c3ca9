# program: forks
# native: no (gdb 13 loses the registers of the process that it goes on with)
# status: 6
# guest: generation done, depth 3
# guest: generation done, depth 6
set detach-on-fork off
set schedule-multiple on
break born
continue
# see: Breakpoint 1, born (generation=0)
continue
# see: Thread 2.1 ...hit Breakpoint 1...born (generation=1)
continue
# see: Thread 3.1 ...hit Breakpoint 1...born (generation=2)
continue
# see: Thread 4.1 ...hit Breakpoint 1...born (generation=3)
info inferiors
# see: 1 ...process
# see: 2 ...process
# see: 3 ...process
# see: * 4 ...process
thread apply all -q backtrace 1
# see: #0  born (generation=3)
inferior 2
print depth
# see: = 1
# The four end one after the other, but three of them may have ended before gdb hears of the first.
continue
# see: exited with code 0
inferior 1
continue
# see: exited with code 0
inferior 1
continue
# see: exited with code 0
inferior 1
continue
# see: [Inferior 1 ...exited with code 06]
