//! Guest memory for a debugger: whatever its protection, as ptrace(2) has it.
//!
//! All threads of the guest stand still meanwhile, so a page that refuses the access is opened for
//! the moment of it and closed again. That needs no /proc, which a chroot may lack.

use super::access::{copy_in, copy_out};
use super::addr::{AddrRange, page_down, page_up, untag};
use super::areas::Prot;
use super::space::AddressSpace;
use crate::host::raw::{args, syscall};

/// Reads from `addr` on; returns how many bytes could be read before the first that is not there.
pub fn read(space: &AddressSpace, addr: u64, buf: &mut [u8]) -> usize {
    for_each_area(space, untag(addr), buf.len(), |range, prot, done| {
        let Some(part) = buf.get_mut(done..done + range.len() as usize) else { return false };
        with_protection(range, prot, libc::PROT_READ, || copy_in(range.start, part).is_ok())
    })
}

/// Writes from `addr` on; returns how many bytes could be written before the first that is not
/// there, or that belongs to a file that is shared and may not be written.
pub fn write(space: &AddressSpace, addr: u64, bytes: &[u8]) -> usize {
    for_each_area(space, untag(addr), bytes.len(), |range, prot, done| {
        let Some(part) = bytes.get(done..done + range.len() as usize) else { return false };
        with_protection(range, prot, libc::PROT_READ | libc::PROT_WRITE, || copy_out(range.start, part).is_ok())
    })
}

/// Calls `access` with each area's part of the range, its protection, and the bytes before it, until
/// that fails or there is a gap; returns the bytes for which it did not.
fn for_each_area(
    space: &AddressSpace,
    addr: u64,
    len: usize,
    mut access: impl FnMut(AddrRange, Prot, usize) -> bool,
) -> usize {
    let mut done = 0;
    while done < len {
        let Some(start) = addr.checked_add(done as u64) else { break };
        let Some((area, about)) = space.area_at(start) else { break };
        let range = AddrRange { start, end: area.end.min(start.saturating_add((len - done) as u64)) };
        if !access(range, about.prot, done) {
            break;
        }
        done += range.len() as usize;
    }
    done
}

/// Runs `access` while the pages of `range` have at least the host protection `needed`; false if
/// the kernel does not give it.
fn with_protection(range: AddrRange, prot: Prot, needed: i32, access: impl FnOnce() -> bool) -> bool {
    let (needed, has) = (needed as u64, prot.host());
    if has & needed == needed {
        return access();
    }
    let start = page_down(range.start);
    let Some(end) = page_up(range.end) else { return false };
    // The pages are the guest's, as the area says; their protection is restored below.
    let protect = |prot: u64| syscall(libc::SYS_mprotect, args([start, end - start, prot])).is_ok();
    let accessed = protect(has | needed) && access();
    protect(has);
    accessed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::addr::PAGE;
    use crate::memory::space;

    #[test]
    fn protected_pages_are_read_and_written_and_stay_protected() {
        let flags = (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS) as u64;
        let addr = space().mmap(0, 3 * PAGE, libc::PROT_READ as u64, flags, -1, 0).expect("mapped");
        space().mprotect(addr + PAGE, PAGE, 0).expect("protected");
        space().munmap(addr + 2 * PAGE, PAGE).expect("unmapped");

        let at = addr + PAGE - 2;
        assert_eq!(write(space(), at, &[1, 2, 3, 4]), 4);
        let mut seen = [0; 4];
        assert_eq!(read(space(), at, &mut seen), 4);
        assert_eq!(seen, [1, 2, 3, 4]);
        let kernel_may_write = |addr: u64| syscall(libc::SYS_getrandom, args([addr, 1])).is_ok();
        assert!(!kernel_may_write(addr) && !kernel_may_write(addr + PAGE));

        assert_eq!(read(space(), addr + 2 * PAGE - 3, &mut seen), 3);
        assert_eq!(write(space(), addr + 2 * PAGE - 1, &seen), 1);
        assert_eq!(read(space(), addr + 2 * PAGE, &mut seen), 0);
        assert_eq!(read(space(), u64::MAX, &mut seen), 0);
        space().munmap(addr, 2 * PAGE).expect("unmapped");
    }
}
