// Calls of the kernels on the pool, for whatever processor this is.
#pragma once

#include "layer.h"

namespace cellwise {

// The kernels of the best instruction set that the processor has and that was compiled in. The
// environment variable CELLWISE_INSTRUCTION_SET names a lesser one.
const Kernels &best_kernels();

// Each throws std::bad_alloc where there is no memory for the intermediate values.
void run_forward(const Layer &layer);
void run_backward(const Layer &layer);
void run_adam(const Adam &adam);
void run_gather(const Gather &gather);

// Seconds per thread and operations of all threads, for multiply-adds in registers
void measure_peak(int64_t rounds, double *seconds, double *operations);

}  // namespace cellwise
