//! What an operation computes: pure functions on integers, and the names of those operations.
//!
//! Each operation is one row (a variant of an enum, its function beside it). The semantics in
//! `lift` name the row; the interpreter applies its function; the JIT has a template for it, or
//! calls the same function. Imports nothing of ours.

pub mod bits;
pub mod crypto;
pub mod fp;
pub mod int;
pub mod pac;
pub mod simd;
