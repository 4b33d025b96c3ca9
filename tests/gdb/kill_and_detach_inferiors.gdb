# program: forks
# files: local
# guest: generation done, depth 5
# status: 98
set detach-on-fork off
catch fork
continue
# see: Catchpoint 1 (forked process
stepi
inferior 2
# see: [Switching to inferior 2
continue
# see: Catchpoint 1 (forked process
stepi
info inferiors
# see: 1 ...process
# see: * 2 ...process
# see: 3 ...process
detach inferiors 3
# see: [Inferior 3 (process ...) detached]
kill inferiors 2
inferior 1
continue
# see: exited with code 0142
