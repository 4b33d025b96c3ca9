//! What each flag and variable does to a real guest program, and that the one file that is emu works
//! where nothing else is.

mod common;

use common::fixture::{Build, Fixture};
use common::{CROSS_SYSROOT, Ran, emu_command, guest_root, run, scratch};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

fn busybox() -> PathBuf {
    guest_root().join("bin/busybox")
}

/// Runs busybox sh with `flags` before it.
#[track_caller]
fn sh(flags: &[&str], script: &str) -> Ran {
    run(emu_command().args(flags).arg(busybox()).args(["sh", "-c", script]).env("KEPT", "1").env("LOST", "2"))
}

#[test]
fn variables_are_set_and_unset() {
    let flags = ["-E", "NEW=a,b=c", "-E", "KEPT=3", "-U", "LOST"];
    assert_eq!(sh(&flags, "echo $NEW $KEPT ${LOST-none}").succeeded(), "a,b=c 3 none\n");
}

#[test]
fn qemu_variables_stand_in_for_flags() {
    let script = ["sh", "-c", "echo $A $B ${LOST-none}"];
    let ran = run(emu_command()
        .arg(busybox())
        .args(script)
        .env("LOST", "1")
        .env("QEMU_SET_ENV", "A=1,B=2")
        .env("QEMU_UNSET_ENV", "LOST"));
    assert_eq!(ran.succeeded(), "1 2 none\n");
    let dynamic = Fixture::named("hello").build(Build::Dynamic);
    let ran = run(emu_command().arg(dynamic).env("QEMU_LD_PREFIX", CROSS_SYSROOT));
    assert_eq!(ran.succeeded(), "ok hello\n");
}

#[test]
fn the_program_may_have_another_name() {
    let ran = run(emu_command().args(["-0", "echo"]).arg(busybox()).args(["-n", "an applet"]));
    assert_eq!(ran.succeeded(), "an applet");
}

#[test]
fn the_stack_and_the_kernels_release_are_chosen_for_all_programs() {
    let script = format!("ulimit -s; uname -r; {0} cat /proc/sys/kernel/osrelease", busybox().display());
    assert_eq!(sh(&["-s", "2M", "-r", "5.4.0-board"], &script).succeeded(), "2048\n5.4.0-board\n5.4.0-board\n");
    let by_qemu = run(emu_command().arg(busybox()).args(["uname", "-r"]).env("QEMU_UNAME", "6.1"));
    assert_eq!(by_qemu.succeeded(), "6.1\n");
}

#[test]
fn the_usual_sysroot_is_found() {
    let dynamic = Fixture::named("hello").build(Build::Dynamic);
    assert_eq!(run(emu_command().arg(dynamic)).succeeded(), "ok hello\n");
}

#[test]
fn a_dynamic_linker_runs_as_a_program() {
    let linker = format!("{CROSS_SYSROOT}/lib/ld-linux-aarch64.so.1");
    let libraries = format!("{CROSS_SYSROOT}/lib");
    let dynamic = Fixture::named("hello").build(Build::Dynamic);
    let ran = run(emu_command().arg(linker).args(["--library-path", &libraries]).arg(dynamic));
    assert_eq!(ran.succeeded(), "ok hello\n");
}

#[test]
fn system_calls_are_logged_to_standard_error_of_emu_not_of_the_guest() {
    let Ran { stdout, stderr, .. } = sh(&["-strace"], "exec 2>/dev/null; echo out");
    assert_eq!(stdout, "out\n");
    assert!(stderr.contains("write(1, \"out\\n\", 4) = 4"), "{stderr}");
    assert!(stderr.lines().last().is_some_and(|line| line.ends_with("+++ exited with 0 +++")), "{stderr}");
}

#[test]
fn system_calls_of_a_set_go_to_a_file_of_their_own() {
    let file = scratch("strace").join("calls");
    let flags = ["-strace=open,%process,!", "-o", file.to_str().expect("utf-8")];
    let script = format!("{0} cat /dev/null; exit 3", busybox().display());
    let refused = sh(&flags, &script);
    assert_eq!(refused.status.code(), Some(1), "{refused:#?}");
    assert_eq!(
        refused.stderr,
        "emu: -strace=!: no such system call or class (try open,read or %file, %network, %process, %signal)\n"
    );

    std::fs::write(&file, "what was there").expect("written");
    let ran = sh(&["-strace=open,%process", flags[1], flags[2]], &script);
    assert_eq!((ran.status.code(), ran.stderr.as_str()), (Some(3), ""));
    let text = std::fs::read_to_string(&file).expect("calls");
    let has = |part: &str| text.lines().any(|line| line.contains(part));
    for part in
        ["execve(", "vars */) = 0", "openat(AT_FDCWD, \"/dev/null\"", "clone(", "wait4(", "+++ exited with 3 +++"]
    {
        assert!(has(part), "{part} in {text}");
    }
    assert!(!has("write(") && !has("brk(") && !has("what was there"), "{text}");
    // Two processes, and nothing but lines that begin with their numbers.
    let pids: std::collections::BTreeSet<_> = text.lines().map(|line| line.split(' ').next()).collect();
    assert_eq!(pids.len(), 2, "{text}");
    assert!(text.lines().all(|line| line.starts_with(|c: char| c.is_ascii_digit())), "{text}");

    // A variable may name them as well, and 0 means none.
    let run_with = |value: &str| run(emu_command().arg(busybox()).arg("true").env("EMU_STRACE", value)).stderr;
    assert!(run_with("exit_group").contains("exit_group(0) = ?\n") && !run_with("%process").contains("brk("));
    assert_eq!(run_with("0"), "");
}

#[test]
fn the_log_goes_to_a_file_from_all_processes() {
    let log = scratch("log").join("log");
    let flags = ["-d", "strace,page", "-D", log.to_str().expect("utf-8")];
    let script = format!("({0} true); {0} echo end", busybox().display());
    assert_eq!(sh(&flags, &script).succeeded(), "end\n");
    let text = std::fs::read_to_string(log).expect("log");
    assert!(text.lines().any(|line| line.ends_with("[stack]")), "areas: {text}");
    let exits = text.lines().filter(|line| line.ends_with("+++ exited with 0 +++")).count();
    assert_eq!(exits, 2, "{text}");
}

#[test]
fn guest_code_is_logged() {
    let hello = Fixture::named("hello").build(Build::Static);
    let Ran { stdout, stderr, .. } = run(emu_command().args(["-d", "in_asm"]).arg(hello));
    assert_eq!(stdout, "ok hello\n");
    assert!(stderr.contains("svc #0"), "{stderr}");
}

#[test]
fn only_code_of_a_range_is_logged() {
    let hello = Fixture::named("hello").build(Build::Static);
    let addresses = |engine: &str, items: &str, ranges: &str| -> Vec<u64> {
        let flags = ["--engine", engine, "-d", items, "-dfilter", ranges];
        let stderr = run(emu_command().args(flags).arg(&hello)).stderr;
        let first = |line: &str| u64::from_str_radix(line.strip_prefix("unit ").unwrap_or(line).get(..16)?, 16).ok();
        stderr.lines().filter_map(first).collect()
    };
    let entry = addresses("interp", "exec", "0..0xffffffffffffffff")[0];
    for (engine, items) in [("interp", "in_asm"), ("interp", "exec"), ("jit:0", "in_asm")] {
        let seen = addresses(engine, items, &format!("{entry:#x}+4"));
        assert_eq!(seen.first(), Some(&entry), "{engine} {items}");
        let seen = addresses(engine, items, &format!("0x0+{entry}"));
        assert!(
            !seen.is_empty() && seen.iter().all(|&pc| pc < entry || engine != "interp"),
            "{engine} {items} {seen:x?}"
        );
        assert!(!seen.contains(&entry), "{engine} {items}");
    }
}

#[test]
fn translated_code_is_logged_beside_the_guests() {
    let hello = Fixture::named("hello").build(Build::Static);
    let mut command = emu_command();
    let Ran { stdout, stderr, .. } = run(command.args(["--engine", "jit:0", "-d", "in_asm,out_asm"]).arg(hello));
    assert_eq!(stdout, "ok hello\n");
    let unit = stderr.split("unit ").find(|unit| unit.contains("  svc #0\n")).expect("a unit with a system call");
    // What it leaves with, and the jump out.
    let code = unit.split("  svc #0\n").nth(1).expect("what is behind");
    assert!(code.contains("  mov eax, 1\n") && code.contains("  jmp 0x"), "{unit}");
}

#[test]
fn code_of_threads_and_their_forks_is_logged() {
    let program = Fixture::named("fork_threaded").build(Build::Static);
    let ran = run(emu_command().args(["-d", "in_asm,out_asm", "-D", "/dev/null"]).arg(program));
    assert_eq!(ran.succeeded(), "ok fork_threaded\n");
}

#[test]
fn exits_and_calls_of_the_interpreter_are_counted() {
    // It writes code, and says so by IC IVAU.
    let program = Fixture::named("mmap_brk").build(Build::Static);
    let Ran { stderr, .. } = run(emu_command().args(["--engine", "jit:0", "-d", "stats"]).arg(program));
    let count = |what: &str| {
        let line = stderr.lines().find(|line| line.contains(what))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    assert!(count("system calls") > Some(3), "{stderr}");
    assert!(count("direct branches not yet linked") > Some(10), "{stderr}");
    assert!(count("calls of the interpreter for IC_IVAU") > Some(10), "{stderr}");
}

#[test]
fn perf_is_told_the_names_of_guest_functions() {
    let hello = Fixture::named("hello").build(Build::Static);
    let dir = scratch("perf");
    let script = format!(
        "cd {}; echo $$; exec {} --perfmap --jitdump {}",
        dir.display(),
        common::emu().display(),
        hello.display()
    );
    let ran = run(Command::new("sh").arg("-c").arg(script).env("EMU_ENGINE", "jit:0"));
    let pid = ran.stdout.lines().next().expect("the process's number").to_owned();
    let map = format!("/tmp/perf-{pid}.map");
    let text = std::fs::read_to_string(&map).expect("the map");
    std::fs::remove_file(&map).expect("the map is ours");
    let main = text.lines().find(|line| line.ends_with(" main")).unwrap_or_else(|| panic!("no main in {text}"));
    let fields: Vec<u64> = main.split(' ').take(2).map(|n| u64::from_str_radix(n, 16).expect("hexadecimal")).collect();
    let dump = std::fs::read(dir.join(format!("jit-{pid}.dump"))).expect("the dump");
    assert_eq!(dump.first_chunk::<4>(), Some(&0x4a69_5444u32.to_le_bytes()), "magic");
    // The same function lies in the dump: a record of kind 0 with its address and length, its name, its code.
    // Other names end with "main", too.
    let is_main = |&at: &usize| {
        let word = |at: usize| dump[at..].first_chunk::<8>().map(|b| u64::from_le_bytes(*b));
        [word(at + 32), word(at + 40)] == [fields.first().copied(), fields.get(1).copied()]
    };
    let names = dump.windows(5).enumerate().filter(|(_, bytes)| *bytes == b"main\0").map(|(at, _)| at - 56);
    let record = names.into_iter().find(is_main).unwrap_or_else(|| panic!("no {main} in the dump"));
    let total = dump[record + 4..].first_chunk::<4>().map(|b| u32::from_le_bytes(*b) as u64);
    assert_eq!(total, fields.get(1).map(|length| 56 + 5 + length));
}

/// A directory with the emulator and busybox, and nothing else.
#[test]
fn emu_works_where_nothing_else_is() {
    let jail = scratch("jail");
    std::fs::copy(common::emu(), jail.join("emu")).expect("emu");
    std::fs::copy(busybox(), jail.join("busybox")).expect("busybox");
    // Root may chroot; others may in a user namespace of their own, where the machine allows it.
    let mut command = if nix::unistd::geteuid().is_root() {
        Command::new("chroot")
    } else {
        let mut command = Command::new("unshare");
        command.args(["-r", "chroot"]);
        command
    };
    command.arg(&jail).args(["/emu", "/busybox", "sh", "-c"]);
    command.arg("echo inside; /busybox ls /; echo a | /busybox tr a b; exit 3");
    command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    let ran = run(&mut command);
    assert_eq!(ran.stdout, "inside\nbusybox\nemu\nb\n", "{ran:?}");
    assert_eq!(ran.status.code(), Some(3));
}

#[test]
fn without_what_translated_code_needs_of_the_host_it_is_interpreted() {
    let hello = Fixture::named("hello").build(Build::Static);
    let with = |features| run(emu_command().env("EMU_HOST_FEATURES", features).arg(&hello));
    let Ran { stdout, stderr, .. } = with("-bmi2");
    assert_eq!(stdout, "ok hello\n");
    assert_eq!(stderr, "emu: this processor lacks AVX2, FMA, BMI or LZCNT: interpreting\n");
    let Ran { stdout, stderr, .. } = with("-all");
    assert_eq!(stdout, "ok hello\n");
    assert!(!stderr.contains("emu:"), "{stderr}");
    let Ran { stderr, status, .. } = with("-avx512");
    assert_eq!(status.code(), Some(1), "{stderr}");
    assert!(stderr.starts_with("emu: EMU_HOST_FEATURES: no such feature of the host as avx512 ("), "{stderr}");
}

#[test]
#[allow(unsafe_code)]
fn where_executable_memory_is_refused_emu_says_so_once_and_interprets() {
    let script = format!("{0} true; exec {0} echo out", busybox().display());
    let mut command = emu_command();
    command.arg(busybox()).args(["sh", "-c", &script]);
    let refuse = || {
        // PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN (Linux 6.3): inherited by the programs to come.
        // SAFETY: a system call without pointers, in the child.
        let set = unsafe { libc::prctl(65, 1, 0, 0, 0) };
        if set == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
    };
    // SAFETY: the closure only makes a system call.
    unsafe { command.pre_exec(refuse) };
    let Ok(out) = command.output() else {
        println!("skipped: this kernel has no PR_SET_MDWE");
        return;
    };
    assert_eq!(String::from_utf8_lossy(&out.stdout), "out\n");
    assert_eq!(
        String::from_utf8_lossy(&out.stderr),
        "emu: the host refuses executable memory: interpreting\n",
        "{:?}",
        out.status
    );
}
