//! Debian's own arm64 programs do what they do on an arm64 machine: shells with pipelines of guest
//! processes, coreutils, Python with threads and subprocesses, Perl, SQLite.
//!
//! Expected outputs are written here: they are what the programs are documented to print.

mod common;

use common::{Ran, emu_command, guest_root, run, run_with};
use std::path::Path;
use std::process::Command;

/// A program of the guest root under emu.
fn guest(program: &str) -> Command {
    let root = guest_root();
    let mut command = emu_command();
    command.arg("-L").arg(&root).arg(root.join(program)).env("LC_ALL", "C").env("PATH", "/usr/bin:/bin");
    command
}

#[track_caller]
fn prints(command: &mut Command, expected: &str) {
    assert_eq!(run(command).succeeded(), expected);
}

#[track_caller]
fn bash_prints(script: &str, expected: &str) {
    prints(guest("bin/bash").args(["-c", script]), expected);
}

#[track_caller]
fn python_prints(script: &str, expected: &str) {
    prints(guest("usr/bin/python3").args(["-c", script]), expected);
}

// ── busybox, statically linked ───────────────────────────────────────────────────────────────────

#[test]
fn busybox_sh_runs_a_pipeline_of_its_applets() {
    let script = "seq 1 20 | grep 1 | sort -rn | head -3; printf 'a b\\n' | awk '{print $2}' | tr b c";
    prints(guest("bin/busybox").args(["sh", "-c", script]), "19\n18\n17\nc\n");
}

#[test]
fn busybox_archives_and_compresses() {
    let script = "mkdir d; seq 1000 > d/numbers; tar czf d.tar.gz d; rm -r d; tar xzf d.tar.gz; md5sum d/numbers";
    let dir = common::scratch("busybox");
    prints(
        guest("bin/busybox").args(["sh", "-c", script]).current_dir(dir),
        "53d025127ae99ab79e8502aae2d9bea6  d/numbers\n",
    );
}

// ── bash and coreutils ───────────────────────────────────────────────────────────────────────────

#[test]
fn bash_pipes_through_guest_processes() {
    bash_prints("echo one two three | tr ' ' '\\n' | sort | paste -sd,", "one,three,two\n");
}

#[test]
fn bash_subshells_and_command_substitution() {
    bash_prints("x=1; (x=2; echo in $x); echo out $x; echo $(echo $(expr 6 \\* 7))", "in 2\nout 1\n42\n");
}

#[test]
fn bash_here_documents_and_strings() {
    bash_prints("n=7; cat <<END\nn is $n, $((n * 6))\nEND\nrev=$(tr a-z A-Z <<<word); echo $rev", "n is 7, 42\nWORD\n");
}

#[test]
fn bash_process_substitution_and_arrays() {
    bash_prints(
        "a=(x y z); diff <(printf '%s\\n' \"${a[@]}\") <(printf 'x\\ny\\n'); echo ${#a[@]} ${a[-1]}",
        "3d2\n< z\n3 z\n",
    );
}

#[test]
fn bash_background_jobs_traps_and_wait() {
    bash_prints(
        "trap 'echo got USR1' USR1; (sleep 0.1; kill -USR1 $$; sleep 0.2; exit 5) & wait $!; wait $!; echo status $?; trap - USR1",
        "got USR1\nstatus 5\n",
    );
}

#[test]
fn bash_sees_exit_statuses_and_signals_of_children() {
    bash_prints(
        "false | true; echo ${PIPESTATUS[@]}; (exit 7); echo $?; { sh -c 'kill -TERM $$'; } 2>/dev/null; echo $?",
        "1 0\n7\n143\n",
    );
}

#[test]
fn bash_runs_a_script_through_its_first_line() {
    let dir = common::scratch("script");
    let script = dir.join("script");
    std::fs::write(&script, "#!/bin/bash -e\necho \"$0\" $# \"$2\"; exec sed -n 2p \"$0\"\n").expect("script");
    make_executable(&script);
    let command = format!("cd {}; ./script a 'b c'", dir.display());
    bash_prints(&command, "./script 2 b c\necho \"$0\" $# \"$2\"; exec sed -n 2p \"$0\"\n");
}

#[test]
fn a_script_is_run_from_the_command_line() {
    let dir = common::scratch("main-script");
    let script = dir.join("script");
    std::fs::write(&script, "#!/usr/bin/env bash\necho \"from $0: $1\"\n").expect("script");
    make_executable(&script);
    let ran = run(emu_command().arg("-L").arg(guest_root()).arg(&script).arg("x").env("PATH", "/usr/bin:/bin"));
    assert_eq!(ran.succeeded(), format!("from {}: x\n", script.display()));
}

#[test]
fn coreutils_agree_with_themselves() {
    let dir = common::scratch("coreutils");
    let script = "seq 100000 | tee all | wc -l; sort -rn all | tail -1; sha256sum all | cut -c1-16; \
                  split -n 4 all part; cat part* | cmp - all && echo same; ln -s all link; readlink link; \
                  stat -c '%s %F' all; rm all; ls -x; timeout 0.2 sleep 5; echo $?";
    prints(
        guest("bin/bash").args(["-c", script]).current_dir(dir),
        &format!(
            "100000\n1\n{}\nsame\nall\n588895 regular file\nlink  partaa  partab  partac  partad\n124\n",
            native_sha256_of_seq()
        ),
    );
}

/// The host's own sha256sum of the same data.
fn native_sha256_of_seq() -> String {
    let out = Command::new("sh").args(["-c", "seq 100000 | sha256sum | cut -c1-16"]).output().expect("sh");
    String::from_utf8_lossy(&out.stdout).trim().to_owned()
}

#[test]
fn a_guest_runs_a_program_of_the_host() {
    // /proc/self/exe of a host process is a host program: /bin/uname here is the host's, by a path
    // that the sysroot does not have.
    let dir = common::scratch("host-program");
    std::fs::copy("/bin/uname", dir.join("host-uname")).expect("copy");
    let native = Command::new("/bin/uname").arg("-m").output().expect("uname");
    let script = format!("uname -m; {}/host-uname -m", dir.display());
    bash_prints(&script, &format!("aarch64\n{}", String::from_utf8_lossy(&native.stdout)));
}

// ── Python ───────────────────────────────────────────────────────────────────────────────────────

#[test]
fn python_computes() {
    python_prints(
        "import math, platform, json, re\n\
         print(sum(i * i for i in range(10000)), 2 ** 100, round(math.sin(1), 12), platform.machine())\n\
         print(json.dumps({'a': [1, 2.5, None]}), re.sub(r'(\\w+) (\\w+)', r'\\2 \\1', 'hello world'))",
        "333283335000 1267650600228229401496703205376 0.841470984808 aarch64\n\
         {\"a\": [1, 2.5, null]} world hello\n",
    );
}

#[test]
fn python_starts_guest_processes() {
    python_prints(
        "import subprocess\n\
         print(subprocess.run(['sh', '-c', 'echo out; echo err >&2; exit 3'], capture_output=True))\n\
         p = subprocess.Popen(['tr', 'a-z', 'A-Z'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)\n\
         print(p.communicate('shout')[0], p.returncode)",
        "CompletedProcess(args=['sh', '-c', 'echo out; echo err >&2; exit 3'], returncode=3, stdout=b'out\\n', \
         stderr=b'err\\n')\nSHOUT 0\n",
    );
}

#[test]
fn python_threads_and_queues() {
    python_prints(
        "import threading, queue\n\
         q, total, lock = queue.Queue(), 0, threading.Lock()\n\
         def work():\n    \
             global total\n    \
             while (n := q.get()) is not None:\n        \
                 with lock: total += n\n\
         ts = [threading.Thread(target=work) for _ in range(4)]\n\
         [t.start() for t in ts]\n\
         [q.put(n) for n in range(1000)]\n\
         [q.put(None) for _ in ts]\n\
         [t.join() for t in ts]\n\
         print(total, threading.active_count())",
        "499500 1\n",
    );
}

#[test]
fn python_forks_with_multiprocessing() {
    python_prints(
        "import multiprocessing as mp\n\
         mp.set_start_method('fork')\n\
         def f(n): return n * n\n\
         with mp.Pool(3) as pool: print(sum(pool.map(f, range(100))))",
        "328350\n",
    );
}

#[test]
fn python_talks_over_sockets_with_asyncio() {
    python_prints(
        "import asyncio\n\
         async def serve(r, w):\n    \
             w.write((await r.readline()).upper()); await w.drain(); w.close()\n\
         async def main():\n    \
             s = await asyncio.start_server(serve, '127.0.0.1', 0)\n    \
             r, w = await asyncio.open_connection(*s.sockets[0].getsockname())\n    \
             w.write(b'hello\\n'); print(await r.read()); w.close(); s.close()\n\
         asyncio.run(main())",
        "b'HELLO\\n'\n",
    );
}

#[test]
fn python_uses_sqlite_ctypes_and_hashes() {
    python_prints(
        "import sqlite3, ctypes, hashlib, zlib, decimal\n\
         db = sqlite3.connect(':memory:')\n\
         db.execute('create table t(a, b)')\n\
         db.executemany('insert into t values(?, ?)', [(i, str(i) * 3) for i in range(500)])\n\
         print(db.execute('select count(*), sum(a), max(b) from t where a % 7 = 0').fetchone())\n\
         print(ctypes.CDLL(None).strlen(b'seven..'), hashlib.sha1(b'abc').hexdigest()[:8])\n\
         print(zlib.crc32(b'123456789'), decimal.Decimal(1) / 7)",
        "(72, 17892, '989898')\n7 a9993e36\n3421780262 0.1428571428571428571428571429\n",
    );
}

#[test]
fn python_handles_signals_and_timers() {
    python_prints(
        "import signal, time, os\n\
         seen = []\n\
         signal.signal(signal.SIGALRM, lambda *a: seen.append('alarm'))\n\
         signal.setitimer(signal.ITIMER_REAL, 0.05)\n\
         time.sleep(0.2)\n\
         pid = os.fork()\n\
         if pid == 0: os.kill(os.getpid(), signal.SIGKILL)\n\
         print(seen, os.waitpid(pid, 0)[1])",
        "['alarm'] 9\n",
    );
}

// ── Perl and SQLite ──────────────────────────────────────────────────────────────────────────────

#[test]
fn perl_matches_sorts_and_forks() {
    prints(
        guest("usr/bin/perl").args([
            "-e",
            "my %h; $h{$_}++ for 'the cat the dog' =~ /\\w+/g; print join(',', map {\"$_=$h{$_}\"} sort keys %h), qq(\\n); \
             $| = 1; my $p = fork; if (!$p) { print \"child\\n\"; exit 4 } waitpid $p, 0; print $? >> 8, qq(\\n); \
             print `echo from sh`; printf qq(%.3f\\n), atan2(1, 1) * 4;",
        ]),
        "cat=1,dog=1,the=2\nchild\n4\nfrom sh\n3.142\n",
    );
}

#[test]
fn sqlite_runs_a_script_from_standard_input() {
    let sql = "create table t(n); with recursive c(n) as (select 1 union all select n + 1 from c where n < 1000) \
               insert into t select n from c; select count(*), sum(n), avg(n) from t; \
               select group_concat(n) from (select n from t where n % 250 = 0 order by n desc);\n";
    let Ran { stdout, .. } = run_with(&mut guest("usr/bin/sqlite3"), sql);
    assert_eq!(stdout, "1000|500500|500.5\n1000,750,500,250\n");
}

// ── units that go at any moment ──────────────────────────────────────────────────────────────────

#[test]
fn programs_go_on_while_units_are_retired_at_random() {
    let retiring = |program: &str, every: u32, with: &[&str]| {
        let mut command = guest(program);
        command.env("EMU_RETIRE", every.to_string()).env("EMU_ENGINE", "jit:4").args(with);
        command
    };
    let hashes = "import hashlib, json, re, zlib, threading\n\
                  def work(n):\n    \
                      words = re.findall(r'[a-z]+', json.dumps([{'k%d' % i: [i, i / 3, 'x' * i]} for i in range(n)]))\n    \
                      out.append((n, len(words), hashlib.sha1(''.join(words).encode()).hexdigest()[:8]))\n\
                  out = []\n\
                  ts = [threading.Thread(target=work, args=(n,)) for n in (50, 90)]\n\
                  [t.start() for t in ts]; [t.join() for t in ts]\n\
                  print(sorted(out), zlib.crc32(zlib.decompress(zlib.compress(b'abc' * 10000))))";
    let as_ever = run(guest("usr/bin/python3").args(["-c", hashes])).succeeded();
    prints(&mut retiring("usr/bin/python3", 20, &["-c", hashes]), &as_ever);
    let pipeline =
        "seq 3000 | sort -rn | awk '{s += $1 % 7} END {print s}'; for i in 1 2 3; do (exit $i); echo $?; done";
    prints(&mut retiring("bin/busybox", 3, &["sh", "-c", pipeline]), "8998\n1\n2\n3\n");
    let sql = "create table t(n); with recursive c(n) as (select 1 union all select n + 1 from c where n < 300) \
               insert into t select n from c; select count(*), sum(n), avg(n) from t;\n";
    assert_eq!(run_with(&mut retiring("usr/bin/sqlite3", 3, &[]), sql).stdout, "300|45150|150.5\n");
}

fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("chmod");
}
