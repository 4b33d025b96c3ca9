# program: vforks
# status: 0
# guest: executed with 2 arguments
# guest: waited: 4
# guest: waited: 7
set follow-fork-mode child
break executed
continue
# see: vfork to child
# see: [Detaching vfork parent process ...after child exec]
# see: is executing new program
# see: Thread 2.1 ...hit Breakpoint 1, executed (argc=2)
continue
# see: exited with code 04
