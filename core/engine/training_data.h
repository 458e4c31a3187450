// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/raster.h"
#include "core/base/result.h"
#include "core/datasets/splits.h"
#include "core/engine/bundle.h"
#include "core/engine/runtime.h"
#include "core/nn/config.h"
#include "core/nn/data/preprocess.h"
#include "core/nn/train/trainer.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace guidino::engine {

/// A label raster as runs of equal values: validation masks at native size stay in memory.
class PackedMask
{
public:
    PackedMask() = default;
    explicit PackedMask(const Raster8& mask);

    [[nodiscard]] Raster8 unpacked() const;

private:
    Size m_size;
    std::vector<std::pair<std::uint32_t, std::uint8_t>> m_runs;
};

/// One image that is measured at each validation; its pixels are at the same place in
/// TrainingData::validation.
struct ValidationCase
{
    std::string name;
    std::string stem; ///< unique among the cases: names previews
    nn::ResizePlan plan;
    PackedMask mask; ///< at native size where `isNative`, else at training size
    bool isNative = false;
    std::filesystem::path file =
        {}; ///< to be read again for windows at native size; empty: of a pack
    std::optional<Rect> content = std::nullopt; ///< the part of the file that counts
};

/// What runTraining() needs to know about its images, decoded and checked.
struct TrainingData
{
    nn::TrainingSet train;
    nn::TrainingSet validation;
    std::vector<ValidationCase> cases;
    std::vector<BundleClass> classes;
    datasets::SplitLists splits; ///< as used, for the run folder
    std::string layout;          ///< a data set's layout, or "pack"
    std::string sha256;          ///< of all names, hashes and masks as used
    std::string imageStatistics; ///< JSON: mean and std of each channel over the training images
    std::vector<std::string> warnings;
};

/// Opens the data set or pack of a request, makes or reads its splits, decodes all images of train
/// and val at training size on `threads` threads with progress ("load"), and checks everything
/// first: BadInput names all unusable files at once. Usage, NotFound, BadInput, OutOfMemory,
/// Cancelled.
[[nodiscard]] Result<TrainingData> openTrainingData(
    const TrainRequest& request,
    const nn::SystemConfig& config,
    const std::vector<BundleClass>& knownClasses,
    int threads,
    JobContext& context);

/// How many images would train and validate: by names and lists alone, nothing is decoded.
struct TrainingCounts
{
    std::int64_t train = 0;
    std::int64_t validation = 0;
};

/// Usage, NotFound, BadInput.
[[nodiscard]] Result<TrainingCounts>
countTrainingImages(const TrainRequest& request, const nn::SystemConfig& config);

} // namespace guidino::engine
