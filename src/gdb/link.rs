//! The link between the owner of gdb's socket and one other process of the session: a
//! `SOCK_SEQPACKET` socketpair, so that each message arrives whole, with the descriptors that belong
//! to it, and the death of one side is seen by the other as the end of the link.
//!
//! Who says what when is [`ownership`](super::ownership)'s matter; here are the words only.

use super::fds;
use super::settings::Settings;
use crate::debug::Resume;
use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockType, socketpair};
use std::io::Result;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

/// A stop, or an end, that gdb is to be told of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// The process.
    pub pid: i32,
    /// The thread.
    pub tid: i32,
    /// What becomes of the report if gdb is told something else first.
    pub kept: Kept,
    /// The child that a fork stop announces.
    pub newborn: Option<i32>,
    /// What gdb prints first, for the user.
    pub says: Vec<u8>,
    /// The stop reply.
    pub body: Vec<u8>,
}

/// Whether a report waits when another is told first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kept {
    /// No: the thread will stop in the same way when it is resumed, unless gdb has removed the
    /// reason meanwhile.
    Dropped,
    /// Yes, until its thread is resumed.
    Waiting,
    /// Yes, and the process is gone.
    Ended,
}

/// What gdb lists of a thread.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ThreadInfo {
    /// Thread id.
    pub tid: i32,
    /// Name.
    pub name: String,
    /// The processor that it last ran on.
    pub core: Option<u32>,
}

/// One message. Those up to `HandOver` go from the owner to the others, the rest back.
#[derive(Debug)]
pub enum Message {
    /// A packet about the process, for the thread chosen by `Hg`.
    Packet {
        /// Thread of `Hg`.
        tid: i32,
        /// The packet's body.
        body: Vec<u8>,
    },
    /// The threads and their names are wanted.
    ListThreads,
    /// gdb waits for a stop from now on; the process does this meanwhile, which may be to stay.
    Resume(Resume),
    /// gdb is being told of a stop: stand still.
    Stop,
    /// gdb changed its settings.
    Settings(Settings),
    /// In non-stop mode: gdb knows that this thread stands still.
    Told {
        /// The thread.
        tid: i32,
    },
    /// gdb has been told of a stop: it is its turn.
    Spoke {
        /// The process that stopped.
        pid: i32,
    },
    /// The session goes on without this process, which runs free.
    Release,
    /// Die.
    Kill,
    /// Another gdb has come: all is as if there had been none before, and this is its socket.
    NewGdb(OwnedFd),
    /// To a process that has had no debugger: take part in the session, whose socket this is.
    Invite {
        /// See [`attach`](super::attach).
        text: String,
        /// The socket, and what comes with the [`door`](super::door).
        fds: Vec<OwnedFd>,
    },
    /// To a process that was not forked in the session: what all others have in [common](super::commons).
    Commons(Vec<OwnedFd>),
    /// Who has called in view of the owner's death takes part in the session over this link.
    Welcome,
    /// To the guard: what is to be known if the owner is gone; nothing if the session is over then.
    Remember(String),
    /// To the guard: make a process beside those that there are.
    Begin {
        /// See [`beside`](super::beside).
        text: String,
        /// Its ends of the guard's link and of the owner's.
        fds: Vec<OwnedFd>,
    },
    /// Own the socket from now on, with what comes with it.
    HandOver {
        /// See [`Estate`](super::estate::Estate).
        estate: String,
        /// The other processes' links, then gdb's open files.
        fds: Vec<OwnedFd>,
    },

    /// To whoever owns the socket next: its owner is dead.
    Call {
        /// The process.
        pid: i32,
        /// The new owner's end of a link; nothing if it has no descriptors left for it.
        link: Option<OwnedFd>,
    },
    /// Reply to `Welcome`, behind what gdb has not been told.
    Here,
    /// Replies to a packet.
    Answer(Vec<Vec<u8>>),
    /// Reply to `ListThreads`.
    Threads(Vec<ThreadInfo>),
    /// A thread stopped, or the process ends; with a fork comes the owner's end of the child's link.
    Event(Report, Option<OwnedFd>),
    /// Something for the user to read, from a process that runs.
    Says(Vec<u8>),
    /// Reply to `Stop`: all threads stand still.
    Parked {
        /// A thread of the process.
        tid: i32,
        /// Threads were running until now.
        ran: bool,
    },
}

/// Both ends of a new link.
pub fn pair() -> Result<(OwnedFd, OwnedFd)> {
    Ok(socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC)?)
}

/// Sends a message. An error means that the other side is gone.
pub fn send(link: BorrowedFd<'_>, message: Message) -> Result<()> {
    send_with(link, message, MsgFlags::empty())
}

/// The same, or an error if the other side has not taken what was sent before, for too long.
pub fn send_at_once(link: BorrowedFd<'_>, message: Message) -> Result<()> {
    send_with(link, message, MsgFlags::MSG_DONTWAIT)
}

fn send_with(link: BorrowedFd<'_>, message: Message, flags: MsgFlags) -> Result<()> {
    let (tag, fields, fds) = message.into_parts();
    let mut bytes = vec![tag];
    for field in fields {
        bytes.extend((field.len() as u32).to_le_bytes());
        bytes.extend(field);
    }
    let raw: Vec<_> = fds.iter().map(|fd| fd.as_raw_fd()).collect();
    let (first, last) = raw.split_at(raw.len().saturating_sub(1) / fds::MAX_PASSED * fds::MAX_PASSED);
    for some in first.chunks(fds::MAX_PASSED) {
        fds::send_message(link, &[MORE_FDS], some, flags)?;
    }
    fds::send_message(link, &bytes, last, flags)
}

/// The tag of what is no message: descriptors of the next one, for which it has no room.
const MORE_FDS: u8 = b'+';

/// Receives a message, waiting for it. `None`: the other side is gone (or says what no version of
/// this program says, which comes to the same).
pub fn receive(link: BorrowedFd<'_>) -> Option<Message> {
    let mut all_fds = Vec::new();
    loop {
        let (bytes, fds) = receive_bytes(link)?;
        all_fds.extend(fds);
        if bytes != [MORE_FDS] {
            return decode(&bytes, all_fds);
        }
    }
}

fn receive_bytes(link: BorrowedFd<'_>) -> Option<(Vec<u8>, Vec<OwnedFd>)> {
    let size = loop {
        match nix::sys::socket::recv(link.as_raw_fd(), &mut [], MsgFlags::MSG_PEEK | MsgFlags::MSG_TRUNC) {
            Ok(size) => break size,
            // ECONNRESET, once: the other side closed without having read all. What it said before
            // can still be received.
            Err(nix::errno::Errno::EINTR | nix::errno::Errno::ECONNRESET) => {}
            Err(_) => return None,
        }
    };
    let mut bytes = vec![0; size];
    let (count, fds) = fds::receive_message(link, &mut bytes, MsgFlags::empty()).ok()?;
    bytes.truncate(count);
    Some((bytes, fds))
}

fn decode(bytes: &[u8], fds: Vec<OwnedFd>) -> Option<Message> {
    let (tag, mut rest) = bytes.split_first()?;
    let mut fields = Vec::new();
    while let Some((length, tail)) = rest.split_first_chunk::<4>() {
        let (field, tail) = tail.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        fields.push(field.to_vec());
        rest = tail;
    }
    Message::from_parts(*tag, fields, fds)
}

/// True if a message (or the end) is there to be received.
pub fn is_readable(link: BorrowedFd<'_>) -> bool {
    let mut fds = [nix::poll::PollFd::new(link.as_fd(), nix::poll::PollFlags::POLLIN)];
    nix::poll::poll(&mut fds, nix::poll::PollTimeout::ZERO).is_ok_and(|ready| ready > 0)
}

impl Message {
    fn into_parts(self) -> (u8, Vec<Vec<u8>>, Vec<OwnedFd>) {
        let number = |value: i32| value.to_string().into_bytes();
        match self {
            Message::Packet { tid, body } => (b'p', vec![number(tid), body], vec![]),
            Message::ListThreads => (b't', vec![], vec![]),
            Message::Resume(resume) => (b'r', vec![resume.encode().into_bytes()], vec![]),
            Message::Stop => (b's', vec![], vec![]),
            Message::Settings(settings) => (b'c', vec![settings.encode().into_bytes()], vec![]),
            Message::Told { tid } => (b'n', vec![number(tid)], vec![]),
            Message::Spoke { pid } => (b'i', vec![number(pid)], vec![]),
            Message::Release => (b'd', vec![], vec![]),
            Message::Kill => (b'k', vec![], vec![]),
            Message::NewGdb(socket) => (b'g', vec![], vec![socket]),
            Message::Invite { text, fds } => (b'v', vec![text.into_bytes()], fds),
            Message::Remember(text) => (b'm', vec![text.into_bytes()], vec![]),
            Message::Begin { text, fds } => (b'b', vec![text.into_bytes()], fds),
            Message::Commons(fds) => (b'a', vec![], fds),
            Message::Welcome => (b'w', vec![], vec![]),
            Message::Call { pid, link } => (b'C', vec![number(pid)], link.into_iter().collect()),
            Message::Here => (b'H', vec![], vec![]),
            Message::HandOver { estate, fds } => (b'o', vec![estate.into_bytes()], fds),
            Message::Answer(replies) => (b'A', replies, vec![]),
            Message::Threads(threads) => {
                let fields = threads.into_iter().flat_map(|ThreadInfo { tid, name, core }| {
                    [number(tid), name.into_bytes(), core.map_or_else(Vec::new, |core| core.to_string().into_bytes())]
                });
                (b'T', fields.collect(), vec![])
            }
            Message::Event(report, newborn) => (b'E', report.into_fields(), newborn.into_iter().collect()),
            Message::Says(text) => (b'S', vec![text], vec![]),
            Message::Parked { tid, ran } => (b'P', vec![number(tid), number(ran.into())], vec![]),
        }
    }

    fn from_parts(tag: u8, fields: Vec<Vec<u8>>, mut fds: Vec<OwnedFd>) -> Option<Message> {
        let text = |index: usize| std::str::from_utf8(fields.get(index)?).ok();
        let number = |index: usize| text(index)?.parse().ok();
        Some(match tag {
            b'p' => Message::Packet { tid: number(0)?, body: fields.get(1)?.clone() },
            b't' => Message::ListThreads,
            b'r' => Message::Resume(Resume::decode(text(0)?)?),
            b's' => Message::Stop,
            b'c' => Message::Settings(Settings::decode(text(0)?)),
            b'n' => Message::Told { tid: number(0)? },
            b'i' => Message::Spoke { pid: number(0)? },
            b'd' => Message::Release,
            b'k' => Message::Kill,
            b'g' => Message::NewGdb(fds.pop()?),
            b'v' => Message::Invite { text: text(0)?.to_string(), fds },
            b'm' => Message::Remember(text(0)?.to_string()),
            b'b' => Message::Begin { text: text(0)?.to_string(), fds },
            b'a' => Message::Commons(fds),
            b'w' => Message::Welcome,
            b'C' => Message::Call { pid: number(0)?, link: fds.pop() },
            b'H' => Message::Here,
            b'o' => Message::HandOver { estate: text(0)?.to_string(), fds },
            b'A' => Message::Answer(fields),
            b'T' => {
                let thread = |n: usize| {
                    let core = text(n + 2)?.parse().ok();
                    Some(ThreadInfo { tid: number(n)?, name: text(n + 1)?.to_string(), core })
                };
                Message::Threads((0..fields.len()).step_by(3).map(thread).collect::<Option<_>>()?)
            }
            b'E' => Message::Event(Report::from_fields(&fields)?, fds.pop()),
            b'S' => Message::Says(fields.first()?.clone()),
            b'P' => Message::Parked { tid: number(0)?, ran: number(1)? != 0 },
            _ => return None,
        })
    }
}

/// What the user is told of a fork whose child gdb is not told of.
pub fn unfollowed(pid: i32) -> String {
    format!("A child of process {pid} runs without gdb: no descriptors are left for it (ulimit -n).\n")
}

impl Report {
    /// Whether it is of a process's end.
    pub fn is_end(&self) -> bool {
        self.kept == Kept::Ended
    }

    /// The same without the child, which runs without gdb: a stop for no signal, with the reason for the user.
    pub fn without_newborn(self) -> Report {
        let place = self.body.iter().position(|byte| *byte == b';').map_or(&[][..], |end| &self.body[end + 1..]);
        let body = [&b"T00"[..], place].concat();
        Report { newborn: None, says: unfollowed(self.pid).into_bytes(), body, ..self }
    }

    fn into_fields(self) -> Vec<Vec<u8>> {
        let kept = match self.kept {
            Kept::Dropped => "dropped",
            Kept::Waiting => "waiting",
            Kept::Ended => "ended",
        };
        let head = format!("{} {} {kept} {}", self.pid, self.tid, self.newborn.unwrap_or(0));
        vec![head.into_bytes(), self.body, self.says]
    }

    fn from_fields(fields: &[Vec<u8>]) -> Option<Report> {
        let mut head = std::str::from_utf8(fields.first()?).ok()?.split(' ');
        Some(Report {
            pid: head.next()?.parse().ok()?,
            tid: head.next()?.parse().ok()?,
            kept: match head.next()? {
                "dropped" => Kept::Dropped,
                "waiting" => Kept::Waiting,
                "ended" => Kept::Ended,
                _ => return None,
            },
            newborn: head.next()?.parse().ok().filter(|pid| *pid != 0),
            body: fields.get(1)?.clone(),
            says: fields.get(2)?.clone(),
        })
    }

    /// One word.
    pub fn encode(self) -> String {
        let fields = self.into_fields();
        fields.iter().map(|field| super::packet::to_hex(field)).collect::<Vec<_>>().join(":")
    }

    /// The inverse of [`Report::encode`].
    pub fn decode(word: &str) -> Option<Report> {
        let fields: Option<Vec<_>> = word.split(':').map(|field| super::packet::from_hex(field.as_bytes())).collect();
        Report::from_fields(&fields?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn event_carries_the_childs_link() {
        let (here, there) = pair().expect("socketpair");
        let (end, other_end) = pair().expect("socketpair");
        let report = Report {
            pid: 1,
            tid: 2,
            kept: Kept::Waiting,
            newborn: Some(3),
            says: b"!".to_vec(),
            body: b"T05fork".to_vec(),
        };
        send(here.as_fd(), Message::Event(report.clone(), Some(end))).expect("sent");
        let Some(Message::Event(received, Some(link))) = receive(there.as_fd()) else { panic!("no event") };
        assert_eq!(received, report);
        send(link.as_fd(), Message::Stop).expect("sent");
        assert!(matches!(receive(other_end.as_fd()), Some(Message::Stop)));
        drop(here);
        assert!(receive(there.as_fd()).is_none());
        assert_eq!(Report::decode(&report.clone().encode()), Some(report));
    }

    #[test]
    fn last_words_are_heard_though_the_speaker_did_not_listen() {
        let (here, there) = pair().expect("socketpair");
        send(here.as_fd(), Message::Stop).expect("sent");
        send(there.as_fd(), Message::Parked { tid: 1, ran: true }).expect("sent");
        drop(there);
        assert!(matches!(receive(here.as_fd()), Some(Message::Parked { tid: 1, ran: true })));
        assert!(receive(here.as_fd()).is_none());
    }

    #[test]
    fn nonsense_is_the_end_of_the_link() {
        let (here, there) = pair().expect("socketpair");
        fds::send_message(here.as_fd(), b"r\x05\0\0\0junk", &[], MsgFlags::empty()).expect("sent");
        assert!(receive(there.as_fd()).is_none());
    }
}
