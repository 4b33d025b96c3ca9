//! Host threads without libc: a raw clone onto a stack and TLS block of our own.
//!
//! The kernel takes the guest's own flags and tid pointers, so it keeps the guest's robust list and
//! clear_child_tid itself; pthread_create would claim both. What libc and Rust need of a thread is
//! only its static TLS block: x86-64's variant II, the image below the thread pointer, libc's
//! header at it.
//!
//! ```text
//!   guard page │ stack … ▶ grows down │ signal stack │ TLS image │▲ fs: header, rest of libc's block
//! ```
//!
//! Code on such a thread keeps to core, alloc and raw system calls: no pthread functions, no
//! std::thread, no thread-local with a destructor.
#![allow(unsafe_code)]

use crate::host::call::{Interrupted, interruptible};
use crate::host::raw::{self, HostErrno, args, syscall};
use crate::signal::record::Attention;
use std::arch::naked_asm;
use std::ptr::{null_mut, without_provenance_mut};
use std::sync::atomic::{AtomicPtr, Ordering};

/// Enough for the interpreter, a syscall handler and the loader's checks at exec.
const STACK_LEN: usize = 512 << 10;
/// For host signal frames, whose size depends on the CPU's vector registers (AMX: 11 KiB).
const SIGNAL_STACK_LEN: usize = 64 << 10;
/// Room for libc's `struct pthread` (2304 bytes in glibc 2.36) behind the thread pointer.
const THREAD_BLOCK_LEN: usize = 8192;
const GUARD_LEN: usize = 4096;

/// Offsets in `tcbhead_t` (glibc, sysdeps/x86_64/nptl/tls.h).
mod tcb {
    /// Pointer to itself: what `%fs:0` reads.
    pub const SELF: usize = 0;
    /// Dynamic thread vector; unused in a static program, copied all the same.
    pub const DTV: usize = 8;
    /// `THREAD_SELF`.
    pub const THREAD: usize = 16;
    /// Stack protector's canary.
    pub const STACK_GUARD: usize = 40;
    /// setjmp's and atexit's key.
    pub const POINTER_GUARD: usize = 48;
}

/// The memory of one raw thread. A copy names the same memory.
#[derive(Clone, Copy, Debug)]
pub struct ThreadMemory {
    base: *mut u8,
    len: usize,
    stack_top: *mut u8,
    signal_stack: *mut u8,
    thread_pointer: *mut u8,
}

// SAFETY: it is an address range that one owner at a time frees.
unsafe impl Send for ThreadMemory {}

/// Where the memory of threads that have ended begins; new ones need not map and touch theirs then.
static SPARE: [AtomicPtr<u8>; 8] = [const { AtomicPtr::new(null_mut()) }; 8];
/// In a place that a thread will fill when it is off its stack.
const PROMISED: *mut u8 = without_provenance_mut(1);

fn take_spare() -> Option<*mut u8> {
    SPARE.iter().find_map(|place| {
        let base = place.load(Ordering::Relaxed);
        let is_there = !base.is_null() && base != PROMISED;
        let taken = is_there && place.compare_exchange(base, null_mut(), Ordering::Acquire, Ordering::Relaxed).is_ok();
        taken.then_some(base)
    })
}

/// The static TLS image of this executable.
struct TlsImage {
    bytes: &'static [u8],
    /// Bytes below the thread pointer.
    offset: usize,
    align: usize,
}

unsafe extern "C" {
    /// The ELF header, mapped at the image's base; the linker provides the symbol.
    static __ehdr_start: libc::Elf64_Ehdr;
}

impl TlsImage {
    /// Finds PT_TLS through the executable's own program headers.
    fn of_this_program() -> Self {
        // SAFETY: the linker maps the ELF header and, right behind it, the program headers with the
        // first segment; the TLS image lies in a segment that stays mapped.
        unsafe {
            let ehdr = &raw const __ehdr_start;
            let base = ehdr.cast::<u8>();
            let phdrs = base.add((*ehdr).e_phoff as usize).cast::<libc::Elf64_Phdr>();
            let phdrs = std::slice::from_raw_parts(phdrs, usize::from((*ehdr).e_phnum));
            match phdrs.iter().find(|phdr| phdr.p_type == libc::PT_TLS) {
                Some(tls) => {
                    let align = (tls.p_align as usize).max(1);
                    let bytes = std::slice::from_raw_parts(base.add(tls.p_vaddr as usize), tls.p_filesz as usize);
                    TlsImage { bytes, offset: (tls.p_memsz as usize).next_multiple_of(align), align }
                }
                None => TlsImage { bytes: &[], offset: 0, align: 1 },
            }
        }
    }
}

impl ThreadMemory {
    /// Finds or maps a stack, a signal stack and a TLS block that is ready for use.
    pub fn new() -> Result<Self, HostErrno> {
        let image = TlsImage::of_this_program();
        let tls_len = image.offset + image.align;
        let below_tp = GUARD_LEN + STACK_LEN + SIGNAL_STACK_LEN + tls_len;
        let len = (below_tp + THREAD_BLOCK_LEN).next_multiple_of(4096);
        let base = match take_spare() {
            Some(base) => base,
            None => {
                let base = raw::map_own(len)?;
                syscall(libc::SYS_mprotect, args([base as u64, GUARD_LEN as u64, libc::PROT_NONE as u64]))?;
                base
            }
        };
        let align = image.align.max(64);
        let tp_offset = (below_tp - image.align) / align * align;
        // SAFETY: all offsets lie inside the mapping, which nobody else uses: the image of at most `offset`
        // bytes ends at the thread pointer, libc's header begins there. The running thread has a header
        // of its own to copy from.
        unsafe {
            let thread_pointer = base.add(tp_offset);
            let tls = thread_pointer.sub(image.offset);
            std::ptr::copy_nonoverlapping(image.bytes.as_ptr(), tls, image.bytes.len());
            std::ptr::write_bytes(tls.add(image.bytes.len()), 0, image.offset - image.bytes.len());
            let own = current_thread_pointer();
            for field in [tcb::DTV, tcb::STACK_GUARD, tcb::POINTER_GUARD] {
                thread_pointer.add(field).cast::<u64>().write(own.add(field).cast::<u64>().read());
            }
            for field in [tcb::SELF, tcb::THREAD] {
                thread_pointer.add(field).cast::<*mut u8>().write(thread_pointer);
            }
            let signal_stack = base.add(GUARD_LEN + STACK_LEN);
            Ok(ThreadMemory { base, len, stack_top: signal_stack, signal_stack, thread_pointer })
        }
    }

    /// Gives the calling thread the signal stack.
    pub fn use_signal_stack(&self) {
        set_signal_stack(self.signal_stack);
    }

    /// Frees the memory of a thread that has ended.
    pub fn free(self) {
        raw::unmap_own(self.base, self.len);
    }

    /// Ends the calling thread, which runs on this memory, and leaves it to another or frees it.
    pub fn exit_and_free(self, status: i32) -> ! {
        crate::signal::host::set_mask(!0);
        let promise = |place: &&AtomicPtr<u8>| {
            place.compare_exchange(null_mut(), PROMISED, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        };
        // SAFETY: with all signals blocked nothing touches the stack again.
        unsafe {
            match SPARE.iter().find(promise) {
                Some(place) => leave_and_exit(place.as_ptr(), self.base, status),
                None => unmap_and_exit(self.base, self.len, status),
            }
        }
    }
}

/// Gives the main thread a signal stack of its own.
pub fn set_main_signal_stack() -> Result<(), HostErrno> {
    set_signal_stack(raw::map_own(SIGNAL_STACK_LEN)?);
    Ok(())
}

fn set_signal_stack(base: *mut u8) {
    let stack = libc::stack_t { ss_sp: base.cast(), ss_flags: 0, ss_size: SIGNAL_STACK_LEN };
    let _ = syscall(libc::SYS_sigaltstack, args([&raw const stack as u64, 0]));
}

/// What a new thread begins with.
pub type ThreadMain = extern "C" fn(*mut u8) -> !;

/// `struct clone_args` of clone3(2) (include/uapi/linux/sched.h).
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct HostCloneArgs {
    /// CLONE_* bits.
    pub flags: u64,
    /// Where the pidfd goes.
    pub pidfd: u64,
    /// CLONE_CHILD_SETTID, CLONE_CHILD_CLEARTID.
    pub child_tid: u64,
    /// CLONE_PARENT_SETTID.
    pub parent_tid: u64,
    /// Signal at exit.
    pub exit_signal: u64,
    /// Lowest byte of the stack.
    pub stack: u64,
    /// Its size.
    pub stack_size: u64,
    /// Thread pointer with CLONE_SETTLS.
    pub tls: u64,
    /// Array of tids.
    pub set_tid: u64,
    /// Its length.
    pub set_tid_size: u64,
    /// CLONE_INTO_CGROUP.
    pub cgroup: u64,
}

impl HostCloneArgs {
    /// True if clone(2) can say it: clone3 is often refused by containers' seccomp filters.
    fn fits_clone(&self) -> bool {
        let pidfd_and_parent = libc::CLONE_PIDFD as u64 | libc::CLONE_PARENT_SETTID as u64;
        self.flags >> 32 == 0
            && self.set_tid_size == 0
            && self.exit_signal & !0xff == 0
            && self.flags & pidfd_and_parent != pidfd_and_parent
    }
}

/// Makes a child that shares this address space and starts with `main(arg)` on `memory`, which is
/// its own from now on. Returns its tid.
pub fn spawn(clone: &HostCloneArgs, memory: &ThreadMemory, main: ThreadMain, arg: *mut u8) -> Result<i32, HostErrno> {
    let flags = clone.flags | (libc::CLONE_VM | libc::CLONE_SETTLS) as u64;
    let tls = memory.thread_pointer as u64;
    // SAFETY: the stack is fresh and 16-byte aligned; the two words are popped by the child.
    let ret = unsafe {
        let stack = memory.stack_top.cast::<u64>().sub(2);
        stack.write(main as usize as u64);
        stack.add(1).write(arg as u64);
        if clone.fits_clone() {
            let parent_tid = if flags & libc::CLONE_PIDFD as u64 != 0 { clone.pidfd } else { clone.parent_tid };
            clone_raw(flags | clone.exit_signal, stack as u64, parent_tid, clone.child_tid, tls, libc::SYS_clone)
        } else {
            let base = memory.base as u64;
            let all = HostCloneArgs { flags, stack: base, stack_size: stack as u64 - base, tls, ..*clone };
            clone_raw(&raw const all as u64, size_of::<HostCloneArgs>() as u64, 0, 0, 0, libc::SYS_clone3)
        }
    };
    if ret < 0 { Err(HostErrno(-ret as i32)) } else { Ok(ret as i32) }
}

/// fork(2), by the same arguments: the child, with a copy of everything, returns 0 here.
pub fn fork(clone: &HostCloneArgs) -> Result<i32, HostErrno> {
    with_fork_call(clone, syscall).map(|pid| pid as i32)
}

/// The same, unless a signal has come for the thread, or comes before there is a child: then what it stopped is to
/// be done again (ERESTARTNOINTR).
pub fn fork_unless_signalled(clone: &HostCloneArgs, attention: &Attention) -> Result<i32, Interrupted> {
    with_fork_call(clone, |nr, args| interruptible(attention.word, attention.signal, nr, &args)).map(|pid| pid as i32)
}

fn with_fork_call<R>(clone: &HostCloneArgs, call: impl FnOnce(i64, [u64; 6]) -> R) -> R {
    if clone.fits_clone() {
        let parent_tid = if clone.flags & libc::CLONE_PIDFD as u64 != 0 { clone.pidfd } else { clone.parent_tid };
        call(libc::SYS_clone, args([clone.flags | clone.exit_signal, 0, parent_tid, clone.child_tid, 0]))
    } else {
        let all = HostCloneArgs { stack: 0, stack_size: 0, tls: 0, ..*clone };
        call(libc::SYS_clone3, args([&raw const all as u64, size_of::<HostCloneArgs>() as u64]))
    }
}

fn current_thread_pointer() -> *const u8 {
    let tp: *const u8;
    // SAFETY: libc keeps the thread pointer at %fs:0.
    unsafe { std::arch::asm!("mov {}, fs:[0]", out(reg) tp, options(nostack, readonly, preserves_flags)) };
    tp
}

/// clone(2) or clone3(2), as `nr` says; the child pops its function and argument and calls it.
#[unsafe(naked)]
unsafe extern "sysv64" fn clone_raw(a: u64, b: u64, c: u64, d: u64, e: u64, nr: i64) -> i64 {
    naked_asm!(
        "mov r10, rcx",
        "mov eax, r9d",
        "syscall",
        "test rax, rax",
        "jz 2f",
        "ret",
        "2:",
        "xor ebp, ebp",
        "pop rax",
        "pop rdi",
        "call rax",
        "ud2",
    )
}

/// Stores `base` where a new thread may take it at once, then exit(2), without a stack in between.
#[unsafe(naked)]
unsafe extern "sysv64" fn leave_and_exit(place: *mut *mut u8, base: *mut u8, status: i32) -> ! {
    naked_asm!(
        "mov [rdi], rsi",
        "2:",
        "mov edi, edx",
        "mov eax, {exit}",
        "syscall",
        "jmp 2b",
        exit = const libc::SYS_exit,
    )
}

/// munmap(2), then exit(2), without a stack in between.
#[unsafe(naked)]
unsafe extern "sysv64" fn unmap_and_exit(base: *mut u8, len: usize, status: i32) -> ! {
    naked_asm!(
        "mov ebx, edx",
        "mov eax, {munmap}",
        "syscall",
        "2:",
        "mov edi, ebx",
        "mov eax, {exit}",
        "syscall",
        "jmp 2b",
        munmap = const libc::SYS_munmap,
        exit = const libc::SYS_exit,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::lock::futex_wait;
    use std::cell::Cell;
    use std::sync::atomic::{AtomicU32, Ordering};

    thread_local! {
        static MARK: Cell<u64> = const { Cell::new(77) };
    }

    struct Job {
        tid: AtomicU32,
        sum: AtomicU32,
        number: u32,
        memory: Option<ThreadMemory>,
    }

    extern "C" fn add(job: *mut u8) -> ! {
        // SAFETY: the test keeps the job until the kernel has cleared its tid.
        let job = unsafe { &mut *job.cast::<Job>() };
        let fresh = MARK.get() == 77;
        MARK.set(u64::from(job.number));
        let strings: Vec<String> = (0..100).map(|i| format!("{i}-{}", job.number)).collect();
        let total = strings.iter().filter(|s| s.ends_with(&format!("-{}", job.number))).count();
        if fresh && MARK.get() == u64::from(job.number) {
            job.sum.store(total as u32 + job.number, Ordering::SeqCst);
        }
        match job.memory.take() {
            Some(memory) => memory.exit_and_free(0),
            None => raw::exit_group(99),
        }
    }

    #[test]
    fn a_hundred_raw_threads_allocate_use_tls_and_join() {
        let mut jobs: Vec<Box<Job>> = (0..100)
            .map(|number| Box::new(Job { tid: AtomicU32::new(1), sum: AtomicU32::new(0), number, memory: None }))
            .collect();
        for job in &mut jobs {
            let flags = libc::CLONE_FS
                | libc::CLONE_FILES
                | libc::CLONE_SIGHAND
                | libc::CLONE_THREAD
                | libc::CLONE_SYSVSEM
                | libc::CLONE_CHILD_CLEARTID;
            let clone =
                HostCloneArgs { flags: flags as u64, child_tid: job.tid.as_ptr() as u64, ..HostCloneArgs::default() };
            let arg = (&raw mut **job).cast();
            let memory = job.memory.insert(ThreadMemory::new().expect("a mapping"));
            spawn(&clone, memory, add, arg).expect("a thread");
        }
        for job in &jobs {
            while job.tid.load(Ordering::SeqCst) != 0 {
                futex_wait(&job.tid, 1);
            }
            assert_eq!(job.sum.load(Ordering::SeqCst), 100 + job.number);
        }
    }
}
