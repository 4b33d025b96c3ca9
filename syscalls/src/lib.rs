//! AArch64 Linux system calls on an x86-64 Linux host.
//!
//! A syscall comes in as a guest number and six argument words. [`table`] says what it is, in one
//! row: number, name, argument kinds, handler, how far it is supported. The handler reads like the
//! call's man page; what differs between the two kernels' ABIs (layouts, flag bits, argument
//! order) lives in [`abi`]. Everything a handler needs from the process comes through the
//! [`Guest`] trait, so this crate knows no emulator; what changes the flow of control comes back
//! as an [`Outcome`].

pub mod errno;
pub mod guest;

pub use errno::Errno;
pub use guest::{Guest, GuestAddr, Outcome};
