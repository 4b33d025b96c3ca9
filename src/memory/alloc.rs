//! The emulator's heap: dlmalloc over mappings of our own, behind a lock that fork can take.
//!
//! libc's malloc is out of the question on raw threads (its per-thread cache is torn down by
//! pthread code), and its locks are taken by its own fork, which is not called.
//!
//! A process that shares this memory (a vfork child) may be killed in the midst of an allocation. So it has
//! a heap of its own, an *arena*; if it dies inside, that arena is never used again. What one heap's owner
//! frees of another heap is only left there, in a list that needs no lock, for its owner to collect.
#![allow(unsafe_code)]

use crate::host::{Lock, raw};
use dlmalloc::{Allocator, Dlmalloc};
use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicUsize, Ordering};

/// As many children may share the memory at a time; others use the main heap.
const ARENAS: usize = 16;
/// Address space of one; pages are used as they are needed.
const ARENA_LEN: usize = 32 << 20;

/// Where a dlmalloc gets its pages: new mappings, or what is left of its arena.
struct Pages {
    next: AtomicUsize,
    /// 0 for the main heap.
    end: AtomicUsize,
}

// SAFETY: regions come from mmap, or an arena that is reserved for this heap, and are handed out once.
unsafe impl Allocator for Pages {
    fn alloc(&self, size: usize) -> (*mut u8, usize, u32) {
        let end = self.end.load(Ordering::Relaxed);
        if end == 0 {
            return raw::map_own(size).map_or((null_mut(), 0, 0), |addr| (addr, size, 0));
        }
        let start = self.next.load(Ordering::Relaxed);
        if size > end - start {
            return (null_mut(), 0, 0);
        }
        self.next.store(start + size, Ordering::Relaxed);
        (start as *mut u8, size, 0)
    }

    fn remap(&self, _: *mut u8, _: usize, _: usize, _: bool) -> *mut u8 {
        null_mut()
    }

    fn free_part(&self, ptr: *mut u8, old: usize, new: usize) -> bool {
        let is_main = self.end.load(Ordering::Relaxed) == 0;
        if is_main {
            raw::unmap_own(ptr.wrapping_add(new), old - new);
        }
        is_main
    }

    fn free(&self, ptr: *mut u8, size: usize) -> bool {
        self.free_part(ptr, size, 0)
    }

    fn can_release_part(&self, _: u32) -> bool {
        self.end.load(Ordering::Relaxed) == 0
    }

    fn allocates_zeros(&self) -> bool {
        true
    }

    fn page_size(&self) -> usize {
        4096
    }
}

/// One heap.
struct Heap {
    memory: Lock<Dlmalloc<Pages>>,
    /// What others have freed of it: a list through the blocks themselves.
    left: AtomicPtr<u8>,
    /// Of an arena: UNUSED, USED or LOST.
    state: AtomicU32,
}

const UNUSED: u32 = 0;
const USED: u32 = 1;
/// Its owner died inside.
const LOST: u32 = 2;

static MAIN: Heap = Heap::new();
static ARENA: [Heap; ARENAS] = [const { Heap::new() }; ARENAS];
/// Where the arenas lie, one after another; null until there is one.
static ARENAS_AT: AtomicPtr<u8> = AtomicPtr::new(null_mut());

thread_local! {
    /// Which arena this thread allocates from; none of them if it is ARENAS. Without a destructor and const,
    /// so that it is a plain word of the static TLS image.
    static OWN: Cell<usize> = const { Cell::new(ARENAS) };
}

/// What a block holds that was left.
struct Left {
    next: *mut u8,
    size: usize,
}

impl Heap {
    const fn new() -> Self {
        let pages = Pages { next: AtomicUsize::new(0), end: AtomicUsize::new(0) };
        Heap {
            memory: Lock::new(Dlmalloc::new_with_allocator(pages)),
            left: AtomicPtr::new(null_mut()),
            state: AtomicU32::new(UNUSED),
        }
    }

    /// The calling thread's.
    fn own() -> &'static Heap {
        ARENA.get(OWN.get()).unwrap_or(&MAIN)
    }

    /// The one that `block` is of.
    fn of(block: *mut u8) -> &'static Heap {
        let arenas = ARENAS_AT.load(Ordering::Relaxed);
        let at = (block as usize).wrapping_sub(arenas as usize) / ARENA_LEN;
        if arenas.is_null() { &MAIN } else { ARENA.get(at).unwrap_or(&MAIN) }
    }

    /// Runs `work` on the heap, which is the calling thread's.
    fn with<R>(&self, work: impl FnOnce(&mut Dlmalloc<Pages>) -> R) -> R {
        let mut memory = self.memory.lock();
        if !self.left.load(Ordering::Relaxed).is_null() {
            let mut block = self.left.swap(null_mut(), Ordering::Acquire);
            while !block.is_null() {
                // SAFETY: `leave` has put blocks of this heap into the list, each beginning with the next and its
                // size, and nobody else has them any more. dlmalloc does not look at the alignment.
                unsafe {
                    let Left { next, size } = block.cast::<Left>().read();
                    memory.free(block, size, 1);
                    block = next;
                }
            }
        }
        work(&mut memory)
    }

    /// Frees a block of a heap that is not the calling thread's.
    fn leave(&self, block: *mut u8, size: usize) {
        let mut head = self.left.load(Ordering::Relaxed);
        loop {
            // SAFETY: the block is free, and dlmalloc's blocks have room for two pointers.
            unsafe { block.cast::<Left>().write(Left { next: head, size }) };
            match self.left.compare_exchange_weak(head, block, Ordering::Release, Ordering::Relaxed) {
                Ok(_) => return,
                Err(now) => head = now,
            }
        }
    }
}

/// The global allocator.
pub struct Heaps;

#[global_allocator]
static HEAPS: Heaps = Heaps;

// SAFETY: dlmalloc keeps GlobalAlloc's contract; the locks make it one caller at a time.
unsafe impl GlobalAlloc for Heaps {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's layout has a nonzero size.
        let alloc = |memory: &mut Dlmalloc<Pages>| unsafe { memory.malloc(layout.size(), layout.align()) };
        let block = Heap::own().with(alloc);
        given(block, alloc)
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's layout has a nonzero size.
        let alloc = |memory: &mut Dlmalloc<Pages>| unsafe { memory.calloc(layout.size(), layout.align()) };
        let block = Heap::own().with(alloc);
        given(block, alloc)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let heap = Heap::of(block);
        if std::ptr::eq(heap, Heap::own()) {
            // SAFETY: the caller got it from here with this layout, and it is of this heap.
            heap.with(|memory| unsafe { memory.free(block, layout.size(), layout.align()) });
        } else {
            heap.leave(block, layout.size());
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        let heap = Heap::of(block);
        if std::ptr::eq(heap, Heap::own()) {
            // SAFETY: the caller got it from here with this layout, and it is of this heap.
            let larger = heap.with(|memory| unsafe { memory.realloc(block, layout.size(), layout.align(), new_size) });
            if !larger.is_null() {
                return larger;
            }
        }
        // SAFETY: the new size is not zero, by the caller's contract; the blocks are distinct and have at least
        // as many bytes as are copied.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(new_size, layout.align()));
            if !new.is_null() {
                std::ptr::copy_nonoverlapping(block, new, layout.size().min(new_size));
                self.dealloc(block, layout);
            }
            new
        }
    }
}

/// What the emulator does cannot be undone half-way: without memory it ends, as one that the kernel kills for want
/// of memory.
pub fn out_of_memory() -> ! {
    let _ = raw::write_all(2, b"emu: out of memory (see ulimit -v, and what the machine has)\n");
    let _ = raw::tgkill(raw::getpid(), raw::gettid(), libc::SIGKILL as u32);
    raw::exit_group(128 + libc::SIGKILL)
}

/// The block, or if the arena is full one of the main heap.
fn given(block: *mut u8, alloc: impl Fn(&mut Dlmalloc<Pages>) -> *mut u8) -> *mut u8 {
    let block = if block.is_null() && OWN.get() != ARENAS { MAIN.with(alloc) } else { block };
    if block.is_null() {
        out_of_memory();
    }
    block
}

/// An arena for a process to come that will share this memory; None if there is none left.
pub fn take_arena() -> Option<usize> {
    let take = |heap: &Heap| heap.state.compare_exchange(UNUSED, USED, Ordering::AcqRel, Ordering::Relaxed).is_ok();
    let number = ARENA.iter().position(take)?;
    let place = place_arenas();
    let heap = ARENA.get(number).filter(|_| !place.is_null());
    let Some(heap) = heap else {
        ARENA[number].state.store(UNUSED, Ordering::Release);
        return None;
    };
    let memory = heap.memory.lock();
    let pages = memory.allocator();
    if pages.end.load(Ordering::Relaxed) == 0 {
        let start = place as usize + number * ARENA_LEN;
        pages.next.store(start, Ordering::Relaxed);
        pages.end.store(start + ARENA_LEN, Ordering::Relaxed);
    }
    Some(number)
}

/// Reserves the arenas, once.
fn place_arenas() -> *mut u8 {
    let known = ARENAS_AT.load(Ordering::Acquire);
    if !known.is_null() {
        return known;
    }
    let Ok(new) = raw::map_own(ARENAS * ARENA_LEN) else { return null_mut() };
    match ARENAS_AT.compare_exchange(null_mut(), new, Ordering::AcqRel, Ordering::Acquire) {
        Ok(_) => new,
        Err(theirs) => {
            raw::unmap_own(new, ARENAS * ARENA_LEN);
            theirs
        }
    }
}

/// In that process: its thread allocates from the arena from now on.
pub fn use_arena(number: usize) {
    OWN.set(number);
}

/// That process has left this memory. What it allocated stays.
pub fn return_arena(number: usize) {
    if let Some(heap) = ARENA.get(number) {
        let state = if heap.memory.try_lock().is_some() { UNUSED } else { LOST };
        heap.state.store(state, Ordering::Release);
    }
}

/// In the child of a fork, where the other processes do not share memory any more.
pub fn return_other_arenas() {
    for (number, heap) in ARENA.iter().enumerate() {
        if number != OWN.get() && heap.state.load(Ordering::Acquire) == USED {
            return_arena(number);
        }
    }
}

/// Takes the locks of the heaps that the thread uses for the time of a fork; no allocation until
/// [`release_heap`].
pub fn hold_heap() {
    MAIN.memory.hold();
    if let Some(arena) = ARENA.get(OWN.get()) {
        arena.memory.hold();
    }
}

/// Undoes [`hold_heap`], in the parent and in the child.
pub fn release_heap() {
    if let Some(arena) = ARENA.get(OWN.get()) {
        arena.memory.release();
    }
    MAIN.memory.release();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_an_arena_go_back_to_it() {
        let number = take_arena().expect("an arena");
        let arena = &ARENA[number];
        let lent = vec![1u8; 100];
        let (theirs, mine) = std::thread::scope(|scope| {
            let child = scope.spawn(|| {
                use_arena(number);
                let theirs = vec![2u8; 100];
                drop(lent);
                let grown = [theirs.clone(), vec![3; 1 << 20]].concat();
                let is_ours = |bytes: &Vec<u8>| std::ptr::eq(Heap::of(bytes.as_ptr().cast_mut()), arena);
                let all = is_ours(&theirs) && is_ours(&grown) && grown[100] == 3;
                use_arena(ARENAS);
                (theirs, all)
            });
            child.join().expect("joined")
        });
        assert!(mine && std::ptr::eq(Heap::of(theirs.as_ptr().cast_mut()), arena));
        drop(theirs);
        assert!(!arena.left.load(Ordering::Relaxed).is_null());
        return_arena(number);
        assert_eq!(arena.state.load(Ordering::Relaxed), UNUSED);
        arena.memory.hold();
        return_arena(number);
        assert_eq!(arena.state.load(Ordering::Relaxed), LOST);
    }
}
