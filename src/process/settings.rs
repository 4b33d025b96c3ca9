//! What the process layer needs to know of the command line.

use crate::load::Sysroot;
use crate::signal::host::KICK_SIGNAL;
use crate::signal::{SigSet, bit};

/// Settings that live as long as the process, and pass to the programs it executes.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The overlay of `-L`.
    pub sysroot: Sysroot,
    /// True if a debugger may stop the process at any time.
    pub is_debugged: bool,
}

impl Settings {
    /// Signals, beside faults, that stay open on the host whatever the guest blocks.
    pub fn never_blocked(&self) -> SigSet {
        if self.is_debugged { bit(KICK_SIGNAL) } else { 0 }
    }
}
