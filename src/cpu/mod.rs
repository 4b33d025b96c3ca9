//! What an AArch64 processor holds: registers, flags, features. Imports nothing of ours.

pub mod flags;
pub mod state;

pub use flags::{Cond, Nzcv};
pub use state::CpuState;
