// SPDX-License-Identifier: Apache-2.0
#include "core/report/evaluation_inputs.h"

#include "core/base/npy.h"
#include "core/datasets/dataset.h"
#include "core/datasets/decode.h"
#include "core/datasets/pairing.h"
#include "core/datasets/splits.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace guidino::report {

namespace {

namespace fs = std::filesystem;

Error notAFolder(const fs::path& folder, const char* what)
{
    return Error{
        ErrorCode::NotFound,
        folder.string() + ": no such folder of " + what,
        {{"file", folder.string()}}};
}

std::string listed(const std::vector<std::string>& names)
{
    constexpr std::size_t kMost = 8;
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), kMost); ++i) {
        text += (i > 0 ? ", " : "") + names[i];
    }
    return names.size() > kMost ? text + " and " + std::to_string(names.size() - kMost) + " more"
                                : text;
}

ReferenceCase caseOf(const datasets::Sample& sample)
{
    return {sample.stem, sample.image, sample.mask};
}

Result<std::vector<ReferenceCase>>
listedCases(const datasets::Dataset& dataset, const fs::path& splits, const std::string& splitName)
{
    auto lists = datasets::readSplits(splits);
    if (!lists) {
        return std::move(lists).error();
    }
    std::vector<std::string> names;
    for (const auto& [name, entries] : lists->lists) {
        names.push_back(name);
    }
    const auto* wanted = lists->find(splitName);
    if (wanted == nullptr) {
        return Error{
            ErrorCode::Usage,
            splits.string() + ": has no list '" + splitName + "'; it has: " + listed(names),
            {}};
    }
    // The other lists may name images that are elsewhere.
    const datasets::SplitLists one{lists->seed, {{splitName, *wanted}}};
    auto indices = datasets::resolve(dataset, one);
    if (!indices) {
        return std::move(indices).error();
    }
    std::vector<ReferenceCase> cases;
    for (const std::size_t index : (*indices)[splitName]) {
        if (!dataset.samples[index].mask.empty()) {
            cases.push_back(caseOf(dataset.samples[index]));
        }
    }
    return cases;
}

Result<std::vector<ReferenceCase>>
casesOfFolder(const fs::path& folder, const fs::path& splits, const std::string& splitName)
{
    auto masks = datasets::listImages(folder);
    if (!masks) {
        return std::move(masks).error();
    }
    std::set<std::string> wanted;
    if (!splits.empty()) {
        auto lists = datasets::readSplits(splits);
        if (!lists) {
            return std::move(lists).error();
        }
        const auto* entries = lists->find(splitName);
        if (entries == nullptr) {
            return Error{
                ErrorCode::Usage, splits.string() + ": has no list '" + splitName + "'", {}};
        }
        for (const auto& entry : *entries) {
            wanted.insert(datasets::stemOf(entry.name));
        }
    } else if (!splitName.empty()) {
        return Error{
            ErrorCode::Usage,
            folder.string() + ": a folder of masks has no split '" + splitName
                + "'; name a splits.json, or the data set's root",
            {}};
    }
    std::vector<ReferenceCase> cases;
    for (const fs::path& mask : *masks) {
        cases.push_back({datasets::stemOf(mask), {}, mask});
    }
    if (!splits.empty()) {
        // The list names images; masks may carry a suffix.
        std::vector<fs::path> names(wanted.begin(), wanted.end());
        const auto pairing = datasets::pairByName(names, *masks);
        std::vector<ReferenceCase> chosen;
        for (const auto& pair : pairing.pairs) {
            chosen.push_back({names[pair.image].string(), {}, (*masks)[pair.mask]});
        }
        return chosen;
    }
    return cases;
}

std::map<std::string, fs::path> softMapsIn(const fs::path& folder)
{
    std::map<std::string, fs::path> maps;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
        const fs::path& file = entry.path();
        const std::string stem = file.stem().string();
        if (file.extension() == ".npy") {
            maps[stem] = file; // exact values before pictures
        } else if (datasets::isImageFile(file)) {
            maps.emplace(stem, file);
        }
    }
    return maps;
}

Status addGuides(const fs::path& folder, EvaluationInputs& inputs)
{
    const fs::path place = subfolderOr(folder, "guide");
    if (!fs::is_directory(place)) {
        return notAFolder(place, "guides");
    }
    const auto maps = softMapsIn(place);
    for (EvaluationPair& pair : inputs.pairs) {
        for (const std::string& stem : {datasets::stemOf(pair.prediction), pair.name}) {
            if (const auto found = maps.find(stem); found != maps.end() && pair.guide.empty()) {
                pair.guide = found->second;
            }
        }
        if (pair.guide.empty()) {
            inputs.failures.push_back(
                {pair.prediction.string(),
                 "missing_guide",
                 place.string() + ": has no guide of " + pair.name + " (.npy or .png)"});
        }
    }
    return {};
}

} // namespace

fs::path subfolderOr(const fs::path& folder, const std::string& name)
{
    std::error_code ignored;
    return fs::is_directory(folder / name, ignored) ? folder / name : folder;
}

Result<std::vector<ReferenceCase>>
collectReferences(const fs::path& folder, const fs::path& splits, const std::string& splitName)
{
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored)) {
        return notAFolder(folder, "reference masks");
    }
    const auto dataset = datasets::openDataset(folder);
    if (!dataset || dataset->pairCount() == 0) {
        return casesOfFolder(folder, splits, splitName);
    }
    if (!splits.empty()) {
        return listedCases(*dataset, splits, splitName);
    }
    std::vector<ReferenceCase> cases;
    for (const std::size_t index : dataset->indicesOf(splitName)) {
        if (!dataset->samples[index].mask.empty()) {
            cases.push_back(caseOf(dataset->samples[index]));
        }
    }
    if (cases.empty() && !splitName.empty()) {
        return Error{
            ErrorCode::Usage,
            folder.string() + ": has no split '" + splitName
                + "'; it has: " + listed(dataset->splits),
            {}};
    }
    return cases;
}

Result<EvaluationInputs> collectInputs(const EvaluateSpec& spec)
{
    std::error_code ignored;
    if (!fs::is_directory(spec.predictions, ignored)) {
        return notAFolder(spec.predictions, "predictions");
    }
    const fs::path folder = subfolderOr(spec.predictions, "masks");
    auto predictions = datasets::listImages(folder);
    if (!predictions) {
        return std::move(predictions).error();
    }
    auto references = collectReferences(spec.references, spec.splits, spec.splitName);
    if (!references) {
        return std::move(references).error();
    }
    std::vector<fs::path> keys;
    for (const ReferenceCase& reference : *references) {
        keys.push_back(reference.image.empty() ? reference.mask : reference.image);
    }
    const auto pairing = datasets::pairByName(*predictions, keys);
    EvaluationInputs inputs;
    for (const auto& pair : pairing.pairs) {
        const ReferenceCase& reference = (*references)[pair.mask];
        const fs::path& prediction = (*predictions)[pair.image];
        const std::string name =
            reference.image.empty() ? datasets::stemOf(prediction) : reference.name;
        inputs.pairs.push_back({name, prediction, reference.mask, {}});
    }
    const bool isRestricted = !spec.splits.empty() || !spec.splitName.empty();
    for (const std::size_t index : pairing.lonelyImages) {
        if (!isRestricted) {
            inputs.failures.push_back(
                {(*predictions)[index].string(),
                 "missing_reference",
                 (*predictions)[index].string() + ": no reference mask of that name in "
                     + spec.references.string()});
        }
    }
    for (const std::size_t index : pairing.lonelyMasks) {
        inputs.unpredicted.push_back((*references)[index].name);
    }
    if (inputs.pairs.empty()) {
        return Error{
            ErrorCode::BadInput,
            "nothing to compare: none of the " + std::to_string(predictions->size()) + " masks in "
                + folder.string() + " has the name of one of the "
                + std::to_string(references->size()) + " references in " + spec.references.string(),
            {}};
    }
    std::sort(inputs.pairs.begin(), inputs.pairs.end(), [](const auto& a, const auto& b) {
        return datasets::naturalLess(a.name, b.name);
    });
    if (!spec.guides.empty()) {
        GD_TRY(addGuides(spec.guides, inputs));
    }
    return inputs;
}

Result<RasterF> readSoftMap(const fs::path& file)
{
    if (file.extension() == ".npy") {
        auto array = readNpy(file);
        if (!array) {
            return std::move(array).error();
        }
        std::vector<std::int64_t> shape = array->shape;
        while (shape.size() > 2 && shape.front() == 1) {
            shape.erase(shape.begin());
        }
        constexpr std::int64_t kMostSide = 1 << 20;
        if (shape.size() != 2 || array->values.empty() || shape[0] > kMostSide
            || shape[1] > kMostSide) {
            return Error{
                ErrorCode::BadInput,
                file.string() + ": a guide has the shape [H, W] or [1, H, W]",
                {}};
        }
        return RasterF(
            static_cast<int>(shape[1]), static_cast<int>(shape[0]), 1, std::move(array->values));
    }
    datasets::Sample sample;
    sample.image = file;
    auto picture = datasets::decodeImage(sample);
    if (!picture) {
        return std::move(picture).error();
    }
    RasterF map(picture->width(), picture->height());
    for (std::size_t i = 0; i < map.pixels().size(); ++i) {
        map.data()[i] = static_cast<float>(picture->data()[i * 3]) / 255.0F;
    }
    return map;
}

Raster8 nearestResized(const Raster8& labels, Size size)
{
    if (labels.size() == size || labels.isEmpty()) {
        return labels;
    }
    Raster8 result(size.width, size.height);
    const auto source = [](std::int64_t i, std::int64_t from, std::int64_t to) {
        return static_cast<int>((2 * i + 1) * from / (2 * to));
    };
    for (int y = 0; y < size.height; ++y) {
        const std::uint8_t* row = labels.row(source(y, labels.height(), size.height));
        for (int x = 0; x < size.width; ++x) {
            result.at(x, y) = row[source(x, labels.width(), size.width)];
        }
    }
    return result;
}

RasterF bilinearResized(const RasterF& map, Size size)
{
    if (map.size() == size || map.isEmpty()) {
        return map;
    }
    struct Tap
    {
        int first;
        int second;
        float share;
    };
    const auto tapsOf = [](int from, int to) {
        std::vector<Tap> taps;
        for (int i = 0; i < to; ++i) {
            const float at = std::max(
                0.0F,
                (static_cast<float>(i) + 0.5F) * static_cast<float>(from) / static_cast<float>(to)
                    - 0.5F);
            const int first = std::min(static_cast<int>(at), from - 1);
            taps.push_back({first, std::min(first + 1, from - 1), at - static_cast<float>(first)});
        }
        return taps;
    };
    const auto columns = tapsOf(map.width(), size.width);
    const auto rows = tapsOf(map.height(), size.height);
    RasterF result(size.width, size.height);
    for (int y = 0; y < size.height; ++y) {
        const Tap& row = rows[static_cast<std::size_t>(y)];
        const float* upper = map.row(row.first);
        const float* lower = map.row(row.second);
        for (int x = 0; x < size.width; ++x) {
            const Tap& column = columns[static_cast<std::size_t>(x)];
            const float above =
                upper[column.first] * (1 - column.share) + upper[column.second] * column.share;
            const float below =
                lower[column.first] * (1 - column.share) + lower[column.second] * column.share;
            result.at(x, y) = above * (1 - row.share) + below * row.share;
        }
    }
    return result;
}

} // namespace guidino::report
