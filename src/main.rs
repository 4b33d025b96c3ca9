//! The `emu` program: arguments → configuration → a guest program that runs until it ends.
//!
//! `main` is C's, not Rust's: Rust's runtime would ignore SIGPIPE before we could see whether our
//! parent did, and the guest inherits that.
#![no_main]
#![allow(unsafe_code)]

use emu::cli;
use emu::config::{Config, Environment, GdbAddress};
use emu::cpu::model::{self, Model};
use emu::gdb::lobby::NoProcess;
use emu::gdb::{Address, Hider, ListenError, Listener, Session};
use emu::host::fds;
use emu::load::{Program, Request, Sysroot};
use emu::process::host_thread::{self, HostCloneArgs};
use emu::process::{self, Begin, Handover, Inherited, Settings, exec, high};
use emu::report::Failure;
use emu::run::engine::{self, EngineKind};
use emu::trace::log::{self, Items};
use std::convert::Infallible;
use std::ffi::{CString, OsString};
use std::os::fd::{FromRawFd, IntoRawFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// Where libc enters; the arguments come through `std::env`, which libc's start-up code fills.
// SAFETY: no other symbol of this name is linked.
#[unsafe(no_mangle)]
extern "C" fn main() -> i32 {
    high::go_high();
    if let Some(handover) = Handover::receive() {
        return exit_status(resume(handover));
    }
    match cli::parse(std::env::args_os().collect()) {
        Ok(cli::Request::Run(cli)) => exit_status(run(*cli)),
        Ok(cli::Request::Print(text)) => {
            print!("{text}");
            0
        }
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
    exec::keep_own_file(None);
    if let (true, Some(address)) = (config.multi, &config.gdb) {
        choose_engine(config.engine);
        model::choose(config.model);
        return serve(address, Settings { sysroot: config.sysroot, cpu: config.cpu }, config.envp);
    }
    let request = Request { host_path: config.program.clone(), name: config.program, argv: config.argv };
    let program = Program::find(&request, &config.sysroot)?;
    choose_engine(config.engine);
    model::choose(config.model);
    let settings = Settings { sysroot: config.sysroot, cpu: config.cpu };
    let begin = match &config.gdb {
        Some(address) => Begin::Debugged(Box::new(wait_for_gdb(address)?)),
        None => Begin::Alone,
    };
    Ok(process::start(settings, program, &config.envp, begin, &Inherited::default())?)
}

fn choose_engine(kind: EngineKind) {
    if let Err(why) = engine::choose(kind) {
        eprintln!("emu: {why}: interpreting");
    }
}

/// `--multi`: a process for each gdb that connects. Comes back in those, or not at all.
fn serve(address: &GdbAddress, settings: Settings, envp: Vec<Vec<u8>>) -> Result<Infallible, Failure> {
    let failed = |error| Failure::Listen { address: address.clone(), error };
    let listener = listen(address)?;
    loop {
        let socket = listener.accept_one().map_err(|error| failed(error.into()))?;
        if host_thread::fork(&HostCloneArgs::default()) == Ok(0) {
            drop(listener);
            let session = Session::multi(socket, HIDER).map_err(failed)?;
            return lobby(session, settings, envp);
        }
        reap();
    }
}

/// Forgets the processes that have ended.
fn reap() {
    use emu::host::raw::{args, syscall};
    let flags = (libc::__WALL | libc::WNOHANG) as u64;
    while syscall(libc::SYS_wait4, args([!0, 0, flags, 0])).is_ok_and(|pid| pid > 0) {}
}

/// Talks to gdb where there is no process, and becomes the process that it runs.
fn lobby(mut session: Session, settings: Settings, envp: Vec<Vec<u8>>) -> Result<Infallible, Failure> {
    let mut place = NoProcess { open: open_on_host };
    while let Some(next) = session.wait_for_run(&mut place) {
        let request = Request {
            host_path: settings.sysroot.host_path(&next.program),
            name: next.program.clone(),
            argv: [next.program].into_iter().chain(next.args).collect(),
        };
        let moved = next.cwd.map_or(Ok(()), |dir| std::env::set_current_dir(OsString::from_vec(dir)));
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
                let begin = Begin::Debugged(Box::new(session));
                return Ok(process::start(settings, program, &envp, begin, &Inherited::default())?);
            }
            _ => session.refuse_run(),
        }
    }
    std::process::exit(0)
}

fn open_on_host(path: &[u8], flags: i32, mode: u32) -> Result<OwnedFd, i32> {
    use nix::fcntl::{OFlag, open};
    open(path, OFlag::from_bits_retain(flags), nix::sys::stat::Mode::from_bits_truncate(mode)).map_err(|e| e as i32)
}

/// Runs what the emulator that was here before executed.
fn resume(handover: Handover) -> Result<Infallible, Failure> {
    let items = std::str::from_utf8(&handover.log_items).ok().and_then(|names| Items::parse(names).ok());
    log::resume(items.unwrap_or(Items::NONE), handover.log_fd);
    exec::keep_own_file(Some(handover.exe_fd));
    let engine = std::str::from_utf8(&handover.engine).ok().and_then(|name| name.parse().ok());
    // The first emulator has said it if that cannot be.
    let _ = engine::choose(engine.unwrap_or_default());
    let sysroot = Sysroot::new(&handover.sysroot);
    let cpu = String::from_utf8(handover.cpu).unwrap_or_default();
    model::choose(Model::parse(&cpu).unwrap_or_default());
    let settings = Settings { sysroot, cpu };
    let envp: Vec<Vec<u8>> =
        environment().into_iter().map(|(name, value)| [name.into_vec(), value.into_vec()].join(&b'=')).collect();
    let debugger = std::str::from_utf8(&handover.debugger).unwrap_or_default();
    if let Some(session) = Session::lobby(debugger, HIDER) {
        return lobby(session, settings, envp);
    }
    let request = Request { host_path: handover.host_path, name: handover.name, argv: handover.argv };
    let program = Program::find(&request, &settings.sysroot)?;
    let session = Session::after_exec(debugger, HIDER);
    let begin = session.map_or(Begin::Alone, |session| Begin::Executed(Box::new(session)));
    let inherited = Inherited { seccomp: handover.seccomp, traced: handover.traced };
    Ok(process::start(settings, program, &envp, begin, &inherited)?)
}

/// Listens where `-g` says until a gdb has connected.
fn wait_for_gdb(address: &GdbAddress) -> Result<Session, Failure> {
    let failed = |error| Failure::Listen { address: address.clone(), error };
    let socket = listen(address)?.accept().map_err(|error| failed(error.into()))?;
    Session::new(socket, HIDER).map_err(failed)
}

/// Listens, and says so.
fn listen(address: &GdbAddress) -> Result<Listener, Failure> {
    let failed = |error: ListenError| Failure::Listen { address: address.clone(), error: error.into() };
    let place = match address.clone() {
        GdbAddress::Tcp(host, port) => Address::Tcp { host, port },
        GdbAddress::Unix(path) => Address::Unix(path),
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

/// The environment, without what one emulator tells the next.
fn environment() -> Environment {
    std::env::vars_os().filter(|(name, _)| !Handover::is_variable(name) && !high::is_variable(name)).collect()
}

fn start_log(config: &Config) -> Result<(), Failure> {
    let path = config.log_file.as_ref().map(|path| CString::new(path.as_os_str().as_bytes()));
    let path = path.transpose().map_err(|_| Failure::Usage("-D names a file with a NUL byte".to_owned()))?;
    log::start(config.log, path.as_deref())
        .map_err(|errno| Failure::LogFile { path: config.log_file.clone().unwrap_or_default(), errno })
}
