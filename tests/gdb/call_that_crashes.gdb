# program: calls
# status: signal 9
break leave
continue
# see: Breakpoint 1, leave (value=1)
set unwindonsignal on
print crash()
# see: Program received signal SIGSEGV
# see: crash () at
# see: The program being debugged was signaled while in a function called from GDB.
# see: GDB has restored the context
