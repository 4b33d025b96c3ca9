//! Where gdb may come in again: the listening socket, once a first gdb is there or instead of waiting
//! for one, and what becomes of the program when gdb goes away without a word.
//!
//! Each process of the session has the door as it has the socket, and only the socket's owner minds
//! it. While a gdb is connected, another one is told so and sent away.

use super::actions::With;
use super::fds;
use super::hidden::{Hidden, Hider};
use super::link::{self, Kept, Message};
use super::ownership::{Event, State};
use super::packet::{Framer, frame, from_hex, to_hex};
use super::session::{Session, Turn};
use super::settings::Settings;
use crate::debug::{Inferior, OnDisconnect};
use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// What a gdb is told that comes while another is there.
const ENGAGED: &[u8] = b"E.another gdb is connected to this program";

/// The door.
#[derive(Default, Debug)]
pub struct Door {
    /// Open if there is a listening socket.
    listener: Option<Hidden>,
    /// The socket's, if it is a unix socket.
    path: Option<PathBuf>,
    /// The last that was sent away: it hears why only if it can first say what it wanted.
    sent_away: Option<Hidden>,
    /// One that came when the gdb before was just going.
    early: Option<Hidden>,
    /// The link to the [`guard`](super::guard), if there is one.
    guard: Option<Hidden>,
    /// What to do when the connection ends.
    pub on_disconnect: OnDisconnect,
    /// It stays open when gdb has detached, too.
    pub stays_open: bool,
    /// The process was there before gdb, which attached to it.
    pub is_attached: bool,
}

impl Door {
    /// A closed one.
    pub fn closed(on_disconnect: OnDisconnect) -> Door {
        Door { on_disconnect, ..Door::default() }
    }

    /// An open one.
    pub fn open(
        listener: OwnedFd,
        path: Option<PathBuf>,
        on_disconnect: OnDisconnect,
        stays_open: bool,
        hider: Hider,
    ) -> io::Result<Door> {
        fds::do_not_block(listener.as_fd())?;
        let path = path.map(std::path::absolute).transpose()?;
        Ok(Door { listener: Some(hider.hide(listener)?), path, on_disconnect, stays_open, ..Door::default() })
    }

    /// The same, with a guard.
    pub fn with_guard(self, guard: Hidden) -> Door {
        Door { guard: Some(guard), ..self }
    }

    /// The link to the guard.
    pub fn guard(&self) -> Option<&Hidden> {
        self.guard.as_ref()
    }

    /// Whether a gdb can come in.
    pub fn is_open(&self) -> bool {
        self.listener.is_some()
    }

    /// The listening socket.
    pub fn listener(&self) -> Option<&Hidden> {
        self.listener.as_ref()
    }

    /// Lets in a gdb that waits, if there is one.
    pub fn admit(&mut self) -> Option<OwnedFd> {
        let early = self.early.take().and_then(Hidden::reveal);
        early.or_else(|| fds::accept(self.listener.as_ref()?.as_fd()).ok())
    }

    /// While a gdb is there: sends away whoever waits.
    pub fn turn_away(&mut self, hider: Hider, is_engaged: impl Fn() -> bool) {
        while let Some(visitor) = if is_engaged() { self.admit() } else { None } {
            if !is_engaged() {
                self.early = hider.hide(visitor).ok();
                return;
            }
            fds::say_last(visitor.as_fd(), &frame(ENGAGED));
            self.sent_away = hider.hide(visitor).ok();
        }
    }

    /// This process minds it no longer.
    pub fn leave(&mut self) -> impl Iterator<Item = Hidden> + use<> {
        (self.sent_away, self.early) = (None, None);
        [self.listener.take(), self.guard.take()].into_iter().flatten()
    }

    /// Nobody will mind it any more.
    pub fn shut(&mut self) {
        if let Some(guard) = &self.guard {
            // The session is over.
            let _ = link::send_at_once(guard.as_fd(), Message::Remember(String::new()));
        }
        let was_open = self.is_open();
        drop(self.leave());
        if let Some(path) = self.path.take().filter(|_| was_open) {
            // Gone, or out of sight behind chroot(2): then it stays until somebody listens there again.
            let _ = std::fs::remove_file(path);
        }
    }

    /// The door of a process that has a copy of this one's descriptor table.
    pub fn in_copied_table(&self) -> Door {
        let copy = |fd: &Option<Hidden>| fd.as_ref().and_then(Hidden::in_copied_table);
        let (listener, guard) = (copy(&self.listener), copy(&self.guard));
        Door { listener, path: self.path.clone(), sent_away: None, early: None, guard, ..*self }
    }

    /// One word, for a process image that has the same descriptors.
    pub fn encode(&self) -> String {
        let [listener, guard] = [&self.listener, &self.guard].map(|fd| fd.as_ref().map_or(-1, Hidden::as_raw_fd));
        let flags = u8::from(self.stays_open) | u8::from(self.is_attached) << 1;
        format!("{},{flags},{listener},{guard},{}", self.on_disconnect, self.path_in_hex())
    }

    /// The inverse of [`Door::encode`]; a closed one if it makes no sense.
    pub fn decode(word: &str, hider: Hider) -> Door {
        let mut parts = word.split(',');
        let on_disconnect = parts.next().and_then(|name| name.parse().ok()).unwrap_or_default();
        let flags: u8 = parts.next().and_then(|flags| flags.parse().ok()).unwrap_or(0);
        let (stays_open, is_attached) = (flags & 1 != 0, flags & 2 != 0);
        let mut fd = || hider.hide(fds::inherited(parts.next()?.parse().ok()?)?).ok();
        let (listener, guard) = (fd(), fd());
        let path = parts.next().and_then(path_from_hex);
        Door { listener, path, sent_away: None, early: None, guard, on_disconnect, stays_open, is_attached }
    }

    /// For a process that is attached to: one word, and descriptors.
    pub fn share(&self) -> io::Result<(String, Vec<OwnedFd>)> {
        let [guard, listener] = [&self.guard, &self.listener].map(|fd| u8::from(fd.is_some()));
        let fds = self.guard.iter().chain(&self.listener).map(Hidden::try_clone).collect::<io::Result<_>>()?;
        Ok((format!("{},{guard},{listener},{}", self.on_disconnect, self.path_in_hex()), fds))
    }

    /// The door of that process.
    pub fn of_attached(word: &str, mut fds: impl Iterator<Item = OwnedFd>, hider: Hider) -> Option<Door> {
        let mut parts = word.split(',');
        let on_disconnect = parts.next()?.parse().ok()?;
        let mut fd = || if parts.next()? == "1" { hider.hide(fds.next()?).ok() } else { None };
        let (guard, listener) = (fd(), fd());
        let path = path_from_hex(parts.next()?);
        Some(Door { listener, path, guard, is_attached: true, ..Door::closed(on_disconnect) })
    }

    fn path_in_hex(&self) -> String {
        to_hex(self.path.as_deref().map_or(&b""[..], |path| path.as_os_str().as_bytes()))
    }

    /// What has to stay open across an execve.
    pub fn fds(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.listener.iter().chain(&self.guard).map(AsFd::as_fd)
    }
}

fn path_from_hex(hex: &str) -> Option<PathBuf> {
    let path = from_hex(hex.as_bytes()).filter(|path| !path.is_empty())?;
    Some(Path::new(OsStr::from_bytes(&path)).to_path_buf())
}

impl Session {
    /// The event that the end of the connection is.
    pub(super) fn loss(&mut self) -> Event {
        if self.settings.non_stop {
            // Whoever is to stand still stands still as in the other mode.
            self.change_settings(|settings| settings.non_stop = false);
        }
        match self.door.on_disconnect {
            OnDisconnect::Stop if self.door.is_open() && self.lobby.is_none() => Event::GdbMissed,
            OnDisconnect::Run | OnDisconnect::Stop => Event::GdbLost,
            OnDisconnect::Kill => Event::GdbLostForAll,
        }
    }

    /// Everything stands still until another gdb comes.
    pub(super) fn wait_for_gdb(&mut self, inferior: &mut dyn Inferior) {
        // It can be read for ever.
        self.socket = None;
        self.let_gdb_in(inferior);
        if self.state == State::OwnerDeserted {
            self.wait_for_input();
        }
    }

    /// A gdb that waits at the door has what it came for.
    pub(super) fn let_gdb_in(&mut self, inferior: &mut dyn Inferior) {
        let socket = self.door.admit().and_then(|socket| self.hider.hide(socket).ok());
        if let Some(socket) = socket {
            self.fire(inferior, Event::GdbCame, With { socket: Some(socket), ..With::default() });
        }
    }

    /// The socket is this gdb's from now on; it knows nothing of the one before.
    pub(super) fn admit(&mut self, inferior: &dyn Inferior, socket: Option<Hidden>) {
        self.socket = socket;
        self.settings = Settings::default();
        self.framer = Framer::default();
        (self.peeked, self.gdb_lost) = (0, false);
        self.owned.unsent.clear();
        // It sees the newborn among the others, and the dead not at all.
        self.owned.pending.retain(|report| report.kept == Kept::Waiting && report.newborn.is_none());
        for peer in &mut self.owned.peers {
            peer.announced = true;
            if let Some(Ok(socket)) = self.socket.as_ref().map(Hidden::try_clone) {
                let _ = link::send(peer.link.as_fd(), Message::NewGdb(socket));
            }
        }
        self.owned.general = (inferior.pid(), self.tid);
        self.owned.last_stop.clear();
        if let (Some(guard), Some(Ok(socket))) = (self.door.guard(), self.socket.as_ref().map(Hidden::try_clone)) {
            let _ = link::send_at_once(guard.as_fd(), Message::NewGdb(socket));
        }
        self.remember(Turn::Gdbs);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::os::unix::net::{UnixListener, UnixStream};

    #[test]
    fn one_is_let_in_and_the_next_is_told() {
        let hider = Hider { hide: Ok, forget: |_| () };
        let path = std::env::temp_dir().join(format!("emu-door-test-{}", std::process::id()));
        let listener = UnixListener::bind(&path).expect("bound");
        let mut door = Door::open(listener.into(), Some(path.clone()), OnDisconnect::Stop, false, hider).expect("open");
        assert!(door.admit().is_none(), "nobody waits");
        let _first = UnixStream::connect(&path).expect("connected");
        assert!(door.admit().is_some());
        let mut second = UnixStream::connect(&path).expect("connected");
        door.turn_away(hider, || true);
        let mut said = String::new();
        second.read_to_string(&mut said).expect("hung up");
        assert!(said.starts_with("$E.another gdb"), "{said}");
        door.shut();
        assert!(!path.exists() && !door.is_open());
    }

    #[test]
    fn it_survives_an_exec() {
        let hider = Hider { hide: Ok, forget: |_| () };
        let door = Door { path: Some("/tmp/a b".into()), stays_open: true, ..Door::closed(OnDisconnect::Kill) };
        let again = Door::decode(&door.encode(), hider);
        assert_eq!((again.on_disconnect, again.stays_open, again.path.clone()), (OnDisconnect::Kill, true, door.path));
        assert!(!again.is_open());
        assert_eq!(Door::decode("nonsense", hider).on_disconnect, OnDisconnect::Run);
    }
}
