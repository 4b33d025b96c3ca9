//! A debugger that comes to a process that was started without one.
//!
//! Whoever wants to bring it ([`summon`], another emulator of the same file) writes where they are to meet
//! into a word of this process's memory, which the kernel permits to those who might attach by ptrace(2),
//! and queues a signal. The thread that gets it ([`Thread::heed_summons`]) has the debugger's side made,
//! becomes the stopper, and reports a start. From then on all is as if the debugger had been there
//! from the first instruction, but for what has happened.

use super::exec::runs_own_file;
use super::thread::Thread;
use super::tracer::write_memory;
use super::world::Debug;
use crate::debug::{Debugger, Stop};
use crate::host::HostErrno;
use crate::host::raw::{args, getpid, syscall};
use crate::interp::code::Change;
use crate::memory::addr::GUEST_TOP;
use crate::signal::traced::Message;
use crate::signal::{SigInfo, host};
use std::os::unix::fs::MetadataExt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where to meet: nobody else can guess it.
pub type Place = [u64; 2];

/// Goes there, and comes back with a debugger.
pub type Meet = fn(Place) -> Option<Box<dyn Debugger>>;

static MEET: OnceLock<Meet> = OnceLock::new();

/// The process that is summoned (memory may be shared by several) and [`STOPPED`], or 0, and the place.
static SUMMONS: [AtomicU64; 3] = [const { AtomicU64::new(0) }; 3];

/// A signal had stopped the process, which was continued to come.
const STOPPED: u64 = 1 << 32;

/// Says how debuggers are met; once, before guest code runs.
pub fn set_meeting(meet: Meet) {
    let _ = MEET.set(meet);
}

/// Calls process `pid` to a place. It comes when it next can.
pub fn summon(pid: i32, place: Place) -> Result<(), HostErrno> {
    let foreign = HostErrno(libc::ENOEXEC);
    // Its file cannot be seen by those who may not attach, either.
    std::fs::metadata(format!("/proc/{pid}/exe")).map_err(|error| match error.raw_os_error() {
        Some(libc::ENOENT) => HostErrno(libc::ESRCH),
        other => HostErrno(other.unwrap_or(libc::EPERM)),
    })?;
    if !runs_own_file(pid) {
        return Err(foreign);
    }
    let (ours, theirs) = (image_start("self").ok_or(foreign)?, image_start(&pid.to_string()).ok_or(foreign)?);
    let addr = (SUMMONS.as_ptr() as u64).wrapping_sub(ours).wrapping_add(theirs);
    let is_stopped = is_stopped(pid);
    let stopped = if is_stopped { STOPPED } else { 0 };
    let words = [pid as u64 | stopped, place[0], place[1]].map(u64::to_le_bytes);
    write_memory(pid, addr, words.as_flattened()).map_err(|error| HostErrno(error.0))?;
    call(pid, libc::SIGTRAP)?;
    if is_stopped {
        // Nothing less makes it run; it is stopped again when the debugger leaves it as it found it.
        call(pid, libc::SIGCONT)?;
    }
    Ok(())
}

fn call(pid: i32, signal: i32) -> Result<(), HostErrno> {
    let mut info = SigInfo::user(signal as u32, libc::SI_QUEUE, getpid(), 0);
    info.set_value(Message::Summons.to_value());
    syscall(libc::SYS_rt_sigqueueinfo, args([pid as u64, signal as u64, &raw const info as u64])).map(drop)
}

/// Whether a signal has stopped a process, as proc_pid_stat(5) shows it.
fn is_stopped(pid: i32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, state)| state.starts_with('T'))
}

/// Where a process has the emulator's file mapped.
fn image_start(pid: &str) -> Option<u64> {
    let inode = std::fs::metadata(format!("/proc/{pid}/exe")).ok()?.ino().to_string();
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).ok()?;
    maps.lines().find_map(|line| {
        let mut words = line.split_whitespace();
        let (start, _) = words.next()?.split_once('-')?;
        let is_first = words.nth(1)? == "00000000" && words.nth(1)? == inode;
        is_first.then(|| u64::from_str_radix(start, 16).ok())?
    })
}

impl Thread {
    /// Comes under a debugger, if one has come.
    pub fn heed_summons(&mut self) {
        let pid = self.process.pid() as u64;
        let [wanted, place @ ..] = &SUMMONS;
        let word = wanted.load(Ordering::Acquire);
        if word & !STOPPED != pid || wanted.compare_exchange(word, 0, Ordering::AcqRel, Ordering::Relaxed).is_err() {
            return;
        }
        let place = place.each_ref().map(|word| word.load(Ordering::Acquire));
        // One debugger at a time; whoever summoned sees that nobody comes.
        if self.process.debug().is_some_and(|debug| debug.is_engaged()) {
            return;
        }
        let Some(debugger) = MEET.get().and_then(|meet| meet(place)) else { return };
        match self.process.debug() {
            Some(debug) => debug.replace(debugger),
            None => self.come_under(debugger),
        }
        // Left as it was, it gets the signal that it stood still for.
        let stop = SigInfo::kernel(libc::SIGSTOP as u32, libc::SI_USER);
        self.stopped_for = Some(stop).filter(|_| word & STOPPED != 0);
        self.stop_for(Stop::Start);
        self.stopped_for = None;
    }

    /// Makes this debugger the process's, which has had none.
    fn come_under(&self, debugger: Box<dyn Debugger>) {
        // Not in the middle of a fork, which holds this.
        let threads = self.process.threads.lock();
        self.process.come_under(Debug::new(debugger));
        let never_blocked = self.process.never_blocked();
        for record in threads.iter() {
            record.signals.set_never_blocked(never_blocked);
        }
        drop(threads);
        host::install_handler(host::KICK_SIGNAL, 0);
        self.process.actions.come_under_debugger(never_blocked);
        self.code.invalidate(0, GUEST_TOP, Change::Meaning);
    }
}
