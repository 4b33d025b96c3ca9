//! Thread ids as packets spell them: `TID`, `pPID`, `pPID.TID`, with -1 for all and 0 for any.

use super::packet::hex_u64;

/// One half of a thread id.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Id {
    /// `0`: whichever the stub likes.
    Any,
    /// `-1`.
    All,
    /// This one.
    One(i32),
}

impl Id {
    fn parse(text: &[u8]) -> Option<Id> {
        match text {
            b"-1" => Some(Id::All),
            _ => match i32::try_from(hex_u64(text)?).ok()? {
                0 => Some(Id::Any),
                id => Some(Id::One(id)),
            },
        }
    }

    /// True if this stands for `id`.
    pub fn covers(self, id: i32) -> bool {
        match self {
            Id::Any | Id::All => true,
            Id::One(one) => one == id,
        }
    }
}

/// A thread, or several.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ThreadId {
    /// The process; `None` if the packet named none.
    pub pid: Option<Id>,
    /// The thread.
    pub tid: Id,
}

impl ThreadId {
    /// Reads a thread id; `None` if it is malformed. `pPID` alone means all of its threads.
    pub fn parse(text: &[u8]) -> Option<ThreadId> {
        let Some(text) = text.strip_prefix(b"p") else {
            return Some(ThreadId { pid: None, tid: Id::parse(text)? });
        };
        let mut halves = text.splitn(2, |byte| *byte == b'.');
        let pid = Some(Id::parse(halves.next()?)?);
        let tid = halves.next().map_or(Some(Id::All), Id::parse)?;
        Some(ThreadId { pid, tid })
    }
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Id::Any => f.write_str("0"),
            Id::All => f.write_str("-1"),
            Id::One(id) => write!(f, "{id:x}"),
        }
    }
}

impl std::fmt::Display for ThreadId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.pid {
            Some(pid) => write!(f, "p{pid}.{}", self.tid),
            None => self.tid.fmt(f),
        }
    }
}

/// A thread as replies spell it.
pub fn spell(multiprocess: bool, pid: i32, tid: i32) -> String {
    if multiprocess { format!("p{pid:x}.{tid:x}") } else { format!("{tid:x}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_read() {
        let read = |text: &str| ThreadId::parse(text.as_bytes());
        assert_eq!(read("1f"), Some(ThreadId { pid: None, tid: Id::One(0x1f) }));
        assert_eq!(read("-1"), Some(ThreadId { pid: None, tid: Id::All }));
        assert_eq!(read("p2"), Some(ThreadId { pid: Some(Id::One(2)), tid: Id::All }));
        assert_eq!(read("p2.-1"), Some(ThreadId { pid: Some(Id::One(2)), tid: Id::All }));
        assert_eq!(read("p-1.-1"), Some(ThreadId { pid: Some(Id::All), tid: Id::All }));
        assert_eq!(read("p0.0"), Some(ThreadId { pid: Some(Id::Any), tid: Id::Any }));
        for bad in ["", "p", "p.", "p1.", "-2", "p1.x", "ffffffffffffffff", "1.2"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
