# program: thread_fork
# status: 0
# guest: child exited with 7
set follow-fork-mode child
break in_child
continue
# see: in_child (value=7)
info threads
# see: * 2.1
backtrace
# see: #0  in_child (value=7)
# see: forker
continue
# see: exited with code 07
