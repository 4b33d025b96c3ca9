# program: basics
# native: no (names and registers of AArch64)
# build: dynamic
# status: signal 9
break main
continue
# see: Breakpoint 1, main
next
# see: double h = half(sum);
step
# see: half (x=30) at
stepi
nexti
finish
# see: Value returned is $1 = 15
hbreak count
# see: Hardware assisted breakpoint 2 at
continue
# see: Breakpoint 2, count () at
info sharedlibrary
# see: Yes ...ld-linux-aarch64.so.1
# see: Yes ...libc.so.6
info symbol $x30
# see: main
print $v0.d.f[0]
# see: = 15
set var $x5 = 0x1234
print/x $x5
# see: = 0x1234
print $fpcr
# see: [
x/2i $pc
# see: =>
break basics.c:33 if counter == 20
continue
# see: Breakpoint 3, count () at
print counter
# see: = 20
delete
kill
# never: Cannot access memory
