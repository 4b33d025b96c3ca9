# program: basics
# target: multi
# status: signal 15
# guest: one 2: 30 15.0 60
# guest: none 1: 30 15.0 60
set remote exec-file /does/not/exist
file
eval "set remote exec-file %s", $program
eval "file %s", $program
break half
run one
# see: Breakpoint 1, half (x=30)
backtrace
# see: #1 ...main (argc=2
continue
# see: [Inferior 1 (process ...) exited with code 05]
set args
run
# see: Breakpoint 1, half (x=30)
print (char *)getenv("PATH") != 0
continue
# see: [Inferior 1 (process ...) exited with code 05]
