// Every kernel on odd shapes from several threads of the program at once, for ThreadSanitizer and
// AddressSanitizer: buffers are as long as they must be and no longer, and the results must be the
// same bits on one thread and on many.
#include <stdio.h>
#include <string.h>

#include <atomic>
#include <random>
#include <thread>
#include <vector>

#include "memory.h"
#include "pool.h"
#include "run.h"

using namespace cellwise;

namespace {

typedef std::vector<float> Floats;

Floats draw(int64_t count, uint32_t seed) {
    std::mt19937 generator(seed);
    std::normal_distribution<float> normal(0.0f, 0.5f);
    Floats values(count);
    for (float &value : values) value = normal(generator);
    return values;
}

View view(const Floats &values, int64_t a, int64_t b, int64_t c, int64_t d) {
    return {values.data(), {a, b, c, d}};
}

struct Shape {
    Cell cell;
    int64_t members, batch, steps, input_size, hidden_size;
    bool reverse, lengths;
};

// Outputs and gradients of a layer, one behind the other
Floats run(const Shape &s) {
    const int64_t M = s.members, B = s.batch, T = s.steps, F = s.input_size, H = s.hidden_size;
    const int64_t G = num_gates(s.cell);
    Layer layer{};
    layer.cell = s.cell, layer.members = M, layer.batch = B, layer.steps = T;
    layer.input_size = F, layer.hidden_size = H, layer.reverse = s.reverse;
    const Floats x = draw(M * B * T * F, 1), h0 = draw(M * B * H, 2), c0 = draw(M * B * H, 3);
    const Floats w_ih = draw(M * G * H * F, 4), w_hh = draw(M * G * H * H, 5);
    const Floats bias = draw(M * G * H, 6), bias_hh = draw(M * G * H, 7);
    const Floats dy = draw(M * B * T * H, 8), dh = draw(M * B * H, 9), dc = draw(M * B * H, 10);
    const bool gru = s.cell == Cell::gru || s.cell == Cell::gru_reset_before;
    layer.x = view(x, B * T * F, T * F, F, 1);
    layer.h0 = view(h0, B * H, H, 1, 0), layer.c0 = view(c0, B * H, H, 1, 0);
    layer.weight_ih = view(w_ih, G * H * F, F, 1, 0);
    layer.weight_hh = view(w_hh, G * H * H, H, 1, 0);
    layer.bias = view(bias, G * H, 1, 0, 0);
    if (gru) layer.bias_hh = view(bias_hh, G * H, 1, 0, 0);
    std::vector<int32_t> lengths(M * B), unfinished(M, (int32_t)num_chunks(layer));
    for (int64_t i = 0; i < M * B; ++i) lengths[i] = (int32_t)(i % (T + 1));
    if (s.lengths) layer.lengths = lengths.data();
    Floats y(M * T * H * B), h_n(M * H * B), c_n(M * H * B), saved(saved_size(layer));
    layer.y = y.data(), layer.h_n = h_n.data(), layer.c_n = c_n.data();
    layer.saved = saved.data();
    run_forward(layer);
    layer.dy = view(dy, B * T * H, T * H, H, 1);
    layer.dh_n = view(dh, B * H, H, 1, 0), layer.dc_n = view(dc, B * H, H, 1, 0);
    Floats dx(M * T * F * B), dh0(M * H * B), dc0(M * H * B), dw_ih(w_ih.size());
    Floats dw_hh(w_hh.size()), dbias(bias.size()), dbias_hh(bias.size());
    Floats partial(best_kernels().partial_floats(layer));
    layer.dx = dx.data(), layer.dh0 = dh0.data(), layer.dc0 = dc0.data();
    layer.dweight_ih = dw_ih.data(), layer.dweight_hh = dw_hh.data();
    layer.dbias = dbias.data(), layer.dbias_hh = gru ? dbias_hh.data() : nullptr;
    layer.partial = partial.data(), layer.unfinished = unfinished.data();
    run_backward(layer);
    Floats all;
    for (const Floats *part : {&y, &h_n, &c_n, &dx, &dh0, &dc0, &dw_ih, &dw_hh, &dbias, &dbias_hh})
        all.insert(all.end(), part->begin(), part->end());
    return all;
}

bool same(const Floats &a, const Floats &b) {
    return a.size() == b.size() && !memcmp(a.data(), b.data(), 4 * a.size());
}

// Rows of Adam and gathered windows, from the same pool
Floats run_rows() {
    const int64_t M = 5, P = 4099, N = 60, T = 7, F = 3, B = 19;
    Floats parameters = draw(M * P, 1), mean(M * P), square(M * P), gradient = draw(M * P, 2);
    const Floats rates(M, 0.01f), decay(M, 0.1f), clip(M, 1.0f), ones(P, 1.0f);
    Floats norm(M);
    Adam adam{};
    adam.members = M, adam.size = P, adam.parameters = parameters.data();
    adam.mean = mean.data(), adam.square = square.data(), adam.gradient = gradient.data();
    adam.learning_rate = rates.data(), adam.weight_decay = decay.data(), adam.l1 = decay.data();
    adam.l2 = decay.data(), adam.clip_norm = clip.data(), adam.scale = ones.data();
    adam.decays = ones.data(), adam.norm = norm.data();
    adam.factor = 1.0f, adam.beta_1 = 0.9f, adam.beta_2 = 0.999f, adam.epsilon = 1e-8f;
    adam.correction = 10.0f, adam.root_correction = 31.6f;
    run_adam(adam);
    const Floats table = draw(N * F, 3), anchors = draw(M * B, 4);
    std::vector<int64_t> starts(M * B);
    for (int64_t i = 0; i < M * B; ++i) starts[i] = i % (N - T + 1);
    Floats x(M * T * F * B);
    run_gather({table.data(), starts.data(), anchors.data(), x.data(), 2.0f, M, B, T, F});
    parameters.insert(parameters.end(), x.begin(), x.end());
    return parameters;
}

}  // namespace

int main() {
    std::vector<Shape> shapes;
    for (Cell cell : {Cell::lstm, Cell::gru, Cell::gru_reset_before, Cell::rnn_tanh, Cell::rnn_relu})
        for (const Shape &s : {Shape{cell, 1, 1, 1, 1, 1, false, false},
                               Shape{cell, 3, 33, 4, 5, 13, true, true},
                               Shape{cell, 2, 70, 3, 17, 9, false, true},
                               Shape{cell, 1, 40, 5, 3, 26, true, false}})
            shapes.push_back(s);
    std::vector<Floats> expected;
    Pool::instance().set_threads(1);
    for (const Shape &shape : shapes) expected.push_back(run(shape));
    const Floats rows = run_rows();
    int failures = 0;
    for (int threads : {2, 3, 8}) {
        Pool::instance().set_threads(threads);
        std::vector<std::thread> callers;
        std::atomic<int> wrong{0};
        for (int caller = 0; caller < 3; ++caller)
            callers.emplace_back([&, caller] {
                for (size_t i = 0; i < shapes.size(); ++i) {
                    const size_t at = (i + caller * 7) % shapes.size();
                    if (!same(run(shapes[at]), expected[at])) ++wrong;
                    if (!same(run_rows(), rows)) ++wrong;
                    Blocks &blocks = Blocks::instance();
                    float *a = blocks.take(1000 + 100 * (int64_t)i), *b = blocks.take(5000);
                    a[0] = b[4999] = 1.0f;
                    blocks.give_back(a);
                    if (i % 5 == 0) blocks.release();
                    blocks.give_back(b);
                }
            });
        for (std::thread &one : callers) one.join();
        failures += wrong;
        printf("%d threads: %d wrong\n", threads, (int)wrong);
    }
    Pool::instance().set_threads(1);
    Blocks::instance().release();
    return failures != 0;
}
