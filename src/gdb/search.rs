//! Packets that look through memory on gdb's behalf: `qSearch:memory` (gdb's `find`) and `qCRC`
//! (`compare-sections`).

use super::packet::{hex_u64, unescape};
use crate::debug::Inferior;

/// Memory is read in pieces of this size.
const PIECE: u64 = 0x1_0000;
/// The polynomial of `qCRC`, most significant bit first ("Separate Debug Files" has the reflected one).
const CRC_POLYNOMIAL: u32 = 0x04c1_1db7;

/// `address;length;pattern`: `1,ADDRESS` of the first match, `0`, or `None` if some of that memory is not
/// there.
pub fn search(inferior: &dyn Inferior, request: &[u8]) -> Option<Vec<u8>> {
    let mut parts = request.splitn(3, |byte| *byte == b';');
    let (start, length) = (hex_u64(parts.next()?)?, hex_u64(parts.next()?)?);
    let pattern = unescape(parts.next()?);
    let end = start.checked_add(length)?;
    if pattern.is_empty() {
        return None;
    }
    let mut at = start;
    let mut window = Vec::new();
    while at < end {
        let base = at - window.len() as u64;
        window.extend(read(inferior, at, end)?);
        at = base + window.len() as u64;
        if let Some(found) = window.windows(pattern.len()).position(|bytes| bytes == pattern) {
            return Some(format!("1,{:x}", base + found as u64).into_bytes());
        }
        // A match may lie across two pieces.
        window.drain(..window.len().saturating_sub(pattern.len() - 1));
    }
    Some(b"0".to_vec())
}

/// `address,length`: `C` and the checksum.
pub fn checksum(inferior: &dyn Inferior, request: &[u8]) -> Option<Vec<u8>> {
    let mut numbers = request.splitn(2, |byte| *byte == b',').map(hex_u64);
    let (mut at, length) = (numbers.next()??, numbers.next()??);
    let end = at.checked_add(length)?;
    let mut crc = u32::MAX;
    while at < end {
        let piece = read(inferior, at, end)?;
        at += piece.len() as u64;
        crc = piece.iter().fold(crc, |crc, byte| add(crc, *byte));
    }
    Some(format!("C{crc:x}").into_bytes())
}

fn add(crc: u32, byte: u8) -> u32 {
    (0..8).fold(crc ^ u32::from(byte) << 24, |crc, _| {
        let carry = if crc >> 31 != 0 { CRC_POLYNOMIAL } else { 0 };
        crc << 1 ^ carry
    })
}

/// The next piece before `end`; never empty.
fn read(inferior: &dyn Inferior, at: u64, end: u64) -> Option<Vec<u8>> {
    let mut piece = vec![0; PIECE.min(end - at) as usize];
    let read = inferior.read_memory(at, &mut piece);
    piece.truncate(read);
    (!piece.is_empty()).then_some(piece)
}
