# program: short_threads
# before: maintenance set target-non-stop on
# guest: 20 children
# Threads end while gdb stops all one by one: what it has heard to have ended is neither listed nor held up.
set print inferior-events off
set print thread-events off
continue
# see: exited normally
