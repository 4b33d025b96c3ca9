//! CRC32 and CRC32C.
//!
//! The host has an instruction for the second polynomial. For the first, the remainder is had by two
//! carry-less multiplications (Montgomery's reduction over {0, 1}): with the polynomial P of 33 bits,
//! bit-reversed, the multiple q·P whose low 64 bits are the message's cancels them, and what it has
//! above is the remainder. q is the message times the inverse of P modulo x⁶⁴. A shorter message has
//! zeros before it, which change nothing, so it is put at the top.

use super::{Fit, Lower, Unfit};
use crate::jit::ir::Ref;
use crate::jit::vex::*;
use crate::value::int::Int2;
use dynasmrt::{DynasmApi, dynasm};

/// x³² + x²⁶ + … + 1, bit-reversed.
const POLYNOMIAL: u64 = 0x1_db71_0641;

/// 1/P modulo x⁶⁴: bits that make the product with P one, from the lowest up.
const fn inverse() -> u64 {
    let (mut inverse, mut product, mut bit) = (0u64, 0u64, 0);
    while bit < 64 {
        let wanted = if bit == 0 { 1 } else { 0 };
        if product >> bit & 1 != wanted {
            inverse |= 1 << bit;
            product ^= POLYNOMIAL << bit;
        }
        bit += 1;
    }
    inverse
}

const CONSTANTS: u128 = (POLYNOMIAL as u128) << 64 | inverse() as u128;

impl Lower<'_> {
    /// CRC32B, CRC32H, CRC32W, CRC32X.
    pub(super) fn crc32(&mut self, op: Int2, sum: Ref, data: Ref, dst: u8) -> Fit<()> {
        if !self.asm.features.pclmul {
            return Err(Unfit);
        }
        let (bits, wide) = match op {
            Int2::Crc32b => (8, false),
            Int2::Crc32h => (16, false),
            Int2::Crc32w => (32, false),
            _ => (64, true),
        };
        let (t, shifted) = (self.temp_v()?, self.temp_v()?);
        let sum = self.gpr(sum)?;
        dynasm!(self.asm ; .arch x64 ; vmovd Rx(t), Rd(sum));
        if bits < 32 {
            self.asm.vshift(VPSRLD, shifted, t, bits);
        }
        let data = self.gpr(data)?;
        let other = self.temp_v()?;
        if wide {
            dynasm!(self.asm ; .arch x64 ; vmovq Rx(other), Rq(data));
        } else {
            dynasm!(self.asm ; .arch x64 ; vmovd Rx(other), Rd(data));
        }
        self.asm.v3(VPXOR, t, t, other);
        if bits < 64 {
            self.asm.vshift(VPSLLQ, t, t, 64 - bits);
        }
        self.asm.v3i(VPCLMULQDQ, t, t, Rm::Const(CONSTANTS), 0x00);
        self.asm.v3i(VPCLMULQDQ, t, t, Rm::Const(CONSTANTS), 0x10);
        if bits < 32 {
            self.asm.vshift(VPSRLDQ, t, t, 8);
            self.asm.v3(VPXOR, t, t, shifted);
            dynasm!(self.asm ; .arch x64 ; vmovd Rd(dst), Rx(t));
        } else {
            dynasm!(self.asm ; .arch x64 ; vpextrd Rd(dst), Rx(t), BYTE 2);
        }
        Ok(())
    }

    /// CRC32CB, CRC32CH, CRC32CW, CRC32CX.
    pub(super) fn crc32c(&mut self, op: Int2, sum: Ref, data: Ref, dst: u8) -> Fit<()> {
        let data = self.gpr(data)?;
        let t = self.temp()?;
        self.compute(sum, t)?;
        match op {
            Int2::Crc32cb => dynasm!(self.asm ; .arch x64 ; crc32 Rd(t), Rb(data)),
            Int2::Crc32ch => dynasm!(self.asm ; .arch x64 ; crc32 Rd(t), Rw(data)),
            Int2::Crc32cw => dynasm!(self.asm ; .arch x64 ; crc32 Rd(t), Rd(data)),
            _ => dynasm!(self.asm ; .arch x64 ; crc32 Rq(t), Rq(data)),
        }
        self.asm.mov(dst, t);
        Ok(())
    }
}
