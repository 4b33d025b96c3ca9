//! One packet through `gdbstub`.
//!
//! `gdbstub`'s state machine is consumed by any error, so each packet gets a fresh one, over a
//! connection in memory. It stays in `Idle`: packets that resume, detach or kill never reach it. The
//! only state that it would keep between packets is the thread chosen by `Hg`, which is the
//! session's and is told to it first.

use super::packet::{MAX_BODY, frame};
use super::target::ProcessTarget;
use gdbstub::conn::Connection;
use gdbstub::stub::GdbStubBuilder;
use gdbstub::stub::state_machine::GdbStubStateMachine;
use std::convert::Infallible;

/// Where `gdbstub` writes its replies.
#[derive(Default)]
struct Replies(Vec<u8>);

impl Connection for &mut Replies {
    type Error = Infallible;

    fn write(&mut self, byte: u8) -> Result<(), Infallible> {
        self.0.push(byte);
        Ok(())
    }

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), Infallible> {
        self.0.extend(bytes);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// Answers a packet about thread `tid` of the process. More than one reply comes for `qRcmd` only;
/// an error in the packet is answered with `E01`.
pub fn answer(target: &mut ProcessTarget<'_>, tid: i32, body: &[u8]) -> Vec<Vec<u8>> {
    let mut replies = Replies::default();
    // The packet itself, and behind it room for what it reads.
    let mut buffer = vec![0; body.len() + MAX_BODY + 64];
    let stub = GdbStubBuilder::new(&mut replies).with_packet_buffer(&mut buffer).build();
    let Ok(mut state) = stub.map_err(drop).and_then(|stub| stub.run_state_machine(target).map_err(drop)) else {
        return vec![b"E01".to_vec()];
    };
    let choose_thread = frame(format!("Hg{tid:x}").as_bytes());
    for byte in choose_thread.into_iter().chain(frame(body)) {
        state = match state {
            GdbStubStateMachine::Idle(idle) => match idle.incoming_data(target, byte) {
                Ok(next) => next,
                Err(_) => return vec![b"E01".to_vec()],
            },
            other => other,
        };
    }
    drop(state);
    split(&replies.0).skip(1).map(<[u8]>::to_vec).collect()
}

/// The bodies of a sequence of packets and acknowledgements, all well formed.
fn split(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|byte| *byte == b'$').skip(1).filter_map(|packet| packet.split(|byte| *byte == b'#').next())
}
