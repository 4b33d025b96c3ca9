//! What differs between the two kernels' ABIs, and nothing else.
//!
//! `tests/abi_facts.c` prints sizes, offsets and constants of the uapi headers; compiled for both
//! architectures, its outputs differ in `struct stat`, four O_* bits, `struct semid64_ds`, the
//! packing of `struct epoll_event`, MAP_32BIT (x86 only), MINSIGSTKSZ and the old dev_t inside
//! `struct loop_info`. Everything else that the test lists crosses unchanged.

pub mod bytes;
pub mod epoll;
pub mod io_uring;
pub mod open_flags;
pub mod sem;
pub mod stat;

/// One field of a structure: offset in the guest's, offset in the host's, bytes.
pub type Field = (usize, usize, usize);

/// True at compile time if the fields, in the guest's order, tile `size` bytes without overlap
/// (holes are allowed: they are padding).
pub const fn fields_fit(fields: &[Field], guest_size: usize, host_size: usize) -> bool {
    let mut guest_end = 0;
    let mut at = 0;
    while at < fields.len() {
        let (guest, host, len) = fields[at];
        if guest < guest_end || guest + len > guest_size || host + len > host_size {
            return false;
        }
        guest_end = guest + len;
        at += 1;
    }
    true
}
