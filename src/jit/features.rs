//! What translated code uses of this host: some extensions always, others where they are there.
//!
//! Each of the latter has a fallback. EMU_HOST_FEATURES takes some away (`-sha,-gfni`, or `-all` of them), which is how the
//! fallbacks are tested on a host that has everything; without one of the former (`-bmi2`) code is interpreted.

macro_rules! host_features {
    (always { $($always:tt)* } $( $(#[$doc:meta])* $field:ident $name:literal $($cpuid:tt)&&+ ; )*) => {
        /// Optional extensions of the host, present or not.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub struct HostFeatures { $( $(#[$doc])* pub $field: bool, )* }

        impl HostFeatures {
            /// Their names.
            pub const NAMES: &[&str] = &[ $( $name ),* ];

            /// None of them.
            pub const NONE: HostFeatures = HostFeatures { $( $field: false, )* };

            /// What CPUID tells.
            pub fn detect() -> HostFeatures {
                HostFeatures { $( $field: $( is_x86_feature_detected!($cpuid) )&&+, )* }
            }

            /// Without those that a list names, each with a minus.
            pub fn without(mut self, list: &str) -> HostFeatures {
                for name in taken_away(list) {
                    match name {
                        Ok("all") => self = HostFeatures::NONE,
                        $( Ok($name) => self.$field = false, )*
                        _ => {}
                    }
                }
                self
            }

            /// Without all but this one.
            pub fn only(self, name: &str) -> HostFeatures {
                HostFeatures { $( $field: self.$field && name == $name, )* }
            }
        }

        /// What translated code always uses.
        const ALWAYS: &[&str] = &[ $( $always ),* ];

        /// The first of those that the host lacks, or that EMU_HOST_FEATURES takes away: then code is interpreted.
        pub fn lacking() -> Option<&'static str> {
            let list = std::env::var("EMU_HOST_FEATURES").unwrap_or_default();
            let here = [ $( ($always, is_x86_feature_detected!($always)) ),* ];
            here.into_iter().find(|(name, is)| !is || taken_away(&list).any(|word| word == Ok(name))).map(|(name, _)| name)
        }
    };
}

/// The names in a list; Err for what does not begin with a minus.
fn taken_away(list: &str) -> impl Iterator<Item = Result<&str, &str>> {
    let words = list.split(',').map(str::trim).filter(|word| !word.is_empty());
    words.map(|word| word.strip_prefix('-').ok_or(word))
}

/// The first word of a list in EMU_HOST_FEATURES that takes nothing away.
pub fn unknown(list: &str) -> Option<&str> {
    let known = |name| name == "all" || HostFeatures::NAMES.iter().chain(ALWAYS).any(|known| *known == name);
    taken_away(list).find_map(|name| match name {
        Ok(name) => (!known(name)).then_some(name),
        Err(word) => Some(word),
    })
}

host_features! {
    always { "avx2" "fma" "bmi1" "bmi2" "lzcnt" }
    /// AES-NI.
    aes "aes" "aes";
    /// PCLMULQDQ.
    pclmul "pclmul" "pclmulqdq";
    /// SHA-NI.
    sha "sha" "sha";
    /// GF2P8AFFINEQB.
    gfni "gfni" "gfni";
    /// AVX-512 on 128-bit vectors, with all element sizes.
    avx512vl "avx512vl" "avx512vl" && "avx512bw" && "avx512dq" && "avx512cd";
    /// Dot products.
    vnni "avx512vnni" "avx512vl" && "avx512vnni";
    /// VPOPCNTB.
    bitalg "avx512bitalg" "avx512vl" && "avx512bitalg";
    /// Byte permutes over two registers.
    vbmi "avx512vbmi" "avx512vl" && "avx512vbmi";
}

impl Default for HostFeatures {
    /// What the host has and EMU_HOST_FEATURES leaves.
    fn default() -> Self {
        let detected = HostFeatures::detect();
        std::env::var("EMU_HOST_FEATURES").map_or(detected, |list| detected.without(&list))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_takes_features_away() {
        let all = HostFeatures { aes: true, sha: true, gfni: true, ..HostFeatures::NONE };
        assert_eq!(all.without("-sha, -gfni"), HostFeatures { aes: true, ..HostFeatures::NONE });
        assert_eq!(all.without("-all"), HostFeatures::NONE);
        assert_eq!(all.without("sha"), all);
        assert_eq!(unknown("-sha, -bmi2,-all"), None);
        assert_eq!(unknown("-sha,-avx512"), Some("avx512"));
        assert_eq!(unknown("sha"), Some("sha"));
    }
}
