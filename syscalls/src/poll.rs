//! Waiting for descriptors: the calls that take a signal mask for the time of the wait, and
//! `struct epoll_event`, which x86-64 packs.

use crate::Errno;
use crate::abi::{bytes, epoll};
use crate::guest::{Guest, GuestAddr};
use crate::kind::Args;
use crate::table::Handled;

/// sizeof(sigset_t) in the kernel.
const SIGSET_SIZE: u64 = 8;

/// The x86-64 number, which the libc crate does not name.
const SYS_IO_PGETEVENTS: i64 = 333;

/// ppoll(2).
pub fn ppoll(guest: &mut dyn Guest, args: Args) -> Handled {
    let mask = wait_mask(guest, args.addr(3), args.word(4));
    wait(guest, libc::SYS_ppoll, with_mask(args, 3, &mask))
}

/// pselect6(2): the sixth argument points to `{ const sigset_t *set; size_t size; }`.
pub fn pselect6(guest: &mut dyn Guest, args: Args) -> Handled {
    with_mask_pair(guest, libc::SYS_pselect6, args)
}

/// io_pgetevents(2): the sixth argument as in pselect6.
pub fn io_pgetevents(guest: &mut dyn Guest, args: Args) -> Handled {
    with_mask_pair(guest, SYS_IO_PGETEVENTS, args)
}

/// epoll_ctl(2).
pub fn epoll_ctl(guest: &mut dyn Guest, args: Args) -> Handled {
    if args.int(1) == libc::EPOLL_CTL_DEL {
        return guest.host(libc::SYS_epoll_ctl, args.0);
    }
    let mut event = [0; epoll::GUEST_SIZE];
    guest.read(args.addr(3), &mut event)?;
    let host = epoll::to_host(&event);
    guest.host(libc::SYS_epoll_ctl, args.with(3, bytes::address_of(&host)).0)
}

/// epoll_pwait(2).
pub fn epoll_pwait(guest: &mut dyn Guest, args: Args) -> Handled {
    epoll_wait(guest, libc::SYS_epoll_pwait, args)
}

/// epoll_pwait2(2): the same with a timespec, which goes through as it is.
pub fn epoll_pwait2(guest: &mut dyn Guest, args: Args) -> Handled {
    epoll_wait(guest, libc::SYS_epoll_pwait2, args)
}

/// The host's events are the smaller: it fills the front of the guest's own array, which is then
/// spread out.
fn epoll_wait(guest: &mut dyn Guest, number: i64, args: Args) -> Handled {
    let mask = wait_mask(guest, args.addr(4), args.word(5));
    let count = wait(guest, number, with_mask(args, 4, &mask))?;
    let mut packed = vec![0; count as usize * epoll::HOST_SIZE];
    guest.read(args.addr(1), &mut packed)?;
    guest.write(args.addr(1), &epoll::to_guest(&packed))?;
    Ok(count)
}

/// The mask for the host during the wait. None leaves the guest's words as they are: there is no
/// mask, or one that the kernel refuses, in its own order of errors.
pub fn wait_mask(guest: &mut dyn Guest, set: GuestAddr, size: u64) -> Option<[u8; 8]> {
    let mut mask = [0; 8];
    if set.0 == 0 || size != SIGSET_SIZE || guest.read(set, &mut mask).is_err() {
        return None;
    }
    Some(guest.wait_mask(u64::from_le_bytes(mask)).to_le_bytes())
}

/// A host call that waits under the mask that was set. A signal that this mask lets in and that waits with
/// us ends it at once, like one that waits in the kernel; but the kernel would look at descriptors first.
pub fn wait(guest: &mut dyn Guest, number: i64, args: Args) -> Handled {
    if guest.wait_is_over() {
        return Err(Errno::EINTR.into());
    }
    guest.host(number, args.0)
}

/// The words with the mask at argument `at`.
pub fn with_mask(args: Args, at: usize, mask: &Option<[u8; 8]>) -> Args {
    match mask {
        Some(mask) => args.with(at, bytes::address_of(mask)),
        None => args,
    }
}

fn with_mask_pair(guest: &mut dyn Guest, number: i64, args: Args) -> Handled {
    let mut pair = [0; 16];
    if args.word(5) == 0 || guest.read(args.addr(5), &mut pair).is_err() {
        return guest.host(number, args.0);
    }
    let mask = wait_mask(guest, GuestAddr(bytes::get_u64(&pair, 0)), bytes::get_u64(&pair, 8));
    if let Some(mask) = &mask {
        bytes::put(&mut pair, 0, &bytes::address_of(mask).to_le_bytes());
    }
    wait(guest, number, args.with(5, bytes::address_of(&pair)))
}
