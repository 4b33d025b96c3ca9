//! What the process may do (capabilities(7)).

use crate::host::raw::{args, syscall};

/// Capability numbers (include/uapi/linux/capability.h).
pub const CAP_SYS_ADMIN: u32 = 21;
/// See above.
pub const CAP_SYS_RESOURCE: u32 = 24;

/// True if the thread has it.
pub fn has(capability: u32) -> bool {
    const VERSION_3: u32 = 0x2008_0522;
    let header = [VERSION_3, 0];
    let mut sets = [0u32; 6];
    // capget(2) reads the header and fills both triples.
    let got = syscall(libc::SYS_capget, args([header.as_ptr() as u64, sets.as_mut_ptr() as u64]));
    got.is_ok() && sets[0] & 1 << capability != 0
}
