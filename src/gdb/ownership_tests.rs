//! Walks through everything that several processes, gdb and kill -9 can do to each other, in every
//! order, with messages that take their time. The model is the session in small: the table decides,
//! the actions move messages between queues instead of sockets.

use super::*;
use std::collections::VecDeque;

#[path = "ownership_non_stop_tests.rs"]
mod non_stop;
#[path = "ownership_walk_tests.rs"]
mod walk;

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Message {
    Resume(bool),
    Stop,
    Spoke { of: usize },
    Release,
    Kill,
    Welcome,
    Here,
    HandOver(Estate),
    Event(Told),
    Parked,
}

/// The far end of one of the links that a process has had, by that process and their number.
type Link = (usize, u8);

/// What changes hands.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct Estate {
    peers: Vec<Link>,
    pending: Vec<Told>,
}

/// What the owner leaves, where all can see it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Will {
    owner: usize,
    turn: Turn,
    known: Vec<usize>,
    ends: Vec<Told>,
}

/// One that has called the successor of a dead owner, and what it has told since it was welcomed.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Caller {
    link: Link,
    is_welcome: bool,
    told: Vec<Told>,
}

/// A report: by whom, whether it ended, which child it announces, and whether that one's link comes with it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Told {
    by: usize,
    ended: bool,
    newborn: Option<usize>,
    carries: bool,
}

/// The rest of a transition.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Doing {
    actions: VecDeque<usize>,
    row: (State, Event),
    /// `StopPeers` waits for these.
    awaiting: Option<Vec<Link>>,
    with: With,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct With {
    report: Option<Told>,
    peer: usize,
    moves: Vec<usize>,
    estate: Option<Estate>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Process {
    alive: bool,
    state: State,
    doing: Option<Doing>,
    /// As the owner: whose links it holds, and what it has been told.
    peers: Vec<Link>,
    pending: Vec<Told>,
    /// In place of a dead owner: its will, and who has called.
    will: Option<Will>,
    callers: Vec<Caller>,
    holds_socket: bool,
    /// A gdb may come in here.
    door: bool,
    /// As a peer: its link, both ways, and whether its own end is open.
    inbox: VecDeque<Message>,
    outbox: VecDeque<Message>,
    linked: bool,
    /// Which of its links that is.
    link: u8,
    /// It has called, and one of these may answer.
    seeks: Option<Vec<usize>>,
    untold: Option<Told>,
    announced: bool,
    /// gdb has detached from it.
    let_go: bool,
}

/// That the owner may die between telling gdb and leaving word of it is for its successor to find out from what gdb says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Turn {
    Ours,
    Gdbs,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Gdb {
    HasTurn,
    Waits,
    Gone,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct World {
    processes: Vec<Process>,
    /// What they have in common.
    will: Will,
    calls: Vec<Link>,
    gdb: Gdb,
    /// What the end of the connection is, and whether the door outlives a detach.
    loss: Event,
    door_stays: bool,
    non_stop: bool,
    /// Until the last was told that this is over.
    began_non_stop: bool,
    interrupts_left: u8,
    kills_left: u8,
    forks_left: u8,
    /// Times that a gdb comes in again.
    visits_left: u8,
    /// gdb does not go away.
    gdb_stays: bool,
}

impl Told {
    fn end(by: usize) -> Told {
        Told { by, ended: true, newborn: None, carries: false }
    }
}

impl Process {
    /// It closes its links.
    fn leave(&mut self) {
        (self.linked, self.seeks, self.will) = (false, None, None);
        self.peers.clear();
        self.callers.clear();
        self.inbox.clear();
    }
}

impl World {
    fn start(forks: u8, kills: u8) -> World {
        let first = Process {
            alive: true,
            state: OwnerServing,
            doing: None,
            peers: vec![],
            pending: vec![],
            holds_socket: true,
            door: false,
            inbox: VecDeque::new(),
            outbox: VecDeque::new(),
            linked: false,
            link: 0,
            seeks: None,
            will: None,
            callers: vec![],
            untold: None,
            announced: true,
            let_go: false,
        };
        World {
            processes: vec![first],
            will: Will { owner: 0, turn: Turn::Gdbs, known: vec![0], ends: vec![] },
            calls: vec![],
            gdb: Gdb::HasTurn,
            loss: GdbLost,
            door_stays: false,
            non_stop: false,
            began_non_stop: false,
            interrupts_left: 1,
            kills_left: kills,
            forks_left: forks,
            visits_left: 0,
            gdb_stays: false,
        }
    }

    /// `--on-disconnect` something else.
    fn with_loss(self, loss: Event, visits: u8) -> World {
        let mut world = World { loss, visits_left: visits, ..self };
        world.processes[0].door = loss == GdbMissed;
        world
    }

    /// `suspend=n`.
    fn unsuspended(forks: u8, visits: u8) -> World {
        let mut world = World { visits_left: visits, door_stays: true, gdb: Gdb::Gone, ..World::start(forks, 0) };
        let first = &mut world.processes[0];
        (first.state, first.holds_socket, first.door) = (Free, false, true);
        world
    }

    fn fire(&mut self, p: usize, event: Event, with: With) {
        let state = self.processes[p].state;
        let Some((_, actions)) = next(state, event) else {
            unreachable!("{state:?} has no row for {event:?} in {self:#?}")
        };
        self.processes[p].doing =
            Some(Doing { actions: (0..actions.len()).collect(), row: (state, event), awaiting: None, with });
        if actions.is_empty() {
            self.finish(p);
        }
    }

    fn finish(&mut self, p: usize) {
        let Some(doing) = self.processes[p].doing.take() else { return };
        let (to, _) = next(doing.row.0, doing.row.1).expect("the row was there");
        self.processes[p].state = to;
        if to == Gone {
            self.die(p);
        }
        self.take_notes(p);
    }

    /// What changes nothing but what the process keeps need not be a step of its own.
    fn take_notes(&mut self, p: usize) {
        let process = &self.processes[p];
        let listens = process.doing.is_none() && matches!(process.state, PeerServing | PeerRunning);
        while listens && !self.began_non_stop && self.take_note(p) {}
    }

    /// The first message, if it is one of those.
    fn take_note(&mut self, p: usize) -> bool {
        let process = &mut self.processes[p];
        let Some(Message::Spoke { of }) = process.inbox.front() else { return false };
        process.untold.take_if(|_| *of == p);
        process.inbox.pop_front();
        true
    }

    /// The owner leaves word of what is to be known if it is gone.
    fn remember(&mut self, p: usize, turn: Turn) {
        self.leave_word(p, p, turn, &[p]);
    }

    fn leave_word(&mut self, p: usize, owner: usize, turn: Turn, and: &[usize]) {
        let process = &self.processes[p];
        let peers = process.peers.iter().map(|(peer, _)| *peer).filter(|peer| self.processes[*peer].announced);
        let ends: Vec<Told> = process.pending.iter().filter(|told| told.ended).cloned().collect();
        let has_ended = |p: &usize| ends.iter().any(|told| told.by == *p);
        let known = and.iter().copied().chain(peers).filter(|p| !has_ended(p)).collect();
        self.will = Will { owner, turn, known, ends };
    }

    /// The link has ended without a word: who takes the owner's place?
    fn seek_owner(&mut self, p: usize) {
        let lives = |q: &usize| self.processes[*q].alive;
        let Will { owner, known, .. } = self.will.clone();
        let others: Vec<usize> = if owner != p && lives(&owner) {
            if known.is_empty() { vec![] } else { vec![owner] }
        } else if known.contains(&p) {
            self.processes[p].seeks = None;
            self.processes[p].will = Some(self.will.clone());
            self.will.owner = p;
            return self.fire(p, OwnerLost, With::default());
        } else {
            known.into_iter().filter(lives).collect()
        };
        if others.is_empty() {
            return self.fire(p, SessionLost, With::default());
        }
        let process = &mut self.processes[p];
        process.link += 1;
        (process.inbox, process.outbox) = (VecDeque::new(), VecDeque::new());
        process.seeks = Some(others);
        self.calls.push((p, process.link));
    }

    /// The same for one that has called; false if it has to wait.
    fn await_welcome(&mut self, p: usize, others: &[usize]) -> bool {
        let process = &mut self.processes[p];
        let event = match process.inbox.pop_front() {
            Some(Message::Welcome) => OwnerSucceeded,
            Some(Message::Release) => OwnerReleases,
            Some(message) => unreachable!("{message:?} before a welcome"),
            None => {
                let ended = others.iter().any(|other| !self.processes[*other].alive);
                assert!(ended || self.owner_holds(p), "a call that nobody hears: {self:#?}");
                if ended {
                    self.seek_owner(p);
                }
                return ended;
            }
        };
        process.seeks = None;
        self.fire(p, event, With::default());
        true
    }

    fn die(&mut self, p: usize) {
        let process = &mut self.processes[p];
        process.alive = false;
        process.state = Gone;
        process.doing = None;
        process.leave();
    }

    fn say(&mut self, (to, link): Link, message: Message) {
        let process = &mut self.processes[to];
        if process.linked && process.link == link {
            process.inbox.push_back(message);
            self.take_notes(to);
        }
    }

    fn link_of(&self, owner: usize, peer: usize) -> Link {
        *self.processes[owner].peers.iter().find(|(process, _)| *process == peer).expect("a peer")
    }

    /// The owner's end of `p`'s link is in someone's hands, or on the way.
    fn owner_holds(&self, p: usize) -> bool {
        let link = (p, self.processes[p].link);
        let announces = |told: &Told| told.carries && told.newborn == Some(p) && link.1 == 0;
        let carried = |message: &Message| match message {
            Message::HandOver(estate) => estate.peers.contains(&link),
            Message::Event(told) => announces(told),
            _ => false,
        };
        let is_called = self.calls.contains(&link);
        is_called
            || self.processes.iter().enumerate().any(|(q, process)| {
                let unsent = process.doing.as_ref().and_then(|doing| doing.with.report.as_ref()).is_some_and(announces);
                let received = process.doing.as_ref().and_then(|doing| doing.with.estate.as_ref());
                let calls = process.callers.iter().any(|caller| caller.link == link);
                let has = process.peers.contains(&link) || calls || unsent;
                let gets = process.inbox.iter().any(carried);
                (process.alive && (has || gets))
                || received.is_some_and(|estate| estate.peers.contains(&link))
                // A message in flight is lost with the link that carries it.
                || (process.outbox.iter().any(carried) && self.owner_holds(q))
            })
    }

    fn adopt(&mut self, owner: usize, link: Link) {
        self.processes[owner].peers.push(link);
    }

    fn note(&mut self, owner: usize, from: usize, message: Option<Message>) {
        match message {
            Some(Message::Event(told)) => {
                if let Some(newborn) = told.newborn
                    && !self.processes[owner].peers.iter().any(|(peer, _)| *peer == newborn)
                {
                    if !told.carries {
                        return;
                    }
                    self.adopt(owner, (newborn, 0));
                }
                if told.ended {
                    self.remove_peer(owner, from);
                }
                self.processes[owner].pending.push(told);
            }
            None => {
                self.remove_peer(owner, from);
                self.processes[owner].pending.push(Told::end(from));
            }
            Some(_) => {}
        }
    }

    fn remove_peer(&mut self, owner: usize, peer: usize) {
        let process = &mut self.processes[owner];
        process.peers.retain(|(p, _)| *p != peer);
        process.pending.retain(|told| told.by != peer || told.ended);
    }

    /// What `owner` can read from `peer`: a message, or its end.
    fn readable(&self, (peer, link): Link) -> Option<Option<Message>> {
        let process = &self.processes[peer];
        if process.link != link {
            return Some(None);
        }
        match process.outbox.front() {
            Some(message) => Some(Some(message.clone())),
            None if !process.linked => Some(None),
            None => None,
        }
    }

    /// One step of the transition that `p` is in; false if it has to wait.
    fn act(&mut self, p: usize) -> bool {
        let Some(mut doing) = self.processes[p].doing.clone() else { return false };
        let Some(index) = doing.actions.front().copied() else { return false };
        let (_, actions) = next(doing.row.0, doing.row.1).expect("the row was there");
        let peers = self.processes[p].peers.clone();
        match actions[index] {
            StopPeers if self.non_stop => {}
            StopPeers => {
                if let Some(moved) = self.stop_peers(p, &mut doing) {
                    return moved;
                }
            }
            ResumePeers => {
                self.remember(p, Turn::Ours);
                for peer in peers {
                    let moves = self.processes[peer.0].announced && doing.with.moves.contains(&peer.0);
                    self.say(peer, Message::Resume(moves));
                }
                self.gdb = Gdb::Waits;
            }
            ReleasePeer | KillPeer => {
                let message = if actions[index] == KillPeer { Message::Kill } else { Message::Release };
                let link = self.link_of(p, doing.with.peer);
                self.remove_peer(p, doing.with.peer);
                self.remember(p, Turn::Gdbs);
                self.say(link, message);
            }
            ReleasePeers | KillPeers => {
                let message = if actions[index] == KillPeers { Message::Kill } else { Message::Release };
                peers.iter().for_each(|peer| self.say(*peer, message.clone()));
                self.processes[p].peers.clear();
            }
            AdoptChild => {
                let child = doing.with.report.as_ref().and_then(|told| told.newborn).expect("a newborn");
                self.adopt(p, (child, 0));
            }
            Report => self.report(p, &mut doing.with),
            ReplyOk => self.remember(p, Turn::Gdbs),
            AwaitAck | LeaveToLobby => {}
            HandOver => {
                self.processes[p].holds_socket = false;
                while !self.processes[p].peers.is_empty() {
                    let peers = &self.processes[p].peers;
                    let known = peers.iter().position(|(peer, _)| self.processes[*peer].announced);
                    let next = self.processes[p].peers.remove(known.unwrap_or(0));
                    let and: &[usize] = if known.is_some() { &[next.0] } else { &[] };
                    self.leave_word(p, next.0, Turn::Gdbs, and);
                    if self.processes[next.0].linked && self.processes[next.0].link == next.1 {
                        let process = &mut self.processes[p];
                        let (peers, pending) =
                            (std::mem::take(&mut process.peers), std::mem::take(&mut process.pending));
                        self.say(next, Message::HandOver(Estate { peers, pending }));
                    }
                }
            }
            TakeSocket => {
                let process = &mut self.processes[p];
                (process.holds_socket, process.linked) = (true, false);
                if let Some(Estate { peers, pending }) = doing.with.estate.take() {
                    (process.peers, process.pending, process.untold) = (peers, pending, None);
                    self.remember(p, Turn::Gdbs);
                } else if let Some(moved) = self.gather(p) {
                    return moved;
                }
            }
            ReportOwnersDeath => {
                let turn = self.processes[p].will.as_ref().expect("a will").turn;
                if !self.non_stop && turn == Turn::Ours {
                    if let Some(moved) = self.stop_peers(p, &mut doing) {
                        return moved;
                    }
                    self.remember(p, turn);
                    self.report(p, &mut doing.with);
                } else {
                    self.remember(p, turn);
                }
                self.processes[p].will = None;
            }
            FollowSuccessor => {
                let process = &mut self.processes[p];
                process.outbox = process.untold.iter().cloned().map(Message::Event).collect();
                process.outbox.push_back(Message::Here);
            }
            TellOwner => {
                let told = doing.with.report.take().expect("a report");
                self.processes[p].untold = Some(Told { carries: false, ..told.clone() }).filter(|told| !told.ended);
                self.processes[p].outbox.push_back(Message::Event(told));
            }
            TellParked => self.processes[p].outbox.push_back(Message::Parked),
            BeginAsChild | ClearBreakpoints | Die => {}
            ShutDoorUnlessItStays if self.door_stays => {}
            LeaveDoor | ShutDoor | ShutDoorUnlessItStays => self.processes[p].door = false,
            Admit => {
                self.gdb = Gdb::HasTurn;
                self.processes[p].holds_socket = true;
                self.processes[p].pending.retain(|told| !told.ended && told.newborn.is_none());
                for peer in peers {
                    self.processes[peer.0].announced = true;
                    self.say(peer, Message::Spoke { of: peer.0 });
                }
                self.remember(p, Turn::Gdbs);
            }
            Leave => {
                if self.processes[p].holds_socket {
                    self.will = Will { owner: p, turn: Turn::Gdbs, known: vec![], ends: vec![] };
                    self.release_strangers(p);
                }
                self.processes[p].leave();
                self.processes[p].holds_socket = false;
            }
        }
        doing.actions.pop_front();
        let done = doing.actions.is_empty();
        self.processes[p].doing = Some(doing);
        if done {
            self.finish(p);
        }
        true
    }

    fn report(&mut self, p: usize, with: &mut With) {
        if self.non_stop {
            return self.processes[p].pending.extend(with.report.take());
        }
        assert!(self.gdb != Gdb::HasTurn, "a stop reply that gdb does not wait for: {self:#?}");
        let pending = &mut self.processes[p].pending;
        let told = with.report.take().or_else(|| if pending.is_empty() { None } else { Some(pending.remove(0)) });
        if let Some(newborn) = told.as_ref().and_then(|told| told.newborn) {
            self.processes[newborn].announced = true;
        }
        if self.gdb == Gdb::Waits {
            self.gdb = Gdb::HasTurn;
        }
        let is_own_end = told.as_ref().is_some_and(|told| told.by == p && told.ended);
        self.leave_word(p, p, Turn::Gdbs, [p].get(usize::from(is_own_end)..).unwrap_or_default());
        let of = told.map_or(p, |told| told.by);
        self.processes[p].peers.clone().into_iter().for_each(|peer| self.say(peer, Message::Spoke { of }));
    }

    /// Takes in who calls, until all that are expected have or are dead: whether something moved, `None` when that
    /// is done.
    fn gather(&mut self, p: usize) -> Option<bool> {
        let will = self.processes[p].will.clone().expect("a will");
        let is_peer = |world: &World, q: usize| world.processes[p].peers.iter().any(|(peer, _)| *peer == q);
        if let Some(call) = self.take_call() {
            let process = &mut self.processes[p];
            process.callers.retain(|caller| caller.link.0 != call.0);
            process.callers.push(Caller { link: call, is_welcome: false, told: vec![] });
            return Some(true);
        }
        let newborns = self.processes[p].pending.iter().filter_map(|told| told.newborn);
        let expected: Vec<usize> =
            will.known.iter().copied().chain(newborns).filter(|q| *q != p && !is_peer(self, *q)).collect();
        for index in 0..self.processes[p].callers.len() {
            let Caller { link, is_welcome, .. } = self.processes[p].callers[index];
            if !is_welcome && expected.contains(&link.0) {
                self.processes[p].callers[index].is_welcome = true;
                self.say(link, Message::Welcome);
                return Some(true);
            }
            let Some(message) = self.readable(link).filter(|_| is_welcome) else { continue };
            if message.is_some() {
                self.processes[link.0].outbox.pop_front();
            }
            match message {
                Some(Message::Event(told)) => self.processes[p].callers[index].told.push(told),
                Some(Message::Here) => {
                    let caller = self.processes[p].callers.remove(index);
                    self.adopt(p, link);
                    self.processes[p].pending.extend(caller.told);
                }
                _ => drop(self.processes[p].callers.remove(index)),
            }
            return Some(true);
        }
        if expected.iter().any(|q| self.processes[*q].alive) {
            return Some(false);
        }
        let told = std::mem::take(&mut self.processes[p].pending);
        let told: Vec<Told> = told.into_iter().chain(self.processes[p].untold.take()).collect();
        let dead = will.known.iter().filter(|q| **q != p && !is_peer(self, **q)).map(|q| Told::end(*q));
        let pending: Vec<Told> = will.ends.iter().cloned().chain(dead).collect();
        // A fork whose child is dead is not told.
        let told = told.into_iter().filter(|told| told.newborn.is_none_or(|child| is_peer(self, child)));
        self.processes[p].pending = pending.into_iter().chain(told.collect::<Vec<_>>()).collect();
        self.release_strangers(p);
        None
    }

    /// The first call of one that has not called again, and lives.
    fn take_call(&mut self) -> Option<Link> {
        while !self.calls.is_empty() {
            let call = self.calls.remove(0);
            if self.processes[call.0].linked && self.processes[call.0].link == call.1 {
                return Some(call);
            }
        }
        None
    }

    /// Children that nobody tells of.
    fn release_strangers(&mut self, p: usize) {
        let calls: Vec<Link> = std::iter::from_fn(|| self.take_call()).collect();
        let callers = std::mem::take(&mut self.processes[p].callers);
        for link in callers.into_iter().map(|caller| caller.link).chain(calls) {
            self.say(link, Message::Release);
        }
    }

    /// Stops all peers, and waits for each to answer or to end: whether something moved, `None` when that is done.
    fn stop_peers(&mut self, p: usize, doing: &mut Doing) -> Option<bool> {
        let Some(awaiting) = doing.awaiting.as_mut() else {
            let peers = self.processes[p].peers.clone();
            peers.iter().for_each(|peer| self.say(*peer, Message::Stop));
            doing.awaiting = Some(peers);
            self.processes[p].doing = Some(doing.clone());
            return Some(true);
        };
        if awaiting.is_empty() {
            doing.awaiting = None;
            return None;
        }
        let Some((peer, message)) = awaiting.iter().find_map(|peer| Some((*peer, self.readable(*peer)?))) else {
            return Some(false);
        };
        if message.is_some() {
            self.processes[peer.0].outbox.pop_front();
        }
        if message == Some(Message::Parked) {
            awaiting.retain(|waiting| *waiting != peer);
        } else {
            self.note(p, peer.0, message);
            let still = self.processes[p].peers.clone();
            awaiting.retain(|waiting| still.contains(waiting));
        }
        self.processes[p].doing = Some(doing.clone());
        Some(true)
    }
}
