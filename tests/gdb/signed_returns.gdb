# program: signed
# native: no (instructions of AArch64)
# gdb unwinds through signed return addresses, and finishes functions that check them.
break inner
continue
# see: Breakpoint 1, inner
backtrace
# see: in outer
# see: in main
finish
# see: Value returned is $1 = 5
print $pauth_cmask != 0
# see: $2 = 1
continue
# see: exited normally
