//! The emulator's own descriptors: moved out of the guest's way and remembered, so that the guest
//! can be told that they are not there.
//!
//! A table of atomics without a lock: a signal handler may ask, a vfork child shares it, and each system call
//! that takes a descriptor does.

use super::raw::{HostErrno, args, close, syscall};
use std::sync::atomic::{AtomicU8, Ordering};

/// Numbers that can be hidden.
const NUMBERS: usize = 4096;
/// Numbers are below this where there is room: the kernel copies a table as long as the highest one at each fork.
const CEILING: u64 = 1024;
/// Room for all that the emulator needs without a debugger, or with one that has few processes.
const FEW: u64 = 64;
/// For many processes, and files that gdb reads.
const MANY: u64 = 256;

/// How many descriptors of each number are hidden: those of processes that share memory have tables of their own.
static HIDDEN: [AtomicU8; NUMBERS] = [const { AtomicU8::new(0) }; NUMBERS];

/// Moves `fd` to a high number, close-on-exec, and hides it there; the old number is closed. Errors
/// are fcntl(2)'s, EMFILE where half of the numbers that the guest may have are taken; `fd` is then as it was.
pub fn hide(fd: i32) -> Result<i32, HostErrno> {
    let high = dup_high(fd)?;
    close(fd);
    Ok(high)
}

/// Like [`hide`], leaving the old number open and the guest's.
pub fn dup_high(fd: i32) -> Result<i32, HostErrno> {
    let mut result = Err(HostErrno(libc::EMFILE));
    for floor in floors() {
        result = syscall(libc::SYS_fcntl, args([fd as u64, libc::F_DUPFD_CLOEXEC as u64, floor]));
        match result {
            // The second: nothing so high is to be had at all.
            Err(HostErrno(libc::EMFILE | libc::EINVAL)) => forget_closed(),
            _ => break,
        }
    }
    let high = result? as i32;
    if adopt(high) {
        return Ok(high);
    }
    close(high);
    Err(HostErrno(libc::EMFILE))
}

/// Hides `fd` where it is; false if that number cannot be.
pub fn adopt(fd: i32) -> bool {
    let Some(count) = place(fd) else { return false };
    let _ = count.fetch_update(Ordering::AcqRel, Ordering::Relaxed, |count| count.checked_add(1));
    true
}

/// Owners that close a descriptor without a word leave their numbers hidden.
fn forget_closed() {
    for fd in all_hidden() {
        let is_open = syscall(libc::SYS_fcntl, args([fd as u64, libc::F_GETFD as u64])).is_ok();
        place(fd).into_iter().for_each(|count| count.store(is_open.into(), Ordering::Release));
    }
}

fn place(fd: i32) -> Option<&'static AtomicU8> {
    HIDDEN.get(usize::try_from(fd).ok()?)
}

/// Closes a hidden descriptor and forgets it.
pub fn close_hidden(fd: i32) {
    forget(fd);
    close(fd);
}

/// Forgets a hidden descriptor without closing it. The number stays hidden if it stands for another one as well, in a
/// process that shares memory.
pub fn forget(fd: i32) {
    if let Some(count) = place(fd) {
        let _ = count.fetch_update(Ordering::AcqRel, Ordering::Relaxed, |count| count.checked_sub(1));
    }
}

/// True for one of the emulator's own.
pub fn is_hidden(fd: i32) -> bool {
    place(fd).is_some_and(|count| count.load(Ordering::Relaxed) != 0)
}

/// All of the emulator's own, ascending.
pub fn all_hidden() -> Vec<i32> {
    (0..NUMBERS as i32).filter(|&fd| is_hidden(fd)).collect()
}

/// From where on [`hide`] looks for a number, and where next if there is none: never among the lower half of those that
/// the guest may have.
fn floors() -> [u64; 3] {
    let mut limit = libc::rlimit { rlim_cur: CEILING, rlim_max: 0 };
    // prlimit64(2) fills `limit`, which has its layout.
    let _ = syscall(libc::SYS_prlimit64, args([0, u64::from(libc::RLIMIT_NOFILE), 0, &raw mut limit as u64]));
    let top = limit.rlim_cur.min(CEILING);
    [top.saturating_sub(FEW), top.saturating_sub(MANY).max(top / 2), top / 2]
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

    #[test]
    fn there_is_room_for_hundreds() {
        let hidden: Vec<i32> = (0..300).map(|_| dup_high(2).unwrap()).collect();
        assert!(hidden.iter().all(|&fd| is_hidden(fd) && fd as u64 >= floors()[2]));
        hidden.into_iter().for_each(close_hidden);
        assert!(!is_hidden(-1) && !is_hidden(NUMBERS as i32) && !adopt(NUMBERS as i32));
    }
}
