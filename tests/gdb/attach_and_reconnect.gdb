# program: busy
# native: no (gdbserver ends with the connection)
# beside: busy
# target: attach
# emu: --on-disconnect stop
# guest: finished
set var $before = counts[0]
disconnect
# It stands until the next gdb comes.
shell sleep 0.1
eval "target remote %s", $target
print counts[0] == $before
# see: = 1
set var finish = 1
continue
# see: exited normally
