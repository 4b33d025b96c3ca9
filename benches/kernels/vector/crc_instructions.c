// CRC-32C by the instruction of the architecture, over three streams at once, then over bytes.
#include "kernel.h"

#ifdef __aarch64__
#include <arm_acle.h>
#define CRC8(crc, x) __crc32cb(crc, x)
#define CRC64(crc, x) __crc32cd(crc, x)
#else
#include <immintrin.h>
#define CRC8(crc, x) _mm_crc32_u8(crc, x)
#define CRC64(crc, x) (uint32_t)_mm_crc32_u64(crc, x)
#endif

int main(int argc, char **argv) {
    enum { WORDS = 3072 };
    static uint64_t data[WORDS];
    uint64_t seed = 44;
    uint32_t a = 1, b = 2, c = 3;
    for (int i = 0; i < WORDS; i++)
        data[i] = next(&seed);
    for (int round = rounds(argc, argv); round > 0; round--) {
        for (int i = 0; i < WORDS; i += 3)
            a = CRC64(a, data[i]), b = CRC64(b, data[i + 1]), c = CRC64(c, data[i + 2]);
        for (int i = 0; i < 1024; i++)
            a = CRC8(a, ((uint8_t *)data)[i]);
    }
    return checksum((uint64_t)a << 32 | (b ^ c));
}
