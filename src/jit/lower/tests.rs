//! Which instructions are lowered: a row that starts to be left to the interpreter, for want of code or
//! of scratch registers, is noticed here.

use super::{Buffers, Context, Lower};
use crate::decode::{Feature, ROWS, Row};
use crate::jit::asm::Asm;
use crate::jit::features::HostFeatures;
use crate::jit::ir::{Conditions, Recorder, Wanted};
use crate::jit::trampolines::Trampolines;

/// The share of random encodings of each row, in a hundred, that are left to the interpreter.
fn left_to_the_interpreter(
    features: HostFeatures,
    exact_underflow: bool,
    rows: impl Fn(&Row) -> bool,
) -> Vec<(&'static str, u32)> {
    let mut seed = 7u64;
    let mut random = || {
        seed = seed.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        (seed >> 32) as u32
    };
    let (mut unit, mut asm) = (Recorder::default(), Asm::new(features));
    let wanted = Wanted { conditions: Conditions::ALL, whole: true, shown: true, ..Wanted::default() };
    let mut shares = Vec::new();
    for row in ROWS.iter().filter(|row| row.implemented && rows(row)) {
        let (mut tried, mut left) = (0, 0);
        for _ in 0..100 {
            unit.clear();
            unit.exact_underflow = exact_underflow;
            asm.start(0x1000);
            let record = unit.record(0, random() & !row.mask | row.value);
            if unit.undefined {
                continue;
            }
            let mut lower = Lower::new(&mut asm, &unit, 1, Trampolines::default(), Buffers::default());
            lower.instruction(Context {
                record: &record,
                wanted_in: wanted,
                wanted_out: wanted,
                again: None,
                costs_flags: false,
                is_swapped: false,
                keeps: None,
                kept: None,
                target: None,
            });
            tried += 1;
            left += lower.interpreted as u32;
        }
        if left > 0 {
            shares.push((row.name, left * 100 / tried));
        }
    }
    shares
}

/// Rows that have no other than the host's instructions.
const CRYPTO: &[&str] = &["AES", "SHA1C", "SHA1P", "SHA1M", "SHA256", "PMULL_64"];

#[test]
fn simd_is_lowered() {
    let simd = |row: &Row| {
        let fp = row.name.starts_with('F')
            || row.name.starts_with("BF")
            || row.name.contains("CVTF")
            || row.name.contains("E_asimdmisc");
        matches!(row.value >> 25 & 15, 7 | 15) && !fp
    };
    for features in [HostFeatures::detect(), HostFeatures::NONE] {
        let helped = if features.aes && features.sha && features.pclmul { &[][..] } else { CRYPTO };
        let left = left_to_the_interpreter(features, false, simd);
        let unexpected: Vec<_> =
            left.into_iter().filter(|(name, _)| !helped.iter().any(|word| name.starts_with(word))).collect();
        assert!(unexpected.is_empty(), "{features:?}: {unexpected:?}");
    }
}

#[test]
fn data_processing_is_lowered() {
    let flags_only = ["CFINV", "XAFLAG", "AXFLAG", "RMIF", "SETF8", "SETF16"];
    let row = |row: &Row| {
        matches!(row.value >> 25 & 15, 5 | 8 | 9 | 13)
            && matches!(row.feature, Feature::BASE | Feature::CRC32)
            && !flags_only.contains(&row.name)
    };
    let mut without = HostFeatures::NONE;
    without.pclmul = true;
    for features in [without, HostFeatures { pclmul: true, ..HostFeatures::detect() }] {
        // A few conditional selects want rax twice, where the flags are in the state.
        let left = left_to_the_interpreter(features, false, row).into_iter().filter(|&(_, share)| share > 4);
        let left: Vec<_> = left.collect();
        assert!(left.is_empty(), "{features:?}: {left:?}");
    }
}

#[test]
fn floating_point_is_lowered() {
    let fp = |row: &Row| {
        let fp = row.name.starts_with('F')
            || row.name.contains("CVTF")
            || row.name.starts_with("BF")
            || row.name.contains("E_asimdmisc");
        matches!(row.value >> 25 & 15, 7 | 15) && fp
    };
    for exact_underflow in [false, true] {
        let mut left = left_to_the_interpreter(HostFeatures::detect(), exact_underflow, fp);
        // Conversions whose result is discarded are, and halves from fixed-point numbers of 64 bits.
        left.retain(|&(name, share)| share > if name.contains("CVTF_float_fix_h") { 75 } else { 8 });
        assert!(left.is_empty(), "{exact_underflow}: {left:?}");
    }
}
