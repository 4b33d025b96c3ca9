# program: calls
# status: signal 9
# A watchpoint of a variable ends with it; what lies there is watched on.
tbreak twice
continue
# see: twice (x=0)
watch x
# see: Hardware watchpoint 2: x
watch -location x
# see: Hardware watchpoint 3: -location x
continue
# see: Watchpoint 2 deleted because
# see: main () at
continue
# see: Hardware watchpoint 3: -location x
info watchpoints
# see: hw watchpoint ...-location x
kill
