//! From a guest's SVC to an [`Outcome`]: what the argument kinds imply, then the row's action.
//!
//! What belongs to the emulator is made to look absent, and the kernel then says so in its own
//! order of errors: a hidden descriptor becomes -1 (EBADF), a pointer into the emulator's memory
//! an address that no process has (EFAULT). A path that the sysroot overlay or /proc/self moves is
//! replaced by the path where the host finds it.

use std::ffi::CString;

use crate::errno::Errno;
use crate::fs::paths;
use crate::guest::{GUEST_TOP, Guest, Outcome};
use crate::kind::{Args, Kind};
use crate::table::{self, Action, Row};

/// The host's TASK_SIZE: at and above it the kernel refuses every user pointer by itself.
const HOST_USER_TOP: u64 = 0x8000_0000_0000 - 4096;
/// An address of the kernel's half.
const NOWHERE: u64 = 0xffff_8000_0000_0000;
/// No descriptor has this number.
const NO_FD: u64 = u32::MAX as u64;

/// Executes one system call of the guest: `number` is X8, `words` are X0 to X5.
pub fn dispatch(guest: &mut dyn Guest, number: u64, words: [u64; 6]) -> Outcome {
    let Some(row) = table::row(number) else {
        guest.note_once(&format!("{} does not exist in Linux 6.12", table::name(number)));
        return Outcome::Return(Err(Errno::ENOSYS));
    };
    let (args, _paths) = prepare(guest, row, Args(words));
    match row.action {
        Action::Pass(host) => guest.host(host, args.0).into(),
        Action::Call(handler) => handler(guest, args).into(),
        Action::Flow(handler) => handler(guest, args),
        Action::Refuse(errno) => Outcome::Return(Err(errno)),
    }
}

/// Replaced paths, at most two per call; they live as long as the host call.
type Paths = [Option<CString>; 2];

/// The words as the host may see them.
fn prepare(guest: &mut dyn Guest, row: &Row, mut args: Args) -> (Args, Paths) {
    let mut replaced: Paths = [None, None];
    let mut dirfd = libc::AT_FDCWD;
    for (at, kind) in row.kinds.iter().enumerate() {
        match kind {
            Kind::Fd | Kind::Dirfd => {
                let fd = args.int(at);
                if fd >= 0 && guest.is_hidden_fd(fd) {
                    args = args.with(at, NO_FD);
                }
                if matches!(kind, Kind::Dirfd) {
                    dirfd = args.int(at);
                }
            }
            Kind::Path(walk) if args.word(at) < GUEST_TOP => {
                let path = args.addr(at);
                let other = paths::replacement(guest, dirfd, path, walk.follow(&args));
                args = args.with(at, paths::word(&other, path));
                if let Some(place) = replaced.iter_mut().find(|place| place.is_none()) {
                    *place = other;
                }
            }
            _ if kind.may_be_accessed() && (GUEST_TOP..HOST_USER_TOP).contains(&args.word(at)) => {
                args = args.with(at, NOWHERE);
            }
            _ => {}
        }
    }
    (args, replaced)
}
