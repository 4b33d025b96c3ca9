//! `monitor COMMAND`: what gdb's own commands do not reach.

use super::packet::hex_u64;
use super::target::ProcessTarget;
use crate::debug::Inferior;
use gdbstub::target::ext::monitor_cmd::{ConsoleOutput, MonitorCmd};
use std::convert::Infallible;

/// One command.
struct Command {
    name: &'static str,
    /// What may follow the name; empty: nothing.
    arguments: &'static [&'static str],
    /// Its line in `monitor help`.
    meaning: &'static str,
    /// Does it, and says what is to be printed.
    run: fn(&mut dyn Inferior, &str) -> String,
}

/// Among [`Command::arguments`], stands for any address, in hexadecimal digits.
const ADDRESS: &str = "ADDR";

/// Ends the session and all its processes; more than one process can do, so the session does it.
pub const EXIT: &str = "exit";

const COMMANDS: [Command; 8] = [
    Command { name: "help", arguments: &[], meaning: "this list", run: |_, _| help() },
    Command {
        name: "maps",
        arguments: &[],
        meaning: "the guest's memory areas",
        run: |inferior, _| String::from_utf8_lossy(&inferior.maps()).into_owned(),
    },
    Command { name: "fds", arguments: &[], meaning: "its open files", run: fds },
    Command { name: "threads", arguments: &[], meaning: "its threads and where they stand", run: threads },
    Command {
        name: "syscalls",
        arguments: &["on", "off"],
        meaning: "log its system calls and signals from now on, as -strace does",
        run: |inferior, switch| {
            inferior.log_syscalls(switch == "on");
            String::new()
        },
    },
    Command {
        name: "stats",
        arguments: &[],
        meaning: "what was translated (with -d stats: and why translated code was left)",
        run: |inferior, _| inferior.statistics(),
    },
    Command {
        name: "translate",
        arguments: &[ADDRESS],
        meaning: "the guest's code from there on, and what it is translated to",
        run: |inferior, word| address(word).map_or_else(String::new, |addr| inferior.translation(addr)),
    },
    Command {
        name: EXIT,
        arguments: &[],
        meaning: "kill all processes and end the session",
        run: |_, _| String::new(),
    },
];

impl MonitorCmd for ProcessTarget<'_> {
    fn handle_monitor_cmd(&mut self, command: &[u8], mut out: ConsoleOutput<'_>) -> Result<(), Infallible> {
        out.write_raw(run(self.inferior, &String::from_utf8_lossy(command)).as_bytes());
        Ok(())
    }
}

/// What `monitor LINE` prints.
fn run(inferior: &mut dyn Inferior, line: &str) -> String {
    let mut words = line.split_whitespace();
    let (name, argument) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    match COMMANDS.iter().find(|command| command.name == name) {
        Some(command) if words.next().is_some() || !command.takes(argument) => {
            format!("Usage: monitor {}\n", command.usage())
        }
        Some(command) => (command.run)(inferior, argument),
        None => format!("There is no monitor command \"{}\". Try \"monitor help\".\n", line.trim()),
    }
}

impl Command {
    fn takes(&self, argument: &str) -> bool {
        match self.arguments {
            [] => argument.is_empty(),
            [ADDRESS] => address(argument).is_some(),
            words => words.contains(&argument),
        }
    }

    fn usage(&self) -> String {
        format!("{} {}", self.name, self.arguments.join("|")).trim_end().to_owned()
    }
}

fn address(word: &str) -> Option<u64> {
    hex_u64(word.strip_prefix("0x").unwrap_or(word).as_bytes())
}

fn help() -> String {
    COMMANDS.iter().map(|command| format!("{:<16} {}\n", command.usage(), command.meaning)).collect()
}

fn threads(inferior: &mut dyn Inferior, _: &str) -> String {
    let line = |tid: i32| {
        let name = inferior.thread_name(tid)?;
        let pc = inferior.registers(tid)?.pc;
        Some(format!("{tid:>8} pc {pc:#x} {name}\n"))
    };
    inferior.threads().into_iter().filter_map(line).collect()
}

fn fds(inferior: &mut dyn Inferior, _: &str) -> String {
    let line = |(fd, target): (i32, Vec<u8>)| format!("{fd:>8} {}\n", String::from_utf8_lossy(&target));
    inferior.descriptors().into_iter().map(line).collect()
}
