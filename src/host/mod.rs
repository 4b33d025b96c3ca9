//! The host kernel, without libc: raw system calls and a futex lock.
//!
//! Guest threads are host threads that libc did not create, so what runs on them keeps to Rust's
//! core and alloc and to this module. It imports nothing of ours.

pub mod call;
pub mod fds;
pub mod lock;
pub mod raw;

pub use lock::Lock;
pub use raw::{HostErrno, syscall};
