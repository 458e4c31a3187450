// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/runtime.h"

namespace guidino::engine {

/// Trains a system as requested and fills the run folder: run.json, splits.json, metrics.csv,
/// previews/, checkpoint-a/, checkpoint-b/, best/. Everything is checked before the first step.
///
/// Errors: Usage (the folder holds a run and `resume` is not set; unknown names), Configuration,
/// NotFound, BadInput (unusable files, all named; a loss that is not finite, with context
/// "advice.training.learning_rate"), OutOfMemory and OutOfDeviceMemory (with context
/// "needed_bytes", "free_bytes" and "advice.KEY", a setting that two steps went well with),
/// Cancelled (a checkpoint was written; `resume` continues), CannotWrite. A finished run is
/// returned as it is on `resume`. Blocks; reports to the context from the calling thread.
[[nodiscard]] Result<TrainOutcome> runTraining(const TrainRequest& request, JobContext& context);

} // namespace guidino::engine
