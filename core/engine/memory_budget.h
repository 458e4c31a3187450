// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>

/// What memory a device has for this process, and what it took at most.
namespace guidino::engine {

/// Host: resident memory of the process, and what it may have in all (free memory of the machine,
/// limits of its control group and of `ulimit -v` taken into account). GPU: what LibTorch holds,
/// and what it could have in all. 0: not known.
struct MemoryBudget
{
    std::uint64_t used = 0;
    std::uint64_t limit = 0;
};

/// `device`: "cpu" or "cuda:N". Never throws.
[[nodiscard]] MemoryBudget memoryBudget(const std::string& device);

/// The most that was used at a time since the last call of forgetPeak().
[[nodiscard]] std::uint64_t peakMemory(const std::string& device);
void forgetPeak(const std::string& device);

/// Gives cached blocks back to the device, so that the next measure begins anew.
void releaseCachedMemory(const std::string& device);

/// Bytes that LibTorch says it tried to get when it ran out of memory; 0: it does not say.
[[nodiscard]] std::uint64_t requestedBytes(const std::string& message);

/// "needs at least 9.1 GB, 7.4 GB are free" in `message`, and both as context "needed_bytes" and
/// "free_bytes".
[[nodiscard]] Error withMemory(Error error, std::uint64_t needed, std::uint64_t free);

/// Such as "9.1 GB" (decimal) or "640 MB".
[[nodiscard]] std::string bytesText(std::uint64_t bytes);

} // namespace guidino::engine
