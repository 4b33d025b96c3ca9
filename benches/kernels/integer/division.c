// Divisions, signed and unsigned, of 32 and 64 bits, and greatest common divisors.
#include "kernel.h"

int main(int argc, char **argv) {
    uint64_t seed = 12, sum = 0;
    for (int round = rounds(argc, argv) * 1000; round > 0; round--) {
        uint64_t a = next(&seed) >> (round & 31), b = (next(&seed) >> 40) + 1;
        int32_t c = (int32_t)a, d = (int32_t)(b >> 3) | 1;
        sum += a / b + a % b + (uint32_t)(c / d) + (uint32_t)(c % d) + (uint64_t)((int64_t)a / -(int64_t)b);
        uint32_t x = (uint32_t)a | 1, y = (uint32_t)b;
        while (y) {
            uint32_t rest = x % y;
            x = y;
            y = rest;
        }
        sum += x;
    }
    return checksum(sum);
}
