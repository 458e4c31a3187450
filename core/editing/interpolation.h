// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/editing/region.h"

namespace guidino::editing {

/// The shape between two outlines of one object, as in neighbouring slices of a stack or pictures
/// of a sequence: the signed distances to both rims, mixed by `share` (0 = `before`, 1 = `after`),
/// and what is inside then (shape-based interpolation, Raya and Udupa 1990, IEEE TMI 9(1), 32-42).
/// The object's way between the two centres of gravity is taken out first, so that outlines that do
/// not overlap have something between them, too. The border of the image is no rim. `image` is the
/// size of both images; bounds of the result are as small as they are, empty where either is empty.
/// Parts of what lies outside the image are left out.
[[nodiscard]] Region
shapeBetween(const Region& before, const Region& after, double share, Size image);

} // namespace guidino::editing
