//! What one emulator tells the next across execve(2): the program to run, and what the user asked
//! for in the first place.
//!
//! It travels in a memory file whose number is in the environment, so that the next emulator's
//! argv is the guest's: `ps` and `/proc/PID/cmdline` show other guests what they expect. The
//! variable is taken out before the guest's environment is made.

use crate::host::raw::{HostErrno, close, file_with, read_to_end};
#[cfg(doc)]
use crate::trace::log;
use std::ffi::{CString, OsStr};
use std::os::unix::ffi::OsStrExt;

/// Names the memory file in the environment.
const VARIABLE: &str = "EMU_HANDOVER_FD";
/// Far beyond what an argument list may be.
const LEN_MAX: usize = 64 << 20;

/// The message.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Handover {
    /// Descriptor of the emulator's own file.
    pub exe_fd: i32,
    /// [`log::descriptors`].
    pub log_fds: [i32; 2],
    /// Names of what is logged.
    pub log_items: Vec<u8>,
    /// Where code is that is logged, as `-dfilter` has it.
    pub log_ranges: Vec<u8>,
    /// Which system calls `-strace` shows.
    pub strace: Vec<u8>,
    /// The directory of `--core`; empty for none.
    pub core: Vec<u8>,
    /// The sysroot; empty for none.
    pub sysroot: Vec<u8>,
    /// The engine's name.
    pub engine: Vec<u8>,
    /// Where the program lies on the host.
    pub host_path: Vec<u8>,
    /// Its path as the guest gave it.
    pub name: Vec<u8>,
    /// The debugger's part; empty for none.
    pub debugger: Vec<u8>,
    /// The number of the call, if the debugger was told of its entry.
    pub caught_call: Vec<u8>,
    /// Filters of the thread that executes.
    pub seccomp: Vec<u8>,
    /// What `-strace` shows of the execve; empty if nothing.
    pub exec_line: Vec<u8>,
    /// Limits on its memory ([`crate::process::limits`]).
    pub limits: Vec<u8>,
    /// PR_MDWE_* ([`crate::memory::gain`]).
    pub exec_gain: Vec<u8>,
    /// How another guest traces it.
    pub traced: Vec<u8>,
    /// The processor, as `-cpu` has it.
    pub cpu: Vec<u8>,
    /// The kernel release of `-r`; empty for the host's.
    pub release: Vec<u8>,
    /// argv.
    pub argv: Vec<Vec<u8>>,
}

impl Handover {
    /// Writes the message; returns the environment string that leads to it, and the descriptor,
    /// which is open across execve.
    pub fn send(&self) -> Result<(CString, i32), HostErrno> {
        let fd = file_with(c"emu-handover", &self.to_bytes())?;
        crate::process::exec::set_cloexec(fd, false);
        let variable = CString::new(format!("{VARIABLE}={fd}")).map_err(|_| HostErrno(libc::EINVAL))?;
        Ok((variable, fd))
    }

    /// Takes the message that the emulator's own environment leads to, if any. None also if the
    /// descriptor holds something else: then the variable is somebody's own.
    pub fn receive() -> Option<Self> {
        let fd: i32 = std::env::var_os(VARIABLE)?.to_str()?.parse().ok()?;
        let bytes = read_to_end(fd, LEN_MAX).ok()?;
        let handover = Self::from_bytes(&bytes)?;
        close(fd);
        Some(handover)
    }

    /// True for the environment string that [`Handover::send`] made.
    pub fn is_variable(name: &OsStr) -> bool {
        name.as_bytes() == VARIABLE.as_bytes()
    }

    fn to_bytes(&self) -> Vec<u8> {
        let exe_fd = self.exe_fd.to_string();
        let log_fds = self.log_fds.map(|fd| fd.to_string());
        let head: [&[u8]; 20] = [
            exe_fd.as_bytes(),
            log_fds[0].as_bytes(),
            log_fds[1].as_bytes(),
            &self.log_items,
            &self.log_ranges,
            &self.strace,
            &self.core,
            &self.sysroot,
            &self.engine,
            &self.host_path,
            &self.name,
            &self.debugger,
            &self.caught_call,
            &self.seccomp,
            &self.exec_line,
            &self.limits,
            &self.exec_gain,
            &self.traced,
            &self.cpu,
            &self.release,
        ];
        let mut bytes = MAGIC.to_vec();
        for string in head.into_iter().chain(self.argv.iter().map(Vec::as_slice)) {
            bytes.extend_from_slice(&(string.len() as u32).to_le_bytes());
            bytes.extend_from_slice(string);
        }
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut strings = Strings(bytes.strip_prefix(MAGIC)?);
        let number = |string: Vec<u8>| std::str::from_utf8(&string).ok()?.parse().ok();
        Some(Handover {
            exe_fd: number(strings.next()?)?,
            log_fds: [number(strings.next()?)?, number(strings.next()?)?],
            log_items: strings.next()?,
            log_ranges: strings.next()?,
            strace: strings.next()?,
            core: strings.next()?,
            sysroot: strings.next()?,
            engine: strings.next()?,
            host_path: strings.next()?,
            name: strings.next()?,
            debugger: strings.next()?,
            caught_call: strings.next()?,
            seccomp: strings.next()?,
            exec_line: strings.next()?,
            limits: strings.next()?,
            exec_gain: strings.next()?,
            traced: strings.next()?,
            cpu: strings.next()?,
            release: strings.next()?,
            argv: strings.collect(),
        })
    }
}

const MAGIC: &[u8] = b"emu handover 7\0";

/// Strings behind their lengths.
struct Strings<'a>(&'a [u8]);

impl Iterator for Strings<'_> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let (len, rest) = self.0.split_first_chunk()?;
        let (string, rest) = rest.split_at_checked(u32::from_le_bytes(*len) as usize)?;
        self.0 = rest;
        Some(string.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_arrives_as_it_was_sent() {
        let sent = Handover {
            exe_fd: 1000,
            log_fds: [2, -1],
            log_items: b"strace".to_vec(),
            host_path: b"/bin/x y".to_vec(),
            argv: vec![b"".to_vec(), b"a\nb".to_vec()],
            ..Handover::default()
        };
        assert_eq!(Handover::from_bytes(&sent.to_bytes()), Some(sent));
        assert_eq!(Handover::from_bytes(b"something else"), None);
    }
}
