//! Sockets. Families, options and structures are the same on both sides, so all of it goes to the host's kernel; what
//! the tables of `-strace` cannot name is named once in the log.

use crate::flags as f;
use crate::guest::Guest;
use crate::kind::Args;
use crate::strace::commands;
use crate::table::Handled;

/// socket(2).
pub fn socket(guest: &mut dyn Guest, args: Args) -> Handled {
    let (family, protocol) = (args.int(0), args.int(2));
    if !f::AF.has_name(args.uint(0).into()) {
        guest.note_once(&format!("socket of family {family} goes to the host kernel as it is"));
    } else if family == libc::AF_NETLINK && !f::NETLINK.has_name(args.uint(2).into()) {
        guest.note_once(&format!("netlink family {protocol} goes to the host kernel as it is"));
    }
    guest.host(libc::SYS_socket, args.0)
}

/// setsockopt(2).
pub fn setsockopt(guest: &mut dyn Guest, args: Args) -> Handled {
    note_option(guest, "setsockopt", args);
    guest.host(libc::SYS_setsockopt, args.0)
}

/// getsockopt(2).
pub fn getsockopt(guest: &mut dyn Guest, args: Args) -> Handled {
    note_option(guest, "getsockopt", args);
    guest.host(libc::SYS_getsockopt, args.0)
}

fn note_option(guest: &mut dyn Guest, call: &str, args: Args) {
    let (level, option) = (args.int(1), args.int(2));
    if !commands::has_option(level, option) {
        guest.note_once(&format!("{call} level {level} option {option} goes to the host kernel as it is"));
    }
}
