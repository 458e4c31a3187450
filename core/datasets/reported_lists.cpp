// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/reported_lists.h"

#include <algorithm>
#include <random>
#include <set>

namespace guidino::datasets {

namespace {

Error nothingLeft(const Dataset& dataset, const std::string& what)
{
    return Error{ErrorCode::BadInput, dataset.root.string() + ": " + what, {}};
}

std::vector<std::size_t> withMask(const Dataset& dataset, const std::string& part)
{
    std::vector<std::size_t> positions = dataset.indicesOf(part);
    std::erase_if(positions, [&](std::size_t i) { return dataset.samples[i].mask.empty(); });
    return positions;
}

/// All that shares a scene with one of `positions`.
std::set<std::size_t>
partnersOf(const std::vector<NearDuplicate>& pairs, const std::vector<std::size_t>& positions)
{
    const std::set<std::size_t> own(positions.begin(), positions.end());
    std::set<std::size_t> partners;
    for (const NearDuplicate& pair : pairs) {
        if (own.contains(pair.a)) {
            partners.insert(pair.b);
        }
        if (own.contains(pair.b)) {
            partners.insert(pair.a);
        }
    }
    return partners;
}

void leaveOut(std::vector<std::size_t>& positions, const std::set<std::size_t>& others)
{
    std::erase_if(positions, [&](std::size_t i) { return others.contains(i); });
}

} // namespace

Result<SplitIndices> reportedLists(
    const Dataset& dataset, const std::vector<NearDuplicate>& pairs, const ReportedOptions& options)
{
    const std::vector<std::size_t> test = withMask(dataset, options.reported);
    std::vector<std::size_t> train = withMask(dataset, "train");
    std::vector<std::size_t> val =
        options.reported == "val" ? std::vector<std::size_t>() : withMask(dataset, "val");
    if (test.empty()) {
        return nothingLeft(dataset, "the part '" + options.reported + "' holds no pairs to report");
    }
    const std::set<std::size_t> reported = partnersOf(pairs, test);
    leaveOut(train, reported);
    leaveOut(val, reported);
    if (options.select || !options.kept.empty()) {
        val = options.kept;
        leaveOut(val, reported);
        if (options.select) {
            std::vector<std::size_t> candidates = train;
            for (const NearDuplicate& pair : pairs) {
                std::erase(candidates, pair.a);
                std::erase(candidates, pair.b);
            }
            if (candidates.size() < *options.select) {
                return nothingLeft(
                    dataset,
                    "only " + std::to_string(candidates.size())
                        + " training images have no near-duplicate");
            }
            // Fisher-Yates with the raw generator: std::shuffle differs between libraries.
            std::mt19937_64 random(static_cast<std::uint64_t>(options.seed));
            for (std::size_t i = candidates.size(); i > 1; --i) {
                std::swap(candidates[i - 1], candidates[random() % i]);
            }
            candidates.resize(*options.select);
            val = candidates;
            std::sort(val.begin(), val.end());
        }
        leaveOut(train, std::set<std::size_t>(val.begin(), val.end()));
        leaveOut(train, partnersOf(pairs, val));
    }
    if (train.empty() || val.empty()) {
        return nothingLeft(
            dataset,
            train.empty() ? "no training image is left" : "no image is left for selection");
    }
    SplitIndices indices;
    indices.lists = {{"train", std::move(train)}, {"val", std::move(val)}, {"test", test}};
    return indices;
}

} // namespace guidino::datasets
