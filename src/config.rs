//! What the command line means: [`Cli`] and environment variables → [`Config`].
//!
//! A flag wins over its EMU_* variable (clap reads those), and that over qemu's.

use crate::cli::{Cli, split_list};
use crate::cpu::model::{self, Model};
use crate::debug::OnDisconnect;
use crate::load::Sysroot;
use crate::run::engine::{EngineKind, unknown_host_feature};
use crate::trace::log::{Item, Items};
use crate::trace::ranges::Ranges;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use syscalls::strace::Filter;
use thiserror::Error;

/// What to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Config {
    /// Path of the program.
    pub program: Vec<u8>,
    /// Its argv, argv[0] included.
    pub argv: Vec<Vec<u8>>,
    /// Its environment, as NAME=VALUE.
    pub envp: Vec<Vec<u8>>,
    /// The files it sees before the host's.
    pub sysroot: Sysroot,
    /// There is no program but those that gdb runs.
    pub multi: bool,
    /// There is no program but this process.
    pub attach: Option<i32>,
    /// Where to listen for gdb.
    pub gdb: Option<GdbAddress>,
    /// The program does not wait for it.
    pub starts_at_once: bool,
    /// What becomes of the program when gdb goes away.
    pub on_disconnect: OnDisconnect,
    /// What to log.
    pub log: Items,
    /// Where code is that is logged.
    pub log_ranges: Ranges,
    /// Where the log goes, absolute; None is standard error.
    pub log_file: Option<PathBuf>,
    /// Soft limit of its stack in bytes; None leaves it.
    pub stack_size: Option<u64>,
    /// The kernel release that it sees; None is the host's.
    pub release: Option<String>,
    /// Which system calls -strace shows, as the text that named them.
    pub strace: String,
    /// Where, if not with the log; absolute.
    pub strace_file: Option<PathBuf>,
    /// Where each process that dumps core leaves one, whatever the kernel's settings; absolute.
    pub core: Option<Vec<u8>>,
    /// The processor that it sees, and the text that named it.
    pub model: Model,
    /// See `model`.
    pub cpu: String,
    /// What executes it.
    pub engine: EngineKind,
}

/// Where gdb connects.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GdbAddress {
    /// Host name or address, and port.
    Tcp(String, u16),
    /// Path of a unix socket.
    Unix(PathBuf),
    /// Standard input and output.
    Stdio,
}

impl std::fmt::Display for GdbAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            GdbAddress::Tcp(host, port) => write!(f, "{host}:{port}"),
            GdbAddress::Unix(path) => path.display().fmt(f),
            GdbAddress::Stdio => f.write_str("-"),
        }
    }
}

/// A wrong command line.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ConfigError {
    /// -d with an unknown item.
    #[error("-d {0}: no such log item (try -d help)")]
    LogItem(String),
    /// -dfilter with something else.
    #[error("-dfilter {0}: not a range of addresses (try 0x1000..0x1fff or 0x1000+4096)")]
    Ranges(String),
    /// -s with something else.
    #[error("-s {0}: not a size in bytes (try 8M)")]
    StackSize(String),
    /// -r that uname(2) cannot return.
    #[error("-r {0}: not 1 to 64 bytes long")]
    Release(String),
    /// -strace with an unknown call.
    #[error("-strace={0}: no such system call or class (try open,read or %file, %network, %process, %signal)")]
    Strace(String),
    /// -E without a value.
    #[error("-E {0}: not of the form VAR=VALUE")]
    SetEnv(String),
    /// --engine with something else.
    #[error("--engine {0}: no such engine (there are interp, jit, and jit:N with N from 0 to 255)")]
    Engine(String),
    /// EMU_HOST_FEATURES with something else.
    #[error("EMU_HOST_FEATURES: no such feature of the host as {0} (try -all, or names as in -sha,-gfni)")]
    HostFeatures(String),
    /// -cpu with something else.
    #[error("-cpu {0}: no such processor or feature (there are {names}; features as in max,pauth=off; try -cpu help)", names = model::names())]
    Cpu(String),
    /// -U with a value.
    #[error("-U {0}: not the name of a variable")]
    UnsetEnv(String),
    /// -L that is no directory.
    #[error("-L {0}: not a directory (name the root of an AArch64 system)")]
    Sysroot(String),
    /// -g with something that is neither a port nor a path.
    #[error("-g {0}: not a port (0 for any that is free), HOST:PORT, a path or -, with or without ,suspend=n")]
    Gdb(String),
    /// --on-disconnect with something else.
    #[error("--on-disconnect {0}: no such action (there are run, stop and kill)")]
    OnDisconnect(String),
    /// Whoever listens has no program, or cannot listen again.
    #[error("{0}: not with {1} (name a port or a path, and a program)")]
    NobodyListens(&'static str, &'static str),
    /// --multi without -g.
    #[error("--multi and --attach: nobody runs a program (add -g PORT)")]
    MultiAlone,
    /// A command line without a program.
    #[error("no program given (try emu --help)")]
    NoProgram,
}

/// What an environment looks like; tests bring their own.
pub type Environment = Vec<(OsString, OsString)>;

impl Config {
    /// Interprets `cli` in the environment `env`. An empty value of a variable counts as none.
    pub fn new(cli: Cli, env: &Environment) -> Result<Config, ConfigError> {
        let mut command = cli.command.into_iter().map(OsStringExt::into_vec);
        let program =
            command.next().or((cli.multi || cli.attach.is_some()).then(Vec::new)).ok_or(ConfigError::NoProgram)?;
        let argv0 = cli.argv0.or_else(|| variable(env, "QEMU_ARGV0")).map(OsStringExt::into_vec);
        let argv = [argv0.unwrap_or_else(|| program.clone())].into_iter().chain(command).collect();

        let text = |name| variable(env, name).map(|value| value.to_string_lossy().into_owned());
        let mut log = match cli.log.or_else(|| text("QEMU_LOG")) {
            Some(list) => Items::parse(&list).map_err(ConfigError::LogItem)?,
            None => Items::NONE,
        };
        let ranges = cli.dfilter.or_else(|| text("QEMU_DFILTER")).unwrap_or_default();
        let log_ranges = Ranges::parse(&ranges).map_err(ConfigError::Ranges)?;
        let stack_size = match cli.stack_size.or_else(|| text("QEMU_STACK_SIZE")) {
            Some(size) => Some(parse_size(&size).ok_or(ConfigError::StackSize(size))?),
            None => None,
        };
        let release = cli.release.or_else(|| text("QEMU_UNAME"));
        if let Some(name) = release.as_ref().filter(|name| !(1..=64).contains(&name.len())) {
            return Err(ConfigError::Release(name.clone()));
        }
        let strace_file = cli.strace_file.map(|file| absolute(&file));
        let strace = match cli.strace.as_deref().map(str::trim) {
            Some("" | "0" | "n" | "no" | "f" | "false" | "off") | None => None,
            Some("1" | "y" | "yes" | "t" | "true" | "on") => Some("all"),
            Some(list) => Some(list),
        };
        Filter::parse(strace.unwrap_or("all")).map_err(ConfigError::Strace)?;
        if strace.is_some() || strace_file.is_some() || variable(env, "QEMU_STRACE").is_some() {
            log = log.with(Item::Strace);
        }
        let strace = strace.unwrap_or("all").to_owned();
        for (wanted, item) in [(cli.perfmap, Item::PerfMap), (cli.jitdump, Item::JitDump)] {
            log = if wanted { log.with(item) } else { log };
        }
        let log_file = cli.log_file.or_else(|| variable(env, "QEMU_LOG_FILENAME")).map(|file| absolute(&file));
        let gdb = cli.gdb.or_else(|| text("QEMU_GDB")).map(|text| parse_gdb(&text)).transpose()?;
        let (gdb, starts_at_once) = gdb.map_or((None, false), |(address, at_once)| (Some(address), at_once));
        if (cli.multi || cli.attach.is_some()) && gdb.is_none() {
            return Err(ConfigError::MultiAlone);
        }
        let on_disconnect = match cli.on_disconnect {
            Some(name) => name.parse().map_err(|()| ConfigError::OnDisconnect(name))?,
            None => OnDisconnect::default(),
        };
        let nowhere = (gdb == Some(GdbAddress::Stdio), "-g -");
        let no_program = [(cli.multi, "--multi"), (cli.attach.is_some(), "--attach"), nowhere];
        let conflicts = [
            (on_disconnect == OnDisconnect::Stop, "--on-disconnect stop", &[nowhere][..]),
            (starts_at_once, "suspend=n", &no_program),
        ];
        for (is_wanted, want, others) in conflicts {
            if let Some((_, other)) = others.iter().find(|(is, _)| is_wanted && *is) {
                return Err(ConfigError::NobodyListens(want, other));
            }
        }
        let sysroot = match cli.sysroot.or_else(|| variable(env, "QEMU_LD_PREFIX")) {
            Some(dir) => explicit_sysroot(&dir)?,
            None => Sysroot::find_usual(),
        };
        let (unset, set) = changes(env, cli.unset_env, cli.set_env);
        let envp = guest_environment(env, &unset, &set)?;
        let engine = match cli.engine {
            Some(name) => name.parse().map_err(|_| ConfigError::Engine(name))?,
            None => EngineKind::default(),
        };
        if let Some(name) = text("EMU_HOST_FEATURES").as_deref().and_then(unknown_host_feature) {
            return Err(ConfigError::HostFeatures(name.to_owned()));
        }
        let cpu = cli.cpu.or_else(|| text("QEMU_CPU")).unwrap_or_else(|| "max".to_owned());
        let model = Model::parse(&cpu).map_err(ConfigError::Cpu)?;
        let core = cli.core.map(|dir| absolute(&dir).into_os_string().into_vec());
        Ok(Config {
            program,
            argv,
            envp,
            sysroot,
            multi: cli.multi,
            attach: cli.attach,
            gdb,
            starts_at_once,
            on_disconnect,
            log,
            log_ranges,
            log_file,
            stack_size,
            release,
            strace,
            strace_file,
            core,
            model,
            cpu,
            engine,
        })
    }
}

fn variable(env: &Environment, name: &str) -> Option<OsString> {
    env.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.clone())
}

fn absolute(path: &OsStr) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path))
}

fn explicit_sysroot(dir: &OsStr) -> Result<Sysroot, ConfigError> {
    if !Path::new(dir).is_dir() {
        return Err(ConfigError::Sysroot(dir.to_string_lossy().into_owned()));
    }
    Ok(Sysroot::new(absolute(dir).as_os_str().as_bytes()))
}

/// Which variables to unset and which to set: those that variables list, then those of flags.
fn changes(env: &Environment, unset: Vec<OsString>, set: Vec<OsString>) -> (Vec<OsString>, Vec<OsString>) {
    let listed = |ours, theirs| {
        let list = variable(env, ours).or_else(|| variable(env, theirs)).unwrap_or_default();
        split_list(&list).collect::<Vec<_>>()
    };
    let unset = listed("EMU_UNSET_ENV", "QEMU_UNSET_ENV").into_iter().chain(unset).collect();
    (unset, listed("EMU_SET_ENV", "QEMU_SET_ENV").into_iter().chain(set).collect())
}

/// The host's environment, less what is unset, plus what is set.
fn guest_environment(env: &Environment, unset: &[OsString], set: &[OsString]) -> Result<Vec<Vec<u8>>, ConfigError> {
    let mut guest: Vec<(Vec<u8>, Vec<u8>)> =
        env.iter().map(|(key, value)| (key.as_bytes().to_vec(), value.as_bytes().to_vec())).collect();
    for name in unset {
        if name.is_empty() || name.as_bytes().contains(&b'=') {
            return Err(ConfigError::UnsetEnv(name.to_string_lossy().into_owned()));
        }
        guest.retain(|(key, _)| key != name.as_bytes());
    }
    for pair in set {
        let (key, value) =
            split_pair(pair.as_bytes()).ok_or_else(|| ConfigError::SetEnv(pair.to_string_lossy().into_owned()))?;
        match guest.iter_mut().find(|(known, _)| known == key) {
            Some((_, old)) => *old = value.to_vec(),
            None => guest.push((key.to_vec(), value.to_vec())),
        }
    }
    Ok(guest.into_iter().map(|(key, value)| [key, value].join(&b'=')).collect())
}

/// NAME=VALUE with a name.
fn split_pair(pair: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = pair.iter().position(|&b| b == b'=').filter(|&at| at > 0)?;
    Some((pair.get(..at)?, pair.get(at + 1..)?))
}

/// Bytes, or with K, M or G behind the number so many of those.
fn parse_size(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(['k', 'K', 'm', 'M', 'g', 'G']);
    let unit = match text.get(digits.len()..)? {
        "" => 1,
        "k" | "K" => 1 << 10,
        "m" | "M" => 1 << 20,
        "g" | "G" => 1 << 30,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(unit).filter(|&size| size > 0)
}

/// An address, and whether the program starts without waiting for gdb (`,suspend=n`).
fn parse_gdb(text: &str) -> Result<(GdbAddress, bool), ConfigError> {
    let wrong = || ConfigError::Gdb(text.to_owned());
    match text.rsplit_once(",suspend=") {
        Some((address, "n")) => Ok((parse_address(address).ok_or_else(wrong)?, true)),
        Some((address, "y")) => Ok((parse_address(address).ok_or_else(wrong)?, false)),
        Some(_) => Err(wrong()),
        None => Ok((parse_address(text).ok_or_else(wrong)?, false)),
    }
}

/// `1234`, `HOST:1234`, `[::1]:1234`, `-`, or else a path. Only a host makes it reachable from outside.
fn parse_address(text: &str) -> Option<GdbAddress> {
    let port = |digits: &str| digits.parse::<u16>().ok();
    let is_number = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if text == "-" {
        return Some(GdbAddress::Stdio);
    }
    if is_number(text) {
        return Some(GdbAddress::Tcp("127.0.0.1".to_owned(), port(text)?));
    }
    match text.rsplit_once(':') {
        Some((host, digits)) if !host.contains('/') && is_number(digits) => {
            let host = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
            let host = if host.is_empty() { "127.0.0.1" } else { host };
            Some(GdbAddress::Tcp(host.to_owned(), port(digits)?))
        }
        Some((host, _)) if !host.contains('/') => None,
        _ if text.is_empty() => None,
        _ => Some(GdbAddress::Unix(PathBuf::from(text.replace("%d", &std::process::id().to_string())))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> Environment {
        pairs.iter().map(|(key, value)| (key.into(), value.into())).collect()
    }

    fn cli() -> Cli {
        Cli { command: vec!["./prog".into(), "x".into()], ..Cli::default() }
    }

    fn config(cli: Cli, pairs: &[(&str, &str)]) -> Config {
        Config::new(cli, &env(pairs)).unwrap()
    }

    #[test]
    fn argv0_is_the_program_unless_given() {
        assert_eq!(config(cli(), &[]).argv, [b"./prog".to_vec(), b"x".to_vec()]);
        let named = Cli { argv0: Some("name".into()), ..cli() };
        assert_eq!(config(named, &[]).argv, [b"name".to_vec(), b"x".to_vec()]);
    }

    #[test]
    fn flags_win_over_qemu_variables() {
        let pairs = [("QEMU_GDB", "1"), ("QEMU_STRACE", "1"), ("QEMU_LOG", "page")];
        let from_env = config(cli(), &pairs);
        assert_eq!(from_env.gdb, Some(GdbAddress::Tcp("127.0.0.1".into(), 1)));
        assert_eq!(from_env.log.names(), "strace,page");
        let flags = Cli { gdb: Some("2".into()), log: Some("cpu".into()), ..cli() };
        let from_flags = config(flags, &pairs);
        assert_eq!(from_flags.gdb, Some(GdbAddress::Tcp("127.0.0.1".into(), 2)));
        assert_eq!(from_flags.log.names(), "strace,cpu");
    }

    #[test]
    fn the_environment_is_unset_then_set() {
        let flags = Cli { set_env: vec!["B=x,y".into(), "N==".into()], unset_env: vec!["A".into()], ..cli() };
        let pairs = [("A", "1"), ("B", "2"), ("QEMU_SET_ENV", "C=3,D=")];
        let envp = config(flags, &pairs).envp;
        assert_eq!(envp, [&b"B=x,y"[..], b"QEMU_SET_ENV=C=3,D=", b"C=3", b"D=", b"N=="]);
    }

    #[test]
    fn wrong_values_say_what_to_try() {
        for (cli, says) in [
            (Cli { log: Some("nope".into()), ..cli() }, "-d nope: no such log item (try -d help)"),
            (
                Cli { strace: Some("read,nope".into()), ..cli() },
                "-strace=nope: no such system call or class (try open,read or %file, %network, %process, %signal)",
            ),
            (
                Cli { cpu: Some("z80".into()), ..cli() },
                "-cpu z80: no such processor or feature (there are max, cortex-a53, cortex-a72, cortex-a76, neoverse-n1, \
                 neoverse-v1-nosve; features as in max,pauth=off; try -cpu help)",
            ),
            (
                Cli { dfilter: Some("main".into()), ..cli() },
                "-dfilter main: not a range of addresses (try 0x1000..0x1fff or 0x1000+4096)",
            ),
            (Cli { stack_size: Some("big".into()), ..cli() }, "-s big: not a size in bytes (try 8M)"),
            (Cli { release: Some(String::new()), ..cli() }, "-r : not 1 to 64 bytes long"),
            (Cli { set_env: vec!["A".into()], ..cli() }, "-E A: not of the form VAR=VALUE"),
            (Cli { unset_env: vec!["A=1".into()], ..cli() }, "-U A=1: not the name of a variable"),
            (
                Cli { gdb: Some("99999".into()), ..cli() },
                "-g 99999: not a port (0 for any that is free), HOST:PORT, a path or -, with or without ,suspend=n",
            ),
            (
                Cli { on_disconnect: Some("wait".into()), ..cli() },
                "--on-disconnect wait: no such action (there are run, stop and kill)",
            ),
            (
                Cli { gdb: Some("-,suspend=n".into()), ..cli() },
                "suspend=n: not with -g - (name a port or a path, and a program)",
            ),
            (
                Cli { sysroot: Some("/no/dir".into()), ..cli() },
                "-L /no/dir: not a directory (name the root of an AArch64 system)",
            ),
        ] {
            assert_eq!(Config::new(cli, &env(&[])).unwrap_err().to_string(), says);
        }
    }

    #[test]
    fn sizes_parse() {
        for (text, size) in [("4096", Some(4096)), ("8M", Some(8 << 20)), ("64k", Some(1 << 16)), ("1G", Some(1 << 30))]
        {
            assert_eq!(parse_size(text), size);
        }
        for wrong in ["", "0", "M", "8MM", "-1", "8T", "99999999999G"] {
            assert_eq!(parse_size(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn gdb_addresses_parse() {
        let tcp = |host: &str, port| Ok((GdbAddress::Tcp(host.to_owned(), port), false));
        let unix = |path: &str| GdbAddress::Unix(path.into());
        assert_eq!(parse_gdb("1234"), tcp("127.0.0.1", 1234));
        assert_eq!(parse_gdb(":1234"), tcp("127.0.0.1", 1234));
        assert_eq!(parse_gdb("0.0.0.0:1234"), tcp("0.0.0.0", 1234));
        assert_eq!(parse_gdb("[::1]:1234"), tcp("::1", 1234));
        assert_eq!(parse_gdb("/tmp/a:1"), Ok((unix("/tmp/a:1"), false)));
        assert_eq!(parse_gdb("sock"), Ok((unix("sock"), false)));
        assert_eq!(parse_gdb("sock,suspend=n"), Ok((unix("sock"), true)));
        assert_eq!(parse_gdb("a-%d,suspend=y"), Ok((unix(&format!("a-{}", std::process::id())), false)));
        assert_eq!(parse_gdb("-"), Ok((GdbAddress::Stdio, false)));
        assert_eq!(parse_gdb("0"), tcp("127.0.0.1", 0));
        for wrong in ["", "host:", "host:x", "host:70000", ",suspend=n", "1,suspend=x"] {
            assert!(parse_gdb(wrong).is_err(), "{wrong}");
        }
    }
}
