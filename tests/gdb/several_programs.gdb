# program: basics
# target: multi
# status: signal 15
# guest: one 2: 30 15.0 60
# guest: two 2: 30 15.0 60
eval "set remote exec-file %s", $program
eval "file %s", $program
break half
run one
# see: Breakpoint 1...half (x=30)
add-inferior
inferior 2
eval "file %s", $program
eval "set remote exec-file %s", $program
run two
# see: Thread 2.1...half (x=30)
info inferiors
# see: 1 ...process
# see: * 2 ...process
inferior 1
up
print *argv[1]@4
# see: "one"
continue
# see: [Inferior 1 (process ...) exited with code 05]
inferior 2
continue
# see: [Inferior 2 (process ...) exited with code 05]
run two
# see: half (x=30)
kill
# see: [Inferior 2 (process ...) killed]
set remote exec-file /does/not/exist
run
# see: Running "/does/not/exist" on the remote target failed
