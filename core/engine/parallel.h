// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace guidino::engine {

/// Calls work(i) for i in 0 .. count − 1 on up to `threads` threads (the caller's among them), in
/// no order. The first exception is thrown again after all threads have ended.
template<typename Work>
void parallelFor(std::size_t count, std::size_t threads, Work&& work)
{
    std::atomic<std::size_t> next{0};
    std::exception_ptr failure;
    std::mutex mutex;
    const auto loop = [&] {
        try {
            for (std::size_t i = next++; i < count; i = next++) {
                work(i);
            }
        } catch (...) {
            const std::scoped_lock lock(mutex);
            failure = failure ? failure : std::current_exception();
            next = count;
        }
    };
    std::vector<std::thread> others;
    for (std::size_t k = 1; k < std::min(threads, count); ++k) {
        others.emplace_back(loop);
    }
    loop();
    for (std::thread& thread : others) {
        thread.join();
    }
    if (failure) {
        std::rethrow_exception(failure);
    }
}

} // namespace guidino::engine
