//! Processes and threads: what begins, ends or replaces one comes back as an [`Outcome`]; personality
//! and uname answer as an arm64 kernel would.

use crate::abi::bytes;
use crate::dispatch::NOWHERE;
use crate::fs::paths::{self, PATH_MAX, read_strings};
use crate::guest::{CloneArgs, ExecArgs, Follow, Guest, GuestAddr, HostError, Rlimit};
use crate::kind::Args;
use crate::table::Handled;
use crate::tagged::untagged;
use crate::{Errno, Outcome};

/// The exit signal in clone(2)'s flags.
const CSIGNAL: u64 = 0xff;
const PAGE_SIZE: u64 = 4096;

/// exit(2).
pub fn exit(_guest: &mut dyn Guest, args: Args) -> Outcome {
    Outcome::Exit(args.int(0))
}

/// exit_group(2).
pub fn exit_group(_guest: &mut dyn Guest, args: Args) -> Outcome {
    Outcome::ExitGroup(args.int(0))
}

/// clone(2): arm64 takes (flags, stack, parent_tid, tls, child_tid) where x86-64 has the last two
/// the other way round (CONFIG_CLONE_BACKWARDS).
pub fn clone(_guest: &mut dyn Guest, args: Args) -> Outcome {
    // The kernel looks at the lower half only: clone3's flags have no place here.
    let flags = u64::from(args.uint(0));
    Outcome::Clone(CloneArgs {
        flags: flags & !CSIGNAL,
        exit_signal: flags & CSIGNAL,
        stack: args.word(1),
        pidfd: args.addr(2),
        parent_tid: args.addr(2),
        tls: args.word(3),
        child_tid: args.addr(4),
        ..CloneArgs::default()
    })
}

/// clone3(2).
pub fn clone3(guest: &mut dyn Guest, args: Args) -> Outcome {
    match read_clone_args(guest, args.addr(0), args.word(1)) {
        Ok(clone) => Outcome::Clone(clone),
        Err(errno) => Outcome::Return(Err(errno)),
    }
}

/// `struct clone_args` (include/uapi/linux/sched.h), with the checks of kernel/fork.c's
/// copy_clone_args_from_user and clone3_args_valid.
fn read_clone_args(guest: &dyn Guest, at: GuestAddr, size: u64) -> Result<CloneArgs, Errno> {
    const SIZE_VER0: u64 = 64;
    const SIZE_VER2: usize = 88;
    const MAX_PID_NS_LEVEL: u64 = 32;
    const CLONE_SIGHAND: u64 = libc::CLONE_SIGHAND as u64;
    const CLONE_CLEAR_SIGHAND: u64 = 1 << 32;
    const CLONE_INTO_CGROUP: u64 = 1 << 33;
    const CLONE_NEWTIME: u64 = 0x80;
    const CLONE_DETACHED: u64 = 0x0040_0000;
    const LEGACY_FLAGS: u64 = 0xffff_ffff;

    if size > PAGE_SIZE {
        return Err(Errno::E2BIG);
    }
    if size < SIZE_VER0 {
        return Err(Errno::EINVAL);
    }
    let mut raw = vec![0; (size as usize).max(SIZE_VER2)];
    guest.read(at, raw.get_mut(..size as usize).unwrap_or_default())?;
    if raw.iter().skip(SIZE_VER2).any(|&byte| byte != 0) {
        return Err(Errno::E2BIG);
    }
    let word = |index: usize| bytes::get_u64(&raw, 8 * index);
    let (flags, exit_signal, stack, stack_size) = (word(0), word(4), word(5), word(6));
    let pointer = |index: usize| GuestAddr(if guest.takes_tags() { untagged(word(index)) } else { word(index) });
    let (set_tid, set_tid_size, cgroup) = (pointer(8), word(9), word(10));

    if set_tid_size > MAX_PID_NS_LEVEL || (set_tid.0 == 0) != (set_tid_size == 0) || exit_signal & !CSIGNAL != 0 {
        return Err(Errno::EINVAL);
    }
    if flags & CLONE_INTO_CGROUP != 0 && (cgroup > i32::MAX as u64 || size < SIZE_VER2 as u64) {
        return Err(Errno::EINVAL);
    }
    if flags & !(LEGACY_FLAGS | CLONE_CLEAR_SIGHAND | CLONE_INTO_CGROUP) != 0
        || flags & (CLONE_DETACHED | CSIGNAL & !CLONE_NEWTIME) != 0
        || flags & (CLONE_SIGHAND | CLONE_CLEAR_SIGHAND) == CLONE_SIGHAND | CLONE_CLEAR_SIGHAND
        || exit_signal > 64
    {
        return Err(Errno::EINVAL);
    }
    if flags & (libc::CLONE_THREAD | libc::CLONE_PARENT) as u64 != 0 && exit_signal != 0 {
        return Err(Errno::EINVAL);
    }
    if (stack == 0) != (stack_size == 0) {
        return Err(Errno::EINVAL);
    }
    Ok(CloneArgs {
        flags,
        pidfd: pointer(1),
        child_tid: pointer(2),
        parent_tid: pointer(3),
        exit_signal,
        stack: stack.wrapping_add(stack_size),
        tls: word(7),
        set_tid: (set_tid, set_tid_size),
        cgroup,
    })
}

/// execve(2).
pub fn execve(guest: &mut dyn Guest, args: Args) -> Outcome {
    exec(guest, libc::AT_FDCWD, args.addr(0), args.addr(1), args.addr(2), 0)
}

/// execveat(2).
pub fn execveat(guest: &mut dyn Guest, args: Args) -> Outcome {
    exec(guest, args.int(0), args.addr(1), args.addr(2), args.addr(3), args.int(4))
}

fn exec(guest: &mut dyn Guest, dirfd: i32, path: GuestAddr, argv: GuestAddr, envp: GuestAddr, flags: i32) -> Outcome {
    let text = match guest.read_cstr(path, PATH_MAX) {
        Ok(text) => text,
        Err(errno) => return Outcome::Return(Err(errno)),
    };
    match (read_strings(guest, argv), read_strings(guest, envp)) {
        (Ok(argv), Ok(envp)) => Outcome::Exec(Box::new(ExecArgs { dirfd, path: text, argv, envp, flags })),
        (Err(errno), _) | (_, Err(errno)) => {
            Outcome::Return(Err(file_error(guest, dirfd, path, &text, flags).unwrap_or(errno)))
        }
    }
}

/// What is wrong with the file of an execve, which the kernel opens before it looks at the strings
/// (alloc_bprm in fs/exec.c). With its argv nowhere the host's own call goes no further.
fn file_error(guest: &mut dyn Guest, dirfd: i32, path: GuestAddr, text: &[u8], flags: i32) -> Option<Errno> {
    let follow = if flags & libc::AT_SYMLINK_NOFOLLOW == 0 { Follow::Yes } else { Follow::No };
    let other = paths::replacement_for(guest, dirfd, text, follow);
    let words = [dirfd as u64, paths::word(&other, path), NOWHERE, 0, flags as u64, 0];
    match guest.host(libc::SYS_execveat, words) {
        Err(HostError::Errno(errno)) if errno != Errno::EFAULT => Some(errno),
        _ => None,
    }
}

/// getrlimit(2).
pub fn getrlimit(guest: &mut dyn Guest, args: Args) -> Handled {
    limit(guest, libc::SYS_getrlimit, args, (args.uint(0), GuestAddr(0), args.addr(1)))
}

/// setrlimit(2).
pub fn setrlimit(guest: &mut dyn Guest, args: Args) -> Handled {
    limit(guest, libc::SYS_setrlimit, args, (args.uint(0), args.addr(1), GuestAddr(0)))
}

/// prlimit64(2).
pub fn prlimit64(guest: &mut dyn Guest, args: Args) -> Handled {
    match args.int(0) {
        pid if pid != 0 && pid != guest.pid() => guest.host(libc::SYS_prlimit64, args.0),
        _ => limit(guest, libc::SYS_prlimit64, args, (args.uint(1), args.addr(2), args.addr(3))),
    }
}

/// A limit of this process: resource, new value if any, where the old one goes if anywhere.
fn limit(guest: &mut dyn Guest, number: i64, args: Args, (resource, new, old): (u32, GuestAddr, GuestAddr)) -> Handled {
    if guest.memory_limit(resource, None).is_none() {
        return guest.host(number, args.0);
    }
    let mut raw = [0; 16];
    let new = match new.0 {
        0 if number == libc::SYS_setrlimit => return Err(Errno::EFAULT.into()),
        0 => None,
        _ => {
            guest.read(new, &mut raw)?;
            Some(Rlimit { soft: bytes::get_u64(&raw, 0), hard: bytes::get_u64(&raw, 8) })
        }
    };
    let Some(before) = guest.memory_limit(resource, new) else { return guest.host(number, args.0) };
    let Rlimit { soft, hard } = before?;
    if old.0 != 0 || number == libc::SYS_getrlimit {
        bytes::put(&mut raw, 0, &soft.to_le_bytes());
        bytes::put(&mut raw, 8, &hard.to_le_bytes());
        guest.write(old, &raw)?;
    }
    Ok(0)
}

/// uname(2): the host's names, but the guest's machine, and the release that the user chose.
pub fn uname(guest: &mut dyn Guest, args: Args) -> Handled {
    const LEN: u64 = 65;
    const RELEASE: u64 = 2 * LEN;
    const MACHINE: u64 = 4 * LEN;
    guest.host(libc::SYS_uname, args.0)?;
    if let Some(release) = guest.release() {
        let mut field = release.as_bytes().to_vec();
        field.resize(LEN as usize, 0);
        guest.write(GuestAddr(args.word(0).wrapping_add(RELEASE)), &field)?;
    }
    guest.write(GuestAddr(args.word(0).wrapping_add(MACHINE)), b"aarch64\0")?;
    Ok(0)
}

/// personality(2): a CPU without 32-bit EL0 refuses PER_LINUX32 (arch/arm64/kernel/sys.c).
pub fn personality(guest: &mut dyn Guest, args: Args) -> Handled {
    const PER_MASK: u32 = 0xff;
    const PER_LINUX32: u32 = 8;
    const QUERY: u32 = 0xffff_ffff;
    let persona = args.uint(0);
    if persona != QUERY && persona & PER_MASK == PER_LINUX32 {
        return Err(Errno::EINVAL.into());
    }
    guest.host(libc::SYS_personality, args.0)
}
