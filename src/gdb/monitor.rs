//! `monitor COMMAND`: what gdb's own commands do not reach.

use super::target::ProcessTarget;
use crate::debug::Inferior;
use gdbstub::target::ext::monitor_cmd::{ConsoleOutput, MonitorCmd};
use std::convert::Infallible;

/// One command: its name, what it prints, its line in `monitor help`.
type Command = (&'static str, fn(&dyn Inferior) -> String, &'static str);

const COMMANDS: [Command; 3] = [
    ("help", |_| help(), "this list"),
    ("maps", |inferior| String::from_utf8_lossy(&inferior.maps()).into_owned(), "the guest's memory areas"),
    ("threads", threads, "the process's threads and where they stand"),
];

impl MonitorCmd for ProcessTarget<'_> {
    fn handle_monitor_cmd(&mut self, command: &[u8], mut out: ConsoleOutput<'_>) -> Result<(), Infallible> {
        out.write_raw(run(self.inferior, &String::from_utf8_lossy(command)).as_bytes());
        Ok(())
    }
}

/// What `monitor COMMAND` prints.
fn run(inferior: &dyn Inferior, command: &str) -> String {
    let name = command.trim();
    match COMMANDS.iter().find(|(known, _, _)| *known == name) {
        Some((_, print, _)) => print(inferior),
        None => format!("There is no monitor command \"{name}\". Try \"monitor help\".\n"),
    }
}

fn help() -> String {
    COMMANDS.iter().map(|(name, _, meaning)| format!("{name:<8} {meaning}\n")).collect()
}

fn threads(inferior: &dyn Inferior) -> String {
    let line = |tid: i32| {
        let name = inferior.thread_name(tid)?;
        let pc = inferior.registers(tid)?.pc;
        Some(format!("{tid:>8} pc {pc:#x} {name}\n"))
    };
    inferior.threads().into_iter().filter_map(line).collect()
}
