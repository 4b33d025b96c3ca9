//! Predecoded code: blocks of slots, shared by the threads of a process. A block stands for a sixteenth of
//! a page, so that slots lie close together: code that runs once is executed here and there, and each page of
//! the host's that is touched costs as much as some hundred instructions.
//!
//! A slot is one atomic word, the instruction below and the number of its function above, so that
//! a reader never sees half of each. Zero stands for "not looked at yet". Where the guest has written,
//! slots of other words than are there now become zero. A block that is mapped or protected otherwise is
//! unlinked at once, and every thread is told to look again; a thread that is still inside sees the old
//! code, as the architecture permits until it synchronises. The slots are kept, and compared with memory
//! when the block is executed again: guest JITs make their code writable and executable in turn.
//!
//! A branch to another block finds it in a table of places without a lock. Each block says itself whose it is, so
//! what is unlinked need not be taken out of the table.

use crate::decode::{Insn, Op, decode};
use crate::memory::access;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use super::looked;
use super::slots::{self, Place, Pool, Slots};
use super::{Shared, stop};
use crate::memory::addr::AddressMap;
use crate::memory::{Lock, LockGuard};

/// Bytes of guest code behind one block of slots; divides a page, and is no less than what
/// [`CodeCache::executed`] tells of.
pub const BLOCK: u64 = 256;

/// Slots of a block.
const SLOTS: usize = BLOCK as usize / 4;

/// A predecoded instruction.
#[repr(transparent)]
#[derive(Debug)]
pub struct Slot(AtomicU64);

/// Where a thread is in a block.
pub type SlotPtr = *const Slot;

/// Functions that are not rows of the decode table come first in the dispatch table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u16)]
pub enum Special {
    /// Decode the word, remember it, execute it.
    Decode,
    /// Behind the last slot of a block.
    NextBlock,
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

/// The number of an instruction's function in the dispatch table.
pub fn function_of(word: u32) -> usize {
    decode(Insn(word)).map_or(Special::Unallocated as usize, |op| SPECIALS + op as usize)
}

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

    fn decoded(op: Option<Op>, word: u32) -> u64 {
        op.map_or(Special::Unallocated as u64, |op| op as u64 + SPECIALS as u64) << 32 | u64::from(word)
    }

    /// Remembers a decoded instruction, unless another thread or a breakpoint came first.
    pub fn fill(&self, op: Option<Op>, word: u32) {
        let _ = self.0.compare_exchange(0, Self::decoded(op, word), Ordering::SeqCst, Ordering::Relaxed);
    }

    /// Forgets a decoded instruction, unless something else has been put there.
    pub fn unfill(&self, op: Option<Op>, word: u32) {
        let decoded = Self::decoded(op, word);
        let _ = self.0.compare_exchange(decoded, 0, Ordering::SeqCst, Ordering::Relaxed);
    }

    /// Forgets what was made of another word than that; whether it did.
    fn keep_only(&self, word: Option<u32>) -> bool {
        let old = self.0.load(Ordering::Relaxed);
        let is_other = old != 0 && word != Some(old as u32) && old >> 32 != Special::Breakpoint as u64;
        is_other && self.0.compare_exchange(old, 0, Ordering::SeqCst, Ordering::Relaxed).is_ok()
    }

    /// Writes what is there. Fresh memory that is read first and written then costs two page faults.
    fn touch(&self) {
        let _ = self.0.compare_exchange(0, 0, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Becomes a slot that has not been looked at.
    pub(super) fn forget(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// Says that the block is that of a guest address, or nobody's.
    fn set_address(&self, block: Option<u64>) {
        self.0.store(block.map_or(0, |block| block | 1), Ordering::SeqCst);
    }

    /// Whether it has said so.
    #[inline]
    fn is_address(&self, block: u64) -> bool {
        self.0.load(Ordering::Acquire) == block | 1
    }

    /// Stands for something that is no row.
    pub(super) fn set_special(&self, what: Special) {
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

/// What became of code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// It may have been written: what it still is stays.
    Written,
    /// It was unmapped, mapped over or protected: it is gone, and comes back if it is found there again.
    Mapped,
    /// The same code is to be looked at anew.
    Meaning,
}

/// Keeps translations of guest code, made elsewhere, in step with this cache.
pub trait Follower: Sync {
    /// The code in `[start, end)` is not what it was.
    fn forget(&self, start: u64, end: u64, change: Change);
}

/// One slot more leads to the next block, and one says which block of the guest's code it is.
type Block = Slots<LEN>;

/// Words of a block.
const LEN: usize = SLOTS + 2;
/// Where a block says whose it is.
const ADDRESS: usize = SLOTS + 1;
/// Places of the look-up that needs no lock; two megabytes of guest code.
const NEAR: usize = 8192;

/// What the interpreter has executed of a block.
#[derive(Clone, Copy, Default)]
pub struct Executed(Option<Block>);

impl Executed {
    /// Function number and word of the instruction at `pc`, if it was executed.
    #[inline]
    pub fn get(&self, pc: u64) -> Option<(usize, u32)> {
        let slot = self.0?.get((pc % BLOCK) as usize / 4)?.get();
        (slot.0 >= SPECIALS || slot.0 == Special::Unallocated as usize).then_some(slot)
    }
}

/// Is told the address and word of each instruction when it is first decoded.
pub type DecodeObserver = fn(u64, u32);

/// All predecoded code of a process.
pub struct CodeCache {
    memory: &'static dyn CodeMemory,
    observer: OnceLock<DecodeObserver>,
    follower: OnceLock<&'static dyn Follower>,
    kick: OnceLock<fn(i32)>,
    epoch: AtomicU64,
    /// Counts the times that slots have been compared with memory.
    comparisons: AtomicU64,
    near: &'static [Place<LEN>; NEAR],
    inner: Lock<Inner>,
}

/// Blocks that wait to be executed again, at most.
const WAITING: usize = 16384;

#[derive(Default)]
struct Inner {
    blocks: AddressMap<Block>,
    /// Blocks that were mapped or protected otherwise.
    waiting: AddressMap<Block>,
    breakpoints: Vec<u64>,
    threads: Vec<&'static Shared>,
    /// Unlinked blocks and the epoch that unlinked them.
    retired: Vec<(u64, Block)>,
    pool: Pool<LEN>,
}

impl Inner {
    fn set_special(&self, pc: u64, what: Special) {
        let block = pc & !(BLOCK - 1);
        for slots in [self.blocks.get(&block), self.waiting.get(&block)].into_iter().flatten() {
            slots[(pc % BLOCK) as usize / 4].set_special(what);
        }
    }
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
            comparisons: AtomicU64::new(0),
            near: slots::table(),
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

    fn tell_follower(&self, start: u64, end: u64, change: Change) {
        if let Some(follower) = self.follower.get() {
            follower.forget(start, end, change);
        }
    }

    /// Counts the times that slots have been compared with memory: what is filled from a word that was read
    /// before the last of them may be old.
    pub(super) fn comparisons(&self) -> u64 {
        self.comparisons.load(Ordering::SeqCst)
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
        self.memory.is_executable(pc & !(BLOCK - 1))
    }

    /// Whether `pc` is in a guarded page.
    pub(super) fn is_guarded(&self, pc: u64) -> bool {
        self.memory.is_guarded(pc & !(BLOCK - 1))
    }

    /// Whether there is a guarded page.
    #[inline(always)]
    pub fn has_guards(&self) -> bool {
        self.memory.has_guards()
    }

    /// What the interpreter has executed of the block that `pc` lies in.
    pub fn executed(&self, pc: u64) -> Executed {
        Executed(self.lock().blocks.get(&(pc & !(BLOCK - 1))).copied())
    }

    /// The block of `pc`, where the thread goes on; None if it is not executable.
    pub(super) fn block(&self, pc: u64) -> Option<SlotPtr> {
        let (block, index) = (pc & !(BLOCK - 1), (pc % BLOCK) as usize / 4);
        let near = &self.near[(block / BLOCK) as usize % NEAR];
        if let Some(slots) = near.get().filter(|slots| slots[ADDRESS].is_address(block)) {
            return Some(slots.as_ptr());
        }
        let mut inner = self.lock();
        if let Some(slots) = inner.blocks.get(&block) {
            near.put(slots);
            return Some(slots.as_ptr());
        }
        if !self.memory.is_executable(block) {
            return None;
        }
        looked::note(block);
        let slots = match inner.waiting.remove(&block) {
            Some(slots) => {
                self.compare(slots, block, block, block + BLOCK);
                slots
            }
            None => inner.pool.take(),
        };
        for pc in inner.breakpoints.iter().filter(|&&pc| pc & !(BLOCK - 1) == block) {
            slots[(pc - block) as usize / 4].set_special(Special::Breakpoint);
        }
        slots[index].touch();
        slots[ADDRESS].set_address(Some(block));
        inner.blocks.insert(block, slots);
        near.put(slots);
        Some(slots.as_ptr())
    }

    /// Forgets slots between `start` and `end` whose words are others in memory; whether there were any.
    fn compare(&self, slots: &[Slot], block: u64, start: u64, end: u64) -> bool {
        // Before: who has read an old word and fills its slot after this finds the count changed.
        self.comparisons.fetch_add(1, Ordering::SeqCst);
        let (start, end) = (start.max(block) & !3, end.min(block + BLOCK));
        let mut bytes = [0; BLOCK as usize];
        let bytes = &mut bytes[..(end - start) as usize];
        let is_there = access::copy_in(start, bytes).is_ok();
        let words = bytes.chunks(4).map(|w| w.try_into().ok().filter(|_| is_there).map(u32::from_le_bytes));
        let slots = slots[(start - block) as usize / 4..].iter();
        slots.zip(words).fold(false, |any, (slot, word)| slot.keep_only(word) | any)
    }

    /// The code in `[start, end)` is not what it was: the debugger or the guest, by IC IVAU, may have written
    /// it, or it is mapped otherwise. Cheap when nothing there was ever executed. Returns whether anything
    /// that was decoded is forgotten.
    pub fn invalidate(&self, start: u64, end: u64, change: Change) -> bool {
        if change == Change::Written && !looked::may_have_been(start, end) {
            return false;
        }
        self.tell_follower(start, end, change);
        let mut inner = self.lock();
        let first = start & !(BLOCK - 1);
        let touched: Vec<u64> = if (end.saturating_sub(first) / BLOCK) as usize > inner.blocks.len() {
            inner.blocks.keys().copied().filter(|&p| p >= first && p < end).collect()
        } else {
            (first..end).step_by(BLOCK as usize).filter(|p| inner.blocks.contains_key(p)).collect()
        };
        if touched.is_empty() {
            return false;
        }
        if change == Change::Written {
            let blocks = touched.iter().filter_map(|&block| Some((block, inner.blocks.get(&block)?)));
            return blocks.fold(false, |any, (block, &slots)| self.compare(slots, block, start, end) | any);
        }
        self.unlink(&mut inner, &touched, change == Change::Mapped);
        true
    }

    /// Takes blocks out of use, for good or until they are executed again.
    fn unlink(&self, inner: &mut Inner, blocks: &[u64], may_wait: bool) {
        // Before the epoch: who enters in it does not find them.
        let unlinked = blocks.iter().filter_map(|block| inner.blocks.get(block));
        unlinked.for_each(|slots| slots[ADDRESS].set_address(None));
        let epoch = self.epoch.fetch_add(1, Ordering::SeqCst) + 1;
        if inner.waiting.len() + blocks.len() > WAITING {
            inner.retired.extend(inner.waiting.drain().map(|(_, slots)| (epoch, slots)));
        }
        for block in blocks {
            match inner.blocks.remove(block) {
                Some(slots) if may_wait => drop(inner.waiting.insert(*block, slots)),
                slots => inner.retired.extend(slots.map(|slots| (epoch, slots))),
            }
        }
        for thread in &inner.threads {
            thread.stop.fetch_or(stop::RESYNC, Ordering::SeqCst);
        }
        let oldest = inner.threads.iter().map(|t| t.seen.load(Ordering::SeqCst)).min().unwrap_or(super::OUTSIDE);
        let Inner { retired, pool, .. } = inner;
        retired.extract_if(.., |(epoch, _)| *epoch <= oldest).for_each(|(_, slots)| pool.give_back(slots));
    }

    /// Sets a breakpoint: [`super::Exit::Breakpoint`] before the instruction at `pc`.
    pub fn insert_breakpoint(&self, pc: u64) {
        let mut inner = self.lock();
        if !inner.breakpoints.contains(&pc) {
            inner.breakpoints.push(pc);
            inner.set_special(pc, Special::Breakpoint);
        }
        drop(inner);
        self.tell_follower(pc, pc.wrapping_add(4), Change::Meaning);
    }

    /// Removes a breakpoint.
    pub fn remove_breakpoint(&self, pc: u64) {
        let mut inner = self.lock();
        inner.breakpoints.retain(|&b| b != pc);
        inner.set_special(pc, Special::Decode);
        drop(inner);
        self.tell_follower(pc, pc.wrapping_add(4), Change::Meaning);
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

    /// Whether nobody else runs guest code in this memory.
    pub fn has_one_thread(&self) -> bool {
        self.lock().threads.len() == 1
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
