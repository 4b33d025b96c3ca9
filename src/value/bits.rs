//! Shared bit arithmetic of the Arm pseudocode: SignExtend, Replicate, DecodeBitMasks.

/// SignExtend: the low `bits` (1 to 64) of `v`, sign-extended to 64.
#[inline(always)]
pub const fn sign_extend(v: u64, bits: u32) -> u64 {
    let shift = 64 - bits;
    (((v << shift) as i64) >> shift) as u64
}

/// The low `bits` (0 to 64) ones.
#[inline(always)]
pub const fn ones(bits: u32) -> u64 {
    if bits >= 64 { u64::MAX } else { (1 << bits) - 1 }
}

/// DecodeBitMasks(N, imms, immr, immediate=TRUE), wmask only (Arm ARM, shared/functions): the
/// 64-bit value of a logical immediate, or None where the encoding is reserved. `n_immr_imms` is
/// the instruction's bits 22 to 10.
pub const fn bitmask_immediate(n_immr_imms: u32) -> Option<u64> {
    let (n, immr, imms) = (n_immr_imms >> 12 & 1, n_immr_imms >> 6 & 63, n_immr_imms & 63);
    let combined = n << 6 | (!imms & 63);
    if combined == 0 {
        return None;
    }
    let len = 31 - combined.leading_zeros();
    if len < 1 {
        return None;
    }
    let levels = (1 << len) - 1;
    let (s, r) = (imms & levels, immr & levels);
    if s == levels {
        return None;
    }
    let esize = 1u32 << len;
    let element = ones(s + 1);
    let rotated = if r == 0 { element } else { (element >> r | element << (esize - r)) & ones(esize) };
    let mut value = rotated;
    let mut width = esize;
    while width < 64 {
        value |= value << width;
        width *= 2;
    }
    Some(value)
}

/// All logical immediates, zero (which no logical immediate is) where reserved.
static BITMASKS: [u64; 8192] = {
    let mut table = [0; 8192];
    let mut i = 0;
    while i < 8192 {
        if let Some(v) = bitmask_immediate(i as u32) {
            table[i] = v;
        }
        i += 1;
    }
    table
};

/// [`bitmask_immediate`] by look-up.
#[inline(always)]
pub fn bitmask(n_immr_imms: u32) -> Option<u64> {
    match BITMASKS[(n_immr_imms & 8191) as usize] {
        0 => None,
        v => Some(v),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_logical_immediates() {
        // and x0, x0, #0xff ; #0xffff0000ffff0000 ; #0x5555555555555555
        assert_eq!(bitmask(0b1_000000_000111), Some(0xff));
        assert_eq!(bitmask(0b0_010000_001111), Some(0xffff_0000_ffff_0000));
        assert_eq!(bitmask(0b0_000000_111100), Some(0x5555_5555_5555_5555));
        assert_eq!(bitmask(0b1_000000_111111), None);
        assert_eq!(
            (0..8192).filter(|&i| bitmask(i).is_some()).map(bitmask).collect::<std::collections::HashSet<_>>().len(),
            5334
        );
    }
}
