//! What the debugger needs from the process that it debugs.
//!
//! Every method is called while all threads of the process stand still, by the thread that holds
//! the stop lock.

use super::probe::Probe;
use std::os::fd::OwnedFd;
use std::sync::Arc;

/// The registers gdb sees, under the names of its `org.gnu.gdb.aarch64.core` and `.fpu` features.
#[derive(Default, Clone, PartialEq, Eq, Debug)]
pub struct Registers {
    /// X0 to X30.
    pub x: [u64; 31],
    /// Stack pointer.
    pub sp: u64,
    /// Address of the next instruction.
    pub pc: u64,
    /// PSTATE as SPSR has it; user mode shows N, Z, C, V in bits 31:28 and BTYPE in bits 11:10.
    pub cpsr: u32,
    /// V0 to V31.
    pub v: [u128; 32],
    /// Floating-point status register.
    pub fpsr: u32,
    /// Floating-point control register.
    pub fpcr: u32,
    /// The thread pointer, TPIDR_EL0.
    pub tpidr: u64,
    /// Bits of a pointer that hold its authentication code; zero without FEAT_PAuth.
    pub pac_mask: u64,
}

/// Which accesses a watchpoint reports.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum WatchKind {
    /// Stores (`Z2`).
    Write,
    /// Loads (`Z3`).
    Read,
    /// Both (`Z4`).
    Access,
}

/// A watched range of guest memory.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Watchpoint {
    /// First byte.
    pub addr: u64,
    /// Bytes.
    pub len: u64,
    /// Which accesses.
    pub kind: WatchKind,
}

/// Which system calls stop a thread, at their entry and when they return.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub enum Catch {
    /// No call.
    #[default]
    None,
    /// Every call.
    All,
    /// Those with these numbers.
    These(Vec<u64>),
}

impl Catch {
    /// Whether this call stops.
    pub fn covers(&self, number: u64) -> bool {
        match self {
            Catch::None => false,
            Catch::All => true,
            Catch::These(numbers) => numbers.contains(&number),
        }
    }
}

/// One process, all of whose threads stand still.
///
/// Errors of files are Linux errno values; a thread id that names no live thread gives `None` or
/// `false`. Nothing here may panic on any argument: they come from the wire.
pub trait Inferior {
    /// Process id; after a fork the child's own.
    fn pid(&self) -> i32;
    /// Ids of the threads that gdb may know, the thread group leader first if it lives.
    fn threads(&self) -> Vec<i32>;
    /// A thread's name, as `/proc/PID/task/TID/comm` has it, without a newline.
    fn thread_name(&self, tid: i32) -> Option<String>;

    /// The processor that a thread last ran on.
    fn core(&self, tid: i32) -> Option<u32>;

    /// A thread's registers.
    fn registers(&self, tid: i32) -> Option<Registers>;
    /// Replaces a thread's registers.
    fn set_registers(&mut self, tid: i32, registers: &Registers) -> bool;
    /// The `siginfo_t` (AArch64 layout) of the signal that the thread stopped for.
    fn siginfo(&self, tid: i32) -> Option<[u8; 128]>;
    /// Changes the `siginfo_t` that the guest's handler will get when the signal is delivered.
    fn set_siginfo(&mut self, tid: i32, siginfo: &[u8; 128]) -> bool;

    /// Reads guest memory whatever its protection; returns how many bytes were readable from
    /// `addr` on, 0 if none. Breakpoints never show.
    fn read_memory(&self, addr: u64, buf: &mut [u8]) -> usize;
    /// Writes guest memory whatever its protection, forgetting translations of what it changes;
    /// returns how many bytes were writable.
    fn write_memory(&mut self, addr: u64, bytes: &[u8]) -> usize;

    /// Maps fresh memory, with the protection of mmap(2), and says where.
    fn map_memory(&mut self, length: u64, protection: i32) -> Option<u64>;
    /// Undoes [`Inferior::map_memory`].
    fn unmap_memory(&mut self, addr: u64, length: u64);

    /// From now on each thread stops with [`Stop::Breakpoint`](super::Stop::Breakpoint) before it
    /// executes the instruction at `pc`. Inserting twice is once.
    fn insert_breakpoint(&mut self, pc: u64);
    /// What a breakpoint at `pc` does by itself before it stops anybody; `None`: nothing.
    fn set_probe(&mut self, pc: u64, probe: Option<Arc<dyn Probe>>);
    /// Undoes [`Inferior::insert_breakpoint`].
    fn remove_breakpoint(&mut self, pc: u64);
    /// From now on each thread stops with [`Stop::Watchpoint`](super::Stop::Watchpoint) before an
    /// instruction that would access the range, pc at that instruction. Inserting twice is once.
    fn insert_watchpoint(&mut self, watch: Watchpoint);
    /// Undoes [`Inferior::insert_watchpoint`].
    fn remove_watchpoint(&mut self, watch: Watchpoint);

    /// From now on these calls stop a thread that runs, with [`Stop::SyscallEntry`](super::Stop::SyscallEntry)
    /// and [`Stop::SyscallReturn`](super::Stop::SyscallReturn); one that steps executes an SVC in one step.
    fn catch_syscalls(&mut self, catch: &Catch);

    /// The auxiliary vector, as `/proc/PID/auxv` has it.
    fn auxv(&self) -> Vec<u8>;
    /// Absolute path of the program as the guest sees it.
    fn exec_file(&self) -> Vec<u8>;
    /// Opens a file as the guest would (sysroot overlay, the guest's own `/proc/PID/…`); `flags`
    /// and `mode` are open(2)'s on the host.
    fn open(&mut self, path: &[u8], flags: i32, mode: u32) -> Result<OwnedFd, i32>;
    /// readlink(2) as the guest would see it.
    fn readlink(&mut self, path: &[u8]) -> Result<Vec<u8>, i32>;
    /// unlink(2) likewise.
    fn unlink(&mut self, path: &[u8]) -> Result<(), i32>;

    /// The guest's memory areas, in the form of `/proc/PID/maps`.
    fn maps(&self) -> Vec<u8>;

    /// The guest's open descriptors and what they lead to, as `/proc/PID/fd` has it.
    fn descriptors(&mut self) -> Vec<(i32, Vec<u8>)>;
    /// Logs system calls and signals, or no longer.
    fn log_syscalls(&mut self, enabled: bool);
    /// What the engine has to say of its work, in lines.
    fn statistics(&self) -> String;

    /// What the engine makes of the code at an address, in lines.
    fn translation(&self, addr: u64) -> String;

    /// Starts another emulator in a process of its own, without a program, for which this text is. It
    /// inherits what is not close-on-exec.
    fn start_lobby(&mut self, text: &str);
    /// Has another process, which runs under an emulator like this one, meet its debugger at this place;
    /// it does when it next can.
    fn summon(&mut self, pid: i32, place: [u64; 2]) -> Result<(), i32>;
    /// Ends the process as SIGKILL would. Need not return.
    fn kill(&mut self);
}
