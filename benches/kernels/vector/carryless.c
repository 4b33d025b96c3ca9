// Carry-less products, as in GHASH and fast CRCs: a running 128-bit remainder is folded over the data.
#include "simd.h"

static inline v128 multiply(v128 a, v128 b, int high) {
#ifdef __aarch64__
    poly64x2_t x = vreinterpretq_p64_u8(a), y = vreinterpretq_p64_u8(b);
    return vreinterpretq_u8_p128(high ? vmull_high_p64(x, y) : vmull_p64(vgetq_lane_p64(x, 0), vgetq_lane_p64(y, 0)));
#else
    return high ? _mm_clmulepi64_si128(a, b, 0x11) : _mm_clmulepi64_si128(a, b, 0);
#endif
}

int main(int argc, char **argv) {
    enum { SIZE = 16384 };
    static uint8_t data[SIZE], keys[16];
    fill(data, SIZE, 45);
    fill(keys, 16, 46);
    v128 key = load(keys), state[4] = {key, key, key, key};
    for (int round = rounds(argc, argv); round > 0; round--)
        for (int i = 0; i < SIZE; i += 64)
            for (int j = 0; j < 4; j++)
                state[j] = xor(xor(multiply(state[j], key, 0), multiply(state[j], key, 1)), load(data + i + 16 * j));
    return checksum(sum_of(state, sizeof state));
}
