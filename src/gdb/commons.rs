//! What all processes of a session have in common besides gdb's socket, for the time when its owner dies without a
//! word: a pair of sockets, both ends of which each of them has open.
//!
//! One way lies the owner's [`Will`]: who it is, and what is to be known of the session without it. It is only looked at,
//! and taken out when there is a newer one, so it outlives everybody. The other way go the *calls* of those who have
//! lost their owner: a process id, and one end of a new link for whoever owns the socket next. Who that is is settled
//! under a lock that the kernel takes from the dead (fcntl(2)): the first process known to gdb that finds the owner
//! of the will dead puts itself there. So however many die at once, one of those that are left takes
//! the socket, and the others find it; there is no name that anybody else could find, and no limit of the
//! guest's own (as `ulimit -f`) that stands in the way.

use super::estate::Estate;
use super::fds;
use super::hidden::{Hidden, Hider};
use super::link::{self, Message};
use super::session::Turn;
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};
use nix::sys::socket::{MsgFlags, recv, send};
use std::io::Result;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

/// What is to be known of the session if its owner is gone.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Will {
    /// The owner.
    pub owner: i32,
    /// Whether gdb waits for a stop.
    pub turn: Turn,
    /// The rest; its peers are the processes that gdb knows of, the owner among them.
    pub estate: Estate,
}

/// What comes of looking for an owner.
pub enum Found {
    /// This process is it.
    Oneself(Box<Will>),
    /// The owner, or those of whom one will be, and the link over which that one will speak.
    Others(Vec<Living>, OwnedFd),
    /// gdb knows of nobody that lives.
    Nobody,
}

/// A process that has not ended, and what can be read when it has; nothing if the system would not say.
pub type Living = (i32, Option<OwnedFd>);

/// Each turn with the word for it.
const TURNS: [(Turn, &str); 3] = [(Turn::Ours, "ours"), (Turn::Stopping, "stopping"), (Turn::Gdbs, "gdbs")];

impl Will {
    /// As words.
    pub fn encode(&self) -> String {
        let word = TURNS.iter().find(|(turn, _)| *turn == self.turn).map_or("", |(_, word)| word);
        format!("{} {word} {}", self.owner, self.estate.encode())
    }

    /// The inverse of [`Will::encode`].
    pub fn decode(text: &str) -> Option<Will> {
        let mut words = text.splitn(3, ' ');
        let owner = words.next()?.parse().ok()?;
        let word = words.next()?;
        let turn = TURNS.iter().find(|(_, known)| *known == word)?.0;
        Some(Will { owner, turn, estate: Estate::decode(words.next()?) })
    }

    /// The processes that gdb knows of.
    pub fn known(&self) -> Vec<i32> {
        self.estate.peers.iter().map(|(pid, _)| *pid).collect()
    }
}

/// The pair of sockets.
pub struct Commons {
    /// Where wills are put, and calls are heard.
    front: Hidden,
    /// Where wills lie, and calls are put.
    back: Hidden,
}

/// Held as long as this lives.
struct Lock<'a>(&'a Hidden);

impl Drop for Lock<'_> {
    fn drop(&mut self) {
        // It fails only for what is not open.
        let _ = fcntl(self.0, FcntlArg::F_SETLK(&whole(libc::F_UNLCK)));
    }
}

fn whole(kind: i32) -> libc::flock {
    libc::flock { l_type: kind as i16, l_whence: libc::SEEK_SET as i16, l_start: 0, l_len: 0, l_pid: 0 }
}

impl Commons {
    /// A new pair.
    pub fn new(hider: Hider) -> Result<Commons> {
        let (front, back) = link::pair()?;
        Ok(Commons { front: hider.hide(front)?, back: hider.hide(back)? })
    }

    /// That of another process.
    pub fn of(mut fds: impl Iterator<Item = OwnedFd>, hider: Hider) -> Option<Commons> {
        Some(Commons { front: hider.hide(fds.next()?).ok()?, back: hider.hide(fds.next()?).ok()? })
    }

    /// For a process that has a copy of this one's descriptor table.
    pub fn in_copied_table(&self) -> Option<Commons> {
        Some(Commons { front: self.front.in_copied_table()?, back: self.back.in_copied_table()? })
    }

    /// Its descriptors, in the order of [`Commons::of`].
    pub fn fds(&self) -> [&Hidden; 2] {
        [&self.front, &self.back]
    }

    /// They were another process's.
    pub fn into_fds(self) -> [Hidden; 2] {
        [self.front, self.back]
    }

    /// What can be read when there are calls.
    pub fn calls(&self) -> &Hidden {
        &self.front
    }

    fn lock(&self) -> Lock<'_> {
        // Nobody keeps it for longer than it takes to read or write a will.
        while fcntl(&self.front, FcntlArg::F_SETLKW(&whole(libc::F_WRLCK))) == Err(Errno::EINTR) {}
        Lock(&self.front)
    }

    /// The owner's will from now on.
    pub fn write(&self, will: &Will) {
        let _lock = self.lock();
        self.put(will);
    }

    fn put(&self, will: &Will) {
        // One that is too long for the socket leaves the one before.
        let _ = send(self.front.as_raw_fd(), will.encode().as_bytes(), MsgFlags::MSG_NOSIGNAL | MsgFlags::MSG_DONTWAIT);
        self.keep_last();
    }

    /// Takes out the wills before the last, and tells its size. An owner that is killed between the two leaves two.
    fn keep_last(&self) -> usize {
        loop {
            let peek = MsgFlags::MSG_PEEK | MsgFlags::MSG_TRUNC | MsgFlags::MSG_DONTWAIT;
            let first = recv(self.back.as_raw_fd(), &mut [], peek).unwrap_or(0);
            if fds::waiting_bytes(self.back.as_fd()) <= first {
                return first;
            }
            let _ = recv(self.back.as_raw_fd(), &mut [], MsgFlags::MSG_DONTWAIT);
        }
    }

    fn last(&self) -> Option<Will> {
        let mut bytes = vec![0; self.keep_last()];
        recv(self.back.as_raw_fd(), &mut bytes, MsgFlags::MSG_PEEK | MsgFlags::MSG_DONTWAIT).ok()?;
        Will::decode(std::str::from_utf8(&bytes).ok()?)
    }

    /// Who owns the socket: process `pid` from now on, if the owner is dead and gdb knows this one. If it is another,
    /// or will be, `pid` calls.
    pub fn find_owner(&self, pid: i32) -> Result<Found> {
        // An owner that leaves first says so, under the lock, and then hears those who have called.
        let _lock = self.lock();
        let Some(will) = self.last() else { return Ok(Found::Nobody) };
        let known = will.known();
        // Looked at once: it may be about to end.
        let owner = living(&[will.owner]);
        if will.owner != pid && !owner.is_empty() {
            return self.call(pid, if known.is_empty() { Vec::new() } else { owner });
        }
        if known.contains(&pid) {
            self.put(&Will { owner: pid, ..will.clone() });
            return Ok(Found::Oneself(Box::new(will)));
        }
        self.call(pid, living(&known))
    }

    fn call(&self, pid: i32, others: Vec<Living>) -> Result<Found> {
        if others.is_empty() {
            return Ok(Found::Nobody);
        }
        let (ours, theirs) = link::pair()?;
        link::send_at_once(self.back.as_fd(), Message::Call { pid, link: Some(theirs) })?;
        Ok(Found::Others(others, ours))
    }

    /// Whether a process can call. One that has executed a program of the host, or had no descriptors left for the session,
    /// cannot, nor can one that has got a dead one's number. If its descriptors are not for us to see, it is believed to.
    pub fn is_open_in(&self, pid: i32) -> bool {
        let Ok(own) = std::fs::read_link(format!("/proc/self/fd/{}", self.front.as_raw_fd())) else { return true };
        let Ok(fds) = std::fs::read_dir(format!("/proc/{pid}/fd")) else { return true };
        fds.flatten().any(|fd| std::fs::read_link(fd.path()).is_ok_and(|file| file == own))
    }

    /// The first of those that have called. Without a link if no descriptors are left: it finds its end closed.
    pub fn take_call(&self) -> Option<(i32, Option<OwnedFd>)> {
        while link::is_readable(self.front.as_fd()) {
            match link::receive(self.front.as_fd()) {
                // Who has called again since has closed its end.
                Some(Message::Call { link: Some(link), .. }) if fds::is_hung_up(link.as_fd()) => {}
                Some(Message::Call { pid, link }) => return Some((pid, link)),
                _ => {}
            }
        }
        None
    }
}

/// Those of the processes that have not ended. Zombies have.
pub fn living(pids: &[i32]) -> Vec<Living> {
    let watch = |pid: &i32| match fds::process(*pid) {
        Ok(process) if link::is_readable(process.as_fd()) => None,
        Ok(process) => Some((*pid, Some(process))),
        Err(error) if error.raw_os_error() == Some(libc::ESRCH) => None,
        Err(_) => Some((*pid, None)),
    };
    pids.iter().filter_map(watch).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Child, Command};

    const HIDER: Hider = Hider { hide: Ok, forget: |_| () };

    fn will(owner: i32, known: &[i32]) -> Will {
        let peers = known.iter().map(|pid| (*pid, true)).collect();
        Will { owner, turn: Turn::Stopping, estate: Estate { peers, ..Estate::default() } }
    }

    fn sleeper() -> Child {
        Command::new("sleep").arg("60").spawn().expect("sleep")
    }

    #[test]
    fn the_last_will_counts_and_stays() {
        let commons = Commons::new(HIDER).expect("sockets");
        assert!(commons.last().is_none());
        for owner in [1, 22, 333] {
            commons.write(&will(owner, &[owner]));
        }
        // As if its owner had been killed before it took the one before out.
        let newest = will(4444, &[4444, 5]);
        send(commons.front.as_raw_fd(), newest.encode().as_bytes(), MsgFlags::empty()).expect("sent");
        for _ in 0..2 {
            assert_eq!(commons.last(), Some(newest.clone()));
        }
    }

    #[test]
    fn one_takes_the_place_of_a_dead_owner_and_the_next_finds_it() {
        let commons = Commons::new(HIDER).expect("sockets");
        let mut children = [sleeper(), sleeper(), sleeper()];
        let [owner, heir, unknown] = [0, 1, 2].map(|index| children[index].id() as i32);
        commons.write(&will(owner, &[owner, heir]));
        let finds = |pid| match commons.find_owner(pid).expect("room") {
            Found::Oneself(will) => vec![-will.owner],
            Found::Others(living, _) => living.iter().map(|(pid, _)| *pid).collect(),
            Found::Nobody => Vec::new(),
        };
        assert_eq!(finds(heir), [owner], "it lives");
        children[0].kill().expect("killed");
        // Nobody has waited for it.
        while !living(&[owner]).is_empty() {}
        assert_eq!(finds(unknown), [heir], "gdb does not know it, so another will be the owner");
        assert_eq!(finds(heir), [-owner]);
        assert_eq!(finds(unknown), [heir]);
        children[1].kill().expect("killed");
        while !living(&[heir]).is_empty() {}
        assert!(finds(unknown).is_empty(), "nobody is left that gdb knows");
        children[2].kill().expect("killed");
        children.iter_mut().for_each(|child| drop(child.wait()));
    }

    #[test]
    fn who_has_it_open_can_call() {
        let commons = Commons::new(HIDER).expect("sockets");
        let mut other = sleeper();
        assert!(commons.is_open_in(std::process::id() as i32));
        // Close-on-exec, as in a guest that executes a program of the host.
        assert!(!commons.is_open_in(other.id() as i32));
        other.kill().expect("killed");
        other.wait().expect("waited for");
        assert!(commons.is_open_in(other.id() as i32), "that is for others to find out");
    }

    #[test]
    fn who_calls_twice_is_heard_over_the_second_link() {
        let commons = Commons::new(HIDER).expect("sockets");
        let owner = std::process::id() as i32;
        commons.write(&will(owner, &[owner]));
        assert!(matches!(commons.find_owner(7), Ok(Found::Others(..))), "its end of the link is closed again");
        let Ok(Found::Others(others, ours)) = commons.find_owner(7) else { panic!("there is an owner") };
        assert_eq!(others.len(), 1);
        let mut calls: Vec<_> = std::iter::from_fn(|| commons.take_call()).collect();
        let (pid, link) = calls.pop().expect("a call");
        assert_eq!(pid, 7);
        // The other end of the first is open still if another test forks just now.
        assert!(calls.len() <= 1);
        let link = link.expect("a link");
        link::send(link.as_fd(), Message::Here).expect("it is open");
        assert!(matches!(link::receive(ours.as_fd()), Some(Message::Here)));
        commons.write(&Will::default());
        assert!(matches!(commons.find_owner(7), Ok(Found::Nobody)), "it has left");
    }
}
