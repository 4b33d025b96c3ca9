# program: waiting
# native: no (gdbserver has no suspend=n)
# starts: at once
# status: signal 9
# guest: spinning
# It runs, and gdb comes when it likes.
print spins > 0
# see: = 1
break main
info inferiors
# see: * 1 ...process
set var $before = spins
detach
# see: [Inferior 1 (process ...) detached]
# And again: the breakpoint is gone, and it ran meanwhile.
delete
eval "target remote %s", $target
backtrace 1
# see: #0 ...main ()
while spins == $before
stepi
end
print spins > $before
# see: = 1
disconnect
eval "target remote %s", $target
kill
# see: [Inferior 1 (process ...) killed]
