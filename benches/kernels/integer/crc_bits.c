// CRC-32 bit by bit: shifts, and a condition that becomes a mask.
#include "kernel.h"

int main(int argc, char **argv) {
    enum { SIZE = 4096 };
    static uint8_t data[SIZE];
    uint64_t seed = 5;
    uint32_t crc = 0;
    for (int i = 0; i < SIZE; i++)
        data[i] = next(&seed);
    for (int round = rounds(argc, argv); round > 0; round--)
        for (int i = 0; i < SIZE; i++) {
            crc ^= (uint32_t)data[i] << 24;
            for (int bit = 0; bit < 8; bit++)
                crc = crc & 0x80000000u ? crc << 1 ^ 0x04c11db7u : crc << 1;
        }
    return checksum(crc);
}
