//! From an instruction word to the row of the table that it belongs to.
//!
//! [`table`] has one row per A64 encoding: name, bits, feature, meaning. This module turns the
//! rows into data ([`ROWS`], [`Op`]) and a two-level look-up; `interp` and `jit` turn the same rows
//! into functions; `print` and the fuzzers read the bits.

pub mod insn;
pub mod print;
pub mod support;
pub mod table;

pub use crate::cpu::Feature;
use crate::cpu::{FeatureSet, model};
use crate::for_each_encoding;
pub use insn::Insn;
use std::sync::LazyLock;

/// One row of the table, as data.
#[derive(Debug)]
pub struct Row {
    /// The encoding's name: the mnemonic and what tells its forms apart, `ADD_imm`.
    pub name: &'static str,
    /// 32 characters, bit 31 first: `0` and `1` are fixed, a letter is a field.
    pub bits: &'static str,
    /// What must be announced for the row to decode.
    pub feature: Feature,
    /// False for a row that is known and not yet given a meaning.
    pub implemented: bool,
    /// Fixed bits.
    pub mask: u32,
    /// Values of the fixed bits.
    pub value: u32,
}

impl Row {
    /// The bits that should be one: a word in which they are not is CONSTRAINED UNPREDICTABLE, and is
    /// executed as if they were.
    pub fn should_be_one(&self) -> u32 {
        let fields = self.bits.bytes().filter(|c| !matches!(c, b' ' | b'_'));
        fields.fold(0, |mask, c| mask << 1 | (c == b'u') as u32)
    }
}

/// Mask and value of the fixed bits of a bit string; spaces and underscores separate fields for the reader.
pub const fn parse_bits(bits: &str) -> (u32, u32) {
    let bytes = bits.as_bytes();
    let (mut mask, mut value, mut i, mut n) = (0u32, 0u32, 0, 0);
    while i < bytes.len() {
        let c = bytes[i];
        i += 1;
        if c == b' ' || c == b'_' {
            continue;
        }
        n += 1;
        mask = mask << 1 | (c == b'0' || c == b'1') as u32;
        value = value << 1 | (c == b'1') as u32;
    }
    assert!(n == 32, "a row needs 32 bits");
    (mask, value)
}

macro_rules! is_implemented {
    () => {
        false
    };
    ($($path:tt)+) => {
        true
    };
}

macro_rules! define_rows {
    ($( $name:ident $bits:literal $feature:ident $(=> $($path:ident)::+ ( $($arg:expr),* ) )? ; )*) => {
        /// An encoding: the index of its row.
        #[allow(non_camel_case_types, missing_docs)]
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u16)]
        pub enum Op { $( $name ),* }

        const NAMES: &str = concat!($( stringify!($name), "\n" ),*);
        const BITS: &str = concat!($( $bits, "\n" ),*);

        /// Number of rows.
        pub const COUNT: usize = [ $( stringify!($name) ),* ].len();

        const MASKS: [(u32, u32); COUNT] = [ $( parse_bits($bits) ),* ];
        const OPS: [Op; COUNT] = [ $( Op::$name ),* ];
        const FEATURE_OF: [Feature; COUNT] = [ $( Feature::$feature ),* ];
        const IMPLEMENTED: [bool; COUNT] = [ $( is_implemented!($($($path)+)?) ),* ];
    };
}

for_each_encoding!(define_rows);

/// The table. It is made when it is wanted, which it seldom is: a static one would have two pointers a row, which
/// were relocated at each start, in fifteen pages.
pub static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let rows = NAMES.lines().zip(BITS.lines()).zip(MASKS).zip(FEATURE_OF).zip(IMPLEMENTED);
    rows.map(|((((name, bits), (mask, value)), feature), implemented)| Row {
        name,
        bits,
        feature,
        implemented,
        mask,
        value,
    })
    .collect()
});

/// Implemented features that have no row: they change what others' rows mean.
const WITHOUT_ROWS: &[Feature] = &[
    Feature::LSE2,
    Feature::SSBS,
    Feature::PAuth2,
    Feature::FPAC,
    Feature::FPACCOMBINE,
    Feature::ECV,
    Feature::RNG,
    Feature::RPRFM,
    Feature::EBF16,
    Feature::AFP,
    Feature::RPRES,
];

/// What is implemented: Armv8.0, and each feature all of whose rows have a meaning.
pub const FEATURES: FeatureSet = {
    let (mut present, mut i) = (FeatureSet::of(WITHOUT_ROWS), 0);
    while i < COUNT {
        present = present.with(FEATURE_OF[i]);
        i += 1;
    }
    i = 0;
    while i < COUNT {
        if !IMPLEMENTED[i] && !FeatureSet::BASE.contains(FEATURE_OF[i]) {
            present = present.without(FEATURE_OF[i]);
        }
        i += 1;
    }
    present
};

/// What is announced: the implemented features that the chosen processor has.
pub fn features() -> FeatureSet {
    FEATURES.and(model::chosen().features)
}

impl Op {
    /// The row.
    #[inline]
    pub fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }
}

/// Bits 31:21 pick a bucket: every A64 class is told apart there, and a bucket holds few rows.
const BUCKET_SHIFT: u32 = 21;
const BUCKETS: usize = 1 << (32 - BUCKET_SHIFT);

/// Upper bound for [`BUCKET_ROWS`], checked when it is built.
const SLOTS: usize = COUNT * 24 + BUCKETS;

struct Buckets {
    start: [u16; BUCKETS + 1],
    rows: [u16; SLOTS],
}

/// Rows by bucket, the more specific (more fixed bits) first.
static LOOKUP: Buckets = build_buckets();

#[allow(long_running_const_eval)]
const fn build_buckets() -> Buckets {
    let order = by_specificity();
    let mut lookup = Buckets { start: [0; BUCKETS + 1], rows: [0; SLOTS] };
    let mut count = [0u16; BUCKETS];
    // Two passes over the rows: count, then place. A row visits only the buckets that it matches:
    // the fixed bits, plus every subset of its free bits.
    let mut pass = 0;
    while pass < 2 {
        let mut k = 0;
        while k < COUNT {
            let row = order[k] as usize;
            let (mask, value) = (MASKS[row].0 >> BUCKET_SHIFT, MASKS[row].1 >> BUCKET_SHIFT);
            let free = !mask & (BUCKETS as u32 - 1);
            let mut subset = 0u32;
            loop {
                let bucket = (value | subset) as usize;
                if pass == 1 {
                    lookup.rows[(lookup.start[bucket] + count[bucket]) as usize] = row as u16;
                }
                count[bucket] += 1;
                subset = subset.wrapping_sub(free) & free;
                if subset == 0 {
                    break;
                }
            }
            k += 1;
        }
        if pass == 0 {
            let mut b = 0;
            while b < BUCKETS {
                lookup.start[b + 1] = lookup.start[b] + count[b];
                count[b] = 0;
                b += 1;
            }
            assert!((lookup.start[BUCKETS] as usize) <= SLOTS, "raise SLOTS");
        }
        pass += 1;
    }
    lookup
}

/// Row numbers, most fixed bits first, table order among equals (a counting sort).
const fn by_specificity() -> [u16; COUNT] {
    let mut order = [0; COUNT];
    let (mut placed, mut ones) = (0, 33);
    while ones > 0 {
        ones -= 1;
        let mut row = 0;
        while row < COUNT {
            if MASKS[row].0.count_ones() == ones {
                order[placed] = row as u16;
                placed += 1;
            }
            row += 1;
        }
    }
    order
}

/// Finds the row of a word: the most specific that matches, or None where nothing is allocated. A
/// feature that is implemented, and that the chosen processor lacks, allocates nothing.
pub fn decode(insn: Insn) -> Option<Op> {
    let present = model::chosen().features;
    let bucket = (insn.0 >> BUCKET_SHIFT) as usize;
    let range = LOOKUP.start[bucket] as usize..LOOKUP.start[bucket + 1] as usize;
    LOOKUP.rows[range]
        .iter()
        .map(|&row| row as usize)
        .find(|&row| {
            let feature = FEATURE_OF[row];
            insn.0 & MASKS[row].0 == MASKS[row].1 && (present.contains(feature) || !FEATURES.contains(feature))
        })
        .map(|row| OPS[row])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equally_specific_rows_never_overlap() {
        for (i, (mask, value)) in MASKS.iter().enumerate() {
            for (j, (mask2, value2)) in MASKS.iter().enumerate().skip(i + 1) {
                if mask.count_ones() == mask2.count_ones() {
                    let both = mask & mask2;
                    assert_ne!(value & both, value2 & both, "{} and {} overlap", ROWS[i].name, ROWS[j].name);
                }
            }
        }
    }

    #[test]
    fn each_row_decodes_to_itself_or_to_a_more_specific_one() {
        for (i, row) in ROWS.iter().enumerate() {
            let op = decode(Insn(row.value)).map(|op| op as usize);
            let other = op.map(|o| &ROWS[o]);
            assert!(
                op == Some(i) || other.is_some_and(|o| o.mask.count_ones() > row.mask.count_ones()),
                "{}",
                row.name
            );
        }
    }

    #[test]
    fn names_are_unique() {
        let names: std::collections::HashSet<_> = ROWS.iter().map(|r| r.name).collect();
        assert_eq!(names.len(), COUNT);
    }
}
