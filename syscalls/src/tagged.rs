//! The tagged address ABI (Documentation/arch/arm64/tagged-address-abi.rst): a thread that has asked for it with
//! PR_SET_TAGGED_ADDR_CTRL passes pointers that have a tag in their top byte, as HWASan's allocator hands them out.
//! The host's kernel takes none, so the words of a call go there without.
//!
//! `struct iovec`, `struct msghdr` and `struct futex_waitv` go as copies for the time of the call, since the guest's own may
//! lie in read-only memory, or be read by another thread; what the kernel writes to a message goes back. The words of
//! io_uring's entries are changed where all of them is (`io_uring`). Pointers inside other structures (requests of aio and
//! ioctl, what entries point to) stay as they are.

use crate::abi::bytes;
use crate::guest::{Guest, GuestAddr};
use crate::kind::{Args, Kind, Shape};
use crate::table::Row;

/// UIO_MAXIOV: of more vectors or messages the kernel takes none, or no more.
pub const MOST: u64 = 1024;

/// Bytes of a `struct iovec`, which begins with its address.
pub const IOVEC: usize = 16;

/// Bytes of a `struct futex_waitv`: value, address, flags and padding.
const FUTEX_WAITV: usize = 24;

/// Offsets in `struct msghdr`, and its size.
pub mod message {
    pub const NAME: usize = 0;
    pub const IOV: usize = 16;
    pub const IOV_LEN: usize = 24;
    pub const CONTROL: usize = 32;
    pub const SIZE: usize = 56;
    /// `struct mmsghdr` has its length behind it.
    pub const SIZE_WITH_LEN: usize = 64;
    /// What the kernel may write: the lengths of name and control data, flags, the length behind.
    pub const RESULTS: [std::ops::Range<usize>; 4] = [8..12, 40..48, 48..52, 56..60];
}

/// Without the tag, unless the address is in the kernel's half (`untagged_addr`, arch/arm64/include/asm/memory.h).
pub fn untagged(addr: u64) -> u64 {
    addr & ((addr << 8) as i64 >> 8) as u64
}

/// The words of a call, its pointers without tags.
pub fn words(row: &Row, mut args: Args) -> Args {
    for (at, kind) in row.kinds.iter().enumerate() {
        if kind.may_be_accessed() {
            args = args.with(at, untagged(args.word(at)));
        }
    }
    args
}

/// What stands for the guest's structures during a call.
#[derive(Default, Debug)]
pub struct Copies {
    arrays: Vec<Vec<u8>>,
    messages: Option<Messages>,
}

#[derive(Debug)]
struct Messages {
    at: GuestAddr,
    copies: Vec<u8>,
    /// How long each is.
    size: usize,
}

impl Copies {
    /// Makes copies of all that the words of a call point to, and returns the words that point to them.
    pub fn of(&mut self, guest: &dyn Guest, row: &Row, mut args: Args) -> Args {
        for (at, kind) in row.kinds.iter().enumerate() {
            let copied = match kind {
                Kind::Ptr(_, Shape::Iovec(count) | Shape::RemoteIovec(count)) => {
                    self.array(guest, args.addr(at), args.word(*count), IOVEC, 0)
                }
                Kind::Ptr(_, Shape::FutexWaiters(count)) => {
                    self.array(guest, args.addr(at), args.uint(*count).into(), FUTEX_WAITV, 8)
                }
                Kind::Ptr(_, Shape::Msghdr) => self.messages(guest, args.addr(at), 1, message::SIZE),
                Kind::Ptr(_, Shape::Mmsghdrs(count)) => {
                    let count = args.uint(*count).min(MOST as u32) as usize;
                    self.messages(guest, args.addr(at), count, message::SIZE_WITH_LEN)
                }
                _ => None,
            };
            if let Some(address) = copied {
                args = args.with(at, address);
            }
        }
        args
    }

    /// Of elements of `size` bytes with an address at `pointer`. None, and the kernel is left to say what is wrong, where
    /// they cannot be read.
    fn array(&mut self, guest: &dyn Guest, at: GuestAddr, count: u64, size: usize, pointer: usize) -> Option<u64> {
        if count > MOST {
            return None;
        }
        let mut array = vec![0; count as usize * size];
        guest.read(at, &mut array).ok()?;
        array.chunks_exact_mut(size).for_each(|element| untag_at(element, pointer));
        let address = bytes::address_of_mut(&mut array);
        self.arrays.push(array);
        Some(address)
    }

    fn messages(&mut self, guest: &dyn Guest, at: GuestAddr, count: usize, size: usize) -> Option<u64> {
        let mut copies = vec![0; count * size];
        guest.read(at, &mut copies).ok()?;
        for header in copies.chunks_exact_mut(size) {
            [message::NAME, message::IOV, message::CONTROL].into_iter().for_each(|at| untag_at(header, at));
            let (vectors, count) = (bytes::get_u64(header, message::IOV), bytes::get_u64(header, message::IOV_LEN));
            if let Some(vectors) = self.array(guest, GuestAddr(vectors), count, IOVEC, 0) {
                bytes::put(header, message::IOV, &vectors.to_le_bytes());
            }
        }
        let address = bytes::address_of_mut(&mut copies);
        self.messages = Some(Messages { at, copies, size });
        Some(address)
    }

    /// Gives the guest what the kernel has written.
    pub fn give_back(&self, guest: &dyn Guest) {
        let Some(messages) = &self.messages else { return };
        for (index, header) in messages.copies.chunks_exact(messages.size).enumerate() {
            for field in message::RESULTS {
                let at = GuestAddr(messages.at.0 + (index * messages.size + field.start) as u64);
                let mut was = [0; 8];
                let was = was.get_mut(..field.len()).unwrap_or_default();
                // What is sent may lie in memory that cannot be written, and the kernel writes none of it.
                if let Some(now) = header.get(field)
                    && guest.read(at, was).is_ok()
                    && was != now
                {
                    // The guest may have unmapped it meanwhile.
                    let _ = guest.write(at, now);
                }
            }
        }
    }
}

/// Takes the tag from the address at `at`.
pub fn untag_at(structure: &mut [u8], at: usize) {
    let address = untagged(bytes::get_u64(structure, at));
    bytes::put(structure, at, &address.to_le_bytes());
}
