# program: forks
# status: 6
# guest: generation done, depth 6
set follow-fork-mode parent
break born
break waited
continue
# see: Breakpoint 1, born (generation=0)
info breakpoints
continue
# see: [Detaching after fork from child process
# see: Breakpoint 2, waited (status=6)
backtrace
# see: #0  waited (status=6)
# see: #1 ...main () at
continue
# see: exited with code 06
