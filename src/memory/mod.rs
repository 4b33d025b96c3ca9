//! Guest memory. Guest addresses are host addresses; this module is the only one that turns them
//! into pointers. Imports nothing of ours.

pub mod access;
