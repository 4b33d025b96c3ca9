//! `vCont` and the older resume packets, as an order for each process.

use super::packet::hex_u64;
use super::signals;
use super::thread_id::{Id, ThreadId};
use crate::debug::{Action, Resume};

/// The actions that `vCont?` answers with.
pub const SUPPORTED: &str = "vCont;c;C;s;S;t;r";

/// What all processes do next: in order, first match wins.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    rules: Vec<(Option<ThreadId>, Action)>,
    /// The process meant by a thread id that names none.
    default_pid: i32,
}

impl Default for Plan {
    /// Everything runs.
    fn default() -> Plan {
        Plan { rules: vec![(None, Action::Continue(None))], default_pid: 0 }
    }
}

impl Plan {
    /// Reads the part of a `vCont` packet after its name: `;action[:thread-id]…`.
    pub fn parse(actions: &[u8], default_pid: i32) -> Option<Plan> {
        let actions = actions.strip_prefix(b";")?;
        let rules = actions.split(|byte| *byte == b';').map(|action| {
            let mut parts = action.splitn(2, |byte| *byte == b':');
            let action = parse_action(parts.next()?)?;
            let thread = match parts.next() {
                Some(thread) => Some(ThreadId::parse(thread)?),
                None => None,
            };
            Some((thread, action))
        });
        Some(Plan { rules: rules.collect::<Option<_>>()?, default_pid })
    }

    /// Reads `c`, `s`, `CXX` or `SXX`, without an address, for the thread chosen by `Hc`. All threads
    /// run on beside a thread that steps, as gdbserver has it.
    pub fn parse_old(body: &[u8], chosen: Option<ThreadId>, default_pid: i32) -> Option<Plan> {
        let one = (chosen, parse_action(body)?);
        Some(Plan { rules: vec![one, (None, Action::Continue(None))], default_pid })
    }

    /// As one word for [`Plan::decode`].
    pub fn encode(&self) -> String {
        let rule = |(thread, action): &(Option<ThreadId>, Action)| {
            let action = match action {
                Action::Stay => "t".to_string(),
                Action::Continue(None) => "c".to_string(),
                Action::Step(None) => "s".to_string(),
                Action::Continue(Some(signal)) => format!("C{:02x}", signals::to_gdb(*signal)),
                Action::Step(Some(signal)) => format!("S{:02x}", signals::to_gdb(*signal)),
                Action::RangeStep { start, end } => format!("r{start:x},{end:x}"),
            };
            match thread {
                Some(thread) => format!(";{action}:{thread}"),
                None => format!(";{action}"),
            }
        };
        let rules: String = self.rules.iter().map(rule).collect();
        format!("{:x}{rules}", self.default_pid)
    }

    /// The inverse of [`Plan::encode`].
    pub fn decode(text: &str) -> Option<Plan> {
        let (pid, _) = text.split_once(';')?;
        Plan::parse(text.get(pid.len()..)?.as_bytes(), i32::from_str_radix(pid, 16).ok()?)
    }

    /// True if some thread of process `pid` may move.
    pub fn names(&self, pid: i32) -> bool {
        self.for_process(pid).moves_any()
    }

    /// True if this thread moves.
    pub fn moves(&self, pid: i32, tid: i32) -> bool {
        self.for_process(pid).action(tid) != Action::Stay
    }

    /// The order for process `pid`.
    pub fn for_process(&self, pid: i32) -> Resume {
        let rules = self.rules.iter().filter_map(|(thread, action)| {
            let Some(thread) = thread else { return Some((None, *action)) };
            if !thread.pid.unwrap_or(Id::One(self.default_pid)).covers(pid) {
                return None;
            }
            let tid = match thread.tid {
                Id::One(tid) => Some(tid),
                Id::All | Id::Any => None,
            };
            Some((tid, *action))
        });
        Resume::new(rules.collect())
    }
}

/// One action of a `vCont`.
fn parse_action(text: &[u8]) -> Option<Action> {
    let signal = |digits: &[u8]| Some(signals::to_linux(u8::try_from(hex_u64(digits)?).ok()?));
    Some(match text {
        b"c" => Action::Continue(None),
        b"s" => Action::Step(None),
        b"t" => Action::Stay,
        [b'C', digits @ ..] => Action::Continue(signal(digits)?),
        [b'S', digits @ ..] => Action::Step(signal(digits)?),
        [b'r', range @ ..] => {
            let mut ends = range.splitn(2, |byte| *byte == b',').map(hex_u64);
            Action::RangeStep { start: ends.next()??, end: ends.next()?? }
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(text: &str) -> Plan {
        Plan::parse(text.as_bytes(), 5).expect(text)
    }

    #[test]
    fn step_one_thread_and_continue_the_others_of_its_process() {
        let plan = plan(";s:p5.7;c:p5.-1");
        let five = plan.for_process(5);
        assert_eq!((five.action(7), five.action(8)), (Action::Step(None), Action::Continue(None)));
        assert!(!plan.for_process(6).moves(&[6, 7]));
    }

    #[test]
    fn action_without_thread_is_for_everyone() {
        let plan = plan(";C0b:p5.7;c");
        assert_eq!(plan.for_process(5).action(7), Action::Continue(Some(11)));
        assert_eq!(plan.for_process(6).action(6), Action::Continue(None));
    }

    #[test]
    fn thread_without_process_is_of_the_current_one() {
        let resume = plan(";r1000,1010:7").for_process(5);
        assert_eq!(resume.action(7), Action::RangeStep { start: 0x1000, end: 0x1010 });
        assert_eq!(resume.action(8), Action::Stay);
        assert!(!plan(";c:7").for_process(6).moves(&[6]));
    }

    #[test]
    fn malformed_actions_are_refused() {
        for bad in ["", ";", ";c;", ";x", ";C", ";Cxyz", ";c:q1", ";r1000", ";r1000,", ";c:p1.2.3", "c"] {
            assert_eq!(Plan::parse(bad.as_bytes(), 5), None, "{bad}");
        }
    }

    #[test]
    fn plans_survive_an_exec() {
        let plan = plan(";s:p5.7;C0b:8;r10,2f:p6.-1;t:p-1.-1;S05:0;c");
        assert_eq!(Plan::decode(&plan.encode()), Some(plan));
        assert_eq!(Plan::decode(&Plan::default().encode()), Some(Plan::default()));
        assert_eq!(Plan::decode("5"), None);
    }

    #[test]
    fn orders_survive_the_link() {
        let resume = plan(";s:7;C0b:8;r10,2f:9;t:a;S05:b;c").for_process(5);
        assert_eq!(Resume::decode(&resume.encode()), Some(resume));
        assert_eq!(Resume::decode("c!"), None);
    }
}
