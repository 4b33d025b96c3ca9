# program: busy
# beside: busy
# target: attach
# guest: finished
info threads
# see: * 1 ...futex
break count if index == 1
continue
# see: hit Breakpoint 1, count (index=1)
set var finish = 1
# What gdb came to, it leaves.
