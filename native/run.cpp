#include "run.h"

#include <stdlib.h>
#include <string.h>

#include <atomic>
#include <chrono>
#include <new>

#include "pool.h"

namespace cellwise {

#if defined(CELLWISE_HAS_AVX512)
namespace avx512 { extern const Kernels kernels; }
#endif
#if defined(CELLWISE_HAS_AVX2)
namespace avx2 { extern const Kernels kernels; }
#endif
namespace baseline { extern const Kernels kernels; }

namespace {

bool allowed(const char *name) {
    const char *wanted = getenv("CELLWISE_INSTRUCTION_SET");
    return !wanted || !*wanted || !strcmp(wanted, name);
}

const Kernels &choose_kernels() {
#if defined(CELLWISE_HAS_AVX512)
    if (allowed("avx512") && __builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw"))
        return avx512::kernels;
#endif
#if defined(CELLWISE_HAS_AVX2)
    if (allowed("avx2") && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return avx2::kernels;
#endif
    return baseline::kernels;
}

// One job on the pool: the same function of each index, with memory for intermediate values.
template <class Work> struct Job {
    Work work;
    int64_t scratch;
    std::atomic<bool> out_of_memory{false};

    static void task(void *context, int64_t index) {
        Job &job = *(Job *)context;
        try {
            job.work(index, thread_scratch(job.scratch));
        } catch (const std::bad_alloc &) {
            job.out_of_memory = true;
        }
    }
};

template <class Work> void run_all(int64_t count, int64_t scratch, Work work) {
    Job<Work> job{work, scratch};
    Pool::instance().run(Job<Work>::task, &job, count);
    if (job.out_of_memory) throw std::bad_alloc();
}

}  // namespace

const Kernels &best_kernels() {
    static const Kernels &kernels = choose_kernels();
    return kernels;
}

void run_forward(const Layer &layer) {
    const Kernels &kernels = best_kernels();
    run_all(layer.members * num_chunks(layer), kernels.scratch_floats(layer, false),
            [&](int64_t task, float *scratch) { kernels.forward(layer, task, scratch); });
}

void run_backward(const Layer &layer) {
    const Kernels &kernels = best_kernels();
    run_all(layer.members * num_chunks(layer), kernels.scratch_floats(layer, true),
            [&](int64_t task, float *scratch) { kernels.backward(layer, task, scratch); });
}

void run_adam(const Adam &adam) {
    const Kernels &kernels = best_kernels();
    run_all(adam.members, 0, [&](int64_t row, float *) { kernels.adam(adam, row); });
}

void run_gather(const Gather &gather) {
    const Kernels &kernels = best_kernels();
    run_all(gather.members, 0, [&](int64_t member, float *) { kernels.gather(gather, member); });
}

void measure_peak(int64_t rounds, double *seconds, double *operations) {
    const Kernels &kernels = best_kernels();
    std::atomic<double> done{0.0};
    const auto begun = std::chrono::steady_clock::now();
    run_all(Pool::instance().threads(), 16, [&](int64_t, float *sink) {
        sink[0] = 0.5f, sink[1] = 1.0f, sink[2] = 0.0f;
        done.fetch_add(kernels.multiply_add(rounds, sink));
    });
    *seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    *operations = done;
}

}  // namespace cellwise
