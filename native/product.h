// The register-blocked products that all the arithmetic goes through.
#pragma once

#include "vector.h"

namespace cellwise {
namespace CELLWISE_TARGET {

// Sums kept in registers at once; the rest holds a vector of the panel and a weight.
constexpr int kSums = CELLWISE_REGISTERS == 32 ? 24 : 8;
// Vectors of rows side by side: a weight that is broadcast once serves both.
constexpr int kPair = 2;

// Cut n into the fewest tiles of at most `most`, as even as can be.
struct Tiles {
    int64_t count, large, small, num_large;

    Tiles(int64_t n, int64_t most) {
        count = n ? (n + most - 1) / most : 0;
        small = count ? n / count : 0;
        num_large = count ? n % count : 0;
        large = small + (num_large ? 1 : 0);
    }
    int64_t size(int64_t tile) const { return tile < num_large ? large : small; }
};

// sums[n][v] += sum over j of weights[j][n] * panel[j][v], for the slots that Reads selects.
// `panel` walks in steps of `step` floats, `weights` in steps of the number of selected sums.
template <class Cell, bool kOfX, int U, int V>
CELLWISE_INLINE const float *unit_products(const float *weights, const float *panel, int64_t step,
                                           int64_t count, Vec (&sums)[U * Cell::slots][V]) {
    for (int64_t j = 0; j < count; ++j, panel += step) {
        Vec rows[V];
#pragma GCC unroll 4
        for (int v = 0; v < V; ++v) rows[v] = load(panel + v * L);
#pragma GCC unroll 32
        for (int n = 0; n < U * Cell::slots; ++n) {
            const int slot = n % Cell::slots;
            if (kOfX ? Cell::reads_x(slot) : Cell::reads_h(slot)) {
                const Vec weight = splat(*weights++);
#pragma GCC unroll 4
                for (int v = 0; v < V; ++v) sums[n][v] += weight * rows[v];
            }
        }
    }
    return weights;
}

// out[n][.] += sum over units u and used slots s of weights[u][s][n] * gradients[u * slots + s][.]
template <class Cell, bool kOfX, int N, int V>
CELLWISE_INLINE void back_products(const float *weights, const float *gradients, int64_t R,
                                   int64_t units, Vec (&sums)[N][V]) {
    for (int64_t u = 0; u < units; ++u) {
#pragma GCC unroll 4
        for (int slot = 0; slot < Cell::slots; ++slot) {
            if (kOfX ? Cell::reads_x(slot) : Cell::reads_h(slot)) {
                Vec rows[V];
#pragma GCC unroll 4
                for (int v = 0; v < V; ++v) rows[v] = load(gradients + v * L);
#pragma GCC unroll 32
                for (int n = 0; n < N; ++n) {
                    const Vec weight = splat(*weights++);
#pragma GCC unroll 4
                    for (int v = 0; v < V; ++v) sums[n][v] += weight * rows[v];
                }
            }
            gradients += R;
        }
    }
}

// sums[k][g] += sum over rows b and steps of inputs[k][b] * gradients[b][g], for K inputs and G
// vectors of gradients. A step's inputs lie `step_inputs` apart, its gradients R * width.
template <int K, int G, int R>
static void weight_products(const float *inputs, int64_t step_inputs, const float *gradients,
                            int64_t width, int64_t steps, float *sums, int64_t stride) {
    Vec total[K][G];
#pragma GCC unroll 16
    for (int k = 0; k < K; ++k)
#pragma GCC unroll 2
        for (int g = 0; g < G; ++g) total[k][g] = load(sums + k * stride + g * L);
    for (int64_t t = 0; t < steps; ++t, inputs += step_inputs)
        for (int b = 0; b < R; ++b, gradients += width) {
            Vec row[G];
#pragma GCC unroll 2
            for (int g = 0; g < G; ++g) row[g] = load(gradients + g * L);
#pragma GCC unroll 16
            for (int k = 0; k < K; ++k) {
                const Vec input = splat(inputs[k * R + b]);
#pragma GCC unroll 2
                for (int g = 0; g < G; ++g) total[k][g] += input * row[g];
            }
        }
#pragma GCC unroll 16
    for (int k = 0; k < K; ++k)
#pragma GCC unroll 2
        for (int g = 0; g < G; ++g) store(sums + k * stride + g * L, total[k][g]);
}

constexpr int kWeightRows = CELLWISE_REGISTERS == 32 ? 12 : 5;
constexpr int kWeightVectors = 2;

typedef void (*WeightProducts)(const float *, int64_t, const float *, int64_t, int64_t, float *,
                               int64_t);

template <int K, int R> static WeightProducts choose_weight_products(int64_t k, int64_t g) {
    if constexpr (K == 0) {
        return nullptr;
    } else {
        if (k == K) return g == 1 ? weight_products<K, 1, R> : weight_products<K, 2, R>;
        return choose_weight_products<K - 1, R>(k, g);
    }
}

}  // namespace CELLWISE_TARGET
}  // namespace cellwise
