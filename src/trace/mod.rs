//! What the emulator tells about the guest: the log of `-d` and `-D`, and files for `perf`.
//!
//! Imports nothing of ours but the host's system calls.

pub mod log;
pub mod perf;
pub mod ranges;
pub mod symbols;
