//! ELF: bytes → [`Image`], what the loader must map and where.
//!
//! Pure: reads a file through [`ReadAt`] and touches nothing else, so a fuzzer can feed it bytes.
//! goblin decodes the headers; what this file adds are the checks of fs/binfmt_elf.c, and stricter
//! ones where the kernel would map rubbish and let the program crash later (overlapping segments,
//! segments beyond the end of the file).

use super::property;
use crate::memory::areas::Prot;
use crate::memory::{GUEST_TOP, PAGE};
use goblin::container::{Container, Ctx, Endian};
use goblin::elf::Elf;
use goblin::elf::header::{self, Header};
use goblin::elf::program_header::{self as ph, ProgramHeader};
use thiserror::Error;

/// The most program headers that load_elf_phdrs takes: 64 KiB of them.
const PHDRS_MAX_BYTES: usize = 65536;
/// PATH_MAX, with the NUL.
const INTERP_MAX: u64 = 4096;

/// Random access to a file's bytes.
pub trait ReadAt {
    /// The file's length in bytes.
    fn len(&self) -> u64;
    /// Fills `buf` from `offset` on; returns how many bytes there were. An error counts as none.
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> usize;
    /// True for a file without bytes.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl ReadAt for [u8] {
    fn len(&self) -> u64 {
        <[u8]>::len(self) as u64
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> usize {
        let rest = usize::try_from(offset).ok().and_then(|at| self.get(at..)).unwrap_or_default();
        let count = rest.len().min(buf.len());
        for (to, from) in buf.iter_mut().zip(rest) {
            *to = *from;
        }
        count
    }
}

/// Why a file is not a program that emu can run.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ElfError {
    /// No ELF magic (and the caller found no `#!`).
    #[error("not an ELF program, nor a script that begins with #!")]
    NotElf,
    /// The file ends inside its header.
    #[error("the file ends inside the ELF header: it is truncated (copy it again)")]
    HeaderTruncated,
    /// ELFCLASS32.
    #[error("a 32-bit program for {0}; emu runs 64-bit AArch64 programs only")]
    Class32(&'static str),
    /// ELFDATA2MSB.
    #[error("a big-endian program; emu runs little-endian AArch64 programs only")]
    BigEndian,
    /// Another e_machine.
    #[error("a program for {0}, not for AArch64{1}")]
    WrongMachine(String, &'static str),
    /// ET_REL, ET_CORE or worse.
    #[error("{0}")]
    WrongType(&'static str),
    /// goblin or we could not make sense of the headers.
    #[error("malformed ELF header: {0}")]
    Malformed(String),
    /// The program header table lies outside the file or has a wrong entry size.
    #[error("the program header table ({count} entries of {size} bytes at offset {offset:#x}) is invalid")]
    ProgramHeaders {
        /// e_phnum.
        count: u16,
        /// e_phentsize.
        size: u16,
        /// e_phoff.
        offset: u64,
    },
    /// No PT_LOAD.
    #[error("no loadable segment")]
    NothingToLoad,
    /// p_offset + p_filesz beyond the end of the file.
    #[error("truncated: segment {index} needs {needs} bytes of file, there are {has} (copy it again)")]
    SegmentTruncated {
        /// Place in the program header table.
        index: usize,
        /// Bytes of file up to the segment's end.
        needs: u64,
        /// Bytes of file.
        has: u64,
    },
    /// p_filesz > p_memsz.
    #[error("segment {index} has more bytes in the file ({filesz:#x}) than in memory ({memsz:#x})")]
    SegmentShrinks {
        /// Place in the program header table.
        index: usize,
        /// p_filesz.
        filesz: u64,
        /// p_memsz.
        memsz: u64,
    },
    /// Larger than the address space, or at an address outside it.
    #[error("segment {index} ({memsz:#x} bytes at {vaddr:#x}) does not fit the address space")]
    SegmentTooBig {
        /// Place in the program header table.
        index: usize,
        /// p_vaddr.
        vaddr: u64,
        /// p_memsz.
        memsz: u64,
    },
    /// p_vaddr and p_offset disagree modulo the page size.
    #[error("segment {index} cannot be mapped: offset {offset:#x} and address {vaddr:#x} differ within a 4 KiB page")]
    SegmentMisaligned {
        /// Place in the program header table.
        index: usize,
        /// p_offset.
        offset: u64,
        /// p_vaddr.
        vaddr: u64,
    },
    /// Two PT_LOADs claim the same byte.
    #[error("segments {0} and {1} overlap")]
    SegmentsOverlap(usize, usize),
    /// PT_INTERP without a NUL-terminated path.
    #[error("the interpreter's path (PT_INTERP) is invalid")]
    InterpPath,
}

/// Whether the linker fixed the addresses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// ET_EXEC: at the addresses it names.
    Fixed,
    /// ET_DYN: anywhere (PIE, static PIE, an interpreter).
    Relocatable,
}

/// One PT_LOAD.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Segment {
    /// Place in the program header table, for messages.
    pub index: usize,
    /// Address before relocation.
    pub vaddr: u64,
    /// Offset in the file.
    pub offset: u64,
    /// Bytes from the file.
    pub filesz: u64,
    /// Bytes in memory; those beyond `filesz` are zero.
    pub memsz: u64,
    /// PROT_READ, PROT_WRITE, PROT_EXEC.
    pub prot: u8,
}

impl Segment {
    /// First address beyond, before relocation.
    pub fn end(&self) -> u64 {
        self.vaddr + self.memsz
    }

    /// First address beyond what comes from the file.
    pub fn file_end(&self) -> u64 {
        self.vaddr + self.filesz
    }
}

/// A checked program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Image {
    /// Fixed or relocatable.
    pub kind: Kind,
    /// e_entry, before relocation.
    pub entry: u64,
    /// The PT_LOADs with a size, in the file's order. Never empty.
    pub segments: Vec<Segment>,
    /// Path in PT_INTERP, without the NUL.
    pub interp: Option<Vec<u8>>,
    /// Address of the program headers before relocation, 0 if no segment holds them.
    pub phdr: u64,
    /// e_phnum.
    pub phnum: u16,
    /// PT_GNU_STACK asks for an executable stack.
    pub exec_stack: bool,
    /// Its code has landing pads, so its pages may be guarded (BTI).
    pub has_landing_pads: bool,
    /// The largest p_align that is a power of two, at least a page.
    pub align: u64,
}

impl Image {
    /// From the first executable segment to the last one's end, as load_elf_binary() (fs/binfmt_elf.c) finds them.
    pub fn code(&self, bias: u64) -> (u64, u64) {
        let code = || self.segments.iter().filter(|segment| Prot(segment.prot).is_exec());
        let start = code().map(|segment| segment.vaddr).min().unwrap_or(0);
        let end = code().map(Segment::file_end).max().unwrap_or(0);
        (start.wrapping_add(bias), end.wrapping_add(bias))
    }

    /// From the start of the highest segment to the end of what comes from the file.
    pub fn data(&self, bias: u64) -> (u64, u64) {
        let start = self.segments.iter().map(|segment| segment.vaddr).max().unwrap_or(0);
        let end = self.segments.iter().map(Segment::file_end).max().unwrap_or(0);
        (start.wrapping_add(bias), end.wrapping_add(bias))
    }

    /// Reads and checks the headers of `file`.
    pub fn parse(file: &(impl ReadAt + ?Sized)) -> Result<Image, ElfError> {
        let header = read_header(file)?;
        check_header(&header)?;
        let headers = read_program_headers(file, &header)?;
        let segments = headers
            .iter()
            .enumerate()
            .filter(|(_, h)| h.p_type == ph::PT_LOAD && h.p_memsz != 0)
            .map(|(index, h)| check_segment(index, h, file.len()))
            .collect::<Result<Vec<_>, _>>()?;
        if segments.is_empty() {
            return Err(ElfError::NothingToLoad);
        }
        check_overlap(&segments)?;
        Ok(Image {
            kind: if header.e_type == header::ET_EXEC { Kind::Fixed } else { Kind::Relocatable },
            entry: header.e_entry,
            interp: read_interp(file, &headers)?,
            phdr: phdr_address(&segments, header.e_phoff),
            phnum: header.e_phnum,
            exec_stack: headers.iter().any(|h| h.p_type == ph::PT_GNU_STACK && h.is_executable()),
            has_landing_pads: property::has_landing_pads(file, &headers),
            align: alignment(&headers),
            segments,
        })
    }

    /// Guards its code as the kernel does where it maps a program alone or an interpreter
    /// (arch_elf_adjust_prot; a program's own pages are its interpreter's affair).
    pub fn guard(&mut self) {
        if self.has_landing_pads {
            let code = self.segments.iter_mut().filter(|s| Prot(s.prot).is_exec());
            code.for_each(|s| s.prot |= Prot::BTI);
        }
    }

    /// First page of the image and first page beyond, before relocation.
    pub fn extent(&self) -> (u64, u64) {
        let start = self.segments.iter().map(|s| s.vaddr).min().unwrap_or(0);
        let end = self.segments.iter().map(Segment::end).max().unwrap_or(0);
        (start & !(PAGE - 1), end.next_multiple_of(PAGE))
    }
}

/// Of a 64-bit ELF's header.
pub const HEADER_LEN: usize = header::header64::SIZEOF_EHDR;

fn read_header(file: &(impl ReadAt + ?Sized)) -> Result<Header, ElfError> {
    let mut bytes = [0u8; HEADER_LEN];
    let count = file.read_at(0, &mut bytes);
    let head = bytes.get(..count).unwrap_or_default();
    if !head.starts_with(header::ELFMAG) {
        return Err(ElfError::NotElf);
    }
    if count < bytes.len() {
        return Err(ElfError::HeaderTruncated);
    }
    Elf::parse_header(head).map_err(|e| ElfError::Malformed(e.to_string()))
}

fn check_header(header: &Header) -> Result<(), ElfError> {
    let [_, _, _, _, class, data, ..] = header.e_ident;
    if class == header::ELFCLASS32 {
        return Err(ElfError::Class32(machine_name(header.e_machine)));
    }
    if data == header::ELFDATA2MSB {
        return Err(ElfError::BigEndian);
    }
    if header.e_machine != header::EM_AARCH64 {
        let advice = match header.e_machine {
            header::EM_X86_64 => " (run it without emu)",
            _ => "",
        };
        return Err(ElfError::WrongMachine(machine_name(header.e_machine).to_owned(), advice));
    }
    match header.e_type {
        header::ET_EXEC | header::ET_DYN => Ok(()),
        header::ET_REL => Err(ElfError::WrongType("an object file, not yet a program (link it)")),
        header::ET_CORE => Err(ElfError::WrongType("a core dump, not a program (open it in gdb)")),
        _ => Err(ElfError::WrongType("neither ET_EXEC nor ET_DYN, so not a program")),
    }
}

fn machine_name(machine: u16) -> &'static str {
    match machine {
        header::EM_X86_64 => "x86-64",
        header::EM_386 => "x86",
        header::EM_ARM => "32-bit Arm",
        header::EM_AARCH64 => "AArch64",
        header::EM_RISCV => "RISC-V",
        header::EM_PPC64 => "PowerPC",
        header::EM_MIPS => "MIPS",
        header::EM_S390 => "s390",
        _ => "another machine",
    }
}

fn read_program_headers(file: &(impl ReadAt + ?Sized), header: &Header) -> Result<Vec<ProgramHeader>, ElfError> {
    let invalid =
        || ElfError::ProgramHeaders { count: header.e_phnum, size: header.e_phentsize, offset: header.e_phoff };
    let entry = ph::program_header64::SIZEOF_PHDR;
    let len = usize::from(header.e_phnum) * entry;
    if usize::from(header.e_phentsize) != entry || len == 0 || len > PHDRS_MAX_BYTES {
        return Err(invalid());
    }
    let mut bytes = vec![0; len];
    if file.read_at(header.e_phoff, &mut bytes) != len {
        return Err(invalid());
    }
    let ctx = Ctx::new(Container::Big, Endian::Little);
    ProgramHeader::parse(&bytes, 0, usize::from(header.e_phnum), ctx).map_err(|_| invalid())
}

fn check_segment(index: usize, h: &ProgramHeader, file_len: u64) -> Result<Segment, ElfError> {
    let (vaddr, memsz, offset, filesz) = (h.p_vaddr, h.p_memsz, h.p_offset, h.p_filesz);
    if filesz > memsz {
        return Err(ElfError::SegmentShrinks { index, filesz, memsz });
    }
    if vaddr.checked_add(memsz).is_none_or(|end| end > GUEST_TOP) {
        return Err(ElfError::SegmentTooBig { index, vaddr, memsz });
    }
    if filesz != 0 {
        let needs = offset.saturating_add(filesz);
        if needs > file_len {
            return Err(ElfError::SegmentTruncated { index, needs, has: file_len });
        }
        if offset % PAGE != vaddr % PAGE {
            return Err(ElfError::SegmentMisaligned { index, offset, vaddr });
        }
    }
    let prot = [(h.is_read(), libc::PROT_READ), (h.is_write(), libc::PROT_WRITE), (h.is_executable(), libc::PROT_EXEC)]
        .into_iter()
        .filter(|(set, _)| *set)
        .fold(0, |all, (_, bit)| all | bit as u8);
    Ok(Segment { index, vaddr, offset, filesz, memsz, prot })
}

/// Two segments may share a page (`ld -n`), but not a byte.
fn check_overlap(segments: &[Segment]) -> Result<(), ElfError> {
    let mut sorted: Vec<&Segment> = segments.iter().collect();
    sorted.sort_by_key(|s| s.vaddr);
    for (low, high) in sorted.iter().zip(sorted.iter().skip(1)) {
        if low.end() > high.vaddr {
            return Err(ElfError::SegmentsOverlap(low.index, high.index));
        }
    }
    Ok(())
}

fn read_interp(file: &(impl ReadAt + ?Sized), headers: &[ProgramHeader]) -> Result<Option<Vec<u8>>, ElfError> {
    let Some(header) = headers.iter().find(|h| h.p_type == ph::PT_INTERP) else { return Ok(None) };
    if !(2..=INTERP_MAX).contains(&header.p_filesz) {
        return Err(ElfError::InterpPath);
    }
    let mut path = vec![0; header.p_filesz as usize];
    let count = file.read_at(header.p_offset, &mut path);
    if count != path.len() || path.pop() != Some(0) {
        return Err(ElfError::InterpPath);
    }
    // A path is a C string: what follows an earlier NUL does not count.
    path.truncate(path.iter().position(|&b| b == 0).unwrap_or(path.len()));
    if path.is_empty() { Err(ElfError::InterpPath) } else { Ok(Some(path)) }
}

/// AT_PHDR as the kernel finds it since 5.18: through the segment that holds the table.
fn phdr_address(segments: &[Segment], phoff: u64) -> u64 {
    segments.iter().find(|s| s.offset <= phoff && phoff - s.offset < s.filesz).map_or(0, |s| phoff - s.offset + s.vaddr)
}

/// maximum_alignment() of fs/binfmt_elf.c: other values than powers of two do not count.
fn alignment(headers: &[ProgramHeader]) -> u64 {
    headers
        .iter()
        .filter(|h| h.p_type == ph::PT_LOAD && h.p_align.is_power_of_two())
        .map(|h| h.p_align)
        .fold(PAGE, u64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::testing::{ElfBuilder, Load};

    fn parse(elf: &ElfBuilder) -> Result<Image, ElfError> {
        Image::parse(elf.bytes().as_slice())
    }

    #[test]
    fn a_minimal_program_parses() {
        let image = parse(&ElfBuilder::new()).unwrap();
        assert_eq!(image.kind, Kind::Fixed);
        assert_eq!(image.segments.len(), 1);
        assert_eq!(image.phdr, 0x40_0040);
        assert_eq!(image.extent(), (0x40_0000, 0x40_1000));
    }

    #[test]
    fn every_truncation_is_refused() {
        let whole = ElfBuilder::new().bytes();
        for len in 0..whole.len() {
            assert!(Image::parse(&whole[..len]).is_err(), "{len} bytes of {}", whole.len());
        }
    }

    #[test]
    fn overlapping_segments_are_refused() {
        let mut elf = ElfBuilder::new();
        elf.loads.push(Load { vaddr: 0x40_0080, offset: 0x80, filesz: 0, memsz: 0x100, flags: 6 });
        assert_eq!(parse(&elf), Err(ElfError::SegmentsOverlap(0, 1)));
    }

    #[test]
    fn segments_may_share_a_page() {
        let mut elf = ElfBuilder::new();
        elf.loads.push(Load { vaddr: 0x40_0800, offset: 0, filesz: 0, memsz: 0x100, flags: 6 });
        assert_eq!(parse(&elf).unwrap().segments.len(), 2);
    }

    #[test]
    fn huge_segments_are_refused() {
        for (vaddr, memsz) in [(0, u64::MAX), (u64::MAX - 8, 8), (0x10_0000, GUEST_TOP), (1 << 63, 4096)] {
            let mut elf = ElfBuilder::new();
            elf.loads.push(Load { vaddr, offset: 0, filesz: 0, memsz, flags: 6 });
            assert!(matches!(parse(&elf), Err(ElfError::SegmentTooBig { .. })), "{vaddr:#x} {memsz:#x}");
        }
    }

    #[test]
    fn other_machines_are_named() {
        let mut bytes = ElfBuilder::new().bytes();
        bytes[18] = 62;
        let error = Image::parse(bytes.as_slice()).unwrap_err();
        assert_eq!(error.to_string(), "a program for x86-64, not for AArch64 (run it without emu)");
    }
}
