//! What LLDB asks beyond gdb's protocol ("GDB Remote Protocol Extensions" in its documentation): which
//! machine and process this is, and what lies at an address. It does without the rest.

use super::packet::{hex_u64, to_hex};
use crate::debug::Inferior;

const TRIPLE: &str = "aarch64-unknown-linux-gnu";

/// `qHostInfo`.
pub fn host_info() -> Vec<u8> {
    format!("triple:{};ptrsize:8;endian:little;watchpoint_exceptions_received:before;", to_hex(TRIPLE.as_bytes()))
        .into_bytes()
}

/// `qProcessInfo`.
pub fn process_info(pid: i32) -> Vec<u8> {
    format!("pid:{pid:x};triple:{};ostype:linux;ptrsize:8;endian:little;", to_hex(TRIPLE.as_bytes())).into_bytes()
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
