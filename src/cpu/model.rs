//! The processors that `-cpu` names: which optional features each has, and how it identifies itself.
//!
//! `max` has all that the decode table implements but FEAT_LSE2, which costs much and is wanted by few, and MIDR_EL1's
//! reserved implementer, so that no real core's errata or tunings apply to it. The others are real cores less what `emu`
//! lacks, AArch32 (so the ID registers of that read as zero) and SVE: their features are those of their Technical
//! Reference Manuals (ID register reset values), and a test holds them to what /proc/cpuinfo shows on such machines.
//! SSBS is there although Linux hides it on three of them since 6.11: their erratum (3194386: MSR of it takes effect
//! late) is none here.

use super::features::Feature::{self, *};
use super::features::{FeatureSet, IdReg};
use std::sync::atomic::{AtomicU64, Ordering};

/// A processor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Model {
    /// What it has.
    pub features: FeatureSet,
    /// MIDR_EL1: implementer, variant, architecture, part, revision.
    pub midr: u64,
    /// CTR_EL0: lines of 16 words everywhere. DIC is zero, so that a program that writes code says so with IC IVAU.
    pub ctr: u64,
}

/// Armv8.0 with the cryptographic extension, as nearly every core has it.
const V8_0: &[Feature] = &[CRC32, AES, PMULL, SHA1, SHA256];
/// Cortex-A76: Armv8.2.
const A76: &[Feature] = &[CRC32, AES, PMULL, SHA1, SHA256, LSE, LOR, RDM, FP16, LRCPC, DPB, DotProd, SSBS];
/// Neoverse N1: Armv8.2.
const N1: FeatureSet = FeatureSet::of(A76).with(SSBS2);
/// Neoverse V1: Armv8.4 and much of 8.5 and 8.6; its SVE is left out.
const V1: &[Feature] = &[
    CRC32, AES, PMULL, SHA1, SHA256, LSE, LOR, RDM, FP16, LRCPC, DPB, DotProd, SSBS, SSBS2, LSE2, LRCPC2, FHM, I8MM,
    BF16, FCMA, JSCVT, SHA3, SHA512, SM3, SM4, FlagM, DPB2, DIT, PAuth, PAuth2, RNG, DGH,
];

/// Names and models; the first is the default.
const MODELS: &[(&str, Model)] = &[
    ("max", Model { features: FeatureSet::ALL.without(LSE2), midr: 0x000f_0000, ctr: 0x8444_c004 }),
    ("cortex-a53", Model { features: FeatureSet::of(V8_0), midr: 0x410f_d034, ctr: 0x8444_8004 }),
    ("cortex-a72", Model { features: FeatureSet::of(V8_0), midr: 0x410f_d083, ctr: 0x8444_c004 }),
    ("cortex-a76", Model { features: FeatureSet::of(A76), midr: 0x414f_d0b1, ctr: 0x8444_c004 }),
    ("neoverse-n1", Model { features: N1, midr: 0x414f_d0c1, ctr: 0x8444_c004 }),
    ("neoverse-v1-nosve", Model { features: FeatureSet::of(V1), midr: 0x411f_d402, ctr: 0x9444_c004 }),
];

/// The names of all models, for messages.
pub fn names() -> String {
    MODELS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

/// What `-cpu help` prints: the models, and which of `implemented` each has.
pub fn help(implemented: FeatureSet) -> String {
    let list = |features: FeatureSet| {
        let named = Feature::ALL.iter().filter(|&&f| features.contains(f) && !FeatureSet::BASE.contains(f));
        named.map(|f| format!(" {f:?}")).collect::<String>().to_lowercase()
    };
    MODELS.iter().map(|(name, model)| format!("{name}:{}\n", list(model.features.and(implemented)))).collect()
}

impl Default for Model {
    fn default() -> Self {
        MODELS[0].1
    }
}

impl Model {
    /// The features that these ID registers announce, by the values of their fields; those that are
    /// not announced there count as present.
    pub fn identified(read: impl Fn(IdReg) -> u64) -> FeatureSet {
        let has = |f: &&Feature| {
            let fields = f.announcement().fields;
            FeatureSet::BASE.contains(**f)
                || fields.iter().all(|(reg, shift, value)| read(*reg) >> shift & 15 >= *value)
        };
        Feature::ALL.iter().filter(has).fold(FeatureSet::BASE, |set, &f| set.with(f))
    }

    /// A name, then perhaps features to take away or add by their names in the Arm manual, as in
    /// `max,pauth=off` or `cortex-a76,bti=on`. The error is the part that means nothing.
    pub fn parse(text: &str) -> Result<Model, String> {
        let mut parts = text.split(',');
        let name = parts.next().unwrap_or_default();
        let find = |name: &str| MODELS.iter().find(|(known, _)| *known == name).map(|&(_, model)| model);
        let mut model = find(name).ok_or_else(|| name.to_owned())?;
        for part in parts {
            let (name, is_on) = match part.split_once('=') {
                Some((name, "on")) => (name, true),
                Some((name, "off")) => (name, false),
                _ => return Err(part.to_owned()),
            };
            let feature = Feature::ALL.iter().copied().find(|f| format!("{f:?}").eq_ignore_ascii_case(name));
            let feature = feature.filter(|&f| !FeatureSet::BASE.contains(f)).ok_or_else(|| part.to_owned())?;
            model.features =
                if is_on { model.features.with(feature) } else { model.features.without_what_needs(feature) };
        }
        Ok(model)
    }
}

impl FeatureSet {
    /// The set without `feature` and what the architecture allows only together with it (A2.2).
    fn without_what_needs(self, feature: Feature) -> FeatureSet {
        const NEEDS: &[(Feature, Feature)] = &[
            (LSE2, LSE),
            (LSE128, LSE),
            (LRCPC2, LRCPC),
            (LRCPC3, LRCPC2),
            (FHM, FP16),
            (EBF16, BF16),
            (PMULL, AES),
            (SHA512, SHA256),
            (SHA3, SHA512),
            (SHA256, SHA1),
            (FlagM2, FlagM),
            (SSBS2, SSBS),
            (DPB2, DPB),
            (PAuth2, PAuth),
            (FPAC, PAuth2),
            (FPACCOMBINE, FPAC),
            (RPRES, AFP),
        ];
        let needing = NEEDS.iter().filter(|(_, needed)| *needed == feature);
        needing.fold(self.without(feature), |set, (what, _)| set.without_what_needs(*what))
    }
}

static FEATURES: AtomicU64 = AtomicU64::new(MODELS[0].1.features.0);
static MIDR: AtomicU64 = AtomicU64::new(MODELS[0].1.midr);
static CTR: AtomicU64 = AtomicU64::new(MODELS[0].1.ctr);

/// Makes this the processor of the process; before it has a thread.
pub fn choose(model: Model) {
    FEATURES.store(model.features.0, Ordering::Relaxed);
    MIDR.store(model.midr, Ordering::Relaxed);
    CTR.store(model.ctr, Ordering::Relaxed);
}

/// The processor of the process.
pub fn chosen() -> Model {
    let [features, midr, ctr] = [&FEATURES, &MIDR, &CTR].map(|word| word.load(Ordering::Relaxed));
    Model { features: FeatureSet(features), midr, ctr }
}

/// Whether loads and stores of two X registers access 16 aligned bytes at once: with FEAT_LSE2, and on
/// Neoverse N1, which has not the feature and does so, as GCC's libatomic knows (by MIDR_EL1).
pub fn pairs_are_atomic() -> bool {
    const NEOVERSE_N1: u64 = 0x41 << 24 | 0xd0c << 4;
    let Model { features, midr, .. } = chosen();
    features.contains(LSE2) || midr & 0xff00_fff0 == NEOVERSE_N1
}

/// FPCR's fields: AHP, DN, FZ, RMode, and those that features add. Trap enables are RAZ/WI, as on
/// cores without trapping.
pub fn fpcr_fields() -> u64 {
    const BY_FEATURE: [(Feature, u64); 3] = [(Feature::FP16, 1 << 19), (Feature::EBF16, 1 << 13), (Feature::AFP, 7)];
    let present = BY_FEATURE.iter().filter(|(feature, _)| chosen().features.contains(*feature));
    present.fold(0x07c0_0000, |fields, (_, more)| fields | more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_changes_parse() {
        assert_eq!(Model::parse("max"), Ok(Model::default()));
        let less = Model::parse("max,pauth=off").expect("a model");
        assert!(![PAuth, PAuth2, FPAC, FPACCOMBINE].iter().any(|&f| less.features.contains(f)));
        assert!(less.features.contains(BTI));
        let more = Model::parse("cortex-a72,LSE=on").expect("a model");
        assert!(more.features.contains(LSE) && !more.features.contains(RDM));
        assert_eq!(more.midr, 0x410f_d083);
    }

    #[test]
    fn what_means_nothing_is_the_error() {
        for (text, wrong) in [("z80", "z80"), ("max,fp=off", "fp=off"), ("max,x=on", "x=on"), ("max,lse", "lse")] {
            assert_eq!(Model::parse(text), Err(wrong.to_owned()), "{text}");
        }
    }

    #[test]
    fn models_have_the_flags_of_real_machines() {
        // Amlogic S905X, Graviton 1 (a Raspberry Pi 4 has no cryptography), Raspberry Pi 5, Ampere Altra, Graviton 3.
        const A53: &str = "fp asimd evtstrm aes pmull sha1 sha2 crc32 cpuid";
        const RECORDED: [(&str, &str); 5] = [
            ("cortex-a53", A53),
            ("cortex-a72", A53),
            (
                "cortex-a76",
                "fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp",
            ),
            (
                "neoverse-n1",
                "fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp \
                 ssbs",
            ),
            (
                "neoverse-v1-nosve",
                "fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm jscvt fcma lrcpc dcpop \
                 sha3 sm3 sm4 asimddp sha512 sve asimdfhm dit uscat ilrcpc flagm ssbs paca pacg dcpodp svei8mm svebf16 \
                 i8mm bf16 dgh rng",
            ),
        ];
        assert_eq!(RECORDED.map(|(name, _)| name).join(", "), names()["max, ".len()..]);
        for (name, flags) in RECORDED {
            let real: Vec<_> = flags.split(' ').filter(|&flag| flag != "evtstrm" && !flag.starts_with("sve")).collect();
            let model = Model::parse(name).expect("a model");
            assert_eq!(model.features.cpuinfo_flags().collect::<Vec<_>>(), real, "{name}");
        }
    }

    #[test]
    fn no_model_has_a_feature_without_what_it_needs() {
        for (name, model) in MODELS {
            for feature in model.features.iter().filter(|&f| !FeatureSet::BASE.contains(f)) {
                let rest = Feature::ALL.iter().filter(|&&f| !model.features.contains(f));
                let kept = rest.fold(model.features, |set, &f| set.without_what_needs(f));
                assert!(kept.contains(feature), "{name}: {feature:?}");
            }
        }
    }
}
