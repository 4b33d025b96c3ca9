//! The session of a child that shares memory with its parent: a vfork child.
//!
//! The child of a fork finds the session in its copy of memory. This one needs one of its own, made by
//! the parent, with the numbers of the descriptors that the child's copied table will have: it
//! begins as the parent's, as if it had been copied.

use super::commons::Commons;
use super::estate::{Owned, Peer};
use super::hidden::Hidden;
use super::serve::Local;
use super::session::{ForkLink, Session};

impl Session {
    /// The child's.
    pub(super) fn for_copied_table(&self) -> Session {
        let hider = self.hider;
        let copy = |fd: &Hidden| fd.in_copied_table();
        let peers = self
            .owned
            .peers
            .iter()
            .filter_map(|peer| Some(Peer { pid: peer.pid, announced: peer.announced, link: copy(&peer.link)? }));
        let fork_link = self.fork_link.as_ref().and_then(|link| {
            let childs_end = link.childs_end.left_to_copied_table()?;
            Some(ForkLink { kind: link.kind, owners_end: copy(&link.owners_end)?, childs_end })
        });
        // Breakpoints show in shared memory whoever inserted them, and are his to remove.
        let mut local = Local::new(hider);
        local.breakpoints.catch_later(self.local.breakpoints.caught().clone());
        Session {
            state: self.state,
            socket: self.socket.as_ref().and_then(copy),
            door: self.door.in_copied_table(),
            settings: self.settings.clone(),
            local,
            link: self.link.as_ref().and_then(copy),
            owned: Owned { peers: peers.collect(), ..Owned::default() },
            commons: self.commons.as_ref().and_then(Commons::in_copied_table),
            fork_link,
            ..Session::inactive(hider)
        }
    }
}
