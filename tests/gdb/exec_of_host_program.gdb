# program: host_exec
# native: no (there are no others)
# guest: from the host
catch fork
continue
# see: Catchpoint 1 (forked process
set follow-fork-mode child
delete
continue
# see: executes /bin/sh, a program of the host
# see: [Inferior 2 (process ...) exited normally]
