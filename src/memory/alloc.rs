//! The emulator's heap: dlmalloc over mappings of our own, behind a lock that fork can take.
//!
//! libc's malloc is out of the question on raw threads (its per-thread cache is torn down by
//! pthread code), and its locks are taken by its own fork, which is not called.
#![allow(unsafe_code)]

use crate::host::{Lock, raw};
use dlmalloc::{Allocator, Dlmalloc};
use std::alloc::{GlobalAlloc, Layout};

/// Where dlmalloc gets its pages.
struct OwnPages;

// SAFETY: regions come from mmap and are handed out once.
unsafe impl Allocator for OwnPages {
    fn alloc(&self, size: usize) -> (*mut u8, usize, u32) {
        match raw::map_own(size) {
            Ok(addr) => (addr, size, 0),
            Err(_) => (std::ptr::null_mut(), 0, 0),
        }
    }

    fn remap(&self, _: *mut u8, _: usize, _: usize, _: bool) -> *mut u8 {
        std::ptr::null_mut()
    }

    fn free_part(&self, ptr: *mut u8, old: usize, new: usize) -> bool {
        raw::unmap_own(ptr.wrapping_add(new), old - new);
        true
    }

    fn free(&self, ptr: *mut u8, size: usize) -> bool {
        raw::unmap_own(ptr, size);
        true
    }

    fn can_release_part(&self, _: u32) -> bool {
        true
    }

    fn allocates_zeros(&self) -> bool {
        true
    }

    fn page_size(&self) -> usize {
        4096
    }
}

/// The global allocator.
pub struct Heap(Lock<Dlmalloc<OwnPages>>);

#[global_allocator]
static HEAP: Heap = Heap(Lock::new(Dlmalloc::new_with_allocator(OwnPages)));

// SAFETY: dlmalloc keeps GlobalAlloc's contract; the lock makes it one caller at a time.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's layout has a nonzero size.
        unsafe { self.0.lock().malloc(layout.size(), layout.align()) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's layout has a nonzero size.
        unsafe { self.0.lock().calloc(layout.size(), layout.align()) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: the caller got `ptr` from here with this layout.
        unsafe { self.0.lock().free(ptr, layout.size(), layout.align()) }
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller got `ptr` from here with this layout.
        unsafe { self.0.lock().realloc(ptr, layout.size(), layout.align(), new_size) }
    }
}

/// Takes the heap's lock for the time of a fork; no allocation until [`release_heap`].
pub fn hold_heap() {
    HEAP.0.hold();
}

/// Undoes [`hold_heap`], in the parent and in the child.
pub fn release_heap() {
    HEAP.0.release();
}
