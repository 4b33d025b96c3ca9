# program: basics
# native: no (says emu's own command line)
# target: pipe
break square
continue
# see: Breakpoint 1, square (n=1)
delete
continue
# see: exited with code 05
