# program: basics
# args: first
# target: extended-remote
# status: 5
# guest: first 2: 30 15.0 60
# guest: again 3: 30 15.0 60
break half
continue
# see: Breakpoint 1, half (x=30)
continue
# see: [Inferior 1 (process ...) exited with code 05]
info inferiors
# see: * 1 ...<null>
eval "set remote exec-file %s", $program
set args again 2
run
# see: Breakpoint 1, half (x=30)
info inferiors
# see: * 1 ...process
continue
# see: [Inferior 1 (process ...) exited with code 05]
run
# see: Breakpoint 1, half
kill
# see: [Inferior 1 (process ...) killed]
run
# see: Breakpoint 1, half
detach
# see: [Inferior 1 (process ...) detached]
