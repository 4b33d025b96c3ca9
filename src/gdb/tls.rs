//! `qGetTLSAddr`: where a thread's variable of thread-local storage lies.
//!
//! gdb gives the variable's offset within its module and the module's `struct link_map`, 0 for a static
//! program. AArch64 has the thread's control block of 16 bytes at TPIDR_EL0 and the blocks of the
//! modules above it (variant I of "ELF Handling For Thread-Local Storage"); the program's own comes
//! first, at the alignment that its PT_TLS asks for. Where the others' are, glibc says in fields of
//! `struct link_map` whose offsets it exports for debuggers, as `_thread_db_*` symbols of libc
//! (nptl_db/structs.def): size in bits, count, offset. libthread_db reads the same, but an x86 one of
//! the right version is not to be had for an AArch64 libc.

use crate::debug::Inferior;

/// Auxiliary vector (include/uapi/linux/auxvec.h).
const AT_PHDR: u64 = 3;
const AT_PHNUM: u64 = 5;

/// Program headers and the dynamic section (elf.h).
const PHDR_LEN: u64 = 56;
const PT_DYNAMIC: u32 = 2;
const PT_PHDR: u32 = 6;
const PT_TLS: u32 = 7;
const DT_STRTAB: u64 = 5;
const DT_SYMTAB: u64 = 6;
const DT_GNU_HASH: u64 = 0x6fff_fef5;
const SYM_LEN: u64 = 24;

/// The control block, `tcbhead_t`: the dynamic thread vector and a word for libc.
const TCB_LEN: u64 = 16;
/// Of a `dtv_t`: the block, and what is to be freed.
const DTV_LEN: u64 = 16;
/// `l_tls_offset` of a module without a place in the static blocks (elf/dl-tls.h).
const NO_TLS_OFFSET: u64 = 0;
const FORCED_DYNAMIC: u64 = u64::MAX;
const UNALLOCATED: u64 = u64::MAX;
/// More modules than any program loads: what is there may be anything.
const MANY: usize = 4096;

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

struct Memory<'a>(&'a dyn Inferior);

/// What the program headers in memory say.
struct Image {
    dynamic: Option<u64>,
    tls_align: Option<u64>,
}

impl Image {
    /// The program's own block.
    fn tls_block(&self, thread_pointer: u64) -> Option<u64> {
        thread_pointer.checked_add(TCB_LEN.checked_next_multiple_of(self.tls_align?.max(1))?)
    }
}

/// Fields of glibc's `struct link_map` that every libc has (link.h).
const L_LD: u64 = 16;
const L_NEXT: u64 = 24;
const L_PREV: u64 = 32;

impl Memory<'_> {
    /// The 64-bit word at `base + offset`; what the guest says may lead anywhere.
    fn word(&self, base: u64, offset: u64) -> Option<u64> {
        let mut bytes = [0; 8];
        (self.0.read_memory(base.wrapping_add(offset), &mut bytes) == 8).then(|| u64::from_le_bytes(bytes))
    }

    /// The 32-bit word there.
    fn half(&self, base: u64, offset: u64) -> Option<u32> {
        let mut bytes = [0; 4];
        (self.0.read_memory(base.wrapping_add(offset), &mut bytes) == 4).then(|| u32::from_le_bytes(bytes))
    }

    fn auxv(&self, wanted: u64) -> Option<u64> {
        let auxv = self.0.auxv();
        let (words, _) = auxv.as_chunks::<8>();
        let (pairs, _) = words.as_chunks::<2>();
        let [_, value] = pairs.iter().find(|[key, _]| u64::from_le_bytes(*key) == wanted)?;
        Some(u64::from_le_bytes(*value))
    }

    /// The program itself, by the auxiliary vector.
    fn program(&self) -> Option<Image> {
        let (phdrs, count) = (self.auxv(AT_PHDR)?, self.auxv(AT_PHNUM)?.min(MANY as u64));
        let headers = (0..count).map(|n| phdrs.wrapping_add(n * PHDR_LEN));
        let find = |kind: u32| headers.clone().find(|header| self.half(*header, 0) == Some(kind));
        let bias = find(PT_PHDR).and_then(|header| Some(phdrs.wrapping_sub(self.word(header, 16)?))).unwrap_or(0);
        Some(Image {
            dynamic: find(PT_DYNAMIC).and_then(|header| Some(bias.wrapping_add(self.word(header, 16)?))),
            tls_align: find(PT_TLS).and_then(|header| self.word(header, 48)),
        })
    }

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

    /// The address of a symbol that a module exports.
    fn symbol(&self, link_map: u64, name: &str) -> Option<u64> {
        let (base, dynamic) = (self.word(link_map, 0)?, self.word(link_map, L_LD)?);
        let entry = |tag: u64| {
            let mut entries = (0..MANY as u64).map(|n| dynamic.wrapping_add(n * 16));
            let found = entries.find(|entry| self.word(*entry, 0).is_none_or(|found| found == tag || found == 0))?;
            // glibc has made addresses of these; the vDSO's section it cannot write.
            let value = self.word(found, 8).filter(|_| self.word(found, 0) == Some(tag))?;
            Some(if value < base { base.wrapping_add(value) } else { value })
        };
        let (strings, symbols) = (entry(DT_STRTAB)?, entry(DT_SYMTAB)?);
        let is_it = |symbol: u64| {
            let mut found = vec![0; name.len() + 1];
            let at = strings.wrapping_add(u64::from(self.half(symbol, 0)?));
            (self.0.read_memory(at, &mut found) == found.len() && found.strip_suffix(&[0]) == Some(name.as_bytes()))
                .then_some(())
        };
        let index =
            self.hashed(entry(DT_GNU_HASH)?, name, |index| is_it(symbols.wrapping_add(index * SYM_LEN)).is_some())?;
        Some(base.wrapping_add(self.word(symbols, index * SYM_LEN + 8)?))
    }

    /// Looks a name up in a DT_GNU_HASH table: buckets of chains whose ends have bit 0 set.
    fn hashed(&self, table: u64, name: &str, is_it: impl Fn(u64) -> bool) -> Option<u64> {
        let hash = name.bytes().fold(5381_u32, |hash, byte| hash.wrapping_mul(33).wrapping_add(byte.into()));
        let number = |n: u64| self.half(table, 4 * n).map(u64::from);
        let (buckets, first, bloom_words) = (number(0)?, number(1)?, number(2)?);
        let start = 16 + 8 * bloom_words;
        let head = u64::from(self.half(table, start + 4 * u64::from(hash).checked_rem(buckets)?)?);
        for index in head..head + MANY as u64 {
            let chained = self.half(table, start + 4 * (buckets + index.checked_sub(first)?))?;
            if chained | 1 == hash | 1 && is_it(index) {
                return Some(index);
            }
            if chained & 1 != 0 {
                break;
            }
        }
        None
    }
}
