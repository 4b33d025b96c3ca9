//! What the next process is to be: what gdb has said of it (`set args`, `set environment`, `set cwd` …), and else
//! what the one before was. It goes wherever the socket goes.

use super::packet::{from_hex, to_hex};
use crate::debug::Inferior;
use std::os::unix::ffi::OsStringExt;

/// What the next process is to be, as far as gdb has said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NextRun {
    /// The program; empty: the same as before.
    pub program: Vec<u8>,
    /// Its arguments, without the name.
    pub args: Vec<Vec<u8>>,
    /// Working directory, if it is not `start_dir`.
    pub cwd: Option<Vec<u8>>,
    /// Where the emulator was started, wherever processes have gone since.
    pub start_dir: Vec<u8>,
    /// Variables of its environment, set or (without a value) removed, in this order.
    pub environment: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    /// Its addresses are to be the same each time.
    pub fixed_addresses: bool,
    /// It is to be started.
    pub(super) is_due: bool,
    /// gdb does not wait for its first stop.
    pub(super) is_restart: bool,
}

/// What became of a packet about the next process.
pub(super) enum Taken {
    Yes,
    Malformed,
    /// The program is to be run.
    Waits,
}

impl Default for NextRun {
    /// As long as gdb says nothing else, addresses are fixed, as gdbserver has it.
    fn default() -> NextRun {
        NextRun {
            program: Vec::new(),
            args: Vec::new(),
            cwd: None,
            start_dir: Vec::new(),
            environment: Vec::new(),
            fixed_addresses: true,
            is_due: false,
            is_restart: false,
        }
    }
}

impl NextRun {
    /// A process that gdb has not started is as it is now, started here.
    pub(super) fn is_as_now(&mut self, inferior: &mut dyn Inferior) {
        self.program = inferior.exec_file();
        let mut words = Vec::new();
        let line = inferior.open(b"/proc/self/cmdline", libc::O_RDONLY, 0).map(std::fs::File::from);
        // Without /proc there are no arguments.
        let _ = line.map(|mut line| std::io::Read::read_to_end(&mut line, &mut words));
        let words = words.strip_suffix(b"\0").unwrap_or_default().split(|byte| *byte == 0);
        self.args = words.skip(1).map(<[u8]>::to_vec).collect();
        self.start_here();
    }

    /// The current directory is the start directory.
    pub(super) fn start_here(&mut self) {
        self.start_dir = std::env::current_dir().unwrap_or_default().into_os_string().into_vec();
    }

    /// The directory to start in; empty: where we are.
    pub fn directory(&self) -> &[u8] {
        self.cwd.as_deref().unwrap_or(&self.start_dir)
    }

    /// `R`: the same once more; false if there is no program.
    pub(super) fn restart(&mut self) -> bool {
        self.is_due = !self.program.is_empty();
        self.is_restart = self.is_due;
        self.is_due
    }

    /// `None` if the packet is about something else.
    pub(super) fn take(&mut self, body: &[u8]) -> Option<Taken> {
        let (name, value) = body.split_at(body.iter().position(|byte| b":;".contains(byte)).unwrap_or(body.len()));
        let value = value.get(1..).unwrap_or_default();
        let taken = match name {
            b"QEnvironmentReset" => {
                self.environment.clear();
                Some(())
            }
            b"QEnvironmentHexEncoded" => self.set_variable(value),
            b"QEnvironmentUnset" => from_hex(value).map(|name| self.environment.push((name, None))),
            b"QSetWorkingDir" => from_hex(value).map(|dir| self.cwd = Some(dir).filter(|dir| !dir.is_empty())),
            b"QDisableRandomization" => {
                self.fixed_addresses = value == b"1";
                Some(())
            }
            // No shell takes part: gdb has split the arguments, and what they are is what the program gets.
            b"QStartupWithShell" => Some(()),
            b"vRun" => return Some(self.set_command(value).map_or(Taken::Malformed, |()| Taken::Waits)),
            _ => return None,
        };
        Some(taken.map_or(Taken::Malformed, |()| Taken::Yes))
    }

    fn set_variable(&mut self, hex: &[u8]) -> Option<()> {
        let variable = from_hex(hex)?;
        let (name, value) = variable.split_at(variable.iter().position(|byte| *byte == b'=')?);
        self.environment.push((name.to_vec(), Some(value.get(1..)?.to_vec())));
        Some(())
    }

    /// Program and arguments; without a program it is the one before.
    fn set_command(&mut self, words: &[u8]) -> Option<()> {
        let mut words = words.split(|byte| *byte == b';').map(from_hex).collect::<Option<Vec<_>>>()?.into_iter();
        self.program = words.next().filter(|program| !program.is_empty()).unwrap_or(std::mem::take(&mut self.program));
        self.args = words.collect();
        self.is_due = !self.program.is_empty();
        self.is_due.then_some(())
    }
}

impl NextRun {
    /// One word.
    pub(super) fn encode(&self) -> String {
        let argument = |arg: &Vec<u8>| format!("arg={}", to_hex(arg));
        let variable = |(name, value): &(Vec<u8>, Option<Vec<u8>>)| match value {
            Some(value) => format!("set={}:{}", to_hex(name), to_hex(value)),
            None => format!("unset={}", to_hex(name)),
        };
        let mut parts = vec![format!("program={}", to_hex(&self.program))];
        parts.extend(self.args.iter().map(argument));
        parts.extend(self.cwd.iter().map(|dir| format!("cwd={}", to_hex(dir))));
        parts.extend(self.environment.iter().map(variable));
        parts.push(format!("dir={}", to_hex(&self.start_dir)));
        let flags = [("fixed", self.fixed_addresses), ("due", self.is_due), ("restart", self.is_restart)];
        parts.extend(flags.map(|(name, value)| format!("{name}={}", u8::from(value))));
        parts.join(",")
    }

    /// The inverse.
    pub(super) fn decode(word: &str) -> Option<NextRun> {
        let mut next = NextRun::default();
        for part in word.split(',') {
            let (key, value) = part.split_once('=')?;
            let bytes = |hex: &str| from_hex(hex.as_bytes());
            match key {
                "program" => next.program = bytes(value)?,
                "arg" => next.args.push(bytes(value)?),
                "cwd" => next.cwd = Some(bytes(value)?),
                "set" => {
                    let (name, value) = value.split_once(':')?;
                    next.environment.push((bytes(name)?, Some(bytes(value)?)));
                }
                "unset" => next.environment.push((bytes(value)?, None)),
                "dir" => next.start_dir = bytes(value)?,
                "fixed" => next.fixed_addresses = value == "1",
                "due" => next.is_due = value == "1",
                "restart" => next.is_restart = value == "1",
                _ => return None,
            }
        }
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_be_run_survives_the_text_form() {
        let next = NextRun {
            program: b"/bin/a b,c".to_vec(),
            args: vec![b"".to_vec(), b"x=y".to_vec()],
            cwd: Some(b"/tmp".to_vec()),
            start_dir: b"/".to_vec(),
            environment: vec![(b"A".to_vec(), Some(b"".to_vec())), (b"B".to_vec(), None)],
            fixed_addresses: true,
            is_due: true,
            is_restart: true,
        };
        assert_eq!(NextRun::decode(&next.encode()), Some(next));
        assert_eq!(NextRun::decode("program=zz"), None);
    }
}
