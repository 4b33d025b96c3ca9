# program: ignores
# guest: EPIPE: yes
# guest: what waits is discarded: yes
# guest: no zombie: yes
# guest: EIO: yes
# guest: foreground: yes
# guest: a shell ignores it, too
# guest: ignored behind an exec: yes
handle SIGCHLD stop print pass
continue
# see: received signal SIGINT
continue
# see: received signal SIGUSR1
signal SIGUSR1
# see: received signal SIGPIPE
continue
# see: received signal SIGCHLD
handle SIGCHLD nostop noprint pass
continue
# see: is executing new program
# see: received signal SIGUSR1
continue
# see: exited normally
