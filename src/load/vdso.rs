//! The vDSO: a small ELF image that the kernel maps into every program, here ours.
//!
//! `vdso/vdso.so` is built from `vdso/vdso.S` by `vdso/build.sh` and committed, so that building
//! emu needs no cross compiler.

use goblin::elf::Elf;

/// The image; it fits one page.
pub const IMAGE: &[u8] = include_bytes!("vdso/vdso.so");

/// Offset in the image of a function, by its name in the dynamic symbol table.
pub fn symbol(name: &str) -> Option<u64> {
    let elf = Elf::parse(IMAGE).ok()?;
    elf.dynsyms.iter().find(|sym| elf.dynstrtab.get_at(sym.st_name) == Some(name)).map(|sym| sym.st_value)
}

/// Offset of the signal trampoline, which handlers without SA_RESTORER return to.
pub fn sigreturn_offset() -> u64 {
    symbol("__kernel_rt_sigreturn").unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::elf::Image;
    use crate::load::testing::TempDir;
    use crate::memory::PAGE;
    use std::process::Command;

    #[test]
    fn the_image_is_one_readable_executable_page() {
        let image = Image::parse(IMAGE).unwrap();
        assert_eq!(image.extent(), (0, PAGE));
        assert_eq!(image.segments[0].prot, (libc::PROT_READ | libc::PROT_EXEC) as u8);
        assert!(IMAGE.len() as u64 <= PAGE);
    }

    #[test]
    fn every_function_is_where_its_code_is() {
        for (name, nr) in [
            ("__kernel_clock_gettime", 113u32),
            ("__kernel_gettimeofday", 169),
            ("__kernel_clock_getres", 114),
            ("__kernel_getcpu", 168),
            ("__kernel_rt_sigreturn", 139),
        ] {
            let at = symbol(name).unwrap() as usize;
            let word = |at: usize| u32::from_le_bytes(IMAGE[at..at + 4].try_into().unwrap());
            let (mov, svc) = (0xd280_0008 | nr << 5, 0xd400_0001);
            let found = (at..at + 160).step_by(4).any(|at| word(at) == mov && word(at + 4) == svc);
            assert!(found, "{name}: mov x8, #{nr}; svc #0");
        }
    }

    /// Compares what is mapped and matters; another binutils may order its tables differently.
    #[test]
    fn the_committed_image_is_what_the_source_builds() {
        let dir = TempDir::new("vdso");
        let rebuilt = dir.path().join("vdso.so");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/load/vdso/build.sh");
        let status = Command::new(script).arg(&rebuilt).status().unwrap();
        assert!(status.success(), "needs gcc-aarch64-linux-gnu (make deps)");
        let rebuilt = std::fs::read(rebuilt).unwrap();
        for section in [".text", ".eh_frame", ".note", ".dynsym", ".dynstr", ".gnu.version"] {
            assert_eq!(section_bytes(&rebuilt, section), section_bytes(IMAGE, section), "{section}");
        }
    }

    fn section_bytes<'a>(bytes: &'a [u8], name: &str) -> &'a [u8] {
        let elf = Elf::parse(bytes).unwrap();
        let section = elf.section_headers.iter().find(|s| elf.shdr_strtab.get_at(s.sh_name) == Some(name)).unwrap();
        &bytes[section.file_range().unwrap()]
    }
}
