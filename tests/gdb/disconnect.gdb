# program: basics
# native: no (gdbserver kills the program)
# status: 5
# guest: none 1: 30 15.0 60
break square
continue
# see: Breakpoint 1, square (n=1)
disconnect
