//! A thread's side of ptrace(2) between guests: a block of words that its tracer, another emulator,
//! reads and writes while the thread stands still.
//!
//! The host's own ptrace carries the stops. A thread that stops for its tracer fills its block and
//! queues SIGTRAP to itself with a value that names the block; the tracer's wait finds that stop and
//! takes everything from here. The other way, the tracer queues SIGTRAP with a value that asks for
//! a stop, and the host handler, which passes each such signal to [`TraceBlock::takes`], makes the
//! thread attend. [`crate::process::tracee`] and [`crate::process::tracer`] are the two sides.

use super::SigInfo;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// `si_value` in the upper 16 bits: the lower 48 are the address of the block of a thread that has stopped.
const STOPPED_AT: u64 = 0x656d << 48;
/// The lower bits are the status to stop with, 0 to be told that there is a tracer.
const STOP_WITH: u64 = 0x656e << 48;
/// A debugger is to be met ([`crate::process::attach`]).
const SUMMONS: u64 = 0x656f << 48;
const LOW: u64 = (1 << 48) - 1;

/// What a queued SIGTRAP says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Message {
    /// From the tracee: it has stopped, and this is its block.
    StoppedAt(u64),
    /// From the tracer: stop with this status (signal, event << 8), or none.
    StopWith(u32),
    /// From any process that may write this one's memory: look what it has written.
    Summons,
}

impl Message {
    /// `si_value` that carries it.
    pub fn to_value(self) -> u64 {
        match self {
            Message::StoppedAt(block) => STOPPED_AT | block & LOW,
            Message::StopWith(status) => STOP_WITH | u64::from(status),
            Message::Summons => SUMMONS,
        }
    }

    /// The message in a SIGTRAP, if that is what it is, or in the SIGCONT without which a process that is stopped does
    /// not hear a summons.
    pub fn of(info: &SigInfo) -> Option<Message> {
        let signal = info.signal() as i32;
        let is_summons = signal == libc::SIGCONT && info.value() == SUMMONS;
        if info.code() != libc::SI_QUEUE || !(signal == libc::SIGTRAP || is_summons) {
            return None;
        }
        let low = info.value() & LOW;
        match info.value() & !LOW {
            STOPPED_AT => Some(Message::StoppedAt(low)),
            STOP_WITH => Some(Message::StopWith(low as u32)),
            SUMMONS => Some(Message::Summons),
            _ => None,
        }
    }
}

/// Word numbers in a block.
#[allow(missing_docs)]
pub mod word {
    /// Tells a block from anything else.
    pub const MAGIC: usize = 0;
    /// [`super::STOPPED`] until the tracer has decided.
    pub const STATE: usize = 1;
    /// Signal and event << 8, as in a wait status.
    pub const STATUS: usize = 2;
    /// The first argument of the system call, as it was made.
    pub const ARGUMENT: usize = 3;
    /// From the tracer: the PTRACE_* request that resumed.
    pub const REQUEST: usize = 4;
    /// From the tracer: the signal to go on with.
    pub const SIGNAL: usize = 5;
    /// PTRACE_O_*, and whether it was seized.
    pub const OPTIONS: usize = 6;
    pub const SEIZED: usize = 7;
    /// From the tracer: registers or the mask were written; code was.
    pub const CHANGED: usize = 8;
    /// The guest's signal mask.
    pub const MASK: usize = 9;
    pub const SYSCALL: usize = 10;
    /// PTRACE_GETEVENTMSG.
    pub const MESSAGE: usize = 11;
    /// Address and length of the program's path and of its auxiliary vector.
    pub const EXE: usize = 12;
    pub const AUXV: usize = 14;
    /// `struct user_pt_regs`: x0 to x30, sp, pc, pstate.
    pub const REGS: usize = 16;
    pub const REGS_LEN: usize = 34;
    /// `struct user_fpsimd_state`.
    pub const FP: usize = REGS + REGS_LEN;
    pub const FP_LEN: usize = 66;
    pub const TLS: usize = FP + FP_LEN;
    /// Address and length of its seccomp filters (`process::seccomp`).
    pub const FILTERS: usize = TLS + 1;
    /// `siginfo_t`; zeros in a stop that has none.
    pub const INFO: usize = FILTERS + 2;
    pub const INFO_LEN: usize = 16;
    /// How many words there are.
    pub const COUNT: usize = INFO + INFO_LEN;
}

/// `word::CHANGED`: registers.
pub const CHANGED_REGS: u64 = 1;
/// `word::CHANGED`: memory that may be code.
pub const CHANGED_CODE: u64 = 2;
/// `word::CHANGED`: the signal mask.
pub const CHANGED_MASK: u64 = 4;
/// What `word::MAGIC` holds.
pub const MAGIC: u64 = u64::from_le_bytes(*b"emutrace");
/// `word::STATE` of a thread that waits for its tracer.
pub const STOPPED: u64 = 1;
/// `word::STATE` of a thread that runs.
pub const RUNNING: u64 = 0;

const UNTRACED: u32 = 0;
const TRACED: u32 = 1;
/// No stop is asked for.
const NOTHING: u64 = u64::MAX;

/// See the top of the file. Written by the handler on the thread itself, and by the tracer only
/// while the thread stands still.
#[derive(Debug)]
pub struct TraceBlock {
    words: [AtomicU64; word::COUNT],
    state: AtomicU32,
    wanted: AtomicU64,
}

impl Default for TraceBlock {
    fn default() -> Self {
        let words = [const { AtomicU64::new(0) }; word::COUNT];
        words[word::MAGIC].store(MAGIC, Ordering::Relaxed);
        TraceBlock { words, state: AtomicU32::new(UNTRACED), wanted: AtomicU64::new(NOTHING) }
    }
}

impl TraceBlock {
    /// Where it lies.
    pub fn addr(&self) -> u64 {
        self.words.as_ptr() as u64
    }

    /// A word of it.
    pub fn get(&self, at: usize) -> u64 {
        self.words.get(at).map_or(0, |word| word.load(Ordering::Acquire))
    }

    /// Sets a word.
    pub fn set(&self, at: usize, value: u64) {
        if let Some(word) = self.words.get(at) {
            word.store(value, Ordering::Release);
        }
    }

    /// True while it has one that has set this PTRACE_O_*.
    pub fn has_option(&self, option: u32) -> bool {
        self.is_traced() && self.get(word::OPTIONS) as u32 & option != 0
    }

    /// True while the thread has a tracer.
    pub fn is_traced(&self) -> bool {
        self.state.load(Ordering::Acquire) == TRACED
    }

    /// As it is for a thread that nobody has traced.
    pub fn clear(&self) {
        self.set_traced(false);
        self.wanted.store(NOTHING, Ordering::Release);
    }

    /// Begins or ends that. What was asked for stays: the next tracer may be quick.
    pub fn set_traced(&self, on: bool) {
        self.state.store(if on { TRACED } else { UNTRACED }, Ordering::Release);
        if !on {
            [word::REQUEST, word::OPTIONS, word::SEIZED].into_iter().for_each(|at| self.set(at, 0));
        }
    }

    /// The stop that the tracer has asked for since this was last called.
    pub fn take_wanted(&self) -> Option<u32> {
        let wanted = self.wanted.swap(NOTHING, Ordering::AcqRel);
        (wanted != NOTHING).then_some(wanted as u32)
    }

    /// True if [`TraceBlock::take_wanted`] would give one.
    pub fn is_stop_wanted(&self) -> bool {
        self.wanted.load(Ordering::Acquire) != NOTHING
    }

    /// In the host handler: true if `info` is a message of ptrace, and the thread is to attend to it.
    /// Async-signal-safe.
    pub fn takes(&self, info: &SigInfo) -> bool {
        match Message::of(info) {
            Some(Message::Summons) => {}
            Some(Message::StopWith(status)) => self.wanted.store(u64::from(status), Ordering::Release),
            // Our own stop has come through: there is nobody to stop for.
            Some(Message::StoppedAt(block)) if block == self.addr() => {
                self.set_traced(false);
                self.set(word::STATE, RUNNING);
            }
            _ => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(message: Message) -> SigInfo {
        let mut info = SigInfo::user(libc::SIGTRAP as u32, libc::SI_QUEUE, 1, 0);
        info.set_value(message.to_value());
        info
    }

    #[test]
    fn messages_arrive_as_they_were_sent() {
        let stop_with = [5 | 128 << 8, 0].map(Message::StopWith);
        for message in [Message::StoppedAt(0x7fff_1234_5678), Message::Summons].into_iter().chain(stop_with) {
            assert_eq!(Message::of(&info(message)), Some(message));
        }
        assert_eq!(Message::of(&SigInfo::user(libc::SIGTRAP as u32, libc::SI_QUEUE, 1, 0)), None);
        let mut wakes = SigInfo::user(libc::SIGCONT as u32, libc::SI_QUEUE, 1, 0);
        assert_eq!(Message::of(&wakes), None);
        wakes.set_value(Message::Summons.to_value());
        assert_eq!(Message::of(&wakes), Some(Message::Summons));
    }

    #[test]
    fn an_unheard_stop_ends_the_tracing() {
        let block = TraceBlock::default();
        block.set_traced(true);
        block.set(word::STATE, STOPPED);
        assert!(!block.takes(&info(Message::StoppedAt(block.addr() + 8))), "another thread's");
        assert!(block.takes(&info(Message::StoppedAt(block.addr()))));
        assert!(!block.is_traced() && block.get(word::STATE) == RUNNING);
    }
}
