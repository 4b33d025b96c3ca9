// An equaliser on 16-bit samples: saturating additions and subtractions, rounded high products.
#include "simd.h"

int main(int argc, char **argv) {
    enum { SIZE = 16384 };
    static uint8_t a[SIZE], b[SIZE];
    fill(a, SIZE, 31);
    fill(b, SIZE, 32);
    // -32768 squared is the one product whose rounding differs between the machines.
    for (int i = 0; i < SIZE; i += 2)
        b[i] |= 1;
    for (int round = rounds(argc, argv); round > 0; round--) {
        v128 gain = all16(round * 77 + 9000), state = all16(round);
        for (int i = 0; i < SIZE; i += 16) {
            v128 x = load(a + i), y = load(b + i);
            v128 sum = add_sat_s16(x, mul_high_round_s16(y, gain));
            state = add_sat_s16(state, shift_right_s16(sub_sat_s16(sum, state)));
            v128 clipped = add_sat_s16(sub_sat_s16(sum, state), and(less_s16(sum, state), gain));
            store(a + i, clipped);
        }
    }
    return checksum(sum_of(a, SIZE));
}
