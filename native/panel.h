// Panels: a few features (or cells) by R rows of the batch, the rows side by side in a vector.
#pragma once

#include "vector.h"

namespace cellwise {
namespace CELLWISE_TARGET {

// Copy `features` x `rows` values into panel[feature][R], zeros behind the rows.
static inline void load_panel(float *panel, int64_t R, const float *from, int64_t stride_feature,
                              int64_t stride_row, int64_t features, int64_t rows) {
    if (!from) {
        memset(panel, 0, 4 * features * R);
    } else if (stride_row == 1) {
        for (int64_t f = 0; f < features; ++f)
            for (int64_t b = 0; b < R; b += L) {
                int64_t left = rows - b;
                Vec value = left > 0 ? load_part(from + f * stride_feature + b, left) : Vec{};
                store(panel + f * R + b, value);
            }
    } else if (stride_feature == 1) {
        for (int64_t b = 0; b < R; b += L)
            for (int64_t f = 0; f < features; f += L) {
                Vec block[L];
                for (int i = 0; i < L; ++i)
                    block[i] = b + i < rows
                                   ? load_part(from + (b + i) * stride_row + f, features - f)
                                   : Vec{};
                transpose(block);
                for (int i = 0; i < L && f + i < features; ++i)
                    store(panel + (f + i) * R + b, block[i]);
            }
    } else {
        for (int64_t f = 0; f < features; ++f)
            for (int64_t b = 0; b < R; ++b)
                panel[f * R + b] =
                    b < rows ? from[f * stride_feature + b * stride_row] : 0.0f;
    }
}

// Ask for the values that a later load_panel reads. The walk back through time is one that the
// processor does not foresee: at 16 cells it waited half of its time for what lay in its third
// cache.
CELLWISE_INLINE void prefetch_panel(const float *from, int64_t stride_feature, int64_t stride_row,
                                    int64_t features, int64_t rows) {
    if (stride_row != 1) return;
    for (int64_t f = 0; f < features; ++f)
        for (int64_t b = 0; b < rows; b += 16) __builtin_prefetch(from + f * stride_feature + b);
}

// Copy panel[feature][R] to rows side by side, `stride` between features.
static inline void store_panel(float *to, int64_t stride, const float *panel, int64_t R,
                               int64_t features, int64_t rows) {
    for (int64_t f = 0; f < features; ++f)
        for (int64_t b = 0; b < rows; b += L)
            store_part(to + f * stride + b, load(panel + f * R + b), rows - b);
}

}  // namespace CELLWISE_TARGET
}  // namespace cellwise
