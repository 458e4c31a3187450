// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/datasets/nnunet_folders.h"
#include "core/datasets/nnunet_results.h"
#include "core/engine/runtime.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// nnU-Net's way of working behind the runtime's door: its preprocessed data, and predictions of
/// several folds at once. Trainings go through Runtime::train() with a pack folder as data.
namespace guidino::engine {

/// Preprocessed cases to make.
struct NnunetPackRequest
{
    std::filesystem::path config; ///< configuration made by datasets::configOfNnunetPlan()
    std::vector<datasets::NnunetCaseFiles> cases;
    std::filesystem::path out;
    std::vector<std::vector<int>> foreground; ///< labels, or labels of regions, to aim patches at
    int ignoreLabel = -1;                     ///< −1: none
    std::filesystem::path references; ///< folder of label images CASE.png; a validation's truth
    std::vector<std::pair<int, std::string>> classes; ///< index and name, without the background
    int threads = 0;                                  ///< 0: as many as there are cores
};

struct NnunetPackOutcome
{
    std::int64_t made = 0;
    std::int64_t kept = 0; ///< of before: the same files and the same plan
};

/// Cases to predict with the folds of one configuration.
struct NnunetPredictRequest
{
    std::vector<std::filesystem::path> models; ///< bundles of the folds; their logits are averaged
    std::vector<datasets::NnunetCaseFiles> cases;
    std::filesystem::path out; ///< CASE.png, CASE.npz
    datasets::NnunetPostprocessing postprocessing;
    bool probabilities = false; ///< write CASE.npz and CASE.pkl, too
    bool overlays = false;      ///< write overlay/CASE.jpg, too: labels drawn over the first file
    bool mirror = true;         ///< mean over the four flips
    double overlap = 0.5;       ///< of neighbouring windows
    bool keepsExisting = false; ///< cases whose files are there are not predicted again
    std::string device = "auto";
    std::string precision = "fp32"; ///< fp32, bf16
    int threads = 0;
};

/// What nnU-Net's subcommands need of the runtime; see guidino_nnunet_v1(). Blocks; one computing
/// thread. No function throws.
class NnunetRuntime
{
public:
    virtual ~NnunetRuntime() = default;

    /// Makes OUT/CASE.safetensors of all cases that are not there yet or whose files or plan have
    /// changed, and OUT/pack.json. BadInput names all cases that cannot be used at once.
    [[nodiscard]] virtual Result<NnunetPackOutcome>
    pack(const NnunetPackRequest& request, JobContext& context) = 0;

    /// Bad cases are failures of the outcome; the rest goes on.
    [[nodiscard]] virtual Result<PredictOutcome>
    predict(const NnunetPredictRequest& request, JobContext& context) = 0;
};

} // namespace guidino::engine

extern "C" {
/// Of this process; owned by the library. Null in a build without image files or training.
guidino::engine::NnunetRuntime* guidino_nnunet_v1();
}
