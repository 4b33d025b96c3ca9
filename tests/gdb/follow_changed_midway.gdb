# program: forks
# status: 6
# guest: generation done, depth 6
set follow-fork-mode child
break born
break waited
continue
# see: Breakpoint 1, born (generation=0)
continue
# see: Breakpoint 1, born (generation=1)
set follow-fork-mode parent
continue
# see: [Detaching after fork from child process
# see: Breakpoint 2, waited (status=5)
print depth
# see: = 1
continue
# see: exited with code 06
