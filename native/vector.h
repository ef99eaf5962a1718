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

// numerator / denominator, to about one unit in the last place
CELLWISE_INLINE Vec divide(Vec numerator, Vec denominator) {
#if defined(__AVX512F__)
    // an estimate of 14 bits, one Newton step, one correction of the quotient: a third of the
    // time of a division
    Vec inverse = (Vec)_mm512_rcp14_ps((__m512)denominator);
    inverse = inverse * (2.0f - denominator * inverse);
    Vec quotient = numerator * inverse;
    return quotient + inverse * (numerator - denominator * quotient);
#else
    return numerator / denominator;
#endif
}

// 2^k * (1 + p) = e^x, with k and p apart so that e^x - 1 keeps its last bits near 0
CELLWISE_INLINE void exponential(Vec x, Vec *power, Vec *rest) {
    const Vec magic = splat(12582912.0f);  // 1.5 * 2^23: adding it rounds to an integer
    Vec shifted = x * 1.44269504088896341f + magic;
    Vec k = shifted - magic;
    Vec r = x - k * 0.693145751953125f;
    r = r - k * 1.42860682030941723e-6f;
    Vec p = splat(1.3888889e-3f);  // Taylor, minimised in the last terms over |r| <= ln(2) / 2
    p = p * r + 8.3333340e-3f;
    p = p * r + 4.1666666e-2f;
    p = p * r + 1.6666667e-1f;
    p = p * r + 0.5f;
    *rest = p * r * r + r;
    *power = (Vec)(((IVec)shifted - (IVec)magic + 127) << 23);
}

// Comparisons are written so that NaN stays NaN: a member that has diverged must be seen.
CELLWISE_INLINE Vec tanh(Vec x) {
    const IVec sign_bit = (IVec)splat(-0.0f);
    IVec sign = (IVec)x & sign_bit;
    Vec size = (Vec)((IVec)x & ~sign_bit);
    size = select(size > splat(9.1f), splat(9.1f), size);  // rounds to 1 from there on
    Vec power, rest;
    exponential(size + size, &power, &rest);
    Vec less_one = power * rest + (power - 1.0f);  // e^2x - 1
    Vec value = divide(less_one, less_one + 2.0f);
    return (Vec)((IVec)value | sign);
}

CELLWISE_INLINE Vec sigmoid(Vec x) {
    Vec minus = -x;
    minus = select(minus > splat(87.0f), splat(87.0f), minus);
    minus = select(minus < splat(-87.0f), splat(-87.0f), minus);
    Vec power, rest;
    exponential(minus, &power, &rest);
    return divide(splat(1.0f), power * rest + (power + 1.0f));
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
