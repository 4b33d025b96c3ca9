//! What a signal handler wants to know of a place in the code: the points of a unit
//! ([`crate::jit::cache`]).

use super::flags::Host;
use super::{Flags, Lower};
use crate::jit::cache::{Point, Where};

impl Lower<'_> {
    /// Where NZCV is to be found now.
    pub(super) fn whereabouts(&self) -> Where {
        match self.flags {
            Flags { alike: true, .. } => Where::Lost,
            Flags { saved: true, .. } | Flags { named: true, .. } => Where::State,
            Flags { host: Host::Carry, .. } => Where::Carry,
            Flags { host: Host::Borrow, .. } => Where::Borrow,
            Flags { host: Host::Compared { swapped: false }, .. } => Where::Compared,
            Flags { host: Host::Compared { swapped: true }, .. } => Where::ComparedSwapped,
            Flags { host: Host::None, again: Some(_), .. } => Where::Again,
            Flags { host: Host::None, again: None, .. } => Where::Lost,
        }
    }

    /// An instruction begins here. If the flags are lost a signal has to wait until they are set anew.
    pub(super) fn note_boundary(&mut self, step: i16) {
        let flags = self.whereabouts();
        let point = Point { offset: self.asm.len() as u32, step, flags, is_boundary: flags != Where::Lost };
        while self.points.last().is_some_and(|last| last.offset > point.offset) {
            self.points.pop();
        }
        match self.points.last_mut() {
            // The one before came to nothing.
            Some(last) if last.offset == point.offset => *last = point,
            _ => self.points.push(point),
        }
    }

    /// The flags may have moved.
    pub(super) fn note_flags(&mut self) {
        if self.is_behind {
            return;
        }
        let (offset, flags) = (self.asm.len() as u32, self.whereabouts());
        match self.points.last_mut() {
            Some(last) if last.flags == flags => {}
            // At a boundary they are as they were before the instruction; behind its first byte no longer.
            Some(&mut last) if last.offset == offset && last.is_boundary => {
                self.points.push(Point { offset: offset + 1, flags, is_boundary: false, ..last });
            }
            Some(last) if last.offset >= offset => last.flags = flags,
            Some(&mut last) => self.points.push(Point { offset, flags, is_boundary: false, ..last }),
            None => {}
        }
    }

    /// What follows is behind the last instruction: no place to stop.
    pub(super) fn note_end(&mut self) {
        self.flags = Flags::LOST;
        if let Some(&last) = self.points.last() {
            let offset = self.asm.len() as u32;
            self.points.push(Point { offset, flags: Where::Lost, is_boundary: false, ..last });
        }
        self.is_behind = true;
    }
}
