// SPDX-License-Identifier: Apache-2.0
#include "core/engine/nnunet_pack.h"

#include "core/base/sha256.h"
#include "core/datasets/nnunet_pack_index.h"
#include "core/datasets/nnunet_plan.h"
#include "core/datasets/splits.h"
#include "core/engine/guarded.h"
#include "core/engine/planned_windows.h"
#include "core/nn/data/image_plan.h"
#include "core/nn/data/patch_sampler.h"
#include "core/nn/data/presets.h"
#include "core/nn/io/safetensors.h"

#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace guidino::engine {

namespace fs = std::filesystem;

namespace {

/// Of classes 1, 2, 3 ...; the first is what a bundle has without a choice.
constexpr std::array<std::array<std::uint8_t, 3>, 6> kColours = {
    {{255, 64, 64}, {64, 160, 255}, {64, 200, 96}, {255, 200, 0}, {200, 96, 255}, {0, 200, 200}}};

Error bad(const fs::path& file, const std::string& what)
{
    return Error{ErrorCode::BadInput, file.string() + ": " + what, {{"file", file.string()}}};
}

nn::ImagePlan planOf(const nn::SystemConfig& config, const fs::path& source)
{
    const auto plan = valueOrThrow(readImagePlan(config.network));
    if (!plan || config.preprocessing.normalisation != "nnunet") {
        throw ErrorException{Error{
            ErrorCode::Configuration,
            source.string()
                + ": holds data of an nnU-Net plan; the configuration must be one that "
                  "`guidino nnunet train` made (preprocessing.normalisation = nnunet, "
                  "network.patch).",
            {}}};
    }
    return *plan;
}

nn::PatchCase caseOf(const fs::path& folder, const std::string& name)
{
    const fs::path file = nnunetPackFile(folder, name);
    nn::TensorFile stored = valueOrThrow(nn::readSafetensors(file));
    nn::PatchCase one;
    one.name = name;
    one.image = stored.tensors["image"];
    one.codes = stored.tensors["codes"];
    for (std::size_t k = 0; stored.tensors.contains("places." + std::to_string(k)); ++k) {
        one.places.push_back(stored.tensors["places." + std::to_string(k)]);
    }
    if (stored.tensors.contains("annotated")) {
        one.annotated = stored.tensors["annotated"];
    }
    if (!one.image.defined() || one.image.dim() != 3 || one.image.scalar_type() != torch::kFloat32
        || !one.codes.defined() || one.codes.dim() != 2
        || one.codes.scalar_type() != torch::kUInt8) {
        throw ErrorException{
            bad(file, "is no preprocessed case; remove it and run `guidino nnunet train` again.")};
    }
    return one;
}

std::vector<nn::PatchCase> casesOf(
    const fs::path& folder,
    const datasets::NnunetPackIndex& index,
    const std::vector<datasets::SplitEntry>& entries,
    std::int64_t channels)
{
    std::vector<nn::PatchCase> cases;
    std::string missing;
    for (const datasets::SplitEntry& entry : entries) {
        if (index.find(entry.name) == nullptr) {
            missing += (missing.empty() ? "" : ", ") + entry.name;
            continue;
        }
        cases.push_back(caseOf(folder, entry.name));
        if (cases.back().image.size(0) != channels) {
            throw ErrorException{
                bad(nnunetPackFile(folder, entry.name),
                    "has " + std::to_string(cases.back().image.size(0))
                        + " channels, the network takes " + std::to_string(channels) + ".")};
        }
    }
    if (!missing.empty()) {
        throw ErrorException{bad(folder, "holds no case " + missing + ", which the split names.")};
    }
    if (cases.empty()) {
        throw ErrorException{bad(folder, "the split names no case for training or validation.")};
    }
    return cases;
}

datasets::SplitLists splitsOf(const TrainRequest& request)
{
    const fs::path own = request.out / "splits.json";
    std::error_code ignored;
    const bool isContinued = request.resume && fs::exists(own, ignored);
    if (!isContinued && request.splits.empty()) {
        throw ErrorException{Error{
            ErrorCode::Usage,
            request.data.string()
                + ": a pack of nnU-Net's needs its lists train and val (--splits); `guidino nnunet "
                  "train` gives those of a fold.",
            {}}};
    }
    auto lists = valueOrThrow(datasets::readSplits(isContinued ? own : request.splits));
    for (const char* name : {"train", "val"}) {
        if (lists.find(name) == nullptr) {
            throw ErrorException{bad(
                isContinued ? own : request.splits, std::string("has no list '") + name + "'.")};
        }
    }
    return lists;
}

std::string identityOf(const datasets::NnunetPackIndex& index, const datasets::SplitLists& lists)
{
    Sha256 hash;
    hash.add(index.plan.data(), index.plan.size());
    for (const auto& [list, entries] : lists.lists) {
        hash.add(list.data(), list.size() + 1);
        for (const datasets::SplitEntry& entry : entries) {
            const auto* one = index.find(entry.name);
            const std::string key = one != nullptr ? one->key : std::string();
            hash.add(entry.name.data(), entry.name.size() + 1);
            hash.add(key.data(), key.size() + 1);
        }
    }
    return hash.hex();
}

std::shared_ptr<const nn::BatchSource> sourceOf(
    std::vector<nn::PatchCase> cases,
    const nn::ImagePlan& plan,
    const nn::AugmentationConfig& augmentation)
{
    nn::PatchOptions options;
    options.patch = plan.patch;
    // Without rotation and scaling nothing beyond the patch is needed.
    options.cut =
        nn::isIdentity(augmentation) ? plan.patch : datasets::nnunetInitialPatch(plan.patch);
    return std::make_shared<nn::PatchSource>(
        nn::PatchSampler(std::move(cases), options), augmentation, plan.useMask);
}

} // namespace

fs::path nnunetPackFile(const fs::path& folder, const std::string& name)
{
    return folder / (name + ".safetensors");
}

Result<TrainingData> openNnunetPack(const TrainRequest& request, const nn::SystemConfig& config)
{
    return guarded("Reading the data", [&]() -> Result<TrainingData> {
        const auto index = valueOrThrow(datasets::readNnunetPackIndex(request.data));
        const nn::ImagePlan plan = planOf(config, request.data);
        const std::int64_t channels = config.network.in_channels;
        TrainingData data;
        data.splits = splitsOf(request);
        data.layout = "nnunet";
        auto train = casesOf(request.data, index, *data.splits.find("train"), channels);
        auto validation = casesOf(request.data, index, *data.splits.find("val"), channels);
        for (const nn::PatchCase& one : train) {
            data.train.names.push_back(one.name);
        }
        for (const nn::PatchCase& one : validation) {
            data.validation.names.push_back(one.name);
        }
        data.train.source = sourceOf(std::move(train), plan, config.data.augmentation);
        data.validation.source =
            sourceOf(std::move(validation), plan, *nn::augmentationPreset("none"));
        for (const auto& [number, name] : index.classes) {
            BundleClass item;
            item.index = number;
            item.name = name;
            item.colour =
                kColours[static_cast<std::size_t>(std::max(1, number) - 1) % kColours.size()];
            data.classes.push_back(std::move(item));
        }
        data.imageStatistics = "{}";
        data.sha256 = identityOf(index, data.splits);
        return data;
    });
}

Result<TrainingCounts> countNnunetPack(const TrainRequest& request)
{
    return guarded("Reading the data", [&]() -> Result<TrainingCounts> {
        const datasets::SplitLists lists = splitsOf(request);
        return TrainingCounts{
            static_cast<std::int64_t>(lists.find("train")->size()),
            static_cast<std::int64_t>(lists.find("val")->size())};
    });
}

} // namespace guidino::engine
