//! What the emulator tells about the guest: the log of `-d` and `-D`.
//!
//! Imports nothing of ours but the host's system calls.

pub mod log;
