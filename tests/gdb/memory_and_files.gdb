# program: calls
# native: no (gdb compares sections at the wrong place of a position-independent program)
# guest: sum 12
handle SIGUSR1 nostop noprint
break leave
continue
# see: Breakpoint 1, leave
find /b &leave, +64, *(unsigned char *)((char *)&leave + 8)
# see: pattern...found
compare-sections .text
# see: Section .text...matched.
info os processes
# see: pid
monitor help
# see: syscalls on|off
monitor maps
# see: [stack]
monitor fds
# see: 1 
monitor translate
# see: Usage: monitor translate ADDR
eval "monitor translate %#lx", &leave
# see: unit ...instructions
# see: stp x29, x30
monitor stats
# see: translat
continue
