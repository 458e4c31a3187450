// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/nnunet_ensemble.h"

#include "core/base/file.h"
#include "core/base/npz.h"
#include "core/datasets/parallel.h"

#include <algorithm>
#include <optional>

namespace guidino::datasets {

namespace fs = std::filesystem;

namespace {

constexpr const char* kArray = "probabilities";

Error bad(const fs::path& file, const std::string& what)
{
    return Error{ErrorCode::BadInput, file.string() + ": " + what + ".", {{"file", file.string()}}};
}

} // namespace

Result<Raster8> labelsOfProbabilities(const NpyArray& probabilities, const NnunetLabels& labels)
{
    const auto& shape = probabilities.shape;
    const bool hasDepth = shape.size() == 4 && shape[1] == 1;
    const bool hasRegions = labels.hasRegions();
    const std::size_t groups = labels.foreground().size();
    const std::size_t wanted = groups + (hasRegions ? 0 : 1);
    if ((!hasDepth && shape.size() != 3) || static_cast<std::size_t>(shape[0]) != wanted) {
        return Error{
            ErrorCode::BadInput,
            "Probabilities of a 2D image have the shape (" + std::to_string(wanted)
                + ", 1, height, width) with these labels.",
            {}};
    }
    const auto height = static_cast<int>(shape[shape.size() - 2]);
    const auto width = static_cast<int>(shape[shape.size() - 1]);
    Raster8 result(width, height);
    const std::size_t pixels = result.pixels().size();
    for (std::size_t i = 0; i < pixels; ++i) {
        std::uint8_t label = 0;
        if (hasRegions) {
            for (std::size_t k = 0; k < wanted; ++k) {
                if (probabilities.values[k * pixels + i] > 0.5F) {
                    label = static_cast<std::uint8_t>(labels.regionsClassOrder[k]);
                }
            }
        } else {
            for (std::size_t k = 1; k < wanted; ++k) {
                if (probabilities.values[k * pixels + i]
                    > probabilities.values[label * pixels + i]) {
                    label = static_cast<std::uint8_t>(k);
                }
            }
        }
        result.pixels()[i] = label;
    }
    return result;
}

Result<NpyArray> meanProbabilities(const std::vector<fs::path>& files)
{
    NpyArray mean;
    for (const fs::path& file : files) {
        auto one = readNpz(file, kArray);
        if (!one) { // not GD_TRY, which would copy the array
            return one.error();
        }
        if (mean.shape.empty()) {
            mean = std::move(*one);
            continue;
        }
        if (one->shape != mean.shape) {
            return bad(file, "its probabilities have another shape than those of the other models");
        }
        for (std::size_t i = 0; i < mean.values.size(); ++i) {
            mean.values[i] += one->values[i];
        }
    }
    for (float& value : mean.values) {
        value /= static_cast<float>(files.size());
    }
    return mean;
}

Status writeNnunetEnsemble(
    const fs::path& out,
    const std::vector<NnunetEnsembleCase>& cases,
    const NnunetLabels& labels,
    const NnunetPostprocessing& steps,
    bool keepsProbabilities,
    int threads,
    const CancelToken& cancel,
    const Progress& progress)
{
    GD_TRY(makeFolder(out));
    std::vector<std::optional<Error>> problems(cases.size());
    const auto one = [&](const NnunetEnsembleCase& item) -> Status {
        const auto mean = meanProbabilities(item.probabilities);
        if (!mean) {
            return mean.error();
        }
        const auto made = labelsOfProbabilities(*mean, labels);
        if (!made) {
            return bad(item.probabilities.front(), made.error().message);
        }
        if (keepsProbabilities) {
            GD_TRY(writeNpz(out / (item.name + ".npz"), kArray, mean->shape, mean->values));
        }
        return writeLabelImage(out / (item.name + ".png"), postprocessed(*made, steps));
    };
    const bool isWhole =
        forEachParallel(cases.size(), threads, cancel, progress, [&](std::size_t i) {
            if (const Status status = one(cases[i]); !status) {
                problems[i] = status.error();
            }
        });
    for (const auto& problem : problems) {
        if (problem) {
            return *problem;
        }
    }
    return isWhole ? Status()
                   : Status(Error{ErrorCode::Cancelled, "The ensemble was cancelled.", {}});
}

} // namespace guidino::datasets
