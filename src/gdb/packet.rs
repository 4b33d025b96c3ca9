//! Framing of the GDB remote serial protocol: `$body#checksum`, acknowledgements, 0x03.
//!
//! In: whatever bytes the socket gave, in pieces of any size. Out: one [`Input`] at a time. The
//! bodies stay as they are on the wire (`}`-escapes are kept), because the checksum is over that form
//! and binary packets are decoded by whoever understands them. Nothing that arrives can do more
//! than be ignored or be answered by a request to send it again.

use std::collections::VecDeque;

/// The longest body taken or sent, in bytes. It is announced to gdb, and even if every byte were
/// escaped it would fit into one message of a [`link`](super::link).
pub const MAX_BODY: usize = 0x1_0000;

/// What the other side said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Input {
    /// A packet whose checksum is right; the body is as on the wire.
    Packet(Vec<u8>),
    /// A packet whose checksum is wrong, or that is too long: to be asked for again.
    Damaged,
    /// `-`: our last packet is to be sent again.
    Resend,
    /// 0x03: Ctrl-C.
    Interrupt,
}

enum State {
    Between,
    Body { too_long: bool },
    Checksum { too_long: bool, first: Option<u8> },
}

/// Splits a byte stream into [`Input`]s.
pub struct Framer {
    state: State,
    body: Vec<u8>,
    ready: VecDeque<Input>,
}

impl Default for Framer {
    fn default() -> Self {
        Framer { state: State::Between, body: Vec::new(), ready: VecDeque::new() }
    }
}

impl Framer {
    /// Takes bytes from the socket.
    pub fn push(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.push_byte(byte);
        }
    }

    fn push_byte(&mut self, byte: u8) {
        self.state = match (&self.state, byte) {
            // A `$` inside a body is never sent unescaped: the rest of the packet before was lost.
            (_, b'$') => {
                self.body.clear();
                State::Body { too_long: false }
            }
            (State::Between, _) => {
                match byte {
                    3 => self.ready.push_back(Input::Interrupt),
                    b'-' => self.ready.push_back(Input::Resend),
                    _ => {} // acknowledgements, and noise
                }
                State::Between
            }
            (&State::Body { too_long }, b'#') => State::Checksum { too_long, first: None },
            (&State::Body { too_long }, _) => {
                let too_long = too_long || self.body.len() == MAX_BODY;
                if !too_long {
                    self.body.push(byte);
                }
                State::Body { too_long }
            }
            (&State::Checksum { too_long, first: None }, _) => State::Checksum { too_long, first: Some(byte) },
            (&State::Checksum { too_long, first: Some(first) }, _) => {
                let said = hex_digit(first).zip(hex_digit(byte)).map(|(high, low)| high << 4 | low);
                let input = if !too_long && said == Some(checksum(&self.body)) {
                    Input::Packet(std::mem::take(&mut self.body))
                } else {
                    Input::Damaged
                };
                self.ready.push_back(input);
                State::Between
            }
        };
    }

    /// The next input, if one is complete.
    pub fn next_input(&mut self) -> Option<Input> {
        self.ready.pop_front()
    }

    /// True if some input waits.
    pub fn has_input(&self) -> bool {
        !self.ready.is_empty()
    }

    /// How much memory they take, about.
    pub fn waiting_bytes(&self) -> usize {
        let size = |input: &Input| size_of::<Input>() + if let Input::Packet(body) = input { body.len() } else { 0 };
        self.ready.iter().map(size).sum()
    }

    /// True if a 0x03 is among the inputs that wait.
    pub fn has_interrupt(&self) -> bool {
        self.ready.contains(&Input::Interrupt)
    }

    /// Takes out every 0x03 that waits; true if there was one.
    pub fn take_interrupt(&mut self) -> bool {
        let before = self.ready.len();
        self.ready.retain(|input| *input != Input::Interrupt);
        self.ready.len() < before
    }

    /// Takes out everything that waits but 0x03.
    pub fn forget_packets(&mut self) {
        self.ready.retain(|input| *input == Input::Interrupt);
    }

    /// The bytes of a packet that has begun, so that another process can go on reading the stream
    /// in its middle.
    pub fn unfinished(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for input in &self.ready {
            match input {
                Input::Packet(body) => bytes.extend(frame(body)),
                Input::Interrupt => bytes.push(3),
                Input::Resend => bytes.push(b'-'),
                Input::Damaged => bytes.extend(b"$#xx"),
            }
        }
        match self.state {
            State::Between => {}
            // Zero has no place in a body: such a packet stays too long, or damaged.
            State::Body { too_long: true } | State::Checksum { too_long: true, .. } => bytes.extend(b"$\0"),
            State::Body { .. } => {
                bytes.push(b'$');
                bytes.extend(&self.body);
            }
            State::Checksum { first, .. } => {
                bytes.push(b'$');
                bytes.extend(&self.body);
                bytes.push(b'#');
                bytes.extend(first);
            }
        }
        bytes
    }
}

/// Sum of all bytes modulo 256.
fn checksum(body: &[u8]) -> u8 {
    body.iter().fold(0, |sum, byte| sum.wrapping_add(*byte))
}

/// `$body#checksum` for a body that is escaped already.
pub fn frame(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len() + 4);
    bytes.push(b'$');
    bytes.extend(body);
    bytes.extend(format!("#{:02x}", checksum(body)).bytes());
    bytes
}

/// `%body#checksum`, which is not acknowledged.
pub fn notification(body: &[u8]) -> Vec<u8> {
    let mut bytes = frame(body);
    bytes[0] = b'%';
    bytes
}

/// Binary data as a body has it: `}`, `#`, `$` and `*` become `}` and the byte xor 0x20.
pub fn escape(data: &[u8]) -> Vec<u8> {
    let mut body = Vec::with_capacity(data.len());
    for &byte in data {
        if matches!(byte, b'}' | b'#' | b'$' | b'*') {
            body.extend([b'}', byte ^ 0x20]);
        } else {
            body.push(byte);
        }
    }
    body
}

/// The inverse of [`escape`].
pub fn unescape(body: &[u8]) -> Vec<u8> {
    let mut data = Vec::with_capacity(body.len());
    let mut bytes = body.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'}' => data.extend(bytes.next().map(|escaped| escaped ^ 0x20)),
            _ => data.push(byte),
        }
    }
    data
}

fn hex_digit(digit: u8) -> Option<u8> {
    (digit as char).to_digit(16).map(|value| value as u8)
}

/// Lower-case hex of bytes.
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes of hex digits; `None` for an odd number of them, or anything else.
pub fn from_hex(text: &[u8]) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_chunks::<2>();
    let byte = |[high, low]: &[u8; 2]| Some(hex_digit(*high)? << 4 | hex_digit(*low)?);
    if rest.is_empty() { pairs.iter().map(byte).collect() } else { None }
}

/// A hex number without sign or prefix.
pub fn hex_u64(text: &[u8]) -> Option<u64> {
    if text.is_empty() || text.len() > 16 {
        return None;
    }
    text.iter().try_fold(0, |value, digit| Some(value << 4 | u64::from(hex_digit(*digit)?)))
}

/// One piece of an object that gdb reads with `qXfer:…:read:…:offset,length`: `m` and data if more
/// follows, `l` and data at the end.
pub fn xfer_piece(object: &[u8], offset_length: &[u8]) -> Vec<u8> {
    let mut numbers = offset_length.splitn(2, |byte| *byte == b',').map(hex_u64);
    let (Some(Some(offset)), Some(Some(length))) = (numbers.next(), numbers.next()) else {
        return b"E01".to_vec();
    };
    let start = object.len().min(offset as usize);
    let end = object.len().min(start.saturating_add(length.min(MAX_BODY as u64 / 2 - 1) as usize));
    let mut body = vec![if end < object.len() { b'm' } else { b'l' }];
    body.extend(escape(object.get(start..end).unwrap_or_default()));
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(bytes: &[u8]) -> Vec<Input> {
        let mut framer = Framer::default();
        framer.push(bytes);
        std::iter::from_fn(|| framer.next_input()).collect()
    }

    #[test]
    fn packets_acks_and_interrupts_are_told_apart() {
        let expected = vec![Input::Packet(b"g".to_vec()), Input::Interrupt, Input::Resend, Input::Packet(b"".to_vec())];
        assert_eq!(inputs(b"+$g#67+\x03-$#00"), expected);
    }

    #[test]
    fn wrong_checksum_is_damaged_and_the_next_packet_survives() {
        assert_eq!(inputs(b"$g#68$g#zz$g#67"), vec![Input::Damaged, Input::Damaged, Input::Packet(b"g".to_vec())]);
    }

    #[test]
    fn packet_cut_short_is_dropped_for_the_next() {
        assert_eq!(inputs(b"$qSuppor$g#67"), vec![Input::Packet(b"g".to_vec())]);
    }

    #[test]
    fn interrupt_byte_inside_a_body_is_data() {
        assert_eq!(inputs(b"$X\x03#5b"), vec![Input::Packet(b"X\x03".to_vec())]);
    }

    #[test]
    fn endless_body_takes_bounded_memory() {
        let mut framer = Framer::default();
        framer.push(b"$");
        for _ in 0..MAX_BODY + 1000 {
            framer.push(b"a");
        }
        assert!(framer.body.len() <= MAX_BODY);
        framer.push(b"#00$g#67");
        assert_eq!(framer.next_input(), Some(Input::Damaged));
        assert_eq!(framer.next_input(), Some(Input::Packet(b"g".to_vec())));
    }

    #[test]
    fn stream_can_be_taken_over_at_any_byte() {
        let stream = b"+$qC#b4\x03$vCont;c#a8-$bad#00$g#67";
        let whole = inputs(stream);
        for cut in 0..stream.len() {
            let (mut first, mut second) = (Framer::default(), Framer::default());
            first.push(&stream[..cut]);
            second.push(&first.unfinished());
            second.push(&stream[cut..]);
            let read: Vec<_> = std::iter::from_fn(|| second.next_input()).collect();
            assert_eq!(read, whole, "cut at {cut}");
        }
    }

    #[test]
    fn escapes_round_trip() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(unescape(&escape(&all)), all);
        assert!(!escape(&all).contains(&b'$'));
    }

    #[test]
    fn object_is_read_in_pieces() {
        assert_eq!(xfer_piece(b"hello", b"0,3"), b"mhel");
        assert_eq!(xfer_piece(b"hello", b"3,100"), b"llo");
        assert_eq!(xfer_piece(b"hello", b"ffffffffffffffff,ffffffffffffffff"), b"l");
        assert_eq!(xfer_piece(b"hello", b"nonsense"), b"E01");
    }
}
