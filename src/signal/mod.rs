//! Guest signals: actions, masks, frames, delivery, and the host handlers behind them.
//!
//! ```text
//!   host kernel ─▶ host (handler) ─▶ record ─ pending flag ─▶ interpreter or host call stops
//!                                       │                            │
//!                                       └──────▶ deliver ◀── run loop┘
//!                                                  │
//!                         action, mask, altstack ──┴──▶ frame ─▶ guest stack, registers
//! ```
//!
//! The kernel keeps the guest's queues and does the default actions: a guest signal with the
//! default action has it on the host too, and a blocked one is blocked on the host. Only what has
//! a handler passes through here, one signal at a time.

pub mod action;
pub mod altstack;
pub mod deliver;
pub mod frame;
pub mod host;
pub mod info;
pub mod record;
pub mod traced;

pub use action::Actions;
pub use info::SigInfo;
pub use record::SignalRecord;

/// A set of signals: bit N-1 is signal N (the kernel's `sigset_t`).
pub type SigSet = u64;

/// The set that holds `signal` alone; empty for a number that is none.
pub const fn bit(signal: u32) -> SigSet {
    if signal >= 1 && signal <= 64 { 1 << (signal - 1) } else { 0 }
}

/// Signals by which the host reports faults. They are never blocked on the host.
pub const FAULTS: SigSet = bit(libc::SIGSEGV as u32)
    | bit(libc::SIGBUS as u32)
    | bit(libc::SIGILL as u32)
    | bit(libc::SIGFPE as u32)
    | bit(libc::SIGTRAP as u32);

/// Signals that no one blocks, catches or ignores.
pub const UNCATCHABLE: SigSet = bit(libc::SIGKILL as u32) | bit(libc::SIGSTOP as u32);
