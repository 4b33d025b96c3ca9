//! What goes wrong on either side of the connection, with real processes and a client that says what
//! no gdb would: processes of the session killed at every turn, packets cut short, nonsense, a client
//! that goes away or stops reading. Nobody hangs, nobody is left behind, no event is lost.

mod common;
mod gdb_fake;
#[path = "gdb_fake/pair.rs"]
mod pair;

use gdb_fake::{FEATURES, Gdb, pid_after};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use pair::{Pair, TIME_LIMIT};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

#[test]
fn owner_killed_while_all_stand_still() {
    let mut pair = Pair::forked("owner-standing");
    let (parent, child) = (pair.parent, pair.child);
    // What has been answered is not answered again.
    assert_eq!(pair.gdb.ask("qAttached"), "0");
    pair.kill_and_see(parent);
    assert!(pair.ask_about(child, "g").len() > 2 * 33 * 8);
    // What happened is told when gdb next waits for something to happen.
    assert_eq!(pair.gdb.ask(&format!("vCont;c:p{child:x}.-1;c:p{parent:x}.-1")), format!("X09;process:{parent:x}"));
    pair.gdb.send(&format!("vCont;c:p{child:x}.-1"));
    kill(Pid::from_raw(child), Signal::SIGTERM).expect("it lives");
    assert!(pair.gdb.receive().starts_with("T0f"), "the child takes part as before");
    assert_eq!(pair.gdb.ask(&format!("vCont;C0f:p{child:x}.{child:x}")), format!("X0f;process:{child:x}"));
    assert_eq!(pair.ended(), (None, Some(libc::SIGKILL)));
}

#[test]
fn owner_killed_while_all_run() {
    let mut pair = Pair::running("owner-running");
    let (parent, child) = (pair.parent, pair.child);
    pair.kill(parent);
    assert_eq!(pair.gdb.receive(), format!("X09;process:{parent:x}"));
    assert_eq!(pair.ask_about(child, "m0,1"), "E0e");
    assert_eq!(pair.gdb.ask(&format!("D;{child:x}")), "OK");
    kill(Pid::from_raw(child), Signal::SIGTERM).expect("it runs free");
}

#[test]
fn owner_killed_while_it_waits_for_the_other() {
    let mut pair = Pair::forked("owner-waiting");
    let (parent, child) = (pair.parent, pair.child);
    pair.gdb.send(&format!("vCont;c:p{child:x}.-1"));
    pair.wait_until_in(child, libc::SYS_ppoll);
    pair.kill(parent);
    let told = pair.gdb.receive();
    assert_eq!(told, format!("X09;process:{parent:x}"));
    assert_eq!(pair.gdb.ask(&format!("vKill;{child:x}")), "OK");
    assert_eq!(pair.gdb.receive_end(), 0, "nobody is left");
}

#[test]
fn owner_killed_while_it_stops_the_other() {
    let mut pair = Pair::running("owner-stopping");
    let (parent, child) = (pair.parent, pair.child);
    pair.wait_until_in(child, libc::SYS_ppoll);
    // The child hears of the stop, and cannot answer.
    kill(Pid::from_raw(child), Signal::SIGSTOP).expect("it lives");
    pair.wait_until_state(child, 'T');
    pair.gdb.send_raw(b"\x03");
    pair.wait_until_in(parent, libc::SYS_recvfrom);
    pair.kill_and_see(parent);
    kill(Pid::from_raw(child), Signal::SIGCONT).expect("it lives");
    assert_eq!(pair.gdb.receive(), format!("X09;process:{parent:x}"));
    assert!(pair.ask_about(child, "g").len() > 2 * 33 * 8);
    assert_eq!(pair.gdb.ask(&format!("vKill;{child:x}")), "OK");
    assert_eq!(pair.gdb.receive_end(), 0, "nobody is left");
}

#[test]
fn peer_killed_while_all_stand_still() {
    let mut pair = Pair::forked("peer-standing");
    let (parent, child) = (pair.parent, pair.child);
    pair.kill_and_see(child);
    assert!(pair.ask_about(parent, "p20").len() == 16);
    assert_eq!(pair.gdb.ask("vCont;c"), format!("X09;process:{child:x}"));
    assert_eq!(pair.gdb.ask("vCont;c"), format!("W6d;process:{parent:x}"));
    assert_eq!(pair.ended(), (Some(100 + libc::SIGKILL), None));
}

#[test]
fn peer_killed_while_all_run() {
    let mut pair = Pair::running("peer-running");
    let (parent, child) = (pair.parent, pair.child);
    pair.kill(child);
    assert_eq!(pair.gdb.receive(), format!("X09;process:{child:x}"));
    assert_eq!(pair.gdb.ask(&format!("vCont;c:p{parent:x}.-1")), format!("W6d;process:{parent:x}"));
    assert_eq!(pair.ended(), (Some(100 + libc::SIGKILL), None));
}

#[test]
fn packet_that_the_owner_read_half_is_finished_by_its_heir() {
    let mut pair = Pair::forked("half-packet");
    let (parent, child) = (pair.parent, pair.child);
    assert_eq!(pair.gdb.ask(&format!("Hgp{parent:x}.{parent:x}")), "OK");
    pair.gdb.send_raw(b"$Hgp");
    // Whether it was read, and was taken, is a matter of the moment.
    std::thread::sleep(Duration::from_millis(50));
    pair.kill_and_see(parent);
    pair.gdb.send_raw(b"12#00");
    assert_eq!(pair.gdb.receive(), "E01", "the sum is wrong");
    assert_eq!(pair.gdb.ask(&format!("Hgp{child:x}.{child:x}")), "OK");
    assert_eq!(pair.gdb.ask("qC"), format!("QCp{child:x}.{child:x}"));
}

#[test]
fn detached_parent_leaves_half_a_packet_to_its_child() {
    let mut pair = Pair::forked("half-handed-over");
    let (parent, child) = (pair.parent, pair.child);
    let detach = format!("D;{parent:x}");
    let sum = detach.bytes().fold(0_u8, u8::wrapping_add);
    pair.gdb.send_raw(format!("${detach}#{sum:02x}$Hgp{child:x}").as_bytes());
    assert_eq!(pair.gdb.receive(), "OK");
    let rest = format!(".{child:x}");
    let sum = format!("Hgp{child:x}{rest}").bytes().fold(0_u8, u8::wrapping_add);
    pair.gdb.send_raw(format!("{rest}#{sum:02x}").as_bytes());
    assert_eq!(pair.gdb.receive(), "OK");
    pair.gdb.send("k");
    assert_eq!(pair.gdb.receive_end(), 0, "nobody is left");
}

/// What one process had read of a packet goes to the next owner with the socket, and to the one after it though that one
/// is killed.
#[test]
fn half_a_packet_outlives_who_was_left_it() {
    let mut pair = Pair::start_with("half-left", &[], &["2"]).0;
    pair.fork();
    let (parent, heir) = (pair.parent, pair.child);
    let last = pid_after("fork:p", &pair.gdb.ask("vCont;c"));
    let framed = |body: &str| format!("${body}#{:02x}", body.bytes().fold(0_u8, u8::wrapping_add));
    let choose = framed(&format!("Hgp{last:x}.{last:x}"));
    let (half, rest) = choose.split_at(5);
    pair.gdb.send_raw(format!("{}{half}", framed(&format!("D;{parent:x}"))).as_bytes());
    assert_eq!(pair.gdb.receive(), "OK");
    // The heir takes its place.
    std::thread::sleep(Duration::from_millis(50));
    pair.kill_and_see(heir);
    pair.gdb.send_raw(rest.as_bytes());
    assert_eq!(pair.gdb.receive(), "OK");
    assert_eq!(pair.gdb.ask("qC"), format!("QCp{last:x}.{last:x}"));
    pair.gdb.send("k");
    assert_eq!(pair.gdb.receive_end(), 0, "nobody is left");
}

/// A generator with a seed, so that what fails can be run again.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    /// A packet that gdb might have sent before a few bytes of it were changed.
    fn packet(&mut self) -> Vec<u8> {
        const PACKETS: [&str; 28] = [
            "QNonStop:0",
            "?",
            "g",
            "m400000,40",
            "Hgp1.1",
            "Hc-1",
            "qC",
            "qfThreadInfo",
            "qXfer:features:read:target.xml:0,ffb",
            "qXfer:siginfo:read::0,80",
            "Z0,400580,4;X3,220027",
            "z0,400580,4",
            "Z2,490000,8",
            "QPassSignals:e;14",
            "QCatchSyscalls:1;39",
            "qGetTLSAddr:p1.1,0,0",
            "vFile:open:2f,0,0",
            "vFile:pread:0,100,0",
            "T1",
            "P20=0000000000000000",
            "M490000,2:abcd",
            "X490000,2:ab",
            "qSupported:x",
            "vCont?",
            "QThreadEvents:0",
            "qXfer:threads:read::0,1000",
            "x400000,100",
            "vMustReplyEmpty",
        ];
        let mut body = PACKETS[self.below(PACKETS.len())].as_bytes().to_vec();
        for _ in 0..self.below(4) {
            let at = self.below(body.len() + 1);
            let byte = b"0f;:,-.pX\xff\x00}*zZ"[self.below(15)];
            match self.below(3) {
                0 => body.insert(at, byte),
                1 if at < body.len() => drop(body.remove(at)),
                _ if at < body.len() => body[at] = byte,
                _ => body.push(byte),
            }
        }
        // What resumes, kills or detaches would end the state that is being tested.
        let is_harmless = [&b"vFile:p"[..], b"vMust"].iter().any(|start| body.starts_with(start));
        let is_harmful = b"cCsSDkRvb".contains(body.first().unwrap_or(&b'c')) && !is_harmless;
        if body.iter().any(|byte| b"$#".contains(byte)) || is_harmful {
            body = b"qC".to_vec();
        }
        body
    }
}

#[test]
fn nonsense_is_answered_in_every_state() {
    let states = [("start", Pair::start as fn(&str) -> Pair), ("fork", Pair::forked), ("non-stop", non_stop)];
    for (state, make) in states {
        let mut pair = make(&format!("nonsense-{state}"));
        if state == "start" {
            assert_eq!(pair.gdb.ask("QStartNoAckMode"), "OK");
            pair.gdb.no_ack();
        }
        let mut random = Random(7);
        for _ in 0..10_000 {
            let packet = random.packet();
            pair.gdb.send_bytes(&packet);
            pair.gdb.receive();
            // One answer, not two.
            assert_eq!(pair.gdb.ask("qAttached"), "0", "{state}: {}", packet.escape_ascii());
        }
        // The stream itself damaged.
        pair.gdb.send_raw(b"$$g#zz+#00\x00\xff$qC#00");
        pair.gdb.send("vMustReplyEmpty");
        assert_eq!([pair.gdb.receive(), pair.gdb.receive(), pair.gdb.receive()], ["E01", "E01", ""], "{state}");
        pair.gdb.send("k");
        assert_eq!(pair.ended(), (None, Some(libc::SIGKILL)), "{state}");
    }
}

#[test]
fn nonsense_about_the_other_process_is_answered() {
    let mut pair = Pair::forked("nonsense-peer");
    let choose = format!("Hgp{0:x}.{0:x}", pair.child);
    let mut random = Random(8);
    for _ in 0..10_000 {
        pair.gdb.send(&choose);
        pair.gdb.send_bytes(&random.packet());
        assert_eq!(pair.gdb.receive(), "OK");
        pair.gdb.receive();
    }
    let (parent, child) = (pair.parent, pair.child);
    assert!(pair.gdb.ask(&format!("qSupported:{FEATURES}")).contains("multiprocess+"));
    assert_eq!(pair.ask_about(child, "qC"), format!("QCp{child:x}.{child:x}"));
    assert_eq!(pair.ask_about(parent, "qC"), format!("QCp{parent:x}.{parent:x}"));
    pair.gdb.send("k");
    assert_eq!(pair.ended(), (None, Some(libc::SIGKILL)));
}

#[test]
fn nonsense_without_a_process_is_answered() {
    let mut pair = Pair::forked("nonsense-lobby");
    assert_eq!(pair.gdb.ask("!"), "OK");
    for pid in [pair.child, pair.parent] {
        assert_eq!(pair.gdb.ask(&format!("vKill;{pid:x}")), "OK");
    }
    let mut random = Random(9);
    for _ in 0..10_000 {
        let packet = random.packet();
        pair.gdb.send_bytes(&packet);
        pair.gdb.receive();
        assert_eq!(pair.gdb.ask("vMustReplyEmpty"), "", "{}", packet.escape_ascii());
    }
    pair.gdb.send("k");
    pair.gdb.receive_end();
}

#[test]
fn nonsense_while_processes_run_is_answered_at_their_stop() {
    let mut pair = Pair::forked("nonsense-running");
    let (parent, child) = (pair.parent, pair.child);
    let mut random = Random(10);
    for round in 0..40 {
        // The owner waits for the other, or runs as well.
        let others = if round % 2 == 0 { String::new() } else { format!(";c:p{parent:x}.-1") };
        pair.gdb.send(&format!("vCont;c:p{child:x}.-1{others}"));
        for _ in 0..250 {
            pair.gdb.send_bytes(&random.packet());
        }
        pair.gdb.send_raw(b"\x03");
        // It may catch a system call by now.
        assert!(pair.gdb.receive().starts_with('T'));
        for _ in 0..250 {
            pair.gdb.receive();
        }
        assert!(pair.gdb.ask(&format!("qSupported:{FEATURES}")).contains("fork-events+"));
    }
    assert_eq!(pair.ask_about(child, "qC"), format!("QCp{child:x}.{child:x}"));
    pair.gdb.send("k");
    assert_eq!(pair.ended(), (None, Some(libc::SIGKILL)));
}

/// Whatever the two processes and the client were at.
#[test]
fn anybody_is_killed_at_any_moment() {
    let mut random = Random(11);
    for round in 0..80 {
        let mut pair = Pair::forked(&format!("any-moment-{round}"));
        let (parent, child) = (pair.parent, pair.child);
        let detaches = format!("D;{child:x}");
        let says = ["vCont;c", &format!("vCont;c:p{child:x}.-1"), &format!("Hgp{child:x}.{child:x}"), &detaches];
        let said = says[random.below(says.len())];
        pair.gdb.send(said);
        if random.below(2) == 0 {
            pair.gdb.send_raw(b"\x03");
        }
        let delay = Duration::from_micros(random.below(1500) as u64);
        std::thread::sleep(delay);
        let victim = if random.below(2) == 0 { parent } else { child };
        pair.kill_and_see(victim);
        let (is_answered, heard) = pair.answers();
        let may_be_alone = victim == parent && said == detaches;
        assert!(is_answered || may_be_alone, "{said}, {victim} of {parent} and {child} after {delay:?}: {heard:?}");
        if is_answered {
            pair.gdb.send("k");
            assert!(pair.gdb.receive_if_any().is_none(), "the end");
        }
        for pid in [parent, child] {
            // A child that was detached runs free.
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
    }
}

/// Whoever of three it is, the other two stay in the session.
#[test]
fn anybody_of_three_is_killed_at_any_moment() {
    let mut random = Random(12);
    for round in 0..40 {
        let mut pair = Pair::start_with(&format!("three-{round}"), &[], &["2"]).0;
        pair.fork();
        let pids = [pair.parent, pair.child, pid_after("fork:p", &pair.gdb.ask("vCont;c"))];
        let says = ["vCont;c", &format!("vCont;c:p{:x}.-1", pids[2]), &format!("Hgp{0:x}.{0:x}", pids[1])];
        let said = says[random.below(says.len())];
        pair.gdb.send(said);
        if random.below(2) == 0 {
            pair.gdb.send_raw(b"\x03");
        }
        std::thread::sleep(Duration::from_micros(random.below(1500) as u64));
        let victim = pids[random.below(3)];
        pair.kill_and_see(victim);
        let (is_answered, heard) = pair.answers();
        assert!(is_answered, "{said}, {victim} of {pids:?}: {heard:?}");
        for pid in pids.into_iter().filter(|pid| *pid != victim) {
            let answer = pair.ask_about(pid, "p20");
            assert_eq!(answer.len(), 16, "{answer} of {pid}; {said}, {victim} of {pids:?}: {heard:?}");
        }
        pair.gdb.send("k");
        assert!(pair.gdb.receive_if_any().is_none(), "the end");
    }
}

/// The owner and any other, also the one that takes its place, at any moment: whoever is left stays in the session, and gdb hears of
/// both deaths.
#[test]
fn any_two_of_four_are_killed_at_any_moment() {
    let mut random = Random(13);
    for round in 0..40 {
        let mut pair = Pair::start_with(&format!("four-{round}"), &[], &["3"]).0;
        pair.fork();
        let mut pids = vec![pair.parent, pair.child];
        for _ in 0..2 {
            pids.push(pid_after("fork:p", &pair.gdb.ask("vCont;c")));
        }
        let says = ["vCont;c", &format!("vCont;c:p{:x}.-1", pids[3]), &format!("Hgp{0:x}.{0:x}", pids[1])];
        let said = says[random.below(says.len())];
        pair.gdb.send(said);
        if random.below(2) == 0 {
            pair.gdb.send_raw(b"\x03");
        }
        std::thread::sleep(Duration::from_micros(random.below(1500) as u64));
        let victims = [pids.remove(0), pids.remove(random.below(3))];
        pair.kill(victims[0]);
        std::thread::sleep(Duration::from_micros([0, random.below(400) as u64][random.below(2)]));
        pair.kill_and_see(victims[1]);
        let (is_answered, mut heard) = pair.answers();
        assert!(is_answered, "{said}, {victims:?}, {pids:?} live: {heard:?}");
        for pid in &pids {
            let answer = pair.ask_about(*pid, "p20");
            assert_eq!(answer.len(), 16, "{answer} of {pid}; {said}, {victims:?}: {heard:?}");
        }
        // What it has not heard yet comes when it next waits.
        let deaths = victims.map(|pid| format!("X09;process:{pid:x}"));
        while !deaths.iter().all(|death| heard.contains(death)) {
            heard.push(pair.gdb.ask("vCont;c"));
            assert!(heard.len() < 8, "{said}, {victims:?}, {pids:?} live: {heard:?}");
        }
        pair.gdb.send("k");
        assert!(pair.gdb.receive_if_any().is_none(), "the end");
    }
}

/// gdb kills a process of which it has not heard that it is dead, behind the last that lives.
#[test]
fn all_are_killed_though_one_is_dead() {
    let mut pair = Pair::forked("kill-the-dead");
    pair.kill_and_see(pair.child);
    for pid in [pair.parent, pair.child] {
        assert_eq!(pair.gdb.ask(&format!("vKill;{pid:x}")), "OK");
    }
    assert_eq!(pair.ended(), (None, Some(libc::SIGKILL)));
    pair.gdb.close();
}

#[test]
fn client_gone_lets_all_run_free() {
    for make in [Pair::forked as fn(&str) -> Pair, Pair::running] {
        let mut pair = make("client-gone");
        pair.gdb.close();
        // Only a child that runs dies of this, and only a parent that runs sees it.
        kill(Pid::from_raw(pair.child), Signal::SIGTERM).expect("it lives");
        assert_eq!(pair.ended(), (Some(100 + libc::SIGTERM), None));
    }
}

#[test]
fn client_that_stops_reading_harms_only_itself() {
    let mut pair = Pair::forked("deaf-client");
    pair.gdb.send_until_full("m400000,1000");
    pair.gdb.close();
    kill(Pid::from_raw(pair.child), Signal::SIGTERM).expect("it lives");
    assert_eq!(pair.ended(), (Some(100 + libc::SIGTERM), None));
}

/// What is printed for a client that does not read waits for it, all of it, in no more memory than sockets have, and
/// the threads that print wait, but no others. Ctrl-C is heard meanwhile.
#[test]
fn client_that_reads_nothing_holds_up_only_who_prints() {
    let mut pair = Pair::start_program("deaf-while-running", "talks", &[], &[]).0;
    let mut guest = BufReader::new(pair.emu.stdout.take().expect("piped"));
    pair.fork();
    let mut line = String::new();
    guest.read_line(&mut line).expect("addresses");
    let [talk, said] = [0, 1].map(|n| line.split_whitespace().nth(n).expect("an address")[2..].to_owned());
    for pid in [pair.parent, pair.child] {
        // printf ("tick\n"), in the agent's code.
        let prints = format!("Z0,{talk},4;cmds:0,Xf,22002200340000067469636b0a0027");
        assert_eq!(pair.ask_about(pid, &prints), "OK");
    }
    pair.gdb.send("vCont;c");
    // Both are full of it.
    pair.wait_until_in(pair.parent, libc::SYS_poll);
    pair.wait_until_in(pair.child, libc::SYS_poll);
    let resident = |pid: i32| {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("it lives");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a size");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number")
    };
    let before = [pair.parent, pair.child].map(resident);
    let mut passed = [0, 0];
    while passed.iter().any(|count| *count < 30) {
        let mut byte = [0];
        guest.read_exact(&mut byte).expect("time passes");
        passed[usize::from(byte[0] == b'c')] += 1;
    }
    let after = [pair.parent, pair.child].map(resident);
    assert!(after.iter().zip(before).all(|(after, before)| *after < before + 1024), "{before:?} {after:?}");
    pair.gdb.send_raw(b"\x03");
    let mut printed = String::new();
    let stop = loop {
        match pair.gdb.receive() {
            said if said.starts_with('O') => printed += &said[1..],
            stop => break stop,
        }
    };
    assert!(stop.starts_with("T02"), "{stop}");
    assert_eq!(printed.replace("7469636b0a", ""), "");
    let count = |pid: i32, pair: &mut Pair| {
        u64::from_str_radix(&pair.ask_about(pid, &format!("m{said},8")), 16).expect("a number").swap_bytes()
    };
    let calls = count(pair.parent, &mut pair) + count(pair.child, &mut pair);
    let printed = printed.len() as u64 / 10;
    // Each may stand in a call that it has said nothing of, or has said something of.
    assert!(printed.abs_diff(calls) <= 2, "{printed} {calls}");
    // They can still be told to go on, and when the client goes, it goes.
    pair.gdb.send("vCont;c");
    pair.wait_until_in(pair.parent, libc::SYS_poll);
    pair.gdb.close();
    for pid in [pair.parent, pair.child] {
        pair.wait_until_state(pid, 'R');
        kill(Pid::from_raw(pid), Signal::SIGTERM).expect("it lives");
    }
    assert_eq!(pair.ended(), (None, Some(libc::SIGTERM)));
}

/// What is said while nobody is to answer takes bounded memory, and Ctrl-C behind it is heard.
#[test]
fn packets_without_end_while_all_run_are_dropped() {
    let mut pair = Pair::running("flood");
    let packet = format!("${}#00", "a".repeat(1000));
    for _ in 0..50_000 {
        pair.gdb.send_raw(packet.as_bytes());
    }
    pair.gdb.send_raw(b"\x03");
    let stop = pair.gdb.receive();
    assert!(stop.starts_with("T02"), "{stop}");
    let status = std::fs::read_to_string(format!("/proc/{}/status", pair.parent)).expect("it lives");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a size");
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse().expect("a number");
    assert!(peak < 40 << 10, "{peak} kB");
}

#[test]
fn program_stands_until_the_next_client_comes() {
    let (mut pair, socket) = Pair::start_with("next-client", &["--on-disconnect", "stop"], &[]);
    pair.fork();
    let (parent, child) = (pair.parent, pair.child);
    let mut visitor = UnixStream::connect(&socket).expect("connected");
    let mut said = String::new();
    visitor.read_to_string(&mut said).expect("told and sent away");
    assert!(said.starts_with("$E.another gdb is connected"), "{said}");
    assert_eq!(pair.gdb.ask("Z0,400000,4"), "OK");
    pair.gdb.send("vCont;c");
    pair.gdb.close();
    pair.gdb = Gdb::new(UnixStream::connect(&socket).expect("connected again"));
    assert!(pair.gdb.ask(&format!("qSupported:{FEATURES}")).contains("multiprocess+"));
    assert!(pair.gdb.ask("?").contains(&format!("thread:p{parent:x}.{parent:x};")));
    let threads = pair.gdb.ask("qfThreadInfo");
    assert!(threads.contains(&format!("p{parent:x}.")) && threads.contains(&format!("p{child:x}.")), "{threads}");
    // Whoever owned the socket has died: it is the other's to wait at the door, too.
    pair.kill_and_see(parent);
    pair.gdb.close();
    pair.gdb = Gdb::new(UnixStream::connect(&socket).expect("connected to the heir"));
    assert!(pair.gdb.ask("?").ends_with(&format!("thread:{child:x};")));
    pair.gdb.send("k");
    assert_eq!(pair.gdb.receive_end(), 1, "an acknowledgement, and nobody is left");
    assert!(!socket.exists());
}

#[test]
fn program_dies_with_its_client() {
    for make in [Pair::fork as fn(&mut Pair), |pair: &mut Pair| {
        pair.fork();
        pair.gdb.send("vCont;c");
    }] {
        let (mut pair, _) = Pair::start_with("dies-with-client", &["--on-disconnect", "kill"], &[]);
        make(&mut pair);
        pair.gdb.close();
        assert_eq!(pair.ended(), (None, Some(libc::SIGKILL)));
        let deadline = Instant::now() + TIME_LIMIT;
        while kill(Pid::from_raw(pair.child), None).is_ok() {
            assert!(Instant::now() < deadline, "the child lives");
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// Both processes run, and the client is told what happens by notifications.
fn non_stop(test: &str) -> Pair {
    let mut pair = Pair::start(test);
    assert!(pair.gdb.ask(&format!("qSupported:{FEATURES}")).contains("QNonStop+"));
    assert_eq!(pair.gdb.ask("QStartNoAckMode"), "OK");
    pair.gdb.no_ack();
    assert_eq!(pair.gdb.ask("QNonStop:1"), "OK");
    assert!(pair.gdb.ask("?").starts_with('T'));
    assert_eq!(pair.gdb.ask("vStopped"), "OK");
    assert_eq!(pair.gdb.ask("vCont;c"), "OK");
    pair.child = pid_after("fork:p", &pair.gdb.receive_notification());
    // What gdb has not been told of does not move: the child stays, and so does the parent.
    assert_eq!(pair.gdb.ask("vCont;c"), "OK");
    assert_eq!(pair.gdb.ask("vStopped"), "OK");
    assert_eq!(pair.gdb.ask("vCont;c"), "OK");
    pair
}

#[test]
fn threads_stop_alone_and_the_rest_answers() {
    let mut pair = non_stop("non-stop");
    let (parent, child) = (pair.parent, pair.child);
    pair.wait_until_in(child, libc::SYS_ppoll);
    assert_eq!(pair.gdb.ask(&format!("vCont;t:p{child:x}.-1")), "OK");
    assert!(pair.gdb.receive_notification().starts_with("Stop:T00"));
    assert_eq!(pair.gdb.ask("vStopped"), "OK");
    assert!(pair.ask_about(child, "g").len() > 2 * 33 * 8);
    // Nobody is disturbed by being looked at.
    assert!(pair.ask_about(parent, "p20").len() == 16);
    pair.wait_until_in(parent, libc::SYS_wait4);
    // Ctrl-C stops one that runs.
    assert_eq!(pair.gdb.ask("vCtrlC"), "OK");
    let told = pair.gdb.receive_notification();
    assert!(told.starts_with("Stop:T02") && told.ends_with(&format!("thread:p{parent:x}.{parent:x};")), "{told}");
    // All stand; what stands is news to who asks for it.
    assert_eq!(pair.gdb.ask("vStopped"), "OK");
    assert!(pair.gdb.ask("?").starts_with("T02"));
    assert!(pair.gdb.ask("vStopped").starts_with("T00"));
    assert_eq!(pair.gdb.ask("vStopped"), "OK");
    assert_eq!(pair.gdb.ask("vCont;c"), "OK");
    kill(Pid::from_raw(child), Signal::SIGTERM).expect("it lives");
    assert!(pair.gdb.receive_notification().starts_with("Stop:T0f"));
    assert_eq!(pair.gdb.ask("vStopped"), "OK");
    assert_eq!(pair.gdb.ask("QPassSignals:14"), "OK"); // SIGCHLD
    assert_eq!(pair.gdb.ask(&format!("vCont;C0f:p{child:x}.{child:x}")), "OK");
    assert_eq!(pair.gdb.receive_notification(), format!("Stop:X0f;process:{child:x}"));
    let mut rest = pair.gdb.ask("vStopped");
    if rest == "OK" {
        rest = pair.gdb.receive_notification().replace("Stop:", "");
    }
    assert_eq!(rest, format!("W73;process:{parent:x}"));
    assert_eq!(pair.gdb.ask("vStopped"), "OK");
    assert_eq!(pair.ended(), (Some(100 + libc::SIGTERM), None));
}

#[test]
fn heir_of_an_owner_that_ran_announces_its_death() {
    let mut pair = non_stop("non-stop-heir");
    let (parent, child) = (pair.parent, pair.child);
    pair.wait_until_in(child, libc::SYS_ppoll);
    pair.kill(parent);
    assert_eq!(pair.gdb.receive_notification(), format!("Stop:X09;process:{parent:x}"));
    assert_eq!(pair.gdb.ask("vStopped"), "OK");
    assert!(pair.ask_about(child, "p20").len() == 16);
    assert_eq!(pair.gdb.ask(&format!("D;{child:x}")), "OK");
    kill(Pid::from_raw(child), Signal::SIGTERM).expect("it runs free");
}

#[test]
fn client_gone_in_non_stop_mode_lets_all_run_free() {
    let mut pair = non_stop("non-stop-gone");
    assert_eq!(pair.gdb.ask(&format!("vCont;t:p{:x}.-1", pair.child)), "OK");
    pair.gdb.close();
    kill(Pid::from_raw(pair.child), Signal::SIGTERM).expect("it lives");
    assert_eq!(pair.ended(), (Some(100 + libc::SIGTERM), None));
}

/// LLDB puts what an expression needs, as the text of a string, into memory that it has mapped first.
#[test]
fn memory_is_mapped_for_expressions() {
    let mut pair = Pair::start("map-memory");
    let addr = pair.gdb.ask("_M1800,rwx");
    let place = u64::from_str_radix(&addr, 16).expect("an address");
    assert_eq!(pair.gdb.ask(&format!("qMemoryRegionInfo:{addr}")), format!("start:{addr};size:2000;permissions:rwx;"));
    assert_eq!(pair.gdb.ask(&format!("M{:x},2:abcd", place + 0x17fe)), "OK");
    assert_eq!(pair.gdb.ask(&format!("m{:x},3", place + 0x17fd)), "00abcd");
    assert_eq!(pair.gdb.ask(&format!("_m{:x}", place + 0x1000)), "E01", "nothing was mapped there");
    assert_eq!(pair.gdb.ask(&format!("_m{addr}")), "OK");
    assert_eq!(pair.gdb.ask(&format!("m{addr},1")), "E0e");
    assert_eq!([pair.gdb.ask(&format!("_m{addr}")), pair.gdb.ask("_M0,rw"), pair.gdb.ask("_M")], ["E01"; 3]);
    pair.gdb.send("k");
    assert_eq!(pair.ended(), (None, Some(libc::SIGKILL)));
}
