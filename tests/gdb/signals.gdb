# program: signals
# status: signal 11
# guest: handled 10
# guest: survived SIGUSR2
handle SIGUSR2 nopass
break handler
continue
# see: received signal SIGUSR1
print $_siginfo.si_signo
# see: = 10
continue
# see: handler (signal=10)
backtrace
# see: #1  <signal handler called>
finish
continue
# see: received signal SIGUSR2
continue
# see: received signal SIGSEGV
print $_siginfo._sifields._sigfault.si_addr
# see: 0x10
backtrace
# see: main () at
continue
# see: Program terminated with signal SIGSEGV
