//! Predecoded code: pages of slots, shared by the threads of a process.
//!
//! A slot is one atomic word, the instruction below and the number of its function above, so that
//! a reader never sees half of each. Zero stands for "not looked at yet". A page that is
//! invalidated is unlinked at once, every thread is told to look again, and its memory is freed
//! when all have; a thread that is still inside sees the old code, as the architecture permits
//! until it synchronises.

use crate::decode::Op;
use std::collections::HashMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Shared, stop};
use crate::memory::{Lock, LockGuard};

/// Bytes of guest code behind one page of slots.
pub const PAGE: u64 = 4096;

/// Slots of a page; one more leads to the next.
const SLOTS: usize = PAGE as usize / 4;

/// A predecoded instruction.
#[repr(transparent)]
#[derive(Debug)]
pub struct Slot(AtomicU64);

/// Where a thread is in a page.
pub type SlotPtr = *const Slot;

/// Functions that are not rows of the decode table come first in the dispatch table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u16)]
pub enum Special {
    /// Decode the word, remember it, execute it.
    Decode,
    /// Behind the last slot of a page.
    NextPage,
    /// pc is not executable.
    FetchFault,
    /// pc is not aligned.
    Unaligned,
    /// No row matches.
    Unallocated,
    /// The debugger's.
    Breakpoint,
}

/// Number of [`Special`] functions.
pub const SPECIALS: usize = 6;

/// The slots of an address that cannot be executed.
pub static NOWHERE: [Slot; 1] = [Slot(AtomicU64::new((Special::FetchFault as u64) << 32))];
/// The slots of an address that is not a multiple of 4.
pub static UNALIGNED: [Slot; 1] = [Slot(AtomicU64::new((Special::Unaligned as u64) << 32))];

impl Slot {
    /// A slot that has not been looked at.
    pub const fn undecoded() -> Slot {
        Slot(AtomicU64::new(0))
    }

    /// Function number and instruction word.
    #[inline(always)]
    pub fn get(&self) -> (usize, u32) {
        let v = self.0.load(Ordering::Relaxed);
        ((v >> 32) as usize, v as u32)
    }

    /// Remembers a decoded instruction, unless another thread or a breakpoint came first.
    pub fn fill(&self, op: Option<Op>, word: u32) {
        let function = op.map_or(Special::Unallocated as u64, |op| op as u64 + SPECIALS as u64);
        let _ = self.0.compare_exchange(0, function << 32 | word as u64, Ordering::Relaxed, Ordering::Relaxed);
    }

    fn set_special(&self, what: Special) {
        self.0.store((what as u64) << 32, Ordering::Relaxed);
    }
}

/// Says which pages may be executed.
pub trait CodeMemory: Sync {
    /// Whether the page at this address is mapped and executable for the guest.
    fn is_executable(&self, page: u64) -> bool;

    /// Whether the page is guarded (PROT_BTI).
    fn is_guarded(&self, _page: u64) -> bool {
        false
    }

    /// Whether any page is or was.
    fn has_guards(&self) -> bool {
        false
    }
}

/// Keeps translations of guest code, made elsewhere, in step with this cache.
pub trait Follower: Sync {
    /// The code in `[start, end)` is not what it was.
    fn forget(&self, start: u64, end: u64);
}

type Page = Box<[Slot]>;

/// Is told the address and word of each instruction when it is first decoded.
pub type DecodeObserver = fn(u64, u32);

/// All predecoded code of a process.
pub struct CodeCache {
    memory: &'static dyn CodeMemory,
    observer: OnceLock<DecodeObserver>,
    follower: OnceLock<&'static dyn Follower>,
    kick: OnceLock<fn(i32)>,
    epoch: AtomicU64,
    inner: Lock<Inner>,
}

#[derive(Default)]
struct Inner {
    pages: HashMap<u64, Page>,
    breakpoints: Vec<u64>,
    threads: Vec<&'static Shared>,
    /// Unlinked pages and the epoch that unlinked them.
    retired: Vec<(u64, Page)>,
}

/// Keeps all of the cache still; fork holds one.
pub struct CodeGuard<'a>(#[allow(dead_code)] LockGuard<'a, Inner>);

impl CodeCache {
    /// An empty cache.
    pub fn new(memory: &'static dyn CodeMemory) -> Self {
        CodeCache {
            memory,
            observer: OnceLock::new(),
            follower: OnceLock::new(),
            kick: OnceLock::new(),
            epoch: AtomicU64::new(0),
            inner: Lock::default(),
        }
    }

    fn lock(&self) -> LockGuard<'_, Inner> {
        self.inner.lock()
    }

    /// Counts invalidations.
    pub fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::SeqCst)
    }

    pub(super) fn register(&self, thread: &'static Shared) {
        self.lock().threads.push(thread);
    }

    pub(super) fn unregister(&self, thread: &'static Shared) {
        self.lock().threads.retain(|t| !std::ptr::eq(*t, thread));
    }

    /// From now on `observer` hears of each instruction that is decoded. The first one stays.
    pub fn observe_decoding(&self, observer: DecodeObserver) {
        let _ = self.observer.set(observer);
    }

    /// From now on `follower` hears of all code that changes. The first one stays.
    pub fn set_follower(&self, follower: &'static dyn Follower) {
        let _ = self.follower.set(follower);
    }

    /// How to make a host thread look at its stop word.
    pub fn set_kick(&self, kick: fn(i32)) {
        let _ = self.kick.set(kick);
    }

    fn tell_follower(&self, start: u64, end: u64) {
        if let Some(follower) = self.follower.get() {
            follower.forget(start, end);
        }
    }

    /// Begins a new epoch: code that was unlinked before is out of use once [`CodeCache::has_passed`]
    /// says so. Threads that run guest code are kicked out of it, but for the calling one.
    pub fn new_epoch(&self) -> u64 {
        let inner = self.lock();
        let epoch = self.epoch.fetch_add(1, Ordering::SeqCst) + 1;
        for thread in &inner.threads {
            thread.stop.fetch_or(stop::RESYNC, Ordering::SeqCst);
        }
        if let (true, Some(kick)) = (inner.threads.len() > 1, self.kick.get()) {
            let is_inside = |thread: &&&Shared| thread.seen.load(Ordering::SeqCst) < epoch;
            inner.threads.iter().filter(is_inside).for_each(|thread| kick(thread.tid.load(Ordering::Relaxed)));
        }
        epoch
    }

    /// Whether no thread is left in code that it entered before this epoch.
    pub fn has_passed(&self, epoch: u64) -> bool {
        self.lock().threads.iter().all(|thread| thread.seen.load(Ordering::SeqCst) >= epoch)
    }

    /// The breakpoints.
    pub fn breakpoints(&self) -> Vec<u64> {
        self.lock().breakpoints.clone()
    }

    /// Tells the observer.
    pub(super) fn decoded(&self, pc: u64, word: u32) {
        if let Some(observer) = self.observer.get() {
            observer(pc, word);
        }
    }

    /// Whether the guest may execute at `pc`.
    pub fn is_executable(&self, pc: u64) -> bool {
        self.memory.is_executable(pc & !(PAGE - 1))
    }

    /// Whether `pc` is in a guarded page.
    pub(super) fn is_guarded(&self, pc: u64) -> bool {
        self.memory.is_guarded(pc & !(PAGE - 1))
    }

    /// Whether there is a guarded page.
    #[inline(always)]
    pub(super) fn has_guards(&self) -> bool {
        self.memory.has_guards()
    }

    /// Which of the 64 instructions at `start`, a multiple of 256, the interpreter has executed: a bit each.
    pub fn executed(&self, start: u64) -> u64 {
        let inner = self.lock();
        let Some(slots) = inner.pages.get(&(start & !(PAGE - 1))) else { return 0 };
        let first = (start % PAGE / 4) as usize;
        let slots = slots.get(first..first + 64).unwrap_or_default();
        slots.iter().rev().fold(0, |bits, slot| bits << 1 | u64::from(slot.get() != (0, 0)))
    }

    /// The slots of a page, or None if it is not executable.
    pub(super) fn page(&self, page: u64) -> Option<SlotPtr> {
        let mut inner = self.lock();
        if let Some(slots) = inner.pages.get(&page) {
            return Some(slots.as_ptr());
        }
        if !self.memory.is_executable(page) {
            return None;
        }
        let slots: Page = (0..=SLOTS).map(|_| Slot::undecoded()).collect();
        slots[SLOTS].set_special(Special::NextPage);
        for pc in inner.breakpoints.iter().filter(|&&pc| pc & !(PAGE - 1) == page) {
            slots[(pc - page) as usize / 4].set_special(Special::Breakpoint);
        }
        let ptr = slots.as_ptr();
        inner.pages.insert(page, slots);
        Some(ptr)
    }

    /// Forgets the code in `[start, end)`: it was unmapped, remapped, protected or IC IVAU'd.
    /// Cheap when nothing there was ever executed.
    pub fn invalidate(&self, start: u64, end: u64) {
        self.tell_follower(start, end);
        let mut inner = self.lock();
        let first = start & !(PAGE - 1);
        let gone: Vec<u64> = if (end.saturating_sub(first) / PAGE) as usize > inner.pages.len() {
            inner.pages.keys().copied().filter(|&p| p >= first && p < end).collect()
        } else {
            (first..end).step_by(PAGE as usize).filter(|p| inner.pages.contains_key(p)).collect()
        };
        if !gone.is_empty() {
            self.retire(&mut inner, &gone);
        }
    }

    fn retire(&self, inner: &mut Inner, pages: &[u64]) {
        let epoch = self.epoch.fetch_add(1, Ordering::SeqCst) + 1;
        for page in pages {
            if let Some(slots) = inner.pages.remove(page) {
                inner.retired.push((epoch, slots));
            }
        }
        for thread in &inner.threads {
            thread.stop.fetch_or(stop::RESYNC, Ordering::SeqCst);
        }
        let oldest = inner.threads.iter().map(|t| t.seen.load(Ordering::SeqCst)).min().unwrap_or(super::OUTSIDE);
        inner.retired.retain(|(epoch, _)| *epoch > oldest);
    }

    /// Sets a breakpoint: [`super::Exit::Breakpoint`] before the instruction at `pc`.
    pub fn insert_breakpoint(&self, pc: u64) {
        let mut inner = self.lock();
        if !inner.breakpoints.contains(&pc) {
            inner.breakpoints.push(pc);
            if let Some(slots) = inner.pages.get(&(pc & !(PAGE - 1))) {
                slots[(pc % PAGE) as usize / 4].set_special(Special::Breakpoint);
            }
        }
        drop(inner);
        self.tell_follower(pc, pc.wrapping_add(4));
    }

    /// Removes a breakpoint.
    pub fn remove_breakpoint(&self, pc: u64) {
        let mut inner = self.lock();
        inner.breakpoints.retain(|&b| b != pc);
        if let Some(slots) = inner.pages.get(&(pc & !(PAGE - 1))) {
            slots[(pc % PAGE) as usize / 4].set_special(Special::Decode);
        }
        drop(inner);
        self.tell_follower(pc, pc.wrapping_add(4));
    }

    /// Whether a breakpoint is set at `pc`.
    pub fn has_breakpoint(&self, pc: u64) -> bool {
        self.lock().breakpoints.contains(&pc)
    }

    /// Removes all breakpoints.
    pub fn clear_breakpoints(&self) {
        let all = self.lock().breakpoints.clone();
        for pc in all {
            self.remove_breakpoint(pc);
        }
    }

    /// Holds the cache still over a fork, so that the child finds it whole.
    pub fn hold(&self) -> CodeGuard<'_> {
        CodeGuard(self.lock())
    }

    /// In the child of a fork: only `this` thread is left.
    pub fn keep_only(&self, this: &'static Shared) {
        self.lock().threads.retain(|t| std::ptr::eq(*t, this));
    }
}
