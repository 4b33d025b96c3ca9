# program: basics
# status: 5
break count
continue
# see: Breakpoint 1, count
watch counter
# see: Hardware watchpoint 2: counter
continue
# see: Hardware watchpoint 2: counter
# see: Old value = 0
# see: New value = 10
continue
# see: Old value = 10
# see: New value = 20
delete 2
rwatch counter
# see: Hardware read watchpoint 3: counter
continue
# see: Hardware read watchpoint 3: counter
# see: Value = 20
delete 3
awatch counter
# see: Hardware access (read/write) watchpoint 4: counter
continue
# see: Hardware access (read/write) watchpoint 4: counter
delete 4
set can-use-hw-watchpoints 0
watch counter
# see: Watchpoint 5: counter
continue
# see: Watchpoint 5: counter
delete
continue
# see: exited with code 05
