//! gdb on standard input and output, as in `target remote | emu -g - PROGRAM`.
//!
//! The session needs a socket: input that raises a signal, and is looked at before it is taken. gdb's
//! own pipe is one. Where they are pipes (ssh, docker exec), a process of nobody's carries the bytes
//! between them and a socket. The program gets /dev/null as its input, and prints on standard error.

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::{dup2_stdin, dup2_stdout};
use std::fs::{File, OpenOptions};
use std::io::{Read, Result, Write, stderr, stdin, stdout};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

/// Who carries bytes between two descriptors and a socket.
pub struct Carrier {
    input: File,
    output: File,
    far_end: UnixStream,
}

/// The socket that is gdb's, and who has to work for it. Standard input and output are the
/// program's from now on.
pub fn take() -> Result<(OwnedFd, Option<Carrier>)> {
    let (input, output) = (stdin().as_fd().try_clone_to_owned()?, stdout().as_fd().try_clone_to_owned()?);
    dup2_stdin(OpenOptions::new().read(true).open("/dev/null")?)?;
    dup2_stdout(stderr())?;
    if nix::sys::socket::getsockname::<nix::sys::socket::SockaddrStorage>(std::os::fd::AsRawFd::as_raw_fd(&input))
        .is_ok()
    {
        return Ok((input, None));
    }
    let (near_end, far_end) = UnixStream::pair()?;
    Ok((near_end.into(), Some(Carrier { input: input.into(), output: output.into(), far_end })))
}

impl Carrier {
    /// Carries until one side is gone.
    pub fn carry(mut self) {
        let mut buffer = vec![0; 0x1_0000];
        // An error on either side is its end.
        while let Ok(true) = self.carry_some(&mut buffer) {}
    }

    /// False at the end.
    fn carry_some(&mut self, buffer: &mut [u8]) -> Result<bool> {
        let mut fds =
            [PollFd::new(self.input.as_fd(), PollFlags::POLLIN), PollFd::new(self.far_end.as_fd(), PollFlags::POLLIN)];
        poll(&mut fds, PollTimeout::NONE)?;
        let ready = fds.map(|fd| fd.any().unwrap_or(false));
        let mut open = true;
        if let [true, _] = ready {
            open &= copy_some(&mut self.input, &mut self.far_end, buffer)?;
        }
        if let [_, true] = ready {
            open &= copy_some(&mut self.far_end, &mut self.output, buffer)?;
        }
        Ok(open)
    }
}

fn copy_some(from: &mut impl Read, to: &mut impl Write, buffer: &mut [u8]) -> Result<bool> {
    let count = from.read(buffer)?;
    to.write_all(buffer.get(..count).unwrap_or_default())?;
    Ok(count > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_go_both_ways_until_the_end() {
        let (input, mut says) = std::io::pipe().expect("a pipe");
        let (mut hears, output) = std::io::pipe().expect("a pipe");
        let (mut near_end, far_end) = UnixStream::pair().expect("a pair");
        let input = File::from(OwnedFd::from(input));
        let output = File::from(OwnedFd::from(output));
        let carrier = std::thread::spawn(|| Carrier { input, output, far_end }.carry());
        says.write_all(b"$?#3f").expect("said");
        let mut heard = [0; 5];
        near_end.read_exact(&mut heard).expect("heard");
        assert_eq!(&heard, b"$?#3f");
        near_end.write_all(b"+").expect("answered");
        drop(near_end);
        let mut rest = Vec::new();
        assert!(hears.read_to_end(&mut rest).is_ok());
        assert_eq!(rest, b"+");
        carrier.join().expect("it ends");
    }
}
