// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/engine/nnunet.h"

namespace guidino::engine {

/// See NnunetRuntime::predict(): folds' logits averaged over Gaussian windows, taken back to native
/// size, softmax or sigmoid, labels in the plan's order, post-processing.
[[nodiscard]] Result<PredictOutcome>
predictNnunet(const NnunetPredictRequest& request, JobContext& context);

} // namespace guidino::engine
