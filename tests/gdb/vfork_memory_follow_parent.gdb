# program: vfork_memory
# guest: value 1110, spawn: No such file or directory, status 0x9
break both
catch vfork
continue
# see: Catchpoint 2 (vforked process
print value
# see: = 0
continue
# The child has been here, unseen.
# see: hit Breakpoint 1, both (where=100)
print value
# see: = 10
delete 2
break done
continue
# see: hit Breakpoint 3, done (spawned=2, status=9)
# never: both (where=10)
# never: both (where=1000)
continue
# see: exited normally
