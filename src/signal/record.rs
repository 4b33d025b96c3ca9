//! What a host signal handler leaves behind for the thread it interrupted.
//!
//! There is room for one asynchronous signal, because the handler leaves all of them blocked until
//! the run loop has taken it; and for one of each signal that is never blocked on the host.
#![allow(unsafe_code)]

use super::traced::TraceBlock;
use super::{FAULTS, SigInfo, SigSet, bit, host};
use crate::memory::access::Recovery;
use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, Ordering};

/// The word by which guest code is made to stop, and what is written there. It belongs to the
/// engine.
#[derive(Clone, Copy, Debug)]
pub struct Attention {
    /// Tested by the engine after each instruction and by host calls before they enter the kernel.
    pub word: &'static AtomicU32,
    /// A guest signal waits in the record.
    pub signal: u32,
    /// Another thread or the debugger wants the thread.
    pub kick: u32,
}

/// One signal's place.
#[derive(Debug, Default)]
struct Slot {
    is_full: AtomicBool,
    info: UnsafeCell<SigInfo>,
}

/// A thread's record. Written by the handler on the thread itself, so plain atomics order it.
#[derive(Debug)]
pub struct SignalRecord {
    /// How to stop guest code.
    pub attention: Attention,
    /// Signals never blocked on the host; what the guest blocks of them waits here.
    never_blocked: AtomicU64,
    blockable: Slot,
    unblockable: [Slot; UNBLOCKABLE.len()],
    /// The part of another guest that traces the thread.
    pub trace: TraceBlock,
    /// Where a faulting access of the interpreter goes on; null where there is no interpreter.
    pub recovery: AtomicPtr<Recovery>,
}

/// The signals with a slot of their own: faults, and SIGURG while a debugger uses it.
const UNBLOCKABLE: [u32; 6] = [
    libc::SIGSEGV as u32,
    libc::SIGBUS as u32,
    libc::SIGILL as u32,
    libc::SIGFPE as u32,
    libc::SIGTRAP as u32,
    libc::SIGURG as u32,
];

// SAFETY: all but the cells is atomic; those are touched only by the owning thread and by handlers that
// interrupt it, never both at once: a slot belongs to the handler while empty, to the thread while
// full.
unsafe impl Sync for SignalRecord {}
// SAFETY: nothing in it is tied to a thread.
unsafe impl Send for SignalRecord {}

impl SignalRecord {
    /// An empty record.
    pub fn new(attention: Attention, never_blocked: SigSet) -> Self {
        SignalRecord {
            attention,
            never_blocked: AtomicU64::new(never_blocked | FAULTS),
            blockable: Slot::default(),
            unblockable: Default::default(),
            trace: TraceBlock::default(),
            recovery: AtomicPtr::new(std::ptr::null_mut()),
        }
    }

    /// Signals never blocked on the host.
    pub fn never_blocked(&self) -> SigSet {
        self.never_blocked.load(Ordering::Relaxed)
    }

    /// Called by the host handler: keeps the signal. A second one of an unblockable kind is
    /// dropped, as the kernel drops a second pending standard signal.
    pub fn put(&self, info: &SigInfo) {
        let slot = self.slot_of(info.signal());
        if !slot.is_full.load(Ordering::Relaxed) {
            // SAFETY: an empty slot is the handler's.
            unsafe { *slot.info.get() = *info };
            slot.is_full.store(true, Ordering::Release);
        }
        self.notice(self.attention.signal);
    }

    /// Takes a signal: the blockable one, or one that the guest's mask leaves open. Until the host
    /// mask is set anew, the handler brings no further blockable one.
    pub fn take(&self, mask: SigSet) -> Option<SigInfo> {
        self.attention.word.fetch_and(!self.attention.signal, Ordering::Acquire);
        let open = UNBLOCKABLE.iter().zip(&self.unblockable).filter(|(signal, _)| mask & bit(**signal) == 0);
        // The blockable one first: it was open when it came, and the other's handler may block it.
        let taken = [&self.blockable].into_iter().chain(open.map(|(_, slot)| slot)).find_map(Slot::take);
        self.notice_open(mask);
        taken
    }

    /// The blocked ones that wait here because the host never blocks them.
    pub fn pending(&self, mask: SigSet) -> SigSet {
        let full = UNBLOCKABLE.iter().zip(&self.unblockable).filter(|(_, slot)| slot.is_full.load(Ordering::Acquire));
        full.map(|(signal, _)| bit(*signal)).sum::<SigSet>() & mask
    }

    /// Those of them that were sent to the thread (SI_TKILL), or to its process.
    pub fn pending_for(&self, is_for_thread: bool) -> SigSet {
        let full = self.unblockable.iter().filter(|slot| slot.is_full.load(Ordering::Acquire));
        // SAFETY: a full slot is the thread's.
        let infos = full.map(|slot| unsafe { *slot.info.get() });
        infos.filter(|info| (info.code() == libc::SI_TKILL) == is_for_thread).map(|info| bit(info.signal())).sum()
    }

    /// Takes one of them.
    pub fn take_pending(&self, set: SigSet) -> Option<SigInfo> {
        let mut slots = UNBLOCKABLE.iter().zip(&self.unblockable).filter(|(signal, _)| set & bit(**signal) != 0);
        slots.find_map(|(_, slot)| slot.take())
    }

    /// Makes a host call with `set`, of the signals that are never blocked on the host, blocked there: what of them
    /// waits here waits in the kernel meanwhile, which gives it to a signalfd(2). A system call reports faults by
    /// EFAULT, so none is missed.
    pub fn with_kernel_keeping<R>(&self, set: SigSet, call: impl FnOnce() -> R) -> R {
        host::block(set);
        while let Some(info) = self.take_pending(set) {
            let _ = host::give_back(&info);
        }
        let result = call();
        // What has not been read comes here again.
        host::unblock(set);
        result
    }

    /// Asks for attention if a signal waits that `mask` does not block.
    pub fn notice_open(&self, mask: SigSet) {
        if self.has_open(mask) {
            self.notice(self.attention.signal);
        }
    }

    /// True if a signal waits that `mask` does not block.
    pub fn has_open(&self, mask: SigSet) -> bool {
        let mut slots = UNBLOCKABLE.iter().zip(&self.unblockable);
        self.blockable.is_full.load(Ordering::Relaxed)
            || slots.any(|(signal, slot)| mask & bit(*signal) == 0 && slot.is_full.load(Ordering::Relaxed))
    }

    /// Forgets what waited before a fork, in the child: it was the parent's. What has come since is the child's.
    pub fn forget(&self, waited: SigSet) {
        let slots = UNBLOCKABLE.iter().zip(&self.unblockable).filter(|(signal, _)| waited & bit(**signal) != 0);
        slots.for_each(|(_, slot)| slot.is_full.store(false, Ordering::Release));
        self.attention.word.fetch_and(!self.attention.kick, Ordering::Release);
        // A tracer of the child's own may have been quicker.
        if self.trace.is_stop_wanted() {
            self.attention.word.fetch_or(self.attention.kick, Ordering::Release);
        }
    }

    /// Forgets what waits: for a thread's reuse of the record.
    pub fn clear(&self) {
        for slot in self.unblockable.iter().chain([&self.blockable]) {
            slot.is_full.store(false, Ordering::Release);
        }
        self.attention.word.fetch_and(!(self.attention.signal | self.attention.kick), Ordering::Release);
    }

    /// Sets which signals beside the faults are never blocked on the host.
    pub fn set_never_blocked(&self, set: SigSet) {
        self.never_blocked.store(set | FAULTS, Ordering::Relaxed);
    }

    /// Makes guest code stop soon.
    pub fn notice(&self, bits: u32) {
        self.attention.word.fetch_or(bits, Ordering::Release);
    }

    fn slot_of(&self, signal: u32) -> &Slot {
        let special = UNBLOCKABLE.iter().position(|&other| other == signal && self.never_blocked() & bit(signal) != 0);
        special.and_then(|index| self.unblockable.get(index)).unwrap_or(&self.blockable)
    }
}

impl Slot {
    fn take(&self) -> Option<SigInfo> {
        if !self.is_full.load(Ordering::Acquire) {
            return None;
        }
        // SAFETY: a full slot is the thread's.
        let info = unsafe { *self.info.get() };
        self.is_full.store(false, Ordering::Release);
        Some(info)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blocked_fault_signal_waits_until_it_is_open() {
        static WORD: AtomicU32 = AtomicU32::new(0);
        let record = SignalRecord::new(Attention { word: &WORD, signal: 4, kick: 8 }, 0);
        let segv = SigInfo::user(11, -6, 1, 0);
        record.put(&segv);
        assert_eq!(record.take(bit(11)), None);
        assert_eq!(WORD.load(Ordering::Relaxed), 0);
        record.notice_open(0);
        assert_eq!(WORD.load(Ordering::Relaxed), 4);
        record.put(&SigInfo::user(10, 0, 1, 0));
        assert_eq!(record.take(0).map(|info| info.signal()), Some(10));
        assert_eq!(WORD.load(Ordering::Relaxed), 4, "another one waits");
        assert_eq!(record.take(0), Some(segv));
        assert_eq!(WORD.load(Ordering::Relaxed), 0);
        assert_eq!(record.take(0), None);
    }
}
