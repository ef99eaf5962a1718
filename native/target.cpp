// The kernels for one instruction set; compiled once for each, with its flags and its namespace.
#include "backward.h"
#include "rows.h"

namespace cellwise {
namespace CELLWISE_TARGET {

// One call for the cell that the layer is made of
template <class Call> static auto with_cell(Cell cell, Call call) {
    switch (cell) {
        case Cell::lstm: return call(Lstm{});
        case Cell::gru: return call(Gru{});
        case Cell::gru_reset_before: return call(GruBefore{});
        case Cell::rnn_relu: return call(Rnn<true>{});
        default: return call(Rnn<false>{});
    }
}

static int64_t scratch_floats(const Layer &layer, bool backward) {
    return with_cell(layer.cell, [&](auto cell) {
        typedef decltype(cell) Kind;
        return backward ? backward_floats<Kind>(layer) : forward_floats<Kind>(layer);
    });
}

static int64_t partial_floats(const Layer &layer) {
    return with_cell(layer.cell,
                     [&](auto cell) { return partial_floats_of<decltype(cell)>(layer); });
}

static void forward(const Layer &layer, int64_t task, float *scratch) {
    with_cell(layer.cell, [&](auto cell) { forward_task<decltype(cell)>(layer, task, scratch); });
}

static void backward(const Layer &layer, int64_t task, float *scratch) {
    with_cell(layer.cell, [&](auto cell) { backward_task<decltype(cell)>(layer, task, scratch); });
}

static void activations(const float *in, float *tanh_out, float *sigmoid_out, int64_t count) {
    for (int64_t i = 0; i < count; i += L) {
        const Vec x = load_part(in + i, count - i);
        store_part(tanh_out + i, tanh(x), count - i);
        store_part(sigmoid_out + i, sigmoid(x), count - i);
    }
}

static double multiply_add(int64_t rounds, float *sink) {
    constexpr int kChains = CELLWISE_REGISTERS == 32 ? 16 : 10;
    Vec sums[kChains], a = splat(sink[0]), b = splat(sink[1]);
#pragma GCC unroll 16
    for (int i = 0; i < kChains; ++i) sums[i] = splat((float)i);
    for (int64_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 16
        for (int i = 0; i < kChains; ++i) {
            sums[i] = sums[i] * a + b;
            asm volatile("" : CELLWISE_REGISTER(sums[i]));  // the compiler must not fold rounds
        }
    }
    Vec total = {};
#pragma GCC unroll 16
    for (int i = 0; i < kChains; ++i) total += sums[i];
    for (int i = 0; i < L; ++i) sink[2] += total[i];
    return 2.0 * L * kChains * (double)rounds;
}

extern const Kernels kernels;
const Kernels kernels = {CELLWISE_NAME, scratch_floats, partial_floats, forward,     backward,
                         adam_row,      gather_member,  activations,    multiply_add};

}  // namespace CELLWISE_TARGET
}  // namespace cellwise
