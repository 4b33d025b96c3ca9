//! Fields of kernel structures as little-endian bytes at fixed offsets.
//!
//! Both architectures are little-endian with the same integer widths, so a structure is its bytes;
//! reading beyond a buffer gives zero and writing beyond it does nothing, so guest data cannot
//! make a conversion panic.

/// The `N` bytes at `at`.
fn take<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    at.checked_add(N).and_then(|end| bytes.get(at..end)).and_then(|part| part.try_into().ok()).unwrap_or([0; N])
}

/// The 16-bit field at `at`.
pub fn get_u16(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(take(bytes, at))
}

/// The 32-bit field at `at`.
pub fn get_u32(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(take(bytes, at))
}

/// The signed 32-bit field at `at`.
pub fn get_i32(bytes: &[u8], at: usize) -> i32 {
    i32::from_le_bytes(take(bytes, at))
}

/// The 64-bit field at `at`.
pub fn get_u64(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(take(bytes, at))
}

/// The signed 64-bit field at `at`.
pub fn get_i64(bytes: &[u8], at: usize) -> i64 {
    i64::from_le_bytes(take(bytes, at))
}

/// Stores bytes at `at`.
pub fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    if let Some(place) = at.checked_add(value.len()).and_then(|end| bytes.get_mut(at..end)) {
        place.copy_from_slice(value);
    }
}

/// Copies the field of `len` bytes at `from` in one structure to `to` in another.
pub fn copy(source: &[u8], from: usize, target: &mut [u8], to: usize, len: usize) {
    if let Some(field) = from.checked_add(len).and_then(|end| source.get(from..end)) {
        put(target, to, field);
    }
}

/// Where a structure of ours lies, for an argument word of [`crate::Guest::host`].
pub fn address_of(bytes: &[u8]) -> u64 {
    bytes.as_ptr().expose_provenance() as u64
}

/// Where a structure of ours lies that the kernel is to write.
pub fn address_of_mut(bytes: &mut [u8]) -> u64 {
    bytes.as_mut_ptr().expose_provenance() as u64
}
