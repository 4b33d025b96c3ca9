//! `struct epoll_event`: `{ u32 events; u64 data; }`, 16 bytes with padding on AArch64, packed to
//! 12 on x86-64 (include/uapi/linux/eventpoll.h, EPOLL_PACKED).

use super::bytes;

/// Bytes of the guest's structure.
pub const GUEST_SIZE: usize = 16;
/// Bytes of the host's structure.
pub const HOST_SIZE: usize = 12;
/// Guest offset of `data`.
pub const DATA: usize = 8;
const HOST_DATA: usize = 4;

const _: () = assert!(HOST_SIZE == size_of::<libc::epoll_event>());
const _: () = assert!(HOST_DATA == std::mem::offset_of!(libc::epoll_event, u64));

/// The host's structure for the guest's.
pub fn to_host(guest: &[u8; GUEST_SIZE]) -> [u8; HOST_SIZE] {
    let mut host = [0; HOST_SIZE];
    bytes::copy(guest, 0, &mut host, 0, 4);
    bytes::copy(guest, DATA, &mut host, HOST_DATA, 8);
    host
}

/// The guest's array for the host's.
pub fn to_guest(host: &[u8]) -> Vec<u8> {
    let mut guest = vec![0; host.len() / HOST_SIZE * GUEST_SIZE];
    for (from, to) in host.chunks_exact(HOST_SIZE).zip(guest.chunks_exact_mut(GUEST_SIZE)) {
        bytes::copy(from, 0, to, 0, 4);
        bytes::copy(from, HOST_DATA, to, DATA, 8);
    }
    guest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_dropped_and_put_back() {
        let mut guest = [0xaau8; GUEST_SIZE];
        bytes::put(&mut guest, 0, &5u32.to_le_bytes());
        bytes::put(&mut guest, DATA, &0x1122_3344_5566_7788u64.to_le_bytes());
        let host = to_host(&guest);
        assert_eq!(bytes::get_u32(&host, 0), 5);
        assert_eq!(bytes::get_u64(&host, HOST_DATA), 0x1122_3344_5566_7788);
        let back = to_guest(&[host, host].concat());
        assert_eq!(back.len(), 2 * GUEST_SIZE);
        assert_eq!(bytes::get_u64(&back, GUEST_SIZE + DATA), 0x1122_3344_5566_7788);
        assert_eq!(bytes::get_u32(&back, 4), 0);
    }
}
