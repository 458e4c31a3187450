// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/layouts.h"

#include "core/datasets/pairing.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <system_error>
#include <utility>

namespace guidino::datasets::layouts {

namespace fs = std::filesystem;

namespace {

const std::set<std::string, std::less<>>& imageFolderNames()
{
    static const std::set<std::string, std::less<>> kNames = {
        "images",
        "image",
        "imgs",
        "img",
        "input",
        "inputs",
        "frames",
        "frame",
        "originals",
        "original",
        "jpegimages",
        "pictures",
        "scans",
        "xs",
        "x"};
    return kNames;
}

const std::set<std::string, std::less<>>& maskFolderNames()
{
    static const std::set<std::string, std::less<>> kNames = {
        "masks",
        "mask",
        "labels",
        "label",
        "annotations",
        "annotation",
        "gt",
        "gts",
        "groundtruth",
        "groundtruths",
        "segmentation",
        "segmentations",
        "segs",
        "seg",
        "segmentationclass",
        "targets",
        "target",
        "manual",
        "lesions",
        "labelmaps",
        "ys",
        "y"};
    return kNames;
}

Error cannotRead(const Path& folder, const std::error_code& code)
{
    return Error{
        ErrorCode::BadInput,
        folder.string() + ": cannot read the folder: " + code.message()
            + ". Check that it is a folder and its permissions",
        {}};
}

bool isHidden(const Path& path)
{
    const std::string name = path.filename().string();
    return name.starts_with('.') || name == "__MACOSX";
}

/// By naturalLess(). The texts that are compared are made once: a folder may hold 100,000 files.
void sortByNumber(std::vector<Path>& paths)
{
    std::vector<std::pair<std::string, std::size_t>> keys;
    keys.reserve(paths.size());
    for (const Path& path : paths) {
        keys.emplace_back(path.generic_string(), keys.size());
    }
    std::sort(keys.begin(), keys.end(), [](const auto& a, const auto& b) {
        return naturalLess(a.first, b.first);
    });
    std::vector<Path> sorted;
    sorted.reserve(paths.size());
    for (const auto& [text, index] : keys) {
        sorted.push_back(std::move(paths[index]));
    }
    paths = std::move(sorted);
}

Status walk(const Path& folder, int depth, std::vector<Path>& images)
{
    auto listing = list(folder);
    if (!listing) {
        return std::move(listing).error();
    }
    images.insert(images.end(), listing->images.begin(), listing->images.end());
    // Links may form circles.
    constexpr int kMaxDepth = 8;
    if (depth < kMaxDepth) {
        for (const Path& inner : listing->folders) {
            GD_TRY(walk(inner, depth + 1, images));
        }
    }
    return {};
}

/// The first part of a path below a folder that is named like a split.
std::string splitOfPath(const Path& below)
{
    for (const Path& part : below.parent_path()) {
        if (const std::string split = splitNamed(plainName(part)); !split.empty()) {
            return split;
        }
    }
    return {};
}

} // namespace

Result<Listing> list(const Path& folder)
{
    Listing listing;
    std::error_code code;
    fs::directory_iterator entries(folder, code);
    if (code) {
        return cannotRead(folder, code);
    }
    for (; entries != fs::directory_iterator(); entries.increment(code)) {
        const fs::directory_entry& entry = *entries;
        if (isHidden(entry.path())) {
            continue;
        }
        std::error_code ignored;
        if (entry.is_directory(ignored)) {
            listing.folders.push_back(entry.path());
        } else if (isImageFile(entry.path())) {
            listing.images.push_back(entry.path());
        } else {
            listing.others.push_back(entry.path());
        }
    }
    if (code) {
        return cannotRead(folder, code);
    }
    for (std::vector<Path>* paths : {&listing.folders, &listing.images, &listing.others}) {
        sortByNumber(*paths);
    }
    return listing;
}

Result<std::vector<Path>> listDeep(const Path& folder)
{
    std::vector<Path> images;
    GD_TRY(walk(folder, 0, images));
    return images;
}

std::string plainName(const Path& path)
{
    const Path named = path.has_filename() ? path.filename() : path.parent_path().filename();
    std::string plain;
    for (const char letter : named.string()) {
        if (std::isalnum(static_cast<unsigned char>(letter)) != 0) {
            plain += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
        }
    }
    return plain;
}

std::string splitNamed(std::string_view plain)
{
    static const std::map<std::string, std::string, std::less<>> kNames = {
        {"train", "train"},
        {"training", "train"},
        {"trainset", "train"},
        {"traindataset", "train"},
        {"tr", "train"},
        {"val", "val"},
        {"valid", "val"},
        {"validation", "val"},
        {"valset", "val"},
        {"validset", "val"},
        {"dev", "val"},
        {"test", "test"},
        {"testing", "test"},
        {"testset", "test"},
        {"testdataset", "test"},
        {"ts", "test"}};
    const auto found = kNames.find(plain);
    return found == kNames.end() ? std::string() : found->second;
}

FolderPair folderPairOf(const Listing& listing)
{
    FolderPair pair;
    for (const Path& folder : listing.folders) {
        const std::string name = plainName(folder);
        if (pair.images.empty() && imageFolderNames().contains(name)) {
            pair.images = folder;
        }
        if (pair.masks.empty() && maskFolderNames().contains(name)) {
            pair.masks = folder;
        }
    }
    return pair;
}

std::string nameBelow(const Path& root, const Path& file)
{
    const Path below = file.lexically_relative(root);
    if (below.empty() || *below.begin() == "..") {
        return file.generic_string();
    }
    return below.generic_string();
}

void addLists(
    Dataset& dataset,
    const std::vector<Path>& images,
    const std::vector<Path>& masks,
    const std::string& split)
{
    const Pairing pairing = pairByName(images, masks);
    std::vector<const Path*> maskOf(images.size(), nullptr);
    for (const Pairing::Pair& pair : pairing.pairs) {
        maskOf[pair.image] = &masks[pair.mask];
    }
    for (std::size_t i = 0; i < images.size(); ++i) {
        Sample sample;
        sample.name = nameBelow(dataset.root, images[i]);
        sample.stem = stemOf(images[i]);
        sample.image = images[i];
        sample.split = split;
        if (maskOf[i] != nullptr) {
            sample.mask = *maskOf[i];
        }
        dataset.samples.push_back(std::move(sample));
    }
    for (const std::size_t mask : pairing.lonelyMasks) {
        dataset.lonelyMasks.push_back(masks[mask]);
    }
    dataset.imageCount += images.size();
    dataset.maskCount += masks.size();
}

Status addFolders(Dataset& dataset, const FolderPair& folders, std::string split)
{
    // Images beside their folder of masks: only those right in the folder.
    const Path masksBelow = folders.masks.lexically_relative(folders.images);
    const bool holdsMasks = !masksBelow.empty() && *masksBelow.begin() != "..";
    Result<std::vector<Path>> images =
        holdsMasks ? listImages(folders.images) : listDeep(folders.images);
    if (!images) {
        return std::move(images).error();
    }
    std::vector<Path> masks;
    if (!folders.masks.empty()) {
        auto found = listDeep(folders.masks);
        if (!found) {
            return std::move(found).error();
        }
        masks = std::move(*found);
    }
    // Files of different subfolders may share a name, so each subfolder is paired by itself.
    std::map<std::string, std::pair<std::vector<Path>, std::vector<Path>>> parts;
    for (const Path& image : *images) {
        parts[nameBelow(folders.images, image.parent_path())].first.push_back(image);
    }
    for (const Path& mask : masks) {
        parts[nameBelow(folders.masks, mask.parent_path())].second.push_back(mask);
    }
    for (const auto& [below, lists] : parts) {
        addLists(
            dataset,
            lists.first,
            lists.second,
            split.empty() ? splitOfPath(Path(below) / "x") : split);
    }
    return {};
}

Status addFlat(Dataset& dataset, const Path& folder, std::string split, bool deep)
{
    auto listing = list(folder);
    if (!listing) {
        return std::move(listing).error();
    }
    const Pairing pairing = pairInOneFolder(listing->images);
    const auto& files = listing->images;
    std::vector<Path> images;
    std::vector<Path> masks;
    std::set<std::size_t> maskPositions(pairing.lonelyMasks.begin(), pairing.lonelyMasks.end());
    for (const Pairing::Pair& pair : pairing.pairs) {
        maskPositions.insert(pair.mask);
    }
    for (std::size_t i = 0; i < files.size(); ++i) {
        (maskPositions.contains(i) ? masks : images).push_back(files[i]);
    }
    addLists(dataset, images, masks, split);
    if (deep) {
        for (const Path& inner : listing->folders) {
            const std::string named = splitNamed(plainName(inner));
            GD_TRY(addFlat(dataset, inner, split.empty() ? named : split, true));
        }
    }
    return {};
}

Status addSplitFolders(Dataset& dataset, const Listing& listing)
{
    for (const Path& folder : listing.folders) {
        const std::string split = splitNamed(plainName(folder));
        if (split.empty()) {
            continue;
        }
        auto inner = list(folder);
        if (!inner) {
            return std::move(inner).error();
        }
        const FolderPair pair = folderPairOf(*inner);
        if (pair.images.empty()) {
            GD_TRY(addFlat(dataset, folder, split, false));
        } else {
            GD_TRY(addFolders(dataset, pair, split));
        }
    }
    return {};
}

} // namespace guidino::datasets::layouts
