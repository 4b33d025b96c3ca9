// CRC-32 by one table look-up for each byte.
#include "kernel.h"

int main(int argc, char **argv) {
    enum { SIZE = 1 << 16 };
    static uint8_t data[SIZE];
    uint32_t table[256], crc = 0;
    uint64_t seed = 4;
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int bit = 0; bit < 8; bit++)
            c = c >> 1 ^ (c & 1 ? 0xedb88320u : 0);
        table[i] = c;
    }
    for (int i = 0; i < SIZE; i++)
        data[i] = next(&seed);
    for (int round = rounds(argc, argv); round > 0; round--) {
        crc = ~crc;
        for (int i = 0; i < SIZE; i++)
            crc = crc >> 8 ^ table[(crc ^ data[i]) & 0xff];
        crc = ~crc;
    }
    return checksum(crc);
}
