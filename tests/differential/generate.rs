//! Random instruction words and states, rich in the values on which instructions go wrong.

use super::place::MEMORY_SIZE;
use super::state::State;
use emu::cpu::Feature;
use emu::decode::{Row, features};

/// A generator (xorshift64*): a run is a function of the seed.
pub struct Rng(u64);

/// Fraction bits of the formats by width.
const FORMATS: [(u32, u32); 3] = [(16, 10), (32, 23), (64, 52)];

/// FPCR fields: AHP, DN, FZ, RMode, FZ16; EBF; NEP, AH, FIZ.
fn fpcr_fields() -> u64 {
    let has = |feature, bits| if features().contains(feature) { bits } else { 0 };
    0x07c8_0000 | has(Feature::EBF16, 0x2000) | has(Feature::AFP, 7)
}

/// FPSR fields: QC, IDC, IXC, UFC, OFC, DZC, IOC.
const FPSR_FIELDS: u64 = 0x0800_009f;

impl Rng {
    pub fn new(seed: u64) -> Rng {
        Rng(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        (self.next() >> 32) % n
    }

    /// One of `values`.
    pub fn pick(&mut self, values: &[u64]) -> u64 {
        values[self.below(values.len() as u64) as usize]
    }

    /// Once in `n` times.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// An encoding of the row, its fields random; Rm, where there is one, is Rd more often than by chance.
    pub fn word(&mut self, row: &Row) -> u32 {
        let word = row.value | row.should_be_one() | self.next() as u32 & !row.mask;
        let has_both = (row.mask | row.should_be_one()) & (31 << 16 | 31) == 0;
        if has_both && self.one_in(8) { word & !(31 << 16) | (word & 31) << 16 } else { word }
    }

    /// A state whose vector registers hold lanes of one kind, and X registers integers.
    pub fn state(&mut self) -> State {
        let kind = self.below(4);
        let factors = match FORMATS.get(kind as usize) {
            Some(&(bits, fraction)) if self.one_in(8) => Some(self.tiny_factors(bits, fraction)),
            _ => None,
        };
        State {
            x: std::array::from_fn(|_| self.integer()),
            sp: self.integer() & !15,
            nzcv: self.below(16) << 28,
            fpsr: (self.next() & FPSR_FIELDS & self.pick(&[0, 0, 0x10, u64::MAX])) as u32,
            fpcr: (self.next()
                & fpcr_fields()
                & self.pick(&[0, 0x07c8_2000, 0x00c0_0000, 0x0108_0000, !0, 0x0108_2007])) as u32,
            v: std::array::from_fn(|reg| match FORMATS.get(kind as usize) {
                Some(&(bits, fraction)) => (0..128 / bits).fold(0, |v, n| {
                    let lane = match factors {
                        Some(factors) if !self.one_in(4) => factors[reg % 2] | self.below(2) << (bits - 1),
                        _ => self.float(bits, fraction),
                    };
                    v | (lane as u128) << (n * bits)
                }),
                None => self.integer() as u128 | (self.integer() as u128) << 64,
            }),
            looks_at_fpsr: self.one_in(2),
        }
    }

    /// Contents of memory.
    pub fn memory(&mut self) -> [u8; MEMORY_SIZE] {
        let mut bytes = [0; MEMORY_SIZE];
        for word in bytes.as_chunks_mut::<8>().0 {
            *word = self.integer().to_le_bytes();
        }
        bytes
    }

    /// An integer near a power of two, an extreme, repeated bytes, or anything.
    fn integer(&mut self) -> u64 {
        match self.below(6) {
            0 => self.pick(&[0, 1, u64::MAX, i64::MAX as u64, 1 << 63, i32::MAX as u64, 1 << 31, u32::MAX as u64]),
            1 => self.next() >> self.below(64),
            2 => !(self.next() >> self.below(64)),
            3 => (1u64 << self.below(64)).wrapping_add(self.below(5)).wrapping_sub(2),
            4 => self.pick(&[0x00, 0x01, 0x7f, 0x80, 0xff]) * 0x0101_0101_0101_0101,
            _ => self.next(),
        }
    }

    /// Two numbers whose product is a little less than the smallest normal number, and mostly rounds up to it:
    /// (1 - e) 2^m and (1 + e) 2^n.
    fn tiny_factors(&mut self, bits: u32, fraction_bits: u32) -> [u64; 2] {
        let bias = (1 << (bits - 2 - fraction_bits)) - 1;
        let (exponent, e) = (2 + self.below(bias - 1), 1 + self.below(3));
        [(exponent << fraction_bits) - 2 * e, (bias + 1 - exponent) << fraction_bits | e]
    }

    /// A floating-point number of the format: special, denormal, extreme, near one, at the end of a narrower
    /// format's range, or anything.
    fn float(&mut self, bits: u32, fraction_bits: u32) -> u64 {
        let sign = self.below(2) << (bits - 1);
        // Less than 2^-126 and 2^-14.
        let narrower = match bits {
            64 => Some((1023 - 126) << 52),
            32 => Some((127 - 14) << 23),
            _ => None,
        };
        if let Some(least) = narrower.filter(|_| self.one_in(32)) {
            return sign | (least - (1 << self.below(fraction_bits as u64 * 2 / 3)));
        }
        let fraction_mask = (1 << fraction_bits) - 1;
        let ones = (1 << (bits - 1 - fraction_bits)) - 1;
        let bias = ones / 2;
        let width = fraction_bits as u64;
        let exponent = match self.below(8) {
            0 => 0,
            1 => ones,
            2 => 1 + self.below(3),
            3 => ones - 1 - self.below(3),
            4 | 5 => (bias + self.below(2 * width + 4) - width - 2).clamp(1, ones - 1),
            6 => bias + self.below(4),
            _ => self.next() & ones,
        };
        let fraction = match self.below(6) {
            0 => 0,
            1 => fraction_mask,
            2 => self.below(2) << (fraction_bits - 1) | self.below(2),
            3 => self.next() & fraction_mask & !(fraction_mask >> (fraction_bits / 2)),
            _ => self.next() & fraction_mask,
        };
        sign | exponent << fraction_bits | fraction
    }
}
