//! Calls that could reach the emulator's own descriptors by number, and so work around them.

use std::ffi::CString;

use crate::Errno;
use crate::abi::bytes;
use crate::guest::{GUEST_TOP, Guest, HostError};
use crate::kind::Args;
use crate::table::Handled;

/// dup(2).
pub fn dup(guest: &mut dyn Guest, args: Args) -> Handled {
    duplicated(guest, libc::SYS_dup, args)
}

/// dup3(2). A hidden descriptor in the way is moved first.
pub fn dup3(guest: &mut dyn Guest, args: Args) -> Handled {
    let (old, new) = (args.int(0), args.int(1));
    if old != new && guest.is_hidden_fd(new) {
        guest.vacate_fd(new);
    }
    duplicated(guest, libc::SYS_dup3, args)
}

/// A host call that gives another descriptor for the first word's: if that is a ring, so is this.
pub fn duplicated(guest: &mut dyn Guest, number: i64, args: Args) -> Handled {
    let new = guest.host(number, args.0)?;
    let ring = guest.ring(args.int(0));
    if ring.is_some() || guest.ring(new as i32).is_some() {
        guest.set_ring(new as i32, ring);
    }
    Ok(new)
}

/// lseek(2). Back at its start, a file of /proc says what is so now.
pub fn lseek(guest: &mut dyn Guest, args: Args) -> Handled {
    if args.word(1) == 0 && args.int(2) == libc::SEEK_SET {
        guest.renew_synthetic(args.int(0));
    }
    guest.host(libc::SYS_lseek, args.0)
}

/// close_range(2): one host call for each gap between hidden descriptors.
pub fn close_range(guest: &mut dyn Guest, args: Args) -> Handled {
    let (first, last, mut flags) = (args.uint(0), args.uint(1), args.uint(2));
    if first > last || flags & !(libc::CLOSE_RANGE_UNSHARE | libc::CLOSE_RANGE_CLOEXEC) != 0 {
        return Err(Errno::EINVAL.into());
    }
    for (from, to) in gaps(first, last, &guest.hidden_fds()) {
        guest.host(libc::SYS_close_range, [from.into(), to.into(), flags.into(), 0, 0, 0])?;
        // The table is this process's own after the first call.
        flags &= !libc::CLOSE_RANGE_UNSHARE;
    }
    Ok(0)
}

/// getdents64(2). A listing of this process's own descriptors leaves out the hidden ones, and one of what it has mapped
/// what lies above its own addresses.
pub fn getdents64(guest: &mut dyn Guest, args: Args) -> Handled {
    // Asked first: a signal that comes between the two host calls must not lose what was read.
    let listing = listing(guest, args.int(0))?;
    loop {
        let filled = guest.host(libc::SYS_getdents64, args.0)?;
        let Some(listing) = listing.filter(|_| filled != 0) else { return Ok(filled) };
        let mut entries = vec![0; filled as usize];
        guest.read(args.addr(1), &mut entries)?;
        let hidden_fds = guest.hidden_fds();
        let is_hidden = |name: &[u8]| match listing {
            Listing::Descriptors => number(name).is_some_and(|fd| hidden_fds.contains(&fd)),
            Listing::Mappings => start_of_mapping(name).is_some_and(|start| start >= GUEST_TOP),
            Listing::Process => name == b"arch_status",
        };
        let shown = without_hidden(&entries, is_hidden);
        if !shown.is_empty() {
            guest.write(args.addr(1), &shown)?;
            return Ok(shown.len() as u64);
        }
        // Zero would mean the end of the directory, so go on to the next entries.
    }
}

/// A directory that has something which the guest is not to see.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Listing {
    /// /proc/PID/fd and fdinfo of this process.
    Descriptors,
    /// Its map_files.
    Mappings,
    /// /proc/PID and /proc/PID/task/TID of any: arm64 has no arch_status.
    Process,
}

/// What the open directory is of these, by the name that the kernel gives it.
fn listing(guest: &mut dyn Guest, fd: i32) -> Result<Option<Listing>, HostError> {
    let Ok(link) = CString::new(format!("/proc/self/fd/{fd}")) else { return Ok(None) };
    let mut target = [0; 64];
    let words = [
        libc::AT_FDCWD as u64,
        link.as_ptr().expose_provenance() as u64,
        bytes::address_of_mut(&mut target),
        target.len() as u64,
        0,
        0,
    ];
    let len = match guest.host(libc::SYS_readlinkat, words) {
        Ok(len) => len,
        Err(HostError::Errno(_)) => return Ok(None),
        Err(HostError::Restart) => return Err(HostError::Restart),
    };
    let path = target.get(..len as usize).and_then(|path| path.strip_prefix(b"/proc/")).unwrap_or_default();
    let parts: Vec<&[u8]> = path.split(|&byte| byte == b'/').collect();
    let [pid, inside @ ..] = parts.as_slice() else { return Ok(None) };
    let Some(pid) = number(pid) else { return Ok(None) };
    let is_own = pid == guest.pid();
    Ok(match inside {
        [] | [b"task", _] => Some(Listing::Process),
        [.., b"fd" | b"fdinfo"] if is_own => Some(Listing::Descriptors),
        [b"map_files"] if is_own => Some(Listing::Mappings),
        _ => None,
    })
}

fn number(name: &[u8]) -> Option<i32> {
    std::str::from_utf8(name).ok()?.parse().ok()
}

/// The first of the two addresses in a name of /proc/PID/map_files; None for any other name.
pub fn start_of_mapping(name: &[u8]) -> Option<u64> {
    let (start, end) = std::str::from_utf8(name).ok()?.split_once('-')?;
    u64::from_str_radix(end, 16).ok()?;
    u64::from_str_radix(start, 16).ok()
}

/// The records of `struct linux_dirent64` (ino, off, reclen, type, name) whose names are not hidden.
fn without_hidden(entries: &[u8], is_hidden: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    const RECLEN: usize = 16;
    const NAME: usize = 19;
    let mut shown = Vec::with_capacity(entries.len());
    let mut rest = entries;
    while let Some((entry, next)) = rest.split_at_checked(bytes::get_u16(rest, RECLEN).into()) {
        if entry.len() <= NAME {
            break;
        }
        let name = entry.get(NAME..).and_then(|name| name.split(|&byte| byte == 0).next()).unwrap_or_default();
        if !is_hidden(name) {
            shown.extend_from_slice(entry);
        }
        rest = next;
    }
    shown
}

/// The parts of `first..=last` that hold none of the ascending `hidden`.
fn gaps(first: u32, last: u32, hidden: &[i32]) -> Vec<(u32, u32)> {
    let mut parts = Vec::new();
    let mut from = Some(first);
    for fd in hidden.iter().filter_map(|&fd| u32::try_from(fd).ok()).filter(|fd| (first..=last).contains(fd)) {
        if let (Some(start), Some(end)) = (from, fd.checked_sub(1))
            && start <= end
        {
            parts.push((start, end));
        }
        from = fd.checked_add(1);
    }
    if let Some(start) = from.filter(|&start| start <= last) {
        parts.push((start, last));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::gaps;

    #[test]
    fn range_is_cut_at_each_hidden_descriptor() {
        assert_eq!(gaps(3, u32::MAX, &[1000, 1001, 1005]), [(3, 999), (1002, 1004), (1006, u32::MAX)]);
    }

    #[test]
    fn range_without_hidden_descriptors_stays_whole() {
        assert_eq!(gaps(3, 10, &[11]), [(3, 10)]);
        assert_eq!(gaps(3, 10, &[2]), [(3, 10)]);
        assert_eq!(gaps(5, 5, &[]), [(5, 5)]);
    }

    #[test]
    fn hidden_descriptors_at_the_ends_are_left_out() {
        assert_eq!(gaps(7, 9, &[7, 9]), [(8, 8)]);
        assert_eq!(gaps(7, 7, &[7]), []);
        assert_eq!(gaps(0, 1, &[0]), [(1, 1)]);
    }
}
