// Pixels blended, averaged and filtered: saturation at 8 bits, products at 16, narrowing.
#include "simd.h"

int main(int argc, char **argv) {
    enum { SIZE = 16384 };
    static uint8_t a[SIZE + 16], b[SIZE];
    fill(a, SIZE, 37);
    fill(b, SIZE, 38);
    v128 zero = all8(0);
    for (int round = rounds(argc, argv); round > 0; round--) {
        v128 taps = all16((round % 11 + 3) << 8 | 5), total = zero;
        for (int i = 0; i < SIZE; i += 16) {
            v128 x = load(a + i), y = load(b + i);
            v128 mean = average_u8(x, load(a + i + 1));
            v128 sharp = add_sat_u8(sub_sat_u8(mean, y), sub_sat_u8(x, mean));
            v128 low = mul_high_round_s16(zip_low_8(sharp, zero), taps), high = mul_high_round_s16(zip_high_8(sharp, zero), taps);
            total = add_u32(total, dot_s16(low, high));
            store(a + i, narrow_sat_s16_u8(add_sat_s16(low, zip_low_8(x, zero)), high));
        }
        store(b + 16 * (round % 64), total);
    }
    return checksum(sum_of(a, SIZE));
}
