//! The debugger: one gdb, every process.
//!
//! ```text
//!   gdb ══ socket ══▶ session ── packets about this process ──▶ serve ── target (gdbstub) ──▶ Inferior
//!                     │  ▲  └─── packets about another pid ──▶ link ══▶ that process's session
//!                     │  └────── stop events, replies ───────── link ◀══
//!                     └── vCont, D, vKill, fork, exit ──▶ ownership: who holds the socket next
//! ```
//!
//! What flows in: a stopped thread's [`Stop`]. What flows out: a [`Resume`], which says for each
//! thread whether it goes on and how. In between, the stopped thread itself talks to gdb; there is
//! no helper thread.
//!
//! The process layer is known here only as the [`Inferior`] trait. `gdbstub` does what it does well
//! for one process (registers, memory, breakpoints, features, host I/O, monitor); framing, threads,
//! resuming, stop replies and everything that spans processes is the session's.

pub mod inferior;
pub mod resume;
pub mod session;
pub mod stop;

pub use inferior::{Inferior, Registers, WatchKind, Watchpoint};
pub use resume::{Action, Resume};
pub use session::{ForkLink, Handover, Session};
pub use stop::{ExitStatus, ForkKind, Stop};
