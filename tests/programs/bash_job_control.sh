# Job control of an interactive bash on a terminal of its own: stop, list, background, foreground, interrupt.
cat > terminal.py <<'END'
import os, pty, re, select, signal, sys, time
pid, fd = pty.fork()
if pid == 0:
    for number in signal.SIGINT, signal.SIGQUIT: signal.signal(number, signal.SIG_DFL)  # what runs in the background has them ignored
    os.execv(sys.argv[1], sys.argv[1:])
seen = ''
def expect(pattern, limit=60):
    global seen
    end = time.time() + limit
    while not re.search(pattern, seen):
        if time.time() > end:
            print('no', repr(pattern), 'in', repr(seen)); os.kill(pid, 9); sys.exit(1)
        if select.select([fd], [], [], 0.1)[0]:
            try: seen += os.read(fd, 65536).decode()
            except OSError: break
    print('seen', pattern); seen = ''
def send(text): os.write(fd, text.encode())
send("PS1='ready> '\n"); expect(r'ready> $')
send('sleep 100\n'); time.sleep(0.5); send('\x1a'); expect(r'Stopped[^\n]*sleep 100')
send('jobs\n'); expect(r'\[1\]\+ +Stopped +sleep 100')
send('bg\n'); expect(r'\[1\]\+ sleep 100 &')
send('jobs\n'); expect(r'\[1\]\+ +Running +sleep 100 &')
send('fg\n'); expect(r'sleep 100\r\n'); time.sleep(0.5)
send('\x03'); expect(r'ready> $')
send('echo status $?\n'); expect('status 130')
send('stty rows 40 cols 100; stty size\n'); expect('40 100')
send('cat\nagain\n\x04'); expect(r'again[^$]*again')
send('exit 3\n')
print('exit', os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
END
python3 terminal.py /bin/bash --norc --noediting -i
