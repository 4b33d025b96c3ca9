//! Guests where something is missing, full, limited or forbidden: they run all the same, or one line says why not.

mod common;

use common::{emu, emu_command_of, guest_root, run, scratch};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::Command;

fn busybox() -> PathBuf {
    guest_root().join("bin/busybox")
}

/// A host's shell runs `script`, in which `$0` is the emulator and `$1` the guest's busybox.
fn host_shell(script: &str) -> Command {
    let mut command = emu_command_of("sh");
    command.args(["-c", script]).arg(emu()).arg(busybox());
    command
}

#[test]
fn standard_streams_that_are_closed_stay_closed() {
    let list = scratch("closed-streams").join("list");
    let script = "exec 0<&- 1>&- 2>&-; exec \"$0\" \"$1\" sh -c 'ls /proc/self/fd > \"$0\"; exit 5' \"$2\"";
    let ran = run(host_shell(script).arg(&list));
    assert_eq!(ran.status.code(), Some(5), "{ran:?}");
    // The list itself, and the directory that ls reads, which gets the first free number; the shell keeps a copy
    // of what it redirected at 10 or above.
    let numbers = std::fs::read_to_string(&list).expect("the list");
    assert!(numbers.lines().take(2).eq(["0", "1"]) && !numbers.lines().any(|number| number == "2"), "{numbers}");
}

#[test]
fn no_file_may_grow_but_made_up_files_and_execve_need_none() {
    let script = "ulimit -f 0; exec \"$0\" \"$1\" sh -c '\"$0\" head -n 1 /proc/self/status; \"$0\" echo end' \"$1\"";
    assert_eq!(run(&mut host_shell(script)).succeeded(), "Name:\tbusybox\nend\n");
}

#[test]
fn too_little_memory_is_told_in_lines_of_our_own() {
    // What the emulator may raise by itself is no limit to it.
    let drop =
        if nix::unistd::geteuid().is_root() { "setpriv --bounding-set=-all --inh-caps=-all --reuid=65534" } else { "" };
    let mut outcomes = Vec::new();
    for kib in [9_000, 12_000, 16_000, 20_000, 30_000, 60_000, 300_000] {
        let script = format!("ulimit -v {kib}; exec {drop} \"$0\" \"$1\" echo out");
        let copy = std::env::temp_dir().join(format!("emu-little-{}", std::process::id()));
        std::fs::create_dir_all(&copy).expect("directory");
        let mut command = emu_command_of("sh");
        command.args(["-c", &script]);
        for file in [emu(), busybox()] {
            // Anybody may read it there; another process copies, so that no fork of a test has it open.
            let copied = Command::new("cp").arg(&file).arg(&copy).status().expect("cp");
            assert!(copied.success());
            command.arg(copy.join(file.file_name().expect("a name")));
        }
        let ran = run(&mut command);
        let _ = std::fs::remove_dir_all(&copy);
        // Before the emulator is there setpriv or the shell may fail: that is not ours to tell.
        let is_ours = ran.stderr.contains("emu");
        let is_told = ran.stderr.lines().all(|line| line.starts_with("emu: ") && !line.contains("bug"));
        let is_kernels = ran.status.signal() == Some(libc::SIGSEGV);
        assert!(is_told || !is_ours, "{kib}: {ran:?}");
        // Nobody refuses executable memory here.
        assert_eq!(ran.stderr.contains("interpreting"), ran.stderr.contains("no room for translated code"), "{ran:?}");
        assert!(ran.stdout == "out\n" || !ran.stderr.is_empty() || is_kernels, "{kib}: {ran:?}");
        outcomes.push(ran.stdout == "out\n");
    }
    assert_eq!(outcomes.last(), Some(&true), "{outcomes:?}");
}

/// What a container's usual seccomp filter refuses, with the errno that it gives: calls that the emulator could
/// make for itself among them.
#[test]
#[allow(unsafe_code)]
fn a_containers_seccomp_filter_leaves_guests_running() {
    const REFUSED: [(libc::c_long, i32); 17] = [
        (libc::SYS_clone3, libc::ENOSYS),
        (libc::SYS_unshare, libc::EPERM),
        (libc::SYS_setns, libc::EPERM),
        (libc::SYS_mount, libc::EPERM),
        (libc::SYS_ptrace, libc::EPERM),
        (libc::SYS_process_vm_readv, libc::EPERM),
        (libc::SYS_process_vm_writev, libc::EPERM),
        (libc::SYS_kcmp, libc::EPERM),
        (libc::SYS_keyctl, libc::EPERM),
        (libc::SYS_userfaultfd, libc::EPERM),
        (libc::SYS_perf_event_open, libc::EPERM),
        (libc::SYS_bpf, libc::EPERM),
        (libc::SYS_io_uring_setup, libc::EPERM),
        (libc::SYS_personality, libc::EPERM),
        (libc::SYS_close_range, libc::ENOSYS),
        (libc::SYS_pidfd_open, libc::ENOSYS),
        (libc::SYS_faccessat2, libc::ENOSYS),
    ];
    let insn = |code: u32, jf: u8, k: u32| libc::sock_filter { code: code as u16, jt: 0, jf, k };
    let mut filter = vec![insn(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0)];
    for (number, errno) in REFUSED {
        filter.push(insn(libc::BPF_JMP | libc::BPF_JEQ, 1, number as u32));
        filter.push(insn(libc::BPF_RET, 0, libc::SECCOMP_RET_ERRNO | errno as u32));
    }
    filter.push(insn(libc::BPF_RET, 0, libc::SECCOMP_RET_ALLOW));
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
    let address = &raw const program as usize;
    let script = "echo a | cat; \"$1\" echo sub; cat /proc/self/maps | grep -c stack; cat /proc/$$/comm; exit 7";
    let mut command = emu_command_of(emu());
    command.arg(busybox()).args(["sh", "-c", script, "sh"]).arg(busybox());
    let confine = move || {
        // SAFETY: prctl(2) reads the program and its instructions, of which the child has copies.
        let set = unsafe {
            libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) | libc::prctl(libc::PR_SET_SECCOMP, 2, address, 0, 0)
        };
        if set == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
    };
    // SAFETY: the closure makes system calls only.
    unsafe { command.pre_exec(confine) };
    let ran = run(&mut command);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("a\nsub\n1\nbusybox\n", ""), "{ran:?}");
    assert_eq!(ran.status.code(), Some(7));
    drop(filter);
}

/// As root with mount(2), in mount namespaces of their own.
#[test]
fn no_proc_a_proc_that_hides_others_no_dev_and_nothing_to_write_to() {
    if !nix::unistd::geteuid().is_root()
        || !Command::new("unshare").args(["-m", "true"]).status().is_ok_and(|s| s.success())
    {
        println!("skipped: takes root and mount(2)");
        return;
    }
    let inside = |prepare: &str, guest: &str| {
        let script = format!("{prepare}; exec \"$0\" \"$1\" sh -c '{guest}' \"$1\"");
        let mut command = emu_command_of("unshare");
        command.args(["-mpf", "--mount-proc", "sh", "-c", &script]).arg(emu()).arg(busybox());
        let ran = run(&mut command);
        assert_eq!(ran.status.code(), Some(0), "{ran:?}");
        ran.stdout
    };
    assert_eq!(
        inside("while umount -l /proc 2>/dev/null; do :; done", "\"$0\" echo sub; ls /proc; (exit 3); echo $?"),
        "sub\n3\n"
    );
    let hidden = "mount -o remount,hidepid=2 /proc";
    assert_eq!(
        inside(hidden, "\"$0\" sh -c \"head -n 1 /proc/self/comm; ps -o comm | grep -q busybox && echo listed\""),
        "head\nlisted\n"
    );
    let bare = "mount -t tmpfs none /dev";
    assert_eq!(inside(bare, "\"$0\" echo sub | \"$0\" cat; ls /dev | wc -l"), "sub\n0\n");
    let frozen = "mount -o remount,bind,ro /; mount -t tmpfs -o ro none /dev/shm";
    assert_eq!(inside(frozen, "\"$0\" cat /proc/self/comm; touch /x 2>/dev/null; echo $?"), "busybox\n1\n");
}
