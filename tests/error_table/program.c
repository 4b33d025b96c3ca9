// Calls each case of cases.h (error_table/main.rs writes it) in a child of its own and prints what came of
// it: `LABEL<tab>RESULT`, where the result is 0 for success, an errno, the signal that ended the child, or
// "blocked". Arguments, if there are any, are the labels of the cases to call; else all are.
//
// Everything runs in namespaces of its own, without capabilities: no case can do harm, and process ids
// are the same each time.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <limits.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/file.h>
#include <sys/uio.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// Where things are, so that cases can name them. All below 2 GiB: a pointer taken for a number is positive.
enum {
    ROOM = 0x20000000,      // zeros
    ONES = 0x20100000,      // bytes of 1
    READONLY = 0x20200000,
    EDGE = 0x20300ff8,      // eight bytes before a page that is not there
    NOWHERE = 0x20400000,   // not mapped
    TEXTS = 0x20500000,
    LONG_TEXT = 0x20600000, // 64 KiB of letters
    SIZE = 0x10000,
};
#define NEGATIVE_POINTER (-4096L)
#define BEYOND 0x600000000000 // where the emulator may have something
#define TEXT(n) (TEXTS + 32 * (n))
#define NAME TEXT(0)       // a file that is there
#define MISSING TEXT(1)
#define BELOW_FILE TEXT(2)
#define EMPTY TEXT(3)
#define LOOP TEXT(4)
#define DIRECTORY_NAME TEXT(5)
#define SUBDIRECTORY TEXT(6)
static const char *const texts[] = {"file", "missing", "file/name", "", "loop", ".", "directory"};

enum { FILE_FD = 100, DIRECTORY_FD, PIPE_IN, PIPE_OUT, SOCKET_FD, EPOLL_FD, TIMER_FD, EVENT_FD, INOTIFY_FD, SIGNAL_FD, PID_FD,
    QUEUE_FD, LANDLOCK_FD, TCP_FD, UDP6_FD, NETLINK_FD, PTY_FD, UNUSED_FD = 200 };

static const struct {
    const char *label;
    long number, words[6];
} cases[] = {
#include "cases.h"
};
enum { CASES = sizeof cases / sizeof *cases, AT_ONCE = 16, NOT_STARTED = -1000, ENTERED, BLOCKED };

static volatile int *results, *finished;

static void die(const char *what) {
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    _exit(2);
}

// Moves a descriptor to where cases expect it.
static void put(int fd, int to) {
    if (fd < 0 || dup3(fd, to, O_CLOEXEC) != to) die("descriptor");
    close(fd);
}

static void make_descriptors(void) {
    int pair[2];
    put(open("file", O_RDWR | O_CREAT, 0644), FILE_FD);
    put(open(".", O_RDONLY | O_DIRECTORY), DIRECTORY_FD);
    if (pipe2(pair, O_NONBLOCK)) die("pipe");
    put(pair[0], PIPE_IN), put(pair[1], PIPE_OUT);
    put(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0), SOCKET_FD);
    put(epoll_create1(0), EPOLL_FD);
    put(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK), TIMER_FD);
    put(eventfd(0, EFD_NONBLOCK), EVENT_FD);
    put(inotify_init1(IN_NONBLOCK), INOTIFY_FD);
    sigset_t none;
    sigemptyset(&none);
    put(signalfd(-1, &none, SFD_NONBLOCK), SIGNAL_FD);
    put(syscall(SYS_pidfd_open, getpid(), 0), PID_FD);
    struct mq_attr attributes = {.mq_maxmsg = 1, .mq_msgsize = 16};
    char queue[32];
    snprintf(queue, sizeof queue, "/queue-%d", getpid());
    put(mq_open(queue, O_RDWR | O_CREAT | O_NONBLOCK, 0600, &attributes), QUEUE_FD);
    mq_unlink(queue);
    struct landlock_ruleset_attr rules = {.handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE};
    int landlock = syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
    if (landlock >= 0) put(landlock, LANDLOCK_FD);
    put(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), TCP_FD);
    put(socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, 0), UDP6_FD);
    put(socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK, 0), NETLINK_FD);
    put(open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK), PTY_FD);
}

static void call(int which) {
    setsid();
    char directory[32];
    snprintf(directory, sizeof directory, "case-%d", which);
    if (mkdir(directory, 0755) || chdir(directory) || mkdir("directory", 0755) || symlink("loop", "loop")) die("directory");
    make_descriptors();
    const long *w = cases[which].words;
    results[which] = ENTERED;
    long result = syscall(cases[which].number, w[0], w[1], w[2], w[3], w[4], w[5]);
    results[which] = result == -1 ? errno : 0;
    // Not exit_group: a case may have asked for seccomp's strict mode.
    syscall(SYS_exit, 0);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static struct { pid_t pid; int which; double entered; } running[AT_ONCE];

// Waits for one child to end, or to sleep in its call for two seconds.
static void reap(void) {
    for (;;) {
        int status;
        pid_t pid = waitpid(-1, &status, WNOHANG);
        for (int i = 0; i < AT_ONCE; i++) {
            if (!running[i].pid) continue;
            volatile int *result = &results[running[i].which];
            if (pid == running[i].pid) {
                if (WIFEXITED(status) && WEXITSTATUS(status)) _exit(2);
                if (WIFSIGNALED(status) && *result == ENTERED) *result = -WTERMSIG(status);
                running[i].pid = 0;
                return;
            }
            if (pid == 0 && *result == ENTERED) {
                if (!running[i].entered) running[i].entered = now();
                if (now() > running[i].entered + 2) {
                    *result = BLOCKED;
                    kill(running[i].pid, SIGKILL);
                }
            }
        }
        if (pid == 0) usleep(200);
    }
}

static void start(int which) {
    int free = -1;
    while (free < 0) {
        for (int i = 0; i < AT_ONCE; i++)
            if (!running[i].pid) free = i;
        if (free < 0) reap();
    }
    pid_t pid = fork();
    if (pid < 0) die("fork");
    if (pid == 0) call(which);
    running[free].pid = pid, running[free].which = which, running[free].entered = 0;
}

static void map(long address, int fill, int protection) {
    void *place = mmap((void *)address, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (place != (void *)address) die("mmap");
    memset(place, fill, SIZE);
    mprotect(place, SIZE, protection);
}

static void tell(const char *file, const char *text) {
    int fd = open(file, O_WRONLY), length = strlen(text);
    if (write(fd, text, length) != length) die(file);
    close(fd);
}

static void enter_namespaces(void) {
    if (geteuid() == 0 && (setgid(65534) || setuid(65534))) die("setuid");
    // Or its /proc belongs to root.
    prctl(PR_SET_DUMPABLE, 1);
    char users[32], groups[32];
    snprintf(users, sizeof users, "%u %u 1", getuid(), getuid());
    snprintf(groups, sizeof groups, "%u %u 1", getgid(), getgid());
    if (unshare(CLONE_NEWUSER | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWPID | CLONE_NEWNS)) {
        printf("no namespaces: %s\n", strerror(errno));
        exit(0);
    }
    // Files can be made by ids that are mapped only.
    tell("/proc/self/uid_map", users);
    tell("/proc/self/setgroups", "deny");
    tell("/proc/self/gid_map", groups);
    // What cases write goes here: little, gone with the namespace, and nothing that is there comes to harm.
    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) || mount("none", "/tmp", "tmpfs", 0, "size=32m,nr_inodes=256k") ||
        chdir("/tmp"))
        die("tmpfs");
    finished = mmap(NULL, sizeof *finished, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    // Process 1 does nothing else than wait: cases may do to it what one may do to another process. How it ends
    // says nothing: one limits its processor time.
    for (int i = 0; i < 2; i++) {
        pid_t child = fork();
        if (child < 0) die("fork");
        if (child == 0) continue;
        waitpid(child, NULL, 0);
        exit(!*finished);
    }
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2] = {0};
    if (syscall(SYS_capset, &header, none)) die("capset");
}

int main(int argc, char **argv) {
    enter_namespaces();
    map(ROOM, 0, PROT_READ | PROT_WRITE);
    map(ONES, 1, PROT_READ | PROT_WRITE);
    map(READONLY, 0, PROT_READ);
    map(EDGE & ~0xfffl, 0, PROT_READ | PROT_WRITE);
    munmap((char *)(EDGE & ~0xfffl) + 4096, SIZE - 4096);
    map(TEXTS, 0, PROT_READ | PROT_WRITE);
    for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) strcpy((char *)(long)TEXT(i), texts[i]);
    map(LONG_TEXT, 'a', PROT_READ | PROT_WRITE);
    results = mmap(NULL, CASES * sizeof *results, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < CASES; i++) results[i] = NOT_STARTED;

    for (int i = 0; i < CASES; i++) {
        int wanted = argc == 1;
        for (int j = 1; j < argc; j++) wanted |= !strcmp(argv[j], cases[i].label);
        if (wanted) start(i);
    }
    for (int i = 0; i < AT_ONCE; i++)
        while (running[i].pid) reap();
    for (int i = 0; i < CASES; i++) {
        int result = results[i];
        if (result == NOT_STARTED) continue;
        printf("%s\t", cases[i].label);
        if (result == BLOCKED) puts("blocked");
        else if (result == ENTERED) puts("did not return");
        else if (result < 0) printf("SIG%s\n", sigabbrev_np(-result));
        else if (result > 0) puts(strerrorname_np(result) ? strerrorname_np(result) : "?");
        else puts("0");
    }
    *finished = !fflush(stdout);
    return 0;
}
