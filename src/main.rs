//! The `emu` program: arguments → configuration → a guest program that runs until it ends.
//!
//! `main` is C's, not Rust's: Rust's runtime would ignore SIGPIPE before we could see whether our
//! parent did, and the guest inherits that.
#![no_main]
#![allow(unsafe_code)]

use emu::cli;
use emu::config::{Config, Environment, GdbAddress};
use emu::cpu::model::{self, Model};
use emu::gdb::{Address, Hider, Listener, Session};
use emu::host::fds;
use emu::load::{Program, Request, Sysroot};
use emu::process::{self, Begin, Handover, Inherited, Settings, exec, high};
use emu::report::Failure;
use emu::run::engine;
use emu::trace::log::{self, Items};
use std::convert::Infallible;
use std::ffi::CString;
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
    let request = Request { host_path: config.program.clone(), name: config.program, argv: config.argv };
    let program = Program::find(&request, &config.sysroot)?;
    if let Err(why) = engine::choose(config.engine) {
        eprintln!("emu: {why}: interpreting");
    }
    model::choose(config.model);
    let settings = Settings { sysroot: config.sysroot, cpu: config.cpu };
    let begin = match &config.gdb {
        Some(address) => Begin::Debugged(Box::new(wait_for_gdb(address)?)),
        None => Begin::Alone,
    };
    Ok(process::start(settings, program, &config.envp, begin, &Inherited::default())?)
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
    let request = Request { host_path: handover.host_path, name: handover.name, argv: handover.argv };
    let program = Program::find(&request, &sysroot)?;
    let envp: Vec<Vec<u8>> =
        environment().into_iter().map(|(name, value)| [name.into_vec(), value.into_vec()].join(&b'=')).collect();
    let session = std::str::from_utf8(&handover.debugger).ok().and_then(|text| Session::after_exec(text, HIDER));
    let begin = session.map_or(Begin::Alone, |session| Begin::Executed(Box::new(session)));
    let inherited = Inherited { seccomp: handover.seccomp, traced: handover.traced };
    Ok(process::start(Settings { sysroot, cpu }, program, &envp, begin, &inherited)?)
}

/// Listens where `-g` says until a gdb has connected.
fn wait_for_gdb(address: &GdbAddress) -> Result<Session, Failure> {
    let failed = |error| Failure::Listen { address: address.clone(), error };
    let place = match address.clone() {
        GdbAddress::Tcp(host, port) => Address::Tcp { host, port },
        GdbAddress::Unix(path) => Address::Unix(path),
    };
    let listener = Listener::bind(&place).map_err(|error| failed(error.into()))?;
    eprintln!("{}", listener.announcement());
    let socket = listener.accept().map_err(|error| failed(error.into()))?;
    Session::new(socket, HIDER).map_err(failed)
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
