//! io_uring(7). The rings are shared memory whose layout is the same on both sides, but some entries hold what
//! differs: O_* flags, `struct epoll_event`, and paths, which the sysroot overlay may lead elsewhere.
//!
//! The kernel reads entries, and all that these three point to, within io_uring_enter(2). So entries that differ are
//! changed in place just before, and changed back behind it, since programs use them again.
//!
//! With IORING_SETUP_SQPOLL a thread of the kernel's would fetch them at any time. The program gets a ring without one,
//! whose flags say that it sleeps (IORING_SQ_NEED_WAKEUP, which the kernel changes in such a ring only); so it calls
//! io_uring_enter(2) to wake it, and all that waits is submitted there.

use std::ffi::CString;

use crate::Errno;
use crate::abi::io_uring::{
    ENTRY_SIZE, OFF_CQ_RING, OFF_SQ_RING, OFF_SQES, PARAMS_FLAGS, PARAMS_SIZE, Ring, SQ_NEED_WAKEUP, sqe,
    without_thread,
};
use crate::abi::{bytes, epoll, open_flags};
use crate::dispatch;
use crate::fs::paths;
use crate::guest::{Follow, Guest, GuestAddr};
use crate::kind::Args;
use crate::poll::wait_mask;
use crate::table::Handled;
use crate::tagged::untag_at;

/// IORING_ENTER_GETEVENTS: wait for completions.
const ENTER_GETEVENTS: u32 = 1;
/// IORING_ENTER_EXT_ARG: the fifth word points to `struct io_uring_getevents_arg`.
const ENTER_EXT_ARG: u32 = 1 << 3;
/// IORING_ENTER_REGISTERED_RING: the first word is no descriptor.
const ENTER_REGISTERED_RING: u32 = 1 << 4;
/// IORING_ENTER_EXT_ARG_REG: it is an offset into registered memory.
const ENTER_EXT_ARG_REG: u32 = 1 << 6;
/// IORING_REGISTER_RING_FDS.
const REGISTER_RING_FDS: u32 = 20;
/// IOSQE_FIXED_FILE: the entry's descriptor is an index.
const FIXED_FILE: u8 = 1;

/// IORING_OP_* of entries that may differ.
mod op {
    pub const POLL_REMOVE: u8 = 7;
    pub const TIMEOUT_REMOVE: u8 = 12;
    pub const ASYNC_CANCEL: u8 = 14;
    pub const OPENAT: u8 = 18;
    pub const STATX: u8 = 21;
    pub const OPENAT2: u8 = 28;
    pub const EPOLL_CTL: u8 = 29;
    pub const RENAMEAT: u8 = 35;
    pub const UNLINKAT: u8 = 36;
    pub const MKDIRAT: u8 = 37;
    pub const SYMLINKAT: u8 = 38;
    pub const LINKAT: u8 = 39;
    pub const MSG_RING: u8 = 40;
    pub const SETXATTR: u8 = 42;
    pub const GETXATTR: u8 = 44;
    pub const URING_CMD: u8 = 46;
    /// Behind Linux 6.12, and its events would come packed.
    pub const EPOLL_WAIT: u8 = 59;
    pub const NONE: u8 = 255;
}

/// io_uring_setup(2).
pub fn setup(guest: &mut dyn Guest, args: Args) -> Handled {
    let mut asked = [0; PARAMS_SIZE];
    let plain =
        guest.read(args.addr(1), &mut asked).ok().and_then(|()| without_thread(bytes::get_u32(&asked, PARAMS_FLAGS)));
    // With its thread, so that the kernel says what is wrong.
    let mut fd = guest.host(libc::SYS_io_uring_setup, args.0)?;
    let mut params = [0; PARAMS_SIZE];
    guest.read(args.addr(1), &mut params)?;
    if let Some(flags) = plain {
        guest.host(libc::SYS_close, [fd, 0, 0, 0, 0, 0])?;
        bytes::put(&mut asked, PARAMS_FLAGS, &flags.to_le_bytes());
        fd = guest.host(libc::SYS_io_uring_setup, args.with(1, bytes::address_of_mut(&mut asked)).0)?;
    }
    let ring = Ring::from_params(&params);
    guest.set_ring(fd as i32, ring);
    if let Some(ring) = ring {
        say_asleep(guest, &ring);
    }
    Ok(fd)
}

/// Has a program that counts on a thread of the kernel's believe that it sleeps.
fn say_asleep(guest: &dyn Guest, ring: &Ring) {
    if let Some(at) = ring.state().filter(|_| ring.is_polled())
        && let Some(state) = word(guest, at)
    {
        // If it has been mapped read-only, the program does not submit there.
        let _ = guest.write(at, &(state | SQ_NEED_WAKEUP).to_le_bytes());
    }
}

fn word(guest: &dyn Guest, at: GuestAddr) -> Option<u32> {
    let mut raw = [0; 4];
    guest.read(at, &mut raw).ok().map(|()| u32::from_le_bytes(raw))
}

/// io_uring_register(2). Without IORING_REGISTER_RING_FDS, as before Linux 5.18: entries of a ring that is named by
/// an index of the thread's would not be found.
pub fn register(guest: &mut dyn Guest, args: Args) -> Handled {
    if args.uint(1) == REGISTER_RING_FDS {
        return Err(Errno::EINVAL.into());
    }
    guest.host(libc::SYS_io_uring_register, args.0)
}

/// The guest has mapped `fd` at `addr`.
pub fn mapped(guest: &mut dyn Guest, fd: i32, offset: u64, addr: u64) {
    if ![OFF_SQ_RING, OFF_CQ_RING, OFF_SQES].contains(&offset) {
        return;
    }
    let Some(mut ring) = guest.ring(fd) else { return };
    *(if offset == OFF_SQES { &mut ring.entries } else { &mut ring.rings }) = GuestAddr(addr);
    guest.set_ring(fd, Some(ring));
    say_asleep(guest, &ring);
}

/// io_uring_enter(2).
pub fn enter(guest: &mut dyn Guest, args: Args) -> Handled {
    let (fd, count, flags) = (args.int(0), args.uint(1), args.uint(3));
    let ring = if flags & ENTER_REGISTERED_RING == 0 { guest.ring(fd) } else { None };
    if let Some(ring) = ring.filter(Ring::is_polled) {
        return enter_polled(guest, &ring, args);
    }
    let mut changes = Changes::default();
    if let Some(ring) = ring.filter(|_| count != 0) {
        changes.make(guest, &ring, count);
    }
    if changes.originals.is_empty() {
        return wait(guest, args);
    }
    // Other threads may fill entries that have been taken while this one waits: so it does that afterwards.
    let submit = args.with(2, 0).with(3, (flags & !ENTER_GETEVENTS).into());
    let submitted = guest.host(libc::SYS_io_uring_enter, submit.0);
    changes.undo(guest);
    match submitted {
        Ok(done) if done == u64::from(count) && flags & ENTER_GETEVENTS != 0 => {
            // What becomes of the wait does not show when something was submitted.
            let _ = wait(guest, args.with(1, 0));
            Ok(done)
        }
        submitted => submitted,
    }
}

/// All that waits is submitted, as a thread of the kernel's would have done by itself, and the call says that it has
/// submitted what it was told to.
fn enter_polled(guest: &mut dyn Guest, ring: &Ring, args: Args) -> Handled {
    let (asked, flags) = (args.uint(1), args.uint(3));
    let count = ring.waiting(|at| word(guest, at));
    let mut changes = Changes::default();
    changes.make(guest, ring, count);
    let submit = args.with(1, count.into()).with(2, 0).with(3, (flags & !ENTER_GETEVENTS).into());
    let submitted = guest.host(libc::SYS_io_uring_enter, submit.0);
    changes.undo(guest);
    submitted?;
    let waited = if flags & ENTER_GETEVENTS == 0 { Ok(0) } else { wait(guest, args.with(1, 0)) };
    // What becomes of the wait does not show when something was to be submitted.
    if asked == 0 { waited } else { Ok(asked.into()) }
}

/// The call with the mask for the time of its wait.
fn wait(guest: &mut dyn Guest, args: Args) -> Handled {
    /// `struct io_uring_getevents_arg`: sigmask, its size, min_wait_usec, timespec.
    const EXT_ARG_SIZE: usize = 24;
    let (flags, address, size) = (args.uint(3), args.addr(4), args.word(5));
    if flags & ENTER_GETEVENTS == 0 || flags & ENTER_EXT_ARG_REG != 0 || address.0 == 0 {
        return guest.host(libc::SYS_io_uring_enter, args.0);
    }
    if flags & ENTER_EXT_ARG == 0 {
        let mask = wait_mask(guest, address, size);
        return crate::poll::wait(guest, libc::SYS_io_uring_enter, crate::poll::with_mask(args, 4, &mask));
    }
    let mut ext = [0; EXT_ARG_SIZE];
    if size != EXT_ARG_SIZE as u64 || guest.read(address, &mut ext).is_err() {
        return guest.host(libc::SYS_io_uring_enter, args.0);
    }
    let set = GuestAddr(bytes::get_u64(&ext, 0));
    let mask = wait_mask(guest, set, bytes::get_u32(&ext, 8).into());
    if let Some(mask) = &mask {
        bytes::put(&mut ext, 0, &bytes::address_of(mask).to_le_bytes());
    }
    crate::poll::wait(guest, libc::SYS_io_uring_enter, args.with(4, bytes::address_of(&ext)))
}

/// Entries that are changed for the time of a call.
#[derive(Default)]
struct Changes {
    originals: Vec<(GuestAddr, [u8; ENTRY_SIZE])>,
    /// What changed entries point to.
    paths: Vec<CString>,
    structures: Vec<Vec<u8>>,
}

impl Changes {
    fn make(&mut self, guest: &mut dyn Guest, ring: &Ring, count: u32) {
        for at in ring.next_entries(count, |at| word(guest, at)) {
            let mut entry = [0; ENTRY_SIZE];
            if guest.read(at, &mut entry).is_err() {
                continue;
            }
            let original = entry;
            if guest.takes_tags() {
                untag(&mut entry);
            }
            self.change(guest, &mut entry);
            if entry != original && guest.write(at, &entry).is_ok() {
                self.originals.push((at, original));
            }
        }
    }

    fn undo(&self, guest: &mut dyn Guest) {
        for (at, original) in &self.originals {
            let _ = guest.write(*at, original);
        }
    }

    fn change(&mut self, guest: &mut dyn Guest, entry: &mut [u8; ENTRY_SIZE]) {
        let (fd, flags) = (bytes::get_i32(entry, sqe::FD), bytes::get_u32(entry, sqe::OP_FLAGS));
        let len = bytes::get_u32(entry, sqe::LEN);
        let follow = |follows: bool| if follows { Follow::Yes } else { Follow::No };
        if entry[sqe::FLAGS] & FIXED_FILE == 0 && fd >= 0 && guest.is_hidden_fd(fd) {
            bytes::put(entry, sqe::FD, &(-1i32).to_le_bytes());
        }
        match entry[sqe::OPCODE] {
            op::OPENAT => {
                let flags = open_flags::to_host(flags.into()) as u32;
                bytes::put(entry, sqe::OP_FLAGS, &flags.to_le_bytes());
                self.path(guest, entry, fd, sqe::ADDR, open_follows(flags));
            }
            op::OPENAT2 => self.open_how(guest, entry, fd, len),
            op::STATX => {
                let follows = flags & libc::AT_SYMLINK_NOFOLLOW as u32 == 0;
                self.path(guest, entry, fd, sqe::ADDR, follow(follows));
            }
            op::EPOLL_CTL => self.epoll_event(guest, entry, len),
            op::UNLINKAT | op::MKDIRAT => self.path(guest, entry, fd, sqe::ADDR, Follow::No),
            op::SYMLINKAT => self.path(guest, entry, fd, sqe::ADDR2, Follow::No),
            op::RENAMEAT => {
                self.path(guest, entry, fd, sqe::ADDR, Follow::No);
                self.path(guest, entry, len as i32, sqe::ADDR2, Follow::No);
            }
            op::LINKAT => {
                let follows = flags & libc::AT_SYMLINK_FOLLOW as u32 != 0;
                self.path(guest, entry, fd, sqe::ADDR, follow(follows));
                self.path(guest, entry, len as i32, sqe::ADDR2, Follow::No);
            }
            op::SETXATTR | op::GETXATTR => self.path(guest, entry, libc::AT_FDCWD, sqe::ADDR3, Follow::Yes),
            op::EPOLL_WAIT => entry[sqe::OPCODE] = op::NONE,
            _ => {}
        }
    }

    /// The path at `at`, below `dirfd`, where the overlay leads.
    fn path(&mut self, guest: &mut dyn Guest, entry: &mut [u8], dirfd: i32, at: usize, follow: Follow) {
        let path = GuestAddr(bytes::get_u64(entry, at));
        if dispatch::is_emulators(path.0) {
            bytes::put(entry, at, &dispatch::NOWHERE.to_le_bytes());
        } else if let Some(other) = paths::replacement(guest, dirfd, path, follow) {
            bytes::put(entry, at, &(other.as_ptr().expose_provenance() as u64).to_le_bytes());
            self.paths.push(other);
        }
    }

    /// `struct open_how`, of `len` bytes.
    fn open_how(&mut self, guest: &mut dyn Guest, entry: &mut [u8], fd: i32, len: u32) {
        const SIZE_VER0: usize = 24;
        const RESOLVE: usize = 16;
        const PAGE: usize = 4096;
        let mut how = vec![0; (len as usize).min(PAGE)];
        if how.len() < SIZE_VER0 || guest.read(GuestAddr(bytes::get_u64(entry, sqe::ADDR2)), &mut how).is_err() {
            return;
        }
        let flags = open_flags::to_host(bytes::get_u64(&how, 0));
        bytes::put(&mut how, 0, &flags.to_le_bytes());
        if bytes::get_u64(&how, RESOLVE) == 0 {
            self.path(guest, entry, fd, sqe::ADDR, open_follows(flags as u32));
        }
        self.point_to(entry, sqe::ADDR2, how);
    }

    fn epoll_event(&mut self, guest: &mut dyn Guest, entry: &mut [u8], operation: u32) {
        let mut event = [0; epoll::GUEST_SIZE];
        let address = GuestAddr(bytes::get_u64(entry, sqe::ADDR));
        if operation != libc::EPOLL_CTL_DEL as u32 && guest.read(address, &mut event).is_ok() {
            self.point_to(entry, sqe::ADDR, epoll::to_host(&event).to_vec());
        }
    }

    fn point_to(&mut self, entry: &mut [u8], at: usize, structure: Vec<u8>) {
        bytes::put(entry, at, &bytes::address_of(&structure).to_le_bytes());
        self.structures.push(structure);
    }
}

/// Takes the tags from an entry's addresses. An offset, or -1 for none, stays as it is by that; other entries are named by
/// what their programs like.
fn untag(entry: &mut [u8; ENTRY_SIZE]) {
    let addresses: &[usize] = match entry[sqe::OPCODE] {
        op::POLL_REMOVE | op::ASYNC_CANCEL | op::MSG_RING | op::URING_CMD => &[],
        op::TIMEOUT_REMOVE => &[sqe::ADDR2],
        _ => &[sqe::ADDR, sqe::ADDR2, sqe::ADDR3],
    };
    addresses.iter().for_each(|&at| untag_at(entry, at));
}

fn open_follows(host_flags: u32) -> Follow {
    let exclusive = (libc::O_CREAT | libc::O_EXCL) as u32;
    let stays = host_flags & libc::O_NOFOLLOW as u32 != 0 || host_flags & exclusive == exclusive;
    if stays { Follow::No } else { Follow::Yes }
}
