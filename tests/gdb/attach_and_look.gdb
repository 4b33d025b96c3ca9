# program: basics
# native: no (registers of AArch64)
# args: hello
# status: 5
# guest: hello 2: 30 15.0 60
show architecture
# see: (currently "aarch64")
info program
break square
# see: Breakpoint 1 at
continue
# see: Breakpoint 1, square (n=1) at ...basics.c:
backtrace
# see: #0  square (n=1)
# see: #1 ...sum_of_squares (n=4)
# see: #2 ...main (argc=2, argv=
info registers x0 sp pc cpsr
# see: x0 ...0x1 ...1
# see: sp
# see: pc ...<square+
# see: cpsr
info auxv
# see: AT_ENTRY
info proc mappings
# see: Start Addr
# see: 400000 ...basics
# see: [stack]
finish
# see: Value returned is $1 = 1
delete
print origin
# see: {x = 3, y = 4}
print square(7)
# see: = 49
print half(9.0)
# see: = 4.5
set var origin.x = 11
print origin.x
# see: = 11
info threads
# see: * 1 ...Thread ...basics
continue
# see: exited with code 05
