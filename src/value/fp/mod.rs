//! Floating-point operations.

pub mod op;
