# program: calls
# status: signal 9
# Out of a function by longjmp, into a handler, and back out of it through the kernel.
tbreak leave
tbreak calls.c:46
continue
# see: leave (value=1)
finish
# see: main () at ...:46
catch signal SIGUSR1
# see: Catchpoint 3 (signal SIGUSR1)
continue
# see: Catchpoint 3 (signal SIGUSR1)
print $_siginfo.si_signo
# see: = 10
step
# see: on_signal (signal=
backtrace
# see: #1  <signal handler called>
# see: main () at
step
step
# see: }
step
step
step
# see: main () at ...:48
kill
