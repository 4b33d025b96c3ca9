# A fork bomb under ulimit -u: as many processes as allowed, then EAGAIN; nothing hangs and nothing is left.
# root: programs
as() { "$@"; }
[ "$(id -u)" != 0 ] || as() { setpriv --reuid=54321 --regid=54321 --clear-groups "$@"; }
cat > bomb.py <<'PY'
import ctypes, os, resource, signal, time
ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER: orphans come to us
resource.setrlimit(resource.RLIMIT_NPROC, (100, 100))
os.setsid()
read, write = os.pipe()
first = os.fork()
if first == 0:
    # Each forks until it may not twenty times, and tells.
    refused = 0
    while refused < 20:
        try:
            if os.fork() == 0: os.write(write, b'f')
        except BlockingIOError:
            refused += 1
            os.write(write, b'e')
            time.sleep(0.01)
    signal.pause()
told = b''
while told.count(b'e') < 300: told += os.read(read, 4096)
print('forked', 50 < told.count(b'f') < 100)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.killpg(0, signal.SIGTERM)  # all others end
ends = []
while True:
    try: ends.append(os.waitstatus_to_exitcode(os.wait()[1]))
    except ChildProcessError: break
print('ended', len(ends) > 50, set(ends))
if os.fork() == 0: os._exit(0)
print('forks again', os.wait()[1])
PY
as python3 - < bomb.py; ps -eo uid,args | grep '^ *54321' | grep -v defunct | wc -l
