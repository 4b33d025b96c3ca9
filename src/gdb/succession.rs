//! What happens when the owner of the socket dies without a word: one process is its heir, and the others find
//! their way to that one.
//!
//! Every process has a link to the owner only. So the owner makes another for each process but the heir, between
//! that one and the heir, and tells the heir, as it tells the [`guard`](super::guard), what the session would be
//! without it. When its link ends without a word the heir takes the socket and all these links, has
//! everybody stand still if gdb waits for a stop, and reports the death. The others go over to their other
//! link, and repeat what they have told and gdb has not heard.

use super::actions::With;
use super::estate::{Estate, Peer};
use super::hidden::Hidden;
use super::link::{self, Message, Report};
use super::reply;
use super::session::{Session, Turn};
use crate::debug::{ExitStatus, Inferior};
use std::os::fd::AsFd;

/// How long the heir of an owner that died while it stopped its peers waits for what gdb may have to say to
/// the stop, in milliseconds.
const LAST_WORDS_MS: u16 = 300;

/// What a process that is not the owner keeps for the owner's death.
#[derive(Default)]
pub struct Succession {
    /// The owner whose heir this process is.
    pub heir_of: Option<i32>,
    /// As the heir: links to the others, by process.
    pub spares: Vec<(i32, Hidden)>,
    /// As the heir: what the owner said last.
    pub will: Estate,
    /// As another: this one's end of the link to the heir.
    pub to_heir: Option<Hidden>,
    /// What this process has told the owner, unless gdb knows it.
    pub untold: Option<Report>,
}

impl Succession {
    /// Its descriptors, in the order that [`Succession::take_fds`] wants.
    pub fn fds(&self) -> impl Iterator<Item = &Hidden> {
        self.to_heir.iter().chain(self.spares.iter().map(|(_, link)| link))
    }

    /// Takes its descriptors out.
    pub fn take_fds(&mut self) -> impl Iterator<Item = Hidden> + use<> {
        self.to_heir.take().into_iter().chain(std::mem::take(&mut self.spares).into_iter().map(|(_, link)| link))
    }
}

impl Session {
    /// Takes a process into the session.
    pub(super) fn adopt(&mut self, pid: i32, link: Hidden) {
        self.owned.peers.push(Peer { pid, announced: false, heir: false, link });
        if self.heir().is_some() { self.link_to_heir(pid) } else { self.name_heir() }
    }

    pub(super) fn heir(&self) -> Option<&Peer> {
        self.owned.peers.iter().find(|peer| peer.heir)
    }

    /// Sees to it that one peer is the heir, and linked to the others.
    pub(super) fn name_heir(&mut self) {
        if self.heir().is_some() {
            return;
        }
        let Some((first, others)) = self.owned.peers.split_first_mut() else { return };
        first.heir = true;
        let _ = link::send(first.link.as_fd(), Message::NameHeir { owner: self.pid });
        let others: Vec<i32> = others.iter().map(|peer| peer.pid).collect();
        others.into_iter().for_each(|pid| self.link_to_heir(pid));
    }

    /// The heir of the owner before becomes the new owner's.
    pub(super) fn confirm_heir(&mut self) {
        match self.heir() {
            Some(heir) => {
                let _ = link::send(heir.link.as_fd(), Message::NameHeir { owner: self.pid });
                let _ = link::send(heir.link.as_fd(), Message::SpareGone { pid: self.pid });
            }
            None => self.name_heir(),
        }
    }

    /// Without descriptors left, that peer goes free if the owner dies.
    fn link_to_heir(&self, pid: i32) {
        let (Some(heir), Some(peer), Ok((heirs, theirs))) = (self.heir(), self.peer(pid), link::pair()) else { return };
        let _ = link::send(heir.link.as_fd(), Message::Spare { pid, link: heirs });
        let _ = link::send(peer.link.as_fd(), Message::ToHeir(theirs));
    }

    /// The heir need not know that peer any more.
    pub(super) fn forget_spare(&self, pid: i32) {
        if let Some(heir) = self.heir() {
            let _ = link::send(heir.link.as_fd(), Message::SpareGone { pid });
        }
    }

    /// What the owner says in view of its death.
    pub(super) fn prepare(&mut self, message: Message) {
        match message {
            Message::NameHeir { owner } => {
                self.succession.heir_of = Some(owner);
                self.succession.to_heir = None;
            }
            Message::Spare { pid, link } => {
                if let Ok(link) = self.hider.hide(link) {
                    self.succession.spares.push((pid, link));
                }
            }
            Message::SpareGone { pid } => self.succession.spares.retain(|(known, _)| *known != pid),
            Message::ToHeir(link) => self.succession.to_heir = self.hider.hide(link).ok(),
            Message::Remember(text) => {
                self.succession.will =
                    text.split_once(' ').map(|(_, estate)| Estate::decode(estate)).unwrap_or_default();
            }
            _ => {}
        }
    }

    /// As the heir: what the dead owner had.
    pub(super) fn inherit_what_is_left(&mut self) {
        let will = std::mem::take(&mut self.succession.will);
        for (pid, link) in std::mem::take(&mut self.succession.spares) {
            let announced = will.peers.iter().any(|(known, ..)| *known == pid);
            self.owned.peers.push(Peer { pid, announced, heir: false, link });
        }
        // What lives tells again what it told.
        self.owned.pending.extend(will.pending.into_iter().filter(Report::is_end));
        self.owned.run = will.run;
        self.name_heir();
    }

    /// As another: the heir is the owner now.
    pub(super) fn follow_heir(&mut self) {
        self.link = self.succession.to_heir.take();
        let untold = if self.settings.non_stop {
            self.untold_halts(self.pid)
        } else {
            self.succession.untold.iter().cloned().collect()
        };
        for report in untold {
            self.tell_owner(Message::Event(report, None));
        }
    }

    pub(super) fn report_owners_death(&mut self, inferior: &dyn Inferior, with: &mut With) {
        let Some(owner) = self.succession.heir_of.take() else { return };
        let killed = ExitStatus::Signaled(libc::SIGKILL as u32);
        self.owned.pending.push_back(reply::of_exit(&self.settings, owner, killed));
        if self.settings.non_stop {
            let untold = self.untold_halts(inferior.pid());
            self.owned.pending.extend(untold);
            self.remember(self.turn);
            return self.announce();
        }
        if self.turn == Turn::Gdbs {
            // They stand; what they tell again comes before their answers.
            for pid in self.peer_pids() {
                self.ask(pid, Message::ListThreads);
            }
        } else {
            with.ran = self.stop_peers();
        }
        self.release_unknown();
        self.remember(self.turn);
        if self.gdb_waits() {
            self.send_report(inferior, with);
        } else {
            self.spoke(owner);
        }
    }

    /// Children that gdb will not hear of, as their parent was the owner, run free.
    fn release_unknown(&mut self) {
        let is_told = |pid: i32| self.owned.pending.iter().any(|report| report.newborn == Some(pid));
        let unknown = self.owned.peers.iter().filter(|peer| !peer.announced && !is_told(peer.pid));
        for pid in unknown.map(|peer| peer.pid).collect::<Vec<_>>() {
            self.dismiss(pid, || Message::Release);
        }
    }

    /// Whether gdb waits for a stop that the owner before did not live to tell.
    pub(super) fn gdb_waits(&mut self) -> bool {
        match self.turn {
            Turn::Ours => {
                // What gdb said last is why it waits.
                self.read_available();
                self.framer.forget_packets();
                true
            }
            // It died before it could tell gdb, or just after; gdb always has something to say to a stop.
            Turn::Stopping => !self.gdb_speaks_within(LAST_WORDS_MS),
            Turn::Gdbs => false,
        }
    }

    /// gdb has been told of a stop of that process, and has its turn.
    pub(super) fn spoke(&self, pid: i32) {
        for peer in &self.owned.peers {
            let _ = link::send(peer.link.as_fd(), Message::Spoke { pid });
        }
    }
}
