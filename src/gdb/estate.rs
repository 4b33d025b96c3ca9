//! What the owner of the socket has besides the socket, in a form that can change hands: to another
//! process of the session over its link, or to the program that this process executes next.

use super::hidden::Hidden;
use super::link::Report;
use super::next_run::NextRun;
use super::packet::{from_hex, to_hex};
use super::settings::Settings;
use super::succession::Caller;
use super::thread_id::ThreadId;
use super::vcont::Plan;
use std::collections::VecDeque;

/// Another process of the session.
#[derive(Debug)]
pub struct Peer {
    /// Process id.
    pub pid: i32,
    /// gdb has been told of it.
    pub announced: bool,
    /// The owner's end.
    pub link: Hidden,
}

/// What only the owner has.
#[derive(Default)]
pub struct Owned {
    /// The other processes.
    pub peers: Vec<Peer>,
    /// In place of an owner that died: those that have called, and have not said yet that they are there.
    pub callers: Vec<Caller>,
    /// What they told that gdb has not been told yet.
    pub pending: VecDeque<Report>,
    /// In non-stop mode: gdb has been told that something is pending.
    pub is_announced: bool,
    /// Thread of `Hg`: process, thread.
    pub general: (i32, i32),
    /// It is LLDB that is there: it has asked what gdb does not.
    pub is_lldb: bool,
    /// Thread of `Hc`.
    pub resumed: Option<ThreadId>,
    /// What gdb has said of the next process.
    pub run: NextRun,
    /// What gdb last resumed.
    pub plan: Plan,
    /// The last stop reply, for `?`.
    pub last_stop: Vec<u8>,
    /// The table of `qXfer:osdata` that gdb is reading piece by piece: the system's changes meanwhile.
    pub os_data: Vec<u8>,
    /// The last packet sent, in case gdb did not get it.
    pub last_sent: Vec<u8>,
    /// What gdb has still to take: see [`outbox`](super::outbox).
    pub unsent: Vec<u8>,
}

/// The text part of what changes hands; the descriptors go beside it, in the order of `peers` and
/// then of `files`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Estate {
    /// What gdb set.
    pub settings: Settings,
    /// Pid, announced, for each peer.
    pub peers: Vec<(i32, bool)>,
    /// gdb's numbers of each of its open files.
    pub files: Vec<Vec<u32>>,
    /// Reports that wait.
    pub pending: Vec<Report>,
    /// The first of them has been announced.
    pub is_announced: bool,
    /// Thread of `Hg`.
    pub general: (i32, i32),
    /// What gdb has said of the next process.
    pub run: NextRun,
    /// What gdb last resumed.
    pub plan: Plan,
    /// The last stop reply.
    pub last_stop: Vec<u8>,
    /// Bytes that have been read from the socket, and not yet been answered.
    pub unread: Vec<u8>,
    /// Bytes that gdb has still to take.
    pub unsent: Vec<u8>,
}

impl Estate {
    /// As words, each `key=value`.
    pub fn encode(&self) -> String {
        let mut words = vec![
            format!("settings={}", self.settings.encode()),
            format!("general={}.{}", self.general.0, self.general.1),
            format!("run={}", self.run.encode()),
            format!("plan={}", self.plan.encode()),
            format!("last={}", to_hex(&self.last_stop)),
            format!("unread={}", to_hex(&self.unread)),
            format!("unsent={}", to_hex(&self.unsent)),
        ];
        let flag = |set: bool| if set { 1 } else { 0 };
        words.push(format!("announced={}", flag(self.is_announced)));
        words.extend(self.peers.iter().map(|(pid, announced)| format!("peer={pid},{}", flag(*announced))));
        let joined = |numbers: &Vec<u32>| numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(".");
        words.extend(self.files.iter().map(|numbers| format!("file={}", joined(numbers))));
        words.extend(self.pending.iter().map(|report| format!("pending={}", report.clone().encode())));
        words.join(" ")
    }

    /// The inverse of [`Estate::encode`]; a word that makes no sense is left off.
    pub fn decode(text: &str) -> Estate {
        let mut estate = Estate::default();
        for word in text.split(' ') {
            // A malformed word leaves nothing half done.
            let _ = estate.take_word(word);
        }
        estate
    }

    fn take_word(&mut self, word: &str) -> Option<()> {
        let (key, value) = word.split_once('=')?;
        match key {
            "settings" => self.settings = Settings::decode(value),
            "general" => {
                let (pid, tid) = value.split_once('.')?;
                self.general = (pid.parse().ok()?, tid.parse().ok()?);
            }
            "run" => self.run = NextRun::decode(value)?,
            "plan" => self.plan = Plan::decode(value)?,
            "last" => self.last_stop = from_hex(value.as_bytes())?,
            "unread" => self.unread = from_hex(value.as_bytes())?,
            "unsent" => self.unsent = from_hex(value.as_bytes())?,
            "peer" => {
                let mut parts = value.split(',');
                let pid = parts.next()?.parse().ok()?;
                self.peers.push((pid, parts.next()? == "1"));
            }
            "announced" => self.is_announced = value == "1",
            "file" => self.files.push(value.split('.').map(|number| number.parse().ok()).collect::<Option<_>>()?),
            "pending" => self.pending.push(Report::decode(value)?),
            _ => {}
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gdb::link::Kept;

    #[test]
    fn everything_survives_the_text_form() {
        let report = Report {
            pid: 7,
            tid: 8,
            kept: Kept::Ended,
            newborn: None,
            says: Vec::new(),
            body: b"W00;process:7".to_vec(),
        };
        let estate = Estate {
            settings: Settings { no_ack: true, fork_events: true, pass_signals: 0x10, ..Settings::default() },
            peers: vec![(5, true), (6, false)],
            files: vec![vec![0, 3], vec![1]],
            pending: vec![report],
            is_announced: true,
            general: (5, 6),
            run: NextRun { program: b"/bin/a b".to_vec(), ..NextRun::default() },
            plan: Plan::decode("5;s:6;c").expect("a plan"),
            last_stop: b"T05thread:p5.6;".to_vec(),
            unread: b"$vCo\x00\xff".to_vec(),
            unsent: b"+$O".to_vec(),
        };
        assert_eq!(Estate::decode(&estate.encode()), estate);
        assert_eq!(Estate::decode("general=1 peer=x pending=zz nonsense"), Estate::default());
    }
}
