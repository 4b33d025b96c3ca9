# program: calls
# status: signal 9
tbreak main
continue
# see: Temporary breakpoint 1, main
info breakpoints
# see: No breakpoints
next
next
# see: for (int i
next
next
# see: for (int i
until
# see: sum += (int)half_of
step
# see: half_of (x=8)
finish
# see: Value returned is $1 = 4
tbreak both
continue
# see: Temporary breakpoint 2, both (x=1)
finish
# see: Value returned is $2 = {first = 1, second = -1}
advance leave
# see: leave (value=1)
hbreak calls.c:47
# see: Hardware assisted breakpoint
print twice(21)
# see: = 42
print half_of(3)
# see: = 1.5
print both(2)
# see: = {first = 2, second = -2}
print (int)fork() > 0
# see: = 1
continue
# see: Breakpoint ...main ()
handle SIGUSR1 nostop noprint
tbreak on_signal
continue
# see: on_signal (signal=10)
backtrace
# see: #1  <signal handler called>
# see: main () at
finish
# see: <signal handler called>
finish
# see: raise
finish
finish
# see: main () at
rbreak ^twice$
# see: int twice(int);
print twice(4)
# see: The program being debugged stopped while in a function called from GDB.
