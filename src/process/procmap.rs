//! PROCMAP_QUERY (Linux 6.11), the ioctl(2) of /proc/PID/maps: one mapping, as the guest sees it.
//!
//! The text that was made up for the guest lies in a memory file, which is called as the file would be. The mapping is
//! found in that text as it would be now; what the text does not say of it, the size of its pages and the build id of
//! its file, the host's kernel is asked for. A kernel without it says ENOTTY, and so does this.

use super::others;
use super::procfs::{self, HostLine};
use super::thread::Process;
use crate::host::raw::{args, close, openat, readlinkat, syscall};
use crate::memory::access::{copy_in, copy_out};
use std::ffi::CString;
use syscalls::errno::Errno;

/// `struct procmap_query` (include/uapi/linux/fs.h).
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Query {
    size: u64,
    flags: u64,
    addr: u64,
    start: u64,
    end: u64,
    vma_flags: u64,
    page_size: u64,
    offset: u64,
    inode: u64,
    device: [u32; 2],
    name_size: u32,
    build_id_size: u32,
    name_addr: u64,
    build_id_addr: u64,
}

const WORDS: usize = size_of::<Query>() / 8;
/// PROCMAP_QUERY.
const REQUEST: u64 = syscalls::flags::PROCMAP_QUERY;

/// Bits of `flags`; the lower four are also those of `vma_flags`.
mod flag {
    pub const READABLE: u64 = 1;
    pub const WRITABLE: u64 = 2;
    pub const EXECUTABLE: u64 = 4;
    pub const SHARED: u64 = 8;
    pub const PERMISSIONS: u64 = 15;
    pub const COVERING_OR_NEXT: u64 = 16;
    pub const FILE_BACKED: u64 = 32;
    pub const ALL: u64 = 63;
}

/// The process whose mappings the descriptor shows, if it is such a file ([`procfs::open`]).
fn shown_by(fd: i32) -> Option<i32> {
    let link = CString::new(format!("/proc/self/fd/{fd}")).ok()?;
    let target = String::from_utf8(readlinkat(libc::AT_FDCWD, &link)?).ok()?;
    target.strip_prefix("/memfd:/proc/")?.strip_suffix("/maps (deleted)")?.parse().ok()
}

/// Answers the query at `place`; None if `fd` is no file that was made up for the guest.
pub fn query(process: &Process, fd: i32, place: u64) -> Option<Result<u64, Errno>> {
    let pid = shown_by(fd)?;
    Some(answer(process, pid, place).map(|()| 0))
}

fn answer(process: &Process, pid: i32, place: u64) -> Result<(), Errno> {
    let is_own = pid == process.pid();
    let path = if is_own { c"/proc/self/maps".to_owned() } else { maps_of(pid) };
    let host = openat(libc::AT_FDCWD, &path, libc::O_RDONLY | libc::O_CLOEXEC, 0).map_err(|_| Errno(libc::ESRCH))?;
    let result = answer_with(process, (pid, is_own), place, host);
    close(host);
    result
}

fn maps_of(pid: i32) -> CString {
    CString::new(format!("/proc/{pid}/maps")).unwrap_or_default()
}

/// In the order of do_procmap_query() (fs/proc/task_mmu.c).
fn answer_with(process: &Process, (pid, is_own): (i32, bool), place: u64, host: i32) -> Result<(), Errno> {
    // Whether the kernel knows it at all; of an address where nothing is.
    if ask(host, &mut Query { size: size_of::<Query>() as u64, ..Query::default() }) == Err(Errno(libc::ENOTTY)) {
        return Err(Errno(libc::ENOTTY));
    }
    let (mut query, size) = take(place)?;
    let is_odd = |size: u32, addr: u64| (size == 0) != (addr == 0);
    if query.flags & !flag::ALL != 0
        || is_odd(query.name_size, query.name_addr)
        || is_odd(query.build_id_size, query.build_id_addr)
    {
        return Err(Errno::EINVAL);
    }
    let text = if is_own { Some(procfs::maps(process)) } else { others::mappings(process, pid, "maps") };
    let text = String::from_utf8(text.ok_or(Errno(libc::ESRCH))?).unwrap_or_default();
    let line = find(&text, query.addr, query.flags).ok_or(Errno::ENOENT)?;
    let mut build_id = [0u8; 64];
    let mut of_host = Query {
        size: size_of::<Query>() as u64,
        addr: line.range.start,
        build_id_size: query.build_id_size.min(build_id.len() as u32),
        build_id_addr: if query.build_id_size == 0 { 0 } else { build_id.as_mut_ptr() as u64 },
        ..Query::default()
    };
    ask(host, &mut of_host)?;
    let (major, minor) = line.device.split_once(':').unwrap_or_default();
    let hex = |text: &str| u32::from_str_radix(text, 16).unwrap_or(0);
    (query.start, query.end, query.vma_flags) = (line.range.start, line.range.end, permissions(&line));
    (query.page_size, query.offset, query.device) = (of_host.page_size, line.offset, [hex(major), hex(minor)]);
    query.inode = line.inode.parse().unwrap_or(0);
    if query.build_id_size != 0 {
        query.build_id_size = of_host.build_id_size;
        put(query.build_id_addr, build_id.get(..of_host.build_id_size as usize).unwrap_or_default())?;
    }
    if query.name_size != 0 {
        let name = [line.name.as_bytes(), b"\0"].concat();
        let name = if line.name.is_empty() { Vec::new() } else { name };
        if name.len() > query.name_size as usize {
            return Err(Errno(libc::ENAMETOOLONG));
        }
        query.name_size = name.len() as u32;
        put(query.name_addr, &name)?;
    }
    let bytes: Vec<u8> = words(&query).into_iter().flat_map(u64::to_le_bytes).collect();
    put(place, bytes.get(..size.min(bytes.len())).unwrap_or_default())
}

/// The host's ioctl.
fn ask(host: i32, query: &mut Query) -> Result<(), Errno> {
    let words = args([host as u64, REQUEST, std::ptr::from_mut(query) as u64]);
    syscall(libc::SYS_ioctl, words).map(drop).map_err(|error| Errno(error.0))
}

/// copy_struct_from_user(): what is not given is zero, what is not known must be.
fn take(place: u64) -> Result<(Query, usize), Errno> {
    const LEAST: u64 = 24;
    const MOST: u64 = 4096;
    let mut size = [0; 8];
    copy_in(place, &mut size).map_err(|_| Errno::EFAULT)?;
    let size = u64::from_le_bytes(size);
    if size > MOST {
        return Err(Errno(libc::E2BIG));
    }
    if size < LEAST {
        return Err(Errno::EINVAL);
    }
    let mut bytes = vec![0; (size as usize).max(size_of::<Query>())];
    copy_in(place, bytes.get_mut(..size as usize).unwrap_or_default()).map_err(|_| Errno::EFAULT)?;
    let (known, rest) = bytes.split_at(size_of::<Query>());
    if rest.iter().any(|&byte| byte != 0) {
        return Err(Errno(libc::E2BIG));
    }
    let mut words = [0; WORDS];
    words.iter_mut().zip(known.as_chunks::<8>().0).for_each(|(word, raw)| *word = u64::from_le_bytes(*raw));
    let [_, flags, addr, .., sizes, name_addr, build_id_addr] = words;
    let (name_size, build_id_size) = (sizes as u32, (sizes >> 32) as u32);
    Ok((
        Query { size, flags, addr, name_size, build_id_size, name_addr, build_id_addr, ..Query::default() },
        size as usize,
    ))
}

fn words(query: &Query) -> [u64; WORDS] {
    let pair = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
    [
        query.size,
        query.flags,
        query.addr,
        query.start,
        query.end,
        query.vma_flags,
        query.page_size,
        query.offset,
        query.inode,
        pair(query.device[0], query.device[1]),
        pair(query.name_size, query.build_id_size),
        query.name_addr,
        query.build_id_addr,
    ]
}

fn permissions(line: &HostLine) -> u64 {
    let bits = [
        (flag::READABLE, i32::from(line.prot.0) & libc::PROT_READ != 0),
        (flag::WRITABLE, line.prot.is_writable()),
        (flag::EXECUTABLE, line.prot.is_exec()),
        (flag::SHARED, line.is_shared),
    ];
    bits.into_iter().filter(|(_, is_set)| *is_set).map(|(bit, _)| bit).sum()
}

/// query_matching_vma(): the mapping at `addr`, or, if that is asked for, the next one that has what is wanted.
fn find(text: &str, addr: u64, flags: u64) -> Option<HostLine<'_>> {
    let fits = |line: &HostLine| {
        (flags & flag::FILE_BACKED == 0 || line.inode != "0")
            && permissions(line) & flags & flag::PERMISSIONS == flags & flag::PERMISSIONS
    };
    let mut lines = text.lines().filter_map(HostLine::parse).filter(|line| line.range.end > addr);
    match flags & flag::COVERING_OR_NEXT {
        0 => lines.next().filter(|line| line.range.start <= addr && fits(line)),
        _ => lines.find(fits),
    }
}

fn put(addr: u64, bytes: &[u8]) -> Result<(), Errno> {
    copy_out(addr, bytes).map_err(|_| Errno::EFAULT)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAPS: &str =
        "1000-3000 r--p 00000000 08:01 77 /a\n3000-4000 r-xp 00002000 08:01 77 /a\n8000-9000 rw-s 0 0:0 0 \n";

    #[test]
    fn a_mapping_is_found_as_the_kernel_finds_it() {
        let start = |addr, flags| find(MAPS, addr, flags).map(|line| line.range.start);
        assert_eq!((start(0x2fff, 0), start(0x3000, 0)), (Some(0x1000), Some(0x3000)));
        assert_eq!((start(0x4000, 0), start(0x4000, flag::COVERING_OR_NEXT)), (None, Some(0x8000)));
        assert_eq!(start(0x1000, flag::EXECUTABLE), None);
        assert_eq!(start(0x1000, flag::EXECUTABLE | flag::COVERING_OR_NEXT), Some(0x3000));
        assert_eq!(start(0x4000, flag::FILE_BACKED | flag::COVERING_OR_NEXT), None);
        assert_eq!(start(0x8000, flag::SHARED | flag::WRITABLE), Some(0x8000));
    }
}
