# program: hot
# native: no (a million stops take gdbserver too long)
# args: 200000
# guest: sum 20000499999
set breakpoint condition-evaluation target
break visit if i == 150000 && shape->sides > 1
# Were it gdb that decides, this would take minutes.
continue
# see: Breakpoint 1, visit (i=150000
condition 1 shape->turn < 0 && *shape->name == 'l' && i % 1000 == 1
continue
# see: Breakpoint 1, visit (i=152001
# A condition that cannot be evaluated stops, and gdb says why.
condition 1 *(int *)(i - i + 16) == 1
continue
# see: Error in testing ...condition
# see: Cannot access memory at address 0x10
# see: Breakpoint 1, visit (i=152002
delete
break visit if i == 199998
stepi
continue
# see: Breakpoint 2, visit (i=199998
# A range step meets it.
condition 2 i == 199999
finish
next
next
next
# see: Breakpoint 2, visit (i=199999
condition 2 i == 100
set follow-fork-mode child
continue
# see: Thread 2.1 ...hit Breakpoint 2, visit (i=100
continue
# see: exited normally
