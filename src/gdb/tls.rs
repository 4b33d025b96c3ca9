//! `qGetTLSAddr`: where a thread's variable of thread-local storage lies.
//!
//! gdb gives the variable's offset within its module and the module's `struct link_map`, 0 for a static
//! program. AArch64 has the thread's control block of 16 bytes at TPIDR_EL0 and the blocks of the
//! modules above it (variant I of "ELF Handling For Thread-Local Storage"); the program's own comes
//! first, at the alignment that its PT_TLS asks for. Where the others' are, glibc says in fields of
//! `struct link_map` whose offsets it exports for debuggers, as `_thread_db_*` symbols of libc
//! (nptl_db/structs.def): size in bits, count, offset. libthread_db reads the same, but an x86 one of
//! the right version is not to be had for an AArch64 libc.

use super::image::{Image, L_LD, L_NEXT, L_PREV, MANY, Memory};
use crate::debug::Inferior;

/// The control block, `tcbhead_t`: the dynamic thread vector and a word for libc.
const TCB_LEN: u64 = 16;
/// Of a `dtv_t`: the block, and what is to be freed.
const DTV_LEN: u64 = 16;
/// `l_tls_offset` of a module without a place in the static blocks (elf/dl-tls.h).
const NO_TLS_OFFSET: u64 = 0;
const FORCED_DYNAMIC: u64 = u64::MAX;
const UNALLOCATED: u64 = u64::MAX;
/// The address of the variable, if it exists yet.
pub fn address(inferior: &dyn Inferior, tid: i32, offset: u64, link_map: u64) -> Option<u64> {
    let thread_pointer = inferior.registers(tid)?.tpidr;
    let memory = Memory(inferior);
    let block = match link_map {
        0 => memory.program()?.tls_block(thread_pointer),
        _ => memory.module_block(link_map, thread_pointer),
    };
    block?.checked_add(offset)
}

impl Image {
    /// The program's own block.
    fn tls_block(&self, thread_pointer: u64) -> Option<u64> {
        thread_pointer.checked_add(TCB_LEN.checked_next_multiple_of(self.tls_align?.max(1))?)
    }
}

impl Memory<'_> {
    /// The block of a module in a dynamic program.
    fn module_block(&self, link_map: u64, thread_pointer: u64) -> Option<u64> {
        let program = self.program()?;
        if self.word(link_map, L_LD) == program.dynamic {
            return program.tls_block(thread_pointer);
        }
        let field = |name: &str| self.word(link_map, self.link_map_field(link_map, name)?);
        let offset = field("_thread_db_link_map_l_tls_offset")?;
        // -2 was "none" before glibc had 0 for it.
        if !matches!(offset, NO_TLS_OFFSET | FORCED_DYNAMIC) && offset != FORCED_DYNAMIC - 1 {
            return thread_pointer.checked_add(offset);
        }
        let module = field("_thread_db_link_map_l_tls_modid")?;
        let dtv = self.word(thread_pointer, 0)?;
        self.word(dtv, module.checked_mul(DTV_LEN)?).filter(|block| *block != UNALLOCATED && *block != 0)
    }

    /// The offset of a field, by its symbol in whichever module has it.
    fn link_map_field(&self, link_map: u64, name: &str) -> Option<u64> {
        let mut first = link_map;
        for _ in 0..MANY {
            match self.word(first, L_PREV)? {
                0 => break,
                previous => first = previous,
            }
        }
        let mut module = first;
        for _ in 0..MANY {
            if let Some(descriptor) = self.symbol(module, name) {
                return self.half(descriptor, 8).map(u64::from);
            }
            module = self.word(module, L_NEXT).filter(|next| *next != 0)?;
        }
        None
    }
}
