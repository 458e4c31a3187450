// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/engine/runtime.h"

#include <string>
#include <vector>

namespace guidino::engine {

/// The CPU first, then each GPU that is there: usable, or with the reason why not. Loads the CUDA
/// libraries at the first call where a GPU is present. Any thread.
[[nodiscard]] std::vector<DeviceInfo> findDevices();

/// "auto" → the first usable GPU, else "cpu"; "cuda" → "cuda:0". Errors: Usage for an unknown name,
/// NotFound with the reason for a device that cannot be used.
[[nodiscard]] Result<std::string> chooseDevice(const std::string& wanted);

/// Threads of LibTorch's operators; 0 = as many as there are cores.
void useThreads(int threads);

} // namespace guidino::engine
