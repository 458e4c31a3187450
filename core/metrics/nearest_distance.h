// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/raster.h"
#include "core/metrics/bit_mask.h"

#include <vector>

namespace guidino::metrics {

/// Exact Euclidean distance from each 1 of `queries` to the nearest 1 of `targets`, in reading
/// order of the queries; infinite without targets. Both of one size. Time is linear in the area
/// that holds both, and mostly far less: columns without a target and rows without a query cost
/// nothing but a look.
[[nodiscard]] std::vector<double>
nearestDistances(const BitMask& queries, const BitMask& targets, SpacingMm spacing = {1, 1});

} // namespace guidino::metrics
