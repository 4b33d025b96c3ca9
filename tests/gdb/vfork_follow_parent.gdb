# program: vforks
# status: 0
# guest: executed with 2 arguments
catch vfork
break waited
continue
# see: Catchpoint 1 (vforked process
catch syscall
continue
# see: Catchpoint 3 (returned from syscall
delete 3
continue
# see: Breakpoint 2, waited (status=4)
delete 1
continue
# see: Breakpoint 2, waited (status=7)
continue
# see: exited normally
