// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/engine/runtime.h"

#include <filesystem>
#include <memory>
#include <string>

/// Internal to the engine: `guidino serve`'s loaded model. Needs imaging.
namespace guidino::engine {

[[nodiscard]] Result<std::unique_ptr<Session>>
openModelSession(const std::filesystem::path& model, const std::string& device, int threads);

} // namespace guidino::engine
