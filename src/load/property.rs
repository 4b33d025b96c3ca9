//! GNU properties: what a program says about itself in the notes of PT_GNU_PROPERTY, as far as the
//! kernel looks at them (fs/binfmt_elf.c, `parse_elf_properties`; Linux Extensions to gABI).

use super::elf::ReadAt;
use goblin::elf::program_header::ProgramHeader;

const PT_GNU_PROPERTY: u32 = 0x6474_e553;
const NT_GNU_PROPERTY_TYPE_0: u32 = 5;
const GNU_PROPERTY_AARCH64_FEATURE_1_AND: u32 = 0xc000_0000;
const GNU_PROPERTY_AARCH64_FEATURE_1_BTI: u32 = 1;
/// ELF_NOTE_GNU_PROPERTY_MAX_SIZE: the kernel looks no further.
const SIZE_MAX: u64 = 0x400;

/// Whether the program's code has landing pads for indirect branches. A malformed note counts as none,
/// where the kernel refuses the program.
pub fn has_landing_pads(file: &(impl ReadAt + ?Sized), headers: &[ProgramHeader]) -> bool {
    let Some(header) = headers.iter().find(|h| h.p_type == PT_GNU_PROPERTY) else { return false };
    let mut bytes = vec![0; header.p_filesz.min(SIZE_MAX) as usize];
    let count = file.read_at(header.p_offset, &mut bytes);
    bytes.truncate(count);
    features(&bytes).unwrap_or(0) & GNU_PROPERTY_AARCH64_FEATURE_1_BTI != 0
}

/// The word of GNU_PROPERTY_AARCH64_FEATURE_1_AND, the first property of that kind.
fn features(note: &[u8]) -> Option<u32> {
    let (name_size, rest) = word(note)?;
    let (size, rest) = word(rest)?;
    let (kind, rest) = word(rest)?;
    let mut properties = rest.strip_prefix(b"GNU\0").filter(|_| name_size == 4 && kind == NT_GNU_PROPERTY_TYPE_0)?;
    properties = properties.get(..size as usize)?;
    loop {
        let (kind, rest) = word(properties)?;
        let (size, rest) = word(rest)?;
        if kind == GNU_PROPERTY_AARCH64_FEATURE_1_AND && size == 4 {
            return word(rest).map(|(features, _)| features);
        }
        properties = rest.get((size as usize).checked_next_multiple_of(8)?..)?;
    }
}

fn word(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (word, rest) = bytes.split_first_chunk()?;
    Some((u32::from_le_bytes(*word), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    #[test]
    fn the_feature_word_is_found_behind_other_properties() {
        const GNU: u32 = u32::from_le_bytes(*b"GNU\0");
        let plain = note(&[4, 16, 5, GNU, 0xc000_0000, 4, 3, 0]);
        assert_eq!(features(&plain), Some(3));
        let behind = note(&[4, 32, 5, GNU, 1, 8, 0, 0, 0xc000_0000, 4, 1, 0]);
        assert_eq!(features(&behind), Some(1));
        let other_note = note(&[4, 16, 1, GNU, 0xc000_0000, 4, 3, 0]);
        assert_eq!(features(&other_note), None);
        for len in 0..plain.len() - 4 {
            assert_eq!(features(&plain[..len]), None, "{len} bytes");
        }
        assert_eq!(features(&note(&[4, 16, 5, GNU, 7, u32::MAX, 0, 0])), None);
    }
}
