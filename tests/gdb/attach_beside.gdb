# program: basics
# native: no (gdb looks for a position-independent program at the wrong place)
# beside: busy
# target: extended-remote
# args: first
# status: 5
# guest: first 2: 30 15.0 60
# guest: finished
break half
continue
# see: Breakpoint 1, half (x=30)
add-inferior
inferior 2
eval "file %s", $program
eval "attach %d", $pid
info inferiors
# see: 1 ...process
# see: * 2 ...process
print finish
# see: = 0
set var finish = 1
inferior 1
continue
# see: [Inferior 1 (process ...) exited with code 05]
inferior 2
continue
# see: [Inferior 2 (process ...) exited normally]
