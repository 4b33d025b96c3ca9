# program: signed
# gdb unwinds through signed return addresses, and finishes functions that check them.
break inner
continue
# see: Breakpoint 1, inner
backtrace
# see: #0
# see: inner
# see: middle
# see: outer
# see: main
finish
# see: Run till exit
# see: Value returned is $1 = 5
print $pauth_cmask != 0
# see: = 1
continue
# see: exited normally
