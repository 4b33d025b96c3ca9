// A thread that ends at once, and is joined.
#include "kernel.h"
#include <pthread.h>

static void *twice(void *n) { return (void *)((uintptr_t)n * 2); }

int main(int argc, char **argv) {
    uint64_t sum = 0;
    for (int i = rounds(argc, argv); i > 0; i--) {
        pthread_t thread;
        void *result = NULL;
        if (pthread_create(&thread, NULL, twice, (void *)(uintptr_t)i) || pthread_join(thread, &result))
            return 1;
        sum = sum * 31 + (uintptr_t)result;
    }
    return checksum(sum);
}
