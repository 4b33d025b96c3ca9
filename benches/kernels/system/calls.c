// A system call that does next to nothing.
#include "kernel.h"
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv) {
    uint64_t same = 0;
    long parent = syscall(SYS_getppid);
    for (int i = rounds(argc, argv); i > 0; i--)
        same += syscall(SYS_getppid) == parent;
    return checksum(same);
}
