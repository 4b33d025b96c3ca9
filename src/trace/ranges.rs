//! Ranges of guest addresses: those whose code is logged (`-dfilter`).

use std::fmt;
use std::num::ParseIntError;

/// Which addresses; without a range, all.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Ranges(Vec<(u64, u64)>);

impl Ranges {
    /// All addresses.
    pub const ALL: Ranges = Ranges(Vec::new());

    /// Parses `START..LAST`, `START+LEN` and `LAST-LEN`, separated by commas; the first that is none of these is the
    /// error. Numbers are hexadecimal behind `0x`, else decimal.
    pub fn parse(list: &str) -> Result<Ranges, String> {
        let ranges = list.split(',').filter(|text| !text.is_empty());
        ranges.map(|text| parse_one(text).ok_or_else(|| text.to_owned())).collect::<Result<_, _>>().map(Ranges)
    }

    /// True if `address` is among them.
    pub fn contain(&self, address: u64) -> bool {
        self.0.is_empty() || self.0.iter().any(|&(first, last)| (first..=last).contains(&address))
    }
}

/// As [`Ranges::parse`] reads them.
impl fmt::Display for Ranges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self.0.iter().map(|(first, last)| format!("{first:#x}..{last:#x}")).collect();
        f.write_str(&texts.join(","))
    }
}

/// First and last address.
fn parse_one(text: &str) -> Option<(u64, u64)> {
    let range = if let Some((first, last)) = text.split_once("..") {
        (number(first).ok()?, number(last).ok()?)
    } else if let Some((first, len)) = text.split_once('+') {
        let (first, len) = (number(first).ok()?, number(len).ok()?);
        (first, first.checked_add(len.checked_sub(1)?)?)
    } else {
        let (last, len) = text.split_once('-')?;
        let (last, len) = (number(last).ok()?, number(len).ok()?);
        (last.checked_sub(len.checked_sub(1)?)?, last)
    };
    (range.0 <= range.1).then_some(range)
}

fn number(text: &str) -> Result<u64, ParseIntError> {
    text.strip_prefix("0x").map_or_else(|| text.parse(), |digits| u64::from_str_radix(digits, 16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_forms_parse_and_print_as_one() {
        let ranges = Ranges::parse("0x1000..0x1fff,0x3000+16,5000-0x10").expect("ranges");
        assert_eq!(ranges.to_string(), "0x1000..0x1fff,0x3000..0x300f,0x1379..0x1388");
        assert_eq!(Ranges::parse(&ranges.to_string()), Ok(ranges.clone()));
        for (address, is_in) in [(0xfff, false), (0x1000, true), (0x1fff, true), (0x300f, true), (0x3010, false)] {
            assert_eq!(ranges.contain(address), is_in, "{address:#x}");
        }
        assert!(Ranges::ALL.contain(0) && Ranges::parse("") == Ok(Ranges::ALL));
        assert!(Ranges::parse("0..0xffffffffffffffff").expect("everything").contain(u64::MAX));
    }

    #[test]
    fn what_is_no_range_is_named() {
        for wrong in ["x", "0x1000", "1..", "2..1", "1+0", "1-3", "0xffffffffffffffff+2", "0x..1"] {
            assert_eq!(Ranges::parse(&format!("1+1,{wrong}")), Err(wrong.to_owned()));
        }
    }
}
