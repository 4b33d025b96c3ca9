//! What a signal handler wants to know of a place in the code: the points of a unit
//! ([`crate::jit::cache`]).

use super::flags::Host;
use super::{Flags, Lower};
use crate::jit::cache::{Point, Where};

impl Lower<'_> {
    /// Where NZCV is to be found now.
    pub(super) fn whereabouts(&self) -> Where {
        match self.flags {
            Flags { host: Host::Carry, saved: false } if self.live => Where::Carry,
            Flags { host: Host::Borrow, saved: false } if self.live => Where::Borrow,
            Flags { host: Host::Compared { swapped: false }, saved: false } if self.live => Where::Compared,
            Flags { host: Host::Compared { swapped: true }, saved: false } if self.live => Where::ComparedSwapped,
            _ => Where::State,
        }
    }

    /// An instruction begins here.
    pub(super) fn note_boundary(&mut self, step: i16) {
        let point = Point { offset: self.asm.len() as u32, step, flags: self.whereabouts(), is_boundary: true };
        match self.points.last_mut() {
            // The one before came to nothing.
            Some(last) if last.offset == point.offset => *last = point,
            _ => self.points.push(point),
        }
    }

    /// The flags may have moved.
    pub(super) fn note_flags(&mut self) {
        let (offset, flags) = (self.asm.len() as u32, self.whereabouts());
        match self.points.last_mut() {
            Some(last) if last.flags == flags => {}
            // At a boundary they are as they were before the instruction.
            Some(last) if last.offset == offset && last.is_boundary => {}
            Some(last) if last.offset == offset => last.flags = flags,
            Some(&mut last) => self.points.push(Point { offset, flags, is_boundary: false, ..last }),
            None => {}
        }
    }

    /// What follows is behind the last instruction.
    pub(super) fn note_end(&mut self) {
        self.live = false;
        self.note_flags();
    }
}
