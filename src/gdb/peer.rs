//! A process of the session that does not own the socket: it does what comes over its link.

use super::actions::With;
use super::commons::Commons;
use super::hidden::Hidden;
use super::link::{self, Message};
use super::owner::own_threads;
use super::ownership::Event;
use super::session::Session;
use super::settings::Settings;
use crate::debug::Inferior;
use std::io::ErrorKind;
use std::os::fd::AsFd;

impl Session {
    /// The owner's turn: waits for one message and does it.
    pub(super) fn serve_owner(&mut self, inferior: &mut dyn Inferior) {
        if self.settings.non_stop {
            self.hear_or_go_on(inferior);
        } else {
            self.hear_owner(inferior);
        }
    }

    /// While threads run: does what the owner wants, if it wants something.
    pub(super) fn hear_owner_if_it_speaks(&mut self, inferior: &mut dyn Inferior) {
        if self.link.as_ref().is_some_and(|link| link::is_readable(link.as_fd())) {
            self.hear_owner(inferior);
        }
    }

    /// One message, which is there or is waited for.
    pub(super) fn hear_owner(&mut self, inferior: &mut dyn Inferior) {
        let Some(link) = &self.link else { return };
        let message = link::receive(link.as_fd());
        let mut with = With::default();
        let event = match message {
            Some(Message::Packet { tid, body }) => {
                let replies = match self.answer_for_threads(inferior, &body) {
                    Some(replies) => replies,
                    None => self.local.answer(inferior, tid, &body),
                };
                return self.answer(Message::Answer(replies));
            }
            Some(Message::ListThreads) => return self.answer(Message::Threads(own_threads(inferior))),
            Some(Message::Settings(settings)) => {
                let changes_mode = self.settings.non_stop != settings.non_stop;
                self.settings = settings;
                if changes_mode {
                    self.mode_changed(inferior);
                }
                return;
            }
            Some(Message::Spoke { pid }) => {
                self.untold.take_if(|_| pid == self.pid);
                return;
            }
            Some(Message::Told { tid }) => return self.note_told(tid),
            Some(Message::Resume(resume)) if self.settings.non_stop => return self.obey(inferior, &resume),
            Some(Message::Commons(fds)) => {
                self.commons = Commons::of(fds.into_iter(), self.hider);
                return;
            }
            Some(Message::NewGdb(socket)) => {
                self.local.breakpoints.clear(inferior);
                self.untold = None;
                (self.socket, self.settings) = (self.hider.hide(socket).ok(), Settings::default());
                return;
            }
            Some(Message::Resume(resume)) => {
                let moves = resume.moves(&inferior.threads());
                self.untold.take_if(|_| moves);
                self.plan = resume;
                if moves { Event::OwnerResumes } else { Event::OwnerLeaves }
            }
            Some(Message::Stop) => Event::OwnerStops,
            Some(Message::Release) => Event::OwnerReleases,
            Some(Message::Kill) => Event::OwnerKills,
            Some(Message::HandOver { estate, fds }) => {
                with.estate = Some((estate, fds));
                Event::OwnerHandsOver
            }
            // The words of a peer, or for somebody else, are not for a peer: whoever says them is no owner.
            Some(
                Message::Answer(_)
                | Message::Invite { .. }
                | Message::Begin { .. }
                | Message::Threads(_)
                | Message::Event(..)
                | Message::Says(_)
                | Message::Remember(_)
                | Message::Call { .. }
                | Message::Welcome
                | Message::Here
                | Message::Parked { .. },
            )
            | None => self.seek_owner(),
        };
        self.fire(inferior, event, with);
    }

    /// Has the owner print something; false if it has not taken what was said before.
    pub(super) fn say_to_owner(&self, text: &[u8]) -> bool {
        let say = |link: &Hidden| link::send_at_once(link.as_fd(), Message::Says(text.to_vec()));
        !self.link.as_ref().map(say).is_some_and(|sent| sent.is_err_and(|error| error.kind() == ErrorKind::WouldBlock))
    }

    fn answer(&mut self, message: Message) {
        if let Some(link) = &self.link {
            let _ = link::send(link.as_fd(), message);
        }
    }
}
