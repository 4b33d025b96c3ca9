//! What gdb is sent, as far as it does not take it.
//!
//! A gdb that does not read for a while (it is stopped, or asks its user whether to go on with a page) must hold up
//! neither the program nor its other processes. So nothing waits for room in gdb's socket: what finds none stays here,
//! and SIGURG, or whoever waits for input, sees to it when there is some. It stays little, because what makes it
//! grow does not go on meanwhile: no packet is answered, no peer is heard, and a thread that has something to print
//! waits by itself, until it can, or until it is to stand still ([`Debugger::say`](crate::debug::Debugger::say)).

use super::session::Session;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{MsgFlags, send};
use std::os::fd::{AsFd, AsRawFd};

/// How long the last words of a process may wait for gdb to read on, in milliseconds.
const LAST_WORDS_MS: u16 = 60_000;

impl Session {
    /// Sends bytes behind those that wait.
    pub(super) fn send_bytes(&mut self, bytes: &[u8]) {
        self.owned.unsent.extend(bytes);
        self.flush();
    }

    /// Whether gdb has taken all that it was sent, as far as the kernel is concerned.
    pub(super) fn has_sent_all(&mut self) -> bool {
        self.flush();
        self.owned.unsent.is_empty()
    }

    fn flush(&mut self) {
        let mut sent = 0;
        while let Some(left) = self.owned.unsent.get(sent..).filter(|left| !left.is_empty()) {
            let Some(socket) = self.socket.as_ref().filter(|_| !self.gdb_lost) else {
                sent = self.owned.unsent.len();
                break;
            };
            match send(socket.as_raw_fd(), left, MsgFlags::MSG_NOSIGNAL | MsgFlags::MSG_DONTWAIT) {
                Ok(count) => sent += count,
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => break,
                Err(_) => self.gdb_lost = true,
            }
        }
        self.owned.unsent.drain(..sent);
    }

    /// Before the socket is left: waits until gdb has got it all, but not for ever.
    pub(super) fn send_last_words(&mut self) {
        while !self.has_sent_all() {
            let Some(socket) = &self.socket else { return };
            let mut fds = [PollFd::new(socket.as_fd(), PollFlags::POLLOUT)];
            if poll(&mut fds, PollTimeout::from(LAST_WORDS_MS)) == Ok(0) {
                return;
            }
        }
    }
}
