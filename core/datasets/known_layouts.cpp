// SPDX-License-Identifier: Apache-2.0
// The layouts of published data sets, by the names their makers gave.
#include "core/base/file.h"
#include "core/datasets/layouts.h"
#include "core/datasets/pairing.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace guidino::datasets::layouts {

namespace {

using Json = nlohmann::json;

/// The images of a folder, or none where there is no such folder.
Result<std::vector<Path>> imagesOf(const Path& folder)
{
    if (folder.empty()) {
        return std::vector<Path>();
    }
    auto listing = list(folder);
    if (!listing) {
        return std::move(listing).error();
    }
    return std::move(listing->images);
}

Path folderNamed(const Listing& listing, std::string_view plain)
{
    for (const Path& folder : listing.folders) {
        if (plainName(folder) == plain) {
            return folder;
        }
    }
    return {};
}

std::string isicSplit(const std::string& plain)
{
    for (const auto& [word, split] :
         {std::pair{"training", "train"}, {"validation", "val"}, {"test", "test"}}) {
        if (plain.find(word) != std::string::npos) {
            return split;
        }
    }
    return {};
}

/// Positions of a fold's list, checked. Problems name the file.
std::vector<std::size_t>
foldList(Dataset& dataset, const Path& file, const Json& fold, const char* key, std::size_t count)
{
    std::vector<std::size_t> positions;
    const std::string name = nameBelow(dataset.root, file);
    if (!fold.contains(key) || !fold[key].is_array()) {
        dataset.problems.push_back({name, "split", std::string("no list '") + key + "'"});
        return positions;
    }
    for (const Json& entry : fold[key]) {
        if (!entry.is_number_integer() || entry.get<std::int64_t>() < 0
            || entry.get<std::int64_t>() >= static_cast<std::int64_t>(count)) {
            dataset.problems.push_back(
                {name,
                 "split",
                 "'" + std::string(key) + "' has the entry " + entry.dump() + ", but there are "
                     + std::to_string(count) + " images in trainval-image"});
            continue;
        }
        positions.push_back(entry.get<std::size_t>());
    }
    return positions;
}

/// Gives the samples of trainval their split. Indices count the images in the order of their
/// numbers.
Status applyFold(Dataset& dataset, const std::vector<Path>& trainval, const Path& file)
{
    auto text = readFile(file, 64 << 20);
    if (!text) {
        return std::move(text).error();
    }
    const Json fold = Json::parse(*text, nullptr, false);
    if (!fold.is_object()) {
        return Error{ErrorCode::BadInput, file.string() + ": not a JSON object of lists", {}};
    }
    std::map<Path, std::string> splitOfImage;
    for (const char* key : {"train", "val"}) {
        for (const std::size_t position : foldList(dataset, file, fold, key, trainval.size())) {
            const auto [entry, isNew] = splitOfImage.emplace(trainval[position], key);
            if (!isNew && entry->second != key) {
                dataset.problems.push_back(
                    {nameBelow(dataset.root, file),
                     "split",
                     "image " + std::to_string(position) + " is in both 'train' and 'val'"});
            }
        }
    }
    for (Sample& sample : dataset.samples) {
        if (sample.split == "train") {
            const auto found = splitOfImage.find(sample.image);
            // An image that the fold leaves out belongs to no split.
            sample.split = found == splitOfImage.end() ? std::string() : found->second;
        }
    }
    return {};
}

struct ChannelFile
{
    std::string caseName;
    int channel = 0;
    Path file;
};

/// `CASE_0000.png`; nothing for other names.
std::optional<ChannelFile> channelFileOf(const Path& file)
{
    const std::string stem = stemOf(file);
    if (stem.size() < 6 || stem[stem.size() - 5] != '_') {
        return std::nullopt;
    }
    const std::string digits = stem.substr(stem.size() - 4);
    if (digits.find_first_not_of("0123456789") != std::string::npos) {
        return std::nullopt;
    }
    return ChannelFile{stem.substr(0, stem.size() - 5), std::stoi(digits), file};
}

void addNnunetPart(
    Dataset& dataset,
    const std::vector<Path>& files,
    const std::vector<Path>& labels,
    const std::string& split)
{
    std::map<std::string, std::map<int, Path>> cases;
    for (const Path& file : files) {
        if (const auto channel = channelFileOf(file)) {
            cases[channel->caseName][channel->channel] = file;
        } else {
            dataset.problems.push_back(
                {nameBelow(dataset.root, file),
                 "unsupported",
                 "the name does not end in a channel number such as _0000"});
        }
    }
    std::vector<Path> names;
    for (const auto& [name, channels] : cases) {
        names.emplace_back(name + ".case");
    }
    const Pairing pairing = pairByName(names, labels);
    std::vector<Sample> samples(names.size());
    std::size_t position = 0;
    for (const auto& [name, channels] : cases) {
        Sample& sample = samples[position++];
        sample.stem = name;
        sample.split = split;
        for (const auto& [channel, file] : channels) {
            if (sample.image.empty()) {
                sample.image = file;
                sample.name = nameBelow(dataset.root, file);
            } else {
                sample.moreChannels.push_back(file);
            }
        }
    }
    for (const Pairing::Pair& pair : pairing.pairs) {
        samples[pair.image].mask = labels[pair.mask];
    }
    for (const std::size_t mask : pairing.lonelyMasks) {
        dataset.lonelyMasks.push_back(labels[mask]);
    }
    dataset.imageCount += samples.size();
    dataset.maskCount += labels.size();
    std::move(samples.begin(), samples.end(), std::back_inserter(dataset.samples));
}

} // namespace

Status addIsic(Dataset& dataset, const Listing& listing)
{
    for (const Path& folder : listing.folders) {
        const std::string name = plainName(folder);
        const std::string split = isicSplit(name);
        if (split.empty() || !(name.ends_with("data") || name.ends_with("input"))) {
            continue;
        }
        // Parts 2 and 3 are attributes and diagnoses; Part 1 (2016, 2017) and Task 1 (2018) are
        // the masks.
        Path truth;
        for (const Path& other : listing.folders) {
            const std::string otherName = plainName(other);
            const bool isPart1 = otherName.find("part1") != std::string::npos
                                 || otherName.find("task1") != std::string::npos;
            if (isicSplit(otherName) == split && isPart1 && otherName.ends_with("groundtruth")) {
                truth = other;
            }
        }
        auto images = imagesOf(folder);
        if (!images) {
            return std::move(images).error();
        }
        std::erase_if(
            *images, [](const Path& image) { return stemOf(image).ends_with("_superpixels"); });
        auto masks = imagesOf(truth);
        if (!masks) {
            return std::move(masks).error();
        }
        addLists(dataset, *images, *masks, split);
    }
    return {};
}

Status addTn3k(Dataset& dataset, const Listing& listing, int fold)
{
    std::vector<Path> trainval;
    for (const auto& [part, split] : {std::pair{"trainval", "train"}, {"test", "test"}}) {
        auto images = imagesOf(folderNamed(listing, std::string(part) + "image"));
        if (!images) {
            return std::move(images).error();
        }
        auto masks = imagesOf(folderNamed(listing, std::string(part) + "mask"));
        if (!masks) {
            return std::move(masks).error();
        }
        addLists(dataset, *images, *masks, split);
        if (std::string_view(part) == "trainval") {
            trainval = std::move(*images);
        }
    }
    if (fold < 0) {
        return {};
    }
    const std::string wanted = "tn3k-trainval-fold" + std::to_string(fold) + ".json";
    for (const Path& file : listing.others) {
        if (file.filename() == wanted) {
            return applyFold(dataset, trainval, file);
        }
    }
    if (fold > 0) {
        return Error{
            ErrorCode::BadInput, (dataset.root / wanted).string() + ": there is no such file", {}};
    }
    return {};
}

Status addNnunet(Dataset& dataset, const Listing& listing)
{
    for (const auto& [part, split] : {std::pair{"tr", "train"}, {"ts", "test"}}) {
        const Path folder = folderNamed(listing, std::string("images") + part);
        if (folder.empty()) {
            continue;
        }
        auto files = list(folder);
        if (!files) {
            return std::move(files).error();
        }
        auto labels = imagesOf(folderNamed(listing, std::string("labels") + part));
        if (!labels) {
            return std::move(labels).error();
        }
        const auto isVolume = [](const Path& file) {
            const std::string name = file.filename().string();
            return name.ends_with(".nii.gz") || name.ends_with(".nii") || name.ends_with(".mha")
                   || name.ends_with(".nrrd");
        };
        if (files->images.empty()
            && std::any_of(files->others.begin(), files->others.end(), isVolume)) {
            return Error{
                ErrorCode::BadInput,
                folder.string()
                    + ": holds volumes; only 2D images (PNG, JPEG, TIFF, WebP, BMP) are read here",
                {}};
        }
        for (const Path& file : files->others) {
            if (isVolume(file)) {
                dataset.problems.push_back(
                    {nameBelow(dataset.root, file), "unsupported", "volumes are not read here"});
            }
        }
        addNnunetPart(dataset, files->images, *labels, split);
    }
    return {};
}

} // namespace guidino::datasets::layouts
