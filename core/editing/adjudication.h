// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/label_map.h"
#include "core/base/result.h"

#include <cstdint>
#include <vector>

/// Where two readers' label maps of one image differ, and one map made of both. Any thread.
namespace guidino::editing {

/// One connected place where the readers differ.
struct DisagreementRegion
{
    Rect bounds;
    std::int64_t area = 0; ///< pixels
    /// Share of its pixels that only the first reader's map has as foreground, [0, 1].
    double firstShare = 0;
};

/// All places where two maps differ.
struct Disagreement
{
    Size size;
    /// Of each pixel: 0 = the readers agree, else 1 + index into `regions`. [H · W], row-major.
    std::vector<int> regionOf;
    std::vector<DisagreementRegion> regions; ///< the largest first

    /// -1 where the readers agree or the point lies outside.
    [[nodiscard]] int regionAt(Point point) const;
};

/// 8-connected places where the maps differ; pixels that either reader marked "ignore" (255) count
/// as agreed. BadInput where the sizes differ.
[[nodiscard]] Result<Disagreement> disagreementOf(const LabelMap& first, const LabelMap& second);

/// Whose labels a region takes.
enum class Pick : std::uint8_t { First, Second };

/// The first map with the regions picked from the second put in; `picks` has one entry a region.
[[nodiscard]] LabelMap adjudicate(
    const LabelMap& first,
    const LabelMap& second,
    const Disagreement& disagreement,
    const std::vector<Pick>& picks);

/// Of each pixel the label that most maps have, of equally many the lowest (so a tie with
/// background is background). `maps` have one size and are at least one; BadInput otherwise.
[[nodiscard]] Result<LabelMap> majorityOf(const std::vector<LabelMap>& maps);

/// What STAPLE found.
struct Staple
{
    LabelMap labels; ///< of each pixel the likeliest truth
    /// Of each reader: how often the truth's foreground was marked with its class, and how often its
    /// background was left background, [0, 1].
    std::vector<double> sensitivity;
    std::vector<double> specificity;
    int iterations = 0;
};

/// Simultaneous truth and performance level estimation (Warfield, Zou, Wells: IEEE TMI 23(7), 2004),
/// for any number of classes by confusion matrices: the readers who agree with the others more
/// often weigh more. It looks at the box around all that any reader marked, grown by half its size,
/// since in a large empty ground every reader is nearly perfect. Pixels that a reader marked
/// "ignore" count as not read by that reader. Ties go to the lower class. `maps` are of one size
/// and at least two; BadInput otherwise.
[[nodiscard]] Result<Staple> stapleOf(const std::vector<LabelMap>& maps);

} // namespace guidino::editing
