//! Linux error numbers. Both architectures use the same ones (include/uapi/asm-generic/errno.h).

/// A Linux errno value, 1 to 4095.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(transparent)]
pub struct Errno(pub i32);

impl Errno {
    /// Splits a raw kernel return value, where -4095 to -1 is an error.
    #[inline]
    pub fn from_raw(ret: i64) -> Result<u64, Errno> {
        if (-4095..0).contains(&ret) { Err(Errno(-ret as i32)) } else { Ok(ret as u64) }
    }
}
