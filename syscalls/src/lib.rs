//! AArch64 Linux system calls on an x86-64 Linux host.
//!
//! A syscall comes in as a guest number and six argument words. [`table`] says what it is, in one
//! row: number, name, argument kinds, handler, how far it is supported. [`dispatch`] applies what
//! the kinds imply and then passes the call through or runs its handler, which reads like the
//! call's man page; what differs between the two kernels' ABIs (layouts, flag bits, argument
//! order) lives in [`abi`]. Everything a handler needs from the process comes through the
//! [`Guest`] trait, so this crate knows no emulator; what changes the flow of control comes back
//! as an [`Outcome`]. [`strace`] and [`support`] print what the rows say.

pub mod abi;
pub mod bpf;
pub mod dispatch;
pub mod errno;
pub mod flags;
mod fs;
pub mod guest;
mod io_uring;
mod ipc;
pub mod kind;
mod memory;
mod net;
mod poll;
mod prctl;
mod process;
pub mod ptrace;
pub mod seccomp;
mod signal;
pub mod strace;
pub mod support;
pub mod table;
mod tagged;

pub use dispatch::dispatch;
pub use errno::Errno;
pub use fs::descriptors::start_of_mapping;
pub use guest::{Guest, GuestAddr, HostError, Outcome};
