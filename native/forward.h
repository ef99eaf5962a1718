// One task of the forward pass: a chunk of rows of one member, walked through time.
#pragma once

#include "cells.h"
#include "layer.h"
#include "panel.h"
#include "product.h"

namespace cellwise {
namespace CELLWISE_TARGET {

// Where a task is: its member, its rows, and how many fit its vectors.
struct Chunk {
    int64_t member, index, first, rows, R;

    Chunk(const Layer &layer, int64_t task) {
        int64_t chunks = num_chunks(layer), most = chunk_rows(layer);
        member = task / chunks;
        index = task % chunks;
        first = index * most;
        rows = layer.batch - first < most ? layer.batch - first : most;
        R = rows > kShortChunk ? kLongChunk : kShortChunk;
    }
    const float *at(const View &view, int64_t row_axis = 1) const {
        return view.data ? view.data + member * view.stride[0] + first * view.stride[row_axis]
                         : nullptr;
    }
    // Step t of what the forward pass keeps: (M, chunk, T, H * saved, R)
    float *saved(const Layer &layer, int64_t t) const {
        if (!layer.saved) return nullptr;
        int64_t per_row = layer.hidden_size * num_saved(layer.cell);
        return layer.saved + (member * padded_batch(layer) + first) * layer.steps * per_row +
               t * per_row * R;
    }
    float *out(float *base, const Layer &layer, int64_t size, int64_t t, int64_t steps) const {
        return base + (member * steps + t) * size * layer.batch + first;
    }
    // Which rows are not past their end at step t
    IVec alive(const Layer &layer, int64_t t, int64_t row) const {
        if (!layer.lengths) return ~IVec{};
        IVec lengths = {};
        for (int i = 0; i < L; ++i)
            if (row + i < rows) lengths[i] = layer.lengths[member * layer.batch + first + row + i];
        return lengths > (int32_t)t;
    }
};

template <class Cell> constexpr int tile_units(int V) { return kSums / V / Cell::slots ? kSums / V / Cell::slots : 1; }

CELLWISE_INLINE int vectors_of(int64_t R) { return R / L < kPair ? (int)(R / L) : kPair; }

// Weights in the order in which the products read them: by tile of units, first the biases, then
// for each input and each cell of the state the weights of the tile's units and slots.
template <class Cell> static void pack_forward(const Layer &layer, int64_t m, float *to, int most) {
    const int64_t H = layer.hidden_size, F = layer.input_size;
    const float *w_ih = layer.weight_ih.data + m * layer.weight_ih.stride[0];
    const float *w_hh = layer.weight_hh.data + m * layer.weight_hh.stride[0];
    const float *bias = layer.bias.data + m * layer.bias.stride[0];
    const float *bias_hh =
        layer.bias_hh.data ? layer.bias_hh.data + m * layer.bias_hh.stride[0] : nullptr;
    Tiles tiles(H, most);
    int nx = 0, nh = 0;
    for (int s = 0; s < Cell::slots; ++s) nx += Cell::reads_x(s), nh += Cell::reads_h(s);
    for (int64_t tile = 0, unit = 0; tile < tiles.count; unit += tiles.size(tile++)) {
        const int64_t U = tiles.size(tile);
        for (int64_t u = 0; u < U; ++u)
            for (int s = 0; s < Cell::slots; ++s) {
                const int64_t row = Cell::gate(s) * H + unit + u;
                *to = Cell::reads_x(s) ? bias[row] : 0.0f;
                if (bias_hh && Cell::reads_h(s)) *to += bias_hh[row];
                ++to;
            }
        int64_t column = 0;
        for (int64_t u = 0; u < U; ++u)
            for (int s = 0; s < Cell::slots; ++s)
                if (Cell::reads_x(s)) {
                    const float *row = w_ih + (Cell::gate(s) * H + unit + u) * F;
                    for (int64_t k = 0; k < F; ++k) to[k * U * nx + column] = row[k];
                    ++column;
                }
        to += F * U * nx;
        column = 0;
        for (int64_t u = 0; u < U; ++u)
            for (int s = 0; s < Cell::slots; ++s)
                if (Cell::reads_h(s)) {
                    const float *row = w_hh + (Cell::gate(s) * H + unit + u) * H;
                    for (int64_t k = 0; k < H; ++k) to[k * U * nh + column] = row[k];
                    ++column;
                }
        to += H * U * nh;
    }
}

// What a step needs beside the weights
struct Step {
    const float *panel;  // x_t and h before, (F + H, R)
    float *next_h;       // h after, (H, R)
    const float *c;      // c before, (H, R)
    float *next_c;       // c after, (H, R)
    float *saved;        // (H * saved, R); where nothing is to be kept, one for all steps
    int64_t R;
};

// Behind the products no branches, and the long chains of the activations in two rounds: the
// processor overlaps units only as far as it sees ahead, some 450 instructions.
template <class Cell, int U, int V>
__attribute__((noinline)) static const float *forward_tile(const Layer &layer, const Step &step,
                                                           const float *weights, int64_t unit,
                                                           int64_t vec) {
    const int64_t R = step.R;
    Vec sums[U * Cell::slots][V];
#pragma GCC unroll 32
    for (int n = 0; n < U * Cell::slots; ++n) {
        const Vec bias = splat(*weights++);
#pragma GCC unroll 4
        for (int v = 0; v < V; ++v) sums[n][v] = bias;
    }
    const float *panel = step.panel + vec * L;
    weights = unit_products<Cell, true, U, V>(weights, panel, R, layer.input_size, sums);
    panel += layer.input_size * R;
    weights = unit_products<Cell, false, U, V>(weights, panel, R, layer.hidden_size, sums);
    const int64_t first = unit * R + vec * L;
    const float *h = panel + unit * R, *c = step.c + first;
    float *next_h = step.next_h + first, *next_c = step.next_c + first;
    float *saved = step.saved + unit * Cell::saved * R + vec * L;
    Vec own[U][V][Cell::slots < 2 ? 2 : Cell::slots];
#pragma GCC unroll 32
    for (int u = 0; u < U; ++u)
#pragma GCC unroll 4
        for (int v = 0; v < V; ++v) {
            const int64_t at = u * R + v * L, kept = u * Cell::saved * R + v * L;
#pragma GCC unroll 4
            for (int s = 0; s < Cell::slots; ++s) own[u][v][s] = sums[u * Cell::slots + s][v];
            Cell::begin(own[u][v], c + at, next_c + at, saved + kept, R);
        }
#pragma GCC unroll 32
    for (int u = 0; u < U; ++u)
#pragma GCC unroll 4
        for (int v = 0; v < V; ++v) {
            const int64_t at = u * R + v * L, kept = u * Cell::saved * R + v * L;
            store(next_h + at, Cell::end(own[u][v], load(h + at), saved + kept, R));
        }
    return weights;
}

template <class Cell, int U, int V>
static const float *forward_units(int64_t units, const Layer &layer, const Step &step,
                                  const float *weights, int64_t unit, int64_t vec) {
    if constexpr (U == 0) {
        return weights;
    } else {
        if (units == U) return forward_tile<Cell, U, V>(layer, step, weights, unit, vec);
        return forward_units<Cell, U - 1, V>(units, layer, step, weights, unit, vec);
    }
}

template <class Cell, int V>
static void forward_step(const Layer &layer, const Step &step, const float *weights) {
    constexpr int most = tile_units<Cell>(V);
    Tiles tiles(layer.hidden_size, most);
    for (int64_t tile = 0, unit = 0; tile < tiles.count; unit += tiles.size(tile++)) {
        const float *after = weights;
        for (int64_t vec = 0; vec < step.R / L; vec += V)
            after = forward_units<Cell, most, V>(tiles.size(tile), layer, step, weights, unit, vec);
        weights = after;
    }
}

// Rows that are past their end keep their state.
template <class Cell>
static void keep_ended(const Layer &layer, const Chunk &chunk, const Step &step, int64_t t) {
    const int64_t R = step.R;
    for (int64_t v = 0; v < R; v += L) {
        const IVec alive = chunk.alive(layer, t, v);
        for (int64_t u = 0; u < layer.hidden_size; ++u) {
            const int64_t at = u * R + v;
            const Vec h = load(step.panel + layer.input_size * R + at);
            store(step.next_h + at, select(alive, load(step.next_h + at), h));
            if (!Cell::has_c) continue;
            const Vec c = select(alive, load(step.next_c + at), load(step.c + at));
            store(step.next_c + at, c);
            store(step.saved + (u * Cell::saved + Cell::saved - 1) * R + v, c);
        }
    }
}

// The state of a step as its output; zeros where a row is past its end.
static void store_output(const Layer &layer, const Chunk &chunk, const float *h, int64_t t) {
    float *to = chunk.out(layer.y, layer, layer.hidden_size, t, layer.steps);
    if (!layer.lengths)
        return store_panel(to, layer.batch, h, chunk.R, layer.hidden_size, chunk.rows);
    for (int64_t v = 0; v < chunk.rows; v += L) {
        const IVec alive = chunk.alive(layer, t, v);
        for (int64_t u = 0; u < layer.hidden_size; ++u)
            store_part(to + u * layer.batch + v,
                       select(alive, load(h + u * chunk.R + v), Vec{}), chunk.rows - v);
    }
}

// Where a task keeps what: the weights, two panels of x and h (a third of x and r * h for the GRU
// in two rounds), two of c, and what is kept of a step where the caller wants nothing kept.
template <class Cell> struct ForwardSizes {
    static constexpr int panels = 1 + Cell::states;
    int64_t packed, panel, state, saved;

    ForwardSizes(const Layer &layer, int64_t R) {
        const int64_t F = layer.input_size, H = layer.hidden_size;
        packed = (Cell::slots * H * (1 + F + H) + L - 1) / L * L;
        panel = (F + H) * R;
        state = H * R;
        saved = H * Cell::saved * R;
    }
    int64_t floats() const { return packed + panels * panel + 2 * state + saved; }
};

template <class Cell> static int64_t forward_floats(const Layer &layer) {
    return ForwardSizes<Cell>(layer, chunk_rows(layer)).floats();
}

// Pack the weights of a step.
template <class Cell, int V> static void pack_step(const Layer &layer, int64_t m, float *packed) {
    if constexpr (Cell::states == 2) {
        pack_forward<GruBeforeGates>(layer, m, packed, tile_units<GruBeforeGates>(V));
        packed += 2 * layer.hidden_size * (1 + layer.input_size + layer.hidden_size);
        pack_forward<GruBeforeCandidate>(layer, m, packed, tile_units<GruBeforeCandidate>(V));
    } else {
        pack_forward<Cell>(layer, m, packed, tile_units<Cell>(V));
    }
}

template <class Cell, int V>
static void run_step(const Layer &layer, const Step &step, const float *packed, float *between) {
    if constexpr (Cell::states == 2) {
        const int64_t x = layer.input_size * step.R;
        memcpy(between, step.panel, 4 * x);
        Step round = step;
        round.next_h = between + x;
        forward_step<GruBeforeGates, V>(layer, round, packed);
        round.panel = between, round.next_h = step.next_h, round.c = step.panel + x;
        packed += 2 * layer.hidden_size * (1 + layer.input_size + layer.hidden_size);
        forward_step<GruBeforeCandidate, V>(layer, round, packed);
    } else {
        forward_step<Cell, V>(layer, step, packed);
    }
}

template <class Cell, int V>
static void forward_chunk(const Layer &layer, const Chunk &chunk, float *scratch) {
    const int64_t R = chunk.R, F = layer.input_size, H = layer.hidden_size, T = layer.steps;
    const ForwardSizes<Cell> sizes(layer, R);
    float *packed = scratch, *panels[2], *c[2];
    panels[0] = packed + sizes.packed;
    panels[1] = panels[0] + sizes.panel;
    c[0] = panels[1] + sizes.panel;
    c[1] = c[0] + sizes.state;
    float *spare = c[1] + sizes.state, *between = spare + sizes.saved;
    pack_step<Cell, V>(layer, chunk.member, packed);
    load_panel(panels[0] + F * R, R, chunk.at(layer.h0), layer.h0.stride[2], layer.h0.stride[1], H,
               chunk.rows);
    if (Cell::has_c)
        load_panel(c[0], R, chunk.at(layer.c0), layer.c0.stride[2], layer.c0.stride[1], H,
                   chunk.rows);
    for (int64_t i = 0; i < T; ++i) {
        const int64_t t = layer.reverse ? T - 1 - i : i;
        float *now = panels[i % 2], *next = panels[1 - i % 2];
        load_panel(now, R, chunk.at(layer.x) + t * layer.x.stride[2], layer.x.stride[3],
                   layer.x.stride[1], F, chunk.rows);
        if (i + 1 < T)
            prefetch_panel(chunk.at(layer.x) + (layer.reverse ? t - 1 : t + 1) * layer.x.stride[2],
                           layer.x.stride[3], layer.x.stride[1], F, chunk.rows);
        const Step step{now,          next + F * R, c[i % 2],
                        c[1 - i % 2], layer.saved ? chunk.saved(layer, t) : spare,
                        R};
        run_step<Cell, V>(layer, step, packed, between);
        if (layer.lengths) keep_ended<Cell>(layer, chunk, step, t);
        store_output(layer, chunk, step.next_h, t);
    }
    store_panel(chunk.out(layer.h_n, layer, H, 0, 1), layer.batch, panels[T % 2] + F * R, R, H,
                chunk.rows);
    if (Cell::has_c)
        store_panel(chunk.out(layer.c_n, layer, H, 0, 1), layer.batch, c[T % 2], R, H, chunk.rows);
}

template <class Cell> static void forward_task(const Layer &layer, int64_t task, float *scratch) {
    const Chunk chunk(layer, task);
    if (vectors_of(chunk.R) == 1)
        forward_chunk<Cell, 1>(layer, chunk, scratch);
    else
        forward_chunk<Cell, kPair>(layer, chunk, scratch);
}

}  // namespace CELLWISE_TARGET
}  // namespace cellwise
