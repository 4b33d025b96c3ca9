//! A guest thread, and the process it belongs to.

use super::exec::ExecStrings;
use super::host_thread::ThreadMemory;
use super::limits::Limits;
use super::rings::Rings;
use super::seccomp::{Rules, Seccomp};
use super::settings::Settings;
use super::tenancy::Tenancy;
use super::wait_limit::UnfinishedWait;
use super::world::{Debug, Park};
use crate::cpu::CpuState;
use crate::debug::Action;
use crate::host::raw::{getpid, gettid};
use crate::host::{HostErrno, Lock};
use crate::interp::{CodeCache, Interp, Shared, stop};
use crate::load::Loaded;
use crate::run::engine::Engine;
use crate::signal::deliver::SignalState;
use crate::signal::host::KICK_SIGNAL;
use crate::signal::record::{Attention, SignalRecord};
use crate::signal::{Actions, SigInfo, SigSet, altstack, bit, host};
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// A guest process: a thread group. A fork copies it with all of memory; a vfork child, whose
/// memory is the parent's, gets one of its own.
#[derive(Debug)]
pub struct Process {
    /// Host pid, which is the guest's.
    pub pid: AtomicI32,
    /// What was asked for on the command line.
    pub settings: Arc<Settings>,
    /// The program that runs.
    pub program: Arc<Loaded>,
    /// What is done at each signal.
    pub actions: Arc<Actions>,
    /// The threads that live.
    pub threads: Lock<Vec<&'static ThreadRecord>>,
    /// How many have been made and have not begun.
    pub unborn: AtomicU32,
    /// True after chroot(2): the sysroot's absolute path leads nowhere then.
    pub is_chrooted: AtomicBool,
    /// What `note_once` has said.
    pub noted: Lock<HashSet<String>>,
    /// The filters that all threads were last given; locked only inside `threads`.
    pub synchronized: Lock<Rules>,
    /// The debugger, if any; one may come later ([`super::attach`]).
    debugged: OnceLock<Arc<Debug>>,
    /// What it may map.
    pub limits: Limits,
    /// Its io_urings.
    pub rings: Rings,
    /// A thread of it dies and dumps core: all others are to stand still.
    pub is_dumping: AtomicBool,
    /// Of the signals by which the host reports faults, those that it has a signalfd(2) for.
    pub read_faults: AtomicU64,
}

/// What others may touch of a thread. It is never freed, only reused, so that a signal or a kick
/// that comes late finds it.
#[derive(Debug)]
pub struct ThreadRecord {
    /// Host tid; 0 while unused.
    pub tid: AtomicI32,
    /// The engine's part.
    pub engine: &'static Shared,
    /// The host signal handlers' part.
    pub signals: SignalRecord,
    /// The debugger's part.
    pub park: Park,
    /// What its system calls are held to.
    pub seccomp: Seccomp,
}

static UNUSED: Lock<Vec<&'static ThreadRecord>> = Lock::new(Vec::new());

impl ThreadRecord {
    fn allocate(never_blocked: SigSet) -> &'static Self {
        if let Some(record) = UNUSED.lock().pop() {
            record.signals.clear();
            record.seccomp.clear();
            record.signals.trace.clear();
            record.signals.set_never_blocked(never_blocked);
            return record;
        }
        let engine: &'static Shared = Box::leak(Box::default());
        let attention = Attention { word: &engine.stop, signal: stop::SIGNAL, kick: stop::KICK };
        let signals = SignalRecord::new(attention, never_blocked);
        Box::leak(Box::new(ThreadRecord {
            tid: AtomicI32::new(0),
            engine,
            signals,
            park: Park::default(),
            seccomp: Seccomp::default(),
        }))
    }

    fn free(&'static self) {
        self.tid.store(0, Ordering::Release);
        UNUSED.lock().push(self);
    }
}

/// Takes the record pool's lock for the time of a fork.
pub fn hold_records() {
    UNUSED.hold();
}

/// Undoes [`hold_records`].
pub fn release_records() {
    UNUSED.release();
}

/// A system call that a signal kept from happening.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InterruptedCall {
    /// As if the signal had come before the SVC: it is executed again in any case.
    BeforeEntry,
    /// ERESTARTSYS: executed again if the handler's action has SA_RESTART, or without a handler.
    WouldRestart,
    /// EINTR, under a debugger: fails if a handler runs, but if the signal turns out to be ignored
    /// or dropped, nothing has happened and it is executed again.
    Failed,
}

/// A guest thread, owned by the host thread that runs it.
pub struct Thread {
    /// The engine, which holds the guest's registers, at a fixed address: the fault handler keeps it.
    pub interp: Engine,
    /// Mask and alternate stack.
    pub signals: SignalState,
    /// What others see.
    pub record: &'static ThreadRecord,
    /// Its process.
    pub process: Arc<Process>,
    /// All predecoded code of this address space.
    pub code: &'static CodeCache,
    /// Set by a host call that gave [`syscalls::HostError::Restart`].
    pub interrupted: Option<InterruptedCall>,
    /// The wait that was interrupted, if it is to be executed again.
    pub unfinished_wait: Option<UnfinishedWait>,
    /// What a breakpoint had to say to the debugger's user, who has still to hear it.
    pub unsaid: Vec<u8>,
    /// The system call whose entry the debugger was told of.
    pub caught_call: Option<u64>,
    /// The signal that the debugger is being asked about.
    pub stopped_for: Option<SigInfo>,
    /// What the debugger wants of the thread.
    pub plan: Action,
    /// Counts the plans that it got.
    pub orders: u32,
    /// The signals that the host's mask, as it is, leaves open for the emulator.
    pub never_blocked: SigSet,
    /// It is new, and has not got any.
    pub is_unplanned: bool,
    /// The debugger has been told that this one has ended, or that none is left that runs: it lists it no more.
    pub has_ended: bool,
    /// A call that `-strace` shows when the process layer is done with it.
    pub traced_call: Option<syscalls::strace::Entry>,
    /// What an execve in progress hands to the kernel.
    pub exec_strings: Option<ExecStrings>,
    /// Stack and TLS, unless it is the main thread or a fork of one.
    pub memory: Option<ThreadMemory>,
    /// What keeps the locks and the heap usable if it is killed: it shares this memory with its parent.
    pub tenancy: Tenancy,
    /// The vfork parent frees the memory of its child, and ends the wait that keeps it here.
    pub is_vfork_child: bool,
    /// It began a process in this memory, and what it runs on is freed when that has ended ([`super::tenancy`]).
    pub is_neighbour: bool,
    /// Of a vfork child under a debugger: the descriptor whose closing lets the parent go on.
    pub holds_parent: Option<i32>,
    /// CLONE_CLEAR_SIGHAND: its process begins without the handlers of its parent.
    pub drops_handlers: bool,
    /// Its parent has a tracer, and it has none: its signals are its own again.
    pub drops_watch: bool,
    /// Its seccomp filters, for its tracer to read ([`Thread::publish`]).
    pub shown_filters: Vec<u8>,
    /// Its system calls may have tags in their pointers (PR_SET_TAGGED_ADDR_CTRL).
    pub takes_tags: bool,
}

impl Thread {
    /// A thread that begins with `cpu`. It is bound to a host thread by [`Thread::begin`].
    pub fn new(cpu: CpuState, process: Arc<Process>, code: &'static CodeCache, signals: SignalState) -> Box<Self> {
        let record = ThreadRecord::allocate(process.never_blocked());
        let mut interp = Engine::new(Interp::new(cpu, code, record.engine));
        record.signals.recovery.store(interp.recovery(), Ordering::Release);
        record.engine.registers.store(&raw const interp.cpu as u64, Ordering::Release);
        Box::new(Thread {
            interp,
            signals,
            record,
            process,
            code,
            interrupted: None,
            unfinished_wait: None,
            unsaid: Vec::new(),
            caught_call: None,
            stopped_for: None,
            plan: Action::Continue(None),
            orders: 0,
            never_blocked: record.signals.never_blocked(),
            is_unplanned: true,
            has_ended: false,
            traced_call: None,
            exec_strings: None,
            memory: None,
            tenancy: Tenancy::default(),
            is_vfork_child: false,
            is_neighbour: false,
            holds_parent: None,
            drops_handlers: false,
            drops_watch: false,
            shown_filters: Vec::new(),
            takes_tags: false,
        })
    }

    /// On the host thread that is to run it: binds the signal record, and opens the guest's mask.
    pub fn begin(&mut self) {
        self.record.tid.store(gettid(), Ordering::Release);
        self.record.engine.tid.store(gettid(), Ordering::Release);
        host::bind_record(&self.record.signals);
        if let Some(memory) = &self.memory {
            memory.use_signal_stack();
        }
        let mut threads = self.process.threads.lock();
        self.record.seccomp.catch_up(&self.process);
        threads.push(self.record);
        drop(threads);
        if self.process.debug().is_some() {
            self.record.signals.set_never_blocked(self.process.never_blocked());
            // It looks for its plan, and for a stop under way, before anything else.
            self.record.signals.notice(stop::KICK);
        }
        self.open_mask();
    }

    /// Sets the host's mask to the guest's, unless a signal waits: then all stay blocked until
    /// [`Thread::attend`] has dealt with it.
    pub fn open_mask(&self) {
        self.change_mask(self.signals.mask);
    }

    /// Sets the host's mask to what stands for the guest's `mask`. False, and nothing is done, if a
    /// signal waits.
    pub fn change_mask(&self, mask: SigSet) -> bool {
        host::change_mask(&self.record.signals, mask & !self.record.signals.never_blocked())
    }

    /// Blocks all signals until [`Thread::open_mask`]. If one has come before, the system call that
    /// asks for this is restarted after it (ERESTARTNOINTR), and the error is only a placeholder.
    pub fn block_signals(&mut self) -> Result<(), HostErrno> {
        if host::change_mask(&self.record.signals, !0) {
            return Ok(());
        }
        self.interrupted = Some(InterruptedCall::BeforeEntry);
        Err(HostErrno(libc::EINTR))
    }

    /// Takes the thread out of its process, when it ends. All signals are blocked from now on.
    pub fn retire(&mut self) {
        host::set_mask(!0);
        self.process.threads.lock().retain(|record| !std::ptr::eq(*record, self.record));
        if let Some(debug) = self.process.debug() {
            debug.bereave();
        }
        self.record.signals.recovery.store(std::ptr::null_mut(), Ordering::Release);
    }

    /// The guest's registers.
    pub fn cpu(&mut self) -> &mut CpuState {
        &mut self.interp.cpu
    }

    /// Its tid.
    pub fn tid(&self) -> i32 {
        self.record.tid.load(Ordering::Relaxed)
    }

    /// Whether no other thread lives, or is about to.
    pub fn is_last(&self) -> bool {
        self.is_last_of(&self.process.threads.lock())
    }

    fn is_last_of(&self, threads: &[&ThreadRecord]) -> bool {
        threads.len() == 1 && self.process.unborn.load(Ordering::Acquire) == 0
    }

    /// Leaves the process to its other threads; false if there are none: of several that end at once one is the last.
    pub fn leave_to_others(&mut self) -> bool {
        let mut threads = self.process.threads.lock();
        if self.is_last_of(&threads) {
            return false;
        }
        host::set_mask(!0);
        threads.retain(|record| !std::ptr::eq(*record, self.record));
        true
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.record.free();
    }
}

impl Process {
    /// The first process.
    pub fn new(settings: Settings, program: Loaded, debug: Option<Arc<Debug>>) -> Arc<Self> {
        let actions = Arc::new(Actions::inherited(debug.is_some()));
        Arc::new(Process {
            pid: AtomicI32::new(getpid()),
            settings: Arc::new(settings),
            program: Arc::new(program),
            actions,
            threads: Lock::new(Vec::new()),
            unborn: AtomicU32::new(0),
            is_chrooted: AtomicBool::new(false),
            noted: Lock::new(HashSet::new()),
            synchronized: Lock::default(),
            debugged: once(debug),
            limits: Limits::default(),
            rings: Rings::default(),
            is_dumping: AtomicBool::new(false),
            read_faults: AtomicU64::new(0),
        })
    }

    /// A process that shares this one's memory, for a child made with CLONE_VM.
    pub fn sharing_memory(&self, actions: Arc<Actions>, debug: Option<Arc<Debug>>) -> Arc<Self> {
        Arc::new(Process {
            pid: AtomicI32::new(0),
            settings: self.settings.clone(),
            program: self.program.clone(),
            actions,
            threads: Lock::new(Vec::new()),
            unborn: AtomicU32::new(0),
            is_chrooted: AtomicBool::new(self.is_chrooted.load(Ordering::Relaxed)),
            noted: Lock::new(HashSet::new()),
            synchronized: Lock::default(),
            debugged: once(debug),
            limits: self.limits.clone(),
            rings: self.rings.copied(),
            is_dumping: AtomicBool::new(false),
            read_faults: AtomicU64::new(self.read_faults.load(Ordering::Relaxed)),
        })
    }

    /// The debugger, if there is one.
    pub fn debug(&self) -> Option<&Arc<Debug>> {
        self.debugged.get()
    }

    /// Brings a debugger; false if there is one.
    pub fn come_under(&self, debug: Arc<Debug>) -> bool {
        self.debugged.set(debug).is_ok()
    }

    /// The threads' tids, the group leader first if it lives.
    pub fn tids(&self) -> Vec<i32> {
        let mut tids: Vec<i32> = self.threads.lock().iter().map(|record| record.tid.load(Ordering::Acquire)).collect();
        tids.sort_by_key(|&tid| tid != self.pid());
        tids
    }

    /// Signals, beside faults, that stay open on the host whatever the guest blocks.
    pub fn never_blocked(&self) -> SigSet {
        if self.debug().is_some() { bit(KICK_SIGNAL) } else { 0 }
    }

    /// Its pid.
    pub fn pid(&self) -> i32 {
        self.pid.load(Ordering::Relaxed)
    }
}

fn once(debug: Option<Arc<Debug>>) -> OnceLock<Arc<Debug>> {
    debug.map_or_else(OnceLock::new, OnceLock::from)
}

/// The signal state that a program starts with.
pub fn initial_signals(mask: SigSet, default_restorer: u64) -> SignalState {
    SignalState { mask, wait_mask: None, altstack: altstack::NEVER, default_restorer }
}
