// SPDX-License-Identifier: Apache-2.0
#include "core/engine/memory_budget.h"

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <c10/core/CachingDeviceAllocator.h>
#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <fstream>
#include <limits>
#include <utility>

namespace guidino::engine {

namespace {

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

/// A line "KEY: N kB" of a file of /proc, in bytes; 0 where there is none.
std::uint64_t kibibyteLine(const char* file, const std::string& key)
{
    std::ifstream stream(file);
    std::string name;
    std::uint64_t kibibytes = 0;
    std::string rest;
    while (stream >> name) {
        if (name == key + ":" && stream >> kibibytes) {
            return kibibytes * 1024;
        }
        std::getline(stream, rest);
    }
    return 0;
}

std::uint64_t numberIn(const std::string& file)
{
    std::ifstream stream(file);
    std::uint64_t number = 0;
    return stream >> number ? number : kNoLimit; // "max" and a missing file are no limit
}

/// What the control group leaves to its processes; kNoLimit where it sets none.
std::uint64_t groupLeft()
{
    std::ifstream stream("/proc/self/cgroup");
    std::uint64_t left = kNoLimit;
    for (std::string line; std::getline(stream, line);) {
        if (!line.starts_with("0::")) {
            continue; // version 2 only: with version 1 the machine's memory counts
        }
        std::string path = line.substr(3);
        for (;;) { // the limits of all groups above hold as well
            const std::string folder = "/sys/fs/cgroup" + path;
            const std::uint64_t limit = numberIn(folder + "/memory.max");
            const std::uint64_t used = numberIn(folder + "/memory.current");
            if (limit != kNoLimit && used != kNoLimit) {
                left = std::min(left, limit > used ? limit - used : 0);
            }
            const std::size_t slash = path.rfind('/');
            if (slash == std::string::npos || path.size() <= 1) {
                break;
            }
            path.resize(slash);
        }
    }
    return left;
}

std::uint64_t addressesLeft()
{
    rlimit limit = {};
    if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
        return kNoLimit;
    }
    const std::uint64_t used = kibibyteLine("/proc/self/status", "VmSize");
    return limit.rlim_cur > used ? limit.rlim_cur - used : 0;
}

MemoryBudget hostBudget()
{
    MemoryBudget budget;
    budget.used = kibibyteLine("/proc/self/status", "VmRSS");
    const std::uint64_t free = kibibyteLine("/proc/meminfo", "MemAvailable");
    const std::uint64_t left =
        std::min({free == 0 ? kNoLimit : free, groupLeft(), addressesLeft()});
    budget.limit = left == kNoLimit ? 0 : budget.used + left;
    return budget;
}

c10::DeviceIndex indexOf(const std::string& device)
{
    return torch::Device(device).index() < 0 ? c10::DeviceIndex(0) : torch::Device(device).index();
}

} // namespace

MemoryBudget memoryBudget(const std::string& device)
{
    if (device == "cpu") {
        return hostBudget();
    }
    try {
        auto* allocator = at::getDeviceAllocator(torch::Device(device).type());
        const auto index = indexOf(device);
        const auto [free, total] = allocator->getMemoryInfo(index);
        const auto reserved = static_cast<std::uint64_t>(
            std::max<std::int64_t>(0, allocator->getDeviceStats(index).reserved_bytes[0].current));
        return {reserved, reserved + free};
    } catch (const std::exception&) {
        return {}; // this backend does not say
    }
}

std::uint64_t peakMemory(const std::string& device)
{
    if (device == "cpu") {
        return kibibyteLine("/proc/self/status", "VmHWM");
    }
    try {
        auto* allocator = at::getDeviceAllocator(torch::Device(device).type());
        return static_cast<std::uint64_t>(std::max<std::int64_t>(
            0, allocator->getDeviceStats(indexOf(device)).reserved_bytes[0].peak));
    } catch (const std::exception&) {
        return 0;
    }
}

void forgetPeak(const std::string& device)
{
    if (device == "cpu") {
        std::ofstream("/proc/self/clear_refs") << "5"; // VmHWM begins at what is resident now
        return;
    }
    try {
        at::getDeviceAllocator(torch::Device(device).type())->resetPeakStats(indexOf(device));
    } catch (const std::exception&) {
        return;
    }
}

void releaseCachedMemory(const std::string& device)
{
    if (device == "cpu") {
        (void)::malloc_trim(0); // what the C library keeps of tensors that are gone
        return;
    }
    try {
        at::getDeviceAllocator(torch::Device(device).type())->emptyCache();
    } catch (const std::exception&) {
        return;
    }
}

std::uint64_t requestedBytes(const std::string& message)
{
    // CPU: "you tried to allocate 123 bytes"; CUDA: "Tried to allocate 2.50 GiB"
    const std::size_t at = message.find("ried to allocate ");
    if (at == std::string::npos) {
        return 0;
    }
    double number = 0;
    std::array<char, 8> unit{};
    if (std::sscanf(message.c_str() + at + 17, "%lf %7s", &number, unit.data()) < 1) {
        return 0;
    }
    switch (std::tolower(unit[0])) {
    case 'k':
        number *= 1024.0;
        break;
    case 'm':
        number *= 1024.0 * 1024;
        break;
    case 'g':
        number *= 1024.0 * 1024 * 1024;
        break;
    default:
        break;
    }
    return static_cast<std::uint64_t>(number);
}

std::string bytesText(std::uint64_t bytes)
{
    std::array<char, 32> text{};
    const double value = static_cast<double>(bytes);
    if (value >= 1e9) {
        (void)std::snprintf(text.data(), text.size(), "%.1f GB", value / 1e9);
    } else {
        (void)std::snprintf(text.data(), text.size(), "%.0f MB", value / 1e6);
    }
    return text.data();
}

Error withMemory(Error error, std::uint64_t needed, std::uint64_t free)
{
    error.message += (error.message.ends_with('.') ? " It needs at least " : ": needs at least ")
                     + bytesText(needed) + ", " + bytesText(free) + " are free.";
    return std::move(error)
        .with("needed_bytes", std::to_string(needed))
        .with("free_bytes", std::to_string(free));
}

} // namespace guidino::engine
