//! The flag words of system calls, by name, as the guest numbers them.
//!
//! One set per kind of word; the table's rows refer to them and `-strace` prints with them.

use crate::abi::open_flags;
use crate::kind::FlagSet;

/// `(value, "NAME")` for constants that both architectures share.
macro_rules! names {
    ($($name:ident)*) => { &[$((libc::$name as u32 as u64, stringify!($name))),*] };
}

/// A set of single bits from libc.
macro_rules! bits {
    ($(#[$doc:meta])* $set:ident: $($name:ident)*) => {
        $(#[$doc])*
        pub static $set: FlagSet = FlagSet { field: 0, choices: &[], bits: names![$($name)*], zero: "" };
    };
}

/// One value out of several.
macro_rules! choice {
    ($(#[$doc:meta])* $set:ident: $($name:ident)*) => {
        $(#[$doc])*
        pub static $set: FlagSet = FlagSet { field: u64::MAX, choices: names![$($name)*], bits: &[], zero: "" };
    };
}

/// open(2), in the guest's numbers.
pub static OPEN: FlagSet = FlagSet {
    field: 3,
    choices: names![O_RDONLY O_WRONLY O_RDWR],
    bits: &[
        (0o20_000_000 | open_flags::O_DIRECTORY, "O_TMPFILE"),
        (0o100, "O_CREAT"),
        (0o200, "O_EXCL"),
        (0o400, "O_NOCTTY"),
        (0o1_000, "O_TRUNC"),
        (0o2_000, "O_APPEND"),
        (0o4_000, "O_NONBLOCK"),
        (0o4_010_000, "O_SYNC"),
        (0o10_000, "O_DSYNC"),
        (0o20_000, "O_ASYNC"),
        (open_flags::O_DIRECTORY, "O_DIRECTORY"),
        (open_flags::O_NOFOLLOW, "O_NOFOLLOW"),
        (open_flags::O_DIRECT, "O_DIRECT"),
        (open_flags::O_LARGEFILE, "O_LARGEFILE"),
        (0o1_000_000, "O_NOATIME"),
        (0o2_000_000, "O_CLOEXEC"),
        (0o10_000_000, "O_PATH"),
    ],
    zero: "",
};

/// Flags of a new descriptor (pipe2, dup3), in the guest's numbers.
pub static PIPE: FlagSet = FlagSet {
    field: 0,
    choices: &[],
    bits: &[
        (0o4_000, "O_NONBLOCK"),
        (0o2_000_000, "O_CLOEXEC"),
        (open_flags::O_DIRECT, "O_DIRECT"),
        (0o200, "O_NOTIFICATION_PIPE"),
    ],
    zero: "",
};

/// mmap(2)'s flags.
pub static MAP: FlagSet = FlagSet {
    field: 0xf,
    choices: names![MAP_SHARED MAP_PRIVATE MAP_SHARED_VALIDATE],
    bits: names![MAP_FIXED MAP_ANONYMOUS MAP_GROWSDOWN MAP_DENYWRITE MAP_EXECUTABLE MAP_LOCKED MAP_NORESERVE
        MAP_POPULATE MAP_NONBLOCK MAP_STACK MAP_HUGETLB MAP_SYNC MAP_FIXED_NOREPLACE],
    zero: "",
};

/// mmap(2)'s and mprotect(2)'s protection.
pub static PROT: FlagSet = FlagSet {
    field: 0,
    choices: &[],
    bits: &[
        (1, "PROT_READ"),
        (2, "PROT_WRITE"),
        (4, "PROT_EXEC"),
        (0x10, "PROT_BTI"),
        (0x20, "PROT_MTE"),
        (0x0100_0000, "PROT_GROWSDOWN"),
        (0x0200_0000, "PROT_GROWSUP"),
    ],
    zero: "PROT_NONE",
};

/// clone(2): flags and the exit signal in the low byte.
pub static CLONE: FlagSet = FlagSet {
    field: 0xff,
    choices: &[(0, "0"), (17, "SIGCHLD")],
    bits: names![CLONE_VM CLONE_FS CLONE_FILES CLONE_SIGHAND CLONE_PIDFD CLONE_PTRACE CLONE_VFORK CLONE_PARENT
        CLONE_THREAD CLONE_NEWNS CLONE_SYSVSEM CLONE_SETTLS CLONE_PARENT_SETTID CLONE_CHILD_CLEARTID CLONE_DETACHED
        CLONE_UNTRACED CLONE_CHILD_SETTID CLONE_NEWCGROUP CLONE_NEWUTS CLONE_NEWIPC CLONE_NEWUSER CLONE_NEWPID
        CLONE_NEWNET CLONE_IO],
    zero: "",
};

/// futex(2)'s operation.
pub static FUTEX: FlagSet = FlagSet {
    field: 0x7f,
    choices: names![FUTEX_WAIT FUTEX_WAKE FUTEX_FD FUTEX_REQUEUE FUTEX_CMP_REQUEUE FUTEX_WAKE_OP FUTEX_LOCK_PI
        FUTEX_UNLOCK_PI FUTEX_TRYLOCK_PI FUTEX_WAIT_BITSET FUTEX_WAKE_BITSET FUTEX_WAIT_REQUEUE_PI
        FUTEX_CMP_REQUEUE_PI FUTEX_LOCK_PI2],
    bits: names![FUTEX_PRIVATE_FLAG FUTEX_CLOCK_REALTIME],
    zero: "",
};

/// socket(2)'s type.
pub static SOCK: FlagSet = FlagSet {
    field: 0xf,
    choices: names![SOCK_STREAM SOCK_DGRAM SOCK_RAW SOCK_RDM SOCK_SEQPACKET SOCK_DCCP],
    bits: names![SOCK_CLOEXEC SOCK_NONBLOCK],
    zero: "",
};

/// waitid(2)'s and wait4(2)'s options.
pub static WAIT: FlagSet = FlagSet {
    field: 0,
    choices: &[],
    bits: &[
        (1, "WNOHANG"),
        (2, "WSTOPPED"),
        (4, "WEXITED"),
        (8, "WCONTINUED"),
        (0x0100_0000, "WNOWAIT"),
        (0x2000_0000, "__WNOTHREAD"),
        (0x4000_0000, "__WALL"),
        (0x8000_0000, "__WCLONE"),
    ],
    zero: "",
};

/// membarrier(2)'s command.
pub static MEMBARRIER: FlagSet = FlagSet {
    field: 0,
    choices: &[],
    bits: &[
        (1, "MEMBARRIER_CMD_GLOBAL"),
        (2, "MEMBARRIER_CMD_GLOBAL_EXPEDITED"),
        (4, "MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED"),
        (8, "MEMBARRIER_CMD_PRIVATE_EXPEDITED"),
        (16, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED"),
        (32, "MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE"),
        (64, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE"),
        (128, "MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ"),
        (256, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ"),
    ],
    zero: "MEMBARRIER_CMD_QUERY",
};

/// access(2)'s mode.
pub static ACCESS: FlagSet =
    FlagSet { field: 0, choices: &[], bits: &[(4, "R_OK"), (2, "W_OK"), (1, "X_OK")], zero: "F_OK" };

/// fcntl(2)'s command.
pub static FCNTL: FlagSet = FlagSet {
    field: u64::MAX,
    choices: &[
        (0, "F_DUPFD"),
        (1, "F_GETFD"),
        (2, "F_SETFD"),
        (3, "F_GETFL"),
        (4, "F_SETFL"),
        (5, "F_GETLK"),
        (6, "F_SETLK"),
        (7, "F_SETLKW"),
        (8, "F_SETOWN"),
        (9, "F_GETOWN"),
        (10, "F_SETSIG"),
        (11, "F_GETSIG"),
        (15, "F_SETOWN_EX"),
        (16, "F_GETOWN_EX"),
        (36, "F_OFD_GETLK"),
        (37, "F_OFD_SETLK"),
        (38, "F_OFD_SETLKW"),
        (1024, "F_SETLEASE"),
        (1025, "F_GETLEASE"),
        (1026, "F_NOTIFY"),
        (1027, "F_DUPFD_QUERY"),
        (1028, "F_CREATED_QUERY"),
        (1030, "F_DUPFD_CLOEXEC"),
        (1031, "F_SETPIPE_SZ"),
        (1032, "F_GETPIPE_SZ"),
        (1033, "F_ADD_SEALS"),
        (1034, "F_GET_SEALS"),
    ],
    bits: &[],
    zero: "",
};

/// The request of /proc/PID/maps (include/uapi/linux/fs.h).
pub const PROCMAP_QUERY: u64 = 0xc068_6611;

/// ioctl(2)'s request, by what programs use on terminals, sockets, files and block devices: in order of type and
/// number, which are the same on both sides.
pub static IOCTL: FlagSet = FlagSet {
    field: u64::MAX,
    choices: &[
        (0x0001, "FIBMAP"),
        (0x0002, "FIGETBSZ"),
        (0x0301, "HDIO_GETGEO"),
        (0x125d, "BLKROSET"),
        (0x125e, "BLKROGET"),
        (0x125f, "BLKRRPART"),
        (0x1260, "BLKGETSIZE"),
        (0x1261, "BLKFLSBUF"),
        (0x1262, "BLKRASET"),
        (0x1263, "BLKRAGET"),
        (0x1268, "BLKSSZGET"),
        (0x8008_1270, "BLKBSZGET"),
        (0x4008_1271, "BLKBSZSET"),
        (0x8008_1272, "BLKGETSIZE64"),
        (0x1277, "BLKDISCARD"),
        (0x1278, "BLKIOMIN"),
        (0x1279, "BLKIOOPT"),
        (0x127a, "BLKALIGNOFF"),
        (0x127b, "BLKPBSZGET"),
        (0x127c, "BLKDISCARDZEROES"),
        (0x127d, "BLKSECDISCARD"),
        (0x127e, "BLKROTATIONAL"),
        (0x127f, "BLKZEROOUT"),
        (0x4b33, "KDGKBTYPE"),
        (0x4b3a, "KDSETMODE"),
        (0x4b3b, "KDGETMODE"),
        (0x4b44, "KDGKBMODE"),
        (0x4b45, "KDSKBMODE"),
        (0x4c00, "LOOP_SET_FD"),
        (0x4c01, "LOOP_CLR_FD"),
        (0x4c02, "LOOP_SET_STATUS"),
        (0x4c03, "LOOP_GET_STATUS"),
        (0x4c04, "LOOP_SET_STATUS64"),
        (0x4c05, "LOOP_GET_STATUS64"),
        (0x4c06, "LOOP_CHANGE_FD"),
        (0x4c07, "LOOP_SET_CAPACITY"),
        (0x4c08, "LOOP_SET_DIRECT_IO"),
        (0x4c09, "LOOP_SET_BLOCK_SIZE"),
        (0x4c0a, "LOOP_CONFIGURE"),
        (0x4c80, "LOOP_CTL_ADD"),
        (0x4c81, "LOOP_CTL_REMOVE"),
        (0x4c82, "LOOP_CTL_GET_FREE"),
        (0x8004_5200, "RNDGETENTCNT"),
        (0x4004_5201, "RNDADDTOENTCNT"),
        (0x4008_5203, "RNDADDENTROPY"),
        (0x5401, "TCGETS"),
        (0x5402, "TCSETS"),
        (0x5403, "TCSETSW"),
        (0x5404, "TCSETSF"),
        (0x5405, "TCGETA"),
        (0x5406, "TCSETA"),
        (0x5407, "TCSETAW"),
        (0x5408, "TCSETAF"),
        (0x5409, "TCSBRK"),
        (0x540a, "TCXONC"),
        (0x540b, "TCFLSH"),
        (0x540c, "TIOCEXCL"),
        (0x540d, "TIOCNXCL"),
        (0x540e, "TIOCSCTTY"),
        (0x540f, "TIOCGPGRP"),
        (0x5410, "TIOCSPGRP"),
        (0x5411, "TIOCOUTQ"),
        (0x5412, "TIOCSTI"),
        (0x5413, "TIOCGWINSZ"),
        (0x5414, "TIOCSWINSZ"),
        (0x5415, "TIOCMGET"),
        (0x5416, "TIOCMBIS"),
        (0x5417, "TIOCMBIC"),
        (0x5418, "TIOCMSET"),
        (0x5419, "TIOCGSOFTCAR"),
        (0x541a, "TIOCSSOFTCAR"),
        (0x541b, "FIONREAD"),
        (0x541c, "TIOCLINUX"),
        (0x541d, "TIOCCONS"),
        (0x541e, "TIOCGSERIAL"),
        (0x541f, "TIOCSSERIAL"),
        (0x5420, "TIOCPKT"),
        (0x5421, "FIONBIO"),
        (0x5422, "TIOCNOTTY"),
        (0x5423, "TIOCSETD"),
        (0x5424, "TIOCGETD"),
        (0x5425, "TCSBRKP"),
        (0x5427, "TIOCSBRK"),
        (0x5428, "TIOCCBRK"),
        (0x5429, "TIOCGSID"),
        (0x802c_542a, "TCGETS2"),
        (0x402c_542b, "TCSETS2"),
        (0x402c_542c, "TCSETSW2"),
        (0x402c_542d, "TCSETSF2"),
        (0x8004_5430, "TIOCGPTN"),
        (0x4004_5431, "TIOCSPTLCK"),
        (0x8004_5432, "TIOCGDEV"),
        (0x5437, "TIOCVHANGUP"),
        (0x8004_5438, "TIOCGPKT"),
        (0x8004_5439, "TIOCGPTLCK"),
        (0x8004_5440, "TIOCGEXCL"),
        (0x5441, "TIOCGPTPEER"),
        (0x5450, "FIONCLEX"),
        (0x5451, "FIOCLEX"),
        (0x5452, "FIOASYNC"),
        (0x5460, "FIOQSIZE"),
        (0x4004_54ca, "TUNSETIFF"),
        (0x4004_54cb, "TUNSETPERSIST"),
        (0x8004_54cf, "TUNGETFEATURES"),
        (0x5600, "VT_OPENQRY"),
        (0x5601, "VT_GETMODE"),
        (0x5603, "VT_GETSTATE"),
        (0x5606, "VT_ACTIVATE"),
        (0x5607, "VT_WAITACTIVE"),
        (0x801c_581f, "FS_IOC_FSGETXATTR"),
        (0x401c_5820, "FS_IOC_FSSETXATTR"),
        (0xc004_5877, "FIFREEZE"),
        (0xc004_5878, "FITHAW"),
        (0xc018_5879, "FITRIM"),
        (0x8008_6601, "FS_IOC_GETFLAGS"),
        (PROCMAP_QUERY, "PROCMAP_QUERY"),
        (0x4008_6602, "FS_IOC_SETFLAGS"),
        (0xc020_660b, "FS_IOC_FIEMAP"),
        (0x8024_7009, "RTC_RD_TIME"),
        (0x4024_700a, "RTC_SET_TIME"),
        (0x8008_7601, "FS_IOC_GETVERSION"),
        (0x8901, "FIOSETOWN"),
        (0x8903, "FIOGETOWN"),
        (0x8905, "SIOCATMARK"),
        (0x8906, "SIOCGSTAMP_OLD"),
        (0x890b, "SIOCADDRT"),
        (0x890c, "SIOCDELRT"),
        (0x8910, "SIOCGIFNAME"),
        (0x8912, "SIOCGIFCONF"),
        (0x8913, "SIOCGIFFLAGS"),
        (0x8914, "SIOCSIFFLAGS"),
        (0x8915, "SIOCGIFADDR"),
        (0x8916, "SIOCSIFADDR"),
        (0x8917, "SIOCGIFDSTADDR"),
        (0x8919, "SIOCGIFBRDADDR"),
        (0x891b, "SIOCGIFNETMASK"),
        (0x891c, "SIOCSIFNETMASK"),
        (0x891d, "SIOCGIFMETRIC"),
        (0x8921, "SIOCGIFMTU"),
        (0x8922, "SIOCSIFMTU"),
        (0x8923, "SIOCSIFNAME"),
        (0x8924, "SIOCSIFHWADDR"),
        (0x8927, "SIOCGIFHWADDR"),
        (0x8933, "SIOCGIFINDEX"),
        (0x8942, "SIOCGIFTXQLEN"),
        (0x8946, "SIOCETHTOOL"),
        (0x8947, "SIOCGMIIPHY"),
        (0x894b, "SIOCOUTQNSD"),
        (0x8954, "SIOCGARP"),
        (0x8970, "SIOCGIFMAP"),
        (0x89a0, "SIOCBRADDBR"),
        (0x89a1, "SIOCBRDELBR"),
        (0x4004_9409, "FICLONE"),
        (0x4020_940d, "FICLONERANGE"),
        (0x8100_9431, "FS_IOC_GETFSLABEL"),
        (0x4100_9432, "FS_IOC_SETFSLABEL"),
        (0xc018_9436, "FIDEDUPERANGE"),
        (0xc020_aa00, "UFFDIO_REGISTER"),
        (0x8010_aa01, "UFFDIO_UNREGISTER"),
        (0x8010_aa02, "UFFDIO_WAKE"),
        (0xc028_aa03, "UFFDIO_COPY"),
        (0xc020_aa04, "UFFDIO_ZEROPAGE"),
        (0xc018_aa06, "UFFDIO_WRITEPROTECT"),
        (0xc020_aa07, "UFFDIO_CONTINUE"),
        (0xc008_aa3f, "UFFDIO_API"),
        (0xb701, "NS_GET_USERNS"),
        (0xb702, "NS_GET_PARENT"),
        (0xb703, "NS_GET_NSTYPE"),
        (0xb704, "NS_GET_OWNER_UID"),
    ],
    bits: &[],
    zero: "",
};

bits! {
    /// The AT_* flags of the *at calls.
    AT: AT_SYMLINK_NOFOLLOW AT_SYMLINK_FOLLOW AT_NO_AUTOMOUNT AT_EMPTY_PATH AT_STATX_FORCE_SYNC
        AT_STATX_DONT_SYNC AT_RECURSIVE
}

/// unlinkat(2).
pub static UNLINK: FlagSet = FlagSet { field: 0, choices: &[], bits: names![AT_REMOVEDIR], zero: "" };

/// faccessat2(2).
pub static FACCESS: FlagSet =
    FlagSet { field: 0, choices: &[], bits: names![AT_SYMLINK_NOFOLLOW AT_EACCESS AT_EMPTY_PATH], zero: "" };

bits! {
    /// renameat2(2).
    RENAME: RENAME_NOREPLACE RENAME_EXCHANGE RENAME_WHITEOUT
}
bits! {
    /// mremap(2).
    MREMAP: MREMAP_MAYMOVE MREMAP_FIXED MREMAP_DONTUNMAP
}
bits! {
    /// msync(2).
    MSYNC: MS_ASYNC MS_INVALIDATE MS_SYNC
}
bits! {
    /// mlockall(2).
    MLOCKALL: MCL_CURRENT MCL_FUTURE MCL_ONFAULT
}
bits! {
    /// send(2), recv(2).
    MSG: MSG_OOB MSG_PEEK MSG_DONTROUTE MSG_CTRUNC MSG_TRUNC MSG_DONTWAIT MSG_EOR MSG_WAITALL MSG_CONFIRM
        MSG_ERRQUEUE MSG_NOSIGNAL MSG_MORE MSG_WAITFORONE MSG_FASTOPEN MSG_CMSG_CLOEXEC
}
bits! {
    /// accept4(2).
    ACCEPT: SOCK_CLOEXEC SOCK_NONBLOCK
}
bits! {
    /// eventfd2(2).
    EVENTFD: EFD_CLOEXEC EFD_NONBLOCK EFD_SEMAPHORE
}
bits! {
    /// epoll_create1(2).
    EPOLL_CREATE: EPOLL_CLOEXEC
}
bits! {
    /// signalfd4(2).
    SIGNALFD: SFD_CLOEXEC SFD_NONBLOCK
}
bits! {
    /// timerfd_create(2).
    TIMERFD: TFD_CLOEXEC TFD_NONBLOCK
}
bits! {
    /// timerfd_settime(2), timer_settime(2), clock_nanosleep(2).
    TIMER: TIMER_ABSTIME TFD_TIMER_CANCEL_ON_SET
}
bits! {
    /// inotify_init1(2).
    INOTIFY: IN_CLOEXEC IN_NONBLOCK
}
bits! {
    /// inotify_add_watch(2).
    INOTIFY_MASK: IN_ACCESS IN_MODIFY IN_ATTRIB IN_CLOSE_WRITE IN_CLOSE_NOWRITE IN_OPEN IN_MOVED_FROM
        IN_MOVED_TO IN_CREATE IN_DELETE IN_DELETE_SELF IN_MOVE_SELF IN_ONLYDIR IN_DONT_FOLLOW IN_EXCL_UNLINK
        IN_MASK_CREATE IN_MASK_ADD IN_ISDIR IN_ONESHOT
}
bits! {
    /// memfd_create(2).
    MEMFD: MFD_CLOEXEC MFD_ALLOW_SEALING MFD_HUGETLB
}
bits! {
    /// getrandom(2).
    GETRANDOM: GRND_NONBLOCK GRND_RANDOM GRND_INSECURE
}
bits! {
    /// close_range(2).
    CLOSE_RANGE: CLOSE_RANGE_UNSHARE CLOSE_RANGE_CLOEXEC
}
bits! {
    /// splice(2), tee(2), vmsplice(2).
    SPLICE: SPLICE_F_MOVE SPLICE_F_NONBLOCK SPLICE_F_MORE SPLICE_F_GIFT
}
bits! {
    /// fallocate(2).
    FALLOCATE: FALLOC_FL_KEEP_SIZE FALLOC_FL_PUNCH_HOLE FALLOC_FL_COLLAPSE_RANGE FALLOC_FL_ZERO_RANGE
        FALLOC_FL_INSERT_RANGE FALLOC_FL_UNSHARE_RANGE
}
bits! {
    /// preadv2(2), pwritev2(2).
    RWF: RWF_HIPRI RWF_DSYNC RWF_SYNC RWF_NOWAIT RWF_APPEND
}
bits! {
    /// mount(2).
    MOUNT: MS_RDONLY MS_NOSUID MS_NODEV MS_NOEXEC MS_SYNCHRONOUS MS_REMOUNT MS_MANDLOCK MS_DIRSYNC MS_NOATIME
        MS_NODIRATIME MS_BIND MS_MOVE MS_REC MS_SILENT MS_UNBINDABLE MS_PRIVATE MS_SLAVE MS_SHARED MS_RELATIME
        MS_STRICTATIME MS_LAZYTIME
}
bits! {
    /// umount2(2).
    UMOUNT: MNT_FORCE MNT_DETACH MNT_EXPIRE UMOUNT_NOFOLLOW
}
bits! {
    /// unshare(2), setns(2).
    NAMESPACES: CLONE_NEWNS CLONE_NEWCGROUP CLONE_NEWUTS CLONE_NEWIPC CLONE_NEWUSER CLONE_NEWPID CLONE_NEWNET
        CLONE_FS CLONE_FILES CLONE_SYSVSEM CLONE_THREAD CLONE_SIGHAND CLONE_VM
}
bits! {
    /// msgget(2), semget(2), shmget(2): the low nine bits are permissions.
    IPC_GET: IPC_CREAT IPC_EXCL
}
bits! {
    /// msgsnd(2), msgrcv(2).
    MSGFLG: IPC_NOWAIT MSG_NOERROR MSG_EXCEPT MSG_COPY
}
bits! {
    /// shmat(2).
    SHMAT: SHM_RDONLY SHM_RND SHM_REMAP SHM_EXEC
}
bits! {
    /// setxattr(2).
    XATTR: XATTR_CREATE XATTR_REPLACE
}
bits! {
    /// statx(2)'s mask.
    STATX: STATX_ALL STATX_BASIC_STATS STATX_TYPE STATX_MODE STATX_NLINK STATX_UID STATX_GID STATX_ATIME STATX_MTIME
        STATX_CTIME STATX_INO STATX_SIZE STATX_BLOCKS STATX_BTIME STATX_MNT_ID
}
bits! {
    /// flock(2).
    FLOCK: LOCK_SH LOCK_EX LOCK_NB LOCK_UN
}

choice! {
    /// Clocks.
    CLOCK: CLOCK_REALTIME CLOCK_MONOTONIC CLOCK_PROCESS_CPUTIME_ID CLOCK_THREAD_CPUTIME_ID CLOCK_MONOTONIC_RAW
        CLOCK_REALTIME_COARSE CLOCK_MONOTONIC_COARSE CLOCK_BOOTTIME CLOCK_REALTIME_ALARM CLOCK_BOOTTIME_ALARM CLOCK_TAI
}
choice! {
    /// lseek(2).
    WHENCE: SEEK_SET SEEK_CUR SEEK_END SEEK_DATA SEEK_HOLE
}
choice! {
    /// rt_sigprocmask(2).
    SIGMASK_HOW: SIG_BLOCK SIG_UNBLOCK SIG_SETMASK
}
choice! {
    /// epoll_ctl(2).
    EPOLL_CTL: EPOLL_CTL_ADD EPOLL_CTL_DEL EPOLL_CTL_MOD
}
choice! {
    /// Resources of getrlimit(2).
    RLIMIT: RLIMIT_CPU RLIMIT_FSIZE RLIMIT_DATA RLIMIT_STACK RLIMIT_CORE RLIMIT_RSS RLIMIT_NPROC RLIMIT_NOFILE
        RLIMIT_MEMLOCK RLIMIT_AS RLIMIT_LOCKS RLIMIT_SIGPENDING RLIMIT_MSGQUEUE RLIMIT_NICE RLIMIT_RTPRIO RLIMIT_RTTIME
}
choice! {
    /// getrusage(2).
    RUSAGE: RUSAGE_SELF RUSAGE_CHILDREN RUSAGE_THREAD
}
choice! {
    /// waitid(2).
    IDTYPE: P_ALL P_PID P_PGID P_PIDFD
}
choice! {
    /// Address families.
    AF: AF_UNSPEC AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_PACKET AF_ALG AF_VSOCK AF_BLUETOOTH AF_CAN AF_TIPC AF_XDP
}
choice! {
    /// Netlink families: the protocols of AF_NETLINK.
    NETLINK: NETLINK_ROUTE NETLINK_USERSOCK NETLINK_NFLOG NETLINK_XFRM NETLINK_SELINUX NETLINK_ISCSI NETLINK_AUDIT
        NETLINK_FIB_LOOKUP NETLINK_CONNECTOR NETLINK_NETFILTER NETLINK_KOBJECT_UEVENT NETLINK_GENERIC NETLINK_CRYPTO
        NETLINK_SOCK_DIAG
}
choice! {
    /// Protocol levels of setsockopt(2).
    SOL: SOL_SOCKET IPPROTO_IP IPPROTO_TCP IPPROTO_UDP IPPROTO_IPV6 SOL_PACKET SOL_NETLINK
}
choice! {
    /// shutdown(2).
    SHUT: SHUT_RD SHUT_WR SHUT_RDWR
}
choice! {
    /// getitimer(2).
    ITIMER: ITIMER_REAL ITIMER_VIRTUAL ITIMER_PROF
}
choice! {
    /// madvise(2).
    MADVICE: MADV_NORMAL MADV_RANDOM MADV_SEQUENTIAL MADV_WILLNEED MADV_DONTNEED MADV_FREE MADV_REMOVE MADV_DONTFORK
        MADV_DOFORK MADV_MERGEABLE MADV_UNMERGEABLE MADV_HUGEPAGE MADV_NOHUGEPAGE MADV_DONTDUMP MADV_DODUMP
        MADV_WIPEONFORK MADV_KEEPONFORK MADV_COLD MADV_PAGEOUT MADV_POPULATE_READ MADV_POPULATE_WRITE
}
choice! {
    /// fadvise64(2).
    FADVICE: POSIX_FADV_NORMAL POSIX_FADV_RANDOM POSIX_FADV_SEQUENTIAL POSIX_FADV_WILLNEED POSIX_FADV_DONTNEED
        POSIX_FADV_NOREUSE
}
choice! {
    /// sched_setscheduler(2).
    SCHED: SCHED_OTHER SCHED_FIFO SCHED_RR SCHED_BATCH SCHED_IDLE
}
choice! {
    /// getpriority(2).
    PRIO: PRIO_PROCESS PRIO_PGRP PRIO_USER
}
choice! {
    /// The commands that msgctl(2), semctl(2) and shmctl(2) share.
    IPC_CTL: IPC_RMID IPC_SET IPC_STAT IPC_INFO
}
