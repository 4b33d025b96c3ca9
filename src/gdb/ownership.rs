//! Who holds gdb's socket: one table.
//!
//! After a fork, parent and child both have the socket open; exactly one of all processes of the
//! session *owns* it, reads it and writes to it. Every other process has a [`link`](super::link) to
//! the owner. This file is the state machine of one process: in which [`State`] it is, what each
//! [`Event`] makes of it, and which [`Action`]s the session then takes. It touches nothing itself, so
//! the tests below walk through everything that several processes can do to each other.
//!
//! ```text
//!                     gdb resumes us                            D;us, nobody else left
//!    ┌─────────────┐ ───────────────▶ ┌──────────────┐            ┌──────┐
//!    │ OwnerRunning│                  │ OwnerServing │ ─────────▶ │ Free │  runs on, no gdb
//!    └─────────────┘ ◀─────────────── └──────────────┘            └──────┘
//!           stop, fork, Ctrl-C,         ▲    │  ▲   │ D;us: hand over      ▲
//!           a peer's stop               │    │  │   └──────────────────────┤
//!        gdb resumes others only        │    ▼  │                          │ released
//!                        ┌──────────────┴┐   │  │ handed over, or          │
//!                        │ OwnerWaiting  │ ◀─┘  │ the owner died           │
//!                        └───────────────┘      │                          │
//!    ┌─────────────┐  stop, fork, asked   ┌─────┴────────┐                 │
//!    │ PeerRunning │ ───────────────────▶ │ PeerServing  │ ────────────────┘
//!    └─────────────┘ ◀─────────────────── └──────────────┘ ◀──── born by a fork
//!                       resumed by owner
//!
//!    --on-disconnect stop:  any owner ──▶ OwnerDeserted ──▶ OwnerServing   another gdb has come
//!    suspend=n:                                Free ─────▶ OwnerServing   a gdb has come
//! ```
//!
//! gdb's walk through it at a fork of P into C, P the owner:
//!
//! | gdb | P | C |
//! |---|---|---|
//! | | `Forked`: Running → Serving, says `T05fork:pC.C` | `Born`: → PeerServing |
//! | `Hg`, `z0`… to either | answers, or forwards over the link | answers over the link |
//! | follow parent: `D;C` | `DetachedPeer`: releases C | `OwnerReleases`: → Free |
//! | follow child: `D;P` | `DetachedSelf`: hands over, → Free | `OwnerHandsOver`: → OwnerServing |
//! | neither (detach-on-fork off): `vCont;c:pP.-1` | `ResumedSelf`: → Running | stays PeerServing |
//! | `vCont;c:pC.-1` | `ResumedOthers`: → Waiting | `OwnerResumes`: → PeerRunning |

/// Where one process is in the session.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum State {
    /// In no session: runs free. If its [`door`](super::door) is open, a gdb may come.
    Free,
    /// Owns the socket and stands still; it is gdb's turn.
    OwnerServing,
    /// Owns the socket and stands still; gdb waits for a stop, because others run.
    OwnerWaiting,
    /// Owns the socket; gdb waits, and threads of this process run.
    OwnerRunning,
    /// Owns the socket, whose other end is gone; everything stands still until another gdb comes.
    OwnerDeserted,
    /// Has a link to the owner, stands still and does what comes over it.
    PeerServing,
    /// Has a link to the owner; threads of this process run.
    PeerRunning,
    /// Ended.
    Gone,
}

/// What happens to one process.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Event {
    /// A thread stopped; the others are parked.
    Stopped,
    /// A thread forked a child that stands still in the session.
    Forked,
    /// The process is about to end, and others are in the session.
    Ended,
    /// The process is about to end, and it is the last of the session.
    EndedLast,
    /// This process is the child of a fork in the session that gdb hears of.
    Born,
    /// This process is the child of a fork that gdb does not hear of.
    BornFree,

    /// In non-stop mode, something is wanted of a process whose threads run: they stand still for it.
    Asked,
    /// In non-stop mode, nothing is wanted any more, and some of its threads are to run.
    GoesOn,

    /// gdb resumed threads of the owner, and maybe of others.
    ResumedSelf,
    /// gdb resumed threads of others only.
    ResumedOthers,
    /// gdb detached from the owner; others are in the session.
    DetachedSelf,
    /// gdb detached from the only process.
    DetachedLast,
    /// gdb detached from another process than the owner.
    DetachedPeer,
    /// gdb killed the owner; others are in the session.
    KilledSelf,
    /// gdb killed the only process.
    KilledLast,
    /// gdb killed another process than the owner.
    KilledPeer,
    /// gdb killed all.
    KilledAll,
    /// Ctrl-C.
    Interrupted,
    /// The socket's other end is gone; everybody runs free (`--on-disconnect run`).
    GdbLost,
    /// Likewise; everybody stands still for the next gdb (`--on-disconnect stop`).
    GdbMissed,
    /// Likewise; everybody dies (`--on-disconnect kill`).
    GdbLostForAll,
    /// A gdb has come in.
    GdbCame,

    /// A peer told the owner of a stop or of its end.
    PeerStopped,
    /// A peer's link ended without a word.
    PeerLost,

    /// The owner says: go on, some of your threads.
    OwnerResumes,
    /// The owner says: stay as you are, gdb has resumed others.
    OwnerLeaves,
    /// The owner says: stand still.
    OwnerStops,
    /// The owner says: leave the session.
    OwnerReleases,
    /// The owner says: die.
    OwnerKills,
    /// The owner says: own the socket.
    OwnerHandsOver,
    /// The owner's link ended without a word, and this process takes its place.
    OwnerLost,
    /// The owner's link ended without a word, and another has taken its place, to whom there is a link.
    OwnerSucceeded,
    /// Likewise, and nobody does: gdb knows of none that is left.
    SessionLost,
}

/// What the session does on the way to the next state, in the table's order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// Tell every peer to stand still and wait until each has said that it does; not in non-stop mode.
    StopPeers,
    /// Tell every peer what it does next.
    ResumePeers,
    /// Tell the peer that gdb named to leave the session.
    ReleasePeer,
    /// Tell all peers to leave the session.
    ReleasePeers,
    /// Tell the peer that gdb named to die.
    KillPeer,
    /// Tell all peers to die.
    KillPeers,
    /// Keep the owner's end of the newborn child's link.
    AdoptChild,
    /// Send gdb a stop reply: this process's stop, or else what a peer has told. In non-stop mode it is
    /// announced, and gdb asks for it.
    Report,
    /// Send gdb `OK`.
    ReplyOk,
    /// Give the socket and all links to another process.
    HandOver,
    /// Begin to read the socket where the owner before left off.
    TakeSocket,
    /// Have all stand still unless it is gdb's turn, and let gdb know, when it next waits for a stop, that the
    /// owner before is dead.
    ReportOwnersDeath,
    /// Tell the new owner again what gdb has not been told.
    FollowSuccessor,
    /// Tell the owner of this process's stop, fork or end.
    TellOwner,
    /// Tell the owner that all threads stand still.
    TellParked,
    /// Forget what was the parent's: its links, its events.
    BeginAsChild,
    /// Take out all breakpoints and watchpoints.
    ClearBreakpoints,
    /// Wait until gdb has got the last packet, if it acknowledges packets, or has asked for what was
    /// announced.
    AwaitAck,
    /// If gdb wants to go on without a process, leave it to a new one that has none.
    LeaveToLobby,
    /// Close socket and links.
    Leave,
    /// The door is others' to mind.
    LeaveDoor,
    /// No gdb can come in any more.
    ShutDoor,
    /// Likewise, if the user did not want it otherwise.
    ShutDoorUnlessItStays,
    /// Make what has come in the socket, for everybody.
    Admit,
    /// Die as by SIGKILL.
    Die,
}

use {Action::*, Event::*, State::*};

/// One transition.
type Row = (State, Event, State, &'static [Action]);

/// The whole machine. A pair that is not here cannot happen; if it does all the same, nothing
/// changes.
#[rustfmt::skip]
const TABLE: &[Row] = &[
    (OwnerRunning, Stopped,        OwnerServing, &[StopPeers, Report]),
    (OwnerRunning, Forked,         OwnerServing, &[AdoptChild, StopPeers, Report]),
    (OwnerRunning, Interrupted,    OwnerServing, &[StopPeers, Report]),
    (OwnerRunning, PeerStopped,    OwnerServing, &[StopPeers, Report]),
    (OwnerRunning, PeerLost,       OwnerServing, &[StopPeers, Report]),
    (OwnerRunning, Ended,          Gone,         &[StopPeers, Report, HandOver, LeaveDoor, Leave]),
    (OwnerRunning, EndedLast,      Gone,         &[Report, AwaitAck, LeaveToLobby, ShutDoor, Leave]),
    (OwnerRunning, GdbLost,        Free,         &[ReleasePeers, ClearBreakpoints, ShutDoorUnlessItStays, Leave]),
    (OwnerRunning, GdbMissed,      OwnerDeserted, &[StopPeers]),
    (OwnerRunning, GdbLostForAll,  Gone,         &[KillPeers, ShutDoor, Leave, Die]),

    (OwnerWaiting, Interrupted,    OwnerServing, &[StopPeers, Report]),
    (OwnerWaiting, PeerStopped,    OwnerServing, &[StopPeers, Report]),
    (OwnerWaiting, PeerLost,       OwnerServing, &[StopPeers, Report]),
    (OwnerWaiting, GdbLost,        Free,         &[ReleasePeers, ClearBreakpoints, ShutDoorUnlessItStays, Leave]),
    (OwnerWaiting, GdbMissed,      OwnerDeserted, &[StopPeers]),
    (OwnerWaiting, GdbLostForAll,  Gone,         &[KillPeers, ShutDoor, Leave, Die]),

    (OwnerDeserted, GdbCame,       OwnerServing, &[ClearBreakpoints, Admit]),
    (Free,         GdbCame,        OwnerServing, &[Admit]),
    (Free,         Ended,          Gone,         &[ShutDoor]),

    (OwnerRunning, Asked,          OwnerServing, &[]),
    (OwnerServing, GoesOn,         OwnerRunning, &[]),
    (PeerRunning,  Asked,          PeerServing,  &[]),
    (PeerServing,  GoesOn,         PeerRunning,  &[]),

    (OwnerServing, ResumedSelf,    OwnerRunning, &[ResumePeers]),
    (OwnerServing, ResumedOthers,  OwnerWaiting, &[ResumePeers]),
    (OwnerServing, DetachedSelf,   Free,         &[ReplyOk, ClearBreakpoints, HandOver, LeaveDoor, Leave]),
    (OwnerServing, DetachedLast,   Free,
        &[ReplyOk, ClearBreakpoints, AwaitAck, LeaveToLobby, ShutDoorUnlessItStays, Leave]),
    (OwnerServing, DetachedPeer,   OwnerServing, &[ReleasePeer, ReplyOk]),
    (OwnerServing, KilledSelf,     Gone,         &[ReplyOk, HandOver, LeaveDoor, Leave, Die]),
    (OwnerServing, KilledLast,     Gone,         &[ReplyOk, AwaitAck, LeaveToLobby, ShutDoor, Leave, Die]),
    (OwnerServing, KilledPeer,     OwnerServing, &[KillPeer, ReplyOk]),
    (OwnerServing, KilledAll,      Gone,         &[KillPeers, LeaveToLobby, ShutDoor, Leave, Die]),
    (OwnerServing, GdbLost,        Free,         &[ReleasePeers, ClearBreakpoints, ShutDoorUnlessItStays, Leave]),
    (OwnerServing, GdbMissed,      OwnerDeserted, &[]),
    (OwnerServing, GdbLostForAll,  Gone,         &[KillPeers, ShutDoor, Leave, Die]),
    // Kept until gdb waits for a stop again.
    (OwnerServing, PeerLost,       OwnerServing, &[]),

    (PeerRunning,  Stopped,        PeerServing,  &[TellOwner]),
    (PeerRunning,  Forked,         PeerServing,  &[TellOwner]),
    (PeerRunning,  Ended,          Gone,         &[TellOwner, LeaveDoor, Leave]),
    (PeerRunning,  OwnerStops,     PeerServing,  &[TellParked]),
    (PeerRunning,  OwnerReleases,  Free,         &[ClearBreakpoints, LeaveDoor, Leave]),
    (PeerRunning,  OwnerKills,     Gone,         &[Leave, Die]),
    (PeerRunning,  OwnerLost,      OwnerServing, &[TakeSocket, ReportOwnersDeath]),
    (PeerRunning,  OwnerSucceeded, PeerRunning,  &[FollowSuccessor]),
    (PeerRunning,  SessionLost,    Free,         &[ClearBreakpoints, LeaveDoor, Leave]),

    (PeerServing,  OwnerResumes,   PeerRunning,  &[]),
    (PeerServing,  OwnerLeaves,    PeerServing,  &[]),
    (PeerServing,  OwnerStops,     PeerServing,  &[TellParked]),
    (PeerServing,  OwnerReleases,  Free,         &[ClearBreakpoints, LeaveDoor, Leave]),
    (PeerServing,  OwnerKills,     Gone,         &[Leave, Die]),
    (PeerServing,  OwnerHandsOver, OwnerServing, &[TakeSocket]),
    (PeerServing,  OwnerLost,      OwnerServing, &[TakeSocket, ReportOwnersDeath]),
    (PeerServing,  OwnerSucceeded, PeerServing,  &[FollowSuccessor]),
    (PeerServing,  SessionLost,    Free,         &[ClearBreakpoints, LeaveDoor, Leave]),

    // The child begins with its parent's state.
    (OwnerRunning, Born,           PeerServing,  &[BeginAsChild]),
    (PeerRunning,  Born,           PeerServing,  &[BeginAsChild]),
    (OwnerRunning, BornFree,       Free,         &[ClearBreakpoints, LeaveDoor, Leave]),
    (PeerRunning,  BornFree,       Free,         &[ClearBreakpoints, LeaveDoor, Leave]),
    (Free,         BornFree,       Free,         &[LeaveDoor, Leave]),
];

/// The next state and what to do on the way; `None` if the event cannot happen in this state.
pub fn next(state: State, event: Event) -> Option<(State, &'static [Action])> {
    let row = TABLE.iter().find(|(from, on, _, _)| (*from, *on) == (state, event))?;
    Some((row.2, row.3))
}

#[cfg(test)]
#[path = "ownership_tests.rs"]
mod tests;
