//! What an argument is that depends on a command beside it, for `-strace`: one row for each group of
//! commands. The dispatcher does not need to know: to it such a word is [`Kind::Any`] or a pointer.

use super::shapes;
use crate::flags as f;
use crate::kind::Kind::{self, *};
use crate::kind::{Args, FlagSet, Shape, Way};

/// Of the calls named, if one of `commands` is argument `by`, argument `at` is this.
struct Row {
    calls: &'static [&'static str],
    by: usize,
    commands: &'static [u64],
    at: usize,
    kind: Kind,
}

const fn row(calls: &'static [&'static str], by: usize, commands: &'static [u64], at: usize, kind: Kind) -> Row {
    Row { calls, by, commands, at, kind }
}

const INT_IN: Kind = Ptr(Way::In, Shape::Int);
const INT_OUT: Kind = Ptr(Way::Out, Shape::Int);
const SOCKOPT: &[&str] = &["setsockopt", "getsockopt"];
const FUTEX_TIMED: &[u64] = &[0, 0x80, 6, 0x86, 9, 0x89, 0x109, 0x189, 11, 0x8b, 13, 0x8d];

static ROWS: &[Row] = &[
    row(&["fcntl"], 1, &[0, 1030], 2, Int),
    row(&["fcntl"], 1, &[2], 2, Flags(&FD_FLAGS)),
    row(&["fcntl"], 1, &[4], 2, Flags(&f::OPEN)),
    row(&["fcntl"], 1, &[5, 6, 7, 36, 37, 38], 2, Ptr(Way::In, Shape::Flock)),
    row(&["fcntl"], 1, &[8, 1031], 2, Int),
    row(&["fcntl"], 1, &[10], 2, Signal),
    row(&["ioctl"], 1, &[0x5401], 2, Ptr(Way::Out, Shape::Termios)),
    row(&["ioctl"], 1, &[0x5402, 0x5403, 0x5404], 2, Ptr(Way::In, Shape::Termios)),
    row(&["ioctl"], 1, &[0x5413], 2, Ptr(Way::Out, Shape::Winsize)),
    row(&["ioctl"], 1, &[0x5414], 2, Ptr(Way::In, Shape::Winsize)),
    row(&["ioctl"], 1, &[0x540f, 0x5411, 0x541b, 0x5429, 0x8004_5430, 0x8903], 2, INT_OUT),
    row(&["ioctl"], 1, &[0x5410, 0x5421, 0x5452, 0x4004_5431, 0x8901], 2, INT_IN),
    row(&["ioctl"], 1, &[0x5409, 0x540a, 0x540b, 0x540e, 0x4004_9409], 2, Int),
    row(&["prctl"], 0, &[1], 1, Signal),
    row(&["prctl"], 0, &[15], 1, Str),
    row(&["prctl"], 0, &[2, 37], 1, INT_OUT),
    row(&["prctl"], 0, &[4, 8, 24, 29, 36, 38], 1, Size),
    row(&["futex"], 1, FUTEX_TIMED, 3, Ptr(Way::In, Shape::Timespec)),
    row(&["futex"], 1, &[1, 0x81, 3, 0x83, 4, 0x84, 5, 0x85], 3, Size),
    row(SOCKOPT, 1, &[1], 2, Flags(&SO)),
    row(SOCKOPT, 1, &[0], 2, Flags(&IP)),
    row(SOCKOPT, 1, &[6], 2, Flags(&TCP)),
    row(SOCKOPT, 1, &[41], 2, Flags(&IPV6)),
    row(&["socket"], 0, &[16], 2, Flags(&f::NETLINK)),
];

/// True if a socket option has a name here.
pub fn has_option(level: i32, option: i32) -> bool {
    let is_level = |row: &&Row| row.calls == SOCKOPT && row.commands.contains(&u64::from(level as u32));
    let set = ROWS.iter().find(is_level).map(|row| &row.kind);
    matches!(set, Some(Flags(set)) if set.has_name(u64::from(option as u32)))
}

/// What argument `at` of call `name` is, if a command says so.
pub fn kind_by_command(name: &str, args: &Args, at: usize) -> Option<&'static Kind> {
    let is_it =
        |row: &&Row| row.at == at && row.calls.contains(&name) && row.commands.contains(&args.uint(row.by).into());
    if SOCKOPT.contains(&name) && at == 3 && args.uint(4) != 4 && name == "setsockopt" {
        // Not an int.
        return Some(&Kind::BytesIn(4));
    }
    ROWS.iter().find(is_it).map(|row| &row.kind)
}

macro_rules! choice {
    ($($set:ident: $($name:ident)*;)*) => {
        $(static $set: FlagSet = FlagSet {
            field: u64::MAX,
            choices: &[$((libc::$name as u32 as u64, stringify!($name))),*],
            bits: &[],
            zero: "",
        };)*
    };
}

choice! {
    SO: SO_DEBUG SO_REUSEADDR SO_TYPE SO_ERROR SO_DONTROUTE SO_BROADCAST SO_SNDBUF SO_RCVBUF SO_KEEPALIVE SO_OOBINLINE
        SO_PRIORITY SO_LINGER SO_REUSEPORT SO_PASSCRED SO_PEERCRED SO_RCVLOWAT SO_SNDLOWAT SO_RCVTIMEO SO_SNDTIMEO
        SO_BINDTODEVICE SO_TIMESTAMP SO_ACCEPTCONN SO_PEERSEC SO_SNDBUFFORCE SO_RCVBUFFORCE SO_MARK SO_PROTOCOL SO_DOMAIN
        SO_INCOMING_CPU SO_ZEROCOPY SO_PEERGROUPS SO_PEEK_OFF SO_RXQ_OVFL SO_BUSY_POLL SO_ATTACH_FILTER SO_DETACH_FILTER
        SO_LOCK_FILTER SO_TIMESTAMPNS SO_TIMESTAMPING SO_PASSSEC SO_COOKIE SO_MEMINFO SO_TXTIME SO_NOFCS SO_WIFI_STATUS;
    IP: IP_TOS IP_TTL IP_HDRINCL IP_PKTINFO IP_RECVERR IP_MTU_DISCOVER IP_MTU IP_MULTICAST_IF IP_MULTICAST_TTL
        IP_MULTICAST_LOOP IP_ADD_MEMBERSHIP IP_DROP_MEMBERSHIP IP_RECVTTL IP_RECVTOS IP_FREEBIND IP_TRANSPARENT
        IP_BIND_ADDRESS_NO_PORT IP_OPTIONS IP_RETOPTS IP_MINTTL IP_MULTICAST_ALL IP_UNICAST_IF;
    TCP: TCP_NODELAY TCP_MAXSEG TCP_CORK TCP_KEEPIDLE TCP_KEEPINTVL TCP_KEEPCNT TCP_DEFER_ACCEPT TCP_INFO TCP_QUICKACK
        TCP_CONGESTION TCP_USER_TIMEOUT TCP_FASTOPEN TCP_FASTOPEN_CONNECT TCP_SYNCNT TCP_LINGER2 TCP_WINDOW_CLAMP
        TCP_NOTSENT_LOWAT TCP_ULP TCP_INQ TCP_MD5SIG TCP_REPAIR;
    IPV6: IPV6_V6ONLY IPV6_UNICAST_HOPS IPV6_MULTICAST_HOPS IPV6_RECVPKTINFO IPV6_RECVERR IPV6_MTU_DISCOVER IPV6_TCLASS
        IPV6_MULTICAST_IF IPV6_MULTICAST_LOOP IPV6_ADD_MEMBERSHIP IPV6_DROP_MEMBERSHIP IPV6_MTU IPV6_RECVHOPLIMIT
        IPV6_RECVTCLASS IPV6_PKTINFO IPV6_FREEBIND IPV6_TRANSPARENT;
}

static FD_FLAGS: FlagSet = FlagSet { field: 0, choices: &[], bits: &[(1, "FD_CLOEXEC")], zero: "" };

/// What strace(1) adds behind a result: which descriptors were ready, or that the time ran out.
pub fn behind_result(guest: &dyn crate::Guest, name: &str, args: &Args, value: u64) -> String {
    match (name, value) {
        ("ppoll" | "pselect6" | "epoll_pwait", 0) => " (Timeout)".into(),
        ("ppoll", _) => shapes::ready(guest, args).map_or_else(|_| String::new(), |ready| format!(" ({ready})")),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::TABLE;

    #[test]
    fn rows_are_about_arguments_that_there_are() {
        for row in ROWS {
            for name in row.calls {
                let call = TABLE.iter().find(|call| call.name == *name).expect("a call");
                assert!(row.by < call.kinds.len() && row.at < call.kinds.len(), "{name}");
                // Outputs are printed afterwards only if the table's own kind may be one.
                let about = call.kinds.get(row.at);
                assert!(matches!(about, Some(Kind::Any | Kind::Int | Kind::Ptr(..))), "{name}");
            }
        }
    }
}
