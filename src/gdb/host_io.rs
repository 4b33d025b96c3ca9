//! `vFile:` packets: gdb reads the program, its libraries and `/proc/PID/maps` as the guest would.
//!
//! gdb keeps numbers of open files for as long as it likes, across forks and while the socket moves
//! from process to process, so the table of open files moves with the socket.

use super::hidden::{Hidden, Hider};
use super::target::ProcessTarget;
use gdbstub::target::ext::host_io as ext;
use gdbstub::target::ext::host_io::{FsKind, HostIoErrno, HostIoError, HostIoOpenFlags, HostIoOpenMode, HostIoStat};
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::stat::SFlag;
use nix::sys::{stat, uio};
use std::collections::BTreeSet;
use std::os::fd::OwnedFd;

type Result<T> = std::result::Result<T, HostIoError<std::convert::Infallible>>;

/// Files that gdb has open.
///
/// It opens each process's program and libraries anew, and keeps them open: what is only read, several numbers share.
pub struct Files {
    hider: Hider,
    open: Vec<Open>,
}

struct Open {
    /// gdb's, at least one.
    numbers: Vec<u32>,
    file: Hidden,
    /// Device and inode of what is only read.
    identity: Option<(u64, u64)>,
}

impl Files {
    /// Numbers; a process has as many files as its descriptors allow.
    const MAX_OPEN: u32 = 8192;

    /// No open files.
    pub fn new(hider: Hider) -> Files {
        Files { hider, open: Vec::new() }
    }

    fn add(&mut self, file: OwnedFd) -> Result<u32> {
        let too_many = HostIoError::Errno(HostIoErrno::EMFILE);
        let used: BTreeSet<u32> = self.open.iter().flat_map(|open| &open.numbers).copied().collect();
        let number = (0..Self::MAX_OPEN).find(|number| !used.contains(number)).ok_or(too_many)?;
        let identity = identity(&file);
        let known = self.open.iter_mut().find(|open| identity.is_some() && open.identity == identity);
        if let Some(known) = known {
            known.numbers.push(number);
        } else {
            let file = self.hider.hide(file).map_err(|_| HostIoError::Errno(HostIoErrno::EMFILE))?;
            self.open.push(Open { numbers: vec![number], file, identity });
        }
        Ok(number)
    }

    fn get(&self, number: u32) -> Result<&Hidden> {
        let open = self.open.iter().find(|open| open.numbers.contains(&number));
        open.map(|open| &open.file).ok_or(HostIoError::Errno(HostIoErrno::EBADF))
    }

    fn remove(&mut self, number: u32) -> Result<()> {
        let of_number = self.open.iter_mut().find(|open| open.numbers.contains(&number));
        let open = of_number.ok_or(HostIoError::Errno(HostIoErrno::EBADF))?;
        open.numbers.retain(|other| *other != number);
        self.open.retain(|open| !open.numbers.is_empty());
        Ok(())
    }

    /// All of them with their numbers, for the next owner of the socket.
    pub fn iter(&self) -> impl Iterator<Item = (Vec<u32>, &Hidden)> {
        self.open.iter().map(|open| (open.numbers.clone(), &open.file))
    }

    /// Takes all of them out.
    pub fn drain(&mut self) -> impl Iterator<Item = Hidden> + use<> {
        std::mem::take(&mut self.open).into_iter().map(|open| open.file)
    }

    /// Closes all of them.
    pub fn clear(&mut self) {
        self.open.clear();
    }

    /// Takes over files from the owner before.
    pub fn replace(&mut self, files: impl Iterator<Item = (Vec<u32>, OwnedFd)>) {
        let hider = self.hider;
        let take = |(numbers, file): (Vec<u32>, OwnedFd)| {
            let identity = identity(&file);
            Some(Open { numbers, file: hider.hide(file).ok()?, identity })
        };
        self.open = files.filter_map(take).collect();
    }
}

/// Device and inode of a regular file that is open for reading only.
fn identity(file: &OwnedFd) -> Option<(u64, u64)> {
    let flags = OFlag::from_bits_retain(fcntl(file, FcntlArg::F_GETFL).ok()?);
    let stat = stat::fstat(file).ok()?;
    let is_regular = SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT == SFlag::S_IFREG;
    (flags & OFlag::O_ACCMODE == OFlag::O_RDONLY && is_regular).then_some((stat.st_dev, stat.st_ino))
}

impl ext::HostIo for ProcessTarget<'_> {
    fn support_open(&mut self) -> Option<ext::HostIoOpenOps<'_, Self>> {
        Some(self)
    }

    fn support_close(&mut self) -> Option<ext::HostIoCloseOps<'_, Self>> {
        Some(self)
    }

    fn support_pread(&mut self) -> Option<ext::HostIoPreadOps<'_, Self>> {
        Some(self)
    }

    fn support_pwrite(&mut self) -> Option<ext::HostIoPwriteOps<'_, Self>> {
        Some(self)
    }

    fn support_fstat(&mut self) -> Option<ext::HostIoFstatOps<'_, Self>> {
        Some(self)
    }

    fn support_unlink(&mut self) -> Option<ext::HostIoUnlinkOps<'_, Self>> {
        Some(self)
    }

    fn support_readlink(&mut self) -> Option<ext::HostIoReadlinkOps<'_, Self>> {
        Some(self)
    }

    fn support_setfs(&mut self) -> Option<ext::HostIoSetfsOps<'_, Self>> {
        Some(self)
    }
}

impl ext::HostIoOpen for ProcessTarget<'_> {
    fn open(&mut self, name: &[u8], flags: HostIoOpenFlags, mode: HostIoOpenMode) -> Result<u32> {
        let file = self.inferior.open(path(name), host_flags(flags), mode.bits() & 0o777).map_err(errno)?;
        self.files.add(file)
    }
}

impl ext::HostIoClose for ProcessTarget<'_> {
    fn close(&mut self, number: u32) -> Result<()> {
        self.files.remove(number)
    }
}

impl ext::HostIoPread for ProcessTarget<'_> {
    fn pread(&mut self, number: u32, count: usize, offset: u64, buf: &mut [u8]) -> Result<usize> {
        let count = count.min(buf.len());
        uio::pread(self.files.get(number)?, &mut buf[..count], offset as i64).map_err(|error| errno(error as i32))
    }
}

impl ext::HostIoPwrite for ProcessTarget<'_> {
    fn pwrite(&mut self, number: u32, offset: u64, data: &[u8]) -> Result<u64> {
        let written = uio::pwrite(self.files.get(number)?, data, offset as i64);
        written.map(|count| count as u64).map_err(|error| errno(error as i32))
    }
}

impl ext::HostIoFstat for ProcessTarget<'_> {
    fn fstat(&mut self, number: u32) -> Result<HostIoStat> {
        let stat = stat::fstat(self.files.get(number)?).map_err(|error| errno(error as i32))?;
        // The protocol's struct has 32-bit fields where Linux has wider ones.
        Ok(HostIoStat {
            st_dev: stat.st_dev as u32,
            st_ino: stat.st_ino as u32,
            st_mode: HostIoOpenMode::from_bits_truncate(stat.st_mode),
            st_nlink: stat.st_nlink as u32,
            st_uid: stat.st_uid,
            st_gid: stat.st_gid,
            st_rdev: stat.st_rdev as u32,
            st_size: stat.st_size as u64,
            st_blksize: stat.st_blksize as u64,
            st_blocks: stat.st_blocks as u64,
            st_atime: stat.st_atime as u32,
            st_mtime: stat.st_mtime as u32,
            st_ctime: stat.st_ctime as u32,
        })
    }
}

impl ext::HostIoUnlink for ProcessTarget<'_> {
    fn unlink(&mut self, name: &[u8]) -> Result<()> {
        self.inferior.unlink(path(name)).map_err(errno)
    }
}

impl ext::HostIoReadlink for ProcessTarget<'_> {
    fn readlink(&mut self, name: &[u8], buf: &mut [u8]) -> Result<usize> {
        let target = self.inferior.readlink(path(name)).map_err(errno)?;
        let count = target.len().min(buf.len());
        buf[..count].copy_from_slice(&target[..count]);
        Ok(count)
    }
}

impl ext::HostIoSetfs for ProcessTarget<'_> {
    /// All processes of a session share one view of the file system.
    fn setfs(&mut self, _fs: FsKind) -> Result<()> {
        Ok(())
    }
}

/// A name as gdbserver takes it, up to a NUL, which some clients send along.
fn path(name: &[u8]) -> &[u8] {
    name.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// The protocol's open flags are its own numbers.
fn host_flags(flags: HostIoOpenFlags) -> i32 {
    let table = [
        (HostIoOpenFlags::O_WRONLY, libc::O_WRONLY),
        (HostIoOpenFlags::O_RDWR, libc::O_RDWR),
        (HostIoOpenFlags::O_APPEND, libc::O_APPEND),
        (HostIoOpenFlags::O_CREAT, libc::O_CREAT),
        (HostIoOpenFlags::O_TRUNC, libc::O_TRUNC),
        (HostIoOpenFlags::O_EXCL, libc::O_EXCL),
    ];
    table.iter().filter(|(flag, _)| flags.contains(*flag)).fold(libc::O_CLOEXEC, |host, (_, bit)| host | bit)
}

/// The protocol has names for some errors only.
fn errno(host: i32) -> HostIoError<std::convert::Infallible> {
    HostIoError::Errno(match Errno::from_raw(host) {
        Errno::EPERM => HostIoErrno::EPERM,
        Errno::ENOENT => HostIoErrno::ENOENT,
        Errno::EINTR => HostIoErrno::EINTR,
        Errno::EIO => HostIoErrno::EIO,
        Errno::EBADF => HostIoErrno::EBADF,
        Errno::EACCES => HostIoErrno::EACCES,
        Errno::EFAULT => HostIoErrno::EFAULT,
        Errno::EBUSY => HostIoErrno::EBUSY,
        Errno::EEXIST => HostIoErrno::EEXIST,
        Errno::ENODEV => HostIoErrno::ENODEV,
        Errno::ENOTDIR => HostIoErrno::ENOTDIR,
        Errno::EISDIR => HostIoErrno::EISDIR,
        Errno::EINVAL => HostIoErrno::EINVAL,
        Errno::ENFILE => HostIoErrno::ENFILE,
        Errno::EMFILE => HostIoErrno::EMFILE,
        Errno::EFBIG => HostIoErrno::EFBIG,
        Errno::ENOSPC => HostIoErrno::ENOSPC,
        Errno::ESPIPE => HostIoErrno::ESPIPE,
        Errno::EROFS => HostIoErrno::EROFS,
        Errno::ENOSYS => HostIoErrno::ENOSYS,
        Errno::ENAMETOOLONG => HostIoErrno::ENAMETOOLONG,
        _ => HostIoErrno::EUNKNOWN,
    })
}
