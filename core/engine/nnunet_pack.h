// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/engine/nnunet.h"
#include "core/engine/training_data.h"

#include <filesystem>
#include <string>
#include <vector>

/// Internal to the engine: nnU-Net's preprocessed data as a folder of packs: pack.json
/// (datasets::NnunetPackIndex), and each CASE.safetensors holds `image` [C, h, w] float32 (cropped,
/// normalised, resampled), `codes` [h, w] uint8 (see plannedLabels()), `places.K` [n, 2] int32 rows
/// and columns of label or region K, and `annotated` where pixels are ignored.
namespace guidino::engine {

/// CASE.safetensors in the folder.
[[nodiscard]] std::filesystem::path
nnunetPackFile(const std::filesystem::path& folder, const std::string& name);

/// See NnunetRuntime::pack(). Only in builds with image files (nnunet_pack_maker.cpp).
[[nodiscard]] Result<NnunetPackOutcome>
makeNnunetPack(const NnunetPackRequest& request, JobContext& context);

/// A training's data from such a folder: sources of patches for the lists train and val of
/// `request.splits` (of the run folder's own splits.json when it is continued). NotFound, BadInput
/// (cases that are not in the folder; a pack of another plan), Configuration.
[[nodiscard]] Result<TrainingData>
openNnunetPack(const TrainRequest& request, const nn::SystemConfig& config);

/// Numbers of training and validation cases.
[[nodiscard]] Result<TrainingCounts> countNnunetPack(const TrainRequest& request);

} // namespace guidino::engine
