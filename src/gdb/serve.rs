//! Packets about one process, answered by that process while it stands still.
//!
//! In: a thread id (of `Hg`) and a packet's body; out: the bodies of the replies. What `gdbstub` lacks
//! is here, the rest goes to it. Whether the packet came from the socket or over a link from the
//! socket's owner makes no difference.

use super::breakpoints::{Breakpoints, parse_catch, parse_with_code};
use super::hidden::Hider;
use super::host_io::Files;
use super::packet::{MAX_BODY, escape, hex_u64, unescape, xfer_piece};
use super::stub;
use super::target::ProcessTarget;
use super::thread_id::{Id, ThreadId};
use super::{libraries, lldb, search, tls};
use crate::debug::Inferior;

/// What one process keeps for gdb besides the session.
pub struct Local {
    /// What gdb inserted.
    pub breakpoints: Breakpoints,
    /// Files that gdb has open; only the owner's are used.
    pub files: Files,
    /// The last thread that stopped by itself, and the code of the SIGTRAP that ptrace(2) would show of that.
    pub trap: (i32, i32),
    /// What LLDB has mapped.
    mapped: lldb::Mapped,
}

const SIGINFO: &[u8] = b"qXfer:siginfo:";

/// The most bytes of memory in one reply: two hex digits each.
const MAX_MEMORY: u64 = MAX_BODY as u64 / 2 - 8;

impl Local {
    /// Nothing yet.
    pub fn new(hider: Hider) -> Local {
        Local {
            breakpoints: Breakpoints::default(),
            files: Files::new(hider),
            trap: (0, 0),
            mapped: lldb::Mapped::default(),
        }
    }

    /// Answers a packet about thread `tid`.
    pub fn answer(&mut self, inferior: &mut dyn Inferior, tid: i32, body: &[u8]) -> Vec<Vec<u8>> {
        let target = &mut ProcessTarget { inferior, breakpoints: &mut self.breakpoints, files: &mut self.files };
        let own = match body {
            [b'T', thread @ ..] => is_alive(target.inferior, thread),
            [b'm', range @ ..] => return stub::answer(target, tid, &read_hex(range)),
            [b'x', range @ ..] => read_binary(target.inferior, range),
            [b'_', b'M', request @ ..] => self.mapped.allocate(target.inferior, request).unwrap_or_else(error),
            [b'_', b'm', addr @ ..] => self.mapped.deallocate(target.inferior, addr).unwrap_or_else(error),
            _ if body.starts_with(SIGINFO) => {
                siginfo(target.inferior, tid, self.trap, body.strip_prefix(SIGINFO).unwrap_or_default())
            }
            _ => match answer_by_prefix(target, body) {
                Some(answer) => answer,
                None => return stub::answer(target, tid, body),
            },
        };
        vec![own]
    }
}

/// Packets that are known by a longer prefix, but those that `gdbstub` answers.
fn answer_by_prefix(target: &mut ProcessTarget<'_>, body: &[u8]) -> Option<Vec<u8>> {
    if let Some(request) = body.strip_prefix(b"qGetTLSAddr:") {
        let address = tls_request(request).and_then(|(tid, offset, lm)| tls::address(target.inferior, tid, offset, lm));
        return Some(address.map_or_else(error, |address| format!("{address:x}").into_bytes()));
    }
    if let Some(request) = body.strip_prefix(b"qSearch:memory:") {
        return Some(search::search(target.inferior, request).unwrap_or_else(error));
    }
    if let Some(addr) = body.strip_prefix(b"qMemoryRegionInfo:") {
        return Some(lldb::memory_region(target.inferior, addr).unwrap_or_else(error));
    }
    if let Some(request) = body.strip_prefix(b"qCRC:") {
        return Some(search::checksum(target.inferior, request).unwrap_or_else(error));
    }
    if let Some(request) = body.strip_prefix(b"qXfer:libraries-svr4:read:") {
        let mut parts = request.splitn(2, |byte| *byte == b':');
        let (Some(annex), Some(piece)) = (parts.next(), parts.next()) else { return Some(error()) };
        return Some(xfer_piece(libraries::list(target.inferior, annex).as_bytes(), piece));
    }
    if let Some(parsed) = parse_with_code(body) {
        let Ok((pc, kind, code)) = parsed else { return Some(error()) };
        target.breakpoints.insert(target.inferior, pc, kind, code);
        return Some(b"OK".to_vec());
    }
    let calls = parse_catch(body.strip_prefix(b"QCatchSyscalls:")?);
    Some(calls.map_or_else(error, |catch| {
        target.breakpoints.catch(target.inferior, catch);
        b"OK".to_vec()
    }))
}

fn error() -> Vec<u8> {
    b"E01".to_vec()
}

/// `qGetTLSAddr:thread-id,offset,lm`.
fn tls_request(request: &[u8]) -> Option<(i32, u64, u64)> {
    let mut parts = request.split(|byte| *byte == b',');
    let Id::One(tid) = ThreadId::parse(parts.next()?)?.tid else { return None };
    Some((tid, hex_u64(parts.next()?)?, hex_u64(parts.next()?)?))
}

/// `T`: whether a thread lives.
fn is_alive(inferior: &dyn Inferior, thread: &[u8]) -> Vec<u8> {
    match ThreadId::parse(thread) {
        Some(ThreadId { tid: Id::One(tid), .. }) if inferior.threads().contains(&tid) => b"OK".to_vec(),
        _ => b"E01".to_vec(),
    }
}

/// `m` for `gdbstub`, which would go on reading for as long as the packet says: a shorter reply
/// than was asked for is legal, a longer one than gdb can take is not.
fn read_hex(range: &[u8]) -> Vec<u8> {
    match address_and_length(range) {
        Some((addr, length)) => format!("m{addr:x},{:x}", length.min(MAX_MEMORY)).into_bytes(),
        None => b"m".to_vec(),
    }
}

/// `x`: memory as binary data after a `b`.
fn read_binary(inferior: &dyn Inferior, range: &[u8]) -> Vec<u8> {
    let Some((addr, length)) = address_and_length(range) else { return b"E01".to_vec() };
    let mut data = vec![0; length.min(MAX_MEMORY) as usize];
    match inferior.read_memory(addr, &mut data) {
        0 if !data.is_empty() => format!("E{:02x}", libc::EFAULT).into_bytes(),
        read => {
            let mut reply = b"b".to_vec();
            reply.extend(escape(data.get(..read).unwrap_or_default()));
            reply
        }
    }
}

/// `addr,length`, the length such that the range does not wrap.
fn address_and_length(range: &[u8]) -> Option<(u64, u64)> {
    let mut numbers = range.splitn(2, |byte| *byte == b',').map(hex_u64);
    let (addr, length) = (numbers.next()??, numbers.next()??);
    Some((addr, length.min((u64::MAX - addr).saturating_add(1))))
}

/// The siginfo of a thread that stands still for no signal: SIGTRAP if it has stopped by itself, the SIGSTOP by which ptrace(2)
/// would have stopped it if not. Nothing of it reaches the program.
fn of_stop(tid: i32, (stopped, code): (i32, i32)) -> [u8; 128] {
    let (signal, code) = if tid == stopped { (libc::SIGTRAP, code) } else { (libc::SIGSTOP, libc::SI_TKILL) };
    let mut siginfo = [0; 128];
    // si_signo, si_errno, si_code
    for (place, field) in siginfo.chunks_exact_mut(4).zip([signal, 0, code]) {
        place.copy_from_slice(&field.to_le_bytes());
    }
    siginfo
}

/// `qXfer:siginfo:read::offset,length` and `qXfer:siginfo:write::offset:data`.
fn siginfo(inferior: &mut dyn Inferior, tid: i32, trap: (i32, i32), request: &[u8]) -> Vec<u8> {
    if !inferior.threads().contains(&tid) {
        return error();
    }
    let (mut siginfo, is_of_signal) = match inferior.siginfo(tid) {
        Some(siginfo) => (siginfo, true),
        None => (of_stop(tid, trap), false),
    };
    if let Some(piece) = request.strip_prefix(b"read::") {
        return xfer_piece(&siginfo, piece);
    }
    let Some(write) = request.strip_prefix(b"write::") else { return error() };
    let mut parts = write.splitn(2, |byte| *byte == b':');
    let (Some(offset), Some(data)) = (parts.next().and_then(hex_u64), parts.next().map(unescape)) else {
        return error();
    };
    let start = usize::try_from(offset).unwrap_or(usize::MAX);
    let Some(place) = siginfo.get_mut(start..start.saturating_add(data.len())) else { return error() };
    place.copy_from_slice(&data);
    if !is_of_signal || inferior.set_siginfo(tid, &siginfo) {
        format!("{:x}", data.len()).into_bytes()
    } else {
        error()
    }
}
