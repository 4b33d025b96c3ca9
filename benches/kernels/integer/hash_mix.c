// 64-bit mixing as in MurmurHash3 and SipHash: multiplications, rotations, xors, no memory.
#include "kernel.h"

static inline uint64_t rotate(uint64_t x, int n) { return x << n | x >> (64 - n); }

int main(int argc, char **argv) {
    uint64_t a = 0x736f6d6570736575, b = 0x646f72616e646f6d, c = 0x6c7967656e657261, d = 0x7465646279746573;
    for (long i = (long)rounds(argc, argv) * 1000000; i > 0; i--) {
        d ^= i;
        a += b, c += d, b = rotate(b, 13) ^ a, d = rotate(d, 16) ^ c, a = rotate(a, 32);
        c += b, a += d, b = rotate(b, 17) ^ c, d = rotate(d, 21) ^ a, c = rotate(c, 32);
        uint64_t k = a * 0xff51afd7ed558ccdULL;
        k ^= k >> 33;
        a ^= k * 0xc4ceb9fe1a85ec53ULL;
    }
    return checksum(a ^ b ^ c ^ d);
}
