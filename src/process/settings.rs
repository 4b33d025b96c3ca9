//! What the process layer needs to know of the command line.

use crate::load::Sysroot;

/// Settings that live as long as the process, and pass to the programs it executes.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The overlay of `-L`.
    pub sysroot: Sysroot,
    /// The processor of `-cpu`.
    pub cpu: String,
    /// The system calls of `-strace=`, as it lists them.
    pub strace: String,
    /// The kernel release of `-r`.
    pub release: Option<String>,
    /// The directory of `--core`.
    pub core: Option<Vec<u8>>,
}
