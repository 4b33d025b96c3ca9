# program: vfork_threads
# guest: 0 failures
# Threads vfork while another is stepped: none fails for want of descriptors, and each waits for its own child.
set print inferior-events off
break 37
continue
# see: hit Breakpoint 1, main
set $rounds = 0
while $rounds < 20
next 4
set $rounds = $rounds + 1
end
print rounds
# see: $1 = 20
delete
continue
# see: exited normally
