// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/cancel_token.h"
#include "core/datasets/dataset.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <mutex>
#include <thread>
#include <vector>

namespace guidino::datasets {

/// Calls work(i) for i in [0, count) from up to `threads` threads, in no order; `work` must not
/// throw. False where it was cancelled before the end.
template<typename Work>
bool forEachParallel(
    std::size_t count,
    int threads,
    const CancelToken& cancel,
    const Progress& progress,
    const Work& work)
{
    std::atomic<std::size_t> next = 0;
    std::size_t done = 0;
    std::mutex progressMutex;
    const auto run = [&] {
        for (std::size_t i = next++; i < count && !cancel.isCancelled(); i = next++) {
            work(i);
            if (progress) {
                const std::lock_guard lock(progressMutex);
                progress(++done, count);
            }
        }
    };
    std::vector<std::jthread> helpers;
    const std::size_t wanted = std::min(static_cast<std::size_t>(std::max(threads, 1)), count);
    for (std::size_t i = 1; i < wanted; ++i) {
        helpers.emplace_back(run);
    }
    run();
    helpers.clear(); // joins
    return !cancel.isCancelled();
}

} // namespace guidino::datasets
