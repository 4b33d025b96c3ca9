# program: calls
# guest: sum 12 in 1
tbreak main
continue
# see: Temporary breakpoint 1, main
info breakpoints
# see: No breakpoints
next
next
# see: for (int i
next
next
until
until
until
# see: sum += (int)half_of
step
# see: half_of (x=8)
finish
# see: Run till exit from
# see: Value returned is $1 = 4
tbreak both
continue
finish
# see: Value returned is ...{first = 1, second = -1}
hbreak leave
# see: Hardware assisted breakpoint
advance leave
# see: leave (value=1)
next
# see: if (setjmp(out) == 0)
next
# see: sum++
print twice(21)
# see: = 42
print half_of(3)
# see: = 1.5
print both(2)
# see: first = 2, second = -2
break twice
set unwindonsignal on
print crash()
# see: signaled while in a function called from GDB
