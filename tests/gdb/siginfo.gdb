# program: signals
# status: signal 11
# guest: handled 10
handle SIGUSR2 nopass nostop noprint
break handler
continue
# see: received signal SIGUSR1
print $_siginfo.si_signo
# see: = 10
set var $_siginfo.si_code = 7
print $_siginfo.si_code
# see: = 7
continue
# see: handler (signal=10)
# What ptrace shows of a breakpoint.
print $_siginfo.si_signo
# see: = 5
delete
continue
# see: received signal SIGSEGV
print $_siginfo.si_code
# see: = 1
print/x $_siginfo._sifields._sigfault.si_addr
# see: = 0x10
continue
# see: Program terminated with signal SIGSEGV
print $_exitsignal
# see: = 11
