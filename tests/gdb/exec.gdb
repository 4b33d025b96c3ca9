# program: execs
# args:
# status: 6
# guest: second program, 2 arguments
catch exec
break second
continue
# see: Catchpoint 1 (exec'd
continue
# see: Breakpoint 2, second (argc=2)
continue
# see: exited with code 06
