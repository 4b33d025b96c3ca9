// SHA-256's rounds by the instructions of the architecture, with any constants for k.
#include "simd.h"

int main(int argc, char **argv) {
    enum { SIZE = 16384 };
    static uint8_t data[SIZE], constants[256];
    uint32_t h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    fill(data, SIZE, 42);
    fill(constants, sizeof constants, 43);
#ifdef __aarch64__
    uint32x4_t abcd = vld1q_u32(h), efgh = vld1q_u32(h + 4), k[16];
    for (int i = 0; i < 16; i++)
        k[i] = vld1q_u32((uint32_t *)(constants + 16 * i));
    for (int round = rounds(argc, argv); round > 0; round--)
        for (int at = 0; at < SIZE; at += 64) {
            uint32x4_t w[4], a = abcd, e = efgh;
            for (int i = 0; i < 4; i++)
                w[i] = vld1q_u32((uint32_t *)(data + at + 16 * i));
            for (int i = 0; i < 16; i++) {
                uint32x4_t sum = vaddq_u32(w[i & 3], k[i]), old = abcd;
                abcd = vsha256hq_u32(abcd, efgh, sum);
                efgh = vsha256h2q_u32(efgh, old, sum);
                w[i & 3] = vsha256su1q_u32(vsha256su0q_u32(w[i & 3], w[(i + 1) & 3]), w[(i + 2) & 3], w[(i + 3) & 3]);
            }
            abcd = vaddq_u32(abcd, a), efgh = vaddq_u32(efgh, e);
        }
    vst1q_u32(h, abcd), vst1q_u32(h + 4, efgh);
#else
    // The host's instructions want the eight words as (a, b, e, f) and (c, d, g, h), highest first.
    __m128i abef = _mm_set_epi32(h[0], h[1], h[4], h[5]), cdgh = _mm_set_epi32(h[2], h[3], h[6], h[7]), k[16];
    for (int i = 0; i < 16; i++)
        k[i] = load(constants + 16 * i);
    for (int round = rounds(argc, argv); round > 0; round--)
        for (int at = 0; at < SIZE; at += 64) {
            __m128i w[4], a = abef, c = cdgh;
            for (int i = 0; i < 4; i++)
                w[i] = load(data + at + 16 * i);
            for (int i = 0; i < 16; i++) {
                __m128i sum = _mm_add_epi32(w[i & 3], k[i]);
                cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
                abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
                __m128i shifted = _mm_alignr_epi8(w[(i + 3) & 3], w[(i + 2) & 3], 4);
                __m128i partial = _mm_add_epi32(_mm_sha256msg1_epu32(w[i & 3], w[(i + 1) & 3]), shifted);
                w[i & 3] = _mm_sha256msg2_epu32(partial, w[(i + 3) & 3]);
            }
            abef = _mm_add_epi32(abef, a), cdgh = _mm_add_epi32(cdgh, c);
        }
    uint32_t x[4], y[4];
    store(x, abef), store(y, cdgh);
    uint32_t out[8] = {x[3], x[2], y[3], y[2], x[1], x[0], y[1], y[0]};
    memcpy(h, out, sizeof h);
#endif
    return checksum(sum_of(h, sizeof h));
}
