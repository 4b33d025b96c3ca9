//! A guest that traces others (ptrace(2)): its requests, and the waits that report their stops.
//!
//! The host's ptrace attaches, stops and resumes; what a stop means to the guest is in the block of
//! the thread that stopped ([`crate::signal::traced`]), which is read and written through the host's
//! process_vm_readv(2). A host stop is one of
//!
//! * the tracee's own, which carries its block's address: reported with the block's status;
//! * an event of the host's kernel that means the same to the guest (a fork, a clone, an exit):
//!   reported as it is;
//! * a signal on its way to the tracee's emulator: let through; it comes back as a stop of its own;
//! * SIGSTOP, or the first stop of a new tracee: let through with a request to stop by itself.
//!
//! Quirks: a step over a system call that a signal interrupts ends at the handler; a program of the host that a
//! tracee executes runs on untraced.

use super::exec;
use super::seccomp::{self, SentFilter};
use super::thread::Thread;
use super::tracee::LEAVING;
use crate::host::HostErrno;
use crate::host::Lock;
use crate::host::raw::{args, getpid, syscall};
use crate::memory::access::{copy_in, copy_out};
use crate::memory::addr::GUEST_TOP;
use crate::signal::SigInfo;
use crate::signal::traced::{CHANGED_CODE, CHANGED_MASK, CHANGED_REGS, MAGIC, Message, RUNNING, STOPPED, word};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use syscalls::Errno;
use syscalls::guest::HostError;
use syscalls::ptrace::{event, message, option, request};
use syscalls::seccomp::flag;

const TRAP: u32 = libc::SIGTRAP as u32;
const ESRCH: Errno = Errno(libc::ESRCH);
const EIO: Errno = Errno(libc::EIO);
const EINVAL: Errno = Errno(libc::EINVAL);
const EFAULT: Errno = Errno(libc::EFAULT);
/// PTRACE_O_* that the host's kernel carries out as they are.
const HOST_OPTIONS: u32 = option::TRACEFORK
    | option::TRACEVFORK
    | option::TRACECLONE
    | option::TRACEEXEC
    | option::TRACEVFORKDONE
    | option::TRACEEXIT
    | option::EXITKILL
    // It suspends no filter there, but who may is the kernel's to say.
    | option::SUSPEND_SECCOMP;

/// Note types of PTRACE_GETREGSET.
mod note {
    pub const PRSTATUS: u64 = 1;
    pub const PRFPREG: u64 = 2;
    pub const ARM_TLS: u64 = 0x401;
    pub const ARM_HW_BREAK: u64 = 0x402;
    pub const ARM_HW_WATCH: u64 = 0x403;
    pub const ARM_SYSTEM_CALL: u64 = 0x404;
}

/// How a tracee stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Standing {
    Runs,
    /// By itself, for its block to be read.
    Stopped,
    /// By an event of the host's kernel.
    Event,
}

/// A thread that this process traces.
#[derive(Clone, Copy, Debug)]
struct Tracee {
    /// Address of its block, 0 until it has stopped by itself.
    block: u64,
    options: u32,
    is_seized: bool,
    standing: Standing,
    /// The stop that it has been asked for and not yet heard of: a second SIGTRAP is lost while one is pending.
    asked: Option<u32>,
    /// What came with a SIGSTOP of the kernel's that it is to report by itself.
    sigstop: Option<SigInfo>,
}

const NEW: Tracee =
    Tracee { block: 0, options: 0, is_seized: false, standing: Standing::Runs, asked: None, sigstop: None };

/// By tid.
static TRACEES: Lock<BTreeMap<i32, Tracee>> = Lock::new(BTreeMap::new());

/// Takes the lock for the time of a fork.
pub fn hold() {
    TRACEES.hold();
}

/// Undoes [`hold`].
pub fn release() {
    TRACEES.release();
}

/// In the child of a fork: its parent's tracees are not its own.
pub fn forget_all() {
    TRACEES.lock().clear();
}

/// The path of the program that tracee `pid` runs, and its auxiliary vector.
pub fn program_of(pid: i32) -> Option<(Vec<u8>, Vec<u8>)> {
    let tracee = TRACEES.lock().get(&pid).copied().filter(|tracee| tracee.block != 0)?;
    let block = Block { tid: pid, addr: tracee.block };
    let bytes = |at: usize| {
        let mut bytes = vec![0; (block.get(at + 1).ok()? as usize).min(1 << 16)];
        read_memory(pid, block.get(at).ok()?, &mut bytes).ok()?;
        Some(bytes)
    };
    Some((bytes(word::EXE)?, bytes(word::AUXV)?))
}

/// The guest may write a tracee's memory past ptrace, through /proc/PID/mem: from then on a tracee
/// that is resumed forgets its translations.
static WRITES_MEMORY: AtomicBool = AtomicBool::new(false);

/// A path that is opened for writing.
pub fn note_writable(path: &[u8]) {
    if path.starts_with(b"/proc/") && path.ends_with(b"/mem") {
        WRITES_MEMORY.store(true, Ordering::Relaxed);
    }
}

fn host(request: u32, tid: i32, addr: u64, data: u64) -> Result<u64, HostErrno> {
    syscall(libc::SYS_ptrace, args([request.into(), tid as u64, addr, data]))
}

fn errno(error: HostErrno) -> Errno {
    Errno(error.0)
}

/// A tracee's block, in its own memory.
#[derive(Clone, Copy)]
struct Block {
    tid: i32,
    addr: u64,
}

impl Block {
    fn read(self, at: usize, words: &mut [u64]) -> Result<(), Errno> {
        let mut bytes = vec![0; words.len() * 8];
        read_memory(self.tid, self.addr + at as u64 * 8, &mut bytes)?;
        words.iter_mut().zip(bytes.as_chunks::<8>().0).for_each(|(word, raw)| *word = u64::from_le_bytes(*raw));
        Ok(())
    }

    fn get(self, at: usize) -> Result<u64, Errno> {
        let mut word = [0];
        self.read(at, &mut word)?;
        Ok(word[0])
    }

    fn write(self, at: usize, words: &[u64]) -> Result<(), Errno> {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        write_memory(self.tid, self.addr + at as u64 * 8, &bytes)
    }

    fn set(self, at: usize, value: u64) -> Result<(), Errno> {
        self.write(at, &[value])
    }

    fn change(self, what: u64) -> Result<(), Errno> {
        self.set(word::CHANGED, self.get(word::CHANGED)? | what)
    }
}

/// Reads another guest's memory, all or nothing.
pub fn read_memory(tid: i32, addr: u64, bytes: &mut [u8]) -> Result<(), Errno> {
    let local = [bytes.as_mut_ptr() as u64, bytes.len() as u64];
    vm(libc::SYS_process_vm_readv, tid, &local, &[addr, bytes.len() as u64])
}

/// Writes it, likewise.
pub fn write_memory(tid: i32, addr: u64, bytes: &[u8]) -> Result<(), Errno> {
    let local = [bytes.as_ptr() as u64, bytes.len() as u64];
    vm(libc::SYS_process_vm_writev, tid, &local, &[addr, bytes.len() as u64])
}

/// process_vm_readv(2) or writev of one piece, whole or not at all.
fn vm(number: i64, tid: i32, local: &[u64; 2], remote: &[u64; 2]) -> Result<(), Errno> {
    let words = [tid as u64, local.as_ptr() as u64, 1, remote.as_ptr() as u64, 1, 0];
    match syscall(number, words) {
        Ok(done) if done == remote[1] => Ok(()),
        Ok(_) => Err(EIO),
        Err(error) => Err(errno(error)),
    }
}

/// Asks a tracee to stop by itself with `status`, or (0) tells it that it is one.
fn ask(tid: i32, status: u32) {
    if let Some(tracee) = TRACEES.lock().get_mut(&tid) {
        tracee.asked = Some(tracee.asked.unwrap_or(0).max(status));
    }
    let info = request_to_stop(status);
    let words = args([thread_group(tid) as u64, tid as u64, TRAP.into(), &raw const info as u64]);
    let _ = syscall(libc::SYS_rt_tgsigqueueinfo, words);
}

fn request_to_stop(status: u32) -> SigInfo {
    let mut info = SigInfo::user(TRAP, libc::SI_QUEUE, getpid(), 0);
    info.set_value(Message::StopWith(status).to_value());
    info
}

/// The process of a thread (Tgid in /proc/TID/status).
fn thread_group(tid: i32) -> i32 {
    let text = std::fs::read_to_string(format!("/proc/{tid}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("Tgid:"));
    line.and_then(|number| number.trim().parse().ok()).unwrap_or(tid)
}

/// A wait has found that `tid` has changed to `status`: what the guest is to hear, None for nothing.
pub fn waited(tid: i32, status: i32) -> Option<i32> {
    if status & 0xff != 0x7f {
        let mut tracees = TRACEES.lock();
        tracees.remove(&tid);
        return Some(status);
    }
    let (signal, event) = ((status >> 8) as u32 & 0xff, (status >> 16) as u32);
    match event {
        0 => signal_stop(tid, status, signal),
        event::EXEC => {
            TRACEES.lock().entry(tid).or_insert(NEW).block = 0;
            let _ = host(request::CONT, tid, 0, 0);
            None
        }
        event::STOP => {
            TRACEES.lock().entry(tid).or_insert(NEW);
            ask(tid, TRAP | event::STOP << 8);
            let _ = host(request::CONT, tid, 0, 0);
            None
        }
        _ => {
            let mut child = 0u64;
            let is_birth = matches!(event, event::FORK | event::VFORK | event::CLONE);
            let mut tracees = TRACEES.lock();
            let parent = tracees.entry(tid).or_insert(NEW);
            parent.standing = Standing::Event;
            let born = Tracee { options: parent.options, is_seized: parent.is_seized, ..NEW };
            if is_birth && host(request::GETEVENTMSG, tid, 0, &raw mut child as u64).is_ok() {
                let known = tracees.entry(child as i32).or_insert(born);
                (known.options, known.is_seized) = (born.options, born.is_seized);
            }
            Some(status)
        }
    }
}

/// A stop of the host's by a signal.
fn signal_stop(tid: i32, status: i32, signal: u32) -> Option<i32> {
    let mut info = SigInfo::default();
    match host(request::GETSIGINFO, tid, 0, &raw mut info as u64) {
        Ok(_) => {}
        // Not traced by us: job control.
        Err(HostErrno(libc::ESRCH)) => return Some(status),
        // A group stop, which ours have by themselves.
        Err(_) => {
            let _ = host(request::CONT, tid, 0, 0);
            return None;
        }
    }
    TRACEES.lock().entry(tid).or_insert(NEW);
    match Message::of(&info) {
        Some(Message::StoppedAt(addr)) => return own_stop(tid, addr),
        Some(Message::StopWith(_)) => {
            let asked = TRACEES.lock().get_mut(&tid).and_then(|tracee| tracee.asked.take());
            if let Some(status) = asked {
                let info = request_to_stop(status);
                let _ = host(request::SETSIGINFO, tid, 0, &raw const info as u64);
            }
            let _ = host(request::CONT, tid, 0, if asked.is_some() { TRAP.into() } else { 0 });
            return None;
        }
        // Not ours: it is let through.
        Some(Message::Summons) | None => {}
    }
    // What an execve of a tracee without PTRACE_O_TRACEEXEC brings: the new emulator stops by itself.
    let is_from_exec = signal == TRAP && info.code() == libc::SI_USER && info.sender() == tid;
    let passed = match signal as i32 {
        _ if is_from_exec => 0,
        libc::SIGSTOP => {
            if let Some(tracee) = TRACEES.lock().get_mut(&tid) {
                tracee.sigstop = Some(info);
            }
            ask(tid, signal);
            0
        }
        _ => signal,
    };
    let _ = host(request::CONT, tid, 0, passed.into());
    None
}

/// A tracee has stopped by itself.
fn own_stop(tid: i32, addr: u64) -> Option<i32> {
    let block = Block { tid, addr };
    let is_block = block.get(word::MAGIC) == Ok(MAGIC) && block.get(word::STATE) == Ok(STOPPED);
    let (true, Ok(status)) = (is_block, block.get(word::STATUS)) else {
        let _ = host(request::CONT, tid, 0, 0);
        return None;
    };
    if status as u32 == LEAVING {
        TRACEES.lock().remove(&tid);
        let _ = block.write(word::STATE, &[RUNNING]);
        let _ = block.set(word::REQUEST, request::DETACH.into());
        let _ = host(request::DETACH, tid, 0, 0);
        return None;
    }
    if let Some(tracee) = TRACEES.lock().get_mut(&tid) {
        (tracee.block, tracee.standing) = (addr, Standing::Stopped);
        // What was asked for before there was a block.
        let _ = block.set(word::OPTIONS, block.get(word::OPTIONS).unwrap_or(0) | u64::from(tracee.options));
        let _ = block.set(word::SEIZED, tracee.is_seized.into());
        if status as i32 == libc::SIGSTOP
            && let Some(info) = tracee.sigstop.take()
        {
            let _ = block.write(word::INFO, &to_words(&info.0));
        }
        tracee.options |= block.get(word::OPTIONS).unwrap_or(0) as u32;
    }
    Some((status as i32) << 8 | 0x7f)
}

/// ptrace(2).
pub fn ptrace(thread: &mut Thread, number: u64, tid: i32, addr: u64, data: u64) -> Result<u64, HostError> {
    // A number that is no request is looked at after the tracee is.
    let number = u32::try_from(number).unwrap_or(u32::MAX);
    match number {
        request::TRACEME => {
            host(request::TRACEME, 0, 0, 0).map_err(errno)?;
            thread.begin_tracing();
            Ok(0)
        }
        request::ATTACH | request::SEIZE => attach(thread, number, tid, addr, data),
        request::INTERRUPT => {
            TRACEES.lock().get(&tid).filter(|tracee| tracee.is_seized).ok_or(EIO)?;
            ask(tid, TRAP | event::STOP << 8);
            Ok(0)
        }
        request::KILL => Ok(host(request::KILL, tid, 0, 0).map_err(errno)?),
        _ => Ok(stopped_request(number, tid, addr, data, thread.record.seccomp.is_on())?),
    }
}

/// Takes another guest as a tracee; a program of the host is none.
fn attach(thread: &mut Thread, number: u32, tid: i32, addr: u64, data: u64) -> Result<u64, HostError> {
    use syscalls::Guest;
    let options = data as u32;
    if number == request::SEIZE && (addr != 0 || data & !u64::from(option::ALL) != 0) {
        return Err(EIO.into());
    }
    let given = if number == request::SEIZE { options & HOST_OPTIONS } else { 0 };
    may_suspend_filters(given, thread.record.seccomp.is_on())?;
    if !exec::runs_own_file(tid) {
        // The kernel's own error first: there may be no such process.
        syscall(libc::SYS_kill, args([tid as u64, 0])).map_err(errno)?;
        thread.note_once("ptrace: a program of the host cannot be traced");
        return Err(Errno(libc::EPERM).into());
    }
    host(number, tid, 0, given.into()).map_err(errno)?;
    let is_seized = number == request::SEIZE;
    TRACEES.lock().insert(tid, Tracee { is_seized, options: if is_seized { options } else { 0 }, ..NEW });
    if is_seized {
        ask(tid, 0);
    }
    Ok(0)
}

/// Requests for which the tracee must stand still. Who is held to filters may neither see nor suspend another's.
fn stopped_request(number: u32, tid: i32, addr: u64, data: u64, is_filtered: bool) -> Result<u64, Errno> {
    let tracee = *TRACEES.lock().get(&tid).filter(|tracee| tracee.standing != Standing::Runs).ok_or(ESRCH)?;
    let block = Block { tid, addr: tracee.block };
    match number {
        request::PEEKTEXT | request::PEEKDATA => {
            let mut value = 0u64;
            host(number, tid, addr, &raw mut value as u64).map_err(errno)?;
            put(data, &value.to_le_bytes())
        }
        request::POKETEXT | request::POKEDATA => {
            block.change(CHANGED_CODE)?;
            host(number, tid, addr, data).map_err(errno)
        }
        request::SETOPTIONS => set_options(block, data, is_filtered),
        request::GETEVENTMSG if tracee.standing == Standing::Event => {
            let mut message = 0u64;
            host(number, tid, 0, &raw mut message as u64).map_err(errno)?;
            put(data, &message.to_le_bytes())
        }
        request::GETEVENTMSG => put(data, &block.get(word::MESSAGE)?.to_le_bytes()),
        request::GETSIGINFO if tracee.standing == Standing::Event => {
            let mut info = SigInfo::default();
            host(number, tid, 0, &raw mut info as u64).map_err(errno)?;
            put(data, &info.0)
        }
        request::GETSIGINFO => {
            let info = siginfo(block)?;
            if info.signal() == 0 {
                return Err(EINVAL);
            }
            put(data, &info.0)
        }
        request::SETSIGINFO => {
            let mut info = [0; 128];
            take(data, &mut info)?;
            block.write(word::INFO, &to_words(&info))?;
            Ok(0)
        }
        request::GETREGSET | request::SETREGSET => regset(block, number == request::SETREGSET, addr, data),
        request::GETSIGMASK if addr == 8 => put(data, &block.get(word::MASK)?.to_le_bytes()),
        request::SETSIGMASK if addr == 8 => {
            let mut mask = [0; 8];
            take(data, &mut mask)?;
            block.set(word::MASK, u64::from_le_bytes(mask))?;
            block.change(CHANGED_MASK)?;
            Ok(0)
        }
        request::GETSIGMASK | request::SETSIGMASK => Err(EINVAL),
        request::PEEKSIGINFO if addr < GUEST_TOP && data < GUEST_TOP => host(number, tid, addr, data).map_err(errno),
        request::GET_SYSCALL_INFO => syscall_info(block, addr, data),
        request::SECCOMP_GET_FILTER | request::SECCOMP_GET_METADATA if is_filtered => Err(Errno::EACCES),
        request::SECCOMP_GET_FILTER => {
            may_see_filters(tid)?;
            let filter = nth_filter(block, addr)?;
            if data != 0 {
                put(data, &to_bytes(&filter.insns))?;
            }
            Ok(filter.insns.len() as u64)
        }
        request::SECCOMP_GET_METADATA => filter_metadata(block, addr, data),
        request::CONT | request::SYSCALL | request::SINGLESTEP | request::DETACH => resume(block, number, data),
        request::SYSEMU | request::SYSEMU_SINGLESTEP => resume(block, number, data),
        request::LISTEN if tracee.is_seized => resume(block, number, 0),
        _ => Err(EIO),
    }
}

fn set_options(block: Block, data: u64, is_filtered: bool) -> Result<u64, Errno> {
    if data & !u64::from(option::ALL) != 0 {
        return Err(EINVAL);
    }
    let options = data as u32;
    may_suspend_filters(options, is_filtered)?;
    // Always told of an execve: else the kernel would send SIGTRAP.
    let wanted = options & HOST_OPTIONS | option::TRACEEXEC;
    host(request::SETOPTIONS, block.tid, 0, wanted.into()).map_err(errno)?;
    if let Some(tracee) = TRACEES.lock().get_mut(&block.tid) {
        tracee.options = options;
    }
    if block.addr != 0 {
        block.set(word::OPTIONS, data)?;
    }
    Ok(0)
}

fn may_suspend_filters(options: u32, is_filtered: bool) -> Result<(), Errno> {
    if options & option::SUSPEND_SECCOMP != 0 && is_filtered { Err(Errno::EPERM) } else { Ok(()) }
}

fn resume(block: Block, number: u32, signal: u64) -> Result<u64, Errno> {
    if signal > 64 {
        return Err(EIO);
    }
    if let Some(entry) = TRACEES.lock().get_mut(&block.tid) {
        entry.standing = Standing::Runs;
    }
    if block.addr != 0 {
        if WRITES_MEMORY.load(Ordering::Relaxed) {
            block.change(CHANGED_CODE)?;
        }
        block.write(word::REQUEST, &[number.into(), signal])?;
        block.set(word::STATE, RUNNING)?;
    }
    // At an event the kernel takes no signal; at a stop of its own the tracee takes it from the block.
    let how = if number == request::DETACH { request::DETACH } else { request::CONT };
    if how == request::DETACH {
        TRACEES.lock().remove(&block.tid);
    }
    host(how, block.tid, 0, 0).map_err(errno)
}

/// PTRACE_GETREGSET and SETREGSET: `data` is a `struct iovec`, whose length becomes what was moved.
fn regset(block: Block, is_set: bool, kind: u64, data: u64) -> Result<u64, Errno> {
    let mut iovec = [0; 16];
    take(data, &mut iovec)?;
    let [base, len] = [0, 8].map(|at| u64::from_le_bytes(std::array::from_fn(|i| iovec[at + i])));
    let (at, size) = match kind {
        note::PRSTATUS => (word::REGS, word::REGS_LEN * 8),
        note::PRFPREG => (word::FP, word::FP_LEN * 8),
        note::ARM_TLS => (word::TLS, 8),
        note::ARM_SYSTEM_CALL => (word::SYSCALL, 4),
        // No slots for hardware breakpoints and watchpoints.
        note::ARM_HW_BREAK | note::ARM_HW_WATCH if !is_set => {
            let slots = [0x0600u64.to_le_bytes(); 1];
            let moved = len.min(8);
            put(base, slots[0].get(..moved as usize).unwrap_or_default())?;
            return put(data + 8, &moved.to_le_bytes());
        }
        _ => return Err(EINVAL),
    };
    // The kernel takes whole words only, for all of these.
    if !len.is_multiple_of(if kind == note::ARM_SYSTEM_CALL { 4 } else { 8 }) {
        return Err(EINVAL);
    }
    let moved = (len as usize).min(size);
    let mut words = vec![0; size.div_ceil(8)];
    block.read(at, &mut words)?;
    let mut bytes = to_bytes(&words);
    let part = bytes.get_mut(..moved).unwrap_or_default();
    if is_set {
        take(base, part)?;
        block.write(at, &to_words(&bytes))?;
        block.change(CHANGED_REGS)?;
    } else {
        put(base, part)?;
    }
    put(data + 8, &(moved as u64).to_le_bytes())
}

/// PTRACE_GET_SYSCALL_INFO: `struct ptrace_syscall_info`, as much as fits into `size` bytes. Like the kernel's, it goes by
/// the siginfo of the stop, so without PTRACE_O_TRACESYSGOOD it says nothing of a call.
fn syscall_info(block: Block, size: u64, data: u64) -> Result<u64, Errno> {
    const NONE: u64 = 0;
    const ENTRY: u64 = 1;
    const EXIT: u64 = 2;
    const SECCOMP: u64 = 3;
    const AT_SECCOMP: u32 = TRAP | event::SECCOMP << 8;
    let mut regs = [0; word::REGS_LEN];
    block.read(word::REGS, &mut regs)?;
    let message = block.get(word::MESSAGE)?;
    let op = match (siginfo(block)?.code() as u32, message) {
        (event::SYSCALL, message::SYSCALL_ENTRY) => ENTRY,
        (event::SYSCALL, message::SYSCALL_EXIT) => EXIT,
        (AT_SECCOMP, _) => SECCOMP,
        _ => NONE,
    };
    let mut info = vec![op | u64::from(seccomp::AUDIT_ARCH) << 32, regs[32], regs[31]];
    let mut actual = 24;
    match op {
        ENTRY | SECCOMP => {
            info.extend([block.get(word::SYSCALL)?, block.get(word::ARGUMENT)?]);
            info.extend(&regs[1..6]);
            actual = 80;
            if op == SECCOMP {
                info.push(message);
                actual = 84;
            }
        }
        EXIT => {
            let is_error = (-4095..0).contains(&(regs[0] as i64));
            info.extend([regs[0], is_error.into()]);
            actual = 33;
        }
        _ => {}
    }
    let bytes = to_bytes(&info);
    put(data, bytes.get(..actual.min(size as usize)).unwrap_or_default())?;
    Ok(actual as u64)
}

/// EACCES for who may not look at filters: as the host's kernel says, which knows of none in this tracee.
fn may_see_filters(tid: i32) -> Result<(), Errno> {
    match host(request::SECCOMP_GET_FILTER, tid, 0, 0) {
        Ok(_) | Err(HostErrno(libc::EINVAL)) => Ok(()),
        Err(error) => Err(errno(error)),
    }
}

/// The filter of that number, the oldest being 0.
fn nth_filter(block: Block, number: u64) -> Result<SentFilter, Errno> {
    let mut bytes = vec![0; (block.get(word::FILTERS + 1)? as usize).min(1 << 20)];
    read_memory(block.tid, block.get(word::FILTERS)?, &mut bytes)?;
    let filters = SentFilter::all(&bytes);
    if filters.is_empty() {
        return Err(EINVAL);
    }
    filters.into_iter().nth(number as usize).ok_or(Errno(libc::ENOENT))
}

/// PTRACE_SECCOMP_GET_METADATA: `struct seccomp_metadata { u64 filter_off, flags; }`.
fn filter_metadata(block: Block, size: u64, data: u64) -> Result<u64, Errno> {
    may_see_filters(block.tid)?;
    let mut number = [0; 8];
    if size < 8 {
        return Err(EINVAL);
    }
    take(data, &mut number)?;
    let filter = nth_filter(block, u64::from_le_bytes(number))?;
    let flags = if filter.is_logged { u64::from(flag::LOG) } else { 0 };
    let size = size.min(16);
    let metadata = [number, flags.to_le_bytes()].concat();
    put(data, metadata.get(..size as usize).unwrap_or_default())?;
    Ok(size)
}

fn siginfo(block: Block) -> Result<SigInfo, Errno> {
    let mut words = [0; word::INFO_LEN];
    block.read(word::INFO, &mut words)?;
    let mut info = SigInfo::default();
    info.0.as_chunks_mut::<8>().0.iter_mut().zip(words).for_each(|(to, word)| *to = word.to_le_bytes());
    Ok(info)
}

fn to_bytes(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn to_words(bytes: &[u8]) -> Vec<u64> {
    bytes.as_chunks::<8>().0.iter().map(|raw| u64::from_le_bytes(*raw)).collect()
}

fn put(addr: u64, bytes: &[u8]) -> Result<u64, Errno> {
    copy_out(addr, bytes).map(|()| 0).map_err(|_| EFAULT)
}

fn take(addr: u64, bytes: &mut [u8]) -> Result<(), Errno> {
    copy_in(addr, bytes).map_err(|_| EFAULT)
}
