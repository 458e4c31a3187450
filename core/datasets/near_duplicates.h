// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/raster.h"
#include "core/base/result.h"
#include "core/datasets/dataset.h"

#include <cstddef>
#include <memory>
#include <vector>

namespace guidino::datasets {

/// Two images of the same scene: copies of other size, crop, brightness or format, with other
/// overlays, or neighbouring frames of a video.
struct NearDuplicate
{
    std::size_t a = 0; ///< a < b
    std::size_t b = 0;
    double score = 0; ///< 0..1: agreement of the aligned details; 1 for equal ones

    friend bool operator==(const NearDuplicate&, const NearDuplicate&) = default;
};

/// How alike is alike.
struct NearDuplicateOptions
{
    double threshold = 0.5; ///< least score that is reported (see alignment.h for what scores mean)
    int threads = 2;
};

/// Collects pictures one by one, then compares all with all. add() is safe from any thread for
/// different positions; pictures need not be kept.
class NearDuplicateFinder
{
public:
    explicit NearDuplicateFinder(std::size_t count, NearDuplicateOptions options = {});
    ~NearDuplicateFinder();
    NearDuplicateFinder(NearDuplicateFinder&&) noexcept;
    NearDuplicateFinder& operator=(NearDuplicateFinder&&) noexcept;

    /// [H, W, 1 or 3]. Positions that are never added match nothing.
    void add(std::size_t position, const Raster8& image);

    /// Sorted by a, then b. Cancelled.
    [[nodiscard]] Result<std::vector<NearDuplicate>>
    find(const CancelToken& cancel = {}, const Progress& progress = {}) const;

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

/// Of a data set's images; unreadable ones match nothing.
[[nodiscard]] Result<std::vector<NearDuplicate>> findNearDuplicates(
    const Dataset& dataset,
    const NearDuplicateOptions& options = {},
    const CancelToken& cancel = {},
    const Progress& progress = {});

/// Joins the groups of near-duplicates, with what is grouped already: chains become one group.
void groupByNearDuplicates(Dataset& dataset, const std::vector<NearDuplicate>& pairs);

} // namespace guidino::datasets
