//! What a breakpoint does by itself: the debugger's code for it runs on the thread that hits it,
//! without stopping anybody.

/// Code at a breakpoint.
pub trait Probe: Send + Sync {
    /// The thread at `place` has come to the breakpoint.
    fn hit(&self, place: &dyn Place) -> Verdict;
}

/// The thread that came, as far as a [`Probe`] may look at it. Other threads run.
pub trait Place {
    /// X0 to X30, SP and PC, in this order.
    fn register(&self, number: usize) -> Option<u64>;
    /// Reads memory as the thread itself could; true if all of it was there.
    fn read_memory(&self, addr: u64, buf: &mut [u8]) -> bool;
}

/// What becomes of the thread.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It stops for the breakpoint.
    Stop,
    /// It goes on as if there were none, and the user reads this, if it is not empty.
    GoOn(Vec<u8>),
}
