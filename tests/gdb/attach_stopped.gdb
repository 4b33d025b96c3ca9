# program: busy
# native: no (gdbserver 13 reports the SIGSTOP of another thread, too, when the program is continued)
# beside: busy
# target: multi
# status: signal 15
# guest: finished
python
import os, signal, time
pid = int(gdb.parse_and_eval("$pid"))
def wait_until_stopped():
    while open("/proc/%d/stat" % pid).read().rsplit(") ", 1)[1][0] != "T":
        time.sleep(0.01)
    print("it is stopped")
os.kill(pid, signal.SIGSTOP)
wait_until_stopped()
end
# see: it is stopped
eval "attach %d", $pid
print counts[0] > 0
# see: = 1
# Left as it was found.
detach
# see: detached
python wait_until_stopped()
# see: it is stopped
eval "attach %d", $pid
set var finish = 1
continue
# see: exited normally
