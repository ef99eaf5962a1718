// One task of the backward pass: a chunk of rows of one member, walked back through time.
//
// Each step: gradients of the sums in registers, their product with the transposed weights, and
// a copy with the sums side by side. Every few steps, while those copies are still in cache, the
// gradients of the weights are summed from them.
#pragma once

#include "forward.h"

namespace cellwise {
namespace CELLWISE_TARGET {

constexpr int64_t kBlockFloats = 96 * 1024;  // of steps kept for the weight gradients

// Where a task keeps what
struct BackwardSizes {
    int64_t R, width, inputs, block, floats;
    int64_t packed, gradients, copies, panels, carry, dc, c_before, sums;

    template <class Cell> static BackwardSizes of(const Layer &layer, int64_t R) {
        const int64_t F = layer.input_size, H = layer.hidden_size;
        BackwardSizes s;
        s.R = R;
        s.width = (H * Cell::slots + L - 1) / L * L;
        s.inputs = F + Cell::states * H + 1;  // the last one is 1, for the biases
        s.block = kBlockFloats / (R * (s.width + s.inputs));
        s.block = s.block < 1 ? 1 : s.block > layer.steps ? layer.steps : s.block;
        int64_t at = 0;
        auto take = [&at](int64_t floats) {
            int64_t start = at;
            at += (floats + L - 1) / L * L;
            return start;
        };
        s.packed = take((F + H) * H * Cell::slots);
        s.gradients = take(s.width * R);
        s.copies = take(s.block * R * s.width);
        s.panels = take(s.block * R * s.inputs);
        s.carry = take(H * R);
        s.dc = take(H * R);
        s.c_before = take(H * R);
        s.sums = take(s.inputs * s.width);
        s.floats = at;
        return s;
    }
};

constexpr int kBackRows = kSums / kPair;

// Transposed weights in the order of back_products: by tile of columns, unit, used slot.
template <class Cell, bool kOfX>
static void pack_backward(const Layer &layer, int64_t m, float *to, int64_t columns) {
    const View &view = kOfX ? layer.weight_ih : layer.weight_hh;
    const float *weights = view.data + m * view.stride[0];
    Tiles tiles(columns, kBackRows);
    for (int64_t tile = 0, column = 0; tile < tiles.count; column += tiles.size(tile++))
        for (int64_t u = 0; u < layer.hidden_size; ++u)
            for (int s = 0; s < Cell::slots; ++s)
                if (kOfX ? Cell::reads_x(s) : Cell::reads_h(s)) {
                    const float *row =
                        weights + (Cell::gate(s) * layer.hidden_size + u) * columns + column;
                    for (int64_t n = 0; n < tiles.size(tile); ++n) *to++ = row[n];
                }
}

template <class Cell, bool kOfX, int N, int V>
static void back_tile(int64_t size, const float *weights, const float *gradients, int64_t R,
                      int64_t units, float *out, int64_t stride, int64_t left, bool add) {
    if constexpr (N > 0) {
        if (size != N)
            return back_tile<Cell, kOfX, N - 1, V>(size, weights, gradients, R, units, out, stride,
                                                   left, add);
        Vec sums[N][V];
#pragma GCC unroll 32
        for (int n = 0; n < N; ++n)
#pragma GCC unroll 4
            for (int v = 0; v < V; ++v) sums[n][v] = add ? load(out + n * stride + v * L) : Vec{};
        back_products<Cell, kOfX, N, V>(weights, gradients, R, units, sums);
#pragma GCC unroll 32
        for (int n = 0; n < N; ++n)
#pragma GCC unroll 4
            for (int v = 0; v < V; ++v)
                if (left > v * L) store_part(out + n * stride + v * L, sums[n][v], left - v * L);
    }
}

// out[column][row] (+)= the product of the transposed weights with the gradients of the sums
template <class Cell, bool kOfX, int V>
static void back_step(const Layer &layer, const float *weights, const float *gradients, int64_t R,
                      int64_t columns, float *out, int64_t stride, int64_t rows, bool add) {
    int used = 0;
    for (int s = 0; s < Cell::slots; ++s) used += kOfX ? Cell::reads_x(s) : Cell::reads_h(s);
    Tiles tiles(columns, kBackRows);
    for (int64_t tile = 0, column = 0; tile < tiles.count; column += tiles.size(tile++)) {
        for (int64_t vec = 0; vec < R / L; vec += V)
            back_tile<Cell, kOfX, kBackRows, V>(
                tiles.size(tile), weights, gradients + vec * L, R, layer.hidden_size,
                out + column * stride + vec * L, stride, rows - vec * L, add);
        weights += tiles.size(tile) * layer.hidden_size * used;
    }
}

// Gradients of the sums of one step, for every unit and row; leaves in `carry` what of the
// state's gradient does not go through the weights.
template <class Cell, bool kLengths>
static void gate_gradients(const Layer &layer, const Chunk &chunk, const BackwardSizes &sizes,
                           float *scratch, int64_t t, const float *h_before,
                           const float *c_before, int64_t c_stride) {
    const int64_t R = sizes.R, H = layer.hidden_size, B = layer.batch;
    float *carry = scratch + sizes.carry, *dc = scratch + sizes.dc;
    const float *saved = chunk.saved(layer, t);
    // where the values of the next two steps lie: c is read a step before the others
    auto distance = [&](int64_t steps) {
        const int64_t other = layer.reverse ? t + steps : t - steps;
        const bool there = Cell::saved && other >= 0 && other < layer.steps;
        return there ? chunk.saved(layer, other) - saved : 0;
    };
    const int64_t next = distance(1), after_next = distance(2);
    const float *y = layer.y + (chunk.member * layer.steps + t) * H * B + chunk.first;
    for (int64_t v = 0; v < R; v += L) {
        const IVec alive = kLengths ? chunk.alive(layer, t, v) : ~IVec{};
#pragma GCC unroll 2
        for (int64_t u = 0; u < H; ++u) {
            const int64_t at = u * R + v;
            Vec sums[Cell::slots];
            Vec h = {}, c = {};
            if (Cell::saved == 0 && chunk.rows > v)
                h = load_part(y + u * B + v, chunk.rows - v);
            if (Cell::has_c) c = load(c_before + u * c_stride + v);
            const Vec dh = load(carry + at), dc_after = load(dc + at);
            const float *kept = Cell::saved ? saved + u * Cell::saved * R + v : nullptr;
#pragma GCC unroll 8
            for (int s = 0; s < Cell::saved; ++s)
                __builtin_prefetch(kept + s * R +
                                   (Cell::has_c && s == Cell::saved - 1 ? after_next : next));
            Vec rest = Cell::backward(dh, kept, R, load(h_before + at), h, c, dc + at, sums);
            if (kLengths) {
                rest = select(alive, rest, dh);
                store(dc + at, select(alive, load(dc + at), dc_after));
            }
            store(carry + at, rest);
#pragma GCC unroll 4
            for (int s = 0; s < Cell::slots; ++s)
                store(scratch + sizes.gradients + (u * Cell::slots + s) * R + v,
                      kLengths ? select(alive, sums[s], Vec{}) : sums[s]);
        }
    }
}

// The GRU in two rounds: the candidate first; what its product hands back decides the reset gate.
// `spare` holds (H, R); writes r * h behind h in the inputs of the step.
template <int V>
static void gate_gradients_before(const Layer &layer, const Chunk &chunk,
                                  const BackwardSizes &sizes, float *scratch, int64_t t,
                                  float *h_before, const float *packed, float *spare) {
    const int64_t R = sizes.R, H = layer.hidden_size;
    float *carry = scratch + sizes.carry, *gradients = scratch + sizes.gradients;
    const float *saved = chunk.saved(layer, t);
    for (int64_t v = 0; v < R; v += L) {
        const IVec alive = chunk.alive(layer, t, v);
        for (int64_t u = 0; u < H; ++u) {
            const float *kept = saved + u * 3 * R + v;
            const Vec r = load(kept), z = load(kept + R), n = load(kept + 2 * R);
            const Vec h = load(h_before + u * R + v), dh = load(carry + u * R + v);
            const Vec dn = dh * (1.0f - z) * (1.0f - n * n), dz = dh * (h - n) * z * (1.0f - z);
            store(gradients + (3 * u + 1) * R + v, select(alive, dz, Vec{}));
            store(gradients + (3 * u + 2) * R + v, select(alive, dn, Vec{}));
            store(carry + u * R + v, select(alive, dh * z, dh));
            store(h_before + (H + u) * R + v, r * h);
        }
    }
    back_step<GruBeforeBack, false, V>(layer, packed, gradients, R, H, spare, R, R, false);
    for (int64_t v = 0; v < R; v += L)
        for (int64_t u = 0; u < H; ++u) {
            const int64_t at = u * R + v;
            const Vec r = load(saved + u * 3 * R + v), d = load(spare + at);
            store(gradients + 3 * u * R + v, d * load(h_before + at) * r * (1.0f - r));
            store(carry + at, load(carry + at) + d * r);
        }
}

// The same with the sums side by side, in tiles of two vectors as weight_products reads them
static void copy_gradients(const BackwardSizes &sizes, float *scratch, int64_t slot) {
    const int64_t R = sizes.R;
    constexpr int64_t wide = kWeightVectors * L;
    for (int64_t g = 0; g < sizes.width; g += L)
        for (int64_t b = 0; b < R; b += L) {
            Vec block[L];
            for (int i = 0; i < L; ++i) block[i] = load(scratch + sizes.gradients + (g + i) * R + b);
            transpose(block);
            const int64_t tile = g / wide * wide;
            const int64_t width = sizes.width - tile < wide ? L : wide;
            float *to = scratch + sizes.copies + tile * sizes.block * R +
                        (slot * R + b) * width + (g - tile);
            for (int i = 0; i < L; ++i) store(to + i * width, block[i]);
        }
}

template <int R>
static void weight_block(const BackwardSizes &sizes, float *scratch, int64_t steps) {
    constexpr int64_t wide = kWeightVectors * L;
    Tiles tiles(sizes.inputs, kWeightRows);
    for (int64_t g = 0; g < sizes.width; g += wide) {
        const int64_t width = sizes.width - g < wide ? L : wide;
        for (int64_t tile = 0, k = 0; tile < tiles.count; k += tiles.size(tile++))
            choose_weight_products<kWeightRows, R>(tiles.size(tile), width / L)(
                scratch + sizes.panels + k * R, sizes.inputs * R,
                scratch + sizes.copies + g * sizes.block * R, width, steps,
                scratch + sizes.sums + k * sizes.width + g, sizes.width);
    }
}

// From sums[input][unit and slot] to the layout of the weights
template <class Cell>
static void unpack_gradients(const Layer &layer, int64_t m, const float *sums, int64_t width) {
    const int64_t H = layer.hidden_size, F = layer.input_size, G = Cell::gates;
    for (int s = 0; s < Cell::slots; ++s)
        for (int64_t u = 0; u < H; ++u) {
            const int64_t row = m * G * H + Cell::gate(s) * H + u;
            const float *from = sums + u * Cell::slots + s;
            const float bias = from[(F + Cell::states * H) * width];
            if (Cell::reads_x(s)) {
                for (int64_t k = 0; k < F; ++k) layer.dweight_ih[row * F + k] = from[k * width];
                layer.dbias[row] = bias;
            }
            if (Cell::state_of(s) >= 0) {
                const float *state = from + (F + Cell::state_of(s) * H) * width;
                for (int64_t k = 0; k < H; ++k) layer.dweight_hh[row * H + k] = state[k * width];
                if (layer.dbias_hh) layer.dbias_hh[row] = bias;
            }
        }
}

// The last chunk of a member that ends adds all of them up, in the order of the rows.
template <class Cell>
static void finish_member(const Layer &layer, const Chunk &chunk, const BackwardSizes &sizes,
                          float *scratch) {
    const int64_t chunks = num_chunks(layer), floats = sizes.inputs * sizes.width;
    float *sums = scratch + sizes.sums;
    if (chunks > 1) {
        float *all = layer.partial + chunk.member * chunks * floats;
        memcpy(all + chunk.index * floats, sums, 4 * floats);
        if (__atomic_sub_fetch(layer.unfinished + chunk.member, 1, __ATOMIC_ACQ_REL)) return;
        for (int64_t i = 0; i < floats; i += L) {
            Vec total = load(all + i);
            for (int64_t other = 1; other < chunks; ++other)
                total += load(all + other * floats + i);
            store(sums + i, total);
        }
    }
    unpack_gradients<Cell>(layer, chunk.member, sums, sizes.width);
}

// h and c before step t, walking in the layer's direction: the ends of step t -/+ 1, or h0, c0
template <class Cell>
static void load_before(const Layer &layer, const Chunk &chunk, int64_t t, int64_t i, float *h,
                        int64_t R) {
    const int64_t H = layer.hidden_size, before = layer.reverse ? t + 1 : t - 1;
    if (i > 0)
        load_panel(h, R, layer.y + (chunk.member * layer.steps + before) * H * layer.batch +
                             chunk.first, layer.batch, 1, H, chunk.rows);
    if (i > 0 && !(layer.lengths && layer.reverse)) return;
    // rows whose first step this is; a forward walk starts all of them together
    for (int64_t v = 0; v < R; v += L) {
        const IVec started = i > 0 ? chunk.alive(layer, before, v) : IVec{};
        for (int64_t u = 0; u < H; ++u)
            for (int b = 0; b < L; ++b)
                if (!started[b])
                    h[u * R + v + b] =
                        v + b < chunk.rows && layer.h0.data
                            ? chunk.at(layer.h0)[(v + b) * layer.h0.stride[1] +
                                                 u * layer.h0.stride[2]]
                            : 0.0f;
    }
}

static void add_panel(float *panel, int64_t R, const View &view, const Chunk &chunk,
                      const Layer &layer, int64_t t, float *spare) {
    if (!view.data) return;
    const int64_t H = layer.hidden_size;
    load_panel(spare, R, chunk.at(view) + t * view.stride[2], view.stride[3], view.stride[1], H,
               chunk.rows);
    for (int64_t v = 0; v < R; v += L) {
        const IVec alive = chunk.alive(layer, t, v);
        for (int64_t u = 0; u < H; ++u) {
            const Vec more = select(alive, load(spare + u * R + v), Vec{});
            store(panel + u * R + v, load(panel + u * R + v) + more);
        }
    }
}

template <class Cell, int V>
static void backward_chunk(const Layer &layer, const Chunk &chunk, float *scratch) {
    const BackwardSizes sizes = BackwardSizes::of<Cell>(layer, chunk.R);
    const int64_t R = chunk.R, F = layer.input_size, H = layer.hidden_size, T = layer.steps;
    float *carry = scratch + sizes.carry, *gradients = scratch + sizes.gradients;
    float *packed_h = scratch + sizes.packed, *packed_x = packed_h + H * H * Cell::slots;
    pack_backward<Cell, false>(layer, chunk.member, packed_h, H);
    float *packed_candidate = packed_h + 2 * H * H;
    if constexpr (Cell::states == 2)
        pack_backward<GruBeforeBack, false>(layer, chunk.member, packed_candidate, H);
    if (layer.dx) pack_backward<Cell, true>(layer, chunk.member, packed_x, F);
    load_panel(carry, R, chunk.at(layer.dh_n), layer.dh_n.stride[2], layer.dh_n.stride[1], H,
               chunk.rows);
    load_panel(scratch + sizes.dc, R, chunk.at(layer.dc_n), layer.dc_n.stride[2],
               layer.dc_n.stride[1], H, chunk.rows);
    if (Cell::has_c)
        load_panel(scratch + sizes.c_before, R, chunk.at(layer.c0), layer.c0.stride[2],
                   layer.c0.stride[1], H, chunk.rows);
    memset(scratch + sizes.sums, 0, 4 * sizes.inputs * sizes.width);
    memset(gradients, 0, 4 * sizes.width * R);
    for (int64_t i = T - 1, slot = 0; i >= 0; --i) {
        const int64_t t = layer.reverse ? T - 1 - i : i;
        float *inputs = scratch + sizes.panels + slot * sizes.inputs * R;
        load_panel(inputs, R, chunk.at(layer.x) + t * layer.x.stride[2], layer.x.stride[3],
                   layer.x.stride[1], F, chunk.rows);
        if (i > 0)
            prefetch_panel(chunk.at(layer.x) + (layer.reverse ? t + 1 : t - 1) * layer.x.stride[2],
                           layer.x.stride[3], layer.x.stride[1], F, chunk.rows);
        if (i > 1)
            prefetch_panel(layer.y + chunk.first + (chunk.member * T + (layer.reverse ? t + 2 : t - 2)) *
                                                       H * layer.batch,
                           layer.batch, 1, H, chunk.rows);
        float *h_before = inputs + F * R;
        load_before<Cell>(layer, chunk, t, i, h_before, R);
        for (int64_t b = 0; b < R; ++b) h_before[Cell::states * H * R + b] = 1.0f;
        // c before: kept with the step before, as the last of its unit's values; or c0
        const float *c_before = scratch + sizes.c_before;
        if (Cell::has_c && i > 0)
            c_before = chunk.saved(layer, layer.reverse ? t + 1 : t - 1) + (Cell::saved - 1) * R;
        add_panel(carry, R, layer.dy, chunk, layer, t, gradients);
        const int64_t c_stride = i > 0 ? Cell::saved * R : R;
        if constexpr (Cell::states == 2)
            gate_gradients_before<V>(layer, chunk, sizes, scratch, t, h_before, packed_candidate,
                                     scratch + sizes.dc);
        else if (layer.lengths)
            gate_gradients<Cell, true>(layer, chunk, sizes, scratch, t, h_before, c_before,
                                       c_stride);
        else
            gate_gradients<Cell, false>(layer, chunk, sizes, scratch, t, h_before, c_before,
                                        c_stride);
        back_step<Cell, false, V>(layer, packed_h, gradients, R, H, carry, R, R, true);
        if (layer.dx)
            back_step<Cell, true, V>(layer, packed_x, gradients, R, F,
                                     chunk.out(layer.dx, layer, F, t, T), layer.batch, chunk.rows,
                                     false);
        copy_gradients(sizes, scratch, slot);
        if (++slot == sizes.block || i == 0) {
            if (R == kLongChunk)
                weight_block<kLongChunk>(sizes, scratch, slot);
            else
                weight_block<kShortChunk>(sizes, scratch, slot);
            slot = 0;
        }
    }
    store_panel(chunk.out(layer.dh0, layer, H, 0, 1), layer.batch, carry, R, H, chunk.rows);
    if (Cell::has_c)
        store_panel(chunk.out(layer.dc0, layer, H, 0, 1), layer.batch, scratch + sizes.dc, R, H,
                    chunk.rows);
    finish_member<Cell>(layer, chunk, sizes, scratch);
}

template <class Cell> static void backward_task(const Layer &layer, int64_t task, float *scratch) {
    const Chunk chunk(layer, task);
    if (vectors_of(chunk.R) == 1)
        backward_chunk<Cell, 1>(layer, chunk, scratch);
    else
        backward_chunk<Cell, kPair>(layer, chunk, scratch);
}

template <class Cell> static int64_t backward_floats(const Layer &layer) {
    const int64_t a = BackwardSizes::of<Cell>(layer, kShortChunk).floats;
    const int64_t b = BackwardSizes::of<Cell>(layer, kLongChunk).floats;
    return a > b ? a : b;
}

template <class Cell> static int64_t partial_floats_of(const Layer &layer) {
    const BackwardSizes sizes = BackwardSizes::of<Cell>(layer, kLongChunk);
    const int64_t chunks = num_chunks(layer);
    return chunks > 1 ? layer.members * chunks * sizes.inputs * sizes.width : 0;
}

}  // namespace CELLWISE_TARGET
}  // namespace cellwise
