//! Calls on descriptors that have no safe form elsewhere: signal-driven input, and descriptors that
//! arrive in messages.
#![allow(unsafe_code)]

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{
    ControlMessage, ControlMessageOwned, MsgFlags, Shutdown, SockFlag, accept4, recvmsg, send, sendmsg, setsockopt,
    shutdown, sockopt,
};
use std::io::{Error, IoSlice, IoSliceMut, Result};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

/// fcntl(2): which signal is sent, with siginfo (include/uapi/asm-generic/fcntl.h).
const F_SETSIG: i32 = 10;

/// From now on (or no longer) the kernel sends this process SIGURG, with the descriptor in `si_fd`,
/// whenever something arrives. The setting belongs to the open file, so the last process that asks
/// is the one that is told.
pub fn signal_on_input(fd: BorrowedFd<'_>, enabled: bool) -> Result<()> {
    let fd = fd.as_raw_fd();
    // SAFETY: fcntl with these commands takes plain numbers.
    unsafe {
        if enabled {
            // A process: any of its threads that does not block the signal.
            check(libc::fcntl(fd, libc::F_SETOWN, libc::getpid()))?;
            check(libc::fcntl(fd, F_SETSIG, libc::SIGURG))?;
        }
        let flags = check(libc::fcntl(fd, libc::F_GETFL))?;
        let flags = if enabled { flags | libc::O_ASYNC } else { flags & !libc::O_ASYNC };
        check(libc::fcntl(fd, libc::F_SETFL, flags)).map(drop)
    }
}

/// Sets or clears close-on-exec.
pub fn close_on_exec(fd: BorrowedFd<'_>, enabled: bool) -> Result<()> {
    let flag = if enabled { libc::FD_CLOEXEC } else { 0 };
    // SAFETY: fcntl(F_SETFD) takes a plain number.
    check(unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_SETFD, flag) }).map(drop)
}

/// From now on calls that would wait on this socket fail.
pub fn do_not_block(fd: BorrowedFd<'_>) -> Result<()> {
    let flags = OFlag::from_bits_retain(fcntl(fd, FcntlArg::F_GETFL)?);
    fcntl(fd, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
    Ok(())
}

/// A connection that waits at a listening socket; EAGAIN if there is none, and the socket does not wait for it.
pub fn accept(listener: BorrowedFd<'_>) -> nix::Result<OwnedFd> {
    let fd = loop {
        match accept4(listener.as_raw_fd(), SockFlag::SOCK_CLOEXEC) {
            // What failed was one connection, not the socket.
            Err(nix::errno::Errno::EINTR | nix::errno::Errno::ECONNABORTED) => {}
            other => break other?,
        }
    };
    // SAFETY: the kernel has just made this descriptor for us; nobody else knows it.
    let socket = unsafe { OwnedFd::from_raw_fd(fd) };
    suit_gdb(socket.as_fd());
    Ok(socket)
}

/// For how many seconds nothing may be heard of the other side's machine before it is asked for a sign of life.
const SILENCE_S: u32 = 60;
/// How often it is asked, and after how many seconds again.
const QUESTIONS: u32 = 6;
const QUESTION_EACH_S: u32 = 10;

/// Each packet waits for its answer: without this each would wait 40 ms more. And if the network goes, nobody says
/// so: after two minutes that is the end of the connection.
pub fn suit_gdb(socket: BorrowedFd<'_>) {
    // A unix socket needs and has none of it.
    let _ = setsockopt(&socket, sockopt::TcpNoDelay, &true);
    let _ = setsockopt(&socket, sockopt::KeepAlive, &true);
    let _ = setsockopt(&socket, sockopt::TcpKeepIdle, &SILENCE_S);
    let _ = setsockopt(&socket, sockopt::TcpKeepCount, &QUESTIONS);
    let _ = setsockopt(&socket, sockopt::TcpKeepInterval, &QUESTION_EACH_S);
}

/// Whether the other side will say nothing more than what is there to be read.
pub fn is_hung_up(socket: BorrowedFd<'_>) -> bool {
    let mut fds = [PollFd::new(socket, PollFlags::from_bits_retain(libc::POLLRDHUP))];
    poll(&mut fds, PollTimeout::ZERO).is_ok_and(|count| count > 0)
}

/// Says something, and that it was the last.
pub fn say_last(socket: BorrowedFd<'_>, bytes: &[u8]) {
    let _ = send(socket.as_raw_fd(), bytes, MsgFlags::MSG_NOSIGNAL | MsgFlags::MSG_DONTWAIT);
    let _ = shutdown(socket.as_raw_fd(), Shutdown::Write);
}

/// Takes over descriptors that were left open across an execve, by number; `None` for a number that
/// is not open.
pub fn inherited(fd: RawFd) -> Option<OwnedFd> {
    // SAFETY: fcntl(F_GETFD) takes a plain number.
    check(unsafe { libc::fcntl(fd, libc::F_GETFD) }).ok()?;
    // SAFETY: it is open, and it was named to this process image as its own to take.
    Some(unsafe { OwnedFd::from_raw_fd(fd) })
}

fn check(result: i32) -> Result<i32> {
    if result < 0 { Err(Error::last_os_error()) } else { Ok(result) }
}

/// How much is there to be read in all.
pub fn waiting_bytes(socket: BorrowedFd<'_>) -> usize {
    let mut count = 0_i32;
    // SAFETY: FIONREAD writes one int, to where it may.
    let result = unsafe { libc::ioctl(socket.as_raw_fd(), libc::FIONREAD, &raw mut count) };
    check(result).map_or(0, |_| count as usize)
}

/// What can be read when that process has ended; ESRCH if it has, and somebody has waited for it.
pub fn process(pid: i32) -> Result<OwnedFd> {
    // SAFETY: pidfd_open takes plain numbers.
    let fd = check(unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) } as i32)?;
    // SAFETY: the kernel has just made this descriptor for us; nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// The most descriptors that one message carries (SCM_MAX_FD).
pub const MAX_PASSED: usize = 253;

/// Sends one message with descriptors.
pub fn send_message(socket: BorrowedFd<'_>, bytes: &[u8], fds: &[RawFd], flags: MsgFlags) -> Result<()> {
    let rights = [ControlMessage::ScmRights(fds)];
    let control = if fds.is_empty() { &[] } else { &rights[..] };
    loop {
        match sendmsg::<()>(socket.as_raw_fd(), &[IoSlice::new(bytes)], control, flags | MsgFlags::MSG_NOSIGNAL, None) {
            Err(nix::errno::Errno::EINTR) => {}
            other => return Ok(other.map(drop)?),
        }
    }
}

/// Receives one message into `bytes` (which must be large enough: the rest would be lost) with the
/// descriptors that came with it, none if this process may not have so many. An empty message is the end: the other side
/// is gone.
pub fn receive_message(socket: BorrowedFd<'_>, bytes: &mut [u8], flags: MsgFlags) -> Result<(usize, Vec<OwnedFd>)> {
    let mut control = nix::cmsg_space!([RawFd; MAX_PASSED]);
    let mut slices = [IoSliceMut::new(bytes)];
    let flags = flags | MsgFlags::MSG_CMSG_CLOEXEC;
    let message = loop {
        match recvmsg::<()>(socket.as_raw_fd(), &mut slices, Some(&mut control), flags) {
            Err(nix::errno::Errno::EINTR) => {}
            other => break other?,
        }
    };
    let mut fds = Vec::new();
    // An error: there was no room for all of them, of which the message itself knows nothing.
    for rights in message.cmsgs().into_iter().flatten() {
        if let ControlMessageOwned::ScmRights(received) = rights {
            // SAFETY: the kernel has just installed these descriptors for this process; nobody
            // else knows them.
            fds.extend(received.into_iter().map(|fd| unsafe { OwnedFd::from_raw_fd(fd) }));
        }
    }
    Ok((message.bytes, fds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::sys::socket::getsockopt;
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn a_silent_network_is_the_end_after_two_minutes() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("bound");
        let _gdb = TcpStream::connect(listener.local_addr().expect("a port")).expect("connected");
        let socket = accept(listener.as_fd()).expect("accepted");
        assert_eq!(getsockopt(&socket, sockopt::KeepAlive), Ok(true));
        let idle = getsockopt(&socket, sockopt::TcpKeepIdle).expect("an option");
        let [count, each] = [getsockopt(&socket, sockopt::TcpKeepCount), getsockopt(&socket, sockopt::TcpKeepInterval)]
            .map(|option| option.expect("an option"));
        assert_eq!(idle + count * each, 120);
    }
}
