// The C library's qsort: a comparison through a function pointer at each step.
#include "kernel.h"

static int ascending(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    enum { N = 50000 };
    static uint32_t keys[N];
    uint64_t seed = 2, sum = 0;
    for (int round = rounds(argc, argv); round > 0; round--) {
        for (int i = 0; i < N; i++)
            keys[i] = next(&seed) >> 32;
        qsort(keys, N, sizeof keys[0], ascending);
        for (int i = 0; i < N; i++)
            sum = sum * 31 + keys[i];
    }
    return checksum(sum);
}
