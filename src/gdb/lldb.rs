//! What LLDB asks beyond gdb's protocol ("GDB Remote Protocol Extensions" in its documentation): which
//! machine and process this is, its threads, and what lies at an address. It does without the rest.

use super::link::ThreadInfo;
use super::packet::{hex_u64, to_hex};
use super::reply::TRAP;
use super::thread_id::{Id, ThreadId};
use crate::debug::Inferior;
use std::collections::BTreeMap;

const TRIPLE: &str = "aarch64-unknown-linux-gnu";

/// `qHostInfo`.
pub fn host_info() -> Vec<u8> {
    format!("triple:{};ptrsize:8;endian:little;watchpoint_exceptions_received:before;", to_hex(TRIPLE.as_bytes()))
        .into_bytes()
}

/// `qWatchpointSupportInfo:`. There may be as many as memory allows; without a number LLDB 14 does not step over the access
/// that a watchpoint has stopped.
pub const WATCHPOINT_SUPPORT_INFO: &[u8] = b"num:1024;";

/// `qProcessInfo`.
pub fn process_info(pid: i32) -> Vec<u8> {
    format!("pid:{pid:x};triple:{};ostype:linux;ptrsize:8;endian:little;", to_hex(TRIPLE.as_bytes())).into_bytes()
}

/// `jThreadsInfo`: the threads of a process, and of the one that stopped last why, from its stop reply.
pub fn threads_info(threads: &[ThreadInfo], stop: &[u8]) -> String {
    let stop = String::from_utf8_lossy(stop);
    let signal = stop.strip_prefix('T').and_then(|rest| u8::from_str_radix(rest.get(..2)?, 16).ok());
    let stopped = stop.rsplit_once("thread:").and_then(|(_, id)| ThreadId::parse(id.trim_end_matches(';').as_bytes()));
    let stopped = stopped.map(|thread| thread.tid);
    let reason = match signal {
        Some(TRAP) if stop.contains("swbreak:") || stop.contains("hwbreak:") => "breakpoint",
        Some(TRAP) => "trace",
        Some(_) => "signal",
        None => "none",
    };
    let thread = |thread: &ThreadInfo| {
        let (tid, name) = (thread.tid, json_string(&thread.name));
        // What the stop reply itself says of a watchpoint or a fork is not repeated.
        match signal.filter(|_| stopped == Some(Id::One(tid)) && !stop.contains("watch:") && !stop.contains("fork:")) {
            Some(signal) => format!(r#"{{"tid":{tid},"name":{name},"reason":"{reason}","signal":{signal}}}"#),
            None => format!(r#"{{"tid":{tid},"name":{name}}}"#),
        }
    };
    format!("[{}]", threads.iter().map(thread).collect::<Vec<_>>().join(","))
}

/// RFC 8259, section 7.
fn json_string(text: &str) -> String {
    let spell = |c: char| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c < ' ' => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    };
    format!("\"{}\"", text.chars().map(spell).collect::<String>())
}

/// Memory that expressions need, by its address.
#[derive(Default)]
pub struct Mapped(BTreeMap<u64, u64>);

impl Mapped {
    /// `_M SIZE,PERMISSIONS`: the address of fresh memory.
    pub fn allocate(&mut self, inferior: &mut dyn Inferior, request: &[u8]) -> Option<Vec<u8>> {
        let (size, permissions) = request.split_at(request.iter().position(|byte| *byte == b',')?);
        let size = hex_u64(size).filter(|size| *size > 0)?;
        let bits = [(b'r', libc::PROT_READ), (b'w', libc::PROT_WRITE), (b'x', libc::PROT_EXEC)];
        let protection = bits.iter().filter(|(letter, _)| permissions.contains(letter)).map(|(_, bit)| bit).sum();
        let addr = inferior.map_memory(size, protection)?;
        self.0.insert(addr, size);
        Some(format!("{addr:x}").into_bytes())
    }

    /// `_m ADDR`: it is needed no more.
    pub fn deallocate(&mut self, inferior: &mut dyn Inferior, addr: &[u8]) -> Option<Vec<u8>> {
        let addr = hex_u64(addr)?;
        inferior.unmap_memory(addr, self.0.remove(&addr)?);
        Some(b"OK".to_vec())
    }
}

/// `qMemoryRegionInfo:ADDR`: the area that holds the address, or the gap, which has no permissions.
pub fn memory_region(inferior: &dyn Inferior, addr: &[u8]) -> Option<Vec<u8>> {
    let addr = hex_u64(addr)?;
    let maps = inferior.maps();
    let mut gap = (0, u64::MAX);
    for area in String::from_utf8_lossy(&maps).lines().filter_map(Area::parse) {
        if (area.start..area.end).contains(&addr) {
            return Some(area.describe().into_bytes());
        }
        if area.end <= addr {
            gap.0 = area.end;
        } else {
            gap.1 = area.start;
            break;
        }
    }
    Some(format!("start:{:x};size:{:x};", gap.0, gap.1 - gap.0).into_bytes())
}

/// A line of /proc/PID/maps (proc(5)).
struct Area<'a> {
    start: u64,
    end: u64,
    permissions: String,
    name: &'a str,
}

impl Area<'_> {
    fn parse(line: &str) -> Option<Area<'_>> {
        let mut words = line.splitn(6, ' ');
        let (start, end) = words.next()?.split_once('-')?;
        let permissions = words.next()?.chars().filter(|c| "rwx".contains(*c)).collect();
        let name = words.nth(3).unwrap_or_default().trim();
        Some(Area { start: hex_u64(start.as_bytes())?, end: hex_u64(end.as_bytes())?, permissions, name })
    }

    fn describe(&self) -> String {
        let Area { start, end, permissions, name } = self;
        let name = if name.is_empty() { String::new() } else { format!("name:{};", to_hex(name.as_bytes())) };
        format!("start:{start:x};size:{:x};permissions:{permissions};{name}", end - start)
    }
}
