// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/raster.h"
#include "core/base/result.h"
#include "core/report/evaluation.h"

#include <filesystem>
#include <string>
#include <vector>

/// Inside of report: which files belong together, and how they are brought to one size.
namespace guidino::report {

/// One prediction with what it is compared to.
struct EvaluationPair
{
    std::string name;
    std::filesystem::path prediction;
    std::filesystem::path reference;
    std::filesystem::path guide; ///< empty: none
};

/// All pairs, and what found no counterpart.
struct EvaluationInputs
{
    std::vector<EvaluationPair> pairs; ///< sorted by name
    std::vector<CaseFailure> failures;
    std::vector<std::string> unpredicted;
};

/// Errors as evaluateFolders().
[[nodiscard]] Result<EvaluationInputs> collectInputs(const EvaluateSpec& spec);

/// One case of a data set: an image with its reference mask.
struct ReferenceCase
{
    std::string name;            ///< stem of the image, or of the mask where there is no image
    std::filesystem::path image; ///< empty: only masks are there
    std::filesystem::path mask;
};

/// The reference masks of a folder of masks or a data set, restricted to a list. Errors as
/// evaluateFolders().
[[nodiscard]] Result<std::vector<ReferenceCase>> collectReferences(
    const std::filesystem::path& folder,
    const std::filesystem::path& splits,
    const std::string& splitName);

/// `folder`/`name` where that is a folder, else `folder`.
[[nodiscard]] std::filesystem::path
subfolderOr(const std::filesystem::path& folder, const std::string& name);

/// A soft map [H, W, 1] from .npy ([H, W] or [1, H, W]) or from the first channel of a picture
/// (0..1). NotFound, BadInput.
[[nodiscard]] Result<RasterF> readSoftMap(const std::filesystem::path& file);

/// Pixel centres: source floor((x + 0.5) · scale).
[[nodiscard]] Raster8 nearestResized(const Raster8& labels, Size size);
/// align_corners = false.
[[nodiscard]] RasterF bilinearResized(const RasterF& map, Size size);

} // namespace guidino::report
