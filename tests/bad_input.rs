//! What cannot be run is refused in one line on standard error that names the thing and says what
//! to try, with the exit status that a shell user expects: 126 cannot be executed, 127 not found,
//! 1 wrong usage.

mod common;

use common::fixture::{Build, Fixture};
use common::{Ran, emu_command, run, scratch};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;

#[track_caller]
fn refuses(command: &mut Command, status: i32, says: &[&str]) {
    let ran = run(command);
    assert_eq!(ran.status.code(), Some(status), "{ran:#?}");
    assert_eq!(ran.stdout, "", "{ran:#?}");
    assert_eq!(ran.stderr.lines().count(), 1, "{ran:#?}");
    assert!(ran.stderr.starts_with("emu: "), "{ran:#?}");
    for text in says {
        assert!(ran.stderr.contains(text), "{text:?} is missing in {ran:#?}");
    }
}

#[track_caller]
fn program_is_refused(path: &Path, status: i32, says: &[&str]) {
    let name = path.to_str().expect("utf-8");
    refuses(emu_command().arg(path), status, &[&[name], says].concat());
}

fn executable(dir: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = dir.join(name);
    std::fs::write(&path, bytes).expect("write");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("chmod");
    path
}

/// A good program's bytes, to be spoilt.
fn good_program() -> Vec<u8> {
    std::fs::read(Fixture::named("hello").build(Build::Static)).expect("fixture")
}

/// Where the program header of the first segment (PT_LOAD 1) begins.
fn load_header(bytes: &[u8]) -> usize {
    let phoff = usize::try_from(u64::from_le_bytes(bytes[32..40].try_into().expect("8"))).expect("small");
    (0..8).map(|i| phoff + 56 * i).find(|&at| bytes[at..at + 4] == [1, 0, 0, 0]).expect("PT_LOAD")
}

fn put(bytes: &mut [u8], at: usize, value: u64) {
    bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
}

#[test]
fn files_that_are_no_programs() {
    let dir = scratch("no-programs");
    program_is_refused(&dir.join("missing"), 127, &["not found"]);
    program_is_refused(&dir, 126, &["not a regular file"]);
    program_is_refused(&executable(&dir, "empty", b""), 126, &["not an ELF program"]);
    program_is_refused(&executable(&dir, "text", b"just words\n"), 126, &["not an ELF program"]);
    program_is_refused(&executable(&dir, "magic", b"\x7fELF"), 126, &["truncated"]);
    let plain = dir.join("plain");
    std::fs::write(&plain, good_program()).expect("write");
    program_is_refused(&plain, 126, &["no permission to execute", "chmod +x"]);
    program_is_refused(&plain.join("below"), 127, &["not found"]);
    program_is_refused(Path::new("/dev/null"), 126, &["not a regular file"]);
}

#[test]
fn programs_for_other_machines() {
    let dir = scratch("other-machines");
    program_is_refused(&std::fs::canonicalize("/bin/true").expect("true"), 126, &["x86-64", "without emu"]);
    let change = |name: &str, at: usize, value: u8| {
        let mut bytes = good_program();
        bytes[at] = value;
        executable(&dir, name, &bytes)
    };
    program_is_refused(&change("riscv", 18, 243), 126, &["RISC-V"]);
    program_is_refused(&change("class32", 4, 1), 126, &["32-bit"]);
    program_is_refused(&change("big-endian", 5, 2), 126, &["big-endian"]);
    program_is_refused(&change("object", 16, 1), 126, &["object file", "link it"]);
    program_is_refused(&change("core", 16, 4), 126, &["core dump"]);
}

#[test]
fn spoilt_segments() {
    let dir = scratch("spoilt");
    let good = good_program();
    let load = load_header(&good);
    program_is_refused(&executable(&dir, "cut", &good[..good.len() / 3]), 126, &["truncated", "copy it again"]);
    let spoil = |name: &str, at: usize, value: u64| {
        let mut bytes = good.clone();
        put(&mut bytes, at, value);
        executable(&dir, name, &bytes)
    };
    program_is_refused(&spoil("huge", load + 40, 1 << 62), 126, &["segment", "does not fit"]);
    program_is_refused(&spoil("far", load + 16, u64::MAX - 0xffff), 126, &["segment", "does not fit"]);
    program_is_refused(&spoil("long", load + 40, 1 << 45), 126, &["overlap"]);
    program_is_refused(&spoil("shrinks", load + 40, 1), 126, &["more bytes in the file"]);
    program_is_refused(&spoil("skewed", load + 8, 1), 126, &["cannot be mapped"]);
    program_is_refused(&spoil("phoff", 32, u64::MAX - 8), 126, &["program header table"]);
    let mut none = good.clone();
    none[56..58].copy_from_slice(&[0, 0]);
    program_is_refused(&executable(&dir, "phnum", &none), 126, &["program header table"]);
}

#[test]
fn a_segment_larger_than_memory() {
    // Fits the address space but not the machine: the last segment's memory size, 64 TiB.
    let dir = scratch("large");
    let mut bytes = good_program();
    let last = (0..8).map(|i| 64 + 56 * i).rfind(|&at| bytes[at..at + 4] == [1, 0, 0, 0]).expect("load");
    put(&mut bytes, last + 40, 64 << 40);
    program_is_refused(&executable(&dir, "large", &bytes), 126, &["segment"]);
}

#[test]
fn missing_interpreters_and_sysroots() {
    let dir = scratch("interpreters");
    let dynamic = Fixture::named("hello").build(Build::Dynamic);
    let name = dynamic.to_str().expect("utf-8");
    refuses(
        emu_command().arg("-L").arg(&dir).arg(&dynamic),
        127,
        &[name, "needs /lib/ld-linux-aarch64.so.1", "not found under", "try -L DIR"],
    );
    refuses(emu_command().args(["-L", "/no/such/dir"]).arg(&dynamic), 1, &["/no/such/dir", "not a directory"]);
    std::fs::create_dir(dir.join("lib")).expect("mkdir");
    executable(&dir.join("lib"), "ld-linux-aarch64.so.1", b"not a linker");
    refuses(
        emu_command().arg("-L").arg(&dir).arg(&dynamic),
        126,
        &[name, "ld-linux-aarch64.so.1", "not an ELF program"],
    );
    let script = executable(&dir, "script", b"#!/no/such/interpreter -x\n");
    program_is_refused(&script, 127, &["/no/such/interpreter", "not found"]);
    let own = dir.join("own");
    let own = executable(&dir, "own", format!("#!{}\n", own.display()).as_bytes());
    program_is_refused(&own, 126, &["scripts"]);
}

#[test]
fn unreadable_programs() {
    if nix::unistd::geteuid().is_root() {
        // Root reads everything; only another user can see the refusal.
        return as_nobody();
    }
    let dir = scratch("unreadable");
    let path = executable(&dir, "prog", &good_program());
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o111)).expect("chmod");
    program_is_refused(&path, 126, &["no permission to read", "chmod +r"]);
}

/// The same as nobody, with copies where nobody may look.
fn as_nobody() {
    use std::os::unix::process::CommandExt;
    let dir = std::env::temp_dir().join(format!("emu-unreadable-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("mkdir");
    std::fs::set_permissions(&dir, std::fs::Permissions::from_mode(0o755)).expect("chmod");
    let emu = executable(&dir, "emu", &std::fs::read(common::emu()).expect("emu"));
    let path = executable(&dir, "prog", &good_program());
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o111)).expect("chmod");
    let closed = dir.join("closed");
    std::fs::create_dir_all(&closed).expect("mkdir");
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o700)).expect("chmod");
    let refused = |path: &Path, says: &str| {
        refuses(Command::new(&emu).arg(path).uid(65534).gid(65534).current_dir("/"), 126, &[says]);
    };
    refused(&path, "no permission to read");
    refused(&closed.join("prog"), "no permission to execute");
    let _ = std::fs::remove_dir_all(&dir);
}

#[test]
fn wrong_command_lines() {
    refuses(&mut emu_command(), 1, &["no program given", "emu --help"]);
    refuses(emu_command().args(["--nonsense", "x"]), 1, &["--nonsense", "emu --help"]);
    refuses(emu_command().arg("-g"), 1, &["emu --help"]);
    refuses(emu_command().args(["-g", "99999", "x"]), 1, &["-g 99999"]);
    refuses(emu_command().args(["-d", "nonsense", "x"]), 1, &["nonsense", "-d help"]);
    refuses(emu_command().args(["-E", "NAME", "x"]), 1, &["-E NAME", "VAR=VALUE"]);
    refuses(emu_command().args(["-D", "/no/dir/log", "-d", "strace", "/bin/true"]), 1, &["-D /no/dir/log"]);
}

#[test]
fn a_port_in_use() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("bind");
    let port = taken.local_addr().expect("address").port().to_string();
    let hello = Fixture::named("hello").build(Build::Static);
    refuses(emu_command().args(["-g", &port]).arg(hello), 1, &[&port, "in use", "another port"]);
}

#[test]
fn death_by_a_guest_signal_is_death_by_that_signal() {
    let root = common::guest_root();
    let script = |script: &str| run(emu_command().arg(root.join("bin/busybox")).args(["sh", "-c", script]));
    for (name, signal) in [("TERM", 15), ("KILL", 9), ("USR1", 10), ("PIPE", 13)] {
        assert_eq!(script(&format!("kill -{name} $$")).status.signal(), Some(signal));
    }
    assert_eq!(script("exit 77").status.code(), Some(77));
}

#[test]
fn guest_faults_are_guest_signals() {
    let dir = scratch("faults");
    for (name, body, signal) in [
        ("null", "*(volatile int *)0 = 1;", 11),
        ("wild", "((void (*)(void))0x123450)();", 11),
        ("undefined", "__asm__ volatile(\"udf #0\");", 4),
        ("breakpoint", "__asm__ volatile(\"brk #0\");", 5),
        ("abort", "__builtin_trap();", 5),
    ] {
        let source = dir.join(format!("{name}.c"));
        std::fs::write(&source, format!("int main(void) {{ {body} return 0; }}\n")).expect("write");
        let program = dir.join(name);
        let compiled = Command::new("aarch64-linux-gnu-gcc")
            .args(["-static", "-w", "-o"])
            .args([&program, &source])
            .status()
            .expect("aarch64-linux-gnu-gcc (make deps)");
        assert!(compiled.success());
        let Ran { status, .. } = run(emu_command().arg(&program));
        assert_eq!(status.signal(), Some(signal), "{name}: {status}");
    }
}
