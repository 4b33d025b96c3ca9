//! The loader: a path → an address space with a program in it, and its first registers.
//!
//! ```text
//!   path ─ script ─▶ file ─ elf ─▶ Program      checked, nothing mapped: execve can still fail
//!                                     │ load
//!          place (segments) ─ vdso ─ stack ─▶ Loaded: pc, sp, and what /proc/self tells
//! ```
//!
//! What the kernel does in fs/exec.c, fs/binfmt_elf.c and fs/binfmt_script.c. Only `place` and this
//! file map anything; the rest is pure or opens files.

pub mod auxv;
pub mod elf;
pub mod error;
pub mod file;
pub mod place;
pub mod program;
pub mod property;
pub mod script;
pub mod stack;
pub mod sysroot;
#[cfg(test)]
pub(crate) mod testing;
pub mod vdso;

pub use error::LoadError;
pub use program::{Program, Request};
pub use sysroot::Sysroot;

use crate::host::{HostErrno, raw};
use crate::memory::access::copy_out;
use crate::memory::addr::{AddrRange, page_up};
use crate::memory::areas::AreaKind;
use crate::memory::layout::Layout;
use crate::memory::space::AddressSpace;
use auxv::{AuxInfo, Ids};
use error::show;
use stack::StackContents;

const READ: u64 = libc::PROT_READ as u64;
const WRITE: u64 = libc::PROT_WRITE as u64;
const EXEC: u64 = libc::PROT_EXEC as u64;

/// What the guest's processor and this emulator announce.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Machine {
    /// HWCAP_* bits.
    pub hwcap: u64,
    /// HWCAP2_* bits.
    pub hwcap2: u64,
    /// Bytes that the largest signal frame needs (AT_MINSIGSTKSZ).
    pub min_signal_stack: u64,
    /// Whether pages can be guarded (FEAT_BTI).
    pub has_bti: bool,
}

/// A program in memory, ready to run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Loaded {
    /// First pc: the interpreter's entry, or the program's.
    pub pc: u64,
    /// First SP.
    pub sp: u64,
    /// The program's own entry.
    pub entry: u64,
    /// What was added to the program's addresses.
    pub bias: u64,
    /// The program's code, first byte and first beyond (mm->start_code, mm->end_code).
    pub code: (u64, u64),
    /// Its data, from its last segment on (mm->start_data, mm->end_data).
    pub data: (u64, u64),
    /// Where the interpreter was mapped.
    pub interp_base: Option<u64>,
    /// First byte of the heap.
    pub brk_start: u64,
    /// The stack's pages: what it may grow down to, and its top.
    pub stack: (u64, u64),
    /// Where argument strings lie (/proc/self/cmdline).
    pub args: (u64, u64),
    /// Where environment strings lie (/proc/self/environ).
    pub env: (u64, u64),
    /// The auxiliary vector (/proc/self/auxv).
    pub auxv: Vec<u8>,
    /// The vDSO's page.
    pub vdso: u64,
    /// The signal trampoline in the vDSO.
    pub sigreturn: u64,
    /// Absolute host path of the ELF program (/proc/self/exe).
    pub exe: Vec<u8>,
    /// Thread name (/proc/self/comm).
    pub comm: Vec<u8>,
}

impl Program {
    /// Maps the program into the empty `space`. On an error the space is left as it is then: the
    /// process cannot go on.
    pub fn load(
        mut self,
        space: &AddressSpace,
        layout: &Layout,
        envp: &[Vec<u8>],
        machine: Machine,
    ) -> Result<Loaded, LoadError> {
        let failed = |what: &str, errno| LoadError::Map { path: show(self.main.file.path()), what: what.into(), errno };
        space.set_layout(layout);
        if machine.has_bti {
            match &mut self.interp {
                Some(interp) => interp.image.guard(),
                None => self.main.image.guard(),
            }
        }
        let image = &self.main.image;
        let main = place::place(space, &self.main.file, image, layout.pie_base)?;
        let interp = match &self.interp {
            Some(interp) => Some((place::place(space, &interp.file, &interp.image, 0)?, &interp.image)),
            None => None,
        };
        let interp_base = interp.map(|(placed, _)| placed.bias);
        let vdso = map_vdso(space).map_err(|e| failed("the vDSO", e))?;
        let brk_start = main.end + layout.brk_gap;
        space.set_brk_start(brk_start);

        let entry = image.entry.wrapping_add(main.bias);
        let aux = AuxInfo {
            vdso,
            min_signal_stack: machine.min_signal_stack,
            hwcap: machine.hwcap,
            hwcap2: machine.hwcap2,
            phdr: if image.phdr == 0 { 0 } else { image.phdr.wrapping_add(main.bias) },
            phnum: u64::from(image.phnum),
            interp_base: interp_base.unwrap_or(0),
            entry,
            ids: own_ids(),
        };
        let mut random = [0u8; 16];
        fill_random(&mut random);
        let contents =
            StackContents { argv: &self.argv, envp, execfn: &self.execfn, random, shift: layout.sp_shift, aux };
        let stack = contents
            .build(layout.stack_top, layout.stack_len)
            .map_err(|error| LoadError::TooLong { path: show(self.main.file.path()), error })?;
        let bottom = map_stack(space, layout, image.exec_stack).map_err(|e| failed("the stack", e))?;
        copy_out(stack.sp, &stack.bytes).map_err(|_| failed("the stack", HostErrno(libc::EFAULT)))?;

        Ok(Loaded {
            pc: interp.map_or(entry, |(placed, image)| image.entry.wrapping_add(placed.bias)),
            sp: stack.sp,
            entry,
            bias: main.bias,
            code: image.code(main.bias),
            data: image.data(main.bias),
            interp_base,
            brk_start,
            stack: (bottom, layout.stack_top),
            args: stack.args,
            env: stack.env,
            auxv: stack.auxv,
            vdso,
            sigreturn: vdso + vdso::sigreturn_offset(),
            exe: self.main.file.real_path(),
            comm: self.comm().to_vec(),
        })
    }
}

/// The whole stack is mapped at once, without memory being reserved for it: pages come as they are
/// touched. MAP_GROWSDOWN would let other mappings into the room that it is to grow into.
fn map_stack(space: &AddressSpace, layout: &Layout, exec: bool) -> Result<u64, HostErrno> {
    let bottom = layout.stack_top - layout.stack_len;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE | libc::MAP_FIXED_NOREPLACE;
    let prot = READ | WRITE | if exec { EXEC } else { 0 };
    space.mmap(bottom, layout.stack_len, prot, flags as u64, -1, 0)?;
    space.set_kind(AddrRange { start: bottom, end: layout.stack_top }, AreaKind::Stack);
    Ok(bottom)
}

fn map_vdso(space: &AddressSpace) -> Result<u64, HostErrno> {
    let len = page_up(vdso::IMAGE.len() as u64).ok_or(HostErrno(libc::ENOMEM))?;
    let flags = (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS) as u64;
    let addr = space.mmap(0, len, READ | WRITE, flags, -1, 0)?;
    copy_out(addr, vdso::IMAGE).map_err(|_| HostErrno(libc::EFAULT))?;
    space.mprotect(addr, len, READ | EXEC)?;
    space.set_kind(AddrRange { start: addr, end: addr + len }, AreaKind::Vdso);
    Ok(addr)
}

fn own_ids() -> Ids {
    use nix::unistd::{getegid, geteuid, getgid, getuid};
    Ids { uid: getuid().as_raw(), euid: geteuid().as_raw(), gid: getgid().as_raw(), egid: getegid().as_raw() }
}

/// Fills `bytes` from the kernel's generator; they stay zero if it has none.
fn fill_random(bytes: &mut [u8]) {
    // getrandom(2) writes to `bytes` and nothing else.
    let _ = raw::syscall(libc::SYS_getrandom, raw::args([bytes.as_mut_ptr() as u64, bytes.len() as u64]));
}

#[cfg(test)]
mod tests {
    use super::testing::{ElfBuilder, Load, TempDir};
    use super::*;
    use crate::memory::access::copy_in;
    use crate::memory::space::space;
    use std::os::unix::ffi::OsStrExt;
    use std::path::Path;

    const MACHINE: Machine = Machine { hwcap: 0xff, hwcap2: 0, min_signal_stack: 4720, has_bti: false };

    fn write_program(path: &Path, bytes: &[u8]) {
        use std::os::unix::fs::PermissionsExt;
        std::fs::write(path, bytes).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn request(path: &Path, argv: &[&str]) -> Request {
        let name = path.as_os_str().as_bytes().to_vec();
        Request { host_path: name.clone(), name, argv: argv.iter().map(|a| a.as_bytes().to_vec()).collect() }
    }

    fn find(path: &Path, argv: &[&str]) -> Result<Program, LoadError> {
        Program::find(&request(path, argv), &Sysroot::NONE)
    }

    fn read(addr: u64, len: usize) -> Vec<u8> {
        let mut buf = vec![0xaa; len];
        copy_in(addr, &mut buf).unwrap();
        buf
    }

    #[test]
    fn a_static_pie_is_mapped_with_its_zeroed_tail_and_bss() {
        let dir = TempDir::new("load");
        let path = dir.path().join("prog");
        let mut elf = ElfBuilder::new();
        elf.e_type = 3;
        elf.loads = vec![
            Load { vaddr: 0, offset: 0, filesz: 0x100, memsz: 0x100, flags: 5 },
            Load { vaddr: 0x1_1080, offset: 0x1080, filesz: 0x10, memsz: 0x3000, flags: 6 },
        ];
        let mut bytes = elf.bytes();
        bytes[0x1080..0x1090].fill(0x55);
        bytes.extend([0x77; 64]);
        write_program(&path, &bytes);

        let layout = Layout { pie_base: 0x1234_5000_0000, sp_shift: 0, brk_gap: 0, ..Layout::fixed(1 << 20) };
        let loaded = find(&path, &["prog", "x"]).unwrap().load(space(), &layout, &[b"A=b".to_vec()], MACHINE).unwrap();

        assert_eq!(loaded.bias, layout.pie_base);
        assert_eq!(loaded.brk_start, layout.pie_base + 0x1_5000);
        assert_eq!(loaded.pc, loaded.entry);
        assert_eq!(read(loaded.bias, 4), b"\x7fELF");
        assert_eq!(read(loaded.bias + 0x1_1080, 0x10), [0x55; 0x10]);
        assert_eq!(read(loaded.bias + 0x1_1090, 0x2ff0), vec![0; 0x2ff0], "file bytes beyond filesz must not show");
        assert_eq!(read(loaded.sp, 8), 2u64.to_le_bytes());
        assert_eq!(read(loaded.vdso, 4), b"\x7fELF");
        assert_eq!(read(loaded.sigreturn, 8), [0x68, 0x11, 0x80, 0xd2, 1, 0, 0, 0xd4]);
        assert_eq!(read(loaded.env.0, 4), b"A=b\0");
        assert_eq!(loaded.comm, b"prog");
    }

    #[test]
    fn scripts_put_their_interpreter_in_front() {
        let dir = TempDir::new("script");
        let (elf, one, two) = (dir.path().join("elf"), dir.path().join("one"), dir.path().join("two"));
        write_program(&elf, &ElfBuilder::new().bytes());
        write_program(&one, format!("#!{} -x y\n", elf.display()).as_bytes());
        write_program(&two, format!("#! {}\n", one.display()).as_bytes());
        let program = find(&two, &["argv0", "last"]).unwrap();
        let argv: Vec<&[u8]> = program.argv.iter().map(Vec::as_slice).collect();
        let bytes = |path: &Path| path.as_os_str().as_bytes().to_vec();
        assert_eq!(argv, [&bytes(&elf), b"-x y".as_slice(), &bytes(&one), &bytes(&two), b"last"]);
        assert_eq!(program.execfn, bytes(&two));
    }

    #[test]
    fn scripts_that_run_each_other_end() {
        let dir = TempDir::new("loop");
        let path = dir.path().join("self");
        write_program(&path, format!("#!{}\n", path.display()).as_bytes());
        let error = find(&path, &["x"]).unwrap_err();
        assert_eq!(error.errno(), HostErrno(libc::ELOOP));
    }

    #[test]
    fn each_failure_has_its_status_and_errno() {
        let dir = TempDir::new("errors");
        let at = |name: &str| dir.path().join(name);
        std::fs::write(at("plain"), ElfBuilder::new().bytes()).unwrap();
        write_program(&at("text"), b"hello\n");
        write_program(&at("lost"), b"#!/no/such/sh\n");
        let mut dynamic = ElfBuilder::new();
        dynamic.interp = Some("/no/ld.so");
        write_program(&at("dynamic"), &dynamic.bytes());
        std::fs::create_dir(at("dir")).unwrap();
        for (name, status, errno, says) in [
            ("missing", 127, libc::ENOENT, "not found"),
            ("plain", 126, libc::EACCES, "chmod +x"),
            ("text", 126, libc::ENOEXEC, "not an ELF program"),
            ("lost", 127, libc::ENOENT, "/no/such/sh: not found"),
            ("dynamic", 127, libc::ENOENT, "needs /no/ld.so"),
            ("dir", 126, libc::EACCES, "not a regular file"),
            ("text/x", 127, libc::ENOTDIR, "not found"),
        ] {
            let error = find(&at(name), &[name]).unwrap_err();
            assert_eq!(error.exit_status(), status, "{name}: {error}");
            assert_eq!(error.errno(), HostErrno(errno), "{name}: {error}");
            assert!(error.to_string().contains(says), "{name}: {error}");
        }
    }
}
