//! What this folder's tests share: an ELF file made to order, and a directory that goes away.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A PT_LOAD.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub vaddr: u64,
    pub offset: u64,
    pub filesz: u64,
    pub memsz: u64,
    pub flags: u32,
}

/// A small AArch64 ELF file; tests change what they are about.
#[derive(Clone)]
pub(crate) struct ElfBuilder {
    pub e_type: u16,
    pub loads: Vec<Load>,
    pub interp: Option<&'static str>,
    pub code: Vec<u32>,
}

const EHDR: u64 = 64;
const PHDR: u64 = 56;

impl ElfBuilder {
    /// ET_EXEC with one segment: headers and `mov x8, #94; svc #0`.
    pub fn new() -> Self {
        let text = Load { vaddr: 0x40_0000, offset: 0, filesz: 0x100, memsz: 0x100, flags: 5 };
        ElfBuilder { e_type: 2, loads: vec![text], interp: None, code: vec![0xd280_0bc8, 0xd400_0001] }
    }

    /// The file; the code begins at 0xc0 unless there are many headers.
    pub fn bytes(&self) -> Vec<u8> {
        let phnum = self.loads.len() as u64 + u64::from(self.interp.is_some());
        let code_at = (EHDR + phnum * PHDR).max(0xc0);
        let mut out = vec![0x7f, b'E', b'L', b'F', 2, 1, 1];
        out.resize(16, 0);
        for half in [self.e_type, 183] {
            out.extend(half.to_le_bytes());
        }
        out.extend(1u32.to_le_bytes());
        for word in [0x40_0000 + code_at, EHDR, 0] {
            out.extend(word.to_le_bytes());
        }
        out.extend(0u32.to_le_bytes());
        for half in [EHDR as u16, PHDR as u16, phnum as u16, 64, 0, 0] {
            out.extend(half.to_le_bytes());
        }
        let code_end = code_at + 4 * self.code.len() as u64;
        if let Some(interp) = self.interp {
            let len = interp.len() as u64 + 1;
            push_header(&mut out, 3, &Load { vaddr: 0, offset: code_end, filesz: len, memsz: len, flags: 4 });
        }
        self.loads.iter().for_each(|load| push_header(&mut out, 1, load));
        out.resize(code_at as usize, 0);
        self.code.iter().for_each(|word| out.extend(word.to_le_bytes()));
        out.extend(self.interp.unwrap_or_default().bytes().chain([0]));
        let end = self.loads.iter().map(|l| l.offset + l.filesz).max().unwrap_or(0) as usize;
        out.resize(end.max(out.len()), 0);
        out
    }
}

fn push_header(out: &mut Vec<u8>, p_type: u32, load: &Load) {
    out.extend(p_type.to_le_bytes());
    out.extend(load.flags.to_le_bytes());
    for word in [load.offset, load.vaddr, load.vaddr, load.filesz, load.memsz, 4096] {
        out.extend(word.to_le_bytes());
    }
}

/// A directory under the system's temporary one, removed when dropped.
pub(crate) struct TempDir(PathBuf);

impl TempDir {
    pub fn new(name: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let unique = format!("emu-{name}-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(unique);
        std::fs::create_dir_all(&path).unwrap();
        TempDir(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
