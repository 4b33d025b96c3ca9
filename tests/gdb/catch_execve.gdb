# program: execs
# native: no (registers of AArch64)
# status: 6
# guest: second program, 2 arguments
catch syscall execve
catch exec
continue
# see: Catchpoint 1 (call to syscall execve)
continue
# see: Catchpoint 2 (exec'd
continue
# see: Catchpoint 1 (returned from syscall execve)
print $x0
# see: = 0
continue
# see: exited with code 06
