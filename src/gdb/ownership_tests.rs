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
    Ask,
    Spoke { of: usize },
    Release,
    Kill,
    NameHeir,
    Spare(Link),
    SpareGone(usize),
    ToHeir(u8),
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
    heir: Option<usize>,
    pending: Vec<Told>,
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
    heir: Option<usize>,
    pending: Vec<Told>,
    holds_socket: bool,
    /// A gdb may come in here.
    door: bool,
    /// As a peer: its link, both ways, and whether its own end is open.
    inbox: VecDeque<Message>,
    outbox: VecDeque<Message>,
    linked: bool,
    /// Which of its links that is, and how many there have been.
    link: u8,
    links: u8,
    heir_of: Option<usize>,
    spares: Vec<Link>,
    to_heir: Option<u8>,
    /// What has been said over another link than that.
    ahead: VecDeque<(u8, Message)>,
    untold: Option<Told>,
    turn: Turn,
    announced: bool,
    /// gdb has detached from it.
    let_go: bool,
}

/// As the peers know it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Turn {
    Ours,
    Stopping,
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
    /// Who was about to own the socket, or its heir, has ended.
    lost_successor: bool,
}

impl Told {
    fn end(by: usize) -> Told {
        Told { by, ended: true, newborn: None, carries: false }
    }
}

impl Process {
    /// It closes its links.
    fn leave(&mut self) {
        self.linked = false;
        (self.heir, self.to_heir) = (None, None);
        self.peers.clear();
        self.spares.clear();
        self.inbox.clear();
        self.ahead.clear();
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
            links: 0,
            heir: None,
            heir_of: None,
            spares: vec![],
            to_heir: None,
            ahead: VecDeque::new(),
            untold: None,
            turn: Turn::Ours,
            announced: true,
            let_go: false,
        };
        World {
            processes: vec![first],
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
            lost_successor: false,
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
        let link = (p, self.processes[p].link);
        let owner = self.processes.iter().position(|process| process.peers.contains(&link));
        let process = &mut self.processes[p];
        match process.inbox.front() {
            Some(Message::Spoke { of }) => {
                process.turn = Turn::Gdbs;
                process.untold.take_if(|_| *of == p);
            }
            Some(Message::NameHeir) => {
                process.heir_of = owner.or(process.heir_of).or(Some(p));
                process.to_heir = None;
            }
            Some(Message::Spare(link)) => process.spares.push(*link),
            Some(Message::SpareGone(peer)) => process.spares.retain(|(known, _)| known != peer),
            Some(Message::ToHeir(link)) => process.to_heir = Some(*link),
            _ => return false,
        }
        process.inbox.pop_front();
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
        } else if process.linked && process.link < link {
            process.ahead.push_back((link, message));
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
            Message::Spare(spare) => *spare == link,
            Message::Event(told) => announces(told),
            _ => false,
        };
        self.processes.iter().enumerate().any(|(q, process)| {
            let unsent = process.doing.as_ref().and_then(|doing| doing.with.report.as_ref()).is_some_and(announces);
            let received = process.doing.as_ref().and_then(|doing| doing.with.estate.as_ref());
            let has = process.peers.contains(&link) || process.spares.contains(&link) || unsent;
            let gets = process.inbox.iter().any(carried) || process.ahead.iter().any(|(_, message)| carried(message));
            (process.alive && (has || gets))
                || received.is_some_and(|estate| estate.peers.contains(&link))
                // A message in flight is lost with the link that carries it.
                || (process.outbox.iter().any(carried) && self.owner_holds(q))
        })
    }

    fn adopt(&mut self, owner: usize, link: Link) {
        self.processes[owner].peers.push(link);
        if self.processes[owner].heir.is_some() { self.link_to_heir(owner, link) } else { self.name_heir(owner) }
    }

    fn name_heir(&mut self, owner: usize) {
        let peers = self.processes[owner].peers.clone();
        if let (None, Some((first, others))) = (self.processes[owner].heir, peers.split_first()) {
            self.processes[owner].heir = Some(first.0);
            self.say(*first, Message::NameHeir);
            others.iter().for_each(|other| self.link_to_heir(owner, *other));
        }
    }

    fn link_to_heir(&mut self, owner: usize, peer: Link) {
        let heir = self.link_of(owner, self.processes[owner].heir.expect("an heir"));
        let process = &mut self.processes[peer.0];
        process.links += 1;
        let number = process.links;
        self.say(heir, Message::Spare((peer.0, number)));
        self.say(peer, Message::ToHeir(number));
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
        process.heir.take_if(|heir| *heir == peer);
        if let Some(heir) = self.processes[owner].heir {
            self.say(self.link_of(owner, heir), Message::SpareGone(peer));
        }
        self.name_heir(owner);
    }

    /// What `owner` can read from `peer`: a message, or its end.
    fn readable(&self, (peer, link): Link) -> Option<Option<Message>> {
        let process = &self.processes[peer];
        if process.link != link {
            // It may still come over to this one.
            let learns = process.inbox.contains(&Message::ToHeir(link));
            let comes = process.linked && (process.to_heir == Some(link) || learns);
            return if comes { None } else { Some(None) };
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
                if let Some(moved) = self.stop_peers(p, &mut doing, &Message::Stop) {
                    return moved;
                }
            }
            ResumePeers => {
                for peer in peers {
                    let moves = self.processes[peer.0].announced && doing.with.moves.contains(&peer.0);
                    self.say(peer, Message::Resume(moves));
                }
                self.gdb = Gdb::Waits;
            }
            ReleasePeer | KillPeer => {
                let message = if actions[index] == KillPeer { Message::Kill } else { Message::Release };
                self.say(self.link_of(p, doing.with.peer), message);
                self.remove_peer(p, doing.with.peer);
            }
            ReleasePeers | KillPeers => {
                let message = if actions[index] == KillPeers { Message::Kill } else { Message::Release };
                peers.iter().for_each(|peer| self.say(*peer, message.clone()));
                self.processes[p].peers.clear();
                self.processes[p].heir = None;
            }
            AdoptChild => {
                let child = doing.with.report.as_ref().and_then(|told| told.newborn).expect("a newborn");
                self.adopt(p, (child, 0));
            }
            Report => self.report(p, &mut doing.with),
            ReplyOk | AwaitAck | LeaveToLobby => {}
            HandOver => {
                let mut rest = peers;
                self.processes[p].holds_socket = false;
                while !rest.is_empty() {
                    let known = rest.iter().position(|(peer, _)| self.processes[*peer].announced).unwrap_or(0);
                    let next = rest.remove(known);
                    if self.processes[next.0].linked && self.processes[next.0].link == next.1 {
                        let pending = std::mem::take(&mut self.processes[p].pending);
                        let heir = self.processes[p].heir.filter(|heir| rest.iter().any(|(peer, _)| peer == heir));
                        self.say(next, Message::HandOver(Estate { peers: rest, heir, pending }));
                        break;
                    }
                }
                self.processes[p].peers.clear();
                self.processes[p].heir = None;
            }
            TakeSocket => {
                let process = &mut self.processes[p];
                (process.holds_socket, process.linked, process.to_heir) = (true, false, None);
                let spares = std::mem::take(&mut process.spares);
                let estate = doing.with.estate.take();
                let Estate { peers, heir, pending } =
                    estate.unwrap_or(Estate { peers: spares, heir: None, pending: vec![] });
                (process.peers, process.heir, process.pending) = (peers, heir, pending);
                if let Some(heir) = heir {
                    self.say(self.link_of(p, heir), Message::NameHeir);
                    self.say(self.link_of(p, heir), Message::SpareGone(p));
                } else {
                    self.name_heir(p);
                }
            }
            ReportOwnersDeath => {
                let question = if self.processes[p].turn == Turn::Gdbs { Message::Ask } else { Message::Stop };
                if !self.non_stop
                    && let Some(moved) = self.stop_peers(p, &mut doing, &question)
                {
                    return moved;
                }
                let by = self.processes[p].heir_of.take().expect("an heir");
                self.processes[p].pending.push(Told::end(by));
                if !self.non_stop {
                    self.release_unknown(p);
                    if self.processes[p].turn == Turn::Gdbs {
                        self.spoke(p, by);
                    } else {
                        self.report(p, &mut doing.with);
                    }
                }
            }
            FollowHeir => {
                let process = &mut self.processes[p];
                process.link = process.to_heir.take().expect("a link");
                let ahead = std::mem::take(&mut process.ahead);
                let (inbox, ahead): (Vec<_>, Vec<_>) = ahead.into_iter().partition(|(link, _)| *link == process.link);
                process.inbox = inbox.into_iter().map(|(_, message)| message).collect();
                process.ahead = ahead.into_iter().filter(|(link, _)| *link > process.link).collect();
                process.outbox = process.untold.iter().cloned().map(Message::Event).collect();
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
            }
            Leave => {
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
        // That it may die in between is for the heir to find out from what gdb says.
        self.spoke(p, told.map_or(p, |told| told.by));
    }

    fn spoke(&mut self, p: usize, of: usize) {
        self.processes[p].peers.clone().into_iter().for_each(|peer| self.say(peer, Message::Spoke { of }));
    }

    /// Children that nobody tells of.
    fn release_unknown(&mut self, p: usize) {
        for peer in self.processes[p].peers.clone() {
            let is_told = self.processes[p].pending.iter().any(|told| told.newborn == Some(peer.0));
            if !self.processes[peer.0].announced && !is_told {
                self.say(peer, Message::Release);
                self.remove_peer(p, peer.0);
            }
        }
    }

    /// Asks all peers, and waits for each to answer or to end: whether something moved, `None` when that is done.
    fn stop_peers(&mut self, p: usize, doing: &mut Doing, question: &Message) -> Option<bool> {
        let Some(awaiting) = doing.awaiting.as_mut() else {
            let peers = self.processes[p].peers.clone();
            peers.iter().for_each(|peer| self.say(*peer, question.clone()));
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
