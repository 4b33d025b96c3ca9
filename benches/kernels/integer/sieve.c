// The primes below 2^16, with a byte per number: byte stores in a loop of four instructions.
#include "kernel.h"

int main(int argc, char **argv) {
    static uint8_t composite[1 << 16];
    int primes = 0;
    for (int round = rounds(argc, argv); round > 0; round--) {
        memset(composite, 0, sizeof composite);
        primes = 0;
        for (int i = 2; i < (int)sizeof composite; i++) {
            if (composite[i])
                continue;
            primes++;
            for (int j = 2 * i; j < (int)sizeof composite; j += i)
                composite[j] = 1;
        }
    }
    return checksum(primes);
}
