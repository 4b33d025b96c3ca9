# program: crowd
# build: dynamic
# status: signal 9
# Thirty children that all live at once, each with its program and libraries read over the connection.
set detach-on-fork off
set schedule-multiple on
break in_child
python
met = set()
def on_stop(event):
    if isinstance(event, gdb.BreakpointEvent):
        met.add(gdb.selected_inferior().pid)
gdb.events.stop.connect(on_stop)
while len(met) < 30:
    gdb.execute("continue")
print("met", len(met), "alive", sum(1 for inferior in gdb.inferiors() if inferior.pid))
end
# see: met 30 alive 31
inferior 31
info symbol write
# see: write in section .text of ...libc.so.6
kill inferiors 1
inferior 2
info sharedlibrary
# see: libc.so.6
python
for inferior in gdb.inferiors():
    if inferior.pid: gdb.execute("kill inferiors %d" % inferior.num)
print("left", sum(1 for inferior in gdb.inferiors() if inferior.pid))
end
# see: left 0
# never: Too many open files
