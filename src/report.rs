//! What a failure before the first guest instruction looks like from outside: one line on standard
//! error and an exit status.

use crate::config::{ConfigError, GdbAddress};
use crate::host::HostErrno;
use crate::load::LoadError;
use std::path::PathBuf;
use thiserror::Error;

/// Exit status for wrong usage and for what the machine refuses.
pub const STATUS_FAILURE: i32 = 1;

/// Why no guest program runs.
#[derive(Debug, Error)]
pub enum Failure {
    /// The command line does not parse.
    #[error("{0} (try emu --help)")]
    Usage(String),
    /// The command line makes no sense.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The program cannot be started.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The file of -D or -o cannot be opened.
    #[error("{flag} {path}: {errno} (name a file that can be written)", path = path.display())]
    LogFile {
        /// The flag.
        flag: &'static str,
        /// The file.
        path: PathBuf,
        /// The host's errno.
        errno: HostErrno,
    },
    /// --attach cannot.
    #[error("--attach {pid}: {why}")]
    Attach {
        /// The process.
        pid: i32,
        /// What went wrong, and what to try.
        why: String,
    },
    /// -g cannot listen.
    #[error("-g {address}: {error} ({advice})", advice = listen_advice(error))]
    Listen {
        /// Where.
        address: GdbAddress,
        /// What bind(2) or listen(2) said.
        error: std::io::Error,
    },
}

impl Failure {
    /// The exit status that tells a shell.
    pub fn exit_status(&self) -> i32 {
        match self {
            Failure::Load(error) => error.exit_status(),
            _ => STATUS_FAILURE,
        }
    }

    /// Prints the line and returns the exit status.
    pub fn report(&self) -> i32 {
        // A message with a line break in a file name must stay one line.
        eprintln!("emu: {}", self.to_string().replace('\n', "\\n"));
        self.exit_status()
    }
}

fn listen_advice(error: &std::io::Error) -> &'static str {
    match error.kind() {
        std::io::ErrorKind::AddrInUse => "try another port",
        std::io::ErrorKind::PermissionDenied => "try a port above 1023 or a path that you may write",
        _ => "try -g PORT",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_says_to_try_another() {
        let failure = Failure::Listen {
            address: GdbAddress::Tcp("127.0.0.1".into(), 1234),
            error: std::io::Error::from_raw_os_error(libc::EADDRINUSE),
        };
        assert_eq!(failure.to_string(), "-g 127.0.0.1:1234: Address already in use (os error 98) (try another port)");
        assert_eq!(failure.exit_status(), 1);
    }
}
