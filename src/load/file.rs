//! Opening a file to execute it, with the checks of do_open_execat() (fs/exec.c).
//!
//! execve(2) comes here from guest threads too, so this keeps to plain system call wrappers.

use super::elf::ReadAt;
use super::error::{LoadError, show};
use crate::host::HostErrno;
use crate::host::raw::{args, syscall};
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, AtFlags, OFlag, open, readlink};
use nix::sys::stat::{Mode, fstat};
use nix::sys::uio::pread;
use nix::unistd::{AccessFlags, faccessat};
use std::ffi::OsStr;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// An open program, interpreter or script.
#[derive(Debug)]
pub struct ProgramFile {
    path: Vec<u8>,
    fd: OwnedFd,
    len: u64,
}

impl ProgramFile {
    /// Opens `path`, a path on the host, if it is a regular file that may be executed and read.
    pub fn open(path: &[u8]) -> Result<Self, LoadError> {
        let name = OsStr::from_bytes(path);
        let failed = |errno: Errno| LoadError::Open { path: show(path), errno: HostErrno(errno as i32) };
        let may_execute = faccessat(AT_FDCWD, name, AccessFlags::X_OK, AtFlags::AT_EACCESS).is_ok();
        // O_NONBLOCK: a fifo without a writer must not hang us.
        let flags = OFlag::O_RDONLY | OFlag::O_CLOEXEC | OFlag::O_NONBLOCK;
        let fd = open(name, flags, Mode::empty()).map_err(|errno| match errno {
            Errno::ENOENT | Errno::ENOTDIR => LoadError::NotFound { path: show(path), errno: HostErrno(errno as i32) },
            // A socket: execve(2) looks at the type of the file before it opens it.
            Errno::ENXIO => LoadError::NotRegular { path: show(path) },
            Errno::EACCES if may_execute => LoadError::NotReadable { path: show(path) },
            Errno::EACCES => LoadError::NotExecutable { path: show(path) },
            errno => failed(errno),
        })?;
        let stat = fstat(&fd).map_err(failed)?;
        if stat.st_mode & libc::S_IFMT != libc::S_IFREG {
            return Err(LoadError::NotRegular { path: show(path) });
        }
        if !may_execute {
            return Err(LoadError::NotExecutable { path: show(path) });
        }
        if is_open_for_writing(fd.as_raw_fd()) {
            return Err(LoadError::TextBusy { path: show(path) });
        }
        Ok(ProgramFile { path: path.to_vec(), fd, len: u64::try_from(stat.st_size).unwrap_or(0) })
    }

    /// The path that it was opened by.
    pub fn path(&self) -> &[u8] {
        &self.path
    }

    /// The descriptor, for mmap(2).
    pub fn fd(&self) -> i32 {
        self.fd.as_raw_fd()
    }

    /// The absolute path without symbolic links, as /proc/self/exe has it; where /proc is not
    /// mounted, the path that it was opened by.
    pub fn real_path(&self) -> Vec<u8> {
        let link = format!("/proc/self/fd/{}", self.fd());
        readlink(link.as_str()).map_or_else(|_| self.path.clone(), OsStringExt::into_vec)
    }
}

/// True if the file is open for writing anywhere (`deny_write_access`), as far as its owner and root may know:
/// the kernel gives no read lease then.
fn is_open_for_writing(fd: i32) -> bool {
    /// Not in the libc crate.
    const F_SETSIG: i32 = 10;
    let fcntl = |command: i32, arg: i32| syscall(libc::SYS_fcntl, args([fd as u64, command as u64, arg as u64]));
    // Who opens it for writing in the moment of the lease breaks it, and SIGIO, which would say so, kills.
    let _ = fcntl(F_SETSIG, libc::SIGURG);
    let lease = fcntl(libc::F_SETLEASE, libc::F_RDLCK);
    let _ = fcntl(libc::F_SETLEASE, libc::F_UNLCK);
    lease == Err(HostErrno(libc::EAGAIN))
}

impl ReadAt for ProgramFile {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> usize {
        let mut done = 0;
        while let Some(rest) = buf.get_mut(done..).filter(|rest| !rest.is_empty()) {
            let Ok(at) = i64::try_from(offset.saturating_add(done as u64)) else { break };
            match pread(&self.fd, rest, at) {
                Ok(0) => break,
                Ok(count) => done += count,
                Err(Errno::EINTR) => {}
                Err(_) => break,
            }
        }
        done
    }
}
