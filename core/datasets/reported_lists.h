// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/datasets/dataset.h"
#include "core/datasets/near_duplicates.h"
#include "core/datasets/splits.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace guidino::datasets {

/// Lists for results without leaks.
struct ReportedOptions
{
    std::string reported = "test"; ///< the folders' part that is reported, as list "test"
    /// This many of train are drawn for selection, in place of the folders' own part: of images
    /// that have no near-duplicate at all, so that selection and training share no scene.
    std::optional<std::size_t> select;
    /// Positions that shall be the selection (of older lists); what may not is left out.
    std::vector<std::size_t> kept;
    std::int64_t seed = 42;
};

/// Lists train, val and test: what shows the scene of a reported image is in neither train nor val,
/// and with `select` or `kept` what shows the scene of a selected one is not in train. Samples
/// without a mask are left out. The same input gives the same lists on every machine.
/// BadInput: nothing is left, or fewer images than `select` wants.
[[nodiscard]] Result<SplitIndices> reportedLists(
    const Dataset& dataset,
    const std::vector<NearDuplicate>& pairs,
    const ReportedOptions& options);

} // namespace guidino::datasets
