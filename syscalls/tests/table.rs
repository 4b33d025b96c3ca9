//! The table against the kernel's own lists of numbers.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;

use syscalls::abi::bytes;
use syscalls::kind::{Kind, Shape, Walk};
use syscalls::table::{Action, LAST, Support, TABLE, name, row};

/// arm64's uapi headers, from the cross compiler's package.
const GUEST_HEADER: &str = "/usr/aarch64-linux-gnu/include/asm-generic/unistd.h";
/// x86-64's, from libc6-dev.
const HOST_HEADER: &str = "/usr/include/x86_64-linux-gnu/asm/unistd_64.h";

/// `#define PREFIXname number` lines.
fn numbers(header: &str, prefix: &str) -> Option<BTreeMap<String, i64>> {
    let text = match std::fs::read_to_string(header) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("skipped: {header}: {error} (install gcc-aarch64-linux-gnu and libc6-dev)");
            return None;
        }
    };
    let define = format!("#define {prefix}");
    let rows = text.lines().filter_map(|line| {
        let mut words = line.strip_prefix(&define)?.split_whitespace();
        Some((words.next()?.to_string(), words.next()?.parse().ok()?))
    });
    Some(rows.collect())
}

#[test]
fn rows_ascend_and_are_found_by_number() {
    assert!(TABLE.windows(2).all(|pair| pair[0].number < pair[1].number));
    for expected in TABLE {
        assert_eq!(row(expected.number.into()).unwrap().name, expected.name);
    }
    assert!(row(u64::from(LAST) + 1).is_none());
    assert!(row(u64::MAX).is_none());
    assert!(row(244).is_none());
    assert_eq!(name(56), "openat");
    assert_eq!(name(463), "syscall_0x1cf");
}

#[test]
fn numbers_are_those_of_the_arm64_headers() {
    let Some(mut header) = numbers(GUEST_HEADER, "__NR_") else { return };
    // Numbers with two names (32 and 64 bits) are defined by way of __NR3264_.
    let wide = numbers(GUEST_HEADER, "__NR3264_").unwrap();
    header.extend(wide.into_iter().map(|(name, number)| match name.as_str() {
        "fstatat" => ("newfstatat".to_string(), number),
        _ => (name, number),
    }));
    header.remove("syscalls");
    header.remove("arch_specific_syscall");
    header.remove("sync_file_range2");
    header.retain(|name, number| !name.ends_with("_time64") && !(403..=423).contains(number));
    for (name, &number) in &header {
        assert_eq!(row(number as u64).map(|row| row.name), Some(name.as_str()), "number {number}");
    }
    let newest = header.values().max().copied().unwrap();
    for row in TABLE.iter().filter(|row| i64::from(row.number) <= newest) {
        assert_eq!(header.get(row.name), Some(&row.number.into()), "{} is not in the header", row.name);
    }
}

#[test]
fn table_reaches_linux_6_12() {
    let newest: Vec<_> = TABLE.iter().filter(|row| row.number > 450).map(|row| (row.number, row.name)).collect();
    let expected = [
        (451, "cachestat"),
        (452, "fchmodat2"),
        (453, "map_shadow_stack"),
        (454, "futex_wake"),
        (455, "futex_wait"),
        (456, "futex_requeue"),
        (457, "statmount"),
        (458, "listmount"),
        (459, "lsm_get_self_attr"),
        (460, "lsm_set_self_attr"),
        (461, "lsm_list_modules"),
        (462, "mseal"),
    ];
    assert_eq!(newest, expected);
}

#[test]
fn passed_calls_go_to_the_host_call_of_the_same_name() {
    let Some(header) = numbers(HOST_HEADER, "__NR_") else { return };
    let newest = header.values().max().copied().unwrap();
    for row in TABLE {
        let Action::Pass(host) = row.action else { continue };
        match header.get(row.name) {
            Some(&number) => assert_eq!(host, number, "{}", row.name),
            // Newer than the headers: one numbering for all architectures.
            None => assert!(host > newest && host == i64::from(row.number), "{}", row.name),
        }
    }
}

#[test]
fn argument_kinds_refer_to_arguments_that_exist() {
    for row in TABLE {
        assert!(row.kinds.len() <= 6, "{}", row.name);
        for kind in row.kinds {
            let refers = match *kind {
                Kind::Path(Walk::Unless(at, _) | Walk::If(at, _)) => Some(at),
                Kind::BytesIn(at) | Kind::BytesOut(at) | Kind::ModeIf(at, _) => Some(at),
                Kind::Ptr(_, Shape::Sockaddr(at) | Shape::Pollfds(at) | Shape::Iovec(at)) => Some(at),
                Kind::Ptr(_, Shape::CloneArgs(at) | Shape::FdSet(at)) => Some(at),
                _ => None,
            };
            assert!(refers.is_none_or(|at| at < row.kinds.len()), "{}: {kind:?}", row.name);
        }
    }
}

#[test]
fn refused_calls_say_why() {
    for row in TABLE {
        if let Support::Partly(text) | Support::No(text) = row.support {
            assert!(!text.is_empty() && !text.ends_with('.'), "{}", row.name);
        }
        let refused = matches!(row.action, Action::Refuse(_));
        assert!(!refused || matches!(row.support, Support::No(_)), "{}", row.name);
    }
}

#[test]
fn support_page_has_a_line_for_each_call() {
    let page = syscalls::support::markdown();
    for row in TABLE {
        assert!(page.contains(&format!("| {} | {} | ", row.number, row.name)));
    }
    assert!(page.contains("| 293 | rseq | refused: ENOSYS | no: "));
    assert!(page.contains("| 172 | getpid | host | yes |"));
}

#[test]
fn fields_beyond_a_structure_read_as_zero() {
    assert_eq!(bytes::get_u64(&[1, 2, 3], 0), 0);
    assert_eq!(bytes::get_u32(&[1, 0, 0, 0], usize::MAX), 0);
    let mut small = [0; 2];
    bytes::put(&mut small, 1, &[1, 2]);
    assert_eq!(small, [0, 0]);
}
