// SPDX-License-Identifier: Apache-2.0
#include "core/engine/pack_input.h"

#include <algorithm>

namespace guidino::engine {

datasets::Dataset datasetOf(const nn::Pack& pack, const std::filesystem::path& path)
{
    datasets::Dataset dataset;
    dataset.layout = "pack";
    dataset.root = path;
    dataset.imageCount = dataset.maskCount = pack.names.size();
    for (std::size_t i = 0; i < pack.names.size(); ++i) {
        datasets::Sample sample;
        sample.name = pack.names[i];
        sample.stem = std::filesystem::path(pack.names[i]).stem().string();
        sample.mask = "in the pack";
        sample.group = pack.groups.empty() ? "" : pack.groups[i];
        for (const auto& [split, names] : pack.splits) {
            if (std::find(names.begin(), names.end(), sample.name) != names.end()) {
                sample.split = split;
            }
        }
        dataset.samples.push_back(std::move(sample));
    }
    for (const char* split : {"train", "val", "test"}) {
        if (pack.splits.contains(split)) {
            dataset.splits.emplace_back(split);
        }
    }
    return dataset;
}

} // namespace guidino::engine
