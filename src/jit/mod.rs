//! The JIT: guest code becomes x86-64 code.

pub mod emit;
pub mod ir;
