//! The floating-point operations that an instruction can name, one row each.

/// Floating-point format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FpType {
    /// Half precision.
    H,
    /// Single precision.
    S,
    /// Double precision.
    D,
}

/// Which lanes an operation works on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// Lane 0; all other bits of the result are zero.
    Scalar,
    /// The lanes of the low 64 bits; the upper half of the result is zero.
    Half,
    /// All lanes.
    Full,
}

/// FPCR and the exceptions accumulated into FPSR, as an operation sees them.
#[derive(Clone, Copy, Debug)]
pub struct FpEnv {
    /// Control.
    pub fpcr: u32,
    /// Status; operations only set bits.
    pub fpsr: u32,
}

/// Two operands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fp2 {
    /// FADD
    Add,
}

impl Fp2 {
    /// Computes one lane.
    #[inline(always)]
    pub fn apply(self, _env: &mut FpEnv, ty: FpType, a: u64, b: u64) -> u64 {
        match (self, ty) {
            (Fp2::Add, FpType::D) => (f64::from_bits(a) + f64::from_bits(b)).to_bits(),
            (Fp2::Add, FpType::S | FpType::H) => (f32::from_bits(a as u32) + f32::from_bits(b as u32)).to_bits() as u64,
        }
    }
}

/// Fused multiply-add and its negations (FMADD family, FMLA, FMLS).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fp3 {
    /// a + n × m
    MulAdd,
}

impl Fp3 {
    /// Computes one lane: `a` the addend, `n` and `m` the factors.
    #[inline(always)]
    pub fn apply(self, _env: &mut FpEnv, ty: FpType, a: u64, n: u64, m: u64) -> u64 {
        match ty {
            FpType::D => f64::from_bits(n).mul_add(f64::from_bits(m), f64::from_bits(a)).to_bits(),
            _ => f32::from_bits(n as u32).mul_add(f32::from_bits(m as u32), f32::from_bits(a as u32)).to_bits() as u64,
        }
    }
}
