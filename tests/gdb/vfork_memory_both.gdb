# program: vfork_memory
# native: no (gdbserver 13 hangs where the parent of a vfork is resumed)
# files: local
# guest: value 1110, spawn: No such file or directory, status 0x9
set detach-on-fork off
set schedule-multiple on
break both
continue
# see: hit Breakpoint 1, both (where=10)
info inferiors
# see: 1 ...process
# see: is vfork parent of inferior 2
# see: 2 ...process
# see: is vfork child of inferior 1
continue
# see: [Inferior 2 (process ...) exited normally]
inferior 1
continue
# see: hit Breakpoint 1, both (where=100)
print value
# see: = 10
delete
break done
# The child that posix_spawn makes, and whose exec fails.
continue
# see: [Inferior 3 (process ...) exited with code 0177]
inferior 1
continue
# see: Program terminated with signal SIGKILL
inferior 1
continue
# see: done (spawned=2, status=9)
continue
# see: exited normally
