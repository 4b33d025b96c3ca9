//! `struct semid64_ds`: x86-64 has a padding word after each of its times
//! (arch/x86/include/uapi/asm/sembuf.h), the generic one has not.

use super::bytes;
use super::{Field, fields_fit};

/// Bytes of the guest's structure.
pub const GUEST_SIZE: usize = 88;
/// Bytes of the host's structure.
pub const HOST_SIZE: usize = 104;

const FIELDS: &[Field] = &[
    (0, 0, 48),  // sem_perm
    (48, 48, 8), // sem_otime
    (56, 64, 8), // sem_ctime
    (64, 80, 8), // sem_nsems
];

const _: () = assert!(fields_fit(FIELDS, GUEST_SIZE, HOST_SIZE));
const _: () = assert!(HOST_SIZE == size_of::<libc::semid_ds>());
const _: () = assert!(64 == std::mem::offset_of!(libc::semid_ds, sem_ctime));
const _: () = assert!(80 == std::mem::offset_of!(libc::semid_ds, sem_nsems));

/// The guest's structure for the host's.
pub fn to_guest(host: &[u8; HOST_SIZE]) -> [u8; GUEST_SIZE] {
    let mut guest = [0; GUEST_SIZE];
    for &(to, from, len) in FIELDS {
        bytes::copy(host, from, &mut guest, to, len);
    }
    guest
}

/// The host's structure for the guest's (IPC_SET).
pub fn to_host(guest: &[u8; GUEST_SIZE]) -> [u8; HOST_SIZE] {
    let mut host = [0; HOST_SIZE];
    for &(from, to, len) in FIELDS {
        bytes::copy(guest, from, &mut host, to, len);
    }
    host
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn change_time_and_count_move() {
        let mut host = [0u8; HOST_SIZE];
        bytes::put(&mut host, 64, &11u64.to_le_bytes());
        bytes::put(&mut host, 80, &3u64.to_le_bytes());
        let guest = to_guest(&host);
        assert_eq!((bytes::get_u64(&guest, 56), bytes::get_u64(&guest, 64)), (11, 3));
        assert_eq!(to_host(&guest), host);
    }
}
