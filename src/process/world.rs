//! Stopping and resuming all threads of a process, for a debugger.
//!
//! One thread at a time is the *stopper*. It kicks the others out of guest code and host calls and
//! waits until each is parked; then it alone talks to the debugger, which may look into all of
//! them, and gives them their plans; then each goes on as its plan says, or stays parked. A thread that
//! wants to stop while another is the stopper parks first, and comes to it again when its plan lets it
//! run. A parked thread that the kernel picks to be told of the debugger's input becomes the stopper,
//! too, and so does one when nobody else is left to listen.
#![allow(unsafe_code)]

use super::marks;
use super::thread::{Process, Thread};
use crate::debug::{Action, Catch, Debugger, ExitStatus, ForkKind, Probe, Resume, Stop, WatchKind, Watchpoint};
use crate::host::Lock;
use crate::host::call::interruptible;
use crate::host::lock::{LockGuard, futex_wait_for, futex_wake};
use crate::host::raw::{args, syscall};
use crate::interp::{CodeCache, Watch, stop};
use crate::memory::access::copy_in;
use crate::signal::host;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicU32, Ordering};

/// How long the stopper waits before it kicks again who has not parked: a kick may hit a thread
/// just before it enters a host call that is not the guest's.
const KICK_AGAIN_MS: u64 = 5;
/// How often a stopper looks whether a new thread has begun, in milliseconds.
const BIRTH_MS: u64 = 1;
/// How long a thread that takes a step waits for others to wake, and how often it looks.
const WAKE_US: u64 = 100;
const WAKE_ROUNDS: u32 = 20;
/// As much of a watched range is compared at each system call.
const MAX_COMPARED: u64 = 1 << 20;

/// What a debugger hears of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// A thread stopped.
    Stopped(Stop),
    /// The program, which this process executed, stands at its first instruction.
    Executed,
}

/// What came of an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Report {
    /// The debugger has decided; the thread's plan is new.
    Told,
    /// There is no debugger, or it does not want to hear of such an event.
    Unwanted,
    /// Another thread was stopping: this one was parked meanwhile. The event will be seen again by
    /// running on, or has to be reported again.
    Parked,
}

/// A process's side of its debugger.
pub struct Debug {
    debugger: Lock<Box<dyn Debugger>>,
    /// Tid of the stopper, or 0; changes only under `gate`.
    stopper: AtomicI32,
    gate: Lock<()>,
    /// The plans of the threads, for those that are not parked, or not born yet.
    plans: Lock<Resume>,
    /// Counts resumptions; parked threads sleep on it.
    resumed: AtomicU32,
    watches: Lock<Vec<Watchpoint>>,
    catch: Lock<Catch>,
    probes: Lock<BTreeMap<u64, Arc<dyn Probe>>>,
    points: Lock<BTreeSet<u64>>,
    /// `catch` is not empty.
    catches_any: AtomicBool,
}

impl std::fmt::Debug for Debug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Debug").field("stopper", &self.stopper).finish_non_exhaustive()
    }
}

/// A thread's part: parked or not, and where its state is then.
#[derive(Debug, Default)]
pub struct Park {
    is_parked: AtomicU32,
    thread: AtomicPtr<Thread>,
    /// It stands still for good: the process dumps core.
    pub is_frozen: AtomicU32,
}

impl Debug {
    /// A process under `debugger`.
    pub fn new(debugger: Box<dyn Debugger>) -> Arc<Self> {
        Arc::new(Debug {
            debugger: Lock::new(debugger),
            stopper: AtomicI32::new(0),
            gate: Lock::new(()),
            plans: Lock::new(Resume::all()),
            resumed: AtomicU32::new(0),
            watches: Lock::new(Vec::new()),
            catch: Lock::new(Catch::None),
            probes: Lock::new(BTreeMap::new()),
            points: Lock::new(BTreeSet::new()),
            catches_any: AtomicBool::new(false),
        })
    }

    /// What is to be done at a breakpoint before anybody stops.
    pub fn probe(&self, pc: u64) -> Option<Arc<dyn Probe>> {
        self.probes.lock().get(&pc).cloned()
    }

    /// Tells the user something while threads run; false if the user does not listen at present.
    pub fn say(&self, text: &[u8]) -> bool {
        self.debugger.lock().say(text)
    }

    /// The breakpoints that this process's debugger has inserted.
    pub fn points(&self) -> LockGuard<'_, BTreeSet<u64>> {
        self.points.lock()
    }

    /// In the parent of a process that shared memory and is gone, with its debugger's descriptors.
    pub fn abandon(&self, code: &CodeCache) {
        // It may have been killed in the middle of it, and then holds the lock for ever.
        let Some(mut points) = self.points.try_lock() else { return };
        for pc in std::mem::take(&mut *points) {
            marks::remove(code, pc);
        }
        if let Some(mut debugger) = self.debugger.try_lock() {
            debugger.abandon();
        }
    }

    /// True if nothing in it was being used when its process ended.
    pub fn is_at_rest(&self) -> bool {
        self.debugger.try_lock().is_some() && self.points.try_lock().is_some()
    }

    /// True while there is a debugger, or one may come in by its own door. One that is busy is there.
    pub fn is_engaged(&self) -> bool {
        self.debugger.try_lock().is_none_or(|debugger| debugger.wants(&Stop::Start))
    }

    /// Another debugger takes the place of one that is no longer there.
    pub fn replace(&self, debugger: Box<dyn Debugger>) {
        *self.debugger.lock() = debugger;
    }

    fn plan(&self, tid: i32) -> Action {
        self.plans.lock().action(tid)
    }

    /// A thread has ended: those that are parked look whether they are to listen instead.
    pub fn bereave(&self) {
        self.resumed.fetch_add(1, Ordering::AcqRel);
        futex_wake(&self.resumed, u32::MAX >> 1);
    }

    /// Takes the locks for the time of a fork.
    pub fn hold(&self) {
        self.gate.hold();
        self.plans.hold();
        self.watches.hold();
        self.catch.hold();
        self.probes.hold();
        self.points.hold();
    }

    /// Undoes [`Debug::hold`].
    pub fn release(&self) {
        self.points.release();
        self.probes.release();
        self.catch.release();
        self.watches.release();
        self.plans.release();
        self.gate.release();
    }
}

impl Thread {
    /// Tells the debugger of `event`, all other threads parked.
    pub fn report(&mut self, event: Event) -> Report {
        let Some(debug) = self.process.debug().cloned() else { return Report::Unwanted };
        if !self.become_stopper(&debug) {
            self.park(&debug);
            return Report::Parked;
        }
        if matches!(&event, Event::Stopped(stop) if !debug.debugger.lock().wants(stop)) {
            self.cease_stopping(&debug);
            return Report::Unwanted;
        }
        // gdb deletes a thread that it hears has ended; one that is still listed it takes for a new one, and
        // waits for what that does.
        self.has_ended |= matches!(event, Event::Stopped(Stop::ThreadExited(_)));
        self.stop_and_ask(&debug, |debugger, world, tid| match event {
            Event::Stopped(stop) => debugger.on_stop(world, tid, stop),
            Event::Executed => debugger.on_exec(world, tid),
        });
        Report::Told
    }

    /// Parks if a stop is under way or the plan says so; asks the debugger if that is why the
    /// thread was kicked.
    pub fn heed_kick(&mut self) {
        let Some(debug) = self.process.debug().cloned() else { return };
        if !self.become_stopper(&debug) {
            return self.park(&debug);
        }
        let is_asked = debug.debugger.lock().poll();
        if is_asked {
            self.ask(&debug, |debugger, world, tid| debugger.on_stop(world, tid, Stop::Requested));
        } else {
            self.cease_stopping(&debug);
        }
        if std::mem::take(&mut self.is_unplanned) {
            self.plan = debug.plan(self.tid());
        }
        self.follow_plan(&debug);
    }

    /// This thread is new in its process.
    pub fn report_birth(&mut self) {
        while self.report(Event::Stopped(Stop::ThreadCreated)) == Report::Parked {}
    }

    /// Before a fork: true if the debugger hears of it. This thread is the stopper until
    /// [`Thread::forked_parent`] or [`Thread::forked_child`].
    pub fn before_fork(&mut self, kind: ForkKind) -> bool {
        let Some(debug) = self.process.debug().cloned() else { return false };
        while !self.become_stopper(&debug) {
            self.park(&debug);
        }
        debug.debugger.lock().before_fork(kind)
    }

    /// After [`Thread::before_fork`], which was true: the debugger of a child that shares memory.
    pub fn debugger_of_child(&self) -> Option<Arc<Debug>> {
        let debug = self.process.debug()?;
        Some(Debug::new(debug.debugger.lock().for_child_sharing_memory()))
    }

    /// In the parent of a fork; no child if that failed.
    pub fn forked_parent(&mut self, is_reported: bool, child: Option<i32>) {
        let Some(debug) = self.process.debug().cloned() else { return };
        if !self.is_stopper(&debug) {
            // It has come since.
            return;
        }
        match child {
            Some(child) if is_reported => {
                self.stop_and_ask(&debug, |debugger, world, tid| debugger.after_fork_parent(world, tid, child));
                self.catch_return();
            }
            Some(_) => self.cease_stopping(&debug),
            None => {
                debug.debugger.lock().fork_failed();
                self.cease_stopping(&debug);
            }
        }
    }

    /// In the child of a fork, which has one thread.
    pub fn forked_child(&mut self) {
        let Some(debug) = self.process.debug().cloned() else { return };
        debug.stopper.store(self.tid(), Ordering::Release);
        self.stop_and_ask(&debug, |debugger, world, _| debugger.after_fork_child(world));
    }

    /// The debugger was told of something in the middle of a call: if it catches the call from now on, it sees it return.
    pub fn catch_return(&mut self) {
        let number = Some(self.called()).filter(|number| self.is_caught(*number));
        self.caught_call = self.caught_call.or(number);
    }

    /// Before an execve: what the next emulator's debugger needs; all other threads stand still
    /// until [`Thread::exec_failed`].
    pub fn before_exec(&mut self) -> String {
        let Some(debug) = self.process.debug().cloned() else { return String::new() };
        while !self.become_stopper(&debug) {
            self.park(&debug);
        }
        debug.debugger.lock().before_exec().unwrap_or_default()
    }

    /// That execve failed.
    pub fn exec_failed(&mut self) {
        let Some(debug) = self.process.debug().cloned().filter(|debug| self.is_stopper(debug)) else { return };
        debug.debugger.lock().exec_failed();
        // What has come for the debugger meanwhile has raised no signal.
        self.record.signals.notice(stop::KICK);
        self.cease_stopping(&debug);
    }

    /// Before an execve of a host program, which takes no debugger with it.
    pub fn report_host_exec(&mut self, path: &[u8]) {
        let Some(debug) = self.process.debug().cloned() else { return };
        while !self.become_stopper(&debug) {
            self.park(&debug);
        }
        self.stop_others();
        debug.debugger.lock().on_host_exec(&mut World { thread: self, debug: &debug }, path);
        self.cease_stopping(&debug);
    }

    /// Whether the debugger wants to know of this system call.
    pub fn is_caught(&self, number: u64) -> bool {
        let Some(debug) = self.process.debug() else { return false };
        debug.catches_any.load(Ordering::Relaxed) && debug.catch.lock().covers(number)
    }

    /// The process is about to end, by this thread.
    pub fn report_ending(&mut self, status: ExitStatus) {
        let Some(debug) = self.process.debug().cloned() else { return };
        while !self.become_stopper(&debug) {
            self.park(&debug);
        }
        self.stop_others();
        debug.debugger.lock().on_exit(&mut World { thread: self, debug: &debug }, status);
    }

    /// This thread ends; if those that are left are all to stay, the debugger must know.
    pub fn report_thread_end(&mut self, status: u8) {
        let Some(debug) = self.process.debug().cloned() else { return };
        while self.report(Event::Stopped(Stop::ThreadExited(status))) == Report::Parked {}
        let own = self.tid();
        let others: Vec<i32> = self.process.tids().into_iter().filter(|&tid| tid != own).collect();
        if !others.is_empty() && others.iter().all(|&tid| debug.plan(tid) == Action::Stay) {
            self.has_ended = true;
            self.report(Event::Stopped(Stop::NoneResumed));
        }
    }

    fn is_stopper(&self, debug: &Debug) -> bool {
        debug.stopper.load(Ordering::Acquire) == self.tid()
    }

    fn become_stopper(&self, debug: &Debug) -> bool {
        let _gate = debug.gate.lock();
        if debug.stopper.load(Ordering::Acquire) != 0 {
            return false;
        }
        debug.stopper.store(self.tid(), Ordering::Release);
        true
    }

    /// Lets the parked go on as their plans say.
    fn cease_stopping(&self, debug: &Debug) {
        let gate = debug.gate.lock();
        debug.stopper.store(0, Ordering::Release);
        debug.resumed.fetch_add(1, Ordering::AcqRel);
        drop(gate);
        futex_wake(&debug.resumed, u32::MAX >> 1);
    }

    /// As the stopper: parks all others, asks the debugger, and lets all go on by its answer.
    fn stop_and_ask(&mut self, debug: &Arc<Debug>, ask: impl FnOnce(&mut dyn Debugger, &mut World, i32) -> Resume) {
        self.ask(debug, ask);
        self.follow_plan(debug);
    }

    /// As the stopper: parks all others, asks the debugger, and gives all their plans.
    fn ask(&mut self, debug: &Arc<Debug>, ask: impl FnOnce(&mut dyn Debugger, &mut World, i32) -> Resume) {
        self.stop_others();
        let tid = self.tid();
        let mut debugger = debug.debugger.lock();
        let mut world = World { thread: self, debug };
        let orders = ask(&mut **debugger, &mut world, tid);
        drop(debugger);
        let tids = world.process().tids();
        for &tid in &tids {
            if let (Some(thread), Some(action)) = (world.thread_mut(tid), orders.order(tid)) {
                thread.plan = action;
                thread.orders = thread.orders.wrapping_add(1);
                thread.is_unplanned = false;
            }
        }
        let mut plans = debug.plans.lock();
        *plans = plans.clone().amended(orders, &tids);
        drop(plans);
        self.cease_stopping(debug);
    }

    fn stop_others(&mut self) {
        let own = self.record;
        for round in 0_u64.. {
            // Looked at under the lock: what a thread that is parked has made is in the list, or still unborn.
            let threads = self.process.threads.lock();
            let others = threads.iter().copied().filter(|record| !std::ptr::eq(*record, own));
            let running: Vec<_> = others.filter(|record| !record.park.is_parked()).collect();
            let unborn = self.process.unborn.load(Ordering::Acquire);
            drop(threads);
            for record in &running {
                record.signals.notice(stop::KICK);
                host::kick(record.tid.load(Ordering::Acquire));
                if round > 0 {
                    // It may block the signal, if there has been no debugger when it last ran.
                    host::nudge(record.tid.load(Ordering::Acquire));
                }
            }
            match running.first() {
                Some(record) => futex_wait_for(&record.park.is_parked, 0, KICK_AGAIN_MS),
                // The debugger would miss them, and they would run on while it believes that all stand still.
                None if unborn > 0 => futex_wait_for(&self.process.unborn, unborn, BIRTH_MS),
                None => return,
            }
        }
    }

    /// Stands still until no one is stopping and the plan lets this thread run.
    fn park(&mut self, debug: &Arc<Debug>) {
        loop {
            let is_asked = self.wait_parked(debug);
            if !is_asked {
                return self.watch_what_is_watched(debug);
            }
            // The stopper now: for a moment, if the debugger wants nothing.
            let wants = debug.debugger.lock().poll() || self.is_left_alone(debug);
            if wants {
                self.ask(debug, |debugger, world, tid| debugger.on_stop(world, tid, Stop::Requested));
            } else {
                self.cease_stopping(debug);
            }
        }
    }

    /// Until the plan lets this thread run (false), or it has become the stopper, because it was
    /// kicked or because there is nobody else who would be.
    fn wait_parked(&mut self, debug: &Debug) -> bool {
        let record = self.record;
        record.park.thread.store(std::ptr::from_mut(self), Ordering::Release);
        record.park.is_parked.store(1, Ordering::Release);
        futex_wake(&record.park.is_parked, 1);
        let mut is_kicked = false;
        loop {
            let resumed = debug.resumed.load(Ordering::Acquire);
            is_kicked |= record.engine.stop.fetch_and(!stop::KICK, Ordering::AcqRel) & stop::KICK != 0;
            let gate = debug.gate.lock();
            if debug.stopper.load(Ordering::Acquire) == 0 {
                let must_listen = self.stays() && (is_kicked || self.is_left_alone(debug));
                if must_listen {
                    debug.stopper.store(self.tid(), Ordering::Release);
                }
                if must_listen || !self.stays() {
                    record.park.is_parked.store(0, Ordering::Release);
                    if is_kicked && !must_listen {
                        record.signals.notice(stop::KICK);
                    }
                    return must_listen;
                }
            }
            drop(gate);
            // A kick that comes before the kernel is entered keeps it from being.
            let wait = args([debug.resumed.as_ptr() as u64, libc::FUTEX_WAIT as u64, u64::from(resumed), 0]);
            let _ = interruptible(&record.engine.stop, stop::KICK, libc::SYS_futex, &wait);
        }
    }

    /// Whether no thread of the process moves.
    fn is_left_alone(&self, debug: &Debug) -> bool {
        let plans = debug.plans.lock();
        self.process.tids().iter().all(|&tid| plans.action(tid) == Action::Stay)
    }

    /// What has ended is not held up.
    fn stays(&self) -> bool {
        self.plan == Action::Stay && !self.has_ended
    }

    /// Stays if the plan says so.
    fn follow_plan(&mut self, debug: &Arc<Debug>) {
        match self.plan {
            Action::Stay if self.stays() => self.park(debug),
            Action::Step(_) | Action::RangeStep { .. } => self.let_others_wake(debug),
            Action::Stay | Action::Continue(_) => {}
        }
        self.watch_what_is_watched(debug);
    }

    /// A step is over before those that are to run meanwhile are awake: however many are taken through a loop that
    /// waits for one of them, it would never come.
    fn let_others_wake(&self, debug: &Debug) {
        for _ in 0..WAKE_ROUNDS {
            let threads = self.process.threads.lock().clone();
            let mut parked = threads.into_iter().filter(|record| record.park.is_parked());
            if parked.all(|record| debug.plan(record.tid.load(Ordering::Acquire)) == Action::Stay) {
                return;
            }
            let time = [0, WAKE_US * 1000];
            let _ = syscall(libc::SYS_nanosleep, args([&raw const time as u64]));
        }
    }

    /// Takes note of what the debugger watches now, and that there is one.
    fn watch_what_is_watched(&mut self, debug: &Debug) {
        let never_blocked = self.record.signals.never_blocked();
        if std::mem::replace(&mut self.never_blocked, never_blocked) != never_blocked {
            self.open_mask();
        }
        let watches = debug.watches.lock();
        let watch = |w: &Watchpoint| Watch {
            addr: w.addr,
            len: w.len,
            read: w.kind != WatchKind::Write,
            write: w.kind != WatchKind::Read,
        };
        self.interp.set_watches(watches.iter().map(watch).collect());
    }

    /// The watchpoints for writes, each with what is there.
    pub fn watched_memory(&self) -> Vec<(Watchpoint, Vec<u8>)> {
        let Some(debug) = self.process.debug() else { return Vec::new() };
        let watches = debug.watches.lock().clone();
        watches.into_iter().filter(|w| w.kind != WatchKind::Read).map(|w| (w, read_watched(&w))).collect()
    }

    /// What the kernel wrote in a system call is known only behind it. `before` is of before the call.
    pub fn report_kernel_writes(&mut self, before: &[(Watchpoint, Vec<u8>)]) {
        let changed = before.iter().find_map(|(watch, old)| {
            let at = old.iter().zip(read_watched(watch)).position(|(old, new)| *old != new)?;
            Some((watch.addr + at as u64, watch.kind))
        });
        if let Some((addr, kind)) = changed {
            while self.report(Event::Stopped(Stop::Watchpoint { addr, kind })) == Report::Parked {}
            self.take_planned_signal();
        }
    }

    /// The kind of the watchpoint that covers `addr`.
    pub fn watchpoint_at(&self, addr: u64) -> Option<WatchKind> {
        let debug = self.process.debug()?;
        let watches = debug.watches.lock();
        watches.iter().find(|watch| addr.wrapping_sub(watch.addr) < watch.len).map(|watch| watch.kind)
    }
}

/// The bytes of a watched range, none if they cannot be read.
fn read_watched(watch: &Watchpoint) -> Vec<u8> {
    let mut bytes = vec![0; watch.len.min(MAX_COMPARED) as usize];
    if copy_in(watch.addr, &mut bytes).is_err() {
        bytes.clear();
    }
    bytes
}

impl Park {
    fn is_parked(&self) -> bool {
        self.is_parked.load(Ordering::Acquire) != 0
    }

    /// Shows the state of a thread that will never run again.
    pub fn freeze(&self, thread: *mut Thread) {
        self.thread.store(thread, Ordering::Release);
        self.is_frozen.store(1, Ordering::Release);
        futex_wake(&self.is_frozen, 1);
    }

    /// The state of a thread that is parked or frozen.
    pub fn standing(&self) -> Option<*mut Thread> {
        let stands = self.is_parked() || self.is_frozen.load(Ordering::Acquire) != 0;
        stands.then(|| self.thread.load(Ordering::Acquire))
    }
}

/// A process all of whose threads stand still.
pub struct World<'a> {
    thread: &'a mut Thread,
    debug: &'a Debug,
}

impl World<'_> {
    /// The process.
    pub fn process(&self) -> &Process {
        &self.thread.process
    }

    /// A thread of it, which stands still.
    pub fn thread(&self, tid: i32) -> Option<&Thread> {
        if tid == self.thread.tid() {
            return Some(self.thread);
        }
        // SAFETY: a parked thread's state stays where it is and untouched until the stopper, which
        // we are, lets it go.
        unsafe { self.parked(tid)?.as_ref() }
    }

    /// The same, to be changed.
    pub fn thread_mut(&mut self, tid: i32) -> Option<&mut Thread> {
        if tid == self.thread.tid() {
            return Some(self.thread);
        }
        // SAFETY: as above; and there is one `World`, borrowed whole.
        unsafe { self.parked(tid)?.as_mut() }
    }

    fn parked(&self, tid: i32) -> Option<*mut Thread> {
        let threads = self.thread.process.threads.lock();
        let record = threads.iter().find(|record| record.tid.load(Ordering::Acquire) == tid)?;
        record.park.is_parked().then(|| record.park.thread.load(Ordering::Acquire))
    }

    /// What watches the process's memory, from when its threads go on.
    pub fn watches(&self) -> LockGuard<'_, Vec<Watchpoint>> {
        self.debug.watches.lock()
    }

    /// Replaces the calls that stop its threads.
    pub fn set_catch(&self, catch: &Catch) {
        *self.debug.catch.lock() = catch.clone();
        self.debug.catches_any.store(*catch != Catch::None, Ordering::Relaxed);
    }

    /// Replaces what a breakpoint does by itself.
    pub fn put_probe(&self, pc: u64, probe: Option<Arc<dyn Probe>>) {
        let mut probes = self.debug.probes.lock();
        match probe {
            Some(probe) => probes.insert(pc, probe),
            None => probes.remove(&pc),
        };
    }

    /// Inserts a breakpoint, or removes it.
    pub fn mark(&self, pc: u64, is_set: bool) {
        let mut points = self.debug.points();
        if is_set && points.insert(pc) {
            marks::insert(self.code(), pc);
        } else if !is_set && points.remove(&pc) {
            marks::remove(self.code(), pc);
        }
    }

    /// The code that all its threads execute.
    pub fn code(&self) -> &'static CodeCache {
        self.thread.code
    }
}
