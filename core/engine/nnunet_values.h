// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/datasets/nnunet_case.h"

#include <torch/types.h> // layout-ok: internal header of the engine, seen by its sources only

namespace guidino::engine {

/// The channels of a case as [C, H, W] float32, values as in the files: what nn::plannedImage()
/// takes.
[[nodiscard]] torch::Tensor valuesOf(const datasets::NnunetChannels& read);

} // namespace guidino::engine
