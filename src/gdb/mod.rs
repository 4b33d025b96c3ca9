//! The debugger: one gdb, every process.
//!
//! ```text
//!   gdb ══ socket ══▶ owner ── packets about this process ──▶ serve ──▶ stub, target (gdbstub) ──▶ Inferior
//!                     │  ▲  └─ packets about another pid ───▶ link ══▶ that process: peer ──▶ serve …
//!                     │  └──── stop events, replies ───────── link ◀══
//!                     └── vCont, D, vKill, fork, exit ──▶ ownership: who holds the socket next
//! ```
//!
//! What flows in: a stopped thread's [`Stop`](crate::debug::Stop). What flows out: a
//! [`Resume`](crate::debug::Resume), which says for each thread whether it goes on and how. In
//! between, the stopped thread itself talks to gdb; there is no helper thread. [`session`] is the
//! way in.
//!
//! The process layer is known here only as the [`Inferior`](crate::debug::Inferior) trait. `gdbstub` does what it does well
//! for one process (registers, memory, breakpoints, features, host I/O, monitor); framing, threads,
//! resuming, stop replies and everything that spans processes is the session's.

mod actions;
pub mod agent;
pub mod attach;
mod beside;
pub mod breakpoints;
pub mod commons;
pub mod door;
pub mod estate;
mod exec;
mod fds;
mod format;
pub mod guard;
mod hidden;
pub mod host_io;
mod image;
mod libraries;
pub mod link;
pub mod listen;
mod lldb;
pub mod lobby;
mod monitor;
pub mod next_run;
mod nonstop;
mod osdata;
mod outbox;
mod owner;
pub mod ownership;
pub mod packet;
mod peer;
pub mod regs;
pub mod reply;
mod search;
pub mod serve;
pub mod session;
pub mod settings;
pub mod signals;
pub mod stdio;
pub mod stub;
pub mod succession;
pub mod target;
pub mod terminal;
pub mod thread_id;
mod tls;
pub mod vcont;
mod vfork;
mod xml;

pub use door::Door;
pub use guard::Guard;
pub use hidden::{Hidden, Hider};
pub use listen::{Address, ListenError, Listener};
pub use session::Session;
