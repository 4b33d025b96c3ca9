# program: forks
# status: 6
# guest: generation done, depth 3
# guest: generation done, depth 6
set follow-fork-mode child
break born
continue
# see: Breakpoint 1, born (generation=0)
continue
# see: [Attaching after Thread ... fork to child
# see: [Detaching after fork from parent process
# see: Breakpoint 1, born (generation=1)
backtrace
# see: #0  born (generation=1)
# see: #1 ...main () at
continue
# see: Breakpoint 1, born (generation=2)
continue
# see: Breakpoint 1, born (generation=3)
info inferiors
# see: * 4
print depth
# see: = 2
continue
# see: exited with code 03
