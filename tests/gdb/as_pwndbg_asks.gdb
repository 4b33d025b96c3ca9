# program: calls
# status: signal 9
# What pwndbg asks at a stop: whether this is QEMU (of which it would guess what is mapped), what is mapped, where the links
# of /proc lead (names in capital digits, with the NUL), who runs, and where the program and its thread pointer are.
break leave
continue
# see: leave (value=
maintenance packet Qqemu.sstepbits
# see: received: ""
python
import binascii, os, tempfile
pid = gdb.selected_inferior().pid
def remote_file(name):
    local = tempfile.mktemp()
    error = gdb.execute(f'remote get "/proc/{pid}/{name}" "{local}"', to_string=True)
    with open(local) as file:
        text = file.read()
    os.remove(local)
    return error + text
def link(name):
    path = binascii.hexlify(f"/proc/{pid}/{name}\0".encode()).decode().upper()
    return gdb.execute("maintenance packet vFile:readlink:" + path, to_string=True).strip().splitlines()[-1]
maps = [line.split(maxsplit=5) for line in remote_file("maps").splitlines()]
pc = int(gdb.parse_and_eval("(unsigned long)$pc"))
def covers(line):
    start, end = (int(word, 16) for word in line[0].split("-"))
    return start <= pc < end
print("of pc:", [line[1] + " " + os.path.basename(line[5].strip()) for line in maps if covers(line)])
print("stack:", [line[1] for line in maps if line[-1].strip() == "[stack]"])
print("emulator:", [line for line in maps if line[-1].strip().endswith("/emu")])
print("exe", link("exe"))
print("fd", link("fd/1"), link("fd/77"))
print("status", remote_file("status").splitlines()[0])
end
# see: of pc: ['r-xp ...calls...']
# see: stack: ['rw-p']
# see: emulator: []
# see: exe received: "F...calls
# see: fd received: "F... received: "F-1,...2"
# see: status Name:
info auxv
# see: AT_PHDR
# see: AT_EXECFN
kill
