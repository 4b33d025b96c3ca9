//! The optional parts of the architecture, and how each is announced to a program.
//!
//! One list: HWCAP and HWCAP2 in the auxiliary vector, the ID registers that Linux lets user mode
//! read, and the flags in /proc/cpuinfo all derive from its rows. Which features are *present* is
//! a [`FeatureSet`]; `decode` computes the set that its table implements.
//!
//! Bits: Linux arch/arm64/include/uapi/asm/hwcap.h; fields: Arm ARM D19.2.

/// The ID registers that have fields visible to user mode.
#[allow(missing_docs)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IdReg {
    Pfr0,
    Pfr1,
    Isar0,
    Isar1,
    Isar2,
    Mmfr0,
    Mmfr1,
    Mmfr2,
    Dfr0,
}

impl IdReg {
    /// All of them.
    pub const ALL: [IdReg; 9] = {
        use IdReg::*;
        [Pfr0, Pfr1, Isar0, Isar1, Isar2, Mmfr0, Mmfr1, Mmfr2, Dfr0]
    };
}

/// How a feature is announced.
#[derive(Debug)]
pub struct Announcement {
    /// The flags' names in /proc/cpuinfo and their bits: HWCAP's from 0, HWCAP2's from 64.
    pub caps: &'static [(&'static str, u32)],
    /// ID register, lowest bit of the field, value. Where two features share a field the larger counts.
    pub fields: &'static [(IdReg, u32, u64)],
}

/// HWCAP2's bit `n` in [`Announcement::caps`].
const fn hwcap2(n: u32) -> u32 {
    64 + n
}

macro_rules! features {
    ($( $(#[$doc:meta])* $name:ident [$($cap:literal = $bit:expr),*] [$($reg:ident @ $shift:literal = $value:literal),*]; )*) => {
        /// An optional part of the architecture that an instruction belongs to (Arm ARM A2.2),
        /// `BASE` for Armv8.0.
        #[allow(missing_docs, clippy::upper_case_acronyms)]
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Feature { $( $(#[$doc])* $name ),* }

        impl Feature {
            /// All of them.
            pub const ALL: &[Feature] = &[ $( Feature::$name ),* ];

            /// How the feature is announced.
            pub const fn announcement(self) -> Announcement {
                match self {
                    $( Feature::$name => const {
                        Announcement {
                            caps: &[ $( ($cap, $bit) ),* ],
                            fields: &[ $( (IdReg::$reg, $shift, $value) ),* ],
                        }
                    } ),*
                }
            }
        }
    };
}

features! {
    /// Armv8.0 with Linux's emulation of ID register reads: EL0 and EL1 are of AArch64 only, and what Linux hides has
    /// its "safe" value, which is not 0 for the debug architecture and translation granules. No event stream wakes WFE
    /// ("evtstrm").
    BASE ["cpuid" = 11] [
        Pfr0 @ 0 = 1, Pfr0 @ 4 = 1, Dfr0 @ 0 = 6,
        Mmfr0 @ 24 = 15, Mmfr0 @ 28 = 15, Mmfr0 @ 32 = 1, Mmfr0 @ 36 = 1, Mmfr0 @ 40 = 1
    ];
    FP ["fp" = 0] [];
    SIMD ["asimd" = 1] [];
    CRC32 ["crc32" = 7] [Isar0 @ 16 = 1];
    LSE ["atomics" = 8] [Isar0 @ 20 = 2];
    /// Unaligned accesses within 16 aligned bytes are atomic, and allowed to atomics.
    LSE2 ["uscat" = 25] [Mmfr2 @ 32 = 1];
    LOR [] [];
    LRCPC ["lrcpc" = 15] [Isar1 @ 20 = 1];
    LRCPC2 ["ilrcpc" = 26] [Isar1 @ 20 = 2];
    RDM ["asimdrdm" = 12] [Isar0 @ 28 = 1];
    FP16 ["fphp" = 9, "asimdhp" = 10] [Pfr0 @ 16 = 1, Pfr0 @ 20 = 1];
    FHM ["asimdfhm" = 23] [Isar0 @ 48 = 1];
    DotProd ["asimddp" = 20] [Isar0 @ 44 = 1];
    I8MM ["i8mm" = hwcap2(13)] [Isar1 @ 52 = 1];
    BF16 ["bf16" = hwcap2(14)] [Isar1 @ 44 = 1];
    EBF16 ["ebf16" = hwcap2(32)] [Isar1 @ 44 = 2];
    FCMA ["fcma" = 14] [Isar1 @ 16 = 1];
    JSCVT ["jscvt" = 13] [Isar1 @ 12 = 1];
    FRINTTS ["frint" = hwcap2(8)] [Isar1 @ 32 = 1];
    AES ["aes" = 3] [Isar0 @ 4 = 1];
    PMULL ["pmull" = 4] [Isar0 @ 4 = 2];
    SHA1 ["sha1" = 5] [Isar0 @ 8 = 1];
    SHA256 ["sha2" = 6] [Isar0 @ 12 = 1];
    SHA3 ["sha3" = 17] [Isar0 @ 32 = 1];
    SHA512 ["sha512" = 21] [Isar0 @ 12 = 2];
    SM3 ["sm3" = 18] [Isar0 @ 36 = 1];
    SM4 ["sm4" = 19] [Isar0 @ 40 = 1];
    FlagM ["flagm" = 27] [Isar0 @ 52 = 1];
    FlagM2 ["flagm2" = hwcap2(7)] [Isar0 @ 52 = 2];
    DPB ["dcpop" = 16] [Isar1 @ 0 = 1];
    DPB2 ["dcpodp" = hwcap2(0)] [Isar1 @ 0 = 2];
    SB ["sb" = 29] [Isar1 @ 36 = 1];
    /// PSTATE.SSBS, which no instruction of user mode reaches.
    SSBS [] [Pfr1 @ 4 = 1];
    /// MRS and MSR of it.
    SSBS2 ["ssbs" = 28] [Pfr1 @ 4 = 2];
    DIT ["dit" = 24] [Pfr0 @ 48 = 1];
    BTI ["bti" = hwcap2(17)] [Pfr1 @ 0 = 1];
    /// With QARMA5, the architected algorithm.
    PAuth ["paca" = 30, "pacg" = 31] [Isar1 @ 4 = 1, Isar1 @ 24 = 1];
    /// A code is exclusive-ored into the pointer, and so is a wrong one when it is authenticated.
    PAuth2 [] [Isar1 @ 4 = 3];
    /// A failed authentication faults, in the AUT… instructions.
    FPAC [] [Isar1 @ 4 = 4];
    /// And in those that authenticate and use the pointer.
    FPACCOMBINE [] [Isar1 @ 4 = 5];
    RNG ["rng" = hwcap2(16)] [Isar0 @ 60 = 1];
    /// FPCR.{AH, FIZ, NEP}.
    AFP ["afp" = hwcap2(20)] [Mmfr1 @ 44 = 1];
    /// Estimates of 12 bits under FPCR.AH.
    RPRES ["rpres" = hwcap2(21)] [Isar2 @ 4 = 1];
    DGH ["dgh" = hwcap2(15)] [Isar1 @ 48 = 1];
    /// The self-synchronised counter, of which user mode sees CNTVCTSS_EL0.
    ECV ["ecv" = hwcap2(19)] [Mmfr0 @ 60 = 1];
    XS [] [];
    RPRFM ["rprfm" = hwcap2(35)] [Isar2 @ 48 = 1];
    WFxT ["wfxt" = hwcap2(31)] [Isar2 @ 0 = 2];
    CSSC ["cssc" = hwcap2(34)] [Isar2 @ 52 = 1];
    MOPS ["mops" = hwcap2(43)] [Isar2 @ 16 = 1];
    HBC ["hbc" = hwcap2(44)] [Isar2 @ 20 = 1];
    LSE128 ["lse128" = hwcap2(47)] [Isar0 @ 20 = 3];
    LRCPC3 ["lrcpc3" = hwcap2(46)] [Isar1 @ 20 = 3];
    MTE ["mte" = hwcap2(18)] [Pfr1 @ 8 = 2];
    SVE ["sve" = 22] [Pfr0 @ 32 = 1];
    SME ["sme" = hwcap2(23)] [Pfr1 @ 24 = 1];
    /// Linux 6.12, whose system calls these are, has no HWCAP bit for it, later ones have bit 33. It is announced all the
    /// same: a program that has such code asks for the bit, not for the kernel's release, and to the others it
    /// means nothing. `-cpu max,cmpbr=off` takes it back.
    CMPBR ["cmpbr" = 33] [Isar2 @ 52 = 2];
    GCS [] [];
    D128 [] [];
    LS64 [] [];
}

const _: () = assert!(Feature::ALL.len() <= 64, "FeatureSet is one word");

/// A set of features.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FeatureSet(pub(super) u64);

impl FeatureSet {
    /// All of them.
    pub const ALL: FeatureSet = FeatureSet(u64::MAX >> (64 - Feature::ALL.len()));
    /// Armv8.0: always present.
    pub const BASE: FeatureSet = FeatureSet(0).with(Feature::BASE).with(Feature::FP).with(Feature::SIMD);

    /// Whether `feature` is present.
    pub const fn contains(self, feature: Feature) -> bool {
        self.0 >> feature as u32 & 1 != 0
    }

    /// The set and `feature`.
    pub const fn with(self, feature: Feature) -> FeatureSet {
        FeatureSet(self.0 | 1 << feature as u32)
    }

    /// The set without `feature`.
    pub const fn without(self, feature: Feature) -> FeatureSet {
        FeatureSet(self.0 & !(1 << feature as u32))
    }

    /// The features that are in both.
    pub const fn and(self, other: FeatureSet) -> FeatureSet {
        FeatureSet(self.0 & other.0)
    }

    /// These and Armv8.0's.
    pub const fn of(features: &[Feature]) -> FeatureSet {
        let (mut set, mut i) = (FeatureSet::BASE, 0);
        while i < features.len() {
            set = set.with(features[i]);
            i += 1;
        }
        set
    }

    /// The features in it, in list order.
    pub fn iter(self) -> impl Iterator<Item = Feature> {
        Feature::ALL.iter().copied().filter(move |&f| self.contains(f))
    }

    /// AT_HWCAP.
    pub fn hwcap(self) -> u64 {
        self.caps(0)
    }

    /// AT_HWCAP2.
    pub fn hwcap2(self) -> u64 {
        self.caps(hwcap2(0))
    }

    fn caps(self, from: u32) -> u64 {
        let bits = self.iter().flat_map(|f| f.announcement().caps);
        bits.filter(|(_, bit)| (from..from + 64).contains(bit)).fold(0, |word, (_, bit)| word | 1 << (bit - from))
    }

    /// The flags of /proc/cpuinfo's "Features", in its order.
    pub fn cpuinfo_flags(self) -> impl Iterator<Item = &'static str> {
        let mut caps: Vec<_> = self.iter().flat_map(|f| f.announcement().caps).collect();
        caps.sort_by_key(|(_, bit)| *bit);
        caps.into_iter().map(|(name, _)| *name)
    }

    /// What user mode reads from an ID register (Linux Documentation/arch/arm64/cpu-feature-registers.rst).
    pub fn id_register(self, reg: IdReg) -> u64 {
        let fields = self.iter().flat_map(|f| f.announcement().fields).filter(|(r, ..)| *r == reg);
        fields.fold(0, |word, (_, shift, value)| {
            let old = word >> shift & 15;
            word & !(15 << shift) | old.max(*value) << shift
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn armv8_0_announces_fp_asimd_and_cpuid() {
        let base = FeatureSet::BASE;
        assert_eq!(base.hwcap(), 1 << 0 | 1 << 1 | 1 << 11);
        assert_eq!(base.hwcap2(), 0);
        assert_eq!(base.id_register(IdReg::Pfr0), 0x11);
        assert_eq!(base.id_register(IdReg::Mmfr0), 0x0111_ff00_0000);
        assert_eq!(base.cpuinfo_flags().collect::<Vec<_>>(), ["fp", "asimd", "cpuid"]);
    }

    #[test]
    fn the_larger_value_of_a_shared_field_counts() {
        let set = FeatureSet::BASE.with(Feature::PMULL).with(Feature::AES);
        assert_eq!(set.id_register(IdReg::Isar0), 2 << 4);
        assert_eq!(set.without(Feature::PMULL).id_register(IdReg::Isar0), 1 << 4);
        assert_eq!(set.with(Feature::FlagM2).hwcap2(), 1 << 7);
    }
}
