//! printf(3) formats over guest values, for `dprintf`s that run in the emulator. gdb has checked the
//! format and refuses floating point for this style.

use crate::debug::Place;

/// Strings are cut off here.
const MAX_STRING: usize = 4096;
/// And so are widths and precisions.
const MAX_WIDTH: usize = 4096;

/// A format string.
pub struct Format<'a>(pub &'a [u8]);

/// One conversion: `%`, flags, width, precision, length, and what it converts.
#[derive(Default)]
struct Conversion {
    left: bool,
    zero: bool,
    plus: bool,
    space: bool,
    alternate: bool,
    width: usize,
    precision: Option<usize>,
    /// Bytes of an integer.
    size: u32,
    kind: u8,
}

impl Format<'_> {
    /// The text; `None` if it asks for what there is not.
    pub fn with(&self, arguments: &[u64], place: &dyn Place) -> Option<Vec<u8>> {
        let mut arguments = arguments.iter().copied();
        let mut text = Vec::new();
        let format = unescape(self.0)?;
        let mut rest = format.as_slice();
        while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
            let (plain, conversion) = rest.split_at(at);
            text.extend(plain);
            let (conversion, behind) = Conversion::parse(conversion.get(1..)?)?;
            conversion.append_to(&mut text, &mut arguments, place)?;
            rest = behind;
        }
        text.extend(rest);
        Some(text)
    }
}

impl Conversion {
    fn parse(mut text: &[u8]) -> Option<(Conversion, &[u8])> {
        let mut parsed = Conversion { size: 4, ..Conversion::default() };
        loop {
            match text.first()? {
                b'-' => parsed.left = true,
                b'0' => parsed.zero = true,
                b'+' => parsed.plus = true,
                b' ' => parsed.space = true,
                b'#' => parsed.alternate = true,
                b'\'' => {}
                _ => break,
            }
            text = text.get(1..)?;
        }
        (parsed.width, text) = number(text);
        if let [b'.', rest @ ..] = text {
            let (precision, rest) = number(rest);
            (parsed.precision, text) = (Some(precision), rest);
        }
        loop {
            parsed.size = match text.first()? {
                b'h' => parsed.size / 2,
                b'l' | b'j' | b'z' | b't' | b'q' | b'L' => 8,
                _ => break,
            };
            text = text.get(1..)?;
        }
        parsed.kind = *text.first()?;
        Some((parsed, text.get(1..)?))
    }

    fn append_to(&self, text: &mut Vec<u8>, arguments: &mut dyn Iterator<Item = u64>, place: &dyn Place) -> Option<()> {
        if self.kind == b'%' {
            text.push(b'%');
            return Some(());
        }
        let argument = arguments.next()?;
        let (prefix, body) = match self.kind {
            b'c' => (String::new(), vec![argument as u8]),
            b's' => (String::new(), self.string(argument, place)?),
            b'p' => ("0x".to_string(), format!("{argument:x}").into_bytes()),
            _ => self.integer(argument)?,
        };
        let padding = vec![b' '; self.width.saturating_sub(prefix.len() + body.len())];
        let is_number = !matches!(self.kind, b'c' | b's');
        if self.left {
            text.extend([prefix.as_bytes(), &body, &padding].concat());
        } else if self.zero && is_number && self.precision.is_none() {
            text.extend([prefix.as_bytes(), &vec![b'0'; padding.len()], &body].concat());
        } else {
            text.extend([&padding, prefix.as_bytes(), &body].concat());
        }
        Some(())
    }

    fn integer(&self, argument: u64) -> Option<(String, Vec<u8>)> {
        let unused = 64 - 8 * self.size.max(1);
        let unsigned = argument << unused >> unused;
        let signed = (argument << unused) as i64 >> unused;
        let sign = match signed {
            i64::MIN..=-1 => "-",
            _ if self.plus => "+",
            _ if self.space => " ",
            _ => "",
        };
        let (prefix, digits) = match self.kind {
            b'd' | b'i' => (sign, signed.unsigned_abs().to_string()),
            b'u' => ("", unsigned.to_string()),
            b'o' => (if self.alternate { "0" } else { "" }, format!("{unsigned:o}")),
            b'x' => (if self.alternate && unsigned != 0 { "0x" } else { "" }, format!("{unsigned:x}")),
            b'X' => (if self.alternate && unsigned != 0 { "0X" } else { "" }, format!("{unsigned:X}")),
            _ => return None,
        };
        let precision = self.precision.unwrap_or(1);
        Some((prefix.to_string(), format!("{digits:0>precision$}").into_bytes()))
    }

    fn string(&self, addr: u64, place: &dyn Place) -> Option<Vec<u8>> {
        let limit = self.precision.unwrap_or(MAX_STRING).min(MAX_STRING);
        let mut string = Vec::new();
        for at in (0..limit as u64).map(|n| addr.wrapping_add(n)) {
            let mut byte = [0];
            if !place.read_memory(at, &mut byte) {
                return None;
            }
            if byte == [0] {
                break;
            }
            string.extend(byte);
        }
        Some(string)
    }
}

/// gdb sends the escapes of the source as they were typed.
fn unescape(format: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::with_capacity(format.len());
    let mut bytes = format.iter();
    while let Some(&byte) = bytes.next() {
        plain.push(match byte {
            b'\\' => match bytes.next()? {
                b'a' => 7,
                b'b' => 8,
                b'e' => 27,
                b'f' => 12,
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'v' => 11,
                other @ (b'"' | b'\\' | b'\'') => *other,
                _ => return None,
            },
            other => other,
        });
    }
    Some(plain)
}

/// A decimal number, 0 without one, and what is behind it.
fn number(text: &[u8]) -> (usize, &[u8]) {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at(digits);
    let add = |value: usize, digit: &u8| (value * 10 + usize::from(digit - b'0')).min(MAX_WIDTH);
    (digits.iter().fold(0, add), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "hello" at 0x1000.
    struct Hello;

    impl Place for Hello {
        fn register(&self, _number: usize) -> Option<u64> {
            None
        }

        fn read_memory(&self, addr: u64, buf: &mut [u8]) -> bool {
            let found = b"hello\0".get(addr.wrapping_sub(0x1000) as usize..).and_then(|rest| rest.get(..buf.len()));
            found.map(|found| buf.copy_from_slice(found)).is_some()
        }
    }

    #[test]
    fn conversions_are_those_of_c() {
        let minus = -5_i64 as u64;
        let cases: [(&str, &[u64], &str); 16] = [
            (r#"plain\t\\ \"text\"\n"#, &[], "plain\t\\ \"text\"\n"),
            ("%d%%", &[7], "7%"),
            ("%d %u %ld", &[minus, minus, minus], "-5 4294967291 -5"),
            ("[%5d|%-5d|%05d]", &[42, 42, minus], "[   42|42   |-0005]"),
            ("%+d % d", &[1, 2], "+1  2"),
            ("%x %#x %X %lx", &[0xabc, 0xabc, 0xabc, u64::MAX], "abc 0xabc ABC ffffffffffffffff"),
            ("%hhd %hu", &[0x1ff, 0x1_0001], "-1 1"),
            ("%o", &[8], "10"),
            ("%.3d", &[5], "005"),
            ("%c%c", &[0x68, 0x69], "hi"),
            ("%p", &[0x4000], "0x4000"),
            ("<%s>", &[0x1000], "<hello>"),
            ("<%8s>", &[0x1001], "<    ello>"),
            ("<%-8.2s>", &[0x1000], "<he      >"),
            ("%zu %llu", &[1 << 40, 2], "1099511627776 2"),
            ("%08x", &[0xbeef], "0000beef"),
        ];
        for (format, arguments, expected) in cases {
            let text = Format(format.as_bytes()).with(arguments, &Hello).expect(format);
            assert_eq!(String::from_utf8_lossy(&text), expected, "{format}");
        }
    }

    #[test]
    fn what_is_not_there_is_not_printed() {
        for (format, arguments) in
            [("%d", &[][..]), ("%s", &[0x2000]), ("%f", &[1]), ("%", &[1]), ("%l", &[1]), ("\\q", &[]), ("\\", &[])]
        {
            assert_eq!(Format(format.as_bytes()).with(arguments, &Hello), None, "{format}");
        }
        let wide = Format(b"%999999999999d").with(&[1], &Hello).expect("text");
        assert_eq!(wide.len(), MAX_WIDTH);
    }
}
