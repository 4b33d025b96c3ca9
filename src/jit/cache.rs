//! Executable memory: one private anonymous mapping, filled from its start, so that fork inherits
//! it copy-on-write. When it is full everything is thrown away and begins again.
//!
//! It is writable and executable at once: patching a jump is then one store, and a second view of
//! the pages (through a memfd) would be shared with a forked child.
#![allow(unsafe_code)]

use crate::host::raw::{self, HostErrno};
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes of address space; memory is used as it is filled.
const SIZE: usize = 64 << 20;

/// Units start on their own half cache line.
const ALIGN: usize = 32;

/// The mapping and how far it is filled.
pub struct CodeMemory {
    base: *mut u8,
    used: usize,
}

// SAFETY: the pointer is to memory that this value owns.
unsafe impl Send for CodeMemory {}

impl CodeMemory {
    /// Maps it; Err where the host refuses executable memory.
    pub fn new() -> Result<CodeMemory, HostErrno> {
        let base = raw::map_own(SIZE)?;
        let prot = (libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC) as u64;
        if let Err(e) = raw::syscall(libc::SYS_mprotect, [base as u64, SIZE as u64, prot, 0, 0, 0]) {
            raw::unmap_own(base, SIZE);
            return Err(e);
        }
        Ok(CodeMemory { base, used: 0 })
    }

    /// Where the next code will lie.
    pub fn next(&self) -> u64 {
        self.base as u64 + self.used as u64
    }

    /// Bytes in use.
    pub fn used(&self) -> usize {
        self.used
    }

    /// Puts code at [`CodeMemory::next`]; false if it is too long for what is left.
    pub fn append(&mut self, code: &[u8]) -> bool {
        if code.len() + ALIGN > SIZE - self.used {
            return false;
        }
        // SAFETY: the range is ours and unused, checked above; no thread executes it yet.
        unsafe { std::ptr::copy_nonoverlapping(code.as_ptr(), self.base.add(self.used), code.len()) };
        self.used = (self.used + code.len()).next_multiple_of(ALIGN);
        true
    }

    /// Forgets all code behind `used` bytes. No thread may be in it.
    pub fn reset(&mut self, used: usize) {
        self.used = used.next_multiple_of(ALIGN);
    }

    /// Lets the jump whose rel32 is at host address `site` go to `target`. The four bytes lie within
    /// eight aligned ones, so that a thread about to jump goes to the old place or to the new one.
    pub fn patch(&mut self, site: u64, target: u64) {
        let rel = target.wrapping_sub(site + 4) as u32 as u64;
        let (word, shift) = (site & !7, (site & 7) * 8);
        let inside = (word as usize).checked_sub(self.base as usize).is_some_and(|o| o + 8 <= SIZE);
        debug_assert!(inside && shift <= 32);
        if inside {
            // SAFETY: an aligned word inside the mapping; patches are made by one thread at a time.
            let word = unsafe { AtomicU64::from_ptr(word as *mut u64) };
            let old = word.load(Ordering::Relaxed);
            word.store(old & !(0xffff_ffff << shift) | rel << shift, Ordering::Release);
        }
    }
}

impl Drop for CodeMemory {
    fn drop(&mut self) {
        raw::unmap_own(self.base, SIZE);
    }
}
