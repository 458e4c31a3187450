// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/losses/schedule.h"

#include <vector>

namespace guidino::nn {

/// Takes U-KAN's spline layers (names with `.layer.fc`) out of the group "head" into a group "kan"
/// with this base rate, behind it: the rule of U-KAN's recipe (BASELINES.md §5.2). Nothing happens
/// for a rate of 0, or where there are none.
void separateSplineLayers(std::vector<ParameterGroup>& groups, double rate);

} // namespace guidino::nn
