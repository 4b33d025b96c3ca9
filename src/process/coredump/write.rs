//! Writing the file: ELF header, program headers, notes, memory; pages that were never touched are holes.

use super::segments::Segment;
use crate::host::HostErrno;
use crate::host::raw::{args, close, openat, syscall, write_all};
use crate::memory::addr::{AddrRange, PAGE};
use crate::memory::{forced, space};
use std::ffi::CString;

const EHDR: u64 = 64;
const PHDR: u64 = 56;
const PT_LOAD: u32 = 1;
const PT_NOTE: u32 = 4;
/// Memory is copied in pieces of this size.
const PIECE: usize = 1 << 18;

/// Writes a core to `path`, in place of what is there. False if it would have been longer than `limit`.
pub fn core(path: &[u8], segments: &[Segment], notes: &[u8], limit: u64) -> Result<bool, HostErrno> {
    let path = CString::new(path).map_err(|_| HostErrno(libc::EINVAL))?;
    let _ = syscall(libc::SYS_unlink, args([path.as_ptr() as u64]));
    let flags = libc::O_RDWR | libc::O_CREAT | libc::O_EXCL | libc::O_NOFOLLOW | libc::O_CLOEXEC;
    let fd = openat(libc::AT_FDCWD, &path, flags, 0o600)?;
    let mut out = Out { fd, at: 0, limit };
    let written = write(&mut out, segments, notes);
    // A hole at the end counts as well.
    let _ = syscall(libc::SYS_ftruncate, args([fd as u64, out.at]));
    close(fd);
    match written {
        Err(HostErrno(libc::EFBIG)) => Ok(false),
        other => other.map(|()| true),
    }
}

fn write(out: &mut Out, segments: &[Segment], notes: &[u8]) -> Result<(), HostErrno> {
    let notes_at = EHDR + PHDR * (segments.len() as u64 + 1);
    let memory_at = (notes_at + notes.len() as u64).next_multiple_of(PAGE);
    let mut head = elf_header(segments.len() as u16 + 1);
    let notes_len = notes.len() as u64;
    program_header(&mut head, PT_NOTE, 0, [notes_at, 0, 0, notes_len, 0, 4]);
    let mut at = memory_at;
    for segment in segments {
        let Segment { range, prot, dumped, .. } = segment;
        let flags = u32::from(prot.0 & 1) << 2 | u32::from(prot.0 & 2) | u32::from(prot.0 & 4) >> 2;
        program_header(&mut head, PT_LOAD, flags, [at, range.start, 0, *dumped, range.len(), PAGE]);
        at += dumped;
    }
    head.extend_from_slice(notes);
    head.resize(memory_at as usize, 0);
    out.write(&head)?;
    let mut touched = Touched::open();
    for segment in segments {
        let range = AddrRange { start: segment.range.start, end: segment.range.start + segment.dumped };
        write_memory(out, range, segment.is_anonymous, &mut touched)?;
    }
    Ok(())
}

fn elf_header(program_headers: u16) -> Vec<u8> {
    const ET_CORE: u16 = 4;
    const EM_AARCH64: u16 = 183;
    // Class 64, little-endian, version 1, System V.
    let mut out = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    for half in [ET_CORE, EM_AARCH64] {
        out.extend_from_slice(&half.to_le_bytes());
    }
    out.extend_from_slice(&1u32.to_le_bytes());
    for word in [0, EHDR, 0] {
        out.extend_from_slice(&word.to_le_bytes());
    }
    out.extend_from_slice(&0u32.to_le_bytes());
    for half in [EHDR as u16, PHDR as u16, program_headers, 0, 0, 0] {
        out.extend_from_slice(&half.to_le_bytes());
    }
    out
}

/// `words` are p_offset, p_vaddr, p_paddr, p_filesz, p_memsz, p_align.
fn program_header(out: &mut Vec<u8>, kind: u32, flags: u32, words: [u64; 6]) {
    out.extend_from_slice(&kind.to_le_bytes());
    out.extend_from_slice(&flags.to_le_bytes());
    out.extend(words.into_iter().flat_map(u64::to_le_bytes));
}

fn write_memory(out: &mut Out, range: AddrRange, is_anonymous: bool, touched: &mut Touched) -> Result<(), HostErrno> {
    let mut buf = vec![0; PIECE];
    let mut at = range.start;
    while at < range.end {
        let len = (range.end - at).min(PIECE as u64);
        let piece = buf.get_mut(..len as usize).unwrap_or_default();
        if is_anonymous && !touched.any(at, len) {
            out.skip(len)?;
        } else {
            read(at, piece);
            for page in piece.chunks(PAGE as usize) {
                if page.iter().all(|&byte| byte == 0) { out.skip(page.len() as u64)? } else { out.write(page)? }
            }
        }
        at += len;
    }
    Ok(())
}

/// Reads memory; what cannot be read (a file that has become shorter) is zero.
fn read(addr: u64, buf: &mut [u8]) {
    let mut done = forced::read(space(), addr, buf);
    while done < buf.len() {
        let next = (done + 1).next_multiple_of(PAGE as usize).min(buf.len());
        if let Some(hole) = buf.get_mut(done..next) {
            hole.fill(0);
        }
        let rest = buf.get_mut(next..).unwrap_or_default();
        done = next + forced::read(space(), addr + next as u64, rest);
    }
}

/// The file, up to the limit.
struct Out {
    fd: i32,
    at: u64,
    limit: u64,
}

impl Out {
    /// EFBIG, what fits being written, beyond the limit.
    fn write(&mut self, bytes: &[u8]) -> Result<(), HostErrno> {
        let room = usize::try_from(self.limit - self.at).unwrap_or(usize::MAX);
        let fitting = bytes.get(..room).unwrap_or(bytes);
        // Holes before it were only counted.
        syscall(libc::SYS_lseek, args([self.fd as u64, self.at, libc::SEEK_SET as u64]))?;
        write_all(self.fd, fitting)?;
        self.at += fitting.len() as u64;
        if fitting.len() == bytes.len() { Ok(()) } else { Err(HostErrno(libc::EFBIG)) }
    }

    fn skip(&mut self, len: u64) -> Result<(), HostErrno> {
        let fitting = len.min(self.limit - self.at);
        self.at += fitting;
        if fitting == len { Ok(()) } else { Err(HostErrno(libc::EFBIG)) }
    }
}

/// Which pages are there (/proc/self/pagemap); all, if that cannot be asked.
struct Touched {
    fd: Option<i32>,
}

impl Touched {
    fn open() -> Self {
        Touched { fd: openat(libc::AT_FDCWD, c"/proc/self/pagemap", libc::O_RDONLY | libc::O_CLOEXEC, 0).ok() }
    }

    /// True if a page of the range is present or swapped out.
    fn any(&mut self, addr: u64, len: u64) -> bool {
        const PRESENT_OR_SWAPPED: u64 = 3 << 62;
        let mut entries = [0u64; PIECE / PAGE as usize];
        let bytes = (len / PAGE).min(entries.len() as u64) * 8;
        let Some(fd) = self.fd else { return true };
        // pread64(2) fills at most `entries`.
        let read = syscall(libc::SYS_pread64, args([fd as u64, entries.as_mut_ptr() as u64, bytes, addr / PAGE * 8]));
        read != Ok(bytes) || entries.iter().any(|entry| entry & PRESENT_OR_SWAPPED != 0)
    }
}

impl Drop for Touched {
    fn drop(&mut self) {
        self.fd.into_iter().for_each(close);
    }
}
