//! ioctl(2). Requests and structures agree on both sides (both use asm-generic/ioctls.h and
//! asm-generic/termbits.h) with one exception, and one request is about what the guest alone has; a request that the
//! flag table cannot name goes through as it is and is named once in the log.

use crate::abi::bytes;
use crate::abi::{Field, fields_fit};
use crate::flags;
use crate::guest::Guest;
use crate::kind::Args;
use crate::table::Handled;

/// LOOP_SET_STATUS and LOOP_GET_STATUS (include/uapi/linux/loop.h).
const LOOP_SET_STATUS: u32 = 0x4c02;
const LOOP_GET_STATUS: u32 = 0x4c03;

/// Of a file that was made up.
const PROCMAP_QUERY: u32 = flags::PROCMAP_QUERY as u32;

/// `struct loop_info`: __kernel_old_dev_t has 4 bytes on arm64, 8 on x86-64.
const LOOP_INFO_GUEST: usize = 160;
const LOOP_INFO_HOST: usize = 168;
const LOOP_INFO: &[Field] = &[
    (0, 0, 4),      // lo_number
    (4, 8, 4),      // lo_device
    (8, 16, 8),     // lo_inode
    (16, 24, 4),    // lo_rdevice
    (20, 32, 112),  // lo_offset to lo_encrypt_key
    (136, 144, 16), // lo_init
];

const _: () = assert!(fields_fit(LOOP_INFO, LOOP_INFO_GUEST, LOOP_INFO_HOST));

/// ioctl(2).
pub fn ioctl(guest: &mut dyn Guest, args: Args) -> Handled {
    let request = args.uint(1);
    match request {
        LOOP_GET_STATUS => {
            let mut host = [0; LOOP_INFO_HOST];
            guest.host(libc::SYS_ioctl, args.with(2, bytes::address_of_mut(&mut host)).0)?;
            let mut info = [0; LOOP_INFO_GUEST];
            for &(to, from, len) in LOOP_INFO {
                bytes::copy(&host, from, &mut info, to, len);
            }
            guest.write(args.addr(2), &info)?;
            Ok(0)
        }
        LOOP_SET_STATUS => {
            let mut info = [0; LOOP_INFO_GUEST];
            if guest.read(args.addr(2), &mut info).is_err() {
                // EFAULT, unless the descriptor is no such device's.
                return guest.host(libc::SYS_ioctl, args.0);
            }
            let mut host = [0; LOOP_INFO_HOST];
            for &(from, to, len) in LOOP_INFO {
                bytes::copy(&info, from, &mut host, to, len);
            }
            guest.host(libc::SYS_ioctl, args.with(2, bytes::address_of(&host)).0)
        }
        PROCMAP_QUERY => match guest.query_mapping(args.int(0), args.addr(2)) {
            Some(answer) => Ok(answer?),
            None => guest.host(libc::SYS_ioctl, args.0),
        },
        _ => {
            if !flags::IOCTL.has_name(request.into()) {
                guest.note_once(&format!("ioctl {request:#x} goes to the host kernel as it is"));
            }
            guest.host(libc::SYS_ioctl, args.0)
        }
    }
}
