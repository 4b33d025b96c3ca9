# program: bad_exec
# guest: Exec format error
break failed
continue
# see: Breakpoint 1, failed (error=8)
# never: a program of the host
continue
# see: exited normally
