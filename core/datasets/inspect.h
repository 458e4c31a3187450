// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/geometry.h"
#include "core/base/result.h"
#include "core/datasets/dataset.h"
#include "core/datasets/masks.h"
#include "core/datasets/near_duplicates.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace guidino::datasets {

/// What is looked for.
struct InspectOptions
{
    MaskOptions masks;
    bool findNearDuplicates = true;
    bool findText = true;
    int threads = 2;
};

/// What is in a data set, and what is wrong with it.
struct InspectReport
{
    std::string layout;
    std::string root;
    std::size_t pairs = 0;
    std::size_t images = 0;
    std::size_t masks = 0;
    std::map<std::string, std::size_t> splits;  ///< pairs by split
    std::map<std::string, std::size_t> sizes;   ///< images by "WxH"
    std::map<std::string, std::size_t> formats; ///< images by format, "jpeg 8 bit 3 channels"
    std::string convention;                     ///< of masks; empty without masks

    /// How much of the masks a class takes.
    struct ClassShare
    {
        ClassInfo info;
        std::size_t images = 0; ///< in which it occurs
        double meanShare = 0;   ///< of the pixels of those images, 0..1
    };
    std::vector<ClassShare> classes;                  ///< foreground
    double foregroundShare = 0;                       ///< mean over the readable masks, 0..1
    std::size_t blackBorders = 0;                     ///< images
    std::size_t burnedInText = 0;                     ///< images
    std::vector<std::vector<std::string>> duplicates; ///< names with equal content
    std::vector<NearDuplicate> nearDuplicates;        ///< positions in `names`
    std::vector<std::string> names;                   ///< of all samples
    std::vector<Problem> problems;                    ///< errors first

    [[nodiscard]] bool hasErrors() const;

    /// One JSON object; at least the integers `pairs`, `images`, `masks` and `problems`, an array
    /// of {file, kind, message}.
    [[nodiscard]] std::string toJson() const;

    /// For people; lists at most `shown` problems of a kind.
    [[nodiscard]] std::string toText(std::size_t shown = 8) const;
};

/// Reads every file once, in parallel. One bad file never stops the rest: it becomes a problem.
/// Cancelled is the only error.
[[nodiscard]] Result<InspectReport> inspect(
    const Dataset& dataset,
    const InspectOptions& options = {},
    const CancelToken& cancel = {},
    const Progress& progress = {});

} // namespace guidino::datasets
