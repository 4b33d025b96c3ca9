//! What an argument word of a system call is, as data.
//!
//! The dispatcher reads it to keep the emulator's descriptors and memory out of reach and to put
//! paths through the sysroot overlay; `-strace` reads it to print the word. A kind says nothing
//! about a call that is not true of every architecture.

use crate::guest::Follow;

/// The six argument words, X0 to X5, with the narrowing that the kernel's SYSCALL_DEFINE does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Args(pub [u64; 6]);

impl Args {
    /// The whole word; 0 for a place that does not exist.
    #[inline]
    pub fn word(&self, at: usize) -> u64 {
        self.0.get(at).copied().unwrap_or(0)
    }

    /// An `int` (the upper half is ignored, as by the kernel).
    #[inline]
    pub fn int(&self, at: usize) -> i32 {
        self.word(at) as i32
    }

    /// An `unsigned int`.
    #[inline]
    pub fn uint(&self, at: usize) -> u32 {
        self.word(at) as u32
    }

    /// A guest pointer.
    #[inline]
    pub fn addr(&self, at: usize) -> crate::GuestAddr {
        crate::GuestAddr(self.word(at))
    }

    /// The same words with one replaced.
    #[inline]
    #[must_use]
    pub fn with(mut self, at: usize, word: u64) -> Args {
        if let Some(place) = self.0.get_mut(at) {
            *place = word;
        }
        self
    }
}

/// Whether a path's last component is followed when it is a symbolic link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Walk {
    /// Always.
    Follow,
    /// Never (lstat, unlink, rename, symlink …).
    NoFollow,
    /// Unless this bit is set in that argument (AT_SYMLINK_NOFOLLOW).
    Unless(usize, u32),
    /// Only if this bit is set in that argument (AT_SYMLINK_FOLLOW).
    If(usize, u32),
}

impl Walk {
    /// The answer for one call.
    pub fn follow(self, args: &Args) -> Follow {
        let follows = match self {
            Walk::Follow => true,
            Walk::NoFollow => false,
            Walk::Unless(at, bit) => args.uint(at) & bit == 0,
            Walk::If(at, bit) => args.uint(at) & bit != 0,
        };
        if follows { Follow::Yes } else { Follow::No }
    }
}

/// Which way a structure goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// The kernel reads it.
    In,
    /// The kernel writes it.
    Out,
    /// The kernel reads, then writes it.
    InOut,
}

/// What a pointer points to, as far as `-strace` prints it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// Printed as an address.
    Opaque,
    /// The guest's `struct stat`.
    Stat,
    /// `struct statx`.
    Statx,
    /// `struct timespec`.
    Timespec,
    /// `struct timespec[2]` (utimensat).
    TimespecPair,
    /// `struct itimerspec`.
    Itimerspec,
    /// `struct timeval`.
    Timeval,
    /// `struct itimerval`.
    Itimerval,
    /// `int[2]` (pipe2, socketpair).
    FdPair,
    /// One `int`.
    Int,
    /// One unsigned 32-bit number (uid_t, gid_t, unsigned).
    Uint,
    /// One 64-bit offset or length.
    Long,
    /// A wait status.
    WaitStatus,
    /// The kernel's 8-byte sigset_t.
    SigSet,
    /// `struct sigaction`.
    SigAction,
    /// `stack_t`.
    SigAltStack,
    /// `siginfo_t`.
    SigInfo,
    /// `struct rlimit`.
    Rlimit,
    /// `struct rusage`.
    Rusage,
    /// `struct utsname`.
    Utsname,
    /// `struct sockaddr`, as long as the argument named says (a word for In, a pointer for Out).
    Sockaddr(usize),
    /// `struct pollfd[]`, as many as the argument named says.
    Pollfds(usize),
    /// The guest's `struct epoll_event`.
    EpollEvent,
    /// The guest's `struct epoll_event[]`, as many as the call returns.
    EpollEvents,
    /// `struct iovec[]`, as many as the argument named says.
    Iovec(usize),
    /// The same, of addresses in another process.
    RemoteIovec(usize),
    /// `struct futex_waitv[]`, as many as the argument named says.
    FutexWaiters(usize),
    /// `struct msghdr`.
    Msghdr,
    /// `struct mmsghdr[]`, as many as the argument named says.
    Mmsghdrs(usize),
    /// `struct open_how`.
    OpenHow,
    /// `struct clone_args`, as long as the argument named says.
    CloneArgs(usize),
    /// `struct linux_dirent64[]`, as many bytes as the call returns.
    Dirents,
    /// `struct statfs`.
    Statfs,
    /// `struct flock`.
    Flock,
    /// The kernel's `struct termios`.
    Termios,
    /// `struct winsize`.
    Winsize,
    /// `fd_set`, as many bits as the argument named says.
    FdSet(usize),
}

/// What an argument word is.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A signed 32-bit number.
    Int,
    /// An unsigned 32-bit number.
    Uint,
    /// A signed 64-bit number.
    Long,
    /// An unsigned 64-bit number: a size or a count.
    Size,
    /// A number best read in hexadecimal.
    Hex,
    /// File permission bits, in octal.
    Mode,
    /// The same, but only if one of these bits is set in that argument (open's O_CREAT).
    ModeIf(usize, u64),
    /// A number or an accessed pointer, as another argument says (ioctl, fcntl, prctl).
    Any,
    /// A signal number.
    Signal,
    /// A set of flags.
    Flags(&'static FlagSet),
    /// An open descriptor.
    Fd,
    /// A directory descriptor or AT_FDCWD.
    Dirfd,
    /// The number a new descriptor is to get (dup3).
    NewFd,
    /// A guest address that the call does not access (mmap's hint).
    Addr,
    /// A path, looked up by the kernel relative to the Dirfd just before it or to the working
    /// directory.
    Path(Walk),
    /// A path that the handler itself looks up, or that is no lookup (a symbolic link's text).
    RawPath,
    /// Another NUL-terminated string.
    Str,
    /// A NULL-terminated array of strings.
    StrArray,
    /// Another one, of which the number says enough.
    Environment,
    /// Bytes that the kernel reads, as many as the argument named says.
    BytesIn(usize),
    /// Bytes that the kernel writes, as many as the call returns, at most as many as the argument
    /// named says.
    BytesOut(usize),
    /// A pointer to a structure.
    Ptr(Way, Shape),
}

impl Kind {
    /// True if the kernel may read or write through the word.
    pub const fn may_be_accessed(&self) -> bool {
        matches!(
            self,
            Kind::Any
                | Kind::Path(_)
                | Kind::RawPath
                | Kind::Str
                | Kind::StrArray
                | Kind::Environment
                | Kind::BytesIn(_)
                | Kind::BytesOut(_)
                | Kind::Ptr(..)
        )
    }

    /// True if `-strace` can print the word only after the call.
    pub const fn is_output(&self) -> bool {
        matches!(self, Kind::BytesOut(_) | Kind::Ptr(Way::Out, _))
    }
}

/// How a word of flags is spelled.
#[derive(Debug)]
pub struct FlagSet {
    /// A field of the word that holds one of several values (O_ACCMODE, MAP_TYPE), else 0.
    pub field: u64,
    /// The field's values.
    pub choices: &'static [(u64, &'static str)],
    /// Single bits, and combinations before the bits they contain.
    pub bits: &'static [(u64, &'static str)],
    /// What a word of zero is called, else it prints as 0.
    pub zero: &'static str,
}

impl FlagSet {
    /// True if `value` is one of [`FlagSet::choices`].
    pub fn has_name(&self, value: u64) -> bool {
        self.choices.iter().any(|&(known, _)| known == value)
    }

    /// `O_RDONLY|O_CLOEXEC|0x8`: the names, then what has none.
    pub fn text(&self, word: u64) -> String {
        let mut parts = Vec::new();
        let mut rest = word;
        if self.field != 0
            && let Some((_, name)) = self.choices.iter().find(|(value, _)| *value == word & self.field)
        {
            parts.push((*name).to_string());
            rest &= !self.field;
        }
        for &(bit, name) in self.bits {
            if bit != 0 && rest & bit == bit {
                parts.push(name.to_string());
                rest &= !bit;
            }
        }
        if rest != 0 {
            parts.push(format!("{rest:#x}"));
        }
        match parts.is_empty() {
            true if self.zero.is_empty() => "0".to_string(),
            true => self.zero.to_string(),
            false => parts.join("|"),
        }
    }
}
