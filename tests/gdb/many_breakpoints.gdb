# program: hot
# native: no (a million stops take gdbserver too long)
# args: 20000
# guest: sum
# Hundreds of breakpoints: a false condition on each line and each instruction of what runs, and some in the C library.
python
def instructions(function):
    block = gdb.lookup_symbol(function)[0].symtab
    start = int(gdb.parse_and_eval("(unsigned long)&" + function))
    code = gdb.selected_inferior().architecture().disassemble(start, count=60)
    return [line["addr"] for line in code]
places = instructions("visit") + instructions("main")
for place in places * 3:
    gdb.Breakpoint("*%d" % place).condition = "$pc == 1"
for name in ["malloc", "free", "printf", "fflush", "abort", "exit"] * 10:
    gdb.Breakpoint(name).condition = "$pc == 1"
print("places", len(gdb.breakpoints()))
end
# see: places 420
break visit if i == 15000
continue
# see: visit (i=15000
next
next
# see: main (argc
tbreak visit
continue
# see: visit (i=15001
delete
continue
# see: exited normally
