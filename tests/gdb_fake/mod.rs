//! A made-up process, and a gdb that says one packet at a time.
//!
//! The session runs on a thread of its own, as it would on the stopped guest thread; the test tells
//! that thread what happens next, and plays gdb on the other end of a socketpair.

#![allow(dead_code, clippy::panic)] // each test program uses what it needs, and fails by panics

use emu::debug::{Catch, Debugger, ExitStatus, Inferior, Probe, Registers, Resume, Stop, Watchpoint};
use emu::gdb::{Door, Hider, Session};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// The process's id, 0x64 in packets.
pub const PID: i32 = 100;

/// What gdb 13 offers.
pub const FEATURES: &str = "multiprocess+;swbreak+;hwbreak+;qRelocInsn+;fork-events+;vfork-events+;exec-events+;\
                            vContSupported+;QThreadEvents+;no-resumed+;memory-tagging+;xmlRegisters=i386";

/// One thread.
#[derive(Default)]
pub struct Thread {
    pub regs: Registers,
    pub name: String,
    pub siginfo: Option<[u8; 128]>,
}

/// The process: two threads and one page of memory at 0x1000.
pub struct World {
    pub pid: i32,
    pub threads: BTreeMap<i32, Thread>,
    pub memory: Vec<u8>,
    pub breakpoints: BTreeSet<u64>,
    pub watchpoints: BTreeSet<Watchpoint>,
    pub killed: bool,
    pub catch: Catch,
    pub lobby: String,
    pub logs_syscalls: bool,
    pub probes: BTreeMap<u64, Arc<dyn Probe>>,
}

/// The page's address.
const PAGE: u64 = 0x1000;

impl World {
    pub fn new(pid: i32) -> World {
        let thread = |name: &str| Thread { name: name.to_string(), ..Thread::default() };
        World {
            pid,
            threads: [(pid, thread("main")), (pid + 1, thread("work&a"))].into(),
            memory: (0..0x1000).map(|offset| offset as u8).collect(),
            breakpoints: BTreeSet::new(),
            watchpoints: BTreeSet::new(),
            killed: false,
            catch: Catch::None,
            lobby: String::new(),
            logs_syscalls: false,
            probes: BTreeMap::new(),
        }
    }

    fn range(&self, addr: u64, len: usize) -> std::ops::Range<usize> {
        let start = addr.checked_sub(PAGE).map_or(self.memory.len(), |offset| self.memory.len().min(offset as usize));
        start..self.memory.len().min(start + len)
    }
}

/// What the session sees of it.
#[derive(Clone)]
pub struct Fake(pub Arc<Mutex<World>>);

impl Fake {
    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().expect("no panic while it was held")
    }
}

impl Inferior for Fake {
    fn pid(&self) -> i32 {
        self.world().pid
    }

    fn threads(&self) -> Vec<i32> {
        self.world().threads.keys().copied().collect()
    }

    fn thread_name(&self, tid: i32) -> Option<String> {
        self.world().threads.get(&tid).map(|thread| thread.name.clone())
    }

    fn core(&self, tid: i32) -> Option<u32> {
        (tid == self.pid()).then_some(3)
    }

    fn registers(&self, tid: i32) -> Option<Registers> {
        self.world().threads.get(&tid).map(|thread| thread.regs.clone())
    }

    fn set_registers(&mut self, tid: i32, registers: &Registers) -> bool {
        self.world().threads.get_mut(&tid).map(|thread| thread.regs = registers.clone()).is_some()
    }

    fn siginfo(&self, tid: i32) -> Option<[u8; 128]> {
        self.world().threads.get(&tid)?.siginfo
    }

    fn set_siginfo(&mut self, tid: i32, siginfo: &[u8; 128]) -> bool {
        self.world().threads.get_mut(&tid).map(|thread| thread.siginfo = Some(*siginfo)).is_some()
    }

    fn read_memory(&self, addr: u64, buf: &mut [u8]) -> usize {
        let world = self.world();
        let bytes = &world.memory[world.range(addr, buf.len())];
        buf[..bytes.len()].copy_from_slice(bytes);
        bytes.len()
    }

    fn write_memory(&mut self, addr: u64, bytes: &[u8]) -> usize {
        let mut world = self.world();
        let range = world.range(addr, bytes.len());
        let count = range.len();
        world.memory[range].copy_from_slice(&bytes[..count]);
        count
    }

    fn map_memory(&mut self, _length: u64, _protection: i32) -> Option<u64> {
        None
    }

    fn unmap_memory(&mut self, _addr: u64, _length: u64) {
        unreachable!("nothing was mapped");
    }

    fn insert_breakpoint(&mut self, pc: u64) {
        self.world().breakpoints.insert(pc);
    }

    fn set_probe(&mut self, pc: u64, probe: Option<Arc<dyn Probe>>) {
        let probes = &mut self.world().probes;
        match probe {
            Some(probe) => probes.insert(pc, probe),
            None => probes.remove(&pc),
        };
    }

    fn remove_breakpoint(&mut self, pc: u64) {
        assert!(self.world().breakpoints.remove(&pc));
    }

    fn insert_watchpoint(&mut self, watch: Watchpoint) {
        self.world().watchpoints.insert(watch);
    }

    fn remove_watchpoint(&mut self, watch: Watchpoint) {
        assert!(self.world().watchpoints.remove(&watch));
    }

    fn catch_syscalls(&mut self, catch: &Catch) {
        self.world().catch = catch.clone();
    }

    fn auxv(&self) -> Vec<u8> {
        b"auxv".to_vec()
    }

    fn exec_file(&self) -> Vec<u8> {
        b"/bin/fake".to_vec()
    }

    fn open(&mut self, path: &[u8], _flags: i32, _mode: u32) -> Result<OwnedFd, i32> {
        if path != b"/bin/fake" {
            return Err(libc::ENOENT);
        }
        let name = format!("emu-fake-{}-{:?}", std::process::id(), std::thread::current().id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, "contents of it").expect("written");
        let file = std::fs::File::open(&path).expect("opened");
        std::fs::remove_file(&path).expect("removed");
        Ok(file.into())
    }

    fn readlink(&mut self, path: &[u8]) -> Result<Vec<u8>, i32> {
        if path == b"/link" { Ok(b"target".to_vec()) } else { Err(libc::EINVAL) }
    }

    fn unlink(&mut self, _path: &[u8]) -> Result<(), i32> {
        Err(libc::EROFS)
    }

    fn maps(&self) -> Vec<u8> {
        b"00001000-00002000 rw-p 00000000 00:00 0 \n00003000-00004000 r-xp 00000000 00:00 0     /bin/fake\n".to_vec()
    }

    fn descriptors(&mut self) -> Vec<(i32, Vec<u8>)> {
        vec![(0, b"/dev/null".to_vec())]
    }

    fn log_syscalls(&mut self, enabled: bool) {
        self.world().logs_syscalls = enabled;
    }

    fn statistics(&self) -> String {
        "translated nothing\n".to_owned()
    }

    fn translation(&self, addr: u64) -> String {
        format!("unit {addr:x}\n")
    }

    fn start_lobby(&mut self, text: &str) {
        self.world().lobby = text.to_string();
    }

    fn summon(&mut self, _pid: i32, _place: [u64; 2]) -> Result<(), i32> {
        Err(libc::ESRCH)
    }

    fn kill(&mut self) {
        self.world().killed = true;
    }
}

/// The pid behind `word`, up to a dot: that of a thread, or of the child that a stop reply announces.
pub fn pid_after(word: &str, stop: &str) -> i32 {
    let pid = stop.split_once(word).and_then(|(_, rest)| rest.split('.').next());
    i32::from_str_radix(pid.unwrap_or_else(|| panic!("{stop}")), 16).expect("a pid")
}

/// gdb's end of the socket.
pub struct Gdb {
    stream: UnixStream,
    ack: bool,
}

impl Gdb {
    pub fn new(stream: UnixStream) -> Gdb {
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        Gdb { stream, ack: true }
    }

    pub fn no_ack(&mut self) {
        self.ack = false;
    }

    pub fn close(&mut self) {
        self.stream.shutdown(std::net::Shutdown::Both).expect("shut down");
    }

    pub fn send_raw(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("sent");
    }

    pub fn send(&mut self, body: &str) {
        self.send_bytes(body.as_bytes());
    }

    pub fn send_bytes(&mut self, body: &[u8]) {
        let sum = body.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
        let mut packet = vec![b'$'];
        packet.extend(body);
        packet.extend(format!("#{sum:02x}").bytes());
        self.send_raw(&packet);
    }

    pub fn receive_byte(&mut self) -> u8 {
        let mut byte = [0];
        self.stream.read_exact(&mut byte).expect("a byte in time");
        byte[0]
    }

    /// Says it again and again without listening, until the other side no longer takes it.
    pub fn send_until_full(&mut self, body: &str) {
        let sum = body.bytes().fold(0_u8, u8::wrapping_add);
        let packet = format!("${body}#{sum:02x}");
        self.stream.set_write_timeout(Some(Duration::from_secs(1))).expect("a timeout");
        while self.stream.write_all(packet.as_bytes()).is_ok() {}
    }

    /// Reads to the end of the connection; how many bytes came before it.
    pub fn receive_end(&mut self) -> usize {
        let mut rest = Vec::new();
        match self.stream.read_to_end(&mut rest) {
            Ok(count) => count,
            Err(error) => unreachable!("no end in time: {error}"),
        }
    }

    /// The next packet's body, bytes as Latin-1.
    pub fn receive(&mut self) -> String {
        self.receive_from(b'$')
    }

    /// The next notification's; it is not acknowledged.
    pub fn receive_notification(&mut self) -> String {
        let ack = std::mem::take(&mut self.ack);
        let body = self.receive_from(b'%');
        self.ack = ack;
        body
    }

    /// Says it if there is still somebody to hear it.
    pub fn send_if_open(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    /// Whether something comes in this time; the end of the connection, too.
    pub fn hears_within(&self, milliseconds: u16) -> bool {
        let mut fds = [PollFd::new(self.stream.as_fd(), PollFlags::POLLIN)];
        poll(&mut fds, PollTimeout::from(milliseconds)).is_ok_and(|ready| ready > 0)
    }

    /// The next packet's body, or `None` at the end of the connection.
    pub fn receive_if_any(&mut self) -> Option<String> {
        let mut byte = [0];
        loop {
            match self.stream.read(&mut byte) {
                Ok(1) if byte[0] == b'$' => return Some(self.receive_body()),
                Ok(1) => {}
                Err(error) if error.kind() != std::io::ErrorKind::ConnectionReset => unreachable!("in time: {error}"),
                _ => return None,
            }
        }
    }

    fn receive_from(&mut self, start: u8) -> String {
        while self.receive_byte() != start {}
        self.receive_body()
    }

    fn receive_body(&mut self) -> String {
        let mut body = String::new();
        loop {
            match self.receive_byte() {
                b'#' => break,
                byte => body.push(byte as char),
            }
        }
        let sum = body.chars().fold(0_u8, |sum, c| sum.wrapping_add(c as u8));
        let said = [self.receive_byte(), self.receive_byte()];
        assert_eq!(said, *format!("{sum:02x}").as_bytes(), "checksum of {body}");
        if self.ack {
            self.send_raw(b"+");
        }
        body
    }

    pub fn ask(&mut self, body: &str) -> String {
        self.send(body);
        self.receive()
    }
}

/// What the test makes happen in the process.
enum Happening {
    Stop(i32, Stop),
    Exec,
    Exit(ExitStatus),
    Poll,
    Wants(Stop),
}

/// How the session answered.
#[derive(Debug)]
enum Answer {
    Resume(Resume),
    Active(bool),
    Done,
}

/// gdb, the process, and the thread on which the session runs.
pub struct Table {
    pub gdb: Gdb,
    fake: Fake,
    happenings: Sender<Happening>,
    answers: Receiver<Answer>,
}

impl Table {
    /// A process that stands at its start, with a gdb that has said nothing.
    pub fn start() -> Table {
        let (ours, theirs) = UnixStream::pair().expect("a pair");
        let fake = Fake(Arc::new(Mutex::new(World::new(PID))));
        let (happenings, happens) = channel();
        let (answer, answers) = channel();
        let mut process = fake.clone();
        std::thread::spawn(move || {
            let hider = Hider { hide: Ok, forget: |_| () };
            let mut session = Session::new(theirs.into(), Door::default(), hider).expect("a session");
            let mut next = Ok(Happening::Stop(PID, Stop::Start));
            while let Ok(happening) = next {
                let answered = match happening {
                    Happening::Stop(tid, stop) => Answer::Resume(session.on_stop(&mut process, tid, stop)),
                    Happening::Exec => Answer::Resume(session.on_exec(&mut process, PID)),
                    Happening::Exit(status) => {
                        session.on_exit(&mut process, status);
                        Answer::Done
                    }
                    Happening::Poll => Answer::Active(session.poll()),
                    Happening::Wants(stop) => Answer::Active(session.wants(&stop)),
                };
                if answer.send(answered).is_err() {
                    return; // the test is over
                }
                next = happens.recv();
            }
        });
        Table { gdb: Gdb::new(ours), fake, happenings, answers }
    }

    pub fn world(&self) -> MutexGuard<'_, World> {
        self.fake.world()
    }

    pub fn ask(&mut self, body: &str) -> String {
        self.gdb.ask(body)
    }

    fn answer(&mut self) -> Answer {
        self.answers.recv_timeout(Duration::from_secs(20)).expect("the session returns")
    }

    fn resumed(&mut self) -> Resume {
        match self.answer() {
            Answer::Resume(resume) => resume,
            other => unreachable!("{other:?}"),
        }
    }

    fn happen(&mut self, happening: Happening) {
        self.happenings.send(happening).expect("the session's thread lives");
    }

    /// gdb resumes the process; what its threads are told.
    pub fn resume(&mut self, packet: &str) -> Resume {
        self.gdb.send(packet);
        self.resumed()
    }

    /// A thread stops; what gdb is told.
    pub fn stop(&mut self, tid: i32, stop: Stop) -> String {
        self.happen(Happening::Stop(tid, stop));
        self.gdb.receive()
    }

    /// The process executes another program; what gdb is told.
    pub fn exec(&mut self) -> String {
        self.happen(Happening::Exec);
        self.gdb.receive()
    }

    /// The process ends; what gdb is told.
    pub fn exit(&mut self, status: ExitStatus) -> String {
        self.happen(Happening::Exit(status));
        self.gdb.receive()
    }

    pub fn poll(&mut self) -> bool {
        self.happen(Happening::Poll);
        matches!(self.answer(), Answer::Active(true))
    }

    pub fn wants(&mut self, stop: Stop) -> bool {
        self.happen(Happening::Wants(stop));
        matches!(self.answer(), Answer::Active(true))
    }

    /// The process has been asked to stop, and does.
    pub fn request(&mut self) {
        self.happen(Happening::Stop(PID, Stop::Requested));
    }

    /// The same; what gdb is told.
    pub fn requested(&mut self) -> String {
        assert!(self.poll());
        self.request();
        self.gdb.receive()
    }

    /// The session has returned, and all threads run.
    pub fn runs_free(&mut self) {
        assert_eq!(self.resumed(), Resume::all());
    }

    /// The session has returned, and nothing runs.
    pub fn gone(&mut self) {
        assert_eq!(self.resumed(), Resume::none());
    }
}
