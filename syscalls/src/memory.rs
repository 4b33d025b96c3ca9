//! Memory: the address space belongs to the guest's own map, so mapping calls go to [`Guest`]; the
//! calls that only look at or pin pages go to the host once the range is known to be the guest's.

use crate::Errno;
use crate::dispatch::{self, NOWHERE};
use crate::guest::Guest;
use crate::io_uring;
use crate::kind::Args;
use crate::table::Handled;
use crate::tagged::untagged;

/// Bytes of a page.
pub const PAGE_SIZE: u64 = 4096;
/// An area grows one way at most.
const PROT_GROWS: u64 = (libc::PROT_GROWSDOWN | libc::PROT_GROWSUP) as u64;
/// x86 only: an arm64 kernel ignores these bits of mmap's flags.
const MAP_32BIT_AND_ABOVE4G: u64 = 0xc0;

/// mmap(2).
pub fn mmap(guest: &mut dyn Guest, args: Args) -> Handled {
    let (addr, len, prot, fd, offset) = (args.word(0), args.word(1), args.word(2), args.int(4), args.word(5));
    if offset % PAGE_SIZE != 0 {
        return Err(Errno::EINVAL.into());
    }
    let flags = args.word(3) & !MAP_32BIT_AND_ABOVE4G;
    let mapped = guest.mmap(addr, len, prot, flags, fd, offset);
    let wants_file = flags & libc::MAP_ANONYMOUS as u64 == 0;
    if mapped.is_err()
        && wants_file
        && guest.host(libc::SYS_fcntl, [args.word(4), libc::F_GETFD as u64, 0, 0, 0, 0]).is_err()
    {
        // The kernel looks at the descriptor before it looks for a place.
        return Err(Errno::EBADF.into());
    }
    let mapped = mapped?;
    if wants_file {
        io_uring::mapped(guest, fd, offset, mapped);
    }
    Ok(mapped)
}

/// munmap(2).
pub fn munmap(guest: &mut dyn Guest, args: Args) -> Handled {
    Ok(guest.munmap(args.word(0), args.word(1))?)
}

/// mremap(2).
pub fn mremap(guest: &mut dyn Guest, args: Args) -> Handled {
    Ok(guest.mremap(args.word(0), args.word(1), args.word(2), args.word(3), args.word(4))?)
}

/// mprotect(2).
pub fn mprotect(guest: &mut dyn Guest, args: Args) -> Handled {
    Ok(guest.mprotect(args.word(0), args.word(1), args.word(2))?)
}

/// pkey_mprotect(2) without protection keys (no FEAT_S1POE): -1 means none, others do not exist; but
/// the kernel looks at the range before (mm/mprotect.c).
pub fn pkey_mprotect(guest: &mut dyn Guest, args: Args) -> Handled {
    let (start, len) = (untagged(args.word(0)), args.word(1));
    let end = start.wrapping_add(len.wrapping_add(PAGE_SIZE - 1) & !(PAGE_SIZE - 1));
    match args.int(3) {
        -1 => mprotect(guest, args),
        _ if start % PAGE_SIZE != 0 || args.word(2) & PROT_GROWS == PROT_GROWS => Err(Errno::EINVAL.into()),
        _ if len == 0 => Ok(0),
        _ if end <= start => Err(Errno::ENOMEM.into()),
        _ => Err(Errno::EINVAL.into()),
    }
}

/// madvise(2).
pub fn madvise(guest: &mut dyn Guest, args: Args) -> Handled {
    Ok(guest.madvise(args.word(0), args.word(1), args.int(2) as u64)?)
}

/// brk(2) as the kernel has it: the new break, or the old one.
pub fn brk(guest: &mut dyn Guest, args: Args) -> Handled {
    Ok(guest.brk(args.word(0)))
}

/// mincore(2).
pub fn mincore(guest: &mut dyn Guest, args: Args) -> Handled {
    on_guest_pages(guest, libc::SYS_mincore, args)
}

/// msync(2).
pub fn msync(guest: &mut dyn Guest, args: Args) -> Handled {
    on_guest_pages(guest, libc::SYS_msync, args)
}

/// mlock(2).
pub fn mlock(guest: &mut dyn Guest, args: Args) -> Handled {
    on_guest_pages(guest, libc::SYS_mlock, args)
}

/// mlockall(2), which leaves the emulator's memory alone.
pub fn mlockall(guest: &mut dyn Guest, args: Args) -> Handled {
    let flags = args.int(0);
    let (now, later, on_fault) = (libc::MCL_CURRENT, libc::MCL_FUTURE, libc::MCL_ONFAULT);
    if flags & (now | later) == 0 || flags & !(now | later | on_fault) != 0 {
        return Err(Errno::EINVAL.into());
    }
    Ok(guest.mlock_areas(flags & now != 0, flags & on_fault != 0, flags & later != 0)?)
}

/// munlockall(2).
pub fn munlockall(guest: &mut dyn Guest, args: Args) -> Handled {
    guest.mlock_areas(false, false, false)?;
    guest.host(libc::SYS_munlockall, args.0)
}

/// mlock2(2).
pub fn mlock2(guest: &mut dyn Guest, args: Args) -> Handled {
    on_guest_pages(guest, libc::SYS_mlock2, args)
}

/// munlock(2).
pub fn munlock(guest: &mut dyn Guest, args: Args) -> Handled {
    on_guest_pages(guest, libc::SYS_munlock, args)
}

/// mbind(2).
pub fn mbind(guest: &mut dyn Guest, args: Args) -> Handled {
    on_guest_pages(guest, libc::SYS_mbind, args)
}

/// set_mempolicy_home_node(2).
pub fn set_mempolicy_home_node(guest: &mut dyn Guest, args: Args) -> Handled {
    on_guest_pages(guest, libc::SYS_set_mempolicy_home_node, args)
}

/// mseal(2).
pub fn mseal(guest: &mut dyn Guest, args: Args) -> Handled {
    on_guest_pages(guest, libc::SYS_mseal, args)
}

/// remap_file_pages(2), which the kernel itself does by mmap inside the existing area.
pub fn remap_file_pages(guest: &mut dyn Guest, args: Args) -> Handled {
    on_guest_pages(guest, libc::SYS_remap_file_pages, args)
}

/// Passes a call on `[word 0, + word 1)` through. A range in the emulator's memory is moved to where
/// nobody has any, so that the kernel finds it unmapped; one that begins below the guest's top ends
/// in the hole above it.
fn on_guest_pages(guest: &mut dyn Guest, number: i64, args: Args) -> Handled {
    let addr = untagged(args.word(0));
    let host = if dispatch::is_emulators(addr) { NOWHERE | (addr % PAGE_SIZE) } else { addr };
    guest.host(number, args.with(0, host).0)
}

#[cfg(test)]
mod tests {
    use super::untagged;

    #[test]
    fn tags_go_and_kernel_addresses_stay() {
        assert_eq!(untagged(0xab00_0012_3456_7000), 0x12_3456_7000);
        assert_eq!(untagged(u64::MAX), u64::MAX);
        assert_eq!(untagged(0xffff_8000_0000_1000), 0xffff_8000_0000_1000);
    }
}
