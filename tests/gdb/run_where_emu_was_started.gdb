# program: wanders
# target: multi
# status: signal 15
eval "set remote exec-file %s", $program
eval "file %s", $program
break here
run
# see: Breakpoint 1, here
print $_streq(directory, "/")
# see: = 0
print mask == 0777
# see: = 0
continue
# see: exited normally
run
# see: Breakpoint 1, here
print $_streq(directory, "/")
# see: = 0
print mask == 0777
# see: = 0
set cwd /usr
run
# see: Breakpoint 1, here (directory=..."/usr")
continue
# see: exited normally
