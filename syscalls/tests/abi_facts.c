/* Sizes, offsets and constants of the kernel's uapi headers, one per line. Compiled for both
 * architectures by abi_facts.rs, which holds the list of lines that may differ. */
#include <stdio.h>
#include <stddef.h>
#include <asm/stat.h>
#include <asm/statfs.h>
#include <asm/fcntl.h>
#include <asm/sembuf.h>
#include <asm/msgbuf.h>
#include <asm/shmbuf.h>
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <asm/termios.h>
#include <linux/mman.h>
#include <asm/siginfo.h>
#include <asm/signal.h>
#include <asm/socket.h>
#include <asm/sockios.h>
#include <asm/resource.h>
#include <asm/poll.h>
#include <asm/param.h>
#include <linux/eventpoll.h>
#include <linux/openat2.h>
#include <linux/sem.h>
#include <linux/msg.h>
#include <linux/shm.h>
#include <linux/timex.h>
#include <linux/resource.h>
#include <linux/sysinfo.h>
#include <linux/utsname.h>
#include <linux/aio_abi.h>
#include <linux/mqueue.h>
#include <linux/signalfd.h>
#include <linux/stat.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <linux/sched/types.h>
#include <linux/io_uring.h>
#include <linux/fanotify.h>
#include <linux/time_types.h>
#include <linux/times.h>
#include <linux/dqblk_xfs.h>
#include <linux/quota.h>
#include <linux/perf_event.h>
#include <linux/bpf.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <linux/capability.h>

#define S(t) printf("size %s %zu\n", #t, sizeof(t));
#define O(t, f) printf("offset %s.%s %zu\n", #t, #f, offsetof(t, f));
#define X(c) printf("const %s %#llx\n", #c, (unsigned long long)(c));

int main(void)
{
    S(struct stat) O(struct stat, st_dev) O(struct stat, st_ino) O(struct stat, st_mode)
    O(struct stat, st_nlink) O(struct stat, st_uid) O(struct stat, st_gid) O(struct stat, st_rdev)
    O(struct stat, st_size) O(struct stat, st_blksize) O(struct stat, st_blocks)
    O(struct stat, st_atime) O(struct stat, st_atime_nsec) O(struct stat, st_mtime)
    O(struct stat, st_mtime_nsec) O(struct stat, st_ctime) O(struct stat, st_ctime_nsec)
    S(struct statfs) O(struct statfs, f_frsize) O(struct statfs, f_namelen)
    O(struct statfs, f_flags) X(O_CREAT) X(O_EXCL) X(O_NOCTTY) X(O_TRUNC) X(O_APPEND)
    X(O_NONBLOCK) X(O_DSYNC) X(O_SYNC) X(FASYNC) X(O_DIRECT) X(O_LARGEFILE) X(O_DIRECTORY)
    X(O_NOFOLLOW) X(O_NOATIME) X(O_CLOEXEC) X(O_PATH) X(__O_TMPFILE) X(O_TMPFILE) X(F_GETLK)
    X(F_SETLK) X(F_SETLKW) X(F_SETOWN) X(F_GETOWN) X(F_SETSIG) X(F_GETOWN_EX) X(F_OFD_SETLK)
    S(struct flock) O(struct flock, l_start) O(struct flock, l_pid) S(struct f_owner_ex)
    S(struct semid64_ds) O(struct semid64_ds, sem_otime) O(struct semid64_ds, sem_ctime)
    O(struct semid64_ds, sem_nsems) S(struct msqid64_ds) O(struct msqid64_ds, msg_stime)
    O(struct msqid64_ds, msg_rtime) O(struct msqid64_ds, msg_ctime)
    O(struct msqid64_ds, msg_cbytes) O(struct msqid64_ds, msg_lspid) S(struct shmid64_ds)
    O(struct shmid64_ds, shm_segsz) O(struct shmid64_ds, shm_nattch) S(struct shminfo64)
    S(struct shminfo) S(struct seminfo) S(struct msginfo) S(struct sembuf) S(struct ipc64_perm)
    O(struct ipc64_perm, mode) O(struct ipc64_perm, seq) S(struct epoll_event)
    O(struct epoll_event, data) S(struct open_how) S(struct termios) S(struct termios2)
    S(struct ktermios) S(struct winsize) S(struct termio) O(struct termios, c_cc)
    O(struct termios2, c_ispeed) X(TCGETS) X(TCSETS) X(TCSETSW) X(TCSETSF) X(TCGETA) X(TCSBRK)
    X(TCXONC) X(TCFLSH) X(TIOCEXCL) X(TIOCSCTTY) X(TIOCGPGRP) X(TIOCSPGRP) X(TIOCOUTQ) X(TIOCSTI)
    X(TIOCGWINSZ) X(TIOCSWINSZ) X(TIOCMGET) X(FIONREAD) X(TIOCLINUX) X(TIOCCONS) X(TIOCGSERIAL)
    X(TIOCPKT) X(FIONBIO) X(TIOCNOTTY) X(TIOCSETD) X(TIOCGETD) X(TCSBRKP) X(TIOCGSID) X(TCGETS2)
    X(TCSETS2) X(TIOCGPTN) X(TIOCSPTLCK) X(TIOCGDEV) X(TIOCGPTPEER) X(FIOCLEX) X(FIONCLEX)
    X(FIOASYNC) X(FIOQSIZE) X(TIOCGLCKTRMIOS) X(TIOCGRS485) X(TIOCMIWAIT) X(TIOCGICOUNT) X(VMIN)
    X(VTIME) X(VEOF) X(VINTR) X(ICANON) X(ECHO) X(ISIG) X(IEXTEN) X(CBAUD) X(B38400) X(OPOST)
    X(ICRNL) X(IXON) X(TOSTOP) X(MAP_SHARED) X(MAP_PRIVATE) X(MAP_FIXED) X(MAP_ANONYMOUS)
    X(MAP_GROWSDOWN) X(MAP_DENYWRITE) X(MAP_LOCKED) X(MAP_NORESERVE) X(MAP_POPULATE)
    X(MAP_NONBLOCK) X(MAP_STACK) X(MAP_HUGETLB) X(MAP_SYNC) X(MAP_FIXED_NOREPLACE)
    X(MADV_DONTNEED) X(MADV_FREE) X(MADV_WIPEONFORK) X(MADV_POPULATE_WRITE) X(MCL_ONFAULT)
    X(MS_SYNC) S(siginfo_t) O(siginfo_t, si_pid) O(siginfo_t, si_value) O(siginfo_t, si_status)
    O(siginfo_t, si_addr) O(siginfo_t, si_syscall) O(siginfo_t, si_overrun) O(siginfo_t, si_band)
    S(struct sigevent) O(struct sigevent, sigev_signo) O(struct sigevent, sigev_notify)
    O(struct sigevent, sigev_notify_thread_id) S(struct sigaction) O(struct sigaction, sa_flags)
    O(struct sigaction, sa_restorer) O(struct sigaction, sa_mask) S(sigset_t) S(stack_t)
    O(stack_t, ss_flags) O(stack_t, ss_size) X(SA_RESTORER) X(SA_NODEFER) X(SA_RESTART)
    X(SA_ONSTACK) X(SIGUNUSED) X(SIGRTMIN) X(SIGSTKFLT) X(SIGPWR) X(MINSIGSTKSZ) X(SIGSTKSZ)
    X(SIG_BLOCK) X(SO_REUSEADDR) X(SO_RCVBUF) X(SO_PASSCRED) X(SO_PEERCRED) X(SO_RCVTIMEO)
    X(SO_BINDTODEVICE) X(SO_TIMESTAMP) X(SO_RCVTIMEO_NEW) X(SO_TIMESTAMPNS_NEW) X(SOL_SOCKET)
    X(FIOSETOWN) X(SIOCSPGRP) X(SIOCATMARK) X(SIOCGSTAMP_OLD) X(SIOCGSTAMPNS_OLD) X(RLIMIT_NOFILE)
    X(RLIMIT_NPROC) X(RLIMIT_AS) X(RLIMIT_MEMLOCK) X(RLIMIT_STACK) X(RLIMIT_RTTIME)
    S(struct rlimit) S(struct rusage) X(POLLMSG) X(POLLRDHUP) X(POLLWRNORM) X(POLLREMOVE)
    S(struct pollfd) X(EXEC_PAGESIZE) X(HZ) S(struct timex) S(struct sysinfo)
    S(struct new_utsname) S(struct iocb) S(struct io_event) S(struct mq_attr)
    S(struct signalfd_siginfo) S(struct statx) S(struct robust_list_head) S(struct clone_args)
    S(struct sched_attr) S(struct io_uring_params) S(struct io_uring_sqe)
    S(struct fanotify_event_metadata) S(struct __kernel_timespec) S(struct __kernel_old_timeval)
    S(struct tms) S(struct fs_disk_quota) S(struct if_dqblk) S(struct perf_event_attr)
    S(union bpf_attr) S(struct __user_cap_data_struct) S(struct futex_waitv) S(struct fsxattr)
    S(__kernel_old_uid_t) S(__kernel_mode_t) S(__kernel_old_dev_t) S(struct loop_info)
    S(struct loop_info64)
    return 0;
}
