//! The `emu` program: arguments → configuration → a guest program that runs until it ends.
//!
//! `main` is C's, not Rust's: Rust's runtime would ignore SIGPIPE before we could see whether our
//! parent did, and the guest inherits that.
#![no_main]
#![allow(unsafe_code)]

use emu::config::{Config, Environment, GdbAddress};
use emu::cpu::model::{self, Model};
use emu::debug::OnDisconnect;
use emu::decode;
use emu::gdb::attach;
use emu::gdb::guard::Guard;
use emu::gdb::lobby::NoProcess;
use emu::gdb::terminal::Terminal;
use emu::gdb::{Address, Door, Hider, ListenError, Listener, Session, stdio};
use emu::host::{fds, raw};
use emu::load::{Program, Request, Sysroot};
use emu::process::host_thread::{self, HostCloneArgs};
use emu::process::{self, Begin, Handover, Inherited, Settings, exec, high, limits};
use emu::report::Failure;
use emu::run::engine::{self, EngineKind};
use emu::trace::log::{self, Items};
use emu::trace::ranges::Ranges;
use emu::{binfmt, cli};
use std::convert::Infallible;
use std::ffi::{CStr, CString, OsStr};
use std::os::fd::{AsFd, FromRawFd, IntoRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;

/// Where libc enters; the arguments come through `std::env`, which libc's start-up code fills.
// SAFETY: no other symbol of this name is linked.
#[unsafe(no_mangle)]
extern "C" fn main() -> i32 {
    high::go_high();
    process::attach::set_meeting(|place| Some(Box::new(Session::meet(place, HIDER)?)));
    let handover = Handover::receive();
    limits::take(handover.as_ref().map(|handover| handover.limits.as_slice()));
    if let Some(handover) = handover {
        return exit_status(resume(handover));
    }
    match cli::parse(binfmt::arguments(std::env::args_os().collect())) {
        Ok(cli::Request::Run(cli)) => exit_status(run(*cli)),
        Ok(cli::Request::Print(text)) => {
            print!("{text}");
            0
        }
        Ok(cli::Request::Processors) => {
            print!("{}", model::help(decode::FEATURES));
            0
        }
        Ok(cli::Request::Binfmt(action)) => match binfmt::run(&action) {
            Ok(text) => {
                print!("{text}");
                0
            }
            Err(message) => Failure::Usage(message).report(),
        },
        Err(message) => Failure::Usage(message).report(),
    }
}

fn exit_status(result: Result<Infallible, Failure>) -> i32 {
    match result {
        Ok(never) => match never {},
        Err(failure) => failure.report(),
    }
}

/// Runs what the command line says. Comes back only if that cannot be started.
fn run(cli: cli::Cli) -> Result<Infallible, Failure> {
    let config = Config::new(cli, &environment())?;
    start_log(&config)?;
    if let Some(size) = config.stack_size {
        high::set_stack_limit(size);
    }
    exec::keep_own_file(None);
    let settings = Settings {
        sysroot: config.sysroot,
        cpu: config.cpu,
        release: config.release,
        strace: config.strace,
        core: config.core,
    };
    if let (true, Some(address)) = (config.multi, &config.gdb) {
        model::choose(config.model);
        choose_engine(config.engine);
        return serve(address, config.on_disconnect, settings, config.envp);
    }
    if let (Some(pid), Some(address)) = (config.attach, &config.gdb) {
        return attach(address, config.on_disconnect, pid);
    }
    let host_path = binfmt::program_path(&config.program);
    let request = Request { host_path, name: config.program, argv: config.argv };
    let program = Program::find(&request, &settings.sysroot)?;
    raw::exec_fd().into_iter().for_each(raw::close);
    model::choose(config.model);
    choose_engine(config.engine);
    let begin = match &config.gdb {
        Some(address) => Begin::Debugged(Box::new(session(address, config.starts_at_once, config.on_disconnect)?)),
        None => Begin::Alone,
    };
    let others = environment_strings().into_iter().filter(|string| !string.contains(&b'='));
    let envp: Vec<Vec<u8>> = config.envp.into_iter().chain(others).collect();
    Ok(process::start(settings, program, &envp, begin, &Inherited::default())?)
}

fn choose_engine(kind: EngineKind) {
    if let Err(why) = engine::choose(kind) {
        eprintln!("emu: {why}: interpreting");
    }
}

/// `--attach`: brings the gdb that connects to a process.
fn attach(address: &GdbAddress, on_disconnect: OnDisconnect, pid: i32) -> Result<Infallible, Failure> {
    let failed = |error| Failure::Listen { address: address.clone(), error };
    let (socket, door) = connect(address, on_disconnect)?;
    let mut session = Session::multi(socket, door, HIDER).map_err(failed)?;
    session
        .attach_first(&mut no_process(), pid)
        .map_err(|error| Failure::Attach { pid, why: attach::refusal(&error) })?;
    std::process::exit(0)
}

/// `--multi`: a guard, and its processes, for each gdb that connects; comes back in those, or not at all.
fn serve(
    address: &GdbAddress,
    on_disconnect: OnDisconnect,
    settings: Settings,
    envp: Vec<Vec<u8>>,
) -> Result<Infallible, Failure> {
    let failed = |error| Failure::Listen { address: address.clone(), error };
    if *address == GdbAddress::Stdio {
        let door = Door::closed(on_disconnect);
        let session = Session::multi(stdio_socket().map_err(failed)?, door, HIDER).map_err(failed)?;
        return lobby(session, settings, envp);
    }
    let listener = listen(address)?;
    loop {
        let socket = listener.accept_one().map_err(|error| failed(error.into()))?;
        if host_thread::fork(&HostCloneArgs::default()) == Ok(0) {
            let session = guard(socket, listener, on_disconnect).map_err(failed)?;
            return lobby(session, settings, envp);
        }
        // Programs that wait for the next gdb see to the door themselves.
        reap(if on_disconnect == OnDisconnect::Stop { 0 } else { libc::WNOHANG });
    }
}

/// Makes the processes of one gdb's session. Comes back in those.
fn guard(socket: OwnedFd, listener: Listener, on_disconnect: OnDisconnect) -> std::io::Result<Session> {
    use nix::sys::signal::{SigSet, SigmaskHow, Signal};
    let listener = Some(listener.into_parts().0).filter(|_| on_disconnect == OnDisconnect::Stop);
    let mut guard = Guard::new(socket);
    let mut terminal = Terminal::new();
    let ended = SigSet::from(Signal::SIGCHLD);
    let mask = ended.thread_swap_mask(SigmaskHow::SIG_BLOCK)?;
    let children = nix::sys::signalfd::SignalFd::with_flags(&ended, nix::sys::signalfd::SfdFlags::all())?;
    let args = HostCloneArgs { exit_signal: libc::SIGCHLD as u64, ..HostCloneArgs::default() };
    loop {
        let look_round = || {
            while let Ok(Some(_)) = children.read_signal() {}
            reap(libc::WNOHANG);
            terminal.take_back();
        };
        let Some(birth) = guard.next_birth(children.as_fd(), look_round)? else { std::process::exit(0) };
        match host_thread::fork(&args) {
            Ok(0) => {
                mask.thread_set_mask()?;
                let door = match listener {
                    Some(listener) => Door::open(listener, None, on_disconnect, false, HIDER)?,
                    None => Door::closed(on_disconnect),
                };
                let mut session = guard.session(birth, door, HIDER)?;
                session.terminal = Some(terminal);
                return Ok(session);
            }
            Ok(child) => terminal.add_program(child),
            // The link ends, and so does what waits for the process.
            Err(_) => {}
        }
    }
}

/// Forgets the processes that have ended.
fn reap(flags: i32) {
    use emu::host::raw::{args, syscall};
    let flags = (libc::__WALL | flags) as u64;
    while syscall(libc::SYS_wait4, args([!0, 0, flags, 0])).is_ok_and(|pid| pid > 0) {}
}

/// Talks to gdb where there is no process, and becomes the process that it runs.
fn lobby(mut session: Session, settings: Settings, envp: Vec<Vec<u8>>) -> Result<Infallible, Failure> {
    while let Some(next) = session.wait_for_run(&mut no_process()) {
        let moved = match next.directory() {
            b"" => Ok(()),
            dir => std::env::set_current_dir(OsStr::from_bytes(dir)),
        };
        let request = Request {
            host_path: settings.sysroot.host_path(&next.program),
            name: next.program.clone(),
            argv: [next.program].into_iter().chain(next.args).collect(),
        };
        match Program::find(&request, &settings.sysroot) {
            Ok(program) if moved.is_ok() => {
                let mut envp = envp;
                for (name, value) in next.environment {
                    envp.retain(|variable| variable.split(|byte| *byte == b'=').next() != Some(name.as_slice()));
                    envp.extend(value.map(|value| [name, value].join(&b'=')));
                }
                if next.fixed_addresses {
                    // Where that is forbidden, addresses differ from run to run.
                    let _ = nix::sys::personality::set(nix::sys::personality::Persona::ADDR_NO_RANDOMIZE);
                }
                if let Some(terminal) = session.terminal.take() {
                    terminal.begin_program();
                }
                let begin = Begin::Debugged(Box::new(session));
                return Ok(process::start(settings, program, &envp, begin, &Inherited::default())?);
            }
            _ => session.refuse_run(),
        }
    }
    std::process::exit(0)
}

/// What there is of a process where there is none.
fn no_process() -> NoProcess {
    let summon = |pid, place| process::attach::summon(pid, place).map_err(|error| error.0);
    NoProcess { open: open_on_host, summon }
}

fn open_on_host(path: &[u8], flags: i32, mode: u32) -> Result<OwnedFd, i32> {
    use nix::fcntl::{OFlag, open};
    open(path, OFlag::from_bits_retain(flags), nix::sys::stat::Mode::from_bits_truncate(mode)).map_err(|e| e as i32)
}

/// Runs what the emulator that was here before executed.
fn resume(handover: Handover) -> Result<Infallible, Failure> {
    let items = std::str::from_utf8(&handover.log_items).ok().and_then(|names| Items::parse(names).ok());
    let ranges = std::str::from_utf8(&handover.log_ranges).ok().and_then(|list| Ranges::parse(list).ok());
    log::confine(ranges.unwrap_or_default());
    log::resume(items.unwrap_or(Items::NONE), handover.log_fds);
    exec::keep_own_file(Some(handover.exe_fd));
    let cpu = String::from_utf8(handover.cpu).unwrap_or_default();
    model::choose(Model::parse(&cpu).unwrap_or_default());
    let engine = std::str::from_utf8(&handover.engine).ok().and_then(|name| name.parse().ok());
    // The first emulator has said it if that cannot be.
    let _ = engine::choose(engine.unwrap_or_default());
    let sysroot = Sysroot::new(&handover.sysroot);
    let strace = String::from_utf8(handover.strace).unwrap_or_default();
    let core = Some(handover.core).filter(|dir| !dir.is_empty());
    let release = String::from_utf8(handover.release).ok().filter(|release| !release.is_empty());
    let settings = Settings { sysroot, cpu, release, strace, core };
    let envp = environment_strings();
    let debugger = std::str::from_utf8(&handover.debugger).unwrap_or_default();
    if let Some(session) = Session::lobby(debugger, HIDER).or_else(|| Session::beside(debugger, HIDER)) {
        return lobby(session, settings, envp);
    }
    let request = Request { host_path: handover.host_path, name: handover.name, argv: handover.argv };
    let program = Program::find(&request, &settings.sysroot)?;
    let session = Session::after_exec(debugger, HIDER);
    let begin = session.map_or(Begin::Alone, |session| Begin::Executed(Box::new(session)));
    let number = |text: &[u8]| std::str::from_utf8(text).ok().and_then(|number| number.parse().ok());
    let (caught_call, exec_gain) = (number(&handover.caught_call), number(&handover.exec_gain).unwrap_or(0));
    let Handover { seccomp, traced, exec_line, .. } = handover;
    let inherited = Inherited { seccomp, traced, exec_line, caught_call, exec_gain };
    Ok(process::start(settings, program, &envp, begin, &inherited)?)
}

/// Listens where `-g` says, until a gdb has connected unless the program starts at once.
fn session(address: &GdbAddress, starts_at_once: bool, on_disconnect: OnDisconnect) -> Result<Session, Failure> {
    let failed = |error: std::io::Error| Failure::Listen { address: address.clone(), error };
    if starts_at_once {
        let (socket, path) = listen(address)?.into_parts();
        let door = Door::open(socket, path, on_disconnect, true, HIDER).map_err(failed)?;
        return Ok(Session::awaiting(door, HIDER));
    }
    let (socket, door) = connect(address, on_disconnect)?;
    Session::new(socket, door, HIDER).map_err(failed)
}

/// The socket of the first gdb, and the door for the next, if one may come.
fn connect(address: &GdbAddress, on_disconnect: OnDisconnect) -> Result<(OwnedFd, Door), Failure> {
    let failed = |error: std::io::Error| Failure::Listen { address: address.clone(), error };
    if *address == GdbAddress::Stdio {
        return Ok((stdio_socket().map_err(failed)?, Door::closed(on_disconnect)));
    }
    let listener = listen(address)?;
    if on_disconnect == OnDisconnect::Stop {
        let socket = listener.accept_one().map_err(|error| failed(error.into()))?;
        let (listener, path) = listener.into_parts();
        return Ok((socket, Door::open(listener, path, on_disconnect, false, HIDER).map_err(failed)?));
    }
    let socket = listener.accept().map_err(|error| failed(error.into()))?;
    Ok((socket, Door::closed(on_disconnect)))
}

/// gdb's socket where it is on standard input and output.
fn stdio_socket() -> std::io::Result<OwnedFd> {
    let (socket, carrier) = stdio::take()?;
    let Some(carrier) = carrier else { return Ok(socket) };
    let args = HostCloneArgs { exit_signal: libc::SIGCHLD as u64, ..HostCloneArgs::default() };
    match host_thread::fork(&args) {
        Ok(0) => {
            drop(socket);
            // Its parent ends at once, so that the program has no child that it does not know.
            if host_thread::fork(&HostCloneArgs::default()) == Ok(0) {
                carrier.carry();
            }
            raw::exit_group(0)
        }
        Ok(_) => {
            drop(carrier);
            let _ = raw::syscall(libc::SYS_wait4, raw::args([!0, 0, 0, 0]));
            Ok(socket)
        }
        Err(error) => Err(std::io::Error::from_raw_os_error(error.0)),
    }
}

/// Listens, and says so.
fn listen(address: &GdbAddress) -> Result<Listener, Failure> {
    let failed = |error: ListenError| Failure::Listen { address: address.clone(), error: error.into() };
    let place = match address.clone() {
        GdbAddress::Tcp(host, port) => Address::Tcp { host, port },
        GdbAddress::Unix(path) => Address::Unix(path),
        GdbAddress::Stdio => return Err(failed(ListenError::Malformed("-".to_owned()))),
    };
    let listener = Listener::bind(&place).map_err(failed)?;
    eprintln!("{}", listener.announcement());
    Ok(listener)
}

/// How gdb's descriptors are kept from the guest.
const HIDER: Hider = Hider { hide: hide_fd, forget: fds::forget };

fn hide_fd(fd: OwnedFd) -> std::io::Result<OwnedFd> {
    let high = fds::hide(fd.into_raw_fd()).map_err(|error| std::io::Error::from_raw_os_error(error.0))?;
    // SAFETY: the descriptor is new, and nobody else closes it.
    Ok(unsafe { OwnedFd::from_raw_fd(high) })
}

unsafe extern "C" {
    /// libc's.
    static environ: *const *const libc::c_char;
}

/// The environment as the kernel passed it, with the strings that are no NAME=VALUE, which std leaves
/// out; without what one emulator tells the next.
fn environment_strings() -> Vec<Vec<u8>> {
    let mut strings = Vec::new();
    // SAFETY: libc's array ends with a null pointer, and nothing has changed it.
    let all = (0..).map_while(|at| unsafe {
        let string = *environ.add(at);
        (!string.is_null()).then(|| CStr::from_ptr(string).to_bytes())
    });
    let is_ours =
        |name: &[u8]| Handover::is_variable(OsStr::from_bytes(name)) || high::is_variable(OsStr::from_bytes(name));
    for string in all {
        let end = string.iter().position(|&byte| byte == b'=');
        if !end.and_then(|end| string.get(..end)).is_some_and(is_ours) {
            strings.push(string.to_vec());
        }
    }
    strings
}

/// The environment's variables, without what one emulator tells the next.
fn environment() -> Environment {
    std::env::vars_os().filter(|(name, _)| !Handover::is_variable(name) && !high::is_variable(name)).collect()
}

fn start_log(config: &Config) -> Result<(), Failure> {
    log::confine(config.log_ranges.clone());
    let path = config.log_file.as_ref().map(|path| CString::new(path.as_os_str().as_bytes()));
    let path = path.transpose().map_err(|_| Failure::Usage("-D names a file with a NUL byte".to_owned()))?;
    log::start(config.log, path.as_deref()).map_err(|errno| Failure::LogFile {
        flag: "-D",
        path: config.log_file.clone().unwrap_or_default(),
        errno,
    })?;
    let Some(path) = &config.strace_file else { return Ok(()) };
    let name = CString::new(path.as_os_str().as_bytes());
    let name = name.map_err(|_| Failure::Usage("-o names a file with a NUL byte".to_owned()))?;
    log::divert_strace(&name).map_err(|errno| Failure::LogFile { flag: "-o", path: path.clone(), errno })
}
