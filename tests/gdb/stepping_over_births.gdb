# program: births
# guest: born 2000, sum 3000
break main
continue
# see: Breakpoint 1, main ()
next
# see: sum += hundreds(250);
next
# see: sum += hundreds(250);
print born
# see: = 1000
info threads
# see: * 1
break live if born == 1500
continue
# see: hit Breakpoint 2, live
delete
finish
# see: Value returned
continue
# see: exited normally
