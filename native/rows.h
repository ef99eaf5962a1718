// Elementwise work over the rows of a cohort: Adam on (M, P), and windows gathered from a table.
#pragma once

#include "layer.h"
#include "vector.h"

namespace cellwise {
namespace CELLWISE_TARGET {

static inline Vec root(Vec x) {
#if defined(__AVX512F__)
    return (Vec)_mm512_sqrt_ps((__m512)x);
#elif defined(__AVX2__)
    return (Vec)_mm256_sqrt_ps((__m256)x);
#else
    Vec y;
    for (int i = 0; i < L; ++i) y[i] = __builtin_sqrtf(x[i]);
    return y;
#endif
}

CELLWISE_INLINE Vec sign_of(Vec x) {
    return select(x > Vec{}, splat(1.0f), select(x < Vec{}, splat(-1.0f), Vec{}));
}

// Gradient with its L1 and L2 terms, at column p
CELLWISE_INLINE Vec regularised(const Adam &adam, int64_t m, int64_t p, int64_t left) {
    const int64_t at = m * adam.size + p;
    Vec gradient = load_part(adam.gradient + at, left);
    if (adam.l1[m] == 0.0f && adam.l2[m] == 0.0f) return gradient;
    const Vec value = load_part(adam.parameters + at, left);
    const Vec decays = load_part(adam.decays + p, left);
    return gradient + decays * (adam.l2[m] * value + adam.l1[m] * sign_of(value));
}

// One row: the norm of its gradient, then the step. A row whose norm is not finite stays.
static void adam_row(const Adam &adam, int64_t m) {
    double square = 0.0;
    constexpr int64_t kStretch = 4096;  // sums of more floats than this go on in double
    for (int64_t first = 0; first < adam.size; first += kStretch) {
        const int64_t end = first + kStretch < adam.size ? first + kStretch : adam.size;
        Vec sum = {};
        for (int64_t p = first; p < end; p += L) {
            const Vec gradient = regularised(adam, m, p, end - p);
            sum += gradient * gradient;
        }
        for (int i = 0; i < L; ++i) square += sum[i];
    }
    const float norm = (float)__builtin_sqrt(square);
    adam.norm[m] = norm;
    if (!__builtin_isfinite(norm)) return;
    const float clip = norm > adam.clip_norm[m] ? adam.clip_norm[m] / norm : 1.0f;
    const float rate = adam.learning_rate[m] * adam.factor;
    for (int64_t p = 0; p < adam.size; p += L) {
        const int64_t at = m * adam.size + p, left = adam.size - p;
        const Vec gradient = regularised(adam, m, p, left) * clip;
        Vec mean = load_part(adam.mean + at, left), second = load_part(adam.square + at, left);
        mean += (gradient - mean) * (1.0f - adam.beta_1);
        second = second * adam.beta_2 + gradient * gradient * (1.0f - adam.beta_2);
        store_part(adam.mean + at, mean, left);
        store_part(adam.square + at, second, left);
        Vec step = mean / (root(second) * adam.root_correction + adam.epsilon);
        step *= load_part(adam.scale + p, left) * (rate * adam.correction);
        Vec value = load_part(adam.parameters + at, left);
        if (adam.weight_decay[m] != 0.0f)
            step += value * load_part(adam.decays + p, left) * (rate * adam.weight_decay[m]);
        store_part(adam.parameters + at, value - step, left);
    }
}

// Windows of one member: x[t][f][b] = table[starts[b] + t][f], feature 0 anchored
static void gather_member(const Gather &gather, int64_t m) {
    const int64_t F = gather.input_size, B = gather.batch;
    const int64_t *starts = gather.starts + m * B;
    for (int64_t t = 0; t < gather.steps; ++t) {
        float *to = gather.x + (m * gather.steps + t) * F * B;
        for (int64_t b = 0; b < B; b += L)
            for (int64_t f = 0; f < F; f += L) {
                Vec block[L];
                for (int i = 0; i < L; ++i)
                    block[i] = b + i < B
                                   ? load_part(gather.table + (starts[b + i] + t) * F + f, F - f)
                                   : Vec{};
                transpose(block);
                if (f == 0) {
                    const Vec anchors = load_part(gather.anchors + m * B + b, B - b);
                    block[0] = (block[0] - anchors) * gather.gain;
                }
                for (int i = 0; i < L && f + i < F; ++i)
                    store_part(to + (f + i) * B + b, block[i], B - b);
            }
    }
}

}  // namespace CELLWISE_TARGET
}  // namespace cellwise
