// The vector operations of the kernels here, by the intrinsics of NEON or of SSE. Each is one
// instruction on both machines, or two where one of them lacks it.
#pragma once
#include "kernel.h"

#ifdef __aarch64__
#include <arm_neon.h>
typedef uint8x16_t v128;
#define S16(v) vreinterpretq_s16_u8(v)
#define U16(v) vreinterpretq_u16_u8(v)
#define S32(v) vreinterpretq_s32_u8(v)
#define U64(v) vreinterpretq_u64_u8(v)
static inline v128 load(const void *p) { return vld1q_u8(p); }
static inline void store(void *p, v128 v) { vst1q_u8(p, v); }
static inline v128 all8(uint8_t x) { return vdupq_n_u8(x); }
static inline v128 all16(int16_t x) { return vreinterpretq_u8_s16(vdupq_n_s16(x)); }
static inline v128 xor(v128 a, v128 b) { return veorq_u8(a, b); }
static inline v128 and(v128 a, v128 b) { return vandq_u8(a, b); }
static inline v128 add_sat_u8(v128 a, v128 b) { return vqaddq_u8(a, b); }
static inline v128 sub_sat_u8(v128 a, v128 b) { return vqsubq_u8(a, b); }
static inline v128 add_sat_s16(v128 a, v128 b) { return vreinterpretq_u8_s16(vqaddq_s16(S16(a), S16(b))); }
static inline v128 sub_sat_s16(v128 a, v128 b) { return vreinterpretq_u8_s16(vqsubq_s16(S16(a), S16(b))); }
static inline v128 mul_high_round_s16(v128 a, v128 b) { return vreinterpretq_u8_s16(vqrdmulhq_s16(S16(a), S16(b))); }
static inline v128 narrow_sat_s16_u8(v128 a, v128 b) { return vqmovun_high_s16(vqmovun_s16(S16(a)), S16(b)); }
static inline v128 average_u8(v128 a, v128 b) { return vrhaddq_u8(a, b); }
static inline v128 less_s16(v128 a, v128 b) { return vreinterpretq_u8_u16(vcltq_s16(S16(a), S16(b))); }
static inline v128 add_u32(v128 a, v128 b) { return vreinterpretq_u8_s32(vaddq_s32(S32(a), S32(b))); }
static inline v128 shift_right_s16(v128 a) { return vreinterpretq_u8_s16(vshrq_n_s16(S16(a), 2)); }
static inline v128 shift_right_u16_4(v128 a) { return vreinterpretq_u8_u16(vshrq_n_u16(U16(a), 4)); }
static inline v128 table(v128 t, v128 index) { return vqtbl1q_u8(t, index); }
static inline v128 zip_low_8(v128 a, v128 b) { return vzip1q_u8(a, b); }
static inline v128 zip_high_8(v128 a, v128 b) { return vzip2q_u8(a, b); }
static inline v128 zip_low_16(v128 a, v128 b) { return vreinterpretq_u8_s16(vzip1q_s16(S16(a), S16(b))); }
static inline v128 zip_high_16(v128 a, v128 b) { return vreinterpretq_u8_s16(vzip2q_s16(S16(a), S16(b))); }
static inline v128 align_3(v128 a, v128 b) { return vextq_u8(a, b, 3); }
// Sums of |a - b|, added to the two 64-bit lanes of s.
static inline v128 sad(v128 s, v128 a, v128 b) {
    uint16x8_t d = vpaddlq_u8(vabdq_u8(a, b));
    return vreinterpretq_u8_u64(vpadalq_u32(U64(s), vpaddlq_u16(d)));
}
// Products of neighbouring 16-bit lanes, added in pairs.
static inline v128 dot_s16(v128 a, v128 b) {
    int32x4_t low = vmull_s16(vget_low_s16(S16(a)), vget_low_s16(S16(b)));
    int32x4_t high = vmull_high_s16(S16(a), S16(b));
    return vreinterpretq_u8_s32(vpaddq_s32(low, high));
}
#else
#include <immintrin.h>
typedef __m128i v128;
static inline v128 load(const void *p) { return _mm_loadu_si128(p); }
static inline void store(void *p, v128 v) { _mm_storeu_si128(p, v); }
static inline v128 all8(uint8_t x) { return _mm_set1_epi8(x); }
static inline v128 all16(int16_t x) { return _mm_set1_epi16(x); }
static inline v128 xor(v128 a, v128 b) { return _mm_xor_si128(a, b); }
static inline v128 and(v128 a, v128 b) { return _mm_and_si128(a, b); }
static inline v128 add_sat_u8(v128 a, v128 b) { return _mm_adds_epu8(a, b); }
static inline v128 sub_sat_u8(v128 a, v128 b) { return _mm_subs_epu8(a, b); }
static inline v128 add_sat_s16(v128 a, v128 b) { return _mm_adds_epi16(a, b); }
static inline v128 sub_sat_s16(v128 a, v128 b) { return _mm_subs_epi16(a, b); }
static inline v128 mul_high_round_s16(v128 a, v128 b) { return _mm_mulhrs_epi16(a, b); }
static inline v128 narrow_sat_s16_u8(v128 a, v128 b) { return _mm_packus_epi16(a, b); }
static inline v128 average_u8(v128 a, v128 b) { return _mm_avg_epu8(a, b); }
static inline v128 less_s16(v128 a, v128 b) { return _mm_cmplt_epi16(a, b); }
static inline v128 add_u32(v128 a, v128 b) { return _mm_add_epi32(a, b); }
static inline v128 shift_right_s16(v128 a) { return _mm_srai_epi16(a, 2); }
static inline v128 shift_right_u16_4(v128 a) { return _mm_srli_epi16(a, 4); }
static inline v128 table(v128 t, v128 index) { return _mm_shuffle_epi8(t, index); }
static inline v128 zip_low_8(v128 a, v128 b) { return _mm_unpacklo_epi8(a, b); }
static inline v128 zip_high_8(v128 a, v128 b) { return _mm_unpackhi_epi8(a, b); }
static inline v128 zip_low_16(v128 a, v128 b) { return _mm_unpacklo_epi16(a, b); }
static inline v128 zip_high_16(v128 a, v128 b) { return _mm_unpackhi_epi16(a, b); }
static inline v128 align_3(v128 a, v128 b) { return _mm_alignr_epi8(b, a, 3); }
static inline v128 sad(v128 s, v128 a, v128 b) { return _mm_add_epi64(s, _mm_sad_epu8(a, b)); }
static inline v128 dot_s16(v128 a, v128 b) { return _mm_madd_epi16(a, b); }
#endif

static inline void fill(void *p, size_t size, uint64_t seed) {
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)p)[i] = next(&seed) >> 24;
}

static inline uint64_t sum_of(const void *p, size_t size) {
    uint64_t sum = 0;
    for (size_t i = 0; i < size; i++)
        sum = sum * 31 + ((const uint8_t *)p)[i];
    return sum;
}
