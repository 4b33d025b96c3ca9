//! Guest memory: addresses, areas, the address space, and the only raw guest pointers.
//!
//! Imports nothing of ours but the host's system calls, and its lock, which those above use as well.

pub mod access;
pub mod addr;
pub mod alloc;
pub mod areas;
pub mod forced;
pub mod gain;
pub mod kept;
pub mod layout;
pub mod published;
pub mod space;

pub use crate::host::lock::{Lock, LockGuard};
pub use crate::host::raw::map_own;
pub use addr::{AddrRange, GUEST_TOP, PAGE, untag};
pub use alloc::out_of_memory;
pub use space::{AddressSpace, space};
