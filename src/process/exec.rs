//! execve(2) and execveat(2).
//!
//! An AArch64 program, or a script whose interpreter is one, runs in a new emulator: the host
//! executes the emulator's own file again, through a descriptor kept since the start (so it works
//! in a chroot), with a [`Handover`]. Anything else the host executes itself. What can fail is
//! checked before, so that the guest gets its errno; the kernel then does all that an exec does to
//! threads, descriptors, signals and a vfork parent.

use super::handover::Handover;
use super::host_thread::{self, HostCloneArgs};
use super::thread::{Process, Thread};
use super::{paths, trial};
use crate::host::fds;
use crate::host::raw::{args, close, executed_path, exit_group, openat, readlinkat, syscall};
use crate::load::{Program, Request};
use crate::memory::space;
use crate::run::engine;
use crate::signal::host;
use crate::trace::log;
use std::ffi::CString;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::MetadataExt;
use std::sync::atomic::{AtomicI32, Ordering};
use syscalls::errno::Errno;
use syscalls::guest::{ExecArgs, Follow, Guest, HostError, HostPath};

/// The emulator's own executable file; -1 where it could not be opened.
static EXE_FD: AtomicI32 = AtomicI32::new(-1);

/// Opens the emulator's own file, or takes the descriptor over from the emulator before this one.
pub fn keep_own_file(inherited: Option<i32>) {
    let fd = match inherited {
        Some(fd) => {
            set_cloexec(fd, true);
            fds::adopt(fd);
            fd
        }
        None => {
            let flags = libc::O_PATH | libc::O_CLOEXEC;
            let by_proc = openat(libc::AT_FDCWD, c"/proc/self/exe", flags, 0);
            // Where /proc is not mounted, the path that we were executed by is next best.
            let opened = by_proc.or_else(|_| openat(libc::AT_FDCWD, executed_path(), flags, 0));
            opened.and_then(fds::hide).unwrap_or(-1)
        }
    };
    EXE_FD.store(fd, Ordering::Release);
}

/// The guest is about to put a descriptor of its own at `fd`.
///
/// Quirk: the log's and the debugger's descriptors cannot move, and are lost to the guest's.
pub fn vacate(fd: i32) {
    if EXE_FD.load(Ordering::Acquire) == fd
        && let Ok(high) = fds::dup_high(fd)
    {
        EXE_FD.store(high, Ordering::Release);
    }
    fds::forget(fd);
}

/// True if process or thread `id` runs this emulator.
pub fn runs_own_file(id: i32) -> bool {
    let file = |path: &std::path::Path| std::fs::metadata(path).map(|meta| (meta.dev(), meta.ino())).ok();
    let own = file(format!("/proc/self/fd/{}", EXE_FD.load(Ordering::Acquire)).as_ref());
    own.is_some() && own == file(format!("/proc/{id}/exe").as_ref())
}

/// Sets or clears close-on-exec.
pub fn set_cloexec(fd: i32, on: bool) {
    let flags = if on { libc::FD_CLOEXEC as u64 } else { 0 };
    let _ = syscall(libc::SYS_fcntl, args([fd as u64, libc::F_SETFD as u64, flags]));
}

/// Strings for the kernel, and the arrays of their addresses. They are kept in the thread, which a
/// vfork parent frees when its child has left its memory.
#[derive(Debug)]
pub struct ExecStrings {
    path: CString,
    argv: Vec<CString>,
    envp: Vec<CString>,
    pointers: [Vec<u64>; 2],
}

impl ExecStrings {
    fn new(path: CString, argv: Vec<CString>, envp: Vec<CString>) -> Self {
        ExecStrings { path, argv, envp, pointers: [Vec::new(), Vec::new()] }
    }

    /// Addresses of the path and of the two arrays; good as long as `self` stays.
    fn addresses(&mut self) -> [u64; 3] {
        let array = |strings: &[CString]| strings.iter().map(|s| s.as_ptr() as u64).chain([0]).collect();
        self.pointers = [array(&self.argv), array(&self.envp)];
        [self.path.as_ptr() as u64, self.pointers[0].as_ptr() as u64, self.pointers[1].as_ptr() as u64]
    }
}

/// A host execveat(2) that is ready to be made.
struct Prepared {
    dirfd: i32,
    flags: u64,
    strings: ExecStrings,
    /// Open across it for the next emulator; to be closed if it fails.
    sent: Vec<i32>,
    /// Is it the emulator that is executed?
    is_guest: bool,
}

/// Replaces the program; returns only what the guest gets if that fails.
pub fn exec(thread: &mut Thread, exec: ExecArgs) -> Result<u64, Errno> {
    let Prepared { dirfd, flags, mut strings, sent, is_guest } = prepare(thread, exec)?;
    let passed = passed_on();
    if is_guest {
        passed.iter().for_each(|&fd| set_cloexec(fd, false));
    } else {
        if thread.process.debug().is_some() {
            let [path, argv, envp] = strings.addresses();
            trial::exec_on_host([dirfd as u64, path, argv, envp, flags])?;
        }
        thread.trace_host_exec();
        thread.report_host_exec(strings.path.as_bytes());
        thread.process.limits.expose();
    }
    let strings = thread.exec_strings.insert(strings).addresses();
    let result = host_exec(thread, dirfd, strings, flags);
    thread.exec_strings = None;
    if is_guest {
        passed.into_iter().for_each(|fd| set_cloexec(fd, true));
        thread.exec_failed();
    } else {
        thread.process.limits.hide();
    }
    sent.into_iter().for_each(close);
    result
}

/// The emulator's descriptors that the next one takes over.
fn passed_on() -> Vec<i32> {
    let all = [EXE_FD.load(Ordering::Acquire)].into_iter().chain(log::descriptors());
    all.filter(|&fd| fd > libc::STDERR_FILENO).collect()
}

/// Finds the program and collects what its execution takes.
fn prepare(thread: &mut Thread, exec: ExecArgs) -> Result<Prepared, Errno> {
    let request = Request { host_path: host_path(thread, &exec)?, name: guest_name(&exec), argv: exec.argv };
    match Program::find(&request, &paths::sysroot(&thread.process)) {
        // Its interpreter could not open the script any more (BINPRM_FLAGS_PATH_INACCESSIBLE).
        Ok(program) if program.main.file.path() != request.host_path && is_below_closing_fd(&exec.path, exec.dirfd) => {
            Err(Errno(libc::ENOENT))
        }
        Ok(program) => prepare_guest(thread, request, program, &exec.envp),
        // Nobody would hold it to the filter.
        Err(error) if error.is_host_program() && thread.record.seccomp.is_on() => Err(Errno(libc::EACCES)),
        // A program of the host's own kind, or what only the host knows (binfmt_misc), is left to it.
        Err(error) if error.is_host_program() => {
            thread.leave_tracer();
            let is_by_fd = request.host_path.starts_with(FD_DIR) && !exec.path.starts_with(b"/");
            // As the guest named it: an interpreter is told, and whether it can open that is the kernel's to say.
            let (dirfd, path, flags) = match is_by_fd && exec.dirfd != libc::AT_FDCWD {
                true => (exec.dirfd, exec.path, exec.flags as u64),
                false => (libc::AT_FDCWD, request.host_path, 0),
            };
            let path = CString::new(path).map_err(|_| Errno(libc::ENOENT))?;
            let strings = ExecStrings::new(path, c_strings(&request.argv), c_strings(&exec.envp));
            Ok(Prepared { dirfd, flags, strings, sent: Vec::new(), is_guest: false })
        }
        Err(error) => Err(Errno(error.errno().0)),
    }
}

/// The file's path on the host, with the errors of do_open_execat().
fn host_path(thread: &mut Thread, exec: &ExecArgs) -> Result<Vec<u8>, Errno> {
    if exec.flags & !(libc::AT_EMPTY_PATH | libc::AT_SYMLINK_NOFOLLOW) != 0 {
        return Err(Errno(libc::EINVAL));
    }
    let is_below_fd = exec.dirfd != libc::AT_FDCWD && !exec.path.starts_with(b"/");
    if is_below_fd && syscall(libc::SYS_fcntl, args([exec.dirfd as u64, libc::F_GETFD as u64])).is_err() {
        return Err(Errno(libc::EBADF));
    }
    let path = path_on_host(thread, exec)?;
    let is_kept_link = exec.flags & libc::AT_SYMLINK_NOFOLLOW != 0 && !exec.path.is_empty();
    let target = CString::new(path.clone()).ok().filter(|_| is_kept_link);
    if target.is_some_and(|path| readlinkat(libc::AT_FDCWD, &path).is_some()) {
        return Err(Errno(libc::ELOOP));
    }
    Ok(path)
}

fn path_on_host(thread: &mut Thread, exec: &ExecArgs) -> Result<Vec<u8>, Errno> {
    if exec.path.is_empty() {
        if exec.flags & libc::AT_EMPTY_PATH == 0 {
            return Err(Errno(libc::ENOENT));
        }
        return Ok(fd_path(exec.dirfd, b""));
    }
    let follow = if exec.flags & libc::AT_SYMLINK_NOFOLLOW != 0 { Follow::No } else { Follow::Yes };
    Ok(match paths::host_path(&thread.process, exec.dirfd, &exec.path, follow) {
        HostPath::Replaced(path) => path.into_bytes(),
        HostPath::AsGiven if exec.dirfd == libc::AT_FDCWD || exec.path.starts_with(b"/") => exec.path.clone(),
        HostPath::AsGiven => fd_path(exec.dirfd, &exec.path),
    })
}

/// True if the program was named by a descriptor that is closed when it starts.
fn is_below_closing_fd(path: &[u8], dirfd: i32) -> bool {
    let flags = syscall(libc::SYS_fcntl, args([dirfd as u64, libc::F_GETFD as u64]));
    !path.starts_with(b"/") && flags.is_ok_and(|flags| flags & libc::FD_CLOEXEC as u64 != 0)
}

const FD_DIR: &[u8] = b"/proc/self/fd/";

fn fd_path(fd: i32, rest: &[u8]) -> Vec<u8> {
    let mut path = [FD_DIR, fd.to_string().as_bytes()].concat();
    if !rest.is_empty() {
        path.push(b'/');
        path.extend_from_slice(rest);
    }
    path
}

/// What the kernel calls a program that was named by descriptor (bprm->filename).
fn guest_name(exec: &ExecArgs) -> Vec<u8> {
    if exec.dirfd == libc::AT_FDCWD || exec.path.starts_with(b"/") {
        return exec.path.clone();
    }
    let mut name = format!("/dev/fd/{}", exec.dirfd).into_bytes();
    if !exec.path.is_empty() {
        name.push(b'/');
        name.extend_from_slice(&exec.path);
    }
    name
}

/// Another emulator. The host's argv is what `ps` is to show: the expanded one.
fn prepare_guest(thread: &mut Thread, request: Request, program: Program, envp: &[Vec<u8>]) -> Result<Prepared, Errno> {
    let exe_fd = EXE_FD.load(Ordering::Acquire);
    let (host_path, kept) = lasting_path(&request, &program);
    let handover = Handover {
        exe_fd,
        log_fds: log::descriptors(),
        log_items: log::items().names().into_bytes(),
        log_ranges: log::ranges().to_string().into_bytes(),
        strace: thread.process.settings.strace.clone().into_bytes(),
        core: thread.process.settings.core.clone().unwrap_or_default(),
        sysroot: paths::sysroot(&thread.process).dir().unwrap_or_default().to_vec(),
        engine: engine::chosen().to_string().into_bytes(),
        host_path,
        name: request.name,
        debugger: thread.before_exec().into_bytes(),
        caught_call: thread.caught_call.map_or_else(Vec::new, |number| number.to_string().into_bytes()),
        seccomp: thread.record.seccomp.to_bytes(),
        exec_line: thread.line_of_exec(),
        limits: thread.process.limits.to_bytes(),
        exec_gain: space().exec_gain.inherited().to_string().into_bytes(),
        traced: thread.traced_bytes(),
        cpu: thread.process.settings.cpu.clone().into_bytes(),
        release: thread.process.settings.release.clone().unwrap_or_default().into_bytes(),
        argv: request.argv,
    };
    let (variable, message) = handover.send().map_err(|error| {
        thread.exec_failed();
        kept.into_iter().for_each(close);
        Errno(error.0)
    })?;
    let mut envp = c_strings(envp);
    envp.push(variable);
    Ok(Prepared {
        dirfd: exe_fd,
        flags: libc::AT_EMPTY_PATH as u64,
        strings: ExecStrings::new(CString::default(), c_strings(&program.argv), envp),
        sent: kept.into_iter().chain([message]).collect(),
        is_guest: true,
    })
}

/// Starts an emulator without a program, in a process that is nobody's child; see
/// [`Inferior::start_lobby`](crate::debug::Inferior::start_lobby). If it fails, there is none.
pub fn start_lobby(process: &Process, text: &str) {
    let exe_fd = EXE_FD.load(Ordering::Acquire);
    let handover = Handover {
        exe_fd,
        log_fds: log::descriptors(),
        log_items: log::items().names().into_bytes(),
        log_ranges: log::ranges().to_string().into_bytes(),
        strace: process.settings.strace.clone().into_bytes(),
        core: process.settings.core.clone().unwrap_or_default(),
        sysroot: paths::sysroot(process).dir().unwrap_or_default().to_vec(),
        engine: engine::chosen().to_string().into_bytes(),
        cpu: process.settings.cpu.clone().into_bytes(),
        release: process.settings.release.clone().unwrap_or_default().into_bytes(),
        limits: process.limits.to_bytes(),
        debugger: text.as_bytes().to_vec(),
        ..Handover::default()
    };
    let Ok((variable, message)) = handover.send() else { return };
    let own = std::env::vars_os().filter(|(name, _)| !Handover::is_variable(name));
    let own = own.map(|(name, value)| [name.into_vec(), value.into_vec()].join(&b'='));
    let mut envp = c_strings(&own.collect::<Vec<_>>());
    envp.push(variable);
    let mut strings = ExecStrings::new(CString::default(), vec![c"emu".to_owned()], envp);
    let [path, argv, envp] = strings.addresses();
    let passed = passed_on();
    let fork = || host_thread::fork(&HostCloneArgs::default());
    match fork() {
        Ok(0) => {
            if fork() == Ok(0) {
                close_guests(message);
                passed.into_iter().for_each(|fd| set_cloexec(fd, false));
                process.actions.expose_ignored();
                host::set_mask(0);
                let flags = libc::AT_EMPTY_PATH as u64;
                let _ = syscall(libc::SYS_execveat, args([exe_fd as u64, path, argv, envp, flags]));
            }
            exit_group(0)
        }
        Ok(child) => {
            let _ = syscall(libc::SYS_wait4, args([child as u64, 0, libc::__WALL as u64, 0]));
        }
        Err(_) => {}
    }
    close(message);
}

/// Closes what the guest has open but for its standard streams, and keeps `message`.
fn close_guests(message: i32) {
    let mut first = libc::STDERR_FILENO + 1;
    let mut kept = fds::all_hidden();
    kept.push(message);
    kept.sort_unstable();
    for fd in kept.into_iter().filter(|&fd| fd > libc::STDERR_FILENO).chain([i32::MAX]) {
        if first < fd {
            // A kernel without this call leaves them open.
            let _ = syscall(libc::SYS_close_range, args([first as u64, fd as u64 - 1, 0]));
        }
        first = fd.saturating_add(1);
    }
}

/// The program's path, which must lead to it in the next emulator as well: an ELF file that was
/// named by a descriptor has a real path, or (fexecve of a memory file) is kept open. A script's
/// interpreter opens the descriptor itself.
fn lasting_path(request: &Request, program: &Program) -> (Vec<u8>, Option<i32>) {
    let given = (request.host_path.clone(), None);
    if !given.0.starts_with(FD_DIR) || program.argv != request.argv {
        return given;
    }
    let real = program.main.file.real_path();
    if real.starts_with(b"/") && !real.starts_with(b"/memfd:") && !real.ends_with(b" (deleted)") {
        return (real, None);
    }
    match fds::dup_high(program.main.file.fd()) {
        Ok(fd) => {
            fds::forget(fd);
            set_cloexec(fd, false);
            (fd_path(fd, b""), Some(fd))
        }
        Err(_) => given,
    }
}

/// execveat(2) with the guest's mask and ignored signals in force, as the new program inherits them.
fn host_exec(thread: &mut Thread, dirfd: i32, strings: [u64; 3], flags: u64) -> Result<u64, Errno> {
    let [path, argv, envp] = strings;
    thread.process.actions.expose_ignored();
    // Exactly the guest's: fault signals, too, are blocked in the new program if they are here.
    if thread.block_signals().is_ok() {
        host::set_mask(thread.signals.mask);
    }
    let result = thread.host(libc::SYS_execveat, [dirfd as u64, path, argv, envp, flags, 0]);
    thread.process.actions.hide_ignored(thread.record.signals.never_blocked());
    thread.open_mask();
    match result {
        Ok(value) => Ok(value),
        Err(HostError::Errno(errno)) => Err(errno),
        // `interrupted` is set: the call is executed again, whatever we return.
        Err(HostError::Restart) => Err(Errno(libc::EINTR)),
    }
}

/// Strings for the kernel; what came from the guest's memory has no NUL inside.
fn c_strings(strings: &[Vec<u8>]) -> Vec<CString> {
    strings.iter().filter_map(|string| CString::new(string.clone()).ok()).collect()
}
