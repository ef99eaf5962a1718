// A small pool of threads: one fork and one join for a list of independent tasks.
#pragma once

#include <stdint.h>

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

namespace cellwise {

class Pool {
  public:
    typedef void (*Task)(void *context, int64_t index);

    // The one pool of this process; threads start with the first job that needs them.
    static Pool &instance();

    // Threads that work on a job, the caller's among them.
    void set_threads(int count);
    int threads() const { return wanted_; }

    // Run task(context, 0) ... task(context, count - 1) and return when all are done. Where
    // another thread of the program is in here already, the tasks run in the caller's thread.
    void run(Task task, void *context, int64_t count);

  private:
    Pool() = default;
    void start(int workers);
    void stop();
    void work();
    bool take_one(uint64_t state);
    void after_fork();

    std::atomic<int> wanted_{1};
    std::mutex busy_;
    // In memory that is never freed: a child process after fork has the objects, not the threads.
    std::vector<std::thread> *workers_ = new std::vector<std::thread>;

    // (number of the job << 32) + index of the next task; a claim is one compare-and-swap, which
    // fails if the job has changed since the worker looked at it
    std::atomic<uint64_t> state_{0};
    std::atomic<int64_t> unfinished_{0};
    std::atomic<uint64_t> count_{0};
    std::atomic<Task> task_{nullptr};
    std::atomic<void *> context_{nullptr};
    std::atomic<bool> stopping_{false};
};

// Memory of the calling thread for intermediate values, aligned to a cache line; kept for the next
// call.
float *thread_scratch(int64_t floats);

}  // namespace cellwise
