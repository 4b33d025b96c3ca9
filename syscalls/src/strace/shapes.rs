//! Structures behind pointers, as strace(1) prints them.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::siginfo::siginfo;
use super::text::{quoted, signal_name, signal_set};
use super::{address, buffer};
use crate::abi::bytes::{get_i32, get_i64, get_u16, get_u32, get_u64};
use crate::abi::{epoll, stat};
use crate::errno::Errno;
use crate::flags;
use crate::guest::{Guest, GuestAddr};
use crate::kind::{Args, FlagSet, Shape};
use crate::signal::{SIGACTION_SIZE, SIGALTSTACK_SIZE};

/// Most elements of an array that are shown.
const ELEMENTS: u64 = 32;

/// The structure at `at`. `result` is the call's result where the structure is its output.
pub fn text(guest: &dyn Guest, args: &Args, at: GuestAddr, shape: Shape, result: Option<u64>) -> Result<String, Errno> {
    let text = match shape {
        Shape::Opaque => address(at.0),
        Shape::Int => format!("[{}]", get_i32(&read::<4>(guest, at)?, 0)),
        Shape::Uint => format!("[{}]", get_u32(&read::<4>(guest, at)?, 0)),
        Shape::Long => format!("[{}]", get_i64(&read::<8>(guest, at)?, 0)),
        Shape::FdPair => {
            let pair = read::<8>(guest, at)?;
            format!("[{}, {}]", get_i32(&pair, 0), get_i32(&pair, 4))
        }
        Shape::Stat => stat_text(&read(guest, at)?),
        Shape::Statx => statx_text(&read(guest, at)?),
        Shape::Timespec => timespec(&read::<16>(guest, at)?, 0),
        Shape::TimespecPair => utimes(&read::<32>(guest, at)?),
        Shape::Itimerspec => interval(&read::<32>(guest, at)?, timespec),
        Shape::Timeval => timeval(&read::<16>(guest, at)?, 0),
        Shape::Itimerval => interval(&read::<32>(guest, at)?, timeval),
        Shape::WaitStatus => wait_status(get_i32(&read::<4>(guest, at)?, 0)),
        Shape::SigSet => signal_set(u64::from_le_bytes(read(guest, at)?)),
        Shape::SigAction => sigaction(&read(guest, at)?),
        Shape::SigAltStack => sigaltstack(&read(guest, at)?),
        Shape::SigInfo => siginfo(&read(guest, at)?),
        Shape::Rlimit => {
            let limit = read::<16>(guest, at)?;
            format!("{{rlim_cur={}, rlim_max={}}}", rlimit(get_u64(&limit, 0)), rlimit(get_u64(&limit, 8)))
        }
        Shape::Rusage => {
            let usage = read::<144>(guest, at)?;
            format!("{{ru_utime={}, ru_stime={}, ...}}", timeval(&usage, 0), timeval(&usage, 16))
        }
        Shape::Utsname => {
            let names = read::<390>(guest, at)?;
            let field = |index: usize| quoted(until_nul(names.get(65 * index..).unwrap_or_default()), 65);
            format!("{{sysname={}, nodename={}, ..., machine={}}}", field(0), field(1), field(4))
        }
        Shape::Sockaddr(size) => sockaddr(guest, at, sockaddr_len(guest, args, size, result)?)?,
        Shape::Pollfds(count) => pollfds(guest, at, args.word(count))?,
        Shape::EpollEvent => epoll_event(&read(guest, at)?),
        Shape::EpollEvents => list(result.unwrap_or(0), |index| {
            Ok(epoll_event(&read(guest, GuestAddr(at.0.wrapping_add(index * epoll::GUEST_SIZE as u64)))?))
        })?,
        Shape::Iovec(count) => iovec(guest, at, args.word(count), result)?,
        Shape::RemoteIovec(count) => list(args.word(count), |index| {
            let vector = read::<16>(guest, GuestAddr(at.0.wrapping_add(index * 16)))?;
            Ok(format!("{{iov_base={}, iov_len={}}}", address(get_u64(&vector, 0)), get_u64(&vector, 8)))
        })?,
        Shape::FutexWaiters(count) => list(args.uint(count).into(), |index| {
            let waiter = read::<24>(guest, GuestAddr(at.0.wrapping_add(index * 24)))?;
            let (val, uaddr, flags) = (get_u64(&waiter, 0), address(get_u64(&waiter, 8)), get_u32(&waiter, 16));
            Ok(format!("{{val={val:#x}, uaddr={uaddr}, flags={flags:#x}}}"))
        })?,
        Shape::Msghdr => msghdr(guest, &read(guest, at)?)?,
        Shape::Mmsghdrs(count) => list(args.uint(count).into(), |index| {
            let message = read::<64>(guest, GuestAddr(at.0.wrapping_add(index * 64)))?;
            let header = msghdr(guest, &message.first_chunk().copied().unwrap_or([0; 56]))?;
            Ok(format!("{{msg_hdr={header}, msg_len={}}}", get_u32(&message, 56)))
        })?,
        Shape::OpenHow => {
            let how = read::<24>(guest, at)?;
            let (open, mode, resolve) = (get_u64(&how, 0), get_u64(&how, 8), get_u64(&how, 16));
            format!("{{flags={}, mode=0{mode:o}, resolve={resolve:#x}}}", flags::OPEN.text(open))
        }
        Shape::CloneArgs(size) => clone_args(guest, at, args.word(size))?,
        Shape::Dirents => dirents(guest, at, result.unwrap_or(0))?,
        Shape::Statfs => {
            let statfs = read::<120>(guest, at)?;
            let word = |index: usize| get_u64(&statfs, 8 * index);
            let (kind, size, blocks, free, files) = (word(0), word(1), word(2), word(3), word(5));
            format!("{{f_type={kind:#x}, f_bsize={size}, f_blocks={blocks}, f_bfree={free}, f_files={files}, ...}}")
        }
        Shape::Flock => {
            let lock = read::<32>(guest, at)?;
            let (kind, whence) =
                (LOCK_TYPE.text(get_u16(&lock, 0).into()), flags::WHENCE.text(get_u16(&lock, 2).into()));
            let (start, len) = (get_i64(&lock, 8), get_i64(&lock, 16));
            format!("{{l_type={kind}, l_whence={whence}, l_start={start}, l_len={len}}}")
        }
        Shape::Termios => {
            let modes = read::<36>(guest, at)?;
            let [input, output, control, local] = [0, 4, 8, 12].map(|at| get_u32(&modes, at));
            format!("{{c_iflag={input:#x}, c_oflag={output:#x}, c_cflag={control:#x}, c_lflag={local:#x}, ...}}")
        }
        Shape::Winsize => {
            let size = read::<8>(guest, at)?;
            let [rows, columns, x, y] = [0, 2, 4, 6].map(|at| get_u16(&size, at));
            format!("{{ws_row={rows}, ws_col={columns}, ws_xpixel={x}, ws_ypixel={y}}}")
        }
        Shape::FdSet(bits) => fd_set(guest, at, args.int(bits))?,
    };
    Ok(text)
}

fn read<const N: usize>(guest: &dyn Guest, at: GuestAddr) -> Result<[u8; N], Errno> {
    let mut raw = [0; N];
    guest.read(at, &mut raw)?;
    Ok(raw)
}

/// `[a, b, ...]`.
fn list(count: u64, mut element: impl FnMut(u64) -> Result<String, Errno>) -> Result<String, Errno> {
    let mut parts = (0..count.min(ELEMENTS)).map(&mut element).collect::<Result<Vec<_>, _>>()?;
    if count > ELEMENTS {
        parts.push("...".into());
    }
    Ok(format!("[{}]", parts.join(", ")))
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|&byte| byte == 0).next().unwrap_or_default()
}

// ── files ──────────────────────────────────────────────────────────────────────────────────────

fn mode(mode: u32) -> String {
    const S_IFMT: u32 = 0o170_000;
    let kind = match mode & S_IFMT {
        0o010_000 => "S_IFIFO",
        0o020_000 => "S_IFCHR",
        0o040_000 => "S_IFDIR",
        0o060_000 => "S_IFBLK",
        0o100_000 => "S_IFREG",
        0o120_000 => "S_IFLNK",
        0o140_000 => "S_IFSOCK",
        _ => return format!("0{mode:o}"),
    };
    format!("{kind}|0{:o}", mode & !S_IFMT)
}

fn device(device: u64) -> String {
    let (major, minor) = (libc::major(device), libc::minor(device));
    format!("makedev({major:#x}, {minor:#x})")
}

fn stat_text(raw: &[u8; stat::GUEST_SIZE]) -> String {
    let bits = get_u32(raw, stat::MODE);
    let last = match bits & 0o170_000 {
        0o020_000 | 0o060_000 => format!("st_rdev={}", device(get_u64(raw, stat::RDEV))),
        _ => format!("st_size={}", get_i64(raw, stat::SIZE)),
    };
    format!("{{st_mode={}, {last}, ...}}", mode(bits))
}

fn statx_text(raw: &[u8; 256]) -> String {
    let (mask, bits, size) = (get_u32(raw, 0), get_u16(raw, 28), get_u64(raw, 40));
    let mask = flags::STATX.text(mask.into());
    format!("{{stx_mask={mask}, stx_mode={}, stx_size={size}, ...}}", mode(bits.into()))
}

static LOCK_TYPE: FlagSet =
    FlagSet { field: u64::MAX, choices: &[(0, "F_RDLCK"), (1, "F_WRLCK"), (2, "F_UNLCK")], bits: &[], zero: "" };

/// `0x3ff… /* 4 entries */`.
fn dirents(guest: &dyn Guest, at: GuestAddr, len: u64) -> Result<String, Errno> {
    const RECLEN: u64 = 16;
    let (mut seen, mut count) = (0, 0);
    while seen < len {
        seen += u64::from(get_u16(&read::<2>(guest, GuestAddr(at.0.wrapping_add(seen + RECLEN)))?, 0)).max(1);
        count += 1;
    }
    Ok(format!("{:#x} /* {count} entries */", at.0))
}

// ── times ──────────────────────────────────────────────────────────────────────────────────────

fn timespec(raw: &[u8], at: usize) -> String {
    format!("{{tv_sec={}, tv_nsec={}}}", get_i64(raw, at), get_i64(raw, at + 8))
}

fn timeval(raw: &[u8], at: usize) -> String {
    format!("{{tv_sec={}, tv_usec={}}}", get_i64(raw, at), get_i64(raw, at + 8))
}

fn interval(raw: &[u8; 32], half: fn(&[u8], usize) -> String) -> String {
    format!("{{it_interval={}, it_value={}}}", half(raw, 0), half(raw, 16))
}

fn utimes(raw: &[u8; 32]) -> String {
    let one = |at| match get_i64(raw, at + 8) {
        libc::UTIME_NOW => "UTIME_NOW".into(),
        libc::UTIME_OMIT => "UTIME_OMIT".into(),
        _ => timespec(raw, at),
    };
    format!("[{}, {}]", one(0), one(16))
}

// ── processes and signals ──────────────────────────────────────────────────────────────────────

fn rlimit(limit: u64) -> String {
    match limit {
        u64::MAX => "RLIM64_INFINITY".into(),
        _ if limit != 0 && limit.is_multiple_of(1024) => format!("{}*1024", limit / 1024),
        _ => limit.to_string(),
    }
}

fn wait_status(status: i32) -> String {
    if libc::WIFEXITED(status) {
        format!("[{{WIFEXITED(s) && WEXITSTATUS(s) == {}}}]", libc::WEXITSTATUS(status))
    } else if libc::WIFSIGNALED(status) {
        let core = if libc::WCOREDUMP(status) { " && WCOREDUMP(s)" } else { "" };
        format!("[{{WIFSIGNALED(s) && WTERMSIG(s) == {}{core}}}]", signal_name(libc::WTERMSIG(status)))
    } else if libc::WIFSTOPPED(status) {
        format!("[{{WIFSTOPPED(s) && WSTOPSIG(s) == {}}}]", signal_name(libc::WSTOPSIG(status)))
    } else if libc::WIFCONTINUED(status) {
        "[{WIFCONTINUED(s)}]".into()
    } else {
        format!("[{status:#x}]")
    }
}

static SA_FLAGS: FlagSet = FlagSet {
    field: 0,
    choices: &[],
    bits: &[
        (0x0400_0000, "SA_RESTORER"),
        (0x0800_0000, "SA_ONSTACK"),
        (0x1000_0000, "SA_RESTART"),
        (0x4000_0000, "SA_NODEFER"),
        (0x8000_0000, "SA_RESETHAND"),
        (1, "SA_NOCLDSTOP"),
        (2, "SA_NOCLDWAIT"),
        (4, "SA_SIGINFO"),
    ],
    zero: "",
};

fn sigaction(raw: &[u8; SIGACTION_SIZE]) -> String {
    let handler = match get_u64(raw, 0) {
        0 => "SIG_DFL".into(),
        1 => "SIG_IGN".into(),
        handler => format!("{handler:#x}"),
    };
    let (flags, mask) = (SA_FLAGS.text(get_u64(raw, 8)), signal_set(get_u64(raw, 24)));
    format!("{{sa_handler={handler}, sa_mask={mask}, sa_flags={flags}}}")
}

fn sigaltstack(raw: &[u8; SIGALTSTACK_SIZE]) -> String {
    let flags = match get_i32(raw, 8) {
        0 => "0".into(),
        1 => "SS_ONSTACK".into(),
        2 => "SS_DISABLE".into(),
        flags => format!("{flags:#x}"),
    };
    format!("{{ss_sp={}, ss_flags={flags}, ss_size={}}}", address(get_u64(raw, 0)), get_u64(raw, 16))
}

fn clone_args(guest: &dyn Guest, at: GuestAddr, size: u64) -> Result<String, Errno> {
    let mut raw = vec![0; size.min(88) as usize];
    guest.read(at, &mut raw)?;
    let word = |index: usize| get_u64(&raw, 8 * index);
    Ok(format!(
        "{{flags={}, child_tid={}, parent_tid={}, exit_signal={}, stack={}, stack_size={:#x}, tls={}}}",
        flags::CLONE.text(word(0)).trim_start_matches("0|"),
        address(word(2)),
        address(word(3)),
        signal_name(word(4) as i32),
        address(word(5)),
        word(6),
        address(word(7)),
    ))
}

// ── waiting ────────────────────────────────────────────────────────────────────────────────────

static POLL: FlagSet = FlagSet {
    field: 0,
    choices: &[],
    bits: &[
        (1, "POLLIN"),
        (2, "POLLPRI"),
        (4, "POLLOUT"),
        (8, "POLLERR"),
        (0x10, "POLLHUP"),
        (0x20, "POLLNVAL"),
        (0x40, "POLLRDNORM"),
        (0x80, "POLLRDBAND"),
        (0x100, "POLLWRNORM"),
        (0x2000, "POLLRDHUP"),
    ],
    zero: "",
};

/// `[{fd=3, revents=POLLIN}]`: those of ppoll(2) that are ready.
pub fn ready(guest: &dyn Guest, args: &Args) -> Result<String, Errno> {
    let mut parts = Vec::new();
    for index in 0..args.word(1).min(ELEMENTS) {
        let one = read::<8>(guest, GuestAddr(args.word(0).wrapping_add(8 * index)))?;
        let events = get_u16(&one, 6);
        if events != 0 {
            parts.push(format!("{{fd={}, revents={}}}", get_i32(&one, 0), POLL.text(events.into())));
        }
    }
    Ok(format!("[{}]", parts.join(", ")))
}

fn pollfds(guest: &dyn Guest, at: GuestAddr, count: u64) -> Result<String, Errno> {
    list(count, |index| {
        let one = read::<8>(guest, GuestAddr(at.0.wrapping_add(8 * index)))?;
        Ok(format!("{{fd={}, events={}}}", get_i32(&one, 0), POLL.text(get_u16(&one, 4).into())))
    })
}

fn epoll_event(raw: &[u8; epoll::GUEST_SIZE]) -> String {
    // EPOLL* are POLL* with another prefix, up to the flags of the registration.
    let events = POLL.text(get_u32(raw, 0).into()).replace("POLL", "EPOLL");
    format!("{{events={events}, data={:#x}}}", get_u64(raw, epoll::DATA))
}

fn fd_set(guest: &dyn Guest, at: GuestAddr, bits: i32) -> Result<String, Errno> {
    let bits = bits.clamp(0, 1024) as usize;
    let mut raw = vec![0; bits.div_ceil(64) * 8];
    guest.read(at, &mut raw)?;
    let set = |fd: &usize| raw.get(fd / 8).is_some_and(|byte| byte >> (fd % 8) & 1 != 0);
    let names: Vec<String> = (0..bits).filter(set).map(|fd| fd.to_string()).collect();
    Ok(format!("[{}]", names.join(" ")))
}

// ── sockets and vectors ────────────────────────────────────────────────────────────────────────

/// The length of an address: a word where it is an input, behind a pointer where it is an output.
fn sockaddr_len(guest: &dyn Guest, args: &Args, size: usize, result: Option<u64>) -> Result<u64, Errno> {
    match result {
        None => Ok(args.uint(size).into()),
        Some(_) if args.word(size) == 0 => Ok(0),
        Some(_) => Ok(get_u32(&read::<4>(guest, args.addr(size))?, 0).into()),
    }
}

fn sockaddr(guest: &dyn Guest, at: GuestAddr, len: u64) -> Result<String, Errno> {
    let mut raw = vec![0; len.min(128) as usize];
    guest.read(at, &mut raw)?;
    let port = get_u16(&raw, 2).swap_bytes();
    Ok(match i32::from(get_u16(&raw, 0)) {
        libc::AF_UNIX => {
            let path = raw.get(2..).unwrap_or_default();
            match path.split_first() {
                Some((0, name)) => format!("{{sa_family=AF_UNIX, sun_path=@{}}}", quoted(name, 108)),
                Some(_) => format!("{{sa_family=AF_UNIX, sun_path={}}}", quoted(until_nul(path), 108)),
                None => "{sa_family=AF_UNIX}".into(),
            }
        }
        libc::AF_INET => {
            let ip = Ipv4Addr::from(get_u32(&raw, 4).swap_bytes());
            format!("{{sa_family=AF_INET, sin_port=htons({port}), sin_addr=inet_addr(\"{ip}\")}}")
        }
        libc::AF_INET6 => {
            let ip = Ipv6Addr::from((u128::from(get_u64(&raw, 16)) << 64 | u128::from(get_u64(&raw, 8))).swap_bytes());
            format!("{{sa_family=AF_INET6, sin6_port=htons({port}), inet_pton(AF_INET6, \"{ip}\")}}")
        }
        libc::AF_NETLINK => {
            format!("{{sa_family=AF_NETLINK, nl_pid={}, nl_groups={:#x}}}", get_u32(&raw, 4), get_u32(&raw, 8))
        }
        family => format!("{{sa_family={}, ...}}", flags::AF.text(family as u64)),
    })
}

/// The vectors with what they hold; of an output no more than `result` bytes in all.
fn iovec(guest: &dyn Guest, at: GuestAddr, count: u64, result: Option<u64>) -> Result<String, Errno> {
    let mut left = result;
    list(count, |index| {
        let one = read::<16>(guest, GuestAddr(at.0.wrapping_add(16 * index)))?;
        let (base, len) = (get_u64(&one, 0), get_u64(&one, 8));
        let filled = left.map_or(len, |left| left.min(len));
        left = left.map(|left| left - filled);
        Ok(format!("{{iov_base={}, iov_len={len}}}", buffer(guest, base, filled)))
    })
}

fn msghdr(guest: &dyn Guest, raw: &[u8; 56]) -> Result<String, Errno> {
    let (name, name_len) = (GuestAddr(get_u64(raw, 0)), get_u32(raw, 8));
    let name = if name.0 == 0 { "NULL".into() } else { sockaddr(guest, name, name_len.into())? };
    let (iov, count) = (GuestAddr(get_u64(raw, 16)), get_u64(raw, 24));
    let vectors = iovec(guest, iov, count, None)?;
    let (control, flags) = (get_u64(raw, 40), flags::MSG.text(get_u32(raw, 48).into()));
    Ok(format!(
        "{{msg_name={name}, msg_namelen={name_len}, msg_iov={vectors}, msg_iovlen={count}, msg_controllen={control}, msg_flags={flags}}}"
    ))
}
