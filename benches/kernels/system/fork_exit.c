// A child that ends at once, and is waited for.
#include "kernel.h"
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    uint64_t sum = 0;
    for (int i = rounds(argc, argv); i > 0; i--) {
        pid_t pid = fork();
        if (pid == 0)
            _exit(i & 0x7f);
        int status = -1;
        waitpid(pid, &status, 0);
        sum = sum * 31 + (uint64_t)status;
    }
    return checksum(sum);
}
