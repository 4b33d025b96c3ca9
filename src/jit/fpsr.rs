//! Whether the program may look at FPSR.
//!
//! To keep FPSR.UFC exact costs time (`super::lower::fp_tiny`), and only programs that look at FPSR can tell. A
//! thread's first look (`CpuState::looks_at_fpsr`) comes too late for what it has computed before; so, before the first
//! operation is translated that Underflow may be lost of, the modules in memory are asked. A program or library that is
//! linked dynamically looks by the functions of fenv.h that it imports; into one that is not they are linked, and
//! the instruction MRS of FPSR is in its code.
//!
//! What is in memory may be anything: where it does not add up, nobody looks.

use crate::memory::access::copy_in;
use crate::memory::space::space;
use goblin::container::{Container, Ctx, Endian};
use goblin::elf::Elf;
use goblin::elf::dynamic::{DT_GNU_HASH, DT_NEEDED, DT_SONAME, DT_STRTAB, DT_SYMTAB};
use goblin::elf::header;
use goblin::elf::program_header::{PT_DYNAMIC, PT_LOAD, ProgramHeader, program_header64};

/// What tells exceptions (fenv.h), or keeps them to be told.
const LOOKING: [&[u8]; 5] = [b"fetestexcept", b"fegetexceptflag", b"fegetenv", b"feholdexcept", b"feupdateenv"];

/// Bounds of what is believed.
const MOST_ENTRIES: u64 = 1024;
const MOST_IMPORTS: u64 = 1 << 16;
const SYM_LEN: u64 = 24;
const CHUNK: u64 = 4096;

/// Asks the modules that are mapped now.
pub fn may_be_looked_at() -> bool {
    let areas = space().areas();
    // A module begins with its code, or just before; elsewhere nothing may be touched (userfaultfd, devices).
    let is_near_code = |n: usize| {
        let near = areas.get(n..areas.len().min(n + 2)).unwrap_or_default();
        near.first().is_some_and(|(start, area)| {
            near.iter().any(|(code, next)| next.prot.is_exec() && (code == start || *code == area.end))
        })
    };
    let starts = areas.iter().enumerate().filter(|(n, _)| is_near_code(*n)).map(|(_, (start, _))| *start);
    starts.filter_map(Module::at).any(|module| module.looks().unwrap_or(false))
}

/// An ELF image in memory.
struct Module {
    /// What was added to its addresses.
    bias: u64,
    headers: Vec<ProgramHeader>,
}

impl Module {
    /// The one whose file's first bytes are at `start`.
    fn at(start: u64) -> Option<Module> {
        let mut bytes = [0; header::header64::SIZEOF_EHDR];
        copy_in(start, &mut bytes).ok()?;
        if bytes.get(..4) != Some(header::ELFMAG.as_slice()) {
            return None;
        }
        let header = Elf::parse_header(&bytes).ok().filter(|h| h.e_machine == header::EM_AARCH64)?;
        let mut bytes = vec![0; usize::from(header.e_phnum) * program_header64::SIZEOF_PHDR];
        copy_in(start.wrapping_add(header.e_phoff), &mut bytes).ok()?;
        let headers = ProgramHeader::parse(&bytes, 0, header.e_phnum.into(), Ctx::new(Container::Big, Endian::Little));
        let headers = headers.ok()?;
        let first = headers.iter().find(|h| h.p_type == PT_LOAD)?;
        Some(Module { bias: start.wrapping_sub(first.p_vaddr & !(CHUNK - 1)), headers })
    }

    fn looks(&self) -> Option<bool> {
        let is_linked_alone = self.entry(DT_SONAME).is_none() && self.entry(DT_NEEDED).is_none();
        if is_linked_alone { Some(self.has_instruction()) } else { self.imports() }
    }

    /// Whether there is an MRS of FPSR in its code whose result is not only waited for.
    fn has_instruction(&self) -> bool {
        let code = self.headers.iter().filter(|h| h.p_type == PT_LOAD && h.is_executable());
        code.into_iter().any(|segment| {
            let (start, end) = (segment.p_vaddr, segment.p_vaddr.saturating_add(segment.p_filesz));
            let chunks = (start..end).step_by(CHUNK as usize);
            // To where it ends, whatever the header says.
            let read = |chunk: u64| {
                // One instruction more on either side.
                let (from, to) = (chunk.saturating_sub(4).max(start), end.min(chunk.saturating_add(CHUNK + 4)));
                let mut bytes = vec![0; (to - from) as usize];
                copy_in(self.bias.wrapping_add(from), &mut bytes).ok().map(|()| bytes)
            };
            chunks.map_while(read).any(|bytes| looks(&bytes))
        })
    }

    /// Whether it imports a function that looks. In a symbol table with a GNU hash, what is not hashed comes first: the
    /// imports. A table where nothing is hashed does not tell how many; the names follow it, nearer or farther.
    fn imports(&self) -> Option<bool> {
        let [hash, symbols, strings] = [DT_GNU_HASH, DT_SYMTAB, DT_STRTAB].map(|tag| self.entry(tag));
        let (hash, symbols, strings) = (self.address(hash?), self.address(symbols?), self.address(strings?));
        let most = MOST_IMPORTS.min(strings.wrapping_sub(symbols) / SYM_LEN);
        let count = Some(u64::from(word(hash.wrapping_add(4))?)).filter(|&count| count > 1).unwrap_or(most).min(most);
        Some((1..count).any(|n| {
            let name = word(symbols.wrapping_add(n * SYM_LEN)).map(|offset| strings.wrapping_add(offset.into()));
            name.is_some_and(is_name_of_one_that_looks)
        }))
    }

    /// The first entry of the dynamic section with this tag.
    fn entry(&self, tag: u64) -> Option<u64> {
        let section = self.headers.iter().find(|h| h.p_type == PT_DYNAMIC)?;
        let count = MOST_ENTRIES.min(section.p_memsz / 16);
        let at = |n: u64| self.bias.wrapping_add(section.p_vaddr).wrapping_add(16 * n);
        let found = (0..count).map(at).find(|&entry| double_word(entry) == Some(tag))?;
        double_word(found + 8)
    }

    /// An address of the dynamic section, which some dynamic linkers have added the bias to.
    fn address(&self, entry: u64) -> u64 {
        if entry < self.bias { self.bias.wrapping_add(entry) } else { entry }
    }
}

fn is_name_of_one_that_looks(at: u64) -> bool {
    let mut start = [0; 2];
    let is_one = |name: &&[u8]| {
        let mut found = vec![0; name.len() + 1];
        copy_in(at, &mut found).is_ok() && found.split_last() == Some((&0, *name))
    };
    copy_in(at, &mut start).is_ok() && start == *b"fe" && LOOKING.iter().any(is_one)
}

/// Whether instructions have an MRS of FPSR. One between arithmetic and a RET or TBZ is not meant: so
/// libgcc's `__sfp_handle_exceptions`, which raises exceptions, waits for each.
fn looks(code: &[u8]) -> bool {
    let words: Vec<u32> = code.as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect();
    let is_mrs = |word: u32| word & !0x1f == 0xd53b_4420;
    let is_arithmetic = |word: u32| word & 0xff20_0c00 == 0x1e20_0800;
    let is_end = |word: u32| word == 0xd65f_03c0 || word & 0x7f00_0000 == 0x3600_0000;
    words.iter().enumerate().any(|(n, &word)| {
        let near = |n: usize| words.get(n).copied().unwrap_or(0);
        is_mrs(word) && !(is_arithmetic(near(n.wrapping_sub(1))) && is_end(near(n + 1)))
    })
}

fn word(at: u64) -> Option<u32> {
    let mut bytes = [0; 4];
    copy_in(at, &mut bytes).ok().map(|()| u32::from_le_bytes(bytes))
}

fn double_word(at: u64) -> Option<u64> {
    let mut bytes = [0; 8];
    copy_in(at, &mut bytes).ok().map(|()| u64::from_le_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    #[test]
    fn an_mrs_of_fpsr_is_a_look_unless_it_waits_only() {
        const MRS: u32 = 0xd53b_4421;
        const FDIV: u32 = 0x1e21_1820;
        const TBZ: u32 = 0x3608_00a0;
        const RET: u32 = 0xd65f_03c0;
        assert!(looks(&code(&[FDIV, MRS, 0x1200_1000])), "and w0, w0, #0x1f");
        assert!(looks(&code(&[0x1200_1000, MRS, RET])));
        assert!(looks(&code(&[MRS])));
        assert!(!looks(&code(&[FDIV, MRS, TBZ, FDIV, MRS, RET])));
        assert!(!looks(&code(&[0xd53b_4401, 0xd51b_4421])), "MRS of FPCR, MSR of FPSR");
    }
}
