// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/result.h"
#include "core/datasets/dataset.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

/// Test images made worse on purpose, as a data set of their own.
namespace guidino::datasets {

/// What is done to the images: see core/imaging/corruptions.h.
struct CorruptionChoice
{
    std::string kind;       ///< of corruptionKinds()
    int severity = 3;       ///< 1 (weak) .. 5
    std::uint64_t seed = 0; ///< of noise and crops
};

/// blur, noise, jpeg, brightness, crop.
[[nodiscard]] const std::vector<std::string>& corruptionKinds();

/// "blur-3". Usage: an unknown kind, no severity or one out of 1 .. 5.
[[nodiscard]] Result<CorruptionChoice> parseCorruption(const std::string& text);

/// The file that is written last, once all copies are there: kind, severity, seed, source.
inline constexpr const char* kCorruptionRecord = "corruption.json";

/// Writes OUT/images/STEM.png, OUT/masks/STEM.png for samples with masks (0 and 255 for one class,
/// else indices with a palette) and OUT/corruption.json. Returns how many images there are.
/// Usage: of the choice. BadInput: an image or mask that cannot be read, no image at all, two of
/// one stem. CannotWrite. Cancelled (the copies so far stay).
[[nodiscard]] Result<std::size_t> writeCorruptedCopies(
    const Dataset& dataset,
    std::span<const std::size_t> indices,
    const CorruptionChoice& choice,
    const std::filesystem::path& out,
    const CancelToken& cancel = {},
    const Progress& progress = {});

} // namespace guidino::datasets
