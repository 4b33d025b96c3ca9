//! Advanced SIMD (Arm ARM C4.1.96), one file per group.

pub mod fp;
pub mod structures;
