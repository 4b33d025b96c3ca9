//! Which host register holds what while translated code runs: one map everywhere, so that a unit
//! may jump to any other without moving anything.
//!
//! `rbp` points into the thread's state ([`super::entry::Thread`]), so that all general-purpose
//! slots are within a byte's displacement, and because this host renames rbp-based stores to the
//! loads behind them, which makes an unpinned register nearly as quick as a pinned one. `rsp` is the
//! host's stack. Three scratch registers are left, among them the ones that division (rax, rdx) and
//! flag saves (rax) insist on.

/// Points [`STATE_BIAS`] bytes into the thread's state.
pub const STATE: u8 = RBP;
/// See [`STATE`].
pub const STATE_BIAS: i32 = 128;

/// Host register numbers, as they are encoded.
pub const RAX: u8 = 0;
#[allow(missing_docs)]
pub const RCX: u8 = 1;
#[allow(missing_docs)]
pub const RDX: u8 = 2;
#[allow(missing_docs)]
pub const RBX: u8 = 3;
#[allow(missing_docs)]
pub const RBP: u8 = 5;
#[allow(missing_docs)]
pub const RSI: u8 = 6;
#[allow(missing_docs)]
pub const RDI: u8 = 7;

/// Pinned general-purpose registers, guest (31 is SP) and host: those that libc and gcc's code use
/// most. X29 and X8 are used more often than X4 and X5, but seldom in loops. The ones without a REX prefix go to the most frequent.
pub const PINNED_X: [(u8, u8); 11] = [
    (0, RBX),
    (1, RSI),
    (2, RDI),
    (3, 8),
    (super::ir::SP, 9),
    (4, 10),
    (19, 11),
    (5, 12),
    (30, 13),
    (20, 14),
    (21, 15),
];

/// Scratch registers, in the order in which they are taken: rax last, because saving the flags needs it.
pub const SCRATCH_X: [u8; 3] = [RCX, RDX, RAX];

/// Pinned vector registers, guest and host.
pub const PINNED_V: [(u8, u8); 12] =
    [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6), (7, 7), (16, 8), (17, 9), (18, 10), (8, 11)];

/// Not zero where an operation has saturated (`lower::saturating`). Only hosts with AVX-512 have these.
pub const QC_V: [u8; 2] = [16, 17];

/// Scratch vector registers.
pub const SCRATCH_V: [u8; 4] = [12, 13, 14, 15];

const fn invert<const N: usize>(pinned: [(u8, u8); N]) -> [Option<u8>; 32] {
    let mut map = [None; 32];
    let mut i = 0;
    while i < N {
        map[pinned[i].0 as usize] = Some(pinned[i].1);
        i += 1;
    }
    map
}

/// Host register of each guest general-purpose register (31: SP), None for those in memory.
pub const X: [Option<u8>; 32] = invert(PINNED_X);
/// Host register of each guest vector register.
pub const V: [Option<u8>; 32] = invert(PINNED_V);

/// Where an operand of a host instruction is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operand {
    /// A host register.
    Reg(u8),
    /// In the thread's state, at this displacement from [`STATE`].
    Slot(i32),
    /// A constant, sign-extended from 32 bits where an instruction encodes it.
    Imm(i64),
}

/// A host memory operand. With an index the displacement fits a byte.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mem {
    /// Base register.
    pub base: u8,
    /// Index register and shift (0 to 3).
    pub index: Option<(u8, u8)>,
    /// Displacement.
    pub disp: i32,
}
