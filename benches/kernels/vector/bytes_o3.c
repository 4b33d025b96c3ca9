// What gcc -O3 vectorises by itself: byte and 16-bit arithmetic with widening, minimum, maximum, counts.
#include "kernel.h"

int main(int argc, char **argv) {
    enum { SIZE = 8192 };
    static uint8_t a[SIZE], b[SIZE];
    static int16_t w[SIZE];
    uint64_t seed = 39, sum = 0;
    for (int i = 0; i < SIZE; i++) {
        a[i] = next(&seed) >> 20;
        b[i] = next(&seed) >> 20;
    }
    for (int round = rounds(argc, argv); round > 0; round--) {
        int32_t dot = 0;
        uint32_t above = 0;
        for (int i = 0; i < SIZE; i++)
            w[i] = a[i] * 3 + b[i] * (round & 7) - 300;
        for (int i = 0; i < SIZE; i++)
            dot += w[i] * (int16_t)(w[i] >> 3);
        for (int i = 0; i < SIZE; i++)
            above += a[i] > b[i];
        for (int i = 0; i < SIZE; i++)
            b[i] = w[i] < 0 ? 0 : w[i] > 255 ? 255 : w[i];
        sum = sum * 31 + (uint32_t)dot + above;
    }
    return checksum(sum);
}
