#include "pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include <new>

namespace cellwise {

namespace {

constexpr uint64_t kIndexBits = 32, kIndexMask = (uint64_t(1) << kIndexBits) - 1;
// How long a thread looks for the next job before it sleeps: between two layers of a training step
// lie some 100 microseconds of Python, and waking costs as much. After the first looks it offers
// its core to others, which costs nothing where nobody wants it.
constexpr int kLooks = 400, kOffers = 400;

void pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

// Wait until `value` is no longer `old`
template <class T> void wait_while(const std::atomic<T> &value, T old) {
    for (int look = 0; look < kLooks; ++look) {
        if (value.load(std::memory_order_acquire) != old) return;
        pause();
    }
    for (int offer = 0; offer < kOffers; ++offer) {
        if (value.load(std::memory_order_acquire) != old) return;
        sched_yield();
    }
    value.wait(old, std::memory_order_acquire);
}

}  // namespace

Pool &Pool::instance() {
    static Pool *pool = [] {
        Pool *made = new Pool;
        pthread_atfork(nullptr, nullptr, [] { Pool::instance().after_fork(); });
        return made;
    }();
    return *pool;
}

void Pool::set_threads(int count) {
    std::lock_guard<std::mutex> hold(busy_);
    wanted_ = count < 1 ? 1 : count;
    if ((int)workers_->size() > wanted_ - 1) stop();
}

void Pool::run(Task task, void *context, int64_t count) {
    std::unique_lock<std::mutex> hold(busy_, std::try_to_lock);
    if (!hold.owns_lock() || wanted_ == 1 || count < 2) {
        for (int64_t i = 0; i < count; ++i) task(context, i);
        return;
    }
    if ((int)workers_->size() < wanted_ - 1) start(wanted_ - 1);
    const uint64_t job = (state_.load(std::memory_order_relaxed) >> kIndexBits) + 1;
    // closed first: who has seen a new field can no longer claim a task of the job before
    state_.store(job << kIndexBits | kIndexMask, std::memory_order_relaxed);
    task_.store(task, std::memory_order_release);
    context_.store(context, std::memory_order_release);
    count_.store(count, std::memory_order_release);
    unfinished_.store(count, std::memory_order_relaxed);
    state_.store(job << kIndexBits, std::memory_order_release);
    state_.notify_all();
    while (take_one(state_.load(std::memory_order_acquire))) {}
    for (int64_t left; (left = unfinished_.load(std::memory_order_acquire));)
        wait_while(unfinished_, left);
}

// Claim and run a task; false where none is left. The job's fields are read after its state and
// before the claim: if the claim holds, they were that job's.
bool Pool::take_one(uint64_t state) {
    Task task = task_.load(std::memory_order_acquire);
    void *context = context_.load(std::memory_order_acquire);
    const uint64_t count = count_.load(std::memory_order_acquire);
    for (;;) {
        const uint64_t index = state & kIndexMask;
        if (index >= count) return false;
        const uint64_t job = state >> kIndexBits;
        if (state_.compare_exchange_weak(state, state + 1, std::memory_order_acq_rel)) {
            task(context, (int64_t)index);
            if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) == 1)
                unfinished_.notify_all();
            return true;
        }
        if (state >> kIndexBits != job) return true;  // another job: look at its fields first
    }
}

void Pool::work() {
    while (!stopping_.load(std::memory_order_acquire)) {
        const uint64_t state = state_.load(std::memory_order_acquire);
        if (!take_one(state)) {
            const uint64_t now = state_.load(std::memory_order_acquire);
            if (now >> kIndexBits == state >> kIndexBits && !stopping_) wait_while(state_, now);
        }
    }
}

void Pool::start(int workers) {
    stopping_ = false;
    while ((int)workers_->size() < workers) workers_->emplace_back([this] { work(); });
}

void Pool::stop() {
    stopping_.store(true, std::memory_order_release);
    state_.fetch_add(uint64_t(1) << kIndexBits, std::memory_order_acq_rel);
    state_.notify_all();
    for (std::thread &worker : *workers_) worker.join();
    workers_->clear();
}

void Pool::after_fork() {
    workers_ = new std::vector<std::thread>;
    new (&busy_) std::mutex;
    state_ = 0;
    count_ = 0;
    stopping_ = false;
    unfinished_ = 0;
}

float *thread_scratch(int64_t floats) {
    struct Memory {
        float *start = nullptr;
        int64_t floats = 0;
        ~Memory() { free(start); }
    };
    static thread_local Memory memory;
    if (memory.floats < floats) {
        free(memory.start);
        memory.floats = (floats + 15) / 16 * 16;
        memory.start = (float *)aligned_alloc(64, 4 * memory.floats);
        if (!memory.start) {
            memory.floats = 0;
            throw std::bad_alloc();
        }
    }
    return memory.start;
}

}  // namespace cellwise
