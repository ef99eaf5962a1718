#include "memory.h"

#include <stdlib.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <new>

namespace cellwise {

namespace {

constexpr int64_t kPage = 4096, kHugePage = 2 * 1024 * 1024;

float *allocate(int64_t bytes) {
    const int64_t alignment = bytes >= 2 * kHugePage ? kHugePage : kPage;
    void *block = aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
    if (!block) return nullptr;
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    if (alignment == kHugePage) madvise(block, bytes, MADV_HUGEPAGE);  // a wish; may be refused
#endif
    return (float *)block;
}

}  // namespace

Blocks &Blocks::instance() {
    static Blocks *blocks = new Blocks;  // never destroyed: tensors may outlive it at exit
    return *blocks;
}

float *Blocks::take(int64_t floats) {
    const int64_t bytes = (4 * floats + kPage - 1) / kPage * kPage;
    std::lock_guard<std::mutex> hold(mutex_);
    auto found = unused_.lower_bound(bytes);
    if (found != unused_.end() && found->first <= bytes + bytes / 4) {
        float *block = found->second;
        used_[block] = found->first;
        unused_bytes_ -= found->first;
        used_bytes_ += found->first;
        unused_.erase(found);
        return block;
    }
    float *block = allocate(bytes);
    if (!block) {
        trim(0);
        block = allocate(bytes);
    }
    if (!block) throw std::bad_alloc();
    used_[block] = bytes;
    used_bytes_ += bytes;
    if (used_bytes_ > most_used_bytes_) most_used_bytes_ = used_bytes_;
    // Sizes that are no longer asked for make room; a quarter more than was ever in use at once
    // is for blocks that take turns.
    trim(most_used_bytes_ - used_bytes_ + most_used_bytes_ / 4);
    return block;
}

void Blocks::give_back(float *block) {
    std::lock_guard<std::mutex> hold(mutex_);
    const auto found = used_.find(block);
    unused_.emplace(found->second, block);
    unused_bytes_ += found->second;
    used_bytes_ -= found->second;
    used_.erase(found);
}

void Blocks::release() {
    std::lock_guard<std::mutex> hold(mutex_);
    trim(0);
    most_used_bytes_ = used_bytes_;
}

int64_t Blocks::unused_bytes() {
    std::lock_guard<std::mutex> hold(mutex_);
    return unused_bytes_;
}

// The smallest go first: the large ones cost most to get again.
void Blocks::trim(int64_t most) {
    while (unused_bytes_ > most && !unused_.empty()) {
        auto first = unused_.begin();
        unused_bytes_ -= first->first;
        free(first->second);
        unused_.erase(first);
    }
}

}  // namespace cellwise
