// Vectors of the widest kind that this file is compiled for, through the compiler's extensions.
#pragma once

#include <stdint.h>
#include <string.h>

#if defined(__AVX512F__)
#include <immintrin.h>
#define CELLWISE_LANES 16
#define CELLWISE_REGISTERS 32
#elif defined(__AVX2__)
#include <immintrin.h>
#define CELLWISE_LANES 8
#define CELLWISE_REGISTERS 16
#elif defined(__aarch64__)
#define CELLWISE_LANES 4
#define CELLWISE_REGISTERS 32
#else
#define CELLWISE_LANES 4
#define CELLWISE_REGISTERS 16
#endif

// How inline assembly calls a vector register
#if defined(__AVX512F__)
#define CELLWISE_REGISTER "+v"
#elif defined(__aarch64__)
#define CELLWISE_REGISTER "+w"
#else
#define CELLWISE_REGISTER "+x"
#endif

#define CELLWISE_INLINE __attribute__((always_inline)) static inline

namespace cellwise {
namespace CELLWISE_TARGET {

constexpr int L = CELLWISE_LANES;

typedef float Vec __attribute__((vector_size(4 * L)));
typedef float LooseVec __attribute__((vector_size(4 * L), aligned(4)));
typedef int32_t IVec __attribute__((vector_size(4 * L)));

CELLWISE_INLINE Vec splat(float value) { return value - Vec{}; }
CELLWISE_INLINE Vec load(const float *from) { return *(const LooseVec *)from; }
CELLWISE_INLINE void store(float *to, Vec value) { *(LooseVec *)to = value; }
CELLWISE_INLINE Vec select(IVec mask, Vec yes, Vec no) { return mask ? yes : no; }

// Limits that let NaN through: a member that has diverged must be seen.
CELLWISE_INLINE Vec at_most(Vec x, float limit) {
#if defined(__AVX512F__)
    return (Vec)_mm512_min_ps((__m512)splat(limit), (__m512)x);
#elif defined(__AVX2__)
    return (Vec)_mm256_min_ps((__m256)splat(limit), (__m256)x);
#else
    return select(splat(limit) < x, splat(limit), x);
#endif
}

CELLWISE_INLINE Vec at_least(Vec x, float limit) {
#if defined(__AVX512F__)
    return (Vec)_mm512_max_ps((__m512)splat(limit), (__m512)x);
#elif defined(__AVX2__)
    return (Vec)_mm256_max_ps((__m256)splat(limit), (__m256)x);
#else
    return select(splat(limit) > x, splat(limit), x);
#endif
}

// The first `count` lanes, zeros behind them; memory past them is not touched.
CELLWISE_INLINE Vec load_part(const float *from, int64_t count) {
    if (count >= L) return load(from);
#if defined(__AVX512F__)
    return (Vec)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), from);
#else
    Vec value = {};
    memcpy(&value, from, 4 * count);
    return value;
#endif
}

CELLWISE_INLINE void store_part(float *to, Vec value, int64_t count) {
    if (count >= L) return store(to, value);
#if defined(__AVX512F__)
    _mm512_mask_storeu_ps(to, (__mmask16)((1u << count) - 1), (__m512)value);
#else
    memcpy(to, &value, 4 * count);
#endif
}

// 1 / x to about one unit in the last place; x is neither 0 nor infinite
CELLWISE_INLINE Vec inverse(Vec x) {
#if defined(__AVX512F__)
    // an estimate of 14 bits and one Newton step: a third of the time of a division
    const Vec estimate = (Vec)_mm512_rcp14_ps((__m512)x);
    return estimate * (2.0f - x * estimate);
#else
    return 1.0f / x;
#endif
}

// a * b - c with one rounding, where that matters; elsewhere the compiler fuses as it likes
CELLWISE_INLINE Vec multiply_subtract(Vec a, Vec b, Vec c) {
#if defined(__AVX512F__)
    return (Vec)_mm512_fmsub_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(__AVX2__)
    return (Vec)_mm256_fmsub_ps((__m256)a, (__m256)b, (__m256)c);
#else
    Vec result;
    for (int i = 0; i < L; ++i) result[i] = __builtin_fmaf(a[i], b[i], -c[i]);
    return result;
#endif
}

CELLWISE_INLINE Vec rounded(Vec x) {
#if defined(__AVX512F__)
    return (Vec)_mm512_roundscale_ps((__m512)x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
#else
    const Vec magic = splat(12582912.0f);  // 1.5 * 2^23: adding it rounds to an integer
    return (x + magic) - magic;
#endif
}

// x * 2^k for a whole k from -126 to 127
CELLWISE_INLINE Vec scaled(Vec x, Vec k) {
#if defined(__AVX512F__)
    return (Vec)_mm512_scalef_ps((__m512)x, (__m512)k);
#else
    const Vec shifted = k + 12582912.0f;  // k in the last bits
    return x * (Vec)(((IVec)shifted << 23) + 0x3f800000);
#endif
}

// e^(scale * x) = 2^k (1 + r q), for |scale * x| up to 87 and a scale that is a power of two. The
// polynomial r q = 2^r - 1 is minimax over |r| <= 1 / 2, off by 1.1e-8 of its value.
CELLWISE_INLINE void exponential(Vec x, float scale, Vec *k, Vec *r, Vec *q) {
    *k = rounded(x * (scale * 1.442695f));
    *r = multiply_subtract(x, splat(scale * 1.442695f), *k);
    *r += x * (scale * 1.925963e-8f);  // what 1.442695 lacks of log2(e)
    Vec p = splat(1.5403512e-4f);
    p = p * *r + 1.3390849e-3f;
    p = p * *r + 9.618238e-3f;
    p = p * *r + 5.5503573e-2f;
    p = p * *r + 2.4022649e-1f;
    *q = p * *r + 6.931472e-1f;
}

CELLWISE_INLINE Vec tanh(Vec x) {
    const IVec sign = (IVec)splat(-0.0f);
    const Vec size = at_most((Vec)((IVec)x & ~sign), 9.1f);  // beyond, it is 1
    Vec k, r, q;
    exponential(size, 2.0f, &k, &r, &q);
    const Vec power = scaled(splat(1.0f), k);
    const Vec less_one = power * (r * q) + (power - 1.0f);  // e^2|x| - 1, its last bits kept near 0
    const Vec denominator = less_one + 2.0f, over = inverse(denominator);
    const Vec quotient = less_one * over;
    const Vec value = quotient + over * (less_one - denominator * quotient);
    return (Vec)((IVec)value | ((IVec)x & sign));
}

CELLWISE_INLINE Vec sigmoid(Vec x) {
    Vec k, r, q;
    exponential(at_least(at_most(x, 87.0f), -87.0f), -1.0f, &k, &r, &q);
    return inverse(scaled(r * q + 1.0f, k) + 1.0f);
}

template <int... I> struct Lanes {};
template <int N, int... I> struct MakeLanes : MakeLanes<N - 1, N - 1, I...> {};
template <int... I> struct MakeLanes<0, I...> { typedef Lanes<I...> Type; };

// The block of size D: lanes with bit D come from the other row
template <int D, int... I> CELLWISE_INLINE void swap_blocks(Vec &a, Vec &b, Lanes<I...>) {
    Vec first = __builtin_shufflevector(a, b, ((I & D) ? L + I - D : I)...);
    Vec second = __builtin_shufflevector(a, b, ((I & D) ? L + I : I + D)...);
    a = first;
    b = second;
}

template <int D> CELLWISE_INLINE void transpose_blocks(Vec (&rows)[L]) {
    if constexpr (D < L) {
#pragma GCC unroll 16
        for (int i = 0; i < L; ++i)
            if (!(i & D)) swap_blocks<D>(rows[i], rows[i + D], typename MakeLanes<L>::Type());
        transpose_blocks<2 * D>(rows);
    }
}

CELLWISE_INLINE void transpose(Vec (&rows)[L]) { transpose_blocks<1>(rows); }

}  // namespace CELLWISE_TARGET
}  // namespace cellwise
