//! Packet transcripts: the session against a made-up process, without gdb and without guest code.

mod gdb_fake;

use emu::debug::{Action, Catch, ExitStatus, Registers, Stop, WatchKind, Watchpoint};
use gdb_fake::{FEATURES, PID, Table, World};
use std::time::{Duration, Instant};

/// A session whose features are agreed on, without acknowledgements, standing at the start.
fn connected() -> Table {
    let mut table = Table::start();
    assert!(table.ask(&format!("qSupported:{FEATURES}")).contains("multiprocess+"));
    assert_eq!(table.ask("QStartNoAckMode"), "OK");
    table.gdb.no_ack();
    table
}

#[test]
fn features_and_first_stop() {
    let mut table = Table::start();
    let offered = table.ask(&format!("qSupported:{FEATURES}"));
    for feature in [
        "multiprocess+",
        "fork-events+",
        "vfork-events+",
        "exec-events+",
        "swbreak+",
        "hwbreak+",
        "vContSupported+",
        "QStartNoAckMode+",
        "qXfer:features:read+",
        "qXfer:auxv:read+",
        "qXfer:exec-file:read+",
        "qXfer:threads:read+",
        "qXfer:siginfo:read+",
        "QPassSignals+",
    ] {
        assert!(offered.split(';').any(|offer| offer == feature), "{feature} in {offered}");
    }
    assert_eq!(table.ask("vMustReplyEmpty"), "");
    assert_eq!(table.ask("vCont?"), "vCont;c;C;s;S;t;r");
    // Registers would be of a machine that gdb does not know yet.
    assert_eq!(table.ask("?"), "T05thread:p64.64;");
    assert_eq!(table.ask("qC"), "QCp64.64");
    assert_eq!(table.ask("qAttached:64"), "0");
    assert_eq!(table.ask("qSymbol::"), "OK");
    assert_eq!(table.ask("qTStatus"), "");
    assert_eq!(table.ask("R"), "");
}

#[test]
fn description_names_the_user_registers_only() {
    let mut table = connected();
    let mut xml = String::new();
    loop {
        let piece = table.ask(&format!("qXfer:features:read:target.xml:{:x},ffb", xml.len()));
        match piece.split_at(1) {
            ("m", text) => xml.push_str(text),
            _ => break,
        }
    }
    assert!(xml.contains("org.gnu.gdb.aarch64.core") && xml.contains("org.gnu.gdb.aarch64.fpu"));
    assert!(!xml.contains("_EL1") && xml.ends_with("</target>"));
}

#[test]
fn registers_are_read_and_written_per_thread() {
    let mut table = connected();
    table.world().threads.get_mut(&101).expect("thread").regs.x[3] = 0x1122;
    assert_eq!(table.ask("Hgp64.65"), "OK");
    assert_eq!(table.ask("p3"), "2211000000000000");
    assert_eq!(table.ask("P42=01000008"), "OK");
    assert_eq!(table.world().threads[&101].regs.fpsr, 0x0800_0001);
    assert_eq!(table.ask("p42"), "01000008");
    assert_eq!(table.ask("P42=0100000800000000"), "E16");
    assert_eq!(table.ask("p47"), "");
    let all = table.ask("g");
    assert_eq!(all.len(), 2 * (33 * 8 + 4 + 32 * 16 + 8 + 8 + 2 * 8));
    assert_eq!(table.ask("Hgp64.64"), "OK");
    assert_eq!(table.ask(&format!("G{all}")), "OK");
    let world = table.world();
    assert_eq!(world.threads[&PID].regs, world.threads[&101].regs);
    drop(world);
    assert_eq!(table.ask("G00"), "E01");
    assert_eq!(table.ask("Hgp64.77"), "E01");
    // gdb does not look at that reply: what follows must not happen to another thread.
    assert_eq!(table.ask("g"), "E03");
    assert_eq!(table.ask("Hgp63.64"), "E01");
    assert_eq!(table.ask("Z0,1000,4"), "E01");
    assert!(table.world().breakpoints.is_empty());
}

#[test]
fn memory_is_read_as_far_as_it_goes() {
    let mut table = connected();
    assert_eq!(table.ask("m1000,4"), "00010203");
    assert_eq!(table.ask("m1ffe,10"), "feff");
    assert_eq!(table.ask("m2000,4"), "E0e");
    assert_eq!(table.ask("mffffffffffffffff,ffffffffffffffff"), "E0e");
    assert_eq!(table.ask("M1000,2:abcd"), "OK");
    assert_eq!(table.ask("X1002,0:"), "OK");
    assert_eq!(table.ask("X1002,2:}\x03}]"), "OK");
    assert_eq!(table.ask("m1000,4"), "abcd237d");
    assert_eq!(table.ask("x1000,1"), "b\u{ab}");
    assert_eq!(table.ask("M1fff,2:abcd"), "E0e");
    for bad in ["m", "m1000", "mxyz,1", "m1000,", "M1000,2", "X1000", "x", "m11111111111111111,1"] {
        assert!(table.ask(bad).starts_with('E'), "{bad}");
    }
}

#[test]
fn breakpoints_stop_where_they_are_and_leave_no_trace() {
    let mut table = connected();
    assert_eq!(table.ask("Z0,1000,4"), "OK");
    assert_eq!(table.ask("Z0,1000,4"), "OK");
    assert_eq!(table.ask("Z1,1000,4"), "OK");
    assert_eq!(table.ask("Z1,1004,4"), "OK");
    assert_eq!(table.ask("z0,1000,4"), "OK");
    assert_eq!(table.world().breakpoints, [0x1000, 0x1004].into());
    assert_eq!(table.ask("z1,1000,4"), "OK");
    assert_eq!(table.ask("z1,1000,4"), "OK");
    assert_eq!(table.world().breakpoints, [0x1004].into());
    assert_eq!(table.ask("Z5,1000,4"), "");
    assert_eq!(table.ask("Z0,zz,4"), "E01");
    assert_eq!(table.ask("Z2,1008,8"), "OK");
    assert_eq!(table.ask("Z4,1010,1"), "OK");
    assert_eq!(table.ask("Z2,1008,0"), "E16");
    let watched = [
        Watchpoint { addr: 0x1008, len: 8, kind: WatchKind::Write },
        Watchpoint { addr: 0x1010, len: 1, kind: WatchKind::Access },
    ];
    assert_eq!(table.world().watchpoints, watched.into());

    table.world().threads.get_mut(&PID).expect("thread").regs.pc = 0x1004;
    table.resume("vCont;c:p64.-1");
    let stop = table.stop(PID, Stop::Breakpoint);
    assert!(stop.starts_with("T05hwbreak:;") && stop.contains("20:0410000000000000;"), "{stop}");
    table.resume("vCont;c");
    let stop = table.stop(101, Stop::Watchpoint { addr: 0x100c, kind: WatchKind::Write });
    assert!(stop.starts_with("T05watch:100c;") && stop.ends_with("thread:p64.65;"), "{stop}");

    assert_eq!(table.ask("D;64"), "OK");
    table.runs_free();
    let world = table.world();
    assert!(world.breakpoints.is_empty() && world.watchpoints.is_empty());
}

#[test]
fn actions_reach_the_threads_they_name() {
    let mut table = connected();
    let resume = table.resume("vCont;s:p64.64;c:p64.-1");
    assert_eq!((resume.action(PID), resume.action(101)), (Action::Step(None), Action::Continue(None)));
    assert!(table.stop(PID, Stop::Step).starts_with("T051d:"));
    let resume = table.resume("vCont;r1000,1010:p64.65");
    assert_eq!(resume.action(PID), Action::Stay);
    assert_eq!(resume.action(101), Action::RangeStep { start: 0x1000, end: 0x1010 });
    table.stop(101, Stop::Step);
    assert_eq!(table.ask("vCont;c:p9999.-1"), "E01");
    assert_eq!(table.ask("vCont;c:p64.77"), "E01");
    assert_eq!(table.ask("vCont;q"), "E01");
    assert_eq!(table.ask("Hcp64.64"), "OK");
    let resume = table.resume("s");
    assert_eq!((resume.action(PID), resume.action(101)), (Action::Step(None), Action::Continue(None)));
}

#[test]
fn signals_are_offered_changed_and_passed() {
    let mut table = connected();
    assert_eq!(table.ask("QPassSignals:e;14"), "OK"); // SIGALRM, SIGCHLD
    assert_eq!(table.ask("QPassSignals:x"), "E01");
    assert_eq!(table.ask("QProgramSignals:0;1;3"), "OK");
    // No signal, but ptrace(2) would show one all the same: SIGTRAP of who stopped, SIGSTOP of the others.
    assert_eq!(table.ask("qXfer:siginfo:read::0,1"), "m\x05");
    assert_eq!([table.ask("Hgp64.65"), table.ask("qXfer:siginfo:read::0,1")], ["OK", "m\x13"]);
    table.resume("vCont;c");
    assert!(!table.wants(Stop::Signal(libc::SIGALRM as u32)) && table.wants(Stop::Signal(libc::SIGUSR1 as u32)));

    table.world().threads.get_mut(&101).expect("thread").siginfo = Some([7; 128]);
    let stop = table.stop(101, Stop::Signal(libc::SIGUSR1 as u32));
    assert!(stop.starts_with("T1e1d:"), "{stop}");
    assert_eq!(table.ask("qXfer:siginfo:read::7e,80"), "l\x07\x07");
    assert_eq!(table.ask("qXfer:siginfo:write::0:\x05"), "1");
    assert_eq!(table.ask("qXfer:siginfo:write::80:\x05"), "E01");
    assert_eq!(table.world().threads[&101].siginfo.expect("siginfo")[0], 5);
    let resume = table.resume("vCont;C1f:p64.65;c:p64.-1");
    assert_eq!(resume.action(101), Action::Continue(Some(libc::SIGUSR2 as u32)));
    assert_eq!(resume.action(PID), Action::Continue(None));
}

#[test]
fn interrupt_stops_a_running_process() {
    let mut table = connected();
    table.resume("vCont;c");
    table.gdb.send_raw(b"\x03");
    let stop = table.requested();
    assert!(stop.starts_with("T021d:") && stop.ends_with("thread:p64.64;"), "{stop}");
    // Whoever hears it, one that was resumed is reported.
    table.resume("vCont;c:p64.65");
    table.gdb.send_raw(b"\x03");
    assert!(table.requested().ends_with("thread:p64.65;"));
    // One that arrives together with the resumption is not lost.
    table.gdb.send_raw(b"$vCont;c#a8\x03");
    assert!(table.gdb.receive().starts_with("T021d:"));
    // One that arrives while all stand still means nothing.
    table.gdb.send_raw(b"\x03");
    assert_eq!(table.ask("m1000,1"), "00");
}

#[test]
fn threads_and_objects() {
    let mut table = connected();
    assert_eq!(table.ask("qfThreadInfo"), "mp64.64,p64.65");
    assert_eq!(table.ask("qsThreadInfo"), "l");
    assert_eq!(table.ask("Tp64.65"), "OK");
    assert_eq!(table.ask("Tp64.66"), "E01");
    assert_eq!(table.ask("Tp63.63"), "E01");
    assert_eq!(table.ask("qThreadExtraInfo,p64.65"), "776f726b2661");
    let threads = table.ask("qXfer:threads:read::0,ffb");
    assert!(threads.contains("<thread id=\"p64.65\" name=\"work&amp;a\"/>"), "{threads}");
    assert!(threads.contains("<thread id=\"p64.64\" core=\"3\" name=\"main\"/>"), "{threads}");
    assert_eq!(table.ask("qXfer:exec-file:read:64:0,ffb"), "m/bin/fake");
    assert_eq!(table.ask("qXfer:exec-file:read:64:9,ffb"), "l");
    assert_eq!(table.ask("qXfer:exec-file:read:63:0,ffb"), "E01");
    assert_eq!(table.ask("qXfer:auxv:read::0,ffb"), "mauxv");
}

/// What a monitor command prints.
fn monitor(table: &mut Table, command: &str) -> String {
    let hex: String = command.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut printed = String::new();
    let mut reply = table.ask(&format!("qRcmd,{hex}"));
    while let Some(piece) = reply.strip_prefix('O').filter(|_| reply != "OK") {
        let bytes = (0..piece.len() / 2).map(|n| u8::from_str_radix(&piece[2 * n..2 * n + 2], 16).expect("hex"));
        printed.push_str(&String::from_utf8(bytes.collect()).expect("text"));
        reply = table.gdb.receive();
    }
    assert_eq!(reply, "OK");
    printed
}

#[test]
fn monitor_commands() {
    let mut table = connected();
    let help = monitor(&mut table, "help");
    for command in ["help", "maps", "fds", "threads", "syscalls on|off", "stats", "exit"] {
        assert!(help.lines().any(|line| line.starts_with(command)), "{command} in {help}");
    }
    assert!(monitor(&mut table, "maps").starts_with("00001000-00002000 rw-p"));
    assert_eq!(monitor(&mut table, "fds"), "       0 /dev/null\n");
    assert_eq!(monitor(&mut table, " threads "), "     100 pc 0x0 main\n     101 pc 0x0 work&a\n");
    assert_eq!(monitor(&mut table, "stats"), "translated nothing\n");
    assert_eq!(monitor(&mut table, "syscalls"), "Usage: monitor syscalls on|off\n");
    assert_eq!(monitor(&mut table, "maps now"), "Usage: monitor maps\n");
    assert_eq!(monitor(&mut table, "syscalls on"), "");
    assert!(table.world().logs_syscalls);
    assert_eq!(monitor(&mut table, "syscalls off"), "");
    assert!(!table.world().logs_syscalls);
    assert!(monitor(&mut table, "nonsense").contains("monitor help"));
    assert_eq!(table.ask("!"), "OK");
    assert_eq!(monitor(&mut table, "exit"), "");
    table.gone();
    assert!(table.world().killed && table.world().lobby.is_empty());
}

#[test]
fn memory_is_searched_and_summed() {
    let mut table = connected();
    // The page's bytes are their offsets.
    assert_eq!(table.ask("qSearch:memory:1000;1000;\x0a\x0b\x0c"), "1,100a");
    assert_eq!(table.ask("qSearch:memory:1f0b;100;\x0a\x0b\x0c"), "E01", "beyond the page");
    assert_eq!(table.ask("qSearch:memory:1f0b;f5;\x0a\x0b\x0c"), "0");
    assert_eq!(table.ask("qSearch:memory:1000;3;\x00\x01\x02\x03"), "0");
    assert_eq!(table.ask("qSearch:memory:1000;10;"), "E01");
    // CRC-32/MPEG-2 of 0x31 to 0x39, its check value.
    assert_eq!(table.ask("qCRC:1031,9"), "C376e6e7");
    assert_eq!(table.ask("qCRC:1ff0,20"), "E01");
    assert_eq!(table.ask("qCRC:x"), "E01");
}

#[test]
fn lldb_is_told_of_the_machine() {
    let mut table = connected();
    let triple = "triple:616172636836342d756e6b6e6f776e2d6c696e75782d676e75;";
    assert!(table.ask("qHostInfo").contains(triple));
    assert!(table.ask("qHostInfo").contains("watchpoint_exceptions_received:before;"));
    assert_eq!(table.ask("qWatchpointSupportInfo:"), "num:1024;");
    assert!(table.ask("qProcessInfo").starts_with(&format!("pid:64;{triple}")));
    assert_eq!(table.ask("qMemoryRegionInfo:1fff"), "start:1000;size:1000;permissions:rw;");
    assert_eq!(table.ask("qMemoryRegionInfo:3000"), "start:3000;size:1000;permissions:rx;name:2f62696e2f66616b65;");
    assert_eq!(table.ask("qMemoryRegionInfo:2000"), "start:2000;size:1000;");
    assert_eq!(table.ask("qMemoryRegionInfo:0"), "start:0;size:1000;");
    assert_eq!(table.ask("qMemoryRegionInfo:4000"), "start:4000;size:ffffffffffffbfff;");
    assert_eq!(table.ask("qMemoryRegionInfo:"), "E01");
    // It waits for an answer, unlike gdb.
    assert_eq!(table.ask("k"), "X09");
}

#[test]
fn tables_of_the_system() {
    let mut table = connected();
    let list = table.ask("qXfer:osdata:read::0,fff0");
    assert!(list.starts_with("l<?xml") && list.contains("<column name=\"Type\">processes</column>"), "{list}");
    let own = format!("<column name=\"pid\">{}</column>", std::process::id());
    let mut processes = String::new();
    while let Some(piece) =
        table.ask(&format!("qXfer:osdata:read:processes:{:x},fff0", processes.chars().count())).strip_prefix('m')
    {
        processes.push_str(piece);
    }
    let rest = table.ask(&format!("qXfer:osdata:read:processes:{:x},fff0", processes.chars().count()));
    assert!((processes + &rest).contains(&own));
    assert_eq!(table.ask("qXfer:osdata:read:nonsense:0,fff0"), "E00");
}

#[test]
fn files_are_the_guests() {
    let mut table = connected();
    assert_eq!(table.ask("vFile:setfs:0"), "F0");
    assert_eq!(table.ask("vFile:open:2f62696e2f66616b65,0,1c0"), "F00");
    assert_eq!(table.ask("vFile:pread:0,5,0"), "F05;conte");
    assert_eq!(table.ask("vFile:pread:0,40,5"), "F09;nts of it");
    assert!(table.ask("vFile:fstat:0").starts_with("F40;"));
    assert_eq!(table.ask("vFile:close:0"), "F0");
    assert_eq!(table.ask("vFile:pread:0,5,0"), "F-1,09");
    assert_eq!(table.ask("vFile:open:2f6e6f6e65,0,1c0"), "F-1,02");
    assert_eq!(table.ask("vFile:readlink:2f6c696e6b"), "F06;target");
    assert_eq!(table.ask("vFile:what:0"), "");
}

#[test]
fn damaged_packets_are_asked_for_again() {
    let mut table = Table::start();
    table.gdb.send_raw(b"$?#00");
    assert_eq!(table.gdb.receive_byte(), b'-');
    table.gdb.send_raw(b"$qC#b4");
    assert_eq!(table.gdb.receive_byte(), b'+');
    assert_eq!(table.gdb.receive(), "QC64");
    table.gdb.send_raw(b"-");
    assert_eq!(table.gdb.receive(), "QC64");
}

#[test]
fn exit_is_reported_with_its_process() {
    let mut table = connected();
    table.resume("vCont;c");
    assert_eq!(table.exit(ExitStatus::Exited(3)), "W03;process:64");
    let mut table = connected();
    table.resume("vCont;c");
    assert_eq!(table.exit(ExitStatus::Signaled(libc::SIGUSR1 as u32)), "X1e;process:64");
}

#[test]
fn killing_ends_the_process_and_only_the_named_one() {
    let mut table = connected();
    assert_eq!(table.ask("vKill;63"), "E01");
    assert!(!table.world().killed);
    assert_eq!(table.ask("vKill;64"), "OK");
    table.gone();
    assert!(table.world().killed);
    let mut table = connected();
    table.gdb.send("k");
    table.gone();
    assert!(table.world().killed);
}

#[test]
fn lost_connection_leaves_the_guest_running_without_breakpoints() {
    for while_running in [false, true] {
        let mut table = connected();
        assert_eq!(table.ask("Z0,1000,4"), "OK");
        assert_eq!(table.ask("Z2,1008,8"), "OK");
        if while_running {
            table.resume("vCont;c");
            table.gdb.close();
            assert!(table.poll());
            table.request();
        } else {
            table.gdb.close();
        }
        table.runs_free();
        let world = table.world();
        assert!(world.breakpoints.is_empty() && world.watchpoints.is_empty() && !world.killed);
    }
}

#[test]
fn exec_is_reported_and_forgets_breakpoints() {
    let mut table = connected();
    assert_eq!(table.ask("Z0,1000,4"), "OK");
    table.resume("vCont;c");
    assert!(table.exec().starts_with("T05exec:2f62696e2f66616b65;"));
    assert_eq!(table.ask("Z0,1000,4"), "OK");
}

#[test]
fn random_packets_do_no_harm() {
    let mut table = connected();
    let before = Registers::clone(&table.world().threads[&PID].regs);
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move |bound: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % bound
    };
    let stems = [
        "m1000,",
        "Z0,",
        "z2,",
        "Z4,ffffffffffffffff,",
        "Hg",
        "Hc",
        "T",
        "p",
        "P3=",
        "qXfer:auxv:read::",
        "vFile:",
        "vFile:open:",
        "vFile:pread:0,",
        "vFile:fstat:",
        "vFile:readlink:",
        "qXfer:siginfo:",
        "qThreadExtraInfo,p",
        "qXfer:features:read:",
        "qXfer:threads:read::",
        "qRcmd,",
        "QPassSignals:",
        "qSupported:",
        "D;p",
        "vKill;x",
        "x",
        "M1000,",
        "X1000,",
        "vCont;x",
        "H",
        "q",
        "v",
        "Q",
        "qXfer:exec-file:read:",
        "vFile:setfs:",
        "vFile:close:",
        "",
    ];
    for _ in 0..10_000 {
        let mut packet = stems[next(stems.len() as u64) as usize].as_bytes().to_vec();
        for _ in 0..next(24) {
            let alphabet = b"0123456789abcdefp.,;:-+=/*}xrsc\x00\x7f\xff";
            packet.push(alphabet[next(alphabet.len() as u64) as usize]);
        }
        let resumes = matches!(packet.first(), Some(b'c' | b's' | b'C' | b'S' | b'k' | b'D'));
        if resumes || packet.starts_with(b"vCont") || packet.starts_with(b"vKill") || packet.starts_with(b"qRcmd") {
            continue;
        }
        table.gdb.send_bytes(&packet);
        table.gdb.receive();
    }
    assert_eq!(table.ask("Hgp64.64"), "OK");
    assert!(table.ask("m1000,1").len() == 2);
    assert_eq!(table.world().threads[&PID].regs.pc, before.pc);
}

#[test]
fn system_calls_are_caught_until_detach() {
    let mut table = connected();
    assert_eq!(table.ask("QCatchSyscalls:1;39;xyz"), "E01");
    assert_eq!(table.ask("QCatchSyscalls:1;39;dd"), "OK");
    assert_eq!(table.world().catch, Catch::These(vec![57, 221]));
    table.resume("vCont;c");
    let stop = table.stop(101, Stop::SyscallEntry(57));
    assert!(stop.starts_with("T05syscall_entry:39;") && stop.ends_with("thread:p64.65;"), "{stop}");
    table.resume("vCont;c");
    assert!(table.stop(101, Stop::SyscallReturn(57)).starts_with("T05syscall_return:39;"));
    assert_eq!(table.ask("QCatchSyscalls:1"), "OK");
    assert_eq!(table.world().catch, Catch::All);
    assert_eq!(table.ask("D;64"), "OK");
    table.runs_free();
    assert_eq!(table.world().catch, Catch::None);
}

#[test]
fn threads_that_begin_and_end_are_stops_if_gdb_wants_it() {
    let mut table = connected();
    assert_eq!(table.ask("QThreadEvents:1"), "OK");
    table.resume("vCont;c");
    assert!(table.wants(Stop::ThreadCreated));
    let stop = table.stop(101, Stop::ThreadCreated);
    assert!(stop.starts_with("T05create:;") && stop.ends_with("thread:p64.65;"), "{stop}");
    table.resume("vCont;c");
    assert_eq!(table.stop(101, Stop::ThreadExited(7)), "w07;p64.65");
    assert_eq!(table.ask("QThreadEvents:0"), "OK");
    table.resume("vCont;c");
    assert!(!table.wants(Stop::ThreadCreated) && !table.wants(Stop::ThreadExited(0)));
}

#[test]
fn detach_leaves_the_signals_that_gdb_would_deliver() {
    for (program_signals, left) in [("a;b", Some(libc::SIGSEGV as u32)), ("a", None)] {
        let mut table = connected();
        assert_eq!(table.ask(&format!("QProgramSignals:{program_signals}")), "OK");
        table.resume("vCont;c");
        let mut siginfo = [0; 128];
        siginfo[0] = libc::SIGSEGV as u8;
        table.world().threads.get_mut(&101).expect("thread").siginfo = Some(siginfo);
        assert!(table.stop(101, Stop::Signal(libc::SIGSEGV as u32)).starts_with("T0b"));
        let resume = table.resume("D;64");
        assert_eq!(resume.action(101), Action::Continue(left), "{program_signals}");
        assert_eq!(resume.action(PID), Action::Continue(None));
    }
}

/// What goes on without the process. It starts, and the process may be killed, behind what gdb hears of the end.
fn lobby(table: &mut Table, is_killed: bool) -> String {
    let deadline = Instant::now() + Duration::from_secs(20);
    let is_over = |world: &World| !world.lobby.is_empty() && world.killed == is_killed;
    while !is_over(&table.world()) && Instant::now() < deadline {
        std::thread::yield_now();
    }
    table.world().lobby.clone()
}

#[test]
fn extended_mode_goes_on_when_the_process_has_ended() {
    let mut table = connected();
    assert_eq!(table.ask("!"), "OK");
    table.resume("vCont;c");
    assert_eq!(table.exit(ExitStatus::Exited(3)), "W03;process:64");
    let lobby = lobby(&mut table, false);
    assert!(lobby.starts_with("lobby ") && lobby.contains("run=program=2f62696e2f66616b65,"), "{lobby}");

    let mut table = connected();
    table.resume("vCont;c");
    assert_eq!(table.exit(ExitStatus::Exited(3)), "W03;process:64");
    assert_eq!(table.world().lobby, "", "not if gdb does not go on");
}

#[test]
fn restart_kills_and_asks_for_the_same_once_more() {
    let mut table = connected();
    assert_eq!(table.ask("!"), "OK");
    table.gdb.send("R00");
    table.gdb.receive_end();
    let lobby = lobby(&mut table, true);
    assert!(table.world().killed && lobby.contains(",due=1,restart=1"), "{lobby}");
}

#[test]
fn threads_are_told_as_lldb_asks() {
    let mut table = connected();
    // In the protocol's escapes: a ']' belongs to each '}'.
    let quiet = r#"[{"tid":100,"name":"main"}],{"tid":101,"name":"work&a"}]]"#;
    assert_eq!(table.ask("jThreadsInfo"), quiet);
    table.resume("vCont;c");
    assert!(table.stop(101, Stop::Signal(libc::SIGSEGV as u32)).starts_with("T0b"));
    let stopped = r#"[{"tid":100,"name":"main"}],{"tid":101,"name":"work&a","reason":"signal","signal":11}]]"#;
    assert_eq!(table.ask("jThreadsInfo"), stopped);
}
