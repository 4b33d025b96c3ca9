//! `struct stat`: 128 bytes on AArch64 (include/uapi/asm-generic/stat.h), 144 on x86-64
//! (arch/x86/include/uapi/asm/stat.h).

use super::bytes;
use super::{Field, fields_fit};

/// Bytes of the guest's structure.
pub const GUEST_SIZE: usize = 128;
/// Bytes of the host's structure.
pub const HOST_SIZE: usize = 144;

/// Guest offset of st_mode, for `-strace`.
pub const MODE: usize = 16;
/// Guest offset of st_rdev.
pub const RDEV: usize = 32;
/// Guest offset of st_size.
pub const SIZE: usize = 48;
const NLINK: usize = 20;
const HOST_NLINK: usize = 16;

/// The fields of equal width: all but st_nlink (4 bytes here, 8 there) and st_blksize (likewise).
const FIELDS: &[Field] = &[
    (0, 0, 8),      // st_dev
    (8, 8, 8),      // st_ino
    (MODE, 24, 4),  // st_mode
    (24, 28, 4),    // st_uid
    (28, 32, 4),    // st_gid
    (RDEV, 40, 8),  // st_rdev
    (SIZE, 48, 8),  // st_size
    (56, 56, 4),    // st_blksize
    (64, 64, 8),    // st_blocks
    (72, 72, 16),   // st_atime, st_atime_nsec
    (88, 88, 16),   // st_mtime, st_mtime_nsec
    (104, 104, 16), // st_ctime, st_ctime_nsec
];

const _: () = assert!(fields_fit(FIELDS, GUEST_SIZE, HOST_SIZE));
const _: () = assert!(HOST_SIZE == size_of::<libc::stat>());
const _: () = assert!(HOST_NLINK == std::mem::offset_of!(libc::stat, st_nlink));
const _: () = assert!(48 == std::mem::offset_of!(libc::stat, st_size));
const _: () = assert!(56 == std::mem::offset_of!(libc::stat, st_blksize));
const _: () = assert!(104 == std::mem::offset_of!(libc::stat, st_ctime));

/// The guest's structure for the host's. A link count beyond 32 bits saturates.
pub fn to_guest(host: &[u8; HOST_SIZE]) -> [u8; GUEST_SIZE] {
    let mut guest = [0; GUEST_SIZE];
    for &(to, from, len) in FIELDS {
        bytes::copy(host, from, &mut guest, to, len);
    }
    let links = u32::try_from(bytes::get_u64(host, HOST_NLINK)).unwrap_or(u32::MAX);
    bytes::put(&mut guest, NLINK, &links.to_le_bytes());
    guest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_lands_at_its_guest_offset() {
        let mut host = [0u8; HOST_SIZE];
        for (offset, value) in [(0, 1u64), (8, 2), (16, 3), (40, 7), (48, 8), (56, 4096), (64, 10), (72, 11), (80, 12)]
        {
            bytes::put(&mut host, offset, &value.to_le_bytes());
        }
        for (offset, value) in [(24, 0o100644u32), (28, 5), (32, 6)] {
            bytes::put(&mut host, offset, &value.to_le_bytes());
        }
        bytes::put(&mut host, 112, &99u64.to_le_bytes());
        let guest = to_guest(&host);
        let word = |at| bytes::get_u64(&guest, at);
        let half = |at| bytes::get_u32(&guest, at);
        assert_eq!((word(0), word(8), half(16), half(20), half(24), half(28)), (1, 2, 0o100644, 3, 5, 6));
        assert_eq!((word(32), word(48), half(56), word(64)), (7, 8, 4096, 10));
        assert_eq!((word(72), word(80), word(112)), (11, 12, 99));
    }

    #[test]
    fn huge_link_count_saturates() {
        let mut host = [0u8; HOST_SIZE];
        bytes::put(&mut host, HOST_NLINK, &u64::MAX.to_le_bytes());
        assert_eq!(bytes::get_u32(&to_guest(&host), NLINK), u32::MAX);
    }
}
