//! Mapping an image's segments as elf_load() does (fs/binfmt_elf.c).
//!
//! Each segment is a private mapping of its pages of the file; what lies beyond the file's bytes is
//! zero: the rest of the last page written, further pages anonymous.

use super::elf::{Image, Kind, Segment};
use super::error::{LoadError, show};
use super::file::ProgramFile;
use crate::host::HostErrno;
use crate::memory::access::copy_out;
use crate::memory::addr::{PAGE, page_down};
use crate::memory::space::AddressSpace;

const PRIVATE: u64 = libc::MAP_PRIVATE as u64;
const ANONYMOUS: u64 = PRIVATE | libc::MAP_ANONYMOUS as u64;
const FIXED: u64 = libc::MAP_FIXED as u64;
const NO_REPLACE: u64 = libc::MAP_FIXED_NOREPLACE as u64;

/// Where an image came to lie.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Placed {
    /// Added to every address of the image; 0 for a fixed one.
    pub bias: u64,
    /// First page.
    pub start: u64,
    /// First page beyond.
    pub end: u64,
}

/// Maps `image`. A relocatable one goes to `base` if there is room, else where the address space
/// chooses; `base` 0 leaves it to the address space.
pub fn place(space: &AddressSpace, file: &ProgramFile, image: &Image, base: u64) -> Result<Placed, LoadError> {
    let failed = |what: String, errno| LoadError::Map { path: show(file.path()), what, errno };
    let (start, end) = image.extent();
    let bias = match image.kind {
        Kind::Fixed => 0,
        Kind::Relocatable => {
            let at = find_room(space, end - start, image.align, base).map_err(|e| failed("its image".to_owned(), e))?;
            at.wrapping_sub(start)
        }
    };
    let mut first = true;
    for segment in &image.segments {
        // A later segment may begin in the page that an earlier one ends in, and then holds the
        // bytes of both.
        let how = if first { NO_REPLACE } else { FIXED };
        first = false;
        map_segment(space, file, segment, bias, how)
            .map_err(|errno| failed(format!("segment {}", segment.index), errno))?;
    }
    Ok(Placed { bias, start: start.wrapping_add(bias), end: end.wrapping_add(bias) })
}

/// A free place for `len` bytes, a multiple of `align`, at or above `base` if possible.
fn find_room(space: &AddressSpace, len: u64, align: u64, base: u64) -> Result<u64, HostErrno> {
    let enomem = HostErrno(libc::ENOMEM);
    let slack = align - PAGE;
    let room = len.checked_add(slack).ok_or(enomem)?;
    let flags = ANONYMOUS | libc::MAP_NORESERVE as u64;
    let reserved = space.mmap(base, room, 0, flags, -1, 0)?;
    space.munmap(reserved, room)?;
    Ok(reserved.next_multiple_of(align))
}

fn map_segment(space: &AddressSpace, file: &ProgramFile, s: &Segment, bias: u64, how: u64) -> Result<(), HostErrno> {
    let addr = s.vaddr.wrapping_add(bias);
    let prot = u64::from(s.prot);
    let in_page = addr - page_down(addr);
    let file_end = addr + s.filesz;
    let mut zero_from = page_down(addr);
    if s.filesz != 0 {
        space.mmap(page_down(addr), s.filesz + in_page, prot, PRIVATE | how, file.fd(), s.offset - in_page)?;
        zero_from = file_end.next_multiple_of(PAGE);
    }
    let end = addr + s.memsz;
    if end > zero_from {
        space.mmap(zero_from, end - zero_from, prot, ANONYMOUS | how, -1, 0)?;
    }
    // Only a segment with zeroed bytes has its last page's tail cleared, and only if it can be:
    // read-only ones keep what the file has there, as under the kernel.
    if s.filesz != 0 && s.memsz > s.filesz && prot & libc::PROT_WRITE as u64 != 0 {
        let tail = (zero_from - file_end) as usize;
        let zeros = [0u8; PAGE as usize];
        let zeros = zeros.get(..tail).unwrap_or_default();
        copy_out(file_end, zeros).map_err(|_| HostErrno(libc::EFAULT))?;
    }
    Ok(())
}
