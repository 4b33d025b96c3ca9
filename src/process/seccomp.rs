//! seccomp filters, evaluated by the emulator: the host's own would see the host's system calls.
//!
//! For compatibility, no security boundary: a program that broke out of the emulator would be free
//! of them. They are inherited by threads and processes, and travel across execve in the handover;
//! a program of the host cannot be held to them, so its execution is refused under a filter.

use super::capability;
use super::exit;
use super::thread::{Process, Thread, ThreadRecord};
use crate::host::Lock;
use crate::host::raw::{args, syscall};
use crate::signal::SigInfo;
use crate::signal::traced::word;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use syscalls::bpf::{Data, Insn, Program};
use syscalls::seccomp::{action, flag};
use syscalls::{Errno, Outcome};

/// AUDIT_ARCH_AARCH64 (include/uapi/linux/audit.h).
pub const AUDIT_ARCH: u32 = 0xc000_00b7;
/// MAX_INSNS_PER_PATH, where each filter counts four more.
const INSNS_MAX: usize = 32768;
/// `si_code` of a SIGSYS that a filter sent.
const SYS_SECCOMP: i32 = 1;
/// What strict mode allows: read, write, exit, rt_sigreturn.
const STRICT: [u64; 4] = [63, 64, 93, 139];

/// A filter, and whether it was to be logged (SECCOMP_FILTER_FLAG_LOG).
#[derive(Debug)]
struct Filter {
    program: Program,
    is_logged: bool,
}

/// One as it goes to the next emulator, or to a tracer's.
#[derive(Debug)]
pub struct SentFilter {
    /// The words of its instructions.
    pub insns: Vec<u64>,
    /// SECCOMP_FILTER_FLAG_LOG.
    pub is_logged: bool,
}

/// What a thread is held to.
#[derive(Clone, Default, Debug)]
pub struct Rules {
    is_strict: bool,
    /// The oldest first.
    filters: Vec<Arc<Filter>>,
    /// Of what all threads are given: no_new_privs comes with it.
    is_resigned: bool,
}

/// A thread's part, which another thread may change (SECCOMP_FILTER_FLAG_TSYNC).
#[derive(Default, Debug)]
pub struct Seccomp {
    /// False for nearly every program.
    is_on: AtomicBool,
    rules: Lock<Rules>,
    /// Another thread has given it filters, and with them its no_new_privs, which a thread can set for itself only:
    /// it does so before its next call.
    is_to_resign: AtomicBool,
}

impl Seccomp {
    fn set(&self, rules: Rules) {
        self.is_on.store(rules.is_strict || !rules.filters.is_empty(), Ordering::Release);
        *self.rules.lock() = rules;
    }

    /// Nothing, for a record that is used again.
    pub fn clear(&self) {
        self.set_from_another(Rules::default());
    }

    /// What a new thread or process has from its parent.
    pub fn inherit(&self, parent: &Seccomp) {
        if parent.is_on() {
            self.set(parent.rules.lock().clone());
        }
    }

    /// A thread that was on its way while others synchronised: it is held to the same, as if it had
    /// been there. Called with the process's list of threads locked.
    pub fn catch_up(&self, process: &Process) {
        let rules = process.synchronized.lock().clone();
        if self.is_ancestor(&rules.filters) {
            self.set_from_another(rules);
        }
    }

    fn set_from_another(&self, rules: Rules) {
        self.is_to_resign.store(rules.is_resigned, Ordering::Release);
        self.set(rules);
    }

    /// True if any call may be refused.
    pub fn is_on(&self) -> bool {
        self.is_on.load(Ordering::Acquire)
    }

    /// SECCOMP_MODE_*: disabled, strict, filter.
    pub fn mode(&self) -> u64 {
        match self.is_on() {
            false => 0,
            true if self.rules.lock().is_strict => 1,
            true => 2,
        }
    }

    /// How many filters there are.
    pub fn filters(&self) -> usize {
        if self.is_on() { self.rules.lock().filters.len() } else { 0 }
    }

    /// For the next emulator, or a tracer's: each filter's length, flag and instructions ([`SentFilter`]). Strict mode
    /// has no execve.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for filter in &self.rules.lock().filters {
            let insns = filter.program.insns();
            bytes.extend_from_slice(&(insns.len() as u64 | u64::from(filter.is_logged) << 32).to_le_bytes());
            insns.iter().for_each(|insn| bytes.extend_from_slice(&insn.0.to_le_bytes()));
        }
        bytes
    }

    /// From the emulator before.
    pub fn restore(&self, bytes: &[u8]) {
        let filter = |sent: SentFilter| {
            let program = Program::new(sent.insns.into_iter().map(Insn).collect()).ok()?;
            Some(Arc::new(Filter { program, is_logged: sent.is_logged }))
        };
        let filters = SentFilter::all(bytes).into_iter().filter_map(filter).collect();
        self.set(Rules { filters, ..Rules::default() });
    }

    /// The verdict on one call: the most restrictive, of the newest filter that gives it.
    fn verdict(&self, number: u64, pc: u64, args: [u64; 6]) -> u32 {
        let rules = self.rules.lock();
        if rules.is_strict {
            return if STRICT.contains(&number) { action::ALLOW } else { action::KILL_PROCESS };
        }
        let data = seccomp_data(number, pc, args);
        let severity = |verdict: &u32| (verdict & 0xffff_0000) as i32;
        rules.filters.iter().rev().map(|filter| filter.program.run(&data)).min_by_key(severity).unwrap_or(action::ALLOW)
    }
}

impl SentFilter {
    /// What [`Seccomp::to_bytes`] has put together.
    pub fn all(bytes: &[u8]) -> Vec<SentFilter> {
        let mut words = bytes.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word));
        let mut filters = Vec::new();
        while let Some(head) = words.next() {
            let insns = words.by_ref().take(head as u32 as usize).collect();
            filters.push(SentFilter { insns, is_logged: head >> 32 != 0 });
        }
        filters
    }
}

fn seccomp_data(number: u64, pc: u64, args: [u64; 6]) -> Data {
    let mut data = [0; 64];
    let words = [number & 0xffff_ffff | u64::from(AUDIT_ARCH) << 32, pc].into_iter().chain(args);
    data.as_chunks_mut::<8>().0.iter_mut().zip(words).for_each(|(to, word)| *to = word.to_le_bytes());
    data
}

/// True if the thread may install a filter: it has CAP_SYS_ADMIN or has given up privileges.
pub fn is_allowed() -> bool {
    has_resigned() || capability::has(capability::CAP_SYS_ADMIN)
}

fn has_resigned() -> bool {
    syscall(libc::SYS_prctl, args([libc::PR_GET_NO_NEW_PRIVS as u64])) == Ok(1)
}

/// Adds a filter to `own` thread's, or to all; a thread that is not on the same branch is named.
pub fn add(process: &Process, own: &'static ThreadRecord, program: Program, flags: u32) -> Result<u64, Errno> {
    // Held against a fork in another thread, and against two that synchronise.
    let threads = process.threads.lock();
    let mut rules = own.seccomp.rules.lock().clone();
    if rules.is_strict {
        return Err(Errno::EINVAL);
    }
    let total: usize = rules.filters.iter().map(|filter| filter.program.insns().len() + 4).sum();
    if total + program.insns().len() > INSNS_MAX {
        return Err(Errno::ENOMEM);
    }
    let before = rules.filters.clone();
    rules.filters.push(Arc::new(Filter { program, is_logged: flags & flag::LOG != 0 }));
    if flags & flag::TSYNC == 0 {
        own.seccomp.set(rules);
        return Ok(0);
    }
    let others = || threads.iter().filter(|record| !std::ptr::eq(**record, own));
    let diverged = others().filter(|record| !record.seccomp.is_ancestor(&before));
    // The kernel names the one that was made first; here they are in the order in which they began to run.
    if let Some(tid) = diverged.map(|record| record.tid.load(Ordering::Acquire)).min() {
        return if flags & flag::TSYNC_ESRCH != 0 { Err(Errno::ESRCH) } else { Ok(tid as u64) };
    }
    rules.is_resigned = has_resigned();
    others().for_each(|record| record.seccomp.set_from_another(rules.clone()));
    *process.synchronized.lock() = rules.clone();
    own.seccomp.set(rules);
    Ok(0)
}

impl Seccomp {
    /// True if the filters here are the first of `filters`.
    fn is_ancestor(&self, filters: &[Arc<Filter>]) -> bool {
        let rules = self.rules.lock();
        !rules.is_strict
            && rules.filters.len() <= filters.len()
            && rules.filters.iter().zip(filters).all(|(a, b)| Arc::ptr_eq(a, b))
    }
}

/// Strict mode; EINVAL once there are filters.
pub fn set_strict(own: &ThreadRecord) -> Result<(), Errno> {
    if own.seccomp.mode() == 2 {
        return Err(Errno::EINVAL);
    }
    own.seccomp.set(Rules { is_strict: true, ..Rules::default() });
    Ok(())
}

impl Thread {
    /// What the thread's filters make of a call; None lets it happen.
    pub fn filtered(&mut self, number: u64, args: [u64; 6]) -> Option<Outcome> {
        if self.record.seccomp.is_to_resign.swap(false, Ordering::AcqRel) {
            let _ = syscall(libc::SYS_prctl, crate::host::raw::args([libc::PR_SET_NO_NEW_PRIVS as u64, 1]));
        }
        if self.suspends_filters() {
            return None;
        }
        let verdict = self.verdict(number, args);
        let data = verdict & 0xffff;
        match verdict & 0xffff_0000 {
            action::ALLOW | action::LOG => None,
            action::ERRNO => Some(Outcome::Return(match data.min(4095) {
                0 => Ok(0),
                errno => Err(Errno(errno as i32)),
            })),
            action::TRAP => {
                self.force(sigsys(number, self.interp.cpu.pc, data as i32), 0);
                Some(Outcome::Restart)
            }
            action::TRACE => match self.stop_for_filter(number, data) {
                None => Some(Outcome::Return(Err(Errno::ENOSYS))),
                // A negative number: the tracer has skipped it.
                Some(left) if (left as i32) < 0 => Some(Outcome::Return(Ok(self.interp.cpu.x[0]))),
                Some(left) => self.filtered_again(left),
            },
            // Nobody listens.
            action::USER_NOTIF => Some(Outcome::Return(Err(Errno::ENOSYS))),
            action::KILL_THREAD if self.process.tids().len() > 1 => exit::thread(self, libc::SIGSYS),
            _ if self.record.seccomp.mode() == 1 => {
                exit::by_signal(self, &SigInfo::kernel(libc::SIGKILL as u32, libc::SI_KERNEL))
            }
            _ => exit::by_signal(self, &sigsys(number, self.interp.cpu.pc, data as i32)),
        }
    }
}

impl Thread {
    /// The tracer has seen a call, and may have made another one of it: the filters look at that, but do not
    /// ask the tracer again.
    fn filtered_again(&mut self, number: u64) -> Option<Outcome> {
        let [x0, x1, x2, x3, x4, x5, ..] = self.interp.cpu.x;
        let args = [x0, x1, x2, x3, x4, x5];
        match self.verdict(number, args) & 0xffff_0000 {
            action::TRACE => Some(syscalls::dispatch(self, number, args)),
            _ => self.filtered(number, args).or_else(|| Some(syscalls::dispatch(self, number, args))),
        }
    }
}

impl Thread {
    /// The filters see the first argument as it was at first.
    fn verdict(&self, number: u64, mut args: [u64; 6]) -> u32 {
        args[0] = self.record.signals.trace.get(word::ARGUMENT);
        self.record.seccomp.verdict(number, self.interp.cpu.pc, args)
    }
}

/// `siginfo_t` of a call that was trapped: its address, number and architecture.
fn sigsys(number: u64, pc: u64, errno: i32) -> SigInfo {
    let mut info = SigInfo::fault(libc::SIGSYS as u32, SYS_SECCOMP, pc);
    info.set_errno(errno);
    info.set_syscall(number as i32, AUDIT_ARCH);
    info
}

#[cfg(test)]
mod tests {
    use super::*;

    fn returns(value: u32) -> Arc<Filter> {
        let program = Program::new(vec![Insn(6 | u64::from(value) << 32)]).expect("a program");
        Arc::new(Filter { program, is_logged: value & 1 != 0 })
    }

    fn rules(values: &[u32]) -> Seccomp {
        let seccomp = Seccomp::default();
        seccomp.set(Rules { filters: values.iter().map(|&value| returns(value)).collect(), ..Rules::default() });
        seccomp
    }

    #[test]
    fn the_most_restrictive_verdict_counts_and_the_newest_of_equals() {
        let verdict = |values: &[u32]| rules(values).verdict(0, 0, [0; 6]);
        assert_eq!(verdict(&[action::ALLOW, action::ERRNO | 1, action::ALLOW]), action::ERRNO | 1);
        assert_eq!(verdict(&[action::ERRNO | 1, action::ERRNO | 2]), action::ERRNO | 2);
        assert_eq!(verdict(&[action::KILL_THREAD, action::KILL_PROCESS]), action::KILL_PROCESS);
        assert_eq!(verdict(&[action::TRAP, action::KILL_THREAD]), action::KILL_THREAD);
    }

    #[test]
    fn filters_survive_the_handover() {
        let sent = rules(&[action::ALLOW, action::ERRNO | 7]);
        let received = Seccomp::default();
        received.restore(&sent.to_bytes());
        assert_eq!(received.mode(), 2);
        assert_eq!(received.verdict(0, 0, [0; 6]), action::ERRNO | 7);
        received.restore(&[]);
        assert_eq!(received.mode(), 0);
    }
}
