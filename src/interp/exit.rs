//! Why an engine gave control back.

use crate::decode::Op;
use crate::memory::access::Fault;

/// Why guest code stopped running. `cpu.pc` is true; unless said otherwise it is at the instruction
/// that caused the exit, none of whose effects has happened.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Exit {
    /// SVC #imm; pc is after it. X8 has the number.
    Syscall(u32),
    /// A data access faulted.
    Fault(Fault),
    /// pc is not in executable memory.
    FetchFault,
    /// pc is not a multiple of 4.
    PcAlignment,
    /// An encoding that is unallocated, or that is known and has no meaning yet (its row).
    Undefined(u32, Option<Op>),
    /// An indirect branch came to pc, in a guarded page, where no instruction allows it.
    BranchTarget,
    /// BRK #imm.
    Brk(u32),
    /// A breakpoint of the debugger at pc.
    Breakpoint,
    /// The next access would touch a watched address; the access has not happened.
    Watchpoint {
        /// The first watched byte that it would touch.
        addr: u64,
        /// Whether the access writes.
        write: bool,
    },
    /// [`super::Interp::step`] executed one instruction; pc is after it.
    Step,
    /// Another thread or a signal handler asked for it (see [`super::stop`]); pc is at the next instruction.
    Interrupted,
}
