//! The kernel's own dump of the process, which is of the emulator.
//!
//! Nobody wants it, but only it sets the bit in the wait status (`WCOREDUMP`). Where the guest's core was
//! written whole, the kernel gets to dump as well: without memory (coredump_filter), and into a directory
//! that a process of nobody's removes when this one has gone. A pattern that is an absolute path leads
//! into that directory only after a chroot(2), so unless that is permitted there is no bit. A program
//! that takes cores by a pipe gets the emulator's, without memory, too.

use super::pattern::Place;
use crate::host::raw::{args, close, exit_group, getpid, openat, syscall, write_all};
use crate::process::host_thread::{self, HostCloneArgs};
use std::ffi::CString;

/// What became of the guest's core where the kernel would have put one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dumped {
    /// There is none, or only a part.
    No,
    /// There is one.
    Whole,
}

/// Arranges what the kernel does at the process's death by a signal; true if it will set the bit.
pub fn prepare(place: &Place, dumped: Dumped) -> bool {
    let will_dump = match (place, dumped) {
        (Place::Pipe, _) => leave_out_memory(),
        (Place::File(path), Dumped::Whole) => leave_out_memory() && divert(path),
        _ => false,
    };
    match will_dump {
        // What the guest allows itself may be too little for the emulator's notes.
        true => set_limit(|hard| hard),
        false => set_limit(|_| 0),
    }
    will_dump
}

/// Sets the soft RLIMIT_CORE from the hard one.
fn set_limit(soft: impl Fn(u64) -> u64) {
    let mut limit = [0u64; 2];
    let resource = u64::from(libc::RLIMIT_CORE);
    if syscall(libc::SYS_prlimit64, args([0, resource, 0, limit.as_mut_ptr() as u64])).is_ok() {
        limit[0] = soft(limit[1]);
        // Not above the hard limit, it cannot fail.
        let _ = syscall(libc::SYS_prlimit64, args([0, resource, limit.as_ptr() as u64, 0]));
    }
}

fn leave_out_memory() -> bool {
    let Ok(fd) = openat(libc::AT_FDCWD, c"/proc/self/coredump_filter", libc::O_WRONLY | libc::O_CLOEXEC, 0) else {
        return false;
    };
    let written = write_all(fd, b"0");
    close(fd);
    written.is_ok()
}

/// Makes `path` lead into a directory of its own from now on, which is removed when the process is gone.
fn divert(path: &[u8]) -> bool {
    let Some(top) = make_directory() else { return false };
    let mut made = vec![top];
    let parents: Vec<&[u8]> = path.split(|&byte| byte == b'/').filter(|name| !name.is_empty()).collect();
    for name in parents.split_last().map_or(&[][..], |(_, parents)| parents) {
        let parent = made.last().map_or(&[][..], |path| path.as_bytes());
        let Ok(directory) = CString::new([parent, b"/", name].concat()) else { break };
        let _ = syscall(libc::SYS_mkdir, args([directory.as_ptr() as u64, 0o700]));
        made.push(directory);
    }
    let is_absolute = path.starts_with(b"/");
    let remover = Remover { made };
    // Other processes may share the working directory (CLONE_FS).
    let _ = syscall(libc::SYS_unshare, args([libc::CLONE_FS as u64]));
    if !remover.start() {
        remover.remove();
        return false;
    }
    let top = remover.made[0].as_ptr() as u64;
    // If that is not permitted, the remover finds an empty directory.
    syscall(if is_absolute { libc::SYS_chroot } else { libc::SYS_chdir }, args([top])).is_ok()
}

fn make_directory() -> Option<CString> {
    [&b"/tmp"[..], b"/dev/shm", b"."].into_iter().find_map(|parent| {
        let path = CString::new([parent, b"/emu-core-", getpid().to_string().as_bytes()].concat()).ok()?;
        syscall(libc::SYS_mkdir, args([path.as_ptr() as u64, 0o700])).ok().map(|_| path)
    })
}

/// Directories, each inside the one before, and what removes them.
struct Remover {
    made: Vec<CString>,
}

impl Remover {
    /// In a process that is nobody's child: waits for the end of this one, then removes all.
    fn start(&self) -> bool {
        let mut ends = [0i32; 2];
        // pipe2(2) fills both.
        if syscall(libc::SYS_pipe2, args([ends.as_mut_ptr() as u64, libc::O_CLOEXEC as u64])).is_err() {
            return false;
        }
        let fork = || host_thread::fork(&HostCloneArgs::default());
        match fork() {
            Ok(0) => {
                if fork() == Ok(0) {
                    self.wait_and_remove(ends[0] as u64);
                }
                exit_group(0)
            }
            Ok(child) => {
                let _ = syscall(libc::SYS_wait4, args([child as u64, 0, libc::__WALL as u64, 0]));
                // The writing end stays open: the kernel closes it after the dump.
                close(ends[0]);
                true
            }
            Err(_) => false,
        }
    }

    /// Allocates nothing: a thread that is not here may have had the heap's lock.
    fn wait_and_remove(&self, reader: u64) {
        let mut byte = 0u8;
        let _ = syscall(libc::SYS_setsid, args([]));
        for (first, last) in [(0, reader.saturating_sub(1)), (reader + 1, u64::from(u32::MAX))] {
            let _ = syscall(libc::SYS_close_range, args([first, last, 0]));
        }
        let _ = syscall(libc::SYS_read, args([reader, &raw mut byte as u64, 1]));
        self.remove();
    }

    /// Removes what is in the innermost directory, and all of them.
    fn remove(&self) {
        let Some(innermost) = self.made.last() else { return };
        if let Ok(fd) = openat(libc::AT_FDCWD, innermost, libc::O_RDONLY | libc::O_DIRECTORY, 0) {
            remove_files(fd as u64);
        }
        for directory in self.made.iter().rev() {
            let _ = syscall(libc::SYS_rmdir, args([directory.as_ptr() as u64]));
        }
    }
}

fn remove_files(directory: u64) {
    /// `struct linux_dirent64`: ino, off, reclen, type, name.
    const RECLEN: usize = 16;
    const NAME: usize = 19;
    let mut entries = [0u64; 256];
    while let Ok(len @ 1..) = syscall(libc::SYS_getdents64, args([directory, entries.as_mut_ptr() as u64, 2048])) {
        let mut at = 0;
        while at < len as usize {
            let bytes = entries.as_ptr() as u64 + at as u64;
            let word = entries.get((at + RECLEN) / 8).copied().unwrap_or(0);
            let _ = syscall(libc::SYS_unlinkat, args([directory, bytes + NAME as u64, 0]));
            at += ((word & 0xffff) as usize).max(24);
        }
    }
}
