//! `-strace`: a system call as strace(1) prints it, from the row's argument kinds.
//!
//! What the kernel reads is printed when the call is made (a handler may change it after), what
//! the kernel writes when it is over:
//!
//! ```text
//! let entry = Entry::new(guest, number, words);
//! … dispatch …
//! log(entry.returned(guest, result));      // openat(AT_FDCWD, "/etc/passwd", O_RDONLY) = 3
//! ```

pub(crate) mod commands;
mod filter;
mod shapes;
mod siginfo;
mod text;

pub use filter::Filter;
pub use siginfo::siginfo;
pub use text::signal_name;

use crate::errno::Errno;
use crate::flags;
use crate::guest::{Guest, GuestAddr};
use crate::kind::{Args, Kind, Shape, Way};
use crate::table::{self, Row};

/// Longest path shown whole.
const PATH_SHOWN: usize = 4096;

/// A call that has been made and not come back.
pub struct Entry {
    number: u64,
    args: Args,
    /// One text per argument; None for those that the kernel writes.
    texts: Vec<Option<String>>,
}

impl Entry {
    /// Prints what can be printed at the time of the call.
    pub fn new(guest: &dyn Guest, number: u64, words: [u64; 6]) -> Entry {
        let args = Args(words);
        let texts = match table::row(number) {
            Some(row) => shown(row, &args)
                .map(|(at, kind)| {
                    let kind = commands::kind_by_command(row.name, &args, at).unwrap_or(kind);
                    (!kind.is_output()).then(|| argument(guest, &args, at, kind, None))
                })
                .collect(),
            None => words.iter().map(|word| Some(format!("{word:#x}"))).collect(),
        };
        Entry { number, args, texts }
    }

    /// The whole line of a call that came back.
    pub fn returned(&self, guest: &dyn Guest, result: Result<u64, Errno>) -> String {
        let name = table::name(self.number);
        let kinds = table::row(self.number).map_or(&[][..], |row| row.kinds);
        let kind_at = |at: usize| commands::kind_by_command(&name, &self.args, at).or(kinds.get(at));
        let texts: Vec<String> = self
            .texts
            .iter()
            .enumerate()
            .map(|(at, before)| {
                let now = || kind_at(at).map(|kind| argument(guest, &self.args, at, kind, result.ok()));
                match (before, kind_at(at)) {
                    (Some(before), Some(Kind::Ptr(Way::InOut, Shape::Int | Shape::Long))) if result.is_ok() => {
                        now().map_or_else(|| before.clone(), |now| changed(before, &now))
                    }
                    (Some(before), _) => before.clone(),
                    (None, _) if result.is_ok() => now().unwrap_or_default(),
                    (None, _) => address(self.args.word(at)),
                }
            })
            .collect();
        let behind =
            result.map_or_else(|_| String::new(), |value| commands::behind_result(guest, &name, &self.args, value));
        format!("{name}({}) = {}{behind}", texts.join(", "), self.result_text(result))
    }

    /// The line of a call that does not come back (exit), or not yet (execve).
    pub fn unfinished(&self) -> String {
        self.line_with("?")
    }

    /// The line of a call that a signal interrupted before it took effect.
    pub fn interrupted(&self) -> String {
        self.line_with("? ERESTARTSYS (To be restarted if SA_RESTART is set)")
    }

    fn line_with(&self, result: &str) -> String {
        let words = self.texts.iter().enumerate();
        let texts: Vec<String> =
            words.map(|(at, text)| text.clone().unwrap_or_else(|| address(self.args.word(at)))).collect();
        format!("{}({}) = {result}", table::name(self.number), texts.join(", "))
    }

    fn result_text(&self, result: Result<u64, Errno>) -> String {
        match (table::name(self.number).as_ref(), result) {
            (_, Err(errno)) => format!("-1 {errno}"),
            ("brk" | "mmap" | "mremap" | "shmat", Ok(value)) => format!("{value:#x}"),
            ("fcntl", Ok(value)) if self.args.int(1) == libc::F_GETFL => {
                format!("{value:#x} (flags {})", flags::OPEN.text(value))
            }
            (_, Ok(value)) => (value as i64).to_string(),
        }
    }
}

/// The arguments that count: a mode without O_CREAT does not.
fn shown<'a>(row: &'a Row, args: &Args) -> impl Iterator<Item = (usize, &'a Kind)> {
    let args = *args;
    row.kinds.iter().enumerate().filter(move |(_, kind)| match kind {
        Kind::ModeIf(at, bits) => args.word(*at) & bits != 0,
        _ => true,
    })
}

/// One argument. `result` is what the call returned, None before it has.
fn argument(guest: &dyn Guest, args: &Args, at: usize, kind: &Kind, result: Option<u64>) -> String {
    let word = args.word(at);
    match kind {
        Kind::Int | Kind::Fd | Kind::NewFd => (word as i32).to_string(),
        Kind::Uint => (word as u32).to_string(),
        Kind::Long => (word as i64).to_string(),
        Kind::Size => word.to_string(),
        Kind::Hex | Kind::Any => hex(word),
        Kind::Mode | Kind::ModeIf(..) => format!("0{:o}", word as u32),
        Kind::Signal => signal_name(word as i32),
        Kind::Flags(set) => set.text(u64::from(word as u32)),
        Kind::Dirfd if word as i32 == libc::AT_FDCWD => "AT_FDCWD".into(),
        Kind::Dirfd => (word as i32).to_string(),
        Kind::Addr => address(word),
        Kind::Path(_) | Kind::RawPath | Kind::Str => string(guest, GuestAddr(word)),
        Kind::StrArray => string_array(guest, GuestAddr(word)),
        Kind::Environment => environment(guest, GuestAddr(word)),
        Kind::BytesIn(size) => buffer(guest, word, args.word(*size)),
        Kind::BytesOut(size) => buffer(guest, word, result.unwrap_or(0).min(args.word(*size))),
        Kind::Ptr(..) if word == 0 => "NULL".into(),
        Kind::Ptr(way, shape) => {
            let count = if *way == Way::Out { result } else { None };
            shapes::text(guest, args, GuestAddr(word), *shape, count).unwrap_or_else(|_| address(word))
        }
    }
}

/// `[110 => 16]`: a length or offset that the call moved.
fn changed(before: &str, now: &str) -> String {
    match (before.strip_suffix(']'), now.strip_prefix('[')) {
        (Some(old), Some(new)) if before != now => format!("{old} => {new}"),
        _ => before.to_string(),
    }
}

/// A pointer.
fn address(word: u64) -> String {
    if word == 0 { "NULL".into() } else { format!("{word:#x}") }
}

fn hex(word: u64) -> String {
    if word == 0 { "0".into() } else { format!("{word:#x}") }
}

fn string(guest: &dyn Guest, at: GuestAddr) -> String {
    match guest.read_cstr(at, PATH_SHOWN) {
        Ok(bytes) => text::quoted(&bytes, PATH_SHOWN),
        Err(_) => address(at.0),
    }
}

/// `["ls", "-l"]`, cut after 32 strings.
fn string_array(guest: &dyn Guest, at: GuestAddr) -> String {
    const SHOWN: u64 = 32;
    let mut parts = Vec::new();
    for index in 0..=SHOWN {
        let mut pointer = [0; 8];
        if at.0 == 0 || guest.read(GuestAddr(at.0.wrapping_add(8 * index)), &mut pointer).is_err() {
            return address(at.0);
        }
        match u64::from_le_bytes(pointer) {
            0 => break,
            _ if index == SHOWN => parts.push("...".into()),
            pointer => parts.push(string(guest, GuestAddr(pointer))),
        }
    }
    format!("[{}]", parts.join(", "))
}

/// `0x3ff… /* 12 vars */`.
fn environment(guest: &dyn Guest, at: GuestAddr) -> String {
    const MOST: u64 = 1 << 16;
    let mut pointer = [0; 8];
    let is_there =
        |index: &u64| guest.read(GuestAddr(at.0.wrapping_add(8 * index)), &mut pointer).is_ok() && pointer != [0; 8];
    if at.0 == 0 {
        return "NULL".into();
    }
    let count = (0..MOST).take_while(is_there).count();
    format!("{:#x} /* {count} var{} */", at.0, if count == 1 { "" } else { "s" })
}

/// The first bytes of a buffer of `len`.
fn buffer(guest: &dyn Guest, at: u64, len: u64) -> String {
    let mut bytes = vec![0; len.min(text::SHOWN as u64 + 1) as usize];
    match guest.read(GuestAddr(at), &mut bytes) {
        Ok(()) => text::quoted(&bytes, text::SHOWN),
        Err(_) => address(at),
    }
}
