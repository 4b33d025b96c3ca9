# program: waiting
# native: no (the machine's libc has other names inside)
# status: signal 9
# interrupt: spinning
# interrupt-asleep: reading
# guest: reading
continue
# see: received signal SIGINT
backtrace
# see: main () at
set var go_on = 1
continue
# see: received signal SIGINT
backtrace
# see: read ()
# see: main () at
print go_on
# see: = 1
call (int)getpid() > 0
# see: = 1
kill
