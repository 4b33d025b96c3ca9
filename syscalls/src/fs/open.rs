//! Calls that take O_* flags: opening, pipes, file status flags, the flags of events.

use crate::Errno;
use crate::abi::{bytes, open_flags};
use crate::flags;
use crate::fs::descriptors::duplicated;
use crate::fs::paths::{self, PATH_MAX};
use crate::guest::{Follow, Guest, GuestAddr};
use crate::kind::Args;
use crate::table::Handled;

/// The kernel's page size on both sides; the size above which an extensible structure is refused.
const PAGE_SIZE: u64 = 4096;

/// openat(2).
pub fn openat(guest: &mut dyn Guest, args: Args) -> Handled {
    let flags = open_flags::to_host(args.uint(2).into());
    open_path(guest, args.int(0), args.addr(1), flags, |path| (libc::SYS_openat, args.with(1, path).with(2, flags).0))
}

/// openat2(2): `struct open_how { u64 flags, mode, resolve; }`, which may grow.
pub fn openat2(guest: &mut dyn Guest, args: Args) -> Handled {
    const OPEN_HOW_SIZE_VER0: u64 = 24;
    const RESOLVE: usize = 16;
    let size = args.word(3);
    if size < OPEN_HOW_SIZE_VER0 {
        return Err(Errno::EINVAL.into());
    }
    if size > PAGE_SIZE {
        return Err(Errno::E2BIG.into());
    }
    let mut how = vec![0; size as usize];
    guest.read(args.addr(2), &mut how)?;
    let flags = open_flags::to_host(bytes::get_u64(&how, 0));
    bytes::put(&mut how, 0, &flags.to_le_bytes());
    let host = args.with(2, bytes::address_of(&how));
    if bytes::get_u64(&how, RESOLVE) != 0 {
        // A restricted lookup is about the path as written: it goes past the sysroot overlay.
        return guest.host(libc::SYS_openat2, host.0);
    }
    open_path(guest, args.int(0), args.addr(1), flags, |path| (libc::SYS_openat2, host.with(1, path).0))
}

/// What openat and openat2 share: made-up files, then the overlay, then the host. `call` gives the
/// host call for a path's address.
fn open_path(
    guest: &mut dyn Guest,
    dirfd: i32,
    path: GuestAddr,
    flags: u64,
    call: impl FnOnce(u64) -> (i64, [u64; 6]),
) -> Handled {
    let Ok(text) = guest.read_cstr(path, PATH_MAX) else {
        // The kernel looks at the flags first.
        let (number, host) = call(path.0);
        return guest.host(number, host);
    };
    let flags = flags as i32;
    if let Some(made) = guest.open_synthetic(dirfd, &text, flags) {
        return Ok(made? as u64);
    }
    let exclusive = libc::O_CREAT | libc::O_EXCL;
    let stays = flags & libc::O_NOFOLLOW != 0 || flags & exclusive == exclusive;
    let follow = if stays { Follow::No } else { Follow::Yes };
    let writes = flags & (libc::O_WRONLY | libc::O_RDWR | libc::O_TRUNC) != 0;
    if writes && flags & libc::O_PATH == 0 && guest.runs_program(dirfd, &text, follow) {
        return Err(Errno::ETXTBSY.into());
    }
    let other = paths::replacement_for(guest, dirfd, &text, follow);
    let (number, host) = call(paths::word(&other, path));
    guest.host(number, host)
}

/// truncate(2).
pub fn truncate(guest: &mut dyn Guest, args: Args) -> Handled {
    // Before the path is looked at.
    if (args.word(1) as i64) < 0 {
        return Err(Errno::EINVAL.into());
    }
    let text = guest.read_cstr(args.addr(0), PATH_MAX)?;
    if guest.runs_program(libc::AT_FDCWD, &text, Follow::Yes) {
        return Err(Errno::ETXTBSY.into());
    }
    let other = paths::replacement_for(guest, libc::AT_FDCWD, &text, Follow::Yes);
    guest.host(libc::SYS_truncate, args.with(0, paths::word(&other, args.addr(0))).0)
}

/// open_by_handle_at(2).
pub fn open_by_handle_at(guest: &mut dyn Guest, args: Args) -> Handled {
    let flags = open_flags::to_host(args.uint(2).into());
    guest.host(libc::SYS_open_by_handle_at, args.with(2, flags).0)
}

/// pipe2(2), where O_DIRECT asks for packet mode.
pub fn pipe2(guest: &mut dyn Guest, args: Args) -> Handled {
    let flags = open_flags::to_host(args.uint(1).into());
    guest.host(libc::SYS_pipe2, args.with(1, flags).0)
}

/// fanotify_init(2): the second word holds the O_* flags of the descriptors in events.
pub fn fanotify_init(guest: &mut dyn Guest, args: Args) -> Handled {
    let flags = open_flags::to_host(args.uint(1).into());
    guest.host(libc::SYS_fanotify_init, args.with(1, flags).0)
}

/// fcntl(2). Commands and structures agree (a 64-bit `struct flock`); the status flags do not.
pub fn fcntl(guest: &mut dyn Guest, args: Args) -> Handled {
    match args.int(1) {
        libc::F_GETFL => guest.host(libc::SYS_fcntl, args.0).map(open_flags::to_guest),
        libc::F_SETFL => {
            let flags = open_flags::to_host(args.uint(2).into());
            guest.host(libc::SYS_fcntl, args.with(2, flags).0)
        }
        libc::F_DUPFD | libc::F_DUPFD_CLOEXEC => duplicated(guest, libc::SYS_fcntl, args),
        command => {
            if !flags::FCNTL.has_name(args.uint(1).into()) {
                guest.note_once(&format!("fcntl {command} goes to the host kernel as it is"));
            }
            guest.host(libc::SYS_fcntl, args.0)
        }
    }
}
