//! Descriptors that the guest neither sees nor closes.

use super::fds;
use std::io::Result;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, IntoRawFd, OwnedFd, RawFd};

/// How descriptors are hidden from the guest; the process layer's, handed in by `main`.
#[derive(Clone, Copy)]
pub struct Hider {
    /// Moves a descriptor out of the guest's way; it is close-on-exec there.
    pub hide: fn(OwnedFd) -> Result<OwnedFd>,
    /// Is told when a hidden descriptor is about to be closed, or is no longer hidden.
    pub forget: fn(RawFd),
}

impl Hider {
    /// Hides a descriptor.
    pub fn hide(&self, fd: OwnedFd) -> Result<Hidden> {
        Ok(Hidden { fd: Some((self.hide)(fd)?), forget: self.forget })
    }
}

/// A hidden descriptor.
#[derive(Debug)]
pub struct Hidden {
    /// `None` only while it is given up.
    fd: Option<OwnedFd>,
    forget: fn(RawFd),
}

impl Hidden {
    /// Gives it up to whom it need not be hidden from.
    pub fn reveal(mut self) -> Option<OwnedFd> {
        self.fd.take().inspect(|fd| (self.forget)(fd.as_raw_fd()))
    }

    /// The same number, for a process that has a copy of this one's descriptor table. It stays hidden
    /// in both, whose memory is shared, for as long as this process hides it.
    pub fn in_copied_table(&self) -> Option<Hidden> {
        Some(Hidden { fd: Some(fds::inherited(self.as_raw_fd())?), forget: |_| () })
    }

    /// The same, of one that this process is about to close: it stays hidden for as long as that process hides it.
    pub fn left_to_copied_table(&self) -> Option<Hidden> {
        Some(Hidden { fd: Some(fds::inherited(self.as_raw_fd())?), forget: self.forget })
    }

    /// Closes what was left to a process that shares memory.
    pub fn close_here(mut self) {
        drop(self.fd.take());
    }

    /// It was another process's; this one has no such descriptor, or a different one.
    pub fn abandon(mut self) {
        if let Some(fd) = self.fd.take() {
            (self.forget)(fd.into_raw_fd());
        }
    }

    /// Another descriptor of the same file, not hidden.
    pub fn try_clone(&self) -> Result<OwnedFd> {
        self.as_fd().try_clone_to_owned()
    }
}

impl AsFd for Hidden {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match &self.fd {
            Some(fd) => fd.as_fd(),
            // `reveal` takes the descriptor and the value both.
            None => unreachable!("a descriptor that was given up"),
        }
    }
}

impl AsRawFd for Hidden {
    fn as_raw_fd(&self) -> RawFd {
        self.as_fd().as_raw_fd()
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        if let Some(fd) = &self.fd {
            (self.forget)(fd.as_raw_fd());
        }
    }
}
