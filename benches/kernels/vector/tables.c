// Bytes translated through 16-entry tables, nibble by nibble, and transposed by zips: as in base64
// coders and parsers of JSON.
#include "simd.h"

int main(int argc, char **argv) {
    enum { SIZE = 16384 };
    static uint8_t a[SIZE], low_table[16], high_table[16];
    fill(a, SIZE, 33);
    fill(low_table, 16, 34);
    fill(high_table, 16, 35);
    v128 low = load(low_table), high = load(high_table), nibble = all8(15);
    for (int round = rounds(argc, argv); round > 0; round--)
        for (int i = 0; i < SIZE; i += 32) {
            v128 x = load(a + i), y = load(a + i + 16);
            v128 p = xor(table(low, and(x, nibble)), table(high, and(shift_right_u16_4(x), nibble)));
            v128 q = xor(table(low, and(y, nibble)), table(high, and(shift_right_u16_4(y), nibble)));
            v128 l = zip_low_8(p, q), h = zip_high_8(p, q);
            store(a + i, align_3(zip_low_16(l, h), x));
            store(a + i + 16, zip_high_16(l, h));
        }
    return checksum(sum_of(a, SIZE));
}
