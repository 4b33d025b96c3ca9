//! `vAttach`: a process that was started without a debugger joins the session.
//!
//! The owner of the socket, or whoever has it while there is no process, listens at a place that nobody can
//! guess and has the process told of it ([`Inferior::summon`]). The process comes there ([`Session::meet`]),
//! gets gdb's socket, and says that it has it. The connection between the two is its link if it
//! becomes a peer; if there was no process, it becomes the owner.

use super::door::Door;
use super::estate::Estate;
use super::hidden::{Hidden, Hider};
use super::link::{self, Message};
use super::ownership::State;
use super::reply;
use super::session::Session;
use crate::debug::{Inferior, Stop};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{AddressFamily, Backlog, SockFlag, SockType, UnixAddr, bind, connect, listen, socket};
use std::io::{Error, ErrorKind, Result};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

/// How long a process may take to come, in milliseconds: one that is stopped does not.
const COMES_WITHIN_MS: u16 = 5000;

/// Who waits for the first stop of a process that was attached to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arrival {
    /// Nobody: gdb will ask.
    Unasked,
    /// gdb.
    AsOwner,
    /// The owner.
    AsPeer,
}

/// Each with the word for it.
const ARRIVALS: [(Arrival, &str); 3] =
    [(Arrival::Unasked, "unasked"), (Arrival::AsOwner, "owner"), (Arrival::AsPeer, "peer")];

impl Session {
    /// `vAttach`. In the all-stop mode the answer is the process's first stop.
    pub(super) fn attach(&mut self, inferior: &mut dyn Inferior, pid: Option<i32>) {
        let pid = pid.filter(|pid| *pid > 0 && *pid != self.pid && self.peer(*pid).is_none());
        let Some(pid) = pid else { return self.reply(b"E01") };
        let is_lobby = self.lobby.is_some();
        let arrival = if is_lobby { Arrival::AsOwner } else { Arrival::AsPeer };
        match self.bring_to(inferior, pid, arrival) {
            Ok(_) if is_lobby => self.leave_to_newcomer(),
            Ok(link) => self.admit_newcomer(link),
            Err(error) => self.reply(format!("E.cannot attach to process {pid}: {}", refusal(&error)).as_bytes()),
        }
    }

    /// `--attach`: the session is that process's from now on.
    pub fn attach_first(&mut self, inferior: &mut dyn Inferior, pid: i32) -> Result<()> {
        self.bring_to(inferior, pid, Arrival::Unasked)?;
        self.leave_to_newcomer();
        Ok(())
    }

    fn leave_to_newcomer(&mut self) {
        // What gdb says next is for its ears.
        self.socket = None;
        self.state = State::Gone;
    }

    fn admit_newcomer(&mut self, link: Hidden) {
        let Some(Message::Event(first_stop, None)) = link::receive(link.as_fd()) else { return self.reply(b"E01") };
        self.adopt_newcomer(first_stop.pid, link);
        if self.settings.non_stop { self.reply(b"OK") } else { self.tell_gdb(first_stop) }
    }

    /// Has the process take part. Its answer to the invitation has come; the connection is the result.
    fn bring_to(&mut self, inferior: &mut dyn Inferior, pid: i32, arrival: Arrival) -> Result<Hidden> {
        self.take_from_socket();
        let socket = self.socket.as_ref().ok_or_else(|| Error::from(ErrorKind::NotConnected))?.try_clone()?;
        let place = some_place()?;
        let listener = stream()?;
        bind(listener.as_raw_fd(), &address(place)?)?;
        listen(&listener, Backlog::new(1)?)?;
        inferior.summon(pid, place).map_err(Error::from_raw_os_error)?;
        let mut fds = [PollFd::new(listener.as_fd(), PollFlags::POLLIN)];
        let comes = poll(&mut fds, PollTimeout::from(COMES_WITHIN_MS))? > 0;
        let link = if comes { super::fds::accept(listener.as_fd()).ok() } else { None };
        let link = self.hider.hide(link.ok_or_else(|| Error::from(ErrorKind::TimedOut))?)?;
        let word = ARRIVALS.iter().find(|(known, _)| *known == arrival).map_or("", |(_, word)| word);
        let estate = match arrival {
            Arrival::AsPeer => Estate { settings: self.settings.clone(), ..Estate::default() },
            Arrival::Unasked | Arrival::AsOwner => Estate { last_stop: Vec::new(), ..self.estate() },
        };
        let (door, mut fds) = self.door.share()?;
        fds.insert(0, socket);
        link::send(link.as_fd(), Message::Invite { text: format!("{word} {door} {}", estate.encode()), fds })?;
        match link::receive(link.as_fd()) {
            Some(Message::Parked { .. }) => Ok(link),
            _ => Err(ErrorKind::ConnectionAborted.into()),
        }
    }

    /// The session of a process that was summoned to a place.
    pub fn meet(place: [u64; 2], hider: Hider) -> Option<Session> {
        let link = stream().ok()?;
        connect(link.as_raw_fd(), &address(place).ok()?).ok()?;
        let link = hider.hide(link).ok()?;
        let Some(Message::Invite { text, fds }) = link::receive(link.as_fd()) else { return None };
        let mut words = text.splitn(3, ' ');
        let word = words.next()?;
        let arrival = ARRIVALS.iter().find(|(_, known)| *known == word)?.0;
        let mut fds = fds.into_iter();
        let socket = fds.next()?;
        let door = Door::of_attached(words.next()?, fds, hider)?;
        let mut session = Session::awaiting(door, hider);
        session.inherit(Estate::decode(words.next()?), Vec::new());
        session.socket = Some(hider.hide(socket).ok()?);
        session.arrival = Some(arrival);
        link::send(link.as_fd(), Message::Parked { tid: 0, ran: true }).ok()?;
        if arrival == Arrival::AsPeer {
            (session.state, session.link) = (State::PeerServing, Some(link));
        } else {
            session.state = State::OwnerServing;
        }
        Some(session)
    }

    /// The process stands still.
    pub(super) fn answer_attach(&mut self, inferior: &dyn Inferior, arrival: Arrival) {
        let report = reply::of_stop(&self.settings, &self.local.breakpoints, inferior, self.tid, &Stop::Start);
        match arrival {
            Arrival::Unasked => self.owned.last_stop = report.body,
            Arrival::AsPeer => self.tell_owner(Message::Event(report, None)),
            // Its threads run on until gdb says otherwise.
            Arrival::AsOwner if self.settings.non_stop => self.reply(b"OK"),
            Arrival::AsOwner => self.tell_gdb(report),
        }
    }
}

/// Why a process cannot be attached to, and what to try.
pub fn refusal(error: &Error) -> String {
    match error.raw_os_error() {
        Some(libc::ENOEXEC) => "it is no process of this emu (attach with the very file that runs it)".to_owned(),
        Some(libc::EPERM | libc::EACCES) => format!("{error} (ptrace(2) says who may)"),
        _ if error.kind() == ErrorKind::TimedOut => "it does not come (has it another gdb?)".to_owned(),
        _ => error.to_string(),
    }
}

fn stream() -> Result<OwnedFd> {
    Ok(socket(AddressFamily::Unix, SockType::SeqPacket, SockFlag::SOCK_CLOEXEC, None)?)
}

fn address([high, low]: [u64; 2]) -> Result<UnixAddr> {
    Ok(UnixAddr::new_abstract(format!("emu-{high:016x}{low:016x}").as_bytes())?)
}

fn some_place() -> Result<[u64; 2]> {
    let mut bytes = [[0; 8]; 2];
    std::io::Read::read_exact(&mut std::fs::File::open("/dev/urandom")?, bytes.as_flattened_mut())?;
    Ok(bytes.map(u64::from_ne_bytes))
}
