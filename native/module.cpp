// The Python module cellwise._native: addresses and strides in, nothing checked twice. The callers
// (kernels/_native.py) own every buffer and have checked the shapes.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/array.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>

#include <array>

#include "memory.h"
#include "pool.h"
#include "run.h"

namespace nb = nanobind;
using cellwise::Layer;
using cellwise::View;

namespace {

typedef std::array<int64_t, 5> Axes;   // address, then a stride for each axis (0 where unused)
typedef std::array<int64_t, 5> Sizes;  // members, batch, steps, input size, hidden size

View view_of(const Axes &axes) {
    return {(const float *)axes[0], {axes[1], axes[2], axes[3], axes[4]}};
}

// What forward and backward take alike: (x, h0, c0, weight_ih, weight_hh, bias, bias_hh)
Layer layer_of(int cell, const Sizes &sizes, bool reverse, const std::array<Axes, 7> &inputs,
               int64_t lengths) {
    Layer layer{};
    layer.cell = (cellwise::Cell)cell;
    layer.members = sizes[0], layer.batch = sizes[1], layer.steps = sizes[2];
    layer.input_size = sizes[3], layer.hidden_size = sizes[4];
    layer.reverse = reverse;
    View *views[7] = {&layer.x,         &layer.h0,   &layer.c0,     &layer.weight_ih,
                      &layer.weight_hh, &layer.bias, &layer.bias_hh};
    for (int i = 0; i < 7; ++i) *views[i] = view_of(inputs[i]);
    layer.lengths = (const int32_t *)lengths;
    return layer;
}

// outputs: addresses of y, h_n, c_n, saved
void forward(int cell, const Sizes &sizes, bool reverse, const std::array<Axes, 7> &inputs,
             int64_t lengths, const std::array<int64_t, 4> &outputs) {
    Layer layer = layer_of(cell, sizes, reverse, inputs, lengths);
    layer.y = (float *)outputs[0], layer.h_n = (float *)outputs[1];
    layer.c_n = (float *)outputs[2], layer.saved = (float *)outputs[3];
    nb::gil_scoped_release released;
    cellwise::run_forward(layer);
}

// gradients: dy, dh_n, dc_n; kept: y, saved; outputs: dx, dh0, dc0, dweight_ih, dweight_hh, dbias,
// dbias_hh; spare: memory for partial sums and a counter per member
void backward(int cell, const Sizes &sizes, bool reverse, const std::array<Axes, 7> &inputs,
              int64_t lengths, const std::array<int64_t, 2> &kept,
              const std::array<Axes, 3> &gradients, const std::array<int64_t, 7> &outputs,
              const std::array<int64_t, 2> &spare) {
    Layer layer = layer_of(cell, sizes, reverse, inputs, lengths);
    layer.y = (float *)kept[0], layer.saved = (float *)kept[1];
    layer.dy = view_of(gradients[0]), layer.dh_n = view_of(gradients[1]);
    layer.dc_n = view_of(gradients[2]);
    float **results[7] = {&layer.dx,         &layer.dh0,   &layer.dc0,     &layer.dweight_ih,
                          &layer.dweight_hh, &layer.dbias, &layer.dbias_hh};
    for (int i = 0; i < 7; ++i) *results[i] = (float *)outputs[i];
    layer.partial = (float *)spare[0], layer.unfinished = (int32_t *)spare[1];
    for (int64_t m = 0; m < layer.members; ++m)
        layer.unfinished[m] = (int32_t)cellwise::num_chunks(layer);
    nb::gil_scoped_release released;
    cellwise::run_backward(layer);
}

// Floats of `saved` and of the partial sums
std::pair<int64_t, int64_t> memory(int cell, const Sizes &sizes) {
    const Layer layer = layer_of(cell, sizes, false, {}, 0);
    return {cellwise::saved_size(layer), cellwise::best_kernels().partial_floats(layer)};
}

// rows: parameters, mean, square, gradient, norm; settings: learning_rate, weight_decay, l1, l2,
// clip_norm, scale, decays; numbers: factor, beta_1, beta_2, epsilon, correction, root_correction
void adam(int64_t members, int64_t size, const std::array<int64_t, 5> &rows,
          const std::array<int64_t, 7> &settings, const std::array<double, 6> &numbers) {
    cellwise::Adam adam{};
    adam.members = members, adam.size = size;
    adam.parameters = (float *)rows[0], adam.mean = (float *)rows[1];
    adam.square = (float *)rows[2], adam.gradient = (const float *)rows[3];
    adam.norm = (float *)rows[4];
    const float **columns[7] = {&adam.learning_rate, &adam.weight_decay, &adam.l1,    &adam.l2,
                                &adam.clip_norm,     &adam.scale,        &adam.decays};
    for (int i = 0; i < 7; ++i) *columns[i] = (const float *)settings[i];
    adam.factor = (float)numbers[0], adam.beta_1 = (float)numbers[1];
    adam.beta_2 = (float)numbers[2], adam.epsilon = (float)numbers[3];
    adam.correction = (float)numbers[4], adam.root_correction = (float)numbers[5];
    nb::gil_scoped_release released;
    cellwise::run_adam(adam);
}

void gather(int64_t table, int64_t starts, int64_t anchors, int64_t x,
            const std::array<int64_t, 4> &sizes, double gain) {
    const cellwise::Gather gather{(const float *)table, (const int64_t *)starts,
                                  (const float *)anchors, (float *)x,
                                  (float)gain, sizes[0], sizes[1], sizes[2], sizes[3]};
    nb::gil_scoped_release released;
    cellwise::run_gather(gather);
}

void activations(int64_t in, int64_t tanh_out, int64_t sigmoid_out, int64_t count) {
    cellwise::best_kernels().activations((const float *)in, (float *)tanh_out,
                                         (float *)sigmoid_out, count);
}

std::pair<double, double> peak(int64_t rounds) {
    nb::gil_scoped_release released;
    double seconds, operations;
    cellwise::measure_peak(rounds, &seconds, &operations);
    return {seconds, operations};
}

// A tensor of `count` floats, its memory kept for the next one when it is gone
nb::ndarray<nb::pytorch, float, nb::ndim<1>> empty(int64_t count) {
    float *block = cellwise::Blocks::instance().take(count);
    nb::capsule owner(block, [](void *gone) noexcept {
        cellwise::Blocks::instance().give_back((float *)gone);
    });
    return {block, {(size_t)count}, owner};
}

}  // namespace

NB_MODULE(_native, m) {
    m.def("forward", forward);
    m.def("backward", backward);
    m.def("memory", memory);
    m.def("adam", adam);
    m.def("gather", gather);
    m.def("activations", activations);
    m.def("measure_peak", peak);
    m.def("empty", empty);
    m.def("release_memory", [] { cellwise::Blocks::instance().release(); });
    m.def("unused_memory", [] { return cellwise::Blocks::instance().unused_bytes(); });
    m.def("set_num_threads", [](int count) { cellwise::Pool::instance().set_threads(count); });
    m.def("num_threads", [] { return cellwise::Pool::instance().threads(); });
    m.def("instruction_set", [] { return std::string(cellwise::best_kernels().name); });
}
