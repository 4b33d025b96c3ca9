//! `emu` runs AArch64 Linux programs on an x86-64 Linux machine, and debugs them, fork after fork,
//! from one gdb.
//!
//! ```text
//!   arguments ─ config ─ load ─▶ memory, cpu          an address space and a first stack
//!                                   │
//!        ┌──────────────────────────▼─────────────────────────────┐
//!        │ run: decode ─ lift ─ interp │ jit      guest code runs  │◀─┐
//!        └──────────────────────────┬─────────────────────────────┘  │ resume
//!                                   │ Exit                           │
//!             ┌─────────────┬───────┴──────┬──────────────┐          │
//!          Syscall        Fault        Breakpoint     Interrupted    │
//!             ▼             ▼              ▼              ▼          │
//!          syscalls      signal           gdb          signal ───────┘
//! ```
//!
//! Folder order is flow order; dependencies point one way (ARCHITECTURE.md has the rule, and
//! `tests/architecture.rs` holds the tree to it).

pub mod binfmt;
pub mod cli;
pub mod config;
pub mod cpu;
pub mod debug;
pub mod decode;
pub mod gdb;
pub mod host;
pub mod interp;
pub mod jit;
pub mod lift;
pub mod load;
pub mod memory;
pub mod process;
pub mod report;
pub mod run;
pub mod signal;
pub mod trace;
pub mod value;
