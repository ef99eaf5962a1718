// What a call of a recurrent layer is: sizes, and float32 memory by pointer and strides.
#pragma once

#include <stdint.h>

namespace cellwise {

enum class Cell : int { lstm, gru, gru_reset_before, rnn_tanh, rnn_relu };

// A tensor of up to four axes; strides count floats. A null pointer reads as zeros.
struct View {
    const float *data = nullptr;
    int64_t stride[4] = {0, 0, 0, 0};
};

// One layer of M models over B rows and T steps. Inputs may have any strides; what the kernels
// write lies with the rows of the batch side by side, which is how they compute.
struct Layer {
    Cell cell;
    int64_t members, batch, steps, input_size, hidden_size;
    bool reverse;

    View x;               // (M, B, T, F)
    View h0, c0;          // (M, B, H)
    View weight_ih;       // (M, G H, F), rows without gaps
    View weight_hh;       // (M, G H, H), rows without gaps
    View bias, bias_hh;   // (M, G H); the second one for a GRU
    const int32_t *lengths;  // (M, B), or null: every row has T steps

    float *y;             // (M, T, H, B)
    float *h_n, *c_n;     // (M, H, B)
    float *saved;         // saved_size() floats for the backward pass, or null

    View dy;              // (M, B, T, H)
    View dh_n, dc_n;      // (M, B, H)
    float *dx;            // (M, T, F, B), or null
    float *dh0, *dc0;     // (M, H, B)
    float *dweight_ih, *dweight_hh, *dbias, *dbias_hh;  // like the weights, contiguous
    float *partial;       // partial_size() floats, or null where that is 0
    int32_t *unfinished;  // a counter per member, set to the number of chunks
};

// Rows of the batch that one task walks through time: by the sizes alone, so that no sum depends
// on the number of threads. A single small batch is cut finer, to keep a second core busy.
constexpr int64_t kLongChunk = 32, kShortChunk = 16;

static inline int64_t chunk_rows(const Layer &layer) {
    int64_t chunks = layer.members * ((layer.batch + kLongChunk - 1) / kLongChunk);
    return chunks < 2 ? kShortChunk : kLongChunk;
}

static inline int64_t num_chunks(const Layer &layer) {
    return (layer.batch + chunk_rows(layer) - 1) / chunk_rows(layer);
}

static inline int64_t padded_batch(const Layer &layer) {
    return (layer.batch + kShortChunk - 1) / kShortChunk * kShortChunk;
}

// Values kept per cell, row and step: i, f, g, o, c; r, z, n, n_h; r, z, n; none for the plain RNN.
static inline int64_t num_saved(Cell cell) {
    return cell == Cell::lstm ? 5 : cell == Cell::gru ? 4 : cell == Cell::gru_reset_before ? 3 : 0;
}

static inline int64_t num_gates(Cell cell) {
    return cell == Cell::lstm ? 4 : (cell == Cell::gru || cell == Cell::gru_reset_before) ? 3 : 1;
}

static inline int64_t saved_size(const Layer &layer) {
    return layer.members * padded_batch(layer) * layer.steps * layer.hidden_size *
           num_saved(layer.cell);
}

// Adam over the rows of (M, P), see rows.h
struct Adam {
    int64_t members, size;
    float *parameters, *mean, *square;          // (M, P)
    const float *gradient;                      // (M, P)
    const float *learning_rate, *weight_decay, *l1, *l2, *clip_norm;  // (M,)
    const float *scale, *decays;                // (P,)
    float *norm;                                // (M,), written
    float factor, beta_1, beta_2, epsilon;
    float correction, root_correction;          // 1 / (1 - beta_1^t), 1 / sqrt(1 - beta_2^t)
};

// Windows of a table (N, F) as the kernels read them
struct Gather {
    const float *table;      // (N, F)
    const int64_t *starts;   // (M, B)
    const float *anchors;    // (M, B), subtracted from feature 0
    float *x;                // (M, T, F, B)
    float gain;              // by which feature 0 is then multiplied
    int64_t members, batch, steps, input_size;
};

// What one instruction set offers; tasks do not depend on each other.
struct Kernels {
    const char *name;
    int64_t (*scratch_floats)(const Layer &, bool backward);
    int64_t (*partial_floats)(const Layer &);
    void (*forward)(const Layer &, int64_t task, float *scratch);
    void (*backward)(const Layer &, int64_t task, float *scratch);
    void (*adam)(const Adam &, int64_t row);
    void (*gather)(const Gather &, int64_t member);
    void (*activations)(const float *in, float *tanh_out, float *sigmoid_out, int64_t count);
    // Multiply-adds in registers only, to measure the peak; returns operations done
    double (*multiply_add)(int64_t rounds, float *sink);
};

}  // namespace cellwise
