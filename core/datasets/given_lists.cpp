// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/given_lists.h"

#include <utility>

namespace guidino::datasets {

namespace fs = std::filesystem;

Result<SplitIndices> givenLists(const Dataset& dataset, const fs::path& splits)
{
    if (!splits.empty()) {
        const auto lists = readSplits(splits);
        return lists ? resolve(dataset, *lists) : Result<SplitIndices>(lists.error());
    }
    SplitIndices indices;
    for (const std::string& name : dataset.splits) {
        indices.lists.emplace_back(name, dataset.indicesOf(name));
    }
    return indices;
}

Result<std::vector<std::size_t>>
imagesOfList(const Dataset& dataset, const fs::path& splits, const std::string& list)
{
    if (list.empty()) {
        return dataset.indicesOf("");
    }
    auto lists = givenLists(dataset, splits);
    if (!lists) {
        return std::move(lists).error();
    }
    std::string known;
    for (auto& [name, positions] : lists->lists) {
        if (name == list) {
            return std::move(positions);
        }
        known += (known.empty() ? "" : ", ") + name;
    }
    const fs::path& source = splits.empty() ? dataset.root : splits;
    return Error{
        ErrorCode::BadInput,
        source.string() + " has no split '" + list
            + "' (it has: " + (known.empty() ? "none" : known) + ").",
        {{"file", source.string()}}};
}

} // namespace guidino::datasets
