//! fstat(2) and newfstatat(2), whose structure differs. statx(2) and statfs(2) are the same on
//! both sides.

use crate::abi::{bytes, stat};
use crate::guest::{Guest, GuestAddr};
use crate::kind::Args;
use crate::table::Handled;

/// fstat(2).
pub fn fstat(guest: &mut dyn Guest, args: Args) -> Handled {
    converted(guest, libc::SYS_fstat, args, 1)
}

/// newfstatat(2), which libraries know as fstatat.
pub fn newfstatat(guest: &mut dyn Guest, args: Args) -> Handled {
    converted(guest, libc::SYS_newfstatat, args, 2)
}

/// Makes the call with a structure of ours in place of the guest's at argument `at`.
fn converted(guest: &mut dyn Guest, number: i64, args: Args, at: usize) -> Handled {
    let target: GuestAddr = args.addr(at);
    let mut host = [0; stat::HOST_SIZE];
    guest.host(number, args.with(at, bytes::address_of_mut(&mut host)).0)?;
    guest.write(target, &stat::to_guest(&host))?;
    Ok(0)
}
