//! The emulator's own descriptors: moved out of the guest's way and remembered, so that the guest
//! can be told that they are not there.
//!
//! A table of atomics without a lock: a signal handler may ask, and a vfork child shares it.

use super::raw::{HostErrno, args, close, syscall};
use std::sync::atomic::{AtomicI32, Ordering};

/// How many descriptors the emulator may hold.
const SLOTS: usize = 64;
/// Numbers stay below this: the kernel copies a table as long as the highest one at each fork.
const CEILING: u64 = 1024;
const FREE: i32 = -1;

static HIDDEN: [AtomicI32; SLOTS] = [const { AtomicI32::new(FREE) }; SLOTS];

/// Moves `fd` to a high number, close-on-exec, and hides it there; the old number is closed. Errors
/// are fcntl(2)'s, EMFILE also when the table is full; `fd` is then as it was.
pub fn hide(fd: i32) -> Result<i32, HostErrno> {
    let high = dup_high(fd)?;
    close(fd);
    Ok(high)
}

/// Like [`hide`], leaving the old number open and the guest's.
pub fn dup_high(fd: i32) -> Result<i32, HostErrno> {
    let high = syscall(libc::SYS_fcntl, args([fd as u64, libc::F_DUPFD_CLOEXEC as u64, floor()]))? as i32;
    if adopt(high) {
        return Ok(high);
    }
    close(high);
    Err(HostErrno(libc::EMFILE))
}

/// Hides `fd` where it is; false if the table is full.
pub fn adopt(fd: i32) -> bool {
    if insert(fd) {
        return true;
    }
    forget_closed();
    insert(fd)
}

/// Owners that close a descriptor without a word leave their entries behind.
fn forget_closed() {
    let mut last = None;
    for fd in all_hidden() {
        if last.replace(fd) == Some(fd) || syscall(libc::SYS_fcntl, args([fd as u64, libc::F_GETFD as u64])).is_err() {
            forget(fd);
        }
    }
}

fn insert(fd: i32) -> bool {
    HIDDEN.iter().any(|slot| slot.compare_exchange(FREE, fd, Ordering::AcqRel, Ordering::Relaxed).is_ok())
}

/// Closes a hidden descriptor and forgets it.
pub fn close_hidden(fd: i32) {
    forget(fd);
    close(fd);
}

/// Forgets a hidden descriptor without closing it. The number stays hidden if it stands for another one as well, in a
/// process that shares memory.
pub fn forget(fd: i32) {
    let _ = HIDDEN.iter().any(|slot| slot.compare_exchange(fd, FREE, Ordering::AcqRel, Ordering::Relaxed).is_ok());
}

/// True for one of the emulator's own.
pub fn is_hidden(fd: i32) -> bool {
    fd >= 0 && HIDDEN.iter().any(|slot| slot.load(Ordering::Relaxed) == fd)
}

/// All of the emulator's own, ascending.
pub fn all_hidden() -> Vec<i32> {
    let mut all: Vec<i32> = HIDDEN.iter().map(|slot| slot.load(Ordering::Relaxed)).filter(|&fd| fd >= 0).collect();
    all.sort_unstable();
    all
}

/// The lowest number that [`hide`] gives out.
fn floor() -> u64 {
    let mut limit = libc::rlimit { rlim_cur: CEILING, rlim_max: 0 };
    // prlimit64(2) fills `limit`, which has its layout.
    let _ = syscall(libc::SYS_prlimit64, args([0, u64::from(libc::RLIMIT_NOFILE), 0, &raw mut limit as u64]));
    limit.rlim_cur.min(CEILING).saturating_sub(SLOTS as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::IntoRawFd;

    #[test]
    fn a_hidden_descriptor_lies_high_and_is_known_until_closed() {
        let low = std::fs::File::open("/dev/null").unwrap().into_raw_fd();
        let high = hide(low).unwrap();
        assert!(high > low && is_hidden(high) && all_hidden().contains(&high));
        close_hidden(high);
        assert!(!is_hidden(high));
    }

    #[test]
    fn a_number_is_hidden_for_each_that_has_it() {
        let number = hide(std::fs::File::open("/dev/null").unwrap().into_raw_fd()).unwrap();
        assert!(adopt(number));
        forget(number);
        assert!(is_hidden(number));
        close_hidden(number);
        assert!(!is_hidden(number));
    }
}
