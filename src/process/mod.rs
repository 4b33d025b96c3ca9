//! Guest processes and threads: what the kernel does for them, as far as the host kernel cannot.
//!
//! ```text
//!   start ─▶ thread ─ route ◀──────────────▶ interp
//!                       │ Exit
//!        ┌──────────────┼─────────────────┬─────────────┐
//!     syscalls ◀─ guest │ attend ─ signal │ debug       │
//!        │ Outcome      │                 │             │
//!        ├─ clone ─ fork, host_thread     exit        procfs, paths
//!        └─ exec ─ handover ─▶ the next emulator
//! ```
//!
//! A guest process is a host process and a guest thread a host thread; pids, descriptors, waiting,
//! process groups and sessions are the host's.

pub mod attach;
pub mod attend;
pub mod breakpoint;
pub mod capability;
pub mod clone;
pub mod coredump;
pub mod exec;
pub mod exit;
pub mod fork;
pub mod guest;
pub mod handover;
pub mod high;
pub mod host_thread;
pub mod inspect;
pub mod limits;
pub mod marks;
pub mod others;
pub mod pac;
pub mod paths;
mod proccall;
pub mod procfs;
mod procmap;
mod procname;
mod procnuma;
mod procstat;
pub mod rings;
mod route;
pub mod seccomp;
pub mod settings;
pub mod strace;
pub mod tenancy;
pub mod thread;
pub mod tracee;
pub mod tracer;
pub mod trial;
pub mod wait_limit;
pub mod world;

pub use handover::Handover;
pub use settings::Settings;
pub use thread::{Process, Thread};

use crate::cpu::{CpuState, Feature};
use crate::debug::{Debugger, Stop};
use crate::decode;
use crate::host::raw::{args, syscall};
use crate::interp::code::Change;
use crate::interp::{CodeCache, CodeMemory};
use crate::load::{LoadError, Machine, Program};
use crate::memory::layout::Layout;
use crate::memory::{AddressSpace, space};
use crate::run::engine;
use crate::signal::host::EngineHandlers;
use crate::signal::{frame, host};
use crate::trace::log::{self, Item};
use std::convert::Infallible;
use world::{Debug, Event};

impl CodeMemory for AddressSpace {
    fn is_executable(&self, page: u64) -> bool {
        self.executable_at(page).is_some()
    }

    fn is_guarded(&self, page: u64) -> bool {
        AddressSpace::is_guarded(self, page)
    }

    fn has_guards(&self) -> bool {
        AddressSpace::has_guards(self)
    }
}

/// How a program comes under a debugger.
pub enum Begin {
    /// There is none.
    Alone,
    /// The user started it under this one.
    Debugged(Box<dyn Debugger>),
    /// A debugged program executed it.
    Executed(Box<dyn Debugger>),
}

/// What a program has from the one that executed it, beside what the kernel keeps.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Inherited {
    /// Its seccomp filters ([`seccomp::Seccomp::to_bytes`]).
    pub seccomp: Vec<u8>,
    /// How it is traced ([`Thread::traced_bytes`]).
    pub traced: Vec<u8>,
    /// The call that executed it, if the debugger was told of its entry.
    pub caught_call: Option<u64>,
    /// PR_MDWE_* ([`crate::memory::gain`]).
    pub exec_gain: u64,
    /// What is to be shown of that execve ([`Thread::line_of_exec`]).
    pub exec_line: Vec<u8>,
}

/// Loads `program` and runs it on this host thread. Returns only if it cannot be loaded.
pub fn start(
    settings: Settings,
    program: Program,
    envp: &[Vec<u8>],
    begin: Begin,
    inherited: &Inherited,
) -> Result<Infallible, LoadError> {
    strace::choose(&settings.strace);
    let mask = host::set_mask(!0);
    let machine = Machine {
        hwcap: decode::features().hwcap(),
        hwcap2: decode::features().hwcap2(),
        min_signal_stack: frame::STACK_NEEDED,
        has_bti: decode::features().contains(Feature::BTI),
    };
    let loaded = program.load(space(), &Layout::for_this_process(), envp, machine).inspect_err(|_| {
        host::set_mask(mask);
    })?;
    // Not before: the vDSO is written here.
    let _ = space().exec_gain.set(inherited.exec_gain);
    set_comm(&loaded.comm);
    others::publish(&loaded);
    // Without a signal stack of its own the main thread's handlers run on its stack.
    let _ = host_thread::set_main_signal_stack();
    let mut cpu = CpuState { pc: loaded.pc, sp: loaded.sp, ..CpuState::default() };
    pac::reset_keys(&mut cpu, u64::MAX);
    let signals = thread::initial_signals(mask, loaded.sigreturn);
    let code: &'static CodeCache = Box::leak(Box::new(CodeCache::new(space())));
    crate::run::traced::prepare(code);
    let (debug, event) = match begin {
        Begin::Alone => (None, None),
        Begin::Debugged(debugger) => (Some(Debug::new(debugger)), Some(Event::Stopped(Stop::Start))),
        Begin::Executed(debugger) => (Some(Debug::new(debugger)), Some(Event::Executed)),
    };
    host::set_kick_secret();
    if debug.is_some() {
        host::install_handler(host::KICK_SIGNAL, 0);
    }
    host::set_engine(EngineHandlers { on_fault: engine::on_fault, on_signal: engine::on_signal });
    code.set_kick(host::nudge);
    engine::attach(code);
    // What was loaded is code for other guests' /proc from now on.
    space().change(
        |_| (),
        |range| {
            code.invalidate(range.start, range.end, Change::Mapped);
        },
    );
    let process = Process::new(settings, loaded, debug);
    if log::is_on(Item::Page) {
        log::write(Item::Page, format_args!("{}", String::from_utf8_lossy(&procfs::maps(&process))));
    }
    let mut thread = Thread::new(cpu, process, code, signals);
    thread.record.seccomp.restore(&inherited.seccomp);
    thread.begin();
    if !inherited.exec_line.is_empty() {
        thread.log_strace(String::from_utf8_lossy(&inherited.exec_line));
    }
    thread.stop_after_exec(&inherited.traced);
    if let Some(event) = event {
        thread.stand_still(event);
        thread.caught_call = inherited.caught_call;
        thread.leave_call();
    }
    thread.run()
}

/// Names the thread as the kernel would after execve; without it, it would be the emulator's.
fn set_comm(comm: &[u8]) {
    let mut name = [0u8; 16];
    name.iter_mut().zip(comm.iter().take(15)).for_each(|(to, from)| *to = *from);
    let _ = syscall(libc::SYS_prctl, args([libc::PR_SET_NAME as u64, name.as_ptr() as u64]));
}
