# program: forks
# before: set non-stop on
# status: signal 9
set detach-on-fork off
set follow-fork-mode child
break born
continue
# see: Breakpoint 1, born (generation=0)
continue
# see: Thread 2.1 ...hit Breakpoint 1...born (generation=1)
# gdb lets the parent go on, which waits for the child.
info threads
# see: 1.1 ...(running)
# see: 2.1 ...born (generation=1)
inferior 2
continue
# see: Thread 3.1 ...hit Breakpoint 1...born (generation=2)
info threads
# see: 1.1 ...(running)
# see: 2.1 ...(running)
# see: 3.1 ...born (generation=2)
# Any of them can be stopped, and looked into.
thread 1.1
interrupt
inferior 3
next
# see: Thread 1.1 ...stopped
thread 1.1
backtrace
# see: wait
# see: main ()
print depth
# see: = 0
inferior 3
kill inferiors 1 2 3
info inferiors
# see: 1 ...<null>
# see: 2 ...<null>
# see: 3 ...<null>
