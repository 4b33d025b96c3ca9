# program: thread_fork
# status: 0
# guest: child exited with 7
break in_parent
continue
# see: in_parent (status=7)
info threads
# see: * 2 ...in_parent (status=7)
continue
# see: exited normally
