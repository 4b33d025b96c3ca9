//! Why a program was not started: one line for a person, a status for a shell, an errno for a guest
//! that called execve(2).

use super::elf::ElfError;
use super::stack::TooLong;
use crate::host::HostErrno;
use thiserror::Error;

/// The program cannot be executed (what a shell returns then).
pub const STATUS_CANNOT_EXECUTE: i32 = 126;
/// The program or its interpreter was not found.
pub const STATUS_NOT_FOUND: i32 = 127;

/// Why a program was not started.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum LoadError {
    /// ENOENT and ENOTDIR on the program itself.
    #[error("{path}: not found (check the path)")]
    NotFound {
        /// The program.
        path: String,
        /// The host's errno.
        errno: HostErrno,
    },
    /// Opened, but a directory, a device, a pipe …
    #[error("{path}: not a regular file (name a program)")]
    NotRegular {
        /// The program.
        path: String,
    },
    /// No execute permission, for the file or on the way to it, or a noexec mount.
    #[error("{path}: no permission to execute it (try chmod +x; check its directories and mount options)")]
    NotExecutable {
        /// The program.
        path: String,
    },
    /// Executable but not readable: the kernel would not mind, a user-mode emulator must read it.
    #[error("{path}: no permission to read it, which emu needs (try chmod +r)")]
    NotReadable {
        /// The program.
        path: String,
    },
    /// Somebody has it open for writing.
    #[error("{path}: is open for writing (close it first)")]
    TextBusy {
        /// The program.
        path: String,
    },
    /// Any other failure to open it.
    #[error("{path}: cannot be opened: {errno}")]
    Open {
        /// The program.
        path: String,
        /// The host's errno.
        errno: HostErrno,
    },
    /// The program itself is not right.
    #[error("{path}: {error}")]
    Elf {
        /// The program.
        path: String,
        /// What is wrong with it.
        error: ElfError,
    },
    /// PT_INTERP names a file that is not there.
    #[error("{path}: needs {interp}, not found {searched} (try -L DIR, the root of an AArch64 system)")]
    InterpreterMissing {
        /// The program.
        path: String,
        /// What PT_INTERP says.
        interp: String,
        /// Where it was looked for: "under DIR", "on this system".
        searched: String,
    },
    /// PT_INTERP names a file that is not an AArch64 ELF.
    #[error("{path}: its interpreter {interp}: {error} (try another -L DIR)")]
    InterpreterElf {
        /// The program.
        path: String,
        /// The interpreter's path on the host.
        interp: String,
        /// What is wrong with it.
        error: ElfError,
        /// It is shorter than the header, which the kernel reads before it looks whether it is one.
        is_short: bool,
    },
    /// `#!` names a file that is not there or not executable.
    #[error("{script}: its interpreter {error}")]
    ScriptInterpreter {
        /// The script.
        script: String,
        /// What is wrong with the interpreter.
        error: Box<LoadError>,
    },
    /// Scripts whose interpreters are scripts …
    #[error("{path}: more than 4 scripts name each other as interpreter (name a program after #!)")]
    TooManyScripts {
        /// The outermost script.
        path: String,
    },
    /// E2BIG.
    #[error("{path}: {error}")]
    TooLong {
        /// The program.
        path: String,
        /// The reason, with advice.
        error: TooLong,
    },
    /// The host kernel refused a mapping.
    #[error("{path}: cannot map {what}: {errno} (is memory limited? see ulimit -v and vm.overcommit_memory)")]
    Map {
        /// The file.
        path: String,
        /// "segment 2", "the stack" …
        what: String,
        /// The host's errno.
        errno: HostErrno,
    },
}

impl LoadError {
    /// The exit status that a shell would give.
    pub fn exit_status(&self) -> i32 {
        match self {
            LoadError::NotFound { .. } | LoadError::InterpreterMissing { .. } => STATUS_NOT_FOUND,
            LoadError::ScriptInterpreter { error, .. } => error.exit_status(),
            _ => STATUS_CANNOT_EXECUTE,
        }
    }

    /// What execve(2) returns.
    pub fn errno(&self) -> HostErrno {
        HostErrno(match self {
            LoadError::NotFound { errno, .. } | LoadError::Open { errno, .. } | LoadError::Map { errno, .. } => errno.0,
            LoadError::NotRegular { .. } | LoadError::NotExecutable { .. } | LoadError::NotReadable { .. } => {
                libc::EACCES
            }
            LoadError::TextBusy { .. } => libc::ETXTBSY,
            LoadError::Elf { .. } => libc::ENOEXEC,
            LoadError::InterpreterMissing { .. } => libc::ENOENT,
            LoadError::InterpreterElf { is_short: true, .. } => libc::EIO,
            LoadError::InterpreterElf { .. } => libc::ELIBBAD,
            LoadError::ScriptInterpreter { error, .. } => error.errno().0,
            LoadError::TooManyScripts { .. } => libc::ELOOP,
            LoadError::TooLong { .. } => libc::E2BIG,
        })
    }

    /// True if the file may well be a program of the host: execve(2) leaves those to the host.
    pub fn is_host_program(&self) -> bool {
        match self {
            LoadError::Elf { error: ElfError::WrongMachine(..) | ElfError::Class32(_), .. } => true,
            LoadError::ScriptInterpreter { error, .. } => error.is_host_program(),
            _ => false,
        }
    }
}

/// A path in a message.
pub(super) fn show(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}
