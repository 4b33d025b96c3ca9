//! Where a test's code and data lie: at the same addresses here and in the oracle, so that
//! addresses in registers agree too.
#![allow(unsafe_code)]

use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes of guest memory that instructions may touch; the pages around it are unmapped.
pub const MEMORY_SIZE: usize = 4096;
/// Instruction words of a program, BRK behind its last instruction.
pub const PROGRAM_WORDS: usize = 8;
/// Programs that fit in the code area.
pub const PROGRAMS: usize = 256;
/// BRK #1.
pub const BRK: u32 = 0xd420_0020;

/// A sequence of instructions that ends with BRK.
pub type Program = [u32; PROGRAM_WORDS];

/// A program of these instructions.
pub fn program(words: &[u32]) -> Program {
    std::array::from_fn(|n| words.get(n).copied().unwrap_or(BRK))
}

const CODE_OFFSET: u64 = 0x5_3000;
const CODE_SIZE: usize = PROGRAMS * PROGRAM_WORDS * 4;

/// One test's addresses. Tests run in parallel threads, so each has its own.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Address of the memory.
    pub memory: u64,
}

impl Place {
    /// Maps a place of its own, never unmapped.
    pub fn map() -> Place {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let memory = 0x20_0000_0000 + NEXT.fetch_add(1, Ordering::Relaxed) * 0x3_5791_3000;
        let place = Place { memory };
        for (at, size) in [(memory, MEMORY_SIZE), (place.code(0), CODE_SIZE)] {
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED_NOREPLACE;
            // SAFETY: a fresh mapping that replaces nothing.
            let p = unsafe { libc::mmap(at as *mut _, size, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0) };
            assert_eq!(p as u64, at, "the test's address range is free");
        }
        place
    }

    /// Address of a program.
    pub fn code(self, index: usize) -> u64 {
        self.memory + CODE_OFFSET + (index * PROGRAM_WORDS * 4) as u64
    }

    /// Whether a page holds code.
    pub fn is_code(self, page: u64) -> bool {
        page.wrapping_sub(self.code(0)) < CODE_SIZE as u64
    }

    /// Puts programs into the code area.
    pub fn write_code(self, programs: &[Program]) {
        assert!(programs.len() <= PROGRAMS);
        let words = programs.as_flattened();
        // SAFETY: `map` mapped the area, which nothing else in this process knows.
        unsafe { std::ptr::copy_nonoverlapping(words.as_ptr(), self.code(0) as *mut u32, words.len()) };
    }

    /// The memory.
    pub fn bytes(self) -> [u8; MEMORY_SIZE] {
        // SAFETY: as above.
        unsafe { std::ptr::read(self.memory as *const _) }
    }

    /// Fills the memory.
    pub fn set_bytes(self, bytes: &[u8; MEMORY_SIZE]) {
        // SAFETY: as above.
        unsafe { std::ptr::write(self.memory as *mut _, *bytes) };
    }
}
