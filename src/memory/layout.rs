//! Where a new program's parts go.
//!
//! Everything the emulator places lies below 2^42: that is where kernels with a 42-bit address
//! space put it, which is as far as tagging runtimes (luajit, old mozjs) believe addresses reach.

use super::addr::{PAGE, page_down};
use crate::host::raw;

/// The stack ends just below this.
const STACK_CEILING: u64 = 1 << 42;
/// Unhinted mappings grow down from here; the room above is the stack's.
const MMAP_CEILING: u64 = 0x3ff_f000_0000;
/// ELF_ET_DYN_BASE: two thirds of the address space.
const PIE_FLOOR: u64 = 0x2aa_aaaa_a000;
/// Room that a stack never gets more of, however high RLIMIT_STACK is.
const STACK_MAX: u64 = 240 << 20;
/// What a stack gets at least.
const STACK_MIN: u64 = 1 << 20;

/// The addresses chosen for one program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Layout {
    /// First address above the stack.
    pub stack_top: u64,
    /// Bytes that the stack may grow to.
    pub stack_len: u64,
    /// mmap(2) without a hint allocates downwards from here.
    pub mmap_top: u64,
    /// Where a position-independent program goes.
    pub pie_base: u64,
    /// Bytes between the end of the program's image and its heap.
    pub brk_gap: u64,
    /// Bytes, less than a page, by which the first stack pointer is lowered (arch_align_stack).
    pub sp_shift: u64,
}

impl Layout {
    /// Fixed addresses: what a program gets under `setarch -R`, and under gdb.
    pub fn fixed(stack_limit: u64) -> Self {
        Layout {
            stack_top: STACK_CEILING,
            stack_len: page_down(stack_limit.clamp(STACK_MIN, STACK_MAX)),
            mmap_top: MMAP_CEILING,
            pie_base: PIE_FLOOR,
            brk_gap: 0,
            sp_shift: 0,
        }
    }

    /// Random addresses, unless this process's personality has ADDR_NO_RANDOMIZE.
    pub fn for_this_process() -> Self {
        let fixed = Self::fixed(stack_limit());
        if is_randomization_off() {
            return fixed;
        }
        let mut random = [0u64; 5];
        let size = std::mem::size_of_val(&random) as u64;
        // getrandom(2) fills `random`, which is this long; on failure it stays zero.
        let _ = raw::syscall(libc::SYS_getrandom, raw::args([random.as_mut_ptr() as u64, size]));
        let pages = |value: u64, bits: u32| (value & ((1 << bits) - 1)) * PAGE;
        Layout {
            stack_top: fixed.stack_top - pages(random[0], 11),
            mmap_top: fixed.mmap_top - pages(random[1], 18),
            pie_base: fixed.pie_base + pages(random[2], 18),
            brk_gap: pages(random[3], 13),
            sp_shift: random[4] % PAGE,
            ..fixed
        }
    }
}

/// The soft RLIMIT_STACK in bytes.
fn stack_limit() -> u64 {
    let mut limit = libc::rlimit { rlim_cur: 8 << 20, rlim_max: 0 };
    let args = raw::args([0, u64::from(libc::RLIMIT_STACK), 0, &raw mut limit as u64]);
    // prlimit64(2) fills `limit`, which has its layout.
    let _ = raw::syscall(libc::SYS_prlimit64, args);
    limit.rlim_cur
}

fn is_randomization_off() -> bool {
    const QUERY: u64 = 0xffff_ffff;
    let persona = raw::syscall(libc::SYS_personality, raw::args([QUERY])).unwrap_or(0);
    persona & libc::ADDR_NO_RANDOMIZE as u64 != 0
}
