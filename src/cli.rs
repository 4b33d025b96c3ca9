//! What was typed: the command line and the environment variables that stand in for flags.
//!
//! Nothing is interpreted here beyond clap's syntax; `config` says what it means. qemu-user's
//! spellings with one dash (`-strace`, `-cpu max`) become clap's before clap sees them, and what
//! follows PROGRAM is the program's and stays as it is.

use clap::{ArgAction, CommandFactory, Parser};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// Runs an AArch64 Linux program on this machine; with -g, under gdb.
#[derive(Clone, PartialEq, Eq, Default, Debug, Parser)]
#[command(name = "emu", version, about, override_usage = "emu [OPTIONS] PROGRAM [ARGS...]", after_help = AFTER_HELP)]
pub struct Cli {
    /// Wait for gdb before the first instruction: a port on this machine (0 for any that is free),
    /// HOST:PORT, the path of a unix socket (%d in it: the process id), or - for standard input and output;
    /// with ",suspend=n" behind it the program starts at once and gdb may come at any time
    #[arg(short = 'g', long = "gdb", value_name = "PORT", env = "EMU_GDB")]
    pub gdb: Option<String>,

    /// With -g: start no program, but those that gdb runs (target extended-remote)
    #[arg(long = "multi")]
    pub multi: bool,

    /// With -g: start no program, but let gdb attach to this process, which runs under emu
    #[arg(long = "attach", value_name = "PID", conflicts_with = "multi")]
    pub attach: Option<i32>,

    /// What becomes of the program when gdb goes away without detaching: "run" (it runs on), "stop" (it stands
    /// still until another gdb connects), or "kill"
    #[arg(long = "on-disconnect", value_name = "ACTION", env = "EMU_ON_DISCONNECT")]
    pub on_disconnect: Option<String>,

    /// Root of the AArch64 system whose files the program sees before this machine's
    #[arg(short = 'L', long = "sysroot", value_name = "DIR", env = "EMU_SYSROOT")]
    pub sysroot: Option<OsString>,

    /// Set a variable of the program's environment (repeat for more)
    #[arg(short = 'E', long = "set-env", value_name = "VAR=VALUE")]
    pub set_env: Vec<OsString>,

    /// Remove a variable from the program's environment (repeat for more)
    #[arg(short = 'U', long = "unset-env", value_name = "VAR")]
    pub unset_env: Vec<OsString>,

    /// What the program is told as its own name, argv[0]
    #[arg(short = '0', long = "argv0", value_name = "NAME", env = "EMU_ARGV0")]
    pub argv0: Option<OsString>,

    /// The program's stack may grow to SIZE bytes (as in 8M), as with ulimit -s
    #[arg(short = 's', long = "stack-size", value_name = "SIZE", env = "EMU_STACK_SIZE")]
    pub stack_size: Option<String>,

    /// The kernel's release that the program is told, as uname -r shows it
    #[arg(short = 'r', long = "release", value_name = "RELEASE", env = "EMU_UNAME")]
    pub release: Option<String>,

    /// Show each system call and signal, as -d strace; with =SET only these calls, as strace -e trace=SET:
    /// names and classes (%file, %network, ...) separated by commas, or all others behind a "!"
    #[arg(long = "strace", value_name = "SET", env = "EMU_STRACE", num_args = 0..=1, require_equals = true, default_missing_value = "all")]
    pub strace: Option<String>,

    /// Write what -strace shows to FILE, from all processes, instead of to the log
    #[arg(short = 'o', long = "strace-file", value_name = "FILE", env = "EMU_STRACE_FILE")]
    pub strace_file: Option<OsString>,

    /// Log these ITEMS, separated by commas; "help" lists them
    #[arg(short = 'd', long = "log", value_name = "ITEMS", env = "EMU_LOG")]
    pub log: Option<String>,

    /// With -d in_asm, out_asm, exec or cpu: only of code at these addresses, as in 0x1000..0x1fff, 0x1000+4096
    #[arg(long = "dfilter", value_name = "RANGES", env = "EMU_DFILTER")]
    pub dfilter: Option<String>,

    /// Append the log to FILE instead of writing it to standard error
    #[arg(short = 'D', long = "log-file", value_name = "FILE", env = "EMU_LOG_FILE")]
    pub log_file: Option<OsString>,

    /// A process that dies and dumps core leaves DIR/core.PID (without =DIR, in this directory), whatever
    /// ulimit -c and the kernel's core_pattern say
    #[arg(long = "core", value_name = "DIR", env = "EMU_CORE", num_args = 0..=1, require_equals = true, default_missing_value = ".")]
    pub core: Option<OsString>,

    /// Write the names of translated code to /tmp/perf-PID.map, for perf report
    #[arg(long = "perfmap", env = "EMU_PERFMAP", value_parser = clap::builder::FalseyValueParser::new())]
    pub perfmap: bool,

    /// Write translated code to jit-PID.dump, for perf inject --jit
    #[arg(long = "jitdump", env = "EMU_JITDUMP", value_parser = clap::builder::FalseyValueParser::new())]
    pub jitdump: bool,

    /// What executes the program: "jit" (translation to x86-64; "jit:N" of what branches have gone to N
    /// times), or "interp" (interpretation)
    #[arg(long = "engine", value_name = "ENGINE", env = "EMU_ENGINE")]
    pub engine: Option<String>,

    /// Let the kernel run AArch64 programs through emu (binfmt_misc): "print" the registration,
    /// "install" or "remove" it
    #[arg(long = "binfmt", value_name = "ACTION")]
    pub binfmt: Option<String>,

    /// The processor that the program sees: max (the default, all that is implemented), cortex-a53,
    /// cortex-a72, cortex-a76, neoverse-n1 or neoverse-v1-nosve; features may follow, as in max,pauth=off; "help" lists them all
    #[arg(long = "cpu", value_name = "MODEL", env = "EMU_CPU")]
    pub cpu: Option<String>,

    /// Accepted for qemu's sake, without effect
    #[arg(long = "one-insn-per-tb", alias = "singlestep", hide = true)]
    pub one_insn_per_tb: bool,

    /// The program and its arguments
    #[arg(
        value_name = "PROGRAM",
        trailing_var_arg = true,
        action = ArgAction::Append
    )]
    pub command: Vec<OsString>,
}

const AFTER_HELP: &str = "\
Environment: EMU_GDB, EMU_SYSROOT, EMU_SET_ENV and EMU_UNSET_ENV (lists separated by commas), EMU_ARGV0,
EMU_STACK_SIZE, EMU_UNAME, EMU_STRACE, EMU_STRACE_FILE, EMU_ON_DISCONNECT, EMU_CORE, EMU_LOG, EMU_DFILTER,
EMU_LOG_FILE, EMU_PERFMAP, EMU_JITDUMP, EMU_ENGINE and EMU_CPU stand in for the flags; QEMU_GDB, QEMU_LD_PREFIX,
QEMU_SET_ENV, QEMU_UNSET_ENV, QEMU_ARGV0, QEMU_STACK_SIZE, QEMU_UNAME, QEMU_STRACE, QEMU_LOG, QEMU_DFILTER,
QEMU_LOG_FILENAME and QEMU_CPU are read after them.

Exit status: the program's own, or death by the signal that the program died of; 126 if the program cannot be
executed, 127 if it or its interpreter is not found, 1 for a wrong command line or a port in use.";

/// Flags of qemu-user that have no sense here, with the reason.
const OTHERS: &[(&str, &str)] = &[
    ("B", "a guest's addresses are the host's, there is no base to choose"),
    ("R", "a guest's addresses are the host's, none are set aside (try ulimit -v)"),
    ("p", "pages have 4096 bytes, as the host's have"),
    ("seed", "the guest's random numbers are the host kernel's (setarch -R fixes its addresses)"),
    ("trace", "there are no trace events (try -d help)"),
    ("plugin", "there are no plugins (try -d help, -g, or perf with --perfmap)"),
    ("tb-size", "the code cache grows with use"),
];

/// What the command line asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Request {
    /// Run a program.
    Run(Box<Cli>),
    /// What `--binfmt` names.
    Binfmt(String),
    /// List the processors of `-cpu` and succeed.
    Processors,
    /// Print this (help, version, the log's items) and succeed.
    Print(String),
}

/// Parses a command line, `args[0]` being emu's own name. The error is one line for the user.
pub fn parse(args: Vec<OsString>) -> Result<Request, String> {
    if let Some(cli) = plain(&args, std::env::vars_os().map(|(name, _)| name)) {
        return Ok(Request::Run(Box::new(cli)));
    }
    match Cli::try_parse_from(rewrite_qemu_spelling(args)?) {
        Ok(cli) if cli.log.as_deref() == Some("help") => Ok(Request::Print(crate::trace::log::help())),
        Ok(cli) if matches!(cli.cpu.as_deref(), Some("help" | "?")) => Ok(Request::Processors),
        Ok(Cli { binfmt: Some(action), .. }) => Ok(Request::Binfmt(action)),
        Ok(cli) if cli.command.is_empty() && !cli.multi && cli.attach.is_none() => Err("no program given".to_owned()),
        Ok(cli) => Ok(Request::Run(Box::new(cli))),
        Err(error) => match error.kind() {
            clap::error::ErrorKind::DisplayHelp | clap::error::ErrorKind::DisplayVersion => {
                Ok(Request::Print(error.render().to_string()))
            }
            _ => Err(first_line(&error)),
        },
    }
}

/// What clap would make of a command line that is as simple as they usually are: no flags before PROGRAM but
/// those of where its files are and what executes it, and no variable of ours. To set clap up takes longer than all
/// else before the program begins.
fn plain(args: &[OsString], mut variables: impl Iterator<Item = OsString>) -> Option<Cli> {
    if variables.any(|name| name.as_bytes().starts_with(b"EMU_")) {
        return None;
    }
    let mut cli = Cli::default();
    let mut rest = args.get(1..)?;
    while let [flag, value, behind @ ..] = rest {
        // A value that looks like a flag is for clap to refuse.
        match flag.as_bytes() {
            _ if value.as_bytes().starts_with(b"-") => break,
            b"-L" if cli.sysroot.is_none() => cli.sysroot = Some(value.clone()),
            b"--engine" if cli.engine.is_none() => cli.engine = Some(value.to_str()?.to_owned()),
            b"-E" => cli.set_env.push(value.clone()),
            _ => break,
        }
        rest = behind;
    }
    cli.command = rest.to_vec();
    cli.command.first().is_some_and(|program| !program.as_bytes().starts_with(b"-")).then_some(cli)
}

/// clap's messages have several lines; the first says what is wrong.
fn first_line(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let line = text.lines().next().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}

/// `-strace` → `--strace` and so on for each long flag, up to PROGRAM. The error explains one of [`OTHERS`].
fn rewrite_qemu_spelling(args: Vec<OsString>) -> Result<Vec<OsString>, String> {
    let mut command = Cli::command();
    command.build();
    let mut out = Vec::with_capacity(args.len());
    let mut args = args.into_iter();
    out.extend(args.next());
    while let Some(arg) = args.next() {
        let bytes = arg.as_bytes();
        if bytes == b"--" || bytes == b"-" || !bytes.starts_with(b"-") {
            out.push(arg);
            break;
        }
        let long = bytes.strip_prefix(b"--").or(bytes.strip_prefix(b"-")).unwrap_or_default();
        let name = long.split(|byte| *byte == b'=').next().unwrap_or_default();
        let (arg, takes_value) = match find_long(&command, name) {
            Some(flag) => (OsString::from_vec([b"--", long].concat()), name == long && takes_next(flag)),
            None => {
                if let Some((flag, why)) = OTHERS.iter().find(|(flag, _)| flag.as_bytes() == name) {
                    return Err(format!("-{flag}: {why}"));
                }
                let takes_value = find_short(&command, bytes).is_some_and(takes_next);
                (arg, takes_value)
            }
        };
        out.push(arg);
        if takes_value {
            out.extend(args.next());
        }
    }
    out.extend(args);
    Ok(out)
}

/// True if the argument behind `flag` is its value.
fn takes_next(flag: &clap::Arg) -> bool {
    flag.get_action().takes_values() && !flag.is_require_equals_set()
}

/// The flag with this long name.
fn find_long<'a>(command: &'a clap::Command, name: &[u8]) -> Option<&'a clap::Arg> {
    let is_it = |known: &str| name.len() > 1 && known.as_bytes() == name;
    command.get_arguments().find(|arg| {
        arg.get_long().is_some_and(is_it) || arg.get_all_aliases().unwrap_or_default().into_iter().any(is_it)
    })
}

/// The flag that `-x` is; `-xVALUE` has its value already and finds none.
fn find_short<'a>(command: &'a clap::Command, arg: &[u8]) -> Option<&'a clap::Arg> {
    let [b'-', letter] = arg else { return None };
    command.get_arguments().find(|flag| flag.get_short() == Some(char::from(*letter)))
}

/// A list in an environment variable, separated by commas as qemu's are.
pub fn split_list(list: &OsStr) -> impl Iterator<Item = OsString> {
    list.as_bytes().split(|&b| b == b',').filter(|item| !item.is_empty()).map(|item| OsString::from_vec(item.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(args: &[&str]) -> Cli {
        let args = ["emu"].iter().chain(args).map(OsString::from).collect();
        match parse(args) {
            Ok(Request::Run(cli)) => *cli,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn qemu_spellings_mean_the_same() {
        let ours = run(&["--strace", "--cpu", "max", "-g", "1234", "prog"]);
        assert_eq!(run(&["-strace", "-cpu", "max", "-g", "1234", "prog"]), ours);
        assert_eq!(ours.strace.as_deref(), Some("all"));
        assert_eq!(run(&["-strace=open", "prog"]).strace.as_deref(), Some("open"));
        assert_eq!(run(&["-cpu=max", "prog"]).cpu.as_deref(), Some("max"));
        assert!(run(&["-singlestep", "prog"]).one_insn_per_tb);
    }

    #[test]
    fn what_follows_the_program_is_untouched() {
        for rest in [&["-strace"][..], &["--", "-g", "1"], &["-L", "x", "--help"], &["-version"]] {
            let cli = run(&[&["-L", "root", "prog"], rest].concat());
            assert_eq!(cli.sysroot, Some("root".into()));
            assert_eq!(cli.command, [&["prog"], rest].concat().iter().map(OsString::from).collect::<Vec<_>>());
            assert_eq!(cli.strace, None);
        }
    }

    #[test]
    fn a_plain_command_line_means_what_clap_makes_of_it() {
        let all = |rest: &[&str]| -> Vec<OsString> { ["emu"].iter().chain(rest).map(OsString::from).collect() };
        for rest in [
            &["prog"][..],
            &["prog", "-g", "--"],
            &["", ""],
            &["-L", "/x", "prog", "-L", "/y"],
            &["-E", "A=1", "--engine", "interp", "-E", "B=2", "-L", "", "prog", "-E"],
        ] {
            let args = all(rest);
            let cli = plain(&args, ["QEMU_GDB".into()].into_iter());
            assert!(cli.is_some(), "{rest:?}");
            assert_eq!(plain(&args, ["HOME".into(), "EMU_GDB".into()].into_iter()), None);
            assert_eq!(Cli::try_parse_from(&args).ok(), cli, "{rest:?}");
        }
        for rest in [
            &[][..],
            &["-g", "1", "prog"],
            &["--", "prog"],
            &["-L", "/x"],
            &["-L", "/x", "-L", "/y", "prog"],
            &["-L", "--", "prog"],
            &["-L/x", "prog"],
            &["-E", "A=1", "-strace", "prog"],
        ] {
            assert_eq!(plain(&all(rest), [].into_iter()), None, "{rest:?}");
        }
    }

    #[test]
    fn a_double_dash_ends_the_flags() {
        assert_eq!(run(&["--", "-prog", "-x"]).command, ["-prog", "-x"]);
    }

    #[test]
    fn help_and_version_are_printed_in_all_spellings() {
        for args in
            [&["-h"][..], &["-help"], &["--help"], &["-version"], &["--version"], &["-d", "help"], &["-cpu", "help"]]
        {
            let args = ["emu"].iter().chain(args).map(OsString::from).collect();
            assert!(matches!(parse(args), Ok(Request::Print(_) | Request::Processors)));
        }
    }

    #[test]
    fn errors_are_one_line() {
        assert_eq!(parse(vec!["emu".into()]), Err("no program given".to_owned()));
        let error = parse(vec!["emu".into(), "--nonsense".into(), "prog".into()]).unwrap_err();
        assert_eq!(error, "unexpected argument '--nonsense' found");
        for (flag, why) in OTHERS {
            let args = vec!["emu".into(), format!("-{flag}").into(), "1".into(), "prog".into()];
            assert_eq!(parse(args), Err(format!("-{flag}: {why}")));
        }
    }
}
