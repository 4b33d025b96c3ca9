//! The `emu` program.

fn main() {}
