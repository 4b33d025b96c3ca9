//! The walk of [`super`] itself: what can happen next in a world, what must hold in each, and where it begins.

use super::*;
use std::collections::HashSet;

impl World {
    /// Every world that is one step away.
    fn steps(&self) -> Vec<World> {
        let mut worlds = self.inner_steps();
        let mut add = |change: &mut dyn FnMut(&mut World)| {
            let mut world = self.clone();
            change(&mut world);
            worlds.push(world);
        };
        for p in 0..self.processes.len() {
            let process = &self.processes[p];
            if process.alive && self.kills_left > 0 {
                add(&mut |world| {
                    world.kills_left -= 1;
                    world.die(p);
                });
            }
            if process.alive && process.doing.is_none() && process.state == Free && process.door {
                add(&mut |world| world.fire(p, Ended, With::default()));
                if self.forks_left > 0 {
                    add(&mut |world| world.fork_free(p));
                }
            }
            if process.alive && process.doing.is_none() && matches!(process.state, OwnerRunning | PeerRunning) {
                let told = Told { ended: false, ..Told::end(p) };
                let with = |told: Told| With { report: Some(told), ..With::default() };
                // In non-stop mode nothing else bounds what gdb has not taken.
                let untaken: usize = self.processes.iter().map(|other| other.pending.len() + other.outbox.len()).sum();
                if !self.non_stop || untaken == 0 {
                    add(&mut |world| world.fire(p, Stopped, with(told.clone())));
                }
                let last = process.state == OwnerRunning && process.peers.is_empty();
                let ended = Told { ended: true, ..told.clone() };
                add(&mut |world| world.fire(p, if last { EndedLast } else { Ended }, with(ended.clone())));
                if self.forks_left > 0 {
                    add(&mut |world| world.fork(p));
                }
            }
        }
        if self.non_stop {
            self.non_stop_steps(&mut add);
        }
        if self.gdb != Gdb::Gone {
            if !self.gdb_stays {
                add(&mut |world| world.gdb = Gdb::Gone);
            }
        } else if self.visits_left > 0 {
            let lets_in = |process: &Process| {
                let waits = process.state == OwnerDeserted || process.state == Free && process.door;
                process.alive && process.doing.is_none() && waits
            };
            if let Some(p) = self.processes.iter().position(lets_in) {
                add(&mut |world| {
                    world.visits_left -= 1;
                    world.fire(p, GdbCame, With::default());
                });
            }
        }
        self.gdbs_steps(&mut add);
        worlds
    }

    fn fork(&mut self, p: usize) {
        self.forks_left -= 1;
        let child = self.processes.len();
        let mut born = self.processes[p].clone();
        (born.peers, born.pending) = (vec![], vec![]);
        (born.inbox, born.outbox) = (VecDeque::new(), VecDeque::new());
        (born.linked, born.announced, born.holds_socket) = (true, false, false);
        (born.link, born.untold) = (0, None);
        self.processes.push(born);
        self.fire(child, Born, With::default());
        let told = Told { by: p, ended: false, newborn: Some(child), carries: true };
        self.fire(p, Forked, With { report: Some(told), ..With::default() });
    }

    /// Nobody hears of it.
    fn fork_free(&mut self, p: usize) {
        self.forks_left -= 1;
        let child = self.processes.len();
        self.processes.push(self.processes[p].clone());
        self.fire(child, BornFree, With::default());
    }

    /// Steps that processes take by themselves: going on with a transition, reading a message.
    fn inner_steps(&self) -> Vec<World> {
        let mut worlds = Vec::new();
        for p in 0..self.processes.len() {
            let process = &self.processes[p];
            let mut world = self.clone();
            if !process.alive {
                continue;
            }
            if process.doing.is_some() {
                if world.act(p) {
                    worlds.push(world);
                }
                continue;
            }
            let heard = match process.state {
                PeerServing | PeerRunning => world.hear_owner(p),
                OwnerServing | OwnerWaiting | OwnerRunning | OwnerDeserted => world.hear_peers(p),
                Free | Gone => false,
            };
            if heard {
                worlds.push(world);
            }
        }
        worlds
    }

    fn hear_owner(&mut self, p: usize) -> bool {
        if let Some(others) = self.processes[p].seeks.clone() {
            return self.await_welcome(p, &others);
        }
        let speaks = !self.processes[p].inbox.is_empty() || !self.owner_holds(p);
        if self.began_non_stop && speaks && self.processes[p].state == PeerRunning {
            self.fire(p, Asked, With::default());
            return true;
        }
        if self.take_note(p) {
            return true;
        }
        let event = match self.processes[p].inbox.pop_front() {
            Some(Message::Resume(moves)) => {
                self.processes[p].untold.take_if(|_| moves);
                if moves { OwnerResumes } else { OwnerLeaves }
            }
            Some(Message::Stop) => OwnerStops,
            Some(Message::Release) => OwnerReleases,
            Some(Message::Kill) => OwnerKills,
            Some(Message::HandOver(estate)) => {
                self.fire(p, OwnerHandsOver, With { estate: Some(estate), ..With::default() });
                return true;
            }
            Some(_) => unreachable!("not for a peer"),
            None if !self.owner_holds(p) => {
                self.seek_owner(p);
                return true;
            }
            None => return false,
        };
        self.fire(p, event, With::default());
        true
    }

    fn hear_peers(&mut self, p: usize) -> bool {
        let waits = !matches!(self.processes[p].state, OwnerServing | OwnerDeserted);
        if waits && !self.non_stop && !self.processes[p].pending.is_empty() {
            self.fire(p, PeerStopped, With::default());
            return true;
        }
        for peer in self.processes[p].peers.clone() {
            if let Some(message) = self.readable(peer) {
                if message.is_some() {
                    self.processes[peer.0].outbox.pop_front();
                }
                self.note(p, peer.0, message);
                return true;
            }
        }
        if !self.calls.is_empty() {
            self.release_strangers(p);
            return true;
        }
        if self.gdb == Gdb::Gone && self.processes[p].state != OwnerDeserted {
            self.non_stop = false;
            self.fire(p, self.loss, With::default());
            return true;
        }
        false
    }

    /// What gdb may do now.
    fn gdbs_steps(&self, add: &mut impl FnMut(&mut dyn FnMut(&mut World))) {
        let owners =
            self.processes.iter().position(|process| process.alive && process.holds_socket && process.doing.is_none());
        let Some(owner) = owners else { return };
        let process = &self.processes[owner];
        let known = process.peers.iter().map(|(peer, _)| *peer).filter(|peer| self.processes[*peer].announced);
        let known: Vec<usize> = known.collect();
        match (self.gdb, process.state) {
            (Gdb::Waits, OwnerRunning | OwnerWaiting) if self.interrupts_left > 0 => add(&mut |world| {
                world.interrupts_left -= 1;
                world.fire(owner, Interrupted, With::default());
            }),
            (Gdb::HasTurn, OwnerServing) => {
                if self.non_stop {
                    // `non_stop_steps` has it.
                } else if let Some(index) = process.pending.iter().position(|_| true) {
                    // Any resumption that covers it: it is told instead.
                    add(&mut |world| {
                        world.gdb = Gdb::Waits;
                        let told = world.processes[owner].pending.remove(index);
                        world.report(owner, &mut With { report: Some(told), ..With::default() });
                    });
                } else {
                    for moves in [vec![owner], known.clone(), [known.clone(), vec![owner]].concat()] {
                        let event = if moves.contains(&owner) { ResumedSelf } else { ResumedOthers };
                        if !moves.is_empty() {
                            let with = With { moves, ..With::default() };
                            add(&mut |world| world.fire(owner, event, with.clone()));
                        }
                    }
                }
                let alone = process.peers.is_empty();
                let (detached, killed) = if alone { (DetachedLast, KilledLast) } else { (DetachedSelf, KilledSelf) };
                for event in [detached, killed, KilledAll] {
                    add(&mut |world| {
                        world.processes[owner].let_go = true;
                        world.fire(owner, event, With::default());
                    });
                }
                for peer in known {
                    for event in [DetachedPeer, KilledPeer] {
                        let with = With { peer, ..With::default() };
                        add(&mut |world| {
                            world.processes[peer].let_go = true;
                            world.fire(owner, event, with.clone());
                        });
                    }
                }
            }
            _ => {}
        }
    }

    /// What must hold in every world.
    fn check(&self) {
        let owners = self.processes.iter().filter(|process| process.alive && process.holds_socket).count();
        assert!(owners <= 1, "{owners} owners in {self:#?}");
        if !self.inner_steps().is_empty() {
            return;
        }
        let members: Vec<&Process> =
            self.processes.iter().filter(|process| process.alive && !matches!(process.state, Free | Gone)).collect();
        if self.gdb_stays {
            let is_lost =
                |process: &&Process| process.alive && process.state == Free && process.announced && !process.let_go;
            assert_eq!(self.processes.iter().filter(is_lost).count(), 0, "gdb knows it, and it runs free: {self:#?}");
        }
        if members.is_empty() {
            return;
        }
        let is_free = |process: &&Process| process.alive && process.state == Free && process.door;
        assert_eq!(self.processes.iter().filter(is_free).count(), 0, "two that gdb might come to: {self:#?}");
        if self.gdb == Gdb::Gone {
            let waits = |process: &&Process| process.state == OwnerDeserted;
            assert_eq!(members.iter().filter(|process| waits(process)).count(), 1, "nobody waits for gdb: {self:#?}");
            return assert_eq!(self.loss, GdbMissed, "gdb is gone, and a process waits for it: {self:#?}");
        }
        assert_eq!(owners, 1, "nobody reads the socket: {self:#?}");
        let is_idle = |process: &&Process| process.doing.is_none() && process.seeks.is_none();
        assert!(members.iter().all(is_idle), "a transition hangs: {self:#?}");
        let turn = members.iter().any(|process| process.state == OwnerServing);
        assert!(
            self.non_stop || turn == (self.gdb == Gdb::HasTurn),
            "gdb and the owner disagree whose turn it is: {self:#?}"
        );
    }
}

/// Visits every world that can be reached; returns how many there are.
pub(super) fn explore(start: World) -> usize {
    let mut seen = HashSet::new();
    let mut queue = vec![start];
    while let Some(world) = queue.pop() {
        if !seen.insert(world.clone()) {
            continue;
        }
        world.check();
        queue.extend(world.steps());
    }
    seen.len()
}

#[test]
fn two_processes_and_a_kill() {
    assert!(explore(World::start(1, 1)) > 1000);
}

#[test]
fn three_processes() {
    // That gdb goes away is two processes' matter.
    assert!(explore(World { gdb_stays: true, ..World::start(2, 0) }) > 10_000);
}

#[test]
fn three_processes_and_a_kill() {
    let world = World { interrupts_left: 0, gdb_stays: true, ..World::start(2, 1) };
    assert!(explore(world) > 10_000);
}

/// Owner and successor, owner and newborn, whoever.
#[test]
fn three_processes_of_which_two_are_killed() {
    let world = World { interrupts_left: 0, gdb_stays: true, ..World::start(2, 2) };
    assert!(explore(world) > 10_000);
}

#[test]
fn gdb_goes_and_comes_again() {
    assert!(explore(World::start(1, 1).with_loss(GdbMissed, 1)) > 1000);
}

#[test]
fn gdb_takes_all_with_it() {
    assert!(explore(World::start(1, 1).with_loss(GdbLostForAll, 0)) > 1000);
}

#[test]
fn gdb_comes_to_who_runs() {
    assert!(explore(World::unsuspended(1, 2)) > 1000);
}

#[test]
fn no_state_and_event_has_two_rows() {
    let mut pairs = HashSet::new();
    for (from, on, _, _) in TABLE {
        assert!(pairs.insert((from, on)), "{from:?} {on:?}");
    }
}

#[test]
fn what_is_not_in_the_table_changes_nothing() {
    assert_eq!(next(Free, Stopped), None);
    assert_eq!(next(Gone, GdbLost), None);
    assert_eq!(next(PeerServing, Interrupted), None);
}
