//! Condition flags and conditions (Arm ARM C1.2.4).

/// PSTATE.{N,Z,C,V} where the `NZCV` system register has them: bits 31 to 28, all others zero.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[repr(transparent)]
pub struct Nzcv(pub u32);

impl Nzcv {
    /// Negative.
    pub const N: u32 = 1 << 31;
    /// Zero.
    pub const Z: u32 = 1 << 30;
    /// Carry.
    pub const C: u32 = 1 << 29;
    /// Overflow.
    pub const V: u32 = 1 << 28;

    /// Packs four flags.
    #[inline(always)]
    pub fn new(n: bool, z: bool, c: bool, v: bool) -> Self {
        Nzcv((n as u32) << 31 | (z as u32) << 30 | (c as u32) << 29 | (v as u32) << 28)
    }

    /// The four-bit immediate of CCMP and FCCMP.
    #[inline(always)]
    pub fn from_imm4(imm: u32) -> Self {
        Nzcv((imm & 15) << 28)
    }

    /// The carry flag as a number, as AddWithCarry takes it.
    #[inline(always)]
    pub fn carry(self) -> u64 {
        (self.0 >> 29 & 1) as u64
    }

    /// ConditionHolds() of the Arm ARM.
    #[inline(always)]
    pub fn holds(self, cond: Cond) -> bool {
        HOLDS[(cond.0 & 15) as usize] >> (self.0 >> 28) & 1 != 0
    }
}

/// For each condition, bit `nzcv` tells whether it holds with those four flags.
static HOLDS: [u16; 16] = {
    let mut table = [0; 16];
    let mut cond = 0;
    while cond < 16 {
        let mut nzcv = 0;
        while nzcv < 16 {
            let (n, z, c, v) = (nzcv & 8 != 0, nzcv & 4 != 0, nzcv & 2 != 0, nzcv & 1 != 0);
            let base = match cond >> 1 {
                0 => z,
                1 => c,
                2 => n,
                3 => v,
                4 => c && !z,
                5 => n == v,
                6 => n == v && !z,
                _ => true,
            };
            if base != (cond & 1 != 0 && cond != 15) {
                table[cond] |= 1 << nzcv;
            }
            nzcv += 1;
        }
        cond += 1;
    }
    table
};

/// A four-bit condition field (EQ, NE, CS … AL, NV); AL and NV both always hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub struct Cond(pub u8);

impl Cond {
    /// Z set.
    pub const EQ: Cond = Cond(0);
    /// C set.
    pub const CS: Cond = Cond(2);
    /// V set.
    pub const VS: Cond = Cond(6);
    /// Unsigned greater.
    pub const HI: Cond = Cond(8);
    /// Signed greater or equal.
    pub const GE: Cond = Cond(10);
    /// Signed greater.
    pub const GT: Cond = Cond(12);

    /// The opposite, of any but AL and NV.
    pub const fn opposite(self) -> Cond {
        Cond(self.0 ^ 1)
    }

    /// The condition's name in assembly.
    pub fn name(self) -> &'static str {
        const NAMES: [&str; 16] =
            ["eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "al", "nv"];
        NAMES[(self.0 & 15) as usize]
    }
}
