# program: ignored
# guest: child 7
handle SIGWINCH stop print
handle SIGURG stop print
handle SIGCHLD stop print
continue
# see: received signal SIGWINCH
continue
# see: received signal SIGURG
continue
# see: received signal SIGCHLD
print $_siginfo._sifields._sigchld.si_status
# see: = 7
continue
# see: received signal SIGTSTP
signal 0
# see: received signal SIGCONT
continue
# see: exited normally
