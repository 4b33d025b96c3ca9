//! What a vfork child, which may be killed at any moment, has of its own in the memory that it shares with
//! its parent: a number in the locks that it holds ([`crate::host::lock`]) and a heap
//! ([`crate::memory::alloc`]).

use crate::host::lock;
use crate::memory::alloc;

/// Made by the parent, used by the child, ended by the parent when the child has left.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Tenancy {
    number: Option<u32>,
    arena: Option<usize>,
}

impl Tenancy {
    /// For a child to come. Where too many share the memory already, it is a part of this process.
    pub fn begin() -> Self {
        let number = lock::enroll();
        Tenancy { number, arena: number.and_then(|_| alloc::take_arena()) }
    }

    /// In the child, before it takes a lock or allocates.
    pub fn enter(self) {
        self.number.into_iter().for_each(lock::own_as);
        self.arena.into_iter().for_each(alloc::use_arena);
    }

    /// The child is not there, or no longer.
    pub fn end(self) {
        self.number.into_iter().for_each(lock::dismiss);
        self.arena.into_iter().for_each(alloc::return_arena);
    }
}
