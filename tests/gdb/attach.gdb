# program: busy
# beside: busy
# target: multi
# status: signal 15
# guest: finished
eval "attach %d", $pid
info threads
# see: * 1 ...futex
# see: 2 ...
# see: 3 ...
# All of them stand, though two have every signal blocked.
set var $now = counts[0] + counts[1]
shell sleep 0.1
print counts[0] + counts[1] == $now
# see: = 1
break count if index == 1
continue
# see: hit Breakpoint 1, count (index=1)
watch counts[0]
continue
# see: Hardware watchpoint 2: counts[0]
delete
detach
# see: [Inferior 1 (process ...) detached]
# Once more: it ran, and is told to finish.
shell sleep 0.1
eval "attach %d", $pid
print counts[0] + counts[1] > $now
# see: = 1
set var finish = 1
catch fork
continue
# see: Catchpoint 3 (forked process
continue
# see: exited normally
eval "attach %d", $pid
# see: Attaching to process ... failed
