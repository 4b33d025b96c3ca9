//! The program and its libraries as they lie in memory: program headers, the dynamic section, the
//! dynamic linker's list of modules and their symbols.
//!
//! Everything is read from the guest, which may have left anything there: what does not add up is
//! `None`, and no list is followed for ever.

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

/// More modules than any program loads: what is there may be anything.
pub const MANY: usize = 4096;

/// What the modules say is read from here.
pub struct Memory<'a>(pub &'a dyn Inferior);

/// What the program headers in memory say.
pub struct Image {
    /// Its dynamic section.
    pub dynamic: Option<u64>,
    /// The alignment of its thread-local storage.
    pub tls_align: Option<u64>,
}

/// Fields of glibc's `struct link_map` that every libc has (link.h).
pub const L_LD: u64 = 16;
pub const L_NEXT: u64 = 24;
pub const L_PREV: u64 = 32;

impl Memory<'_> {
    /// The 64-bit word at `base + offset`; what the guest says may lead anywhere.
    pub fn word(&self, base: u64, offset: u64) -> Option<u64> {
        let mut bytes = [0; 8];
        (self.0.read_memory(base.wrapping_add(offset), &mut bytes) == 8).then(|| u64::from_le_bytes(bytes))
    }

    /// The 32-bit word there.
    pub fn half(&self, base: u64, offset: u64) -> Option<u32> {
        let mut bytes = [0; 4];
        (self.0.read_memory(base.wrapping_add(offset), &mut bytes) == 4).then(|| u32::from_le_bytes(bytes))
    }

    pub fn auxv(&self, wanted: u64) -> Option<u64> {
        let auxv = self.0.auxv();
        let (words, _) = auxv.as_chunks::<8>();
        let (pairs, _) = words.as_chunks::<2>();
        let [_, value] = pairs.iter().find(|[key, _]| u64::from_le_bytes(*key) == wanted)?;
        Some(u64::from_le_bytes(*value))
    }

    /// The program itself, by the auxiliary vector.
    pub fn program(&self) -> Option<Image> {
        let (phdrs, count) = (self.auxv(AT_PHDR)?, self.auxv(AT_PHNUM)?.min(MANY as u64));
        let headers = (0..count).map(|n| phdrs.wrapping_add(n * PHDR_LEN));
        let find = |kind: u32| headers.clone().find(|header| self.half(*header, 0) == Some(kind));
        let bias = find(PT_PHDR).and_then(|header| Some(phdrs.wrapping_sub(self.word(header, 16)?))).unwrap_or(0);
        Some(Image {
            dynamic: find(PT_DYNAMIC).and_then(|header| Some(bias.wrapping_add(self.word(header, 16)?))),
            tls_align: find(PT_TLS).and_then(|header| self.word(header, 48)),
        })
    }

    /// The value of an entry of a dynamic section.
    pub fn dynamic_entry(&self, dynamic: u64, tag: u64) -> Option<u64> {
        let mut entries = (0..MANY as u64).map(|n| dynamic.wrapping_add(n * 16));
        let found = entries.find(|entry| self.word(*entry, 0).is_none_or(|found| found == tag || found == 0))?;
        self.word(found, 8).filter(|_| self.word(found, 0) == Some(tag))
    }

    /// The address of a symbol that a module exports.
    pub fn symbol(&self, link_map: u64, name: &str) -> Option<u64> {
        let (base, dynamic) = (self.word(link_map, 0)?, self.word(link_map, L_LD)?);
        let entry = |tag: u64| {
            // glibc has made addresses of these; the vDSO's section it cannot write.
            let value = self.dynamic_entry(dynamic, tag)?;
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
