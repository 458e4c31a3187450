// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"
#include "core/base/sha256.h"
#include "core/base/threads.h"
#include "core/datasets/nnunet_case.h"
#include "core/datasets/nnunet_pack_index.h"
#include "core/engine/config.h"
#include "core/engine/devices.h"
#include "core/engine/guarded.h"
#include "core/engine/nnunet_pack.h"
#include "core/engine/nnunet_values.h"
#include "core/engine/parallel.h"
#include "core/engine/planned_windows.h"
#include "core/engine/tensor_raster.h"
#include "core/nn/data/image_plan.h"
#include "core/nn/data/random.h"
#include "core/nn/io/safetensors.h"

#include <torch/torch.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <mutex>
#include <numeric>
#include <thread>

namespace guidino::engine {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

// BASELINES.md §7.2: positions that are kept of each class.
constexpr std::int64_t kMostPlaces = 10000;
constexpr double kLeastShare = 0.01;
constexpr std::uint64_t kPlaceSeed = 1234;
constexpr std::size_t kNamedProblems = 50;
constexpr int kLargestLabel = 253;

/// A hash of all that the pixels and the places depend on besides the files.
std::string planHash(const nn::SystemConfig& config, const NnunetPackRequest& request)
{
    Json json{{"foreground", request.foreground}, {"ignore", request.ignoreLabel}};
    for (const char* key :
         {"normalization_schemes", "use_mask_for_norm", "intensities", "spacing"}) {
        const auto found = config.network.options.find(key);
        if (found != config.network.options.end()) {
            std::visit([&](const auto& value) { json[key] = value; }, found->second);
        }
    }
    return sha256Of(json.dump());
}

/// Of the files' names, lengths and times: content that changes changes these.
std::string keyOf(const datasets::NnunetCaseFiles& files, const std::string& plan)
{
    std::string text = plan;
    std::vector<fs::path> all = files.images;
    all.push_back(files.label);
    for (const fs::path& file : all) {
        std::error_code ignored;
        text += '\n';
        text += file.string();
        text += ' ';
        text += std::to_string(fs::file_size(file, ignored));
        text += ' ';
        text += std::to_string(fs::last_write_time(file, ignored).time_since_epoch().count());
    }
    return sha256Of(text);
}

/// Positions of what is true, sampled without replacement where there are many.
torch::Tensor placesOf(const torch::Tensor& mask)
{
    torch::Tensor places = torch::nonzero(mask).to(torch::kInt32);
    const std::int64_t all = places.size(0);
    const auto share = static_cast<std::int64_t>(std::ceil(static_cast<double>(all) * kLeastShare));
    const std::int64_t wanted = std::max(std::min(kMostPlaces, all), share);
    if (wanted == all) {
        return places.contiguous();
    }
    nn::SplitMix random(kPlaceSeed);
    std::vector<std::int64_t> order(static_cast<std::size_t>(all));
    std::iota(order.begin(), order.end(), 0);
    for (std::int64_t i = 0; i < wanted; ++i) {
        const auto other =
            i + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(all - i)));
        std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(other)]);
    }
    order.resize(static_cast<std::size_t>(wanted));
    return places.index_select(0, torch::tensor(order)).contiguous();
}

/// What dataset.json names: labels of the groups, background and ignore.
std::vector<bool> knownLabels(const NnunetPackRequest& request)
{
    std::vector<bool> isKnown(256, false);
    isKnown[0] = true;
    if (request.ignoreLabel >= 0) {
        isKnown[static_cast<std::size_t>(request.ignoreLabel)] = true;
    }
    for (const std::vector<int>& group : request.foreground) {
        for (const int label : group) {
            if (label < 0 || label > kLargestLabel) {
                throw ErrorException{Error{
                    ErrorCode::BadInput,
                    "dataset.json: the label " + std::to_string(label) + " is not from 0 to "
                        + std::to_string(kLargestLabel),
                    {}}};
            }
            isKnown[static_cast<std::size_t>(label)] = true;
        }
    }
    return isKnown;
}

torch::Tensor labelsOf(const datasets::NnunetCaseFiles& files, const NnunetPackRequest& request)
{
    const Raster8 raster = valueOrThrow(datasets::readLabelImage(files.label));
    torch::Tensor labels = tensorOf(raster)[0].select(2, 0).clone();
    const std::vector<bool> isKnown = knownLabels(request);
    const torch::Tensor values = std::get<0>(at::_unique(labels.flatten(), true));
    for (std::int64_t i = 0; i < values.numel(); ++i) {
        const auto value = values[i].item<std::uint8_t>();
        if (!isKnown[value]) {
            throw ErrorException{Error{
                ErrorCode::BadInput,
                files.label.string() + ": has the value " + std::to_string(value)
                    + ", which dataset.json does not name (nnU-Net's label images hold label "
                      "numbers, 0, 1, 2 ..., not 0 and 255)",
                {}}};
        }
    }
    if (request.ignoreLabel >= 0) {
        labels.masked_fill_(labels == request.ignoreLabel, 255);
    }
    return labels;
}

void makeCase(
    const datasets::NnunetCaseFiles& files,
    const NnunetPackRequest& request,
    const nn::ImagePlan& plan,
    const std::string& key)
{
    const auto read = valueOrThrow(datasets::readNnunetChannels(files.images, plan.schemes.size()));
    const torch::Tensor labels = labelsOf(files, request);
    if (labels.size(0) != read.size.height || labels.size(1) != read.size.width) {
        throw ErrorException{Error{
            ErrorCode::BadInput, files.label.string() + ": is of another size than its image", {}}};
    }
    const nn::PlannedImage image = nn::plannedImage(plan, valuesOf(read));
    const torch::Tensor codes = nn::plannedLabels(image, labels);
    std::map<std::string, torch::Tensor> tensors{{"image", image.image}, {"codes", codes}};
    for (std::size_t k = 0; k < request.foreground.size(); ++k) {
        torch::Tensor mask = torch::zeros_like(codes, torch::kBool);
        for (const int label : request.foreground[k]) {
            mask = mask.logical_or(codes == label + nn::kLabelCode);
        }
        tensors[std::string("places.").append(std::to_string(k))] = placesOf(mask);
    }
    if (request.ignoreLabel >= 0) {
        tensors["annotated"] = placesOf((codes != 255).logical_and(codes != nn::kOutsideCode));
    }
    valueOrThrow(nn::writeSafetensors(
        nnunetPackFile(request.out, files.name),
        tensors,
        {{"guidino_nnunet_case", "1"}, {"key", key}}));
}

bool isThere(const fs::path& file, const std::string& key)
{
    std::error_code ignored;
    if (!fs::exists(file, ignored)) {
        return false;
    }
    const auto stored = nn::readSafetensors(file);
    if (!stored) {
        return false;
    }
    const auto found = stored->metadata.find("key");
    return found != stored->metadata.end() && found->second == key;
}

Error problemsOf(std::vector<std::string> problems)
{
    std::sort(problems.begin(), problems.end());
    std::string text = "Nothing was trained: " + std::to_string(problems.size())
                       + (problems.size() == 1 ? " case is" : " cases are")
                       + " not usable. Repair or remove:";
    for (std::size_t i = 0; i < std::min(problems.size(), kNamedProblems); ++i) {
        text += "\n  " + problems[i];
    }
    if (problems.size() > kNamedProblems) {
        text += "\n  and " + std::to_string(problems.size() - kNamedProblems) + " more";
    }
    return Error{ErrorCode::BadInput, std::move(text), {}};
}

Result<NnunetPackOutcome> make(const NnunetPackRequest& request, JobContext& context)
{
    const nn::SystemConfig config = valueOrThrow(loadSystemConfig(request.config.string(), {}, {}));
    const auto plan = valueOrThrow(readImagePlan(config.network));
    if (!plan) {
        return Error{
            ErrorCode::Configuration, request.config.string() + ": is not of an nnU-Net plan.", {}};
    }
    valueOrThrow(makeFolder(request.out));
    const std::string hash = planHash(config, request);
    const int threads = threadsFor(request.threads);
    NnunetPackOutcome outcome;
    std::vector<std::string> problems;
    std::vector<std::string> keys(request.cases.size());
    std::mutex mutex;
    std::atomic<std::int64_t> done{0};
    const auto caller = std::this_thread::get_id();
    const auto total = static_cast<std::int64_t>(request.cases.size());
    parallelFor(request.cases.size(), static_cast<std::size_t>(threads), [&](std::size_t k) {
        const datasets::NnunetCaseFiles& files = request.cases[k];
        if (std::this_thread::get_id() == caller && context.isCancelled()) {
            throw ErrorException{
                Error{ErrorCode::Cancelled, "Stopped while the images were preprocessed.", {}}};
        }
        keys[k] = keyOf(files, hash);
        const bool isKept = isThere(nnunetPackFile(request.out, files.name), keys[k]);
        if (!isKept) {
            const auto made = guarded("Preprocessing " + files.name, [&]() -> Result<void> {
                makeCase(files, request, *plan, keys[k]);
                return {};
            });
            if (!made) {
                const ErrorCode code = made.error().code;
                if (code != ErrorCode::BadInput && code != ErrorCode::NotFound) {
                    throw ErrorException{made.error()};
                }
                const std::scoped_lock lock(mutex);
                problems.push_back(made.error().message);
            }
        }
        const std::int64_t now = ++done;
        const std::scoped_lock lock(mutex);
        ++(isKept ? outcome.kept : outcome.made);
        if (std::this_thread::get_id() == caller) {
            context.progress({"preprocess", now, total, -1, files.name});
        }
    });
    if (!problems.empty()) {
        return problemsOf(std::move(problems));
    }
    datasets::NnunetPackIndex index;
    index.plan = hash;
    index.classes = request.classes;
    index.hasIgnore = request.ignoreLabel >= 0;
    index.ignoreLabel = request.ignoreLabel;
    index.foreground = request.foreground;
    index.references = request.references;
    for (std::size_t k = 0; k < request.cases.size(); ++k) {
        index.cases.push_back({request.cases[k].name, keys[k], request.cases[k].images});
    }
    valueOrThrow(datasets::writeNnunetPackIndex(request.out, index));
    return outcome;
}

} // namespace

Result<NnunetPackOutcome> makeNnunetPack(const NnunetPackRequest& request, JobContext& context)
{
    return guarded("Preprocessing", [&] {
        useThreads(request.threads);
        return make(request, context);
    });
}

} // namespace guidino::engine
