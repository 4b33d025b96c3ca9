//! What a process that shares the memory of another has of its own there, since it may be killed at any moment: a
//! number in the locks that it holds ([`crate::host::lock`]) and a heap ([`crate::memory::alloc`]).
//!
//! A vfork child ends before its parent goes on, which then clears up behind it. Others run beside each other
//! (CLONE_VM alone): behind a *neighbour*, whoever makes the next one clears up.

use super::host_thread::ThreadMemory;
use super::thread::Thread;
use crate::host::{Lock, lock};
use crate::memory::alloc;

/// Made by the parent, used by the child and its threads, ended when the child has left.
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

    /// In the child of a fork, where nobody shares the memory: what is left is the heap.
    pub fn alone(self) -> Self {
        lock::own_alone();
        Tenancy { number: None, ..self }
    }

    /// The child is not there, or no longer.
    pub fn end(self) {
        self.number.into_iter().for_each(lock::dismiss);
        self.arena.into_iter().for_each(alloc::return_arena);
    }
}

/// A process that runs beside others in their memory.
struct Neighbour {
    pid: i32,
    tenancy: Tenancy,
    /// Its first thread, as an address.
    thread: usize,
    memory: ThreadMemory,
}

static NEIGHBOURS: Lock<Vec<Neighbour>> = Lock::new(Vec::new());

/// `thread` of the process `pid` has begun on `memory`: both stay until the process has ended.
pub fn note_neighbour(pid: i32, tenancy: Tenancy, thread: *mut Thread, memory: ThreadMemory) {
    NEIGHBOURS.lock().push(Neighbour { pid, tenancy, thread: thread as usize, memory });
}

/// Before another one comes: `free` gets back the threads of those that have ended, and what they ran on.
pub fn clear_up(free: impl Fn(*mut Thread, ThreadMemory)) {
    lock::expect_neighbours();
    let ended: Vec<Neighbour> = NEIGHBOURS.lock().extract_if(.., |neighbour| lock::has_ended(neighbour.pid)).collect();
    for neighbour in ended {
        neighbour.tenancy.end();
        free(neighbour.thread as *mut Thread, neighbour.memory);
    }
}

/// Takes the list's lock for the time of a fork.
pub fn hold() {
    NEIGHBOURS.hold();
}

/// Undoes [`hold`].
pub fn release() {
    NEIGHBOURS.release();
}

/// In the child of a fork, which has none.
pub fn forget_neighbours() {
    NEIGHBOURS.lock().clear();
}
