//! What this host has beyond what translated code always uses (AVX2, FMA, BMI, LZCNT).
//!
//! Each has a fallback, so EMU_HOST_FEATURES can take some away (`-sha,-gfni`, or `-all`), which is how
//! the fallbacks are tested on a host that has everything.

macro_rules! host_features {
    ($( $(#[$doc:meta])* $field:ident $name:literal $($cpuid:tt)&&+ ; )*) => {
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
                for word in list.split(',') {
                    match word.trim().strip_prefix('-') {
                        Some("all") => self = HostFeatures::NONE,
                        $( Some($name) => self.$field = false, )*
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
    };
}

host_features! {
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
    }
}
