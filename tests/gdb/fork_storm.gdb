# program: storm
# native: no (gdbserver 13 fails to find a thread of a child that has ended)
# status: 0
# guest: sum 1225
# files: local
# Fifty children; a breakpoint in each, and every process held by this one gdb, which (13.1) crashes
# when it closes many files over the connection while the guest runs.
set detach-on-fork off
set schedule-multiple on
set print inferior-events off
break in_child
python
hits = exits = 0
def on_stop(event):
    global hits
    hits += isinstance(event, gdb.BreakpointEvent)
def on_exit(event):
    global exits
    exits += 1
gdb.events.stop.connect(on_stop)
gdb.events.exited.connect(on_exit)
while any(inferior.pid for inferior in gdb.inferiors()):
    if not gdb.selected_inferior().pid:
        live = next(inferior for inferior in gdb.inferiors() if inferior.pid)
        gdb.execute("inferior %d" % live.num)
    gdb.execute("continue")
print("hits", hits, "exits", exits)
end
# see: hits 50 exits 51
