// SPDX-License-Identifier: Apache-2.0
// nnU-Net's decisions in nnunet_fixtures.json, as cases of `guidino verify`.
#include "core/datasets/nnunet_plan.h"
#include "core/nn/verify/verify.h"

#include <nlohmann/json.hpp>

namespace guidino::engine {

namespace {

using nlohmann::json;
using nn::verify::CaseResult;
using nn::verify::GoldenFile;

/// Compares what `made` gives for each key of a part with what the file says.
template<typename Made>
std::vector<CaseResult> checkEach(const GoldenFile& file, const json& expected, const Made& made)
{
    CaseResult result{file.part, "ok", std::to_string(expected.size()) + " figures"};
    for (const auto& [key, value] : expected.items()) {
        const json own = made(key);
        if (own != value) {
            result.status = "failed";
            result.error = key + ": " + own.dump() + " instead of " + value.dump();
        }
    }
    return {result};
}

std::vector<CaseResult> verifyFolds(const GoldenFile& file)
{
    const json part = json::parse(file.json).at("kfold");
    auto results = checkEach(file, part.at("val_indices"), [](const std::string& n) {
        return json(datasets::nnunetFolds(std::stoul(n)));
    });
    std::vector<std::size_t> first = datasets::nnunetFolds(1000).front();
    first.resize(10);
    if (json(first) != part.at("val_fold0_first10_n1000")) {
        results[0].status = "failed";
        results[0].error = "the first fold of 1000 is another";
    }
    return results;
}

std::vector<CaseResult> verifyOversampling(const GoldenFile& file)
{
    return checkEach(
        file, json::parse(file.json).at("oversample_fg_idx"), [](const std::string& batch) {
            return json(datasets::nnunetForcedForeground(std::stoul(batch)));
        });
}

std::vector<CaseResult> verifyInitialPatch(const GoldenFile& file)
{
    return checkEach(
        file, json::parse(file.json).at("initial_patch"), [](const std::string& patch) {
            const std::size_t comma = patch.find(','); // "(256, 512)"
            return json(datasets::nnunetInitialPatch(
                {std::stol(patch.substr(1)), std::stol(patch.substr(comma + 1))}));
        });
}

const nn::verify::FileRegistration folds("nnunet_fixtures", "kfold", verifyFolds);
const nn::verify::FileRegistration
    oversampling("nnunet_fixtures", "oversample_fg_idx", verifyOversampling);
const nn::verify::FileRegistration
    initialPatch("nnunet_fixtures", "initial_patch", verifyInitialPatch);

} // namespace

} // namespace guidino::engine
