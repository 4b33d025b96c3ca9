# program: writers
# native: no (instructions of AArch64)
# guest: 5
break main
continue
watch memory.watched[0]
# see: Hardware watchpoint 2: memory.watched[0]
continue
# see: Old value = 0
# see: New value = 1919902312
backtrace 2
# see: by_kernel
continue
# see: New value = 72340172838076673
backtrace 1
# see: by_simd
continue
# see: New value = 3
backtrace 1
# see: by_pair
continue
# see: New value = 4
backtrace 1
# see: by_exclusive
continue
# see: New value = 5
backtrace 1
# see: by_atomic
delete
# A range that no register of a real processor covers.
watch memory.after
# see: Hardware watchpoint 3: memory.after
continue
# see: Hardware watchpoint 3: memory.after
backtrace 1
# see: main ()
delete
continue
# see: exited normally
