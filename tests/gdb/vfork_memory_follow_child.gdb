# program: vfork_memory
# guest: value 1111, spawn: No such file or directory, status 0x9
# status: 1
set follow-fork-mode child
break both
continue
# see: vfork to child
# see: hit Breakpoint 1, both (where=10)
set var value = 1
finish
# see: main
print value
# see: = 11
# The parent's breakpoint is gone with gdb.
continue
# see: exited normally
