// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/dataset.h"

#include "core/datasets/layouts.h"
#include "core/datasets/pairing.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <system_error>
#include <utility>

namespace guidino::datasets {

namespace {

namespace fs = std::filesystem;
using layouts::FolderPair;
using layouts::Listing;

/// Names that people may type for a layout.
std::string canonicalLayout(const std::string& name)
{
    static const std::map<std::string, std::string, std::less<>> kAliases = {
        {"kvasirseg", "kvasir"},
        {"isic", "isic2017"},
        {"isic17", "isic2017"},
        {"nnunetraw", "nnunet"},
        {"folder", "folders"},
        {"imagesmasks", "folders"},
        {"suffix", "flat"},
        {"images", "plain"}};
    const std::string plain = layouts::plainName(name);
    const auto alias = kAliases.find(plain);
    return alias == kAliases.end() ? plain : alias->second;
}

bool isNamed(const fs::path& folder, std::string_view plain)
{
    return layouts::plainName(folder) == plain;
}

/// Folders named train, valid, test ... that hold images themselves or in a folder of images.
bool hasSplitFolders(const Listing& listing)
{
    return std::any_of(listing.folders.begin(), listing.folders.end(), [](const fs::path& folder) {
        if (layouts::splitNamed(layouts::plainName(folder)).empty()) {
            return false;
        }
        const auto inner = layouts::list(folder);
        return inner && (!inner->images.empty() || !layouts::folderPairOf(*inner).images.empty());
    });
}

bool isSegdino(const Listing& listing)
{
    return std::any_of(listing.folders.begin(), listing.folders.end(), [](const fs::path& folder) {
        std::error_code ignored;
        return !layouts::splitNamed(layouts::plainName(folder)).empty()
               && fs::is_directory(folder / "image", ignored)
               && fs::is_directory(folder / "mask", ignored);
    });
}

bool looksLike(const std::string& layout, const Listing& listing)
{
    const auto any = [&](const auto& test) {
        return std::any_of(listing.folders.begin(), listing.folders.end(), test);
    };
    if (layout == "isic2017") {
        return any([](const fs::path& folder) {
            const std::string name = layouts::plainName(folder);
            return (name.starts_with("isic") || name.starts_with("isbi"))
                   && (name.ends_with("data") || name.ends_with("input"));
        });
    }
    if (layout == "tn3k") {
        return any([](const fs::path& folder) {
            return isNamed(folder, "trainvalimage") || isNamed(folder, "testimage");
        });
    }
    if (layout == "nnunet") {
        return any([](const fs::path& folder) { return isNamed(folder, "imagestr"); });
    }
    if (layout == "segdino") {
        return isSegdino(listing);
    }
    const FolderPair pair = layouts::folderPairOf(listing);
    if (layout == "kvasir") {
        const bool hasBoxes =
            std::any_of(listing.others.begin(), listing.others.end(), [](const fs::path& file) {
                return layouts::plainName(file).find("bboxes") != std::string::npos;
            });
        return hasSplitFolders(listing) || (hasBoxes && !pair.masks.empty());
    }
    if (layout == "folders") {
        return !pair.images.empty() || (!pair.masks.empty() && !listing.images.empty());
    }
    return false;
}

std::string findLayout(const Listing& listing)
{
    for (const char* layout : {"isic2017", "tn3k", "nnunet", "segdino", "kvasir", "folders"}) {
        if (looksLike(layout, listing)) {
            return layout;
        }
    }
    return "flat";
}

Status addAsked(Dataset& dataset, const Listing& listing, const OpenOptions& options)
{
    const auto below = [&](const fs::path& folder) {
        return folder.empty() ? folder : dataset.root / folder;
    };
    if (!options.images.empty() || !options.masks.empty()) {
        dataset.layout = "folders";
        FolderPair pair{below(options.images), below(options.masks)};
        if (pair.images.empty()) {
            pair.images = layouts::folderPairOf(listing).images;
        }
        if (pair.images.empty()) {
            pair.images = dataset.root;
        }
        return layouts::addFolders(dataset, pair, {});
    }
    if (dataset.layout == "isic2017") {
        return layouts::addIsic(dataset, listing);
    }
    if (dataset.layout == "tn3k") {
        return layouts::addTn3k(dataset, listing, options.fold);
    }
    if (dataset.layout == "nnunet") {
        return layouts::addNnunet(dataset, listing);
    }
    if (dataset.layout == "segdino" || dataset.layout == "kvasir") {
        if (hasSplitFolders(listing)) {
            return layouts::addSplitFolders(dataset, listing);
        }
    }
    if (dataset.layout == "plain") {
        auto images = layouts::listDeep(dataset.root);
        if (!images) {
            return std::move(images).error();
        }
        layouts::addLists(dataset, *images, {}, {});
        return {};
    }
    if (dataset.layout == "flat") {
        GD_TRY(layouts::addFlat(dataset, dataset.root, {}, true));
        if (options.layout.empty() && dataset.pairCount() == 0) {
            dataset.layout = "plain";
        }
        return {};
    }
    FolderPair pair = layouts::folderPairOf(listing);
    if (pair.images.empty() && !pair.masks.empty()) {
        pair.images = dataset.root;
    }
    if (pair.images.empty()) {
        return Error{
            ErrorCode::BadInput,
            dataset.root.string() + ": there is no folder of images in it, which the layout '"
                + dataset.layout + "' needs",
            {}};
    }
    return layouts::addFolders(dataset, pair, {});
}

/// Images without a mask are worth a word only where others have one.
void reportLonelyImages(Dataset& dataset)
{
    if (dataset.maskCount == 0) {
        return;
    }
    std::set<std::string> splitsWithMasks;
    for (const Sample& sample : dataset.samples) {
        if (!sample.mask.empty()) {
            splitsWithMasks.insert(sample.split);
        }
    }
    for (const Sample& sample : dataset.samples) {
        // A part without any masks, such as a test part for a challenge, is meant so.
        if (sample.mask.empty()
            && (splitsWithMasks.contains(sample.split) || splitsWithMasks.empty())) {
            dataset.problems.push_back(
                {sample.name, "unpaired_image", "no mask belongs to this image"});
        }
    }
}

void finish(Dataset& dataset)
{
    const auto byName = [](const Sample& a, const Sample& b) {
        return naturalLess(a.name, b.name);
    };
    if (!std::is_sorted(dataset.samples.begin(), dataset.samples.end(), byName)) { // mostly it is
        std::sort(dataset.samples.begin(), dataset.samples.end(), byName);
    }
    for (const char* split : {"train", "val", "test"}) {
        if (!dataset.indicesOf(split).empty()) {
            dataset.splits.emplace_back(split);
        }
    }
    reportLonelyImages(dataset);
    for (const fs::path& mask : dataset.lonelyMasks) {
        dataset.problems.push_back(
            {layouts::nameBelow(dataset.root, mask),
             "unpaired_mask",
             "no image belongs to this mask"});
    }
    layouts::readClasses(dataset);
}

/// Archives often hold the data set in one folder: `Kvasir-SEG/Kvasir-SEG/images`.
fs::path innermostRoot(fs::path root, Listing& listing)
{
    for (int depth = 0; depth < 3; ++depth) {
        if (listing.folders.size() != 1 || !listing.images.empty()
            || findLayout(listing) != "flat") {
            break;
        }
        auto inner = layouts::list(listing.folders.front());
        if (!inner || (findLayout(*inner) == "flat" && inner->folders.size() != 1)) {
            break;
        }
        root = listing.folders.front();
        listing = std::move(*inner);
    }
    return root;
}

Error noImages(const fs::path& root)
{
    return Error{
        ErrorCode::BadInput,
        root.string()
            + ": no images found. Expected PNG, JPEG, TIFF, WebP or BMP files in this folder, in "
              "images/ and masks/, in train/, valid/ and test/, or in one of the known layouts",
        {{"reason", "no_images"}}};
}

} // namespace

bool Problem::isError() const
{
    static const std::set<std::string, std::less<>> kErrors = {
        "unreadable", "unsupported", "size_mismatch", "unknown_value", "mixed_convention", "split"};
    return kErrors.contains(kind);
}

std::vector<std::size_t> Dataset::indicesOf(std::string_view split) const
{
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        if (split.empty() || samples[i].split == split) {
            indices.push_back(i);
        }
    }
    return indices;
}

std::size_t Dataset::pairCount() const
{
    return pairs().size();
}

std::vector<std::size_t> Dataset::pairs() const
{
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        if (!samples[i].mask.empty()) {
            indices.push_back(i);
        }
    }
    return indices;
}

const std::vector<std::string>& layoutNames()
{
    static const std::vector<std::string> kNames = {
        "kvasir", "isic2017", "tn3k", "segdino", "nnunet", "folders", "flat", "plain", "file"};
    return kNames;
}

Result<Dataset> openDataset(const fs::path& root, const OpenOptions& options)
{
    Dataset dataset;
    dataset.root = root;
    std::error_code code;
    const fs::file_status status = fs::status(root, code);
    if (status.type() == fs::file_type::not_found) {
        return Error{ErrorCode::NotFound, root.string() + ": there is no such file or folder", {}};
    }
    if (!options.layout.empty()) {
        dataset.layout = canonicalLayout(options.layout);
        const auto& names = layoutNames();
        if (std::find(names.begin(), names.end(), dataset.layout) == names.end()) {
            std::string known;
            for (const std::string& name : names) {
                known += (known.empty() ? "" : ", ") + name;
            }
            return Error{
                ErrorCode::Usage,
                "unknown layout '" + options.layout + "'; known are " + known,
                {}};
        }
    }
    if (fs::is_regular_file(status)) {
        if (!isImageFile(root)) {
            return Error{
                ErrorCode::BadInput, root.string() + ": neither a folder nor an image file", {}};
        }
        dataset.layout = "file";
        dataset.root = root.parent_path();
        layouts::addLists(dataset, {root}, {}, {});
        return dataset;
    }
    auto listing = layouts::list(root);
    if (!listing) {
        return std::move(listing).error();
    }
    if (dataset.layout.empty()) {
        if (options.images.empty() && options.masks.empty()) {
            dataset.root = innermostRoot(root, *listing);
        }
        dataset.layout = findLayout(*listing);
    }
    GD_TRY(addAsked(dataset, *listing, options));
    if (dataset.samples.empty() && dataset.maskCount == 0 && options.layout.empty()
        && dataset.layout != "flat") {
        // A folder that is only named like a layout: whatever images it holds will do.
        dataset.layout = "plain";
        GD_TRY(addAsked(dataset, *listing, options));
    }
    if (dataset.samples.empty()) {
        return noImages(root);
    }
    finish(dataset);
    return dataset;
}

Result<std::vector<fs::path>> listImages(const fs::path& folder)
{
    std::error_code code;
    if (!fs::exists(folder, code)) {
        return Error{ErrorCode::NotFound, folder.string() + ": there is no such folder", {}};
    }
    auto listing = layouts::list(folder);
    if (!listing) {
        return std::move(listing).error();
    }
    return std::move(listing->images);
}

bool isImageFile(const fs::path& file)
{
    static const std::set<std::string, std::less<>> kExtensions = {
        ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".tif", ".tiff", ".bmp", ".dib", ".webp"};
    std::string extension = file.extension().string();
    for (char& letter : extension) {
        letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    }
    return kExtensions.contains(extension);
}

bool naturalLess(std::string_view a, std::string_view b)
{
    const auto isDigit = [](char letter) { return letter >= '0' && letter <= '9'; };
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() && j < b.size()) {
        if (isDigit(a[i]) && isDigit(b[j])) {
            const auto number = [&](std::string_view text, std::size_t& at) {
                const std::size_t begin = at;
                while (at < text.size() && isDigit(text[at])) {
                    ++at;
                }
                std::string_view digits = text.substr(begin, at - begin);
                digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
                return digits;
            };
            const std::string_view left = number(a, i);
            const std::string_view right = number(b, j);
            if (left.size() != right.size()) {
                return left.size() < right.size();
            }
            if (left != right) {
                return left < right;
            }
            continue;
        }
        if (a[i] != b[j]) {
            return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[j]);
        }
        ++i;
        ++j;
    }
    if (a.size() - i != b.size() - j) {
        return a.size() - i < b.size() - j;
    }
    return a < b; // 01 and 1 are equal as numbers
}

} // namespace guidino::datasets
