//! The four O_* bits that arm64 numbers its own way (arch/arm64/include/uapi/asm/fcntl.h against
//! include/uapi/asm-generic/fcntl.h); O_TMPFILE contains one of them.

/// Guest bits.
pub const O_DIRECTORY: u64 = 0o40_000;
/// Do not follow a symbolic link.
pub const O_NOFOLLOW: u64 = 0o100_000;
/// Bypass the page cache; packet mode in pipe2(2).
pub const O_DIRECT: u64 = 0o200_000;
/// Set on every open of a 64-bit process.
pub const O_LARGEFILE: u64 = 0o400_000;

/// O_LARGEFILE of the x86-64 kernel; libc has it as 0, as a 64-bit program needs no request.
const HOST_LARGEFILE: u64 = 0o100_000;

/// (guest bit, host bit).
const BITS: [(u64, u64); 4] = [
    (O_DIRECTORY, libc::O_DIRECTORY as u64),
    (O_NOFOLLOW, libc::O_NOFOLLOW as u64),
    (O_DIRECT, libc::O_DIRECT as u64),
    (O_LARGEFILE, HOST_LARGEFILE),
];

/// Both sides use the same four bit positions, in another order.
const MOVED: u64 = O_DIRECTORY | O_NOFOLLOW | O_DIRECT | O_LARGEFILE;

const _: () = {
    let mut host = 0;
    let mut at = 0;
    while at < BITS.len() {
        host |= BITS[at].1;
        at += 1;
    }
    assert!(host == MOVED);
};

/// Host flags for the guest's.
pub fn to_host(guest: u64) -> u64 {
    BITS.iter().filter(|(bit, _)| guest & bit != 0).fold(guest & !MOVED, |host, (_, bit)| host | bit)
}

/// Guest flags for the host's.
pub fn to_guest(host: u64) -> u64 {
    BITS.iter().filter(|(_, bit)| host & bit != 0).fold(host & !MOVED, |guest, (bit, _)| guest | bit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directory_and_nofollow_change_places_with_direct_and_largefile() {
        assert_eq!(to_host(O_DIRECTORY), libc::O_DIRECTORY as u64);
        assert_eq!(to_host(O_NOFOLLOW | 0o2), libc::O_NOFOLLOW as u64 | 0o2);
        assert_eq!(to_host(0o20_040_000), libc::O_TMPFILE as u64);
    }

    #[test]
    fn conversion_is_its_own_inverse_on_every_bit() {
        for bit in 0..64 {
            assert_eq!(to_guest(to_host(1 << bit)), 1 << bit);
        }
        assert_eq!(to_guest(to_host(u64::MAX)), u64::MAX);
    }
}
