# program: forks
# native: no (gdbserver closes the connection when nobody is left)
# status: 6
# guest: generation done, depth 6
catch fork
# see: Catchpoint 1 (fork)
continue
# see: Catchpoint 1 (forked process
backtrace
# see: main
detach
# see: detached
