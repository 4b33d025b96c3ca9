// A child that executes a program, and is waited for, as shells do. The program is this one.
#include "kernel.h"
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    uint64_t sum = 0;
    if (argc == 3)
        return atoi(argv[2]);
    for (int i = rounds(argc, argv); i > 0; i--) {
        char code[16];
        snprintf(code, sizeof code, "%d", i & 0x7f);
        pid_t pid = fork();
        if (pid == 0) {
            execl(argv[0], argv[0], "0", code, (char *)NULL);
            _exit(255);
        }
        int status = -1;
        waitpid(pid, &status, 0);
        sum = sum * 31 + (uint64_t)status;
    }
    return checksum(sum);
}
