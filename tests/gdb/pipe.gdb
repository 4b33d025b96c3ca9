# program: basics
# target: pipe
break square
continue
# see: Breakpoint 1, square (n=1)
delete
continue
# see: exited with code 05
