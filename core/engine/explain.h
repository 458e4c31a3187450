// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/engine/runtime.h"

#include <nlohmann/json.hpp>

#include <string>

/// Internal to the engine: `guidino explain`. Without imaging only packs are read.
namespace guidino::engine {

/// Writes O/explain.json, rasters in O/images and O/crops, and O/index.html. Errors: BadInput for a
/// model without a guide; BadInput also where images could not be read: the rest is done first, and
/// they are listed as failures.
[[nodiscard]] Result<void> explain(const ExplainRequest& request, JobContext& context);

/// The page that shows explain.json; all pictures by relative paths.
[[nodiscard]] std::string explainPage(const nlohmann::ordered_json& report);

} // namespace guidino::engine
