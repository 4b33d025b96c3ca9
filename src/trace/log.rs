//! The log: `-d ITEMS` says what goes in, `-D FILE` where (standard error without it).
//!
//! One write(2) per message to a descriptor of the log's own, without buffers or locks: nothing is
//! lost or doubled by a fork, and the guest may close or redirect its standard error.

use super::ranges::Ranges;
use crate::host::{HostErrno, fds, raw};
use std::ffi::CStr;
use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};

/// Declares the items once: variant, name on the command line, what `-d help` says.
macro_rules! items {
    ($($variant:ident = $name:literal, $help:literal;)*) => {
        /// A kind of message.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Item {
            $(#[doc = $help] $variant,)*
        }

        impl Item {
            /// All of them.
            pub const ALL: &[Item] = &[$(Item::$variant),*];

            /// As `-d` names it.
            pub fn name(self) -> &'static str {
                match self { $(Item::$variant => $name,)* }
            }

            /// One line about it.
            pub fn help(self) -> &'static str {
                match self { $(Item::$variant => $help,)* }
            }
        }
    };
}

items! {
    Strace = "strace", "each system call with its arguments and result, and each signal delivered";
    InAsm = "in_asm", "guest code, disassembled, when it is first decoded, or translated";
    OutAsm = "out_asm", "what each unit of guest code is translated to, disassembled";
    Exec = "exec", "the address of each block of guest code before it is executed";
    Cpu = "cpu", "the registers before each block of guest code";
    Int = "int", "each exit from guest code: exceptions, faults, interruptions";
    Unimp = "unimp", "instructions and system calls that are not implemented";
    Page = "page", "the guest's memory areas when a program starts";
    Stats = "stats", "counts of what was translated and why translated code was left, when the process exits";
    PerfMap = "perfmap", "not logged, but as --perfmap: names of translated code in /tmp/perf-PID.map";
    JitDump = "jitdump", "not logged, but as --jitdump: translated code in jit-PID.dump";
}

/// A set of items.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Items(u32);

impl Items {
    /// No item.
    pub const NONE: Items = Items(0);

    /// The set with `item`.
    #[must_use]
    pub fn with(self, item: Item) -> Items {
        Items(self.0 | 1 << item as u32)
    }

    /// True if `item` is in the set.
    pub fn has(self, item: Item) -> bool {
        self.0 & 1 << item as u32 != 0
    }

    /// True for the empty set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Parses names separated by commas; the first unknown one is the error.
    pub fn parse(list: &str) -> Result<Items, String> {
        list.split(',').map(str::trim).filter(|name| !name.is_empty()).try_fold(Items::NONE, |all, name| {
            let item = Item::ALL.iter().find(|item| item.name() == name).ok_or_else(|| name.to_owned())?;
            Ok(all.with(*item))
        })
    }

    /// The names, separated by commas, as [`Items::parse`] reads them.
    pub fn names(self) -> String {
        let names: Vec<&str> = Item::ALL.iter().filter(|item| self.has(**item)).map(|item| item.name()).collect();
        names.join(",")
    }
}

/// What `-d help` prints.
pub fn help() -> String {
    let width = Item::ALL.iter().map(|item| item.name().len()).max().unwrap_or(0);
    Item::ALL.iter().map(|item| format!("{:width$}  {}\n", item.name(), item.help())).collect()
}

static ITEMS: AtomicU32 = AtomicU32::new(0);
static FD: AtomicI32 = AtomicI32::new(libc::STDERR_FILENO);
/// Where system calls are shown, if not there; else -1.
static STRACE_FD: AtomicI32 = AtomicI32::new(-1);
/// Where code is that is logged; unset, everywhere.
static RANGES: OnceLock<Ranges> = OnceLock::new();

/// Starts logging `items` to `file`, appending, or to standard error. Logging without a file never
/// fails: if standard error cannot be duplicated, it is used as it is.
pub fn start(items: Items, file: Option<&CStr>) -> Result<(), HostErrno> {
    let fd = match file {
        Some(path) => {
            let flags = libc::O_WRONLY | libc::O_CREAT | libc::O_APPEND | libc::O_CLOEXEC;
            fds::hide(raw::openat(libc::AT_FDCWD, path, flags, 0o644)?)?
        }
        None if items.is_empty() => libc::STDERR_FILENO,
        None => fds::dup_high(libc::STDERR_FILENO).unwrap_or(libc::STDERR_FILENO),
    };
    FD.store(fd, Ordering::Relaxed);
    ITEMS.store(items.0, Ordering::Relaxed);
    Ok(())
}

/// Shows system calls in `file`, which is emptied, from now on.
pub fn divert_strace(file: &CStr) -> Result<(), HostErrno> {
    let flags = libc::O_WRONLY | libc::O_CREAT | libc::O_TRUNC | libc::O_APPEND | libc::O_CLOEXEC;
    STRACE_FD.store(fds::hide(raw::openat(libc::AT_FDCWD, file, flags, 0o666)?)?, Ordering::Relaxed);
    Ok(())
}

/// Logs code at these addresses only; before the first message.
pub fn confine(ranges: Ranges) {
    // Asked for once in a process.
    let _ = RANGES.set(ranges);
}

/// Where code is that is logged.
pub fn ranges() -> &'static Ranges {
    static ALL: Ranges = Ranges::ALL;
    RANGES.get().unwrap_or(&ALL)
}

/// Goes on with the log of the emulator that executed this one: its [`descriptors`] are inherited.
pub fn resume(items: Items, [fd, strace_fd]: [i32; 2]) {
    for fd in [fd, strace_fd].into_iter().filter(|&fd| fd > libc::STDERR_FILENO) {
        fds::adopt(fd);
    }
    FD.store(fd, Ordering::Relaxed);
    STRACE_FD.store(strace_fd, Ordering::Relaxed);
    ITEMS.store(items.0, Ordering::Relaxed);
}

/// Logs `item` from now on, or no longer.
pub fn switch(item: Item, enabled: bool) {
    let bit = 1 << item as u32;
    match enabled {
        true => ITEMS.fetch_or(bit, Ordering::Relaxed),
        false => ITEMS.fetch_and(!bit, Ordering::Relaxed),
    };
}

/// The items being logged.
pub fn items() -> Items {
    Items(ITEMS.load(Ordering::Relaxed))
}

/// The log's descriptor, and that of system calls, -1 if they go there too.
pub fn descriptors() -> [i32; 2] {
    [FD.load(Ordering::Relaxed), STRACE_FD.load(Ordering::Relaxed)]
}

fn descriptor_of(item: Item) -> i32 {
    match (item, descriptors()) {
        (Item::Strace, [_, own]) if own >= 0 => own,
        (_, [log, _]) => log,
    }
}

/// True if `item` is being logged: ask before computing what costs something.
#[inline]
pub fn is_on(item: Item) -> bool {
    items().has(item)
}

/// Writes a message as it is, in one piece, if `item` is being logged. Who wants a line ends it.
pub fn write(item: Item, message: fmt::Arguments<'_>) {
    if is_on(item) {
        // A full disk or a closed pipe must not stop the guest.
        let _ = raw::write_all(descriptor_of(item), fmt::format(message).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_parse_back() {
        let all = Item::ALL.iter().fold(Items::NONE, |set, item| set.with(*item));
        assert_eq!(Items::parse(&all.names()), Ok(all));
        assert_eq!(Items::parse(""), Ok(Items::NONE));
        assert_eq!(Items::parse("strace,nonsense"), Err("nonsense".to_owned()));
    }

    #[test]
    fn help_names_each_item() {
        assert!(Item::ALL.iter().all(|item| help().contains(item.name())));
    }
}
