# program: sleeps
# before: set non-stop on
# guest: all awake
break all_asleep
continue
# see: Breakpoint 1, all_asleep
# Each look interrupts every wait: if they began anew, nobody would wake up.
set var $looks = 0
while $looks < 40
  shell sleep 0.05
  set var $awake = awake
  set var $looks = $looks + 1
end
print $awake
# see: = 3
continue
# see: exited normally
