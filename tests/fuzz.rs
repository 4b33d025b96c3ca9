//! Fuzz targets on stable Rust: the ELF loader, the instruction decoder, the debugger's session.
//!
//! Inputs are mutations of good ones. A run is decided by its seed, so a finding can be repeated:
//!
//! ```text
//! make fuzz SECONDS=600
//! EMU_FUZZ_SEED=123 EMU_FUZZ_SECONDS=60 cargo test --test fuzz loader
//! ```
//!
//! Without EMU_FUZZ_SECONDS each target runs for two seconds, as part of the tests.
#![allow(clippy::panic)]

mod common;
mod gdb_fake;

use common::fixture::{Build, Fixture};
use emu::debug::{Debugger, Stop};
use emu::decode::{Insn, ROWS, decode, print};
use emu::gdb::{Door, Hider, Session};
use emu::load::elf::Image;
use emu::load::script::Shebang;
use emu::load::{Machine, Program, Request, Sysroot};
use emu::memory::layout::Layout;
use emu::memory::{AddrRange, GUEST_TOP, space};
use gdb_fake::{FEATURES, Fake, PID, World};
use nix::sys::memfd::{MFdFlags, memfd_create};
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

/// splitmix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    /// A number of the kind that checks forget.
    fn interesting(&mut self) -> u64 {
        let near = self.next() % 5;
        match self.below(7) {
            0 => near,
            1 => 0u64.wrapping_sub(near),
            2 => (1u64 << self.below(64)).wrapping_sub(near),
            3 => GUEST_TOP.wrapping_sub(near),
            4 => (self.next() % 64) << 12,
            5 => self.next() >> self.below(64),
            _ => i64::MAX as u64 - near,
        }
    }
}

/// Calls `one` with a fresh generator until the time is over. A panic in it names the seed.
fn fuzz(target: &str, mut one: impl FnMut(&mut Random)) {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let clock = SystemTime::UNIX_EPOCH.elapsed().map_or(1, |time| time.as_nanos() as u64);
    let seed = number("EMU_FUZZ_SEED");
    let limit = Duration::from_secs(number("EMU_FUZZ_SECONDS").unwrap_or(2));
    let start = Instant::now();
    let mut count = 0u64;
    while start.elapsed() < limit && (count == 0 || seed.is_none()) {
        let seed = seed.unwrap_or(clock.wrapping_add(count.wrapping_mul(0x1_0000_0001)));
        let named = NameSeed { target, seed };
        one(&mut Random(seed));
        std::mem::forget(named);
        count += 1;
    }
    println!("{target}: {count} inputs in {:?}", start.elapsed());
}

/// Says which input it was if a panic drops it.
struct NameSeed<'a> {
    target: &'a str,
    seed: u64,
}

impl Drop for NameSeed<'_> {
    fn drop(&mut self) {
        eprintln!("{}: repeat with EMU_FUZZ_SEED={}", self.target, self.seed);
    }
}

/// Changes a few places, most of them among the first `head` bytes.
fn mutate(random: &mut Random, bytes: &mut Vec<u8>, head: usize) {
    for _ in 0..=random.below(6) {
        let reach = if random.below(8) > 0 { head.min(bytes.len()) } else { bytes.len() };
        let at = random.below(reach);
        match random.below(8) {
            0 => bytes.truncate(random.below(bytes.len() + 1)),
            1 => bytes.insert(at.min(bytes.len()), random.next() as u8),
            2 if !bytes.is_empty() => bytes[at] ^= 1 << random.below(8),
            3 if !bytes.is_empty() => bytes[at] = random.next() as u8,
            4 => {
                let end = (at + random.below(64)).min(bytes.len());
                let piece = bytes[at.min(end)..end].to_vec();
                let to = random.below(bytes.len() + 1);
                bytes.splice(to..to, piece);
            }
            width => {
                let value = random.interesting().to_le_bytes();
                let width = [2, 4, 8][width % 3];
                let at = at & !(width - 1);
                if let Some(place) = bytes.get_mut(at..at + width) {
                    place.copy_from_slice(&value[..width]);
                }
            }
        }
    }
}

// ── loader ───────────────────────────────────────────────────────────────────────────────────────

#[test]
fn loader() {
    let hello = Fixture::named("hello");
    let seeds: Vec<Vec<u8>> = [Build::Static, Build::Dynamic]
        .iter()
        .map(|&build| std::fs::read(hello.build(build)).expect("built"))
        .collect();
    fuzz("loader", |random| {
        let mut bytes = seeds[random.below(seeds.len())].clone();
        mutate(random, &mut bytes, 700);
        if let Ok(image) = Image::parse(bytes.as_slice()) {
            check_image(&image, bytes.len() as u64);
        }
        let _ = Shebang::parse(&bytes);
        // Mapping costs more than parsing.
        if random.below(8) == 0 {
            map(&bytes);
        }
    });
}

fn check_image(image: &Image, file_len: u64) {
    assert!(!image.segments.is_empty());
    assert!(image.align.is_power_of_two());
    for segment in &image.segments {
        assert!(segment.filesz <= segment.memsz && segment.end() <= GUEST_TOP);
        assert!(segment.filesz == 0 || segment.offset + segment.filesz <= file_len);
    }
    let (start, end) = image.extent();
    assert!(start < end && end <= GUEST_TOP && start % 4096 == 0 && end % 4096 == 0);
}

/// Loads the program into this process, as the emulator does, and unmaps it again.
fn map(bytes: &[u8]) {
    let file = memfd_create("fuzz", MFdFlags::MFD_CLOEXEC).expect("memfd");
    std::fs::File::from(file.try_clone().expect("dup")).write_all(bytes).expect("write");
    let path = format!("/proc/self/fd/{}", file.as_raw_fd()).into_bytes();
    let request = Request { host_path: path.clone(), name: path, argv: vec![b"fuzz".to_vec()] };
    let machine = Machine { hwcap: 3, hwcap2: 0, min_signal_stack: 4720, has_bti: false };
    let sysroot = Sysroot::new(common::CROSS_SYSROOT.as_bytes());
    if let Ok(program) = Program::find(&request, &sysroot) {
        let _ = program.load(space(), &Layout::fixed(8 << 20), &[], machine);
    }
    let whole = AddrRange { start: 0, end: GUEST_TOP };
    for (start, area) in space().areas() {
        assert!(start >= whole.start && area.end <= whole.end);
        space().munmap(start, area.end - start).expect("unmapped");
    }
}

// ── decoder ──────────────────────────────────────────────────────────────────────────────────────

#[test]
fn decoder() {
    fuzz("decoder", |random| {
        for _ in 0..1000 {
            let word = random.next() as u32;
            let row = &ROWS[random.below(ROWS.len())];
            check_word(word);
            check_word(row.value | word & !row.mask);
        }
        assert!(!print::text(random.interesting(), random.next() as u32).is_empty());
    });
}

fn check_word(word: u32) {
    let insn = Insn(word);
    if let Some(op) = decode(insn) {
        assert_eq!(word & op.row().mask, op.row().value, "{word:#010x} is no {}", op.row().name);
    } else {
        assert!(ROWS.iter().all(|row| word & row.mask != row.value), "{word:#010x} has a row");
    }
    let _ = insn.logical_imm();
}

// ── debugger ─────────────────────────────────────────────────────────────────────────────────────

/// Packets of real dialogues.
const PACKETS: &[&str] = &[
    "?",
    "D;64",
    "Hgp64.64",
    "Hcp0.0",
    "P0=0011223344556677",
    "QCatchSyscalls:1;5e",
    "QNonStop:0",
    "QPassSignals:e;10;14",
    "QProgramSignals:0;1;3",
    "QStartNoAckMode",
    "QThreadEvents:1",
    "T p64.65",
    "X1010,4:\u{1}\u{2}}\u{3}",
    "Z0,1000,4",
    "Z2,1010,8",
    "bc",
    "g",
    "m1000,40",
    "M1020,4:01020304",
    "p42",
    "qAttached:64",
    "qC",
    "qCRC:1000,100",
    "qL1200000000000000000",
    "qRcmd,68656c70",
    "qSearch:memory:1000;100;abc",
    "qSymbol::",
    "qTStatus",
    "qThreadExtraInfo,p64.65",
    "qXfer:auxv:read::0,ffb",
    "qXfer:exec-file:read:64:0,ffb",
    "qXfer:features:read:target.xml:0,ffb",
    "qXfer:libraries-svr4:read::0,ffb",
    "qXfer:siginfo:read::0,ffb",
    "qXfer:siginfo:write::0:abc",
    "qXfer:threads:read::0,ffb",
    "qfThreadInfo",
    "qsThreadInfo",
    "s",
    "c",
    "C0b",
    "vAttach;64",
    "vCont?",
    "vCont;c",
    "vCont;s:p64.64;c:p64.-1",
    "vCont;c:p9999.-1",
    "vCont;C0b:p64.65;t",
    "vFile:close:5",
    "vFile:fstat:5",
    "vFile:open:2f62696e2f66616b65,0,0",
    "vFile:pread:5,100,0",
    "vFile:readlink:2f6c696e6b",
    "vFile:setfs:0",
    "vKill;64",
    "vMustReplyEmpty",
    "vRun;2f62696e2f66616b65",
    "z0,1000,4",
    "z2,1010,8",
];

#[test]
fn debugger() {
    fuzz("debugger", |random| {
        let stream = dialogue(random);
        let (mut ours, theirs) = UnixStream::pair().expect("a pair");
        let reader = ours.try_clone().expect("dup");
        let drain = std::thread::spawn(move || {
            let mut reader = reader;
            let mut all = Vec::new();
            let _ = reader.read_to_end(&mut all);
            all
        });
        let writer = std::thread::spawn(move || {
            // A session that ended closes its side.
            let _ = ours.write_all(&stream);
            let _ = ours.shutdown(std::net::Shutdown::Write);
        });
        run_session(random, theirs);
        writer.join().expect("writer");
        check_framing(&drain.join().expect("drain"));
    });
}

/// Lets the process stop again and again until gdb is gone, or has killed or left it.
fn run_session(random: &mut Random, socket: UnixStream) {
    let mut process = Fake(Arc::new(Mutex::new(World::new(PID))));
    let mut session =
        Session::new(socket.into(), Door::default(), Hider { hide: Ok, forget: |_| () }).expect("a session");
    let mut stop = Stop::Start;
    for _ in 0..1000 {
        session.on_stop(&mut process, PID + i32::from(random.below(4) == 0), stop);
        if !session.is_active() || process.0.lock().expect("no panic").killed {
            return;
        }
        stop = Stop::Step;
    }
}

/// Some packets, most of them whole, between them bytes that are none.
fn dialogue(random: &mut Random) -> Vec<u8> {
    let mut stream = Vec::new();
    if random.below(2) == 0 {
        push_packet(&mut stream, format!("qSupported:{FEATURES}").as_bytes());
        stream.push(b'+');
    }
    for _ in 0..random.below(30) {
        let mut body = PACKETS[random.below(PACKETS.len())].as_bytes().to_vec();
        match random.below(4) {
            0 => mutate(random, &mut body, 20),
            1 => {
                let at = random.below(body.len());
                body.splice(at.., format!("{:x}", random.interesting()).into_bytes());
            }
            _ => {}
        }
        push_packet(&mut stream, &body);
        match random.below(12) {
            0 => stream.push(3),
            1 => stream.push(b'-'),
            2 => stream.push(random.next() as u8),
            3 => {
                let cut = stream.len() - random.below(4).min(stream.len());
                stream.truncate(cut);
            }
            _ => stream.push(b'+'),
        }
    }
    stream
}

fn push_packet(stream: &mut Vec<u8>, body: &[u8]) {
    stream.extend(emu::gdb::packet::frame(body));
}

/// Everything that the session said is whole packets, acknowledgements and notifications.
fn check_framing(said: &[u8]) {
    let mut rest = said;
    while let [first, tail @ ..] = rest {
        rest = match first {
            b'+' | b'-' => tail,
            b'$' | b'%' => {
                let end = tail.iter().position(|&b| b == b'#').expect("an end");
                let sum = tail[..end].iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
                assert_eq!(tail.get(end + 1..end + 3), Some(format!("{sum:02x}").as_bytes()));
                &tail[end + 3..]
            }
            other => panic!("{other:#x} outside a packet"),
        };
    }
}
