//! Core dumps (core(5)): a guest that dies by a signal whose default is to dump leaves an AArch64 core
//! where the kernel would have left one, and where `--core` says.
//!
//! ```text
//!   exit ─ freeze (the other threads) ─ pattern (where to) ─ segments, notes ─▶ write
//!                                            │
//!                                            └─ kernel: what it does with the emulator's own core
//! ```
//!
//! The kernel sets the bit that says "core dumped" in the wait status only if it has dumped the process
//! itself. So it may, but into a directory that is removed behind it, and without any memory; see
//! [`kernel`].

pub mod freeze;
pub mod kernel;
pub mod notes;
pub mod pattern;
pub mod segments;
pub mod write;

use super::thread::Thread;
use crate::host::raw::{args, getpid, syscall};
use crate::signal::SigInfo;
use crate::signal::action::{DefaultAction, default_action};
use kernel::Dumped;
use pattern::Place;

/// Leaves the cores that are to be left; true if the wait status will say so. The thread dies by
/// `info`'s signal next; under a debugger, all others are parked.
pub fn dump(thread: &mut Thread, info: &SigInfo) -> bool {
    // PR_SET_DUMPABLE: a program with secrets leaves none.
    let is_dumpable = syscall(libc::SYS_prctl, args([libc::PR_GET_DUMPABLE as u64])) == Ok(1);
    if default_action(info.signal()) != DefaultAction::Core || !is_dumpable {
        return false;
    }
    let limit = pattern::core_limit();
    let place = pattern::place(thread, info.signal(), limit);
    let own = thread
        .process
        .settings
        .core
        .as_ref()
        .map(|dir| [dir, &b"/core."[..], getpid().to_string().as_bytes()].concat());
    if own.is_none() && !matches!(place, Place::File(_)) {
        return kernel::prepare(&place, Dumped::No);
    }
    let frozen = freeze::others(thread);
    let threads: Vec<_> = std::iter::once(freeze::Frozen::of(thread)).chain(frozen).collect();
    let segments = segments::all(&thread.process);
    let notes = notes::all(&thread.process, &threads, info, &segments);
    if let Some(path) = own {
        let _ = write::core(&path, &segments, &notes, u64::MAX);
    }
    let dumped = match &place {
        Place::File(path) => match write::core(path, &segments, &notes, limit) {
            Ok(true) => Dumped::Whole,
            Ok(false) | Err(_) => Dumped::No,
        },
        Place::Pipe | Place::Nowhere => Dumped::No,
    };
    // A vfork child's memory is its parent's, and so is the filter that the kernel would be given.
    if thread.is_vfork_child { kernel::prepare(&Place::Nowhere, dumped) } else { kernel::prepare(&place, dumped) }
}
