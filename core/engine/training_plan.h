// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/bundle.h"
#include "core/engine/runtime.h"
#include "core/nn/config.h"

#include <optional>
#include <string>

namespace guidino::engine {

/// What a request means before any data is looked at.
struct TrainingPlan
{
    nn::SystemConfig config;
    std::optional<Bundle> start; ///< the model that training starts from
};

/// Of configuration, recipe and settings, or of the bundle to start from; `stored`: the text of the
/// run.json of a run that is continued, for a request that names neither. Usage, NotFound,
/// Configuration, BadInput.
[[nodiscard]] Result<TrainingPlan>
planTraining(const TrainRequest& request, const std::string& stored = {});

} // namespace guidino::engine
