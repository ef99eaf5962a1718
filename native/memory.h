// Memory for activations, kept from one training step for the next.
#pragma once

#include <stdint.h>

#include <map>
#include <mutex>

namespace cellwise {

// A step's activations are the same sizes again and again, and tens of megabytes large: given back
// to the system each time, half of the step went into fresh pages.
class Blocks {
  public:
    static Blocks &instance();

    // Throws std::bad_alloc. The contents are whatever was there.
    float *take(int64_t floats);
    void give_back(float *block);
    // Give everything that is not in use back to the system.
    void release();
    int64_t unused_bytes();

  private:
    void trim(int64_t most);

    std::mutex mutex_;
    std::multimap<int64_t, float *> unused_;  // by bytes
    std::map<float *, int64_t> used_;
    int64_t unused_bytes_ = 0, used_bytes_ = 0, most_used_bytes_ = 0;
};

}  // namespace cellwise
