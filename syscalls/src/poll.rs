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

/// Most events fetched by one call. Quirk: a larger maxevents gets the rest by the next call, as
/// the man page allows.
const MAX_EVENTS: usize = 256;

/// ppoll(2).
pub fn ppoll(guest: &mut dyn Guest, args: Args) -> Handled {
    let mask = wait_mask(guest, args.addr(3), args.word(4))?;
    let host = args.with(3, mask_word(&mask));
    guest.host(libc::SYS_ppoll, host.0)
}

/// pselect6(2): the sixth argument points to `{ const sigset_t *set; size_t size; }`.
pub fn pselect6(guest: &mut dyn Guest, args: Args) -> Handled {
    let mask = wait_mask_pair(guest, args.addr(5))?;
    let pair = mask_pair(&mask);
    guest.host(libc::SYS_pselect6, args.with(5, pair_word(&mask, &pair)).0)
}

/// io_pgetevents(2): the sixth argument as in pselect6.
pub fn io_pgetevents(guest: &mut dyn Guest, args: Args) -> Handled {
    let mask = wait_mask_pair(guest, args.addr(5))?;
    let pair = mask_pair(&mask);
    guest.host(SYS_IO_PGETEVENTS, args.with(5, pair_word(&mask, &pair)).0)
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

fn epoll_wait(guest: &mut dyn Guest, number: i64, args: Args) -> Handled {
    let mut events = [0; MAX_EVENTS * epoll::HOST_SIZE];
    let mask = wait_mask(guest, args.addr(4), args.word(5))?;
    let room = args.int(2).min(MAX_EVENTS as i32);
    let host = args.with(1, bytes::address_of_mut(&mut events)).with(2, room as u64).with(4, mask_word(&mask));
    let count = guest.host(number, host.0)?;
    let filled = events.get(..count as usize * epoll::HOST_SIZE).unwrap_or(&events);
    guest.write(args.addr(1), &epoll::to_guest(filled))?;
    Ok(count)
}

/// The mask for the host during the wait, if the guest names one.
pub fn wait_mask(guest: &mut dyn Guest, set: GuestAddr, size: u64) -> Result<Option<[u8; 8]>, Errno> {
    if set.0 == 0 {
        return Ok(None);
    }
    if size != SIGSET_SIZE {
        return Err(Errno::EINVAL);
    }
    let mut mask = [0; 8];
    guest.read(set, &mut mask)?;
    Ok(Some(guest.wait_mask(u64::from_le_bytes(mask)).to_le_bytes()))
}

fn wait_mask_pair(guest: &mut dyn Guest, pair: GuestAddr) -> Result<Option<[u8; 8]>, Errno> {
    if pair.0 == 0 {
        return Ok(None);
    }
    let mut words = [0; 16];
    guest.read(pair, &mut words)?;
    wait_mask(guest, GuestAddr(bytes::get_u64(&words, 0)), bytes::get_u64(&words, 8))
}

/// The argument word for a mask, NULL without.
pub fn mask_word(mask: &Option<[u8; 8]>) -> u64 {
    mask.as_ref().map_or(0, |mask| bytes::address_of(mask))
}

fn mask_pair(mask: &Option<[u8; 8]>) -> [u8; 16] {
    let mut pair = [0; 16];
    bytes::put(&mut pair, 0, &mask_word(mask).to_le_bytes());
    bytes::put(&mut pair, 8, &SIGSET_SIZE.to_le_bytes());
    pair
}

fn pair_word(mask: &Option<[u8; 8]>, pair: &[u8; 16]) -> u64 {
    if mask.is_some() { bytes::address_of(pair) } else { 0 }
}
