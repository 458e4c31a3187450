// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/engine/runtime.h"

#include <string>

/// Internal to the engine: `guidino models calibrate`. Needs imaging.
namespace guidino::engine {

/// Measures the features of a data set's images through a bundle's model and stores their
/// statistics (and the modality) in the bundle's folder: for imported models and those trained
/// before bundles had them. JSON: {"path", "modality", "images", "validation_images", "limit"}.
/// Errors: those of model and data, Usage (a zip), BadInput (fewer than two images).
[[nodiscard]] Result<std::string>
calibrateBundle(const CalibrateRequest& request, JobContext& context);

} // namespace guidino::engine
