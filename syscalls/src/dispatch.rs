//! From a guest's SVC to an [`Outcome`]: what the argument kinds imply, then the row's action.
//!
//! What belongs to the emulator is made to look absent, and the kernel then says so in its own
//! order of errors: a hidden descriptor becomes -1 (EBADF), a pointer into the emulator's memory
//! an address that no process has (EFAULT). A path that the sysroot overlay or /proc/self moves is
//! replaced by the path where the host finds it.

use std::ffi::CString;

use crate::abi::bytes;
use crate::errno::Errno;
use crate::fs::paths;
use crate::guest::GuestAddr;
use crate::guest::{GUEST_TOP, Guest, Outcome};
use crate::kind::{Args, Kind, Shape};
use crate::memory::PAGE_SIZE;
use crate::table::{self, Action, Row};
use crate::tagged::{self, Copies, IOVEC, MOST, message, untagged};

/// The host's TASK_SIZE: at and above it the kernel refuses every user pointer by itself.
const HOST_USER_TOP: u64 = 0x8000_0000_0000 - 4096;
/// An address of the kernel's half: no process has memory there.
pub const NOWHERE: u64 = 0xffff_8000_0000_0000;
/// No descriptor has this number.
const NO_FD: u64 = u32::MAX as u64;

/// Executes one system call of the guest: `number` is X8, `words` are X0 to X5.
pub fn dispatch(guest: &mut dyn Guest, number: u64, words: [u64; 6]) -> Outcome {
    let Some(row) = table::row(number) else {
        guest.note_once(&format!("{} does not exist in Linux 6.12", table::name(number)));
        return Outcome::Return(Err(Errno::ENOSYS));
    };
    if guest.takes_tags() {
        let (args, _paths) = prepare(guest, row, tagged::words(row, Args(words)));
        let mut copies = Copies::default();
        let args = copies.of(guest, row, args);
        let outcome = act(guest, row, args);
        copies.give_back(guest);
        return outcome;
    }
    let (args, _paths) = prepare(guest, row, Args(words));
    act(guest, row, args)
}

fn act(guest: &mut dyn Guest, row: &Row, args: Args) -> Outcome {
    match row.action {
        Action::Pass(host) => guest.host(host, args.0).into(),
        Action::Call(handler) => handler(guest, args).into(),
        Action::Flow(handler) => handler(guest, args),
        Action::Refuse(errno) => Outcome::Return(Err(errno)),
    }
}

/// The host call that `number` comes to, and its arguments, if that is all there is to it, whatever it returns. Not for
/// a guest that [takes tags](Guest::takes_tags).
pub fn passed(guest: &mut dyn Guest, number: u64, words: [u64; 6]) -> Option<(i64, [u64; 6])> {
    let row = table::row(number)?;
    let Action::Pass(host) = row.action else { return None };
    if row.kinds.iter().any(|kind| matches!(kind, Kind::Path(_))) {
        return None;
    }
    let (args, _) = prepare(guest, row, Args(words));
    Some((host, args.0))
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
            Kind::Ptr(_, Shape::Iovec(count)) if vectors_reach_emulator(guest, args.word(at), args.word(*count)) => {
                args = args.with(at, NOWHERE);
            }
            Kind::Ptr(_, Shape::Msghdr) if message_reaches_emulator(guest, args.word(at)) => {
                args = args.with(at, NOWHERE);
            }
            Kind::Ptr(_, Shape::Mmsghdrs(count))
                if messages_reach_emulator(guest, args.word(at), args.uint(*count).into()) =>
            {
                args = args.with(at, NOWHERE);
            }
            _ if kind.may_be_accessed() && is_refused(kind, args.word(at)) => {
                // As far from a page's start: some calls look at the alignment first.
                args = args.with(at, NOWHERE | args.word(at) & (PAGE_SIZE - 1));
            }
            _ => {}
        }
    }
    (args, replaced)
}

/// True for an address that the host kernel would access but that is not the guest's.
pub fn is_emulators(address: u64) -> bool {
    (GUEST_TOP..HOST_USER_TOP).contains(&address)
}

/// True for a pointer that is not the guest's: handlers ignore tags, so those of a thread that has not asked for them
/// end here. A word that may be a number is one unless it points into the emulator.
fn is_refused(kind: &Kind, word: u64) -> bool {
    if matches!(kind, Kind::Any) { is_emulators(word) } else { word >= GUEST_TOP }
}

/// True if an element of a `struct iovec[]` points into the emulator: the kernel, too, looks at
/// all of them before it transfers anything (lib/iov_iter.c, import_iovec).
fn vectors_reach_emulator(guest: &dyn Guest, array: u64, count: u64) -> bool {
    is_emulators(array)
        || (0..count).take_while(|_| count <= MOST).any(|index| {
            let mut vector = [0; IOVEC];
            let at = GuestAddr(array.wrapping_add(index * IOVEC as u64));
            guest.read(at, &mut vector).is_ok() && is_emulators(untagged(bytes::get_u64(&vector, 0)))
        })
}

/// True if a `struct msghdr` or what it points to lies in the emulator.
fn message_reaches_emulator(guest: &dyn Guest, header_at: u64) -> bool {
    let mut header = [0; message::SIZE];
    if is_emulators(header_at) || guest.read(GuestAddr(header_at), &mut header).is_err() {
        return is_emulators(header_at);
    }
    is_emulators(untagged(bytes::get_u64(&header, message::NAME)))
        || is_emulators(untagged(bytes::get_u64(&header, message::CONTROL)))
        || vectors_reach_emulator(
            guest,
            bytes::get_u64(&header, message::IOV),
            bytes::get_u64(&header, message::IOV_LEN),
        )
}

/// Likewise, if one of a `struct mmsghdr[]` does.
fn messages_reach_emulator(guest: &dyn Guest, array: u64, count: u64) -> bool {
    const STEP: u64 = message::SIZE_WITH_LEN as u64;
    (0..count.min(MOST)).any(|index| message_reaches_emulator(guest, array.wrapping_add(index * STEP)))
}
