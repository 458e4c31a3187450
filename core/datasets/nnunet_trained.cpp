// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/nnunet_trained.h"

#include "core/datasets/dataset.h"

#include <algorithm>
#include <map>
#include <system_error>
#include <utility>

namespace guidino::datasets {

namespace fs = std::filesystem;

namespace {

constexpr const char* kFoldPrefix = "fold_";

Error bad(const fs::path& folder, const std::string& what)
{
    return Error{ErrorCode::BadInput, folder.string() + ": " + what, {{"file", folder.string()}}};
}

bool isThere(const fs::path& path)
{
    std::error_code ignored;
    return fs::exists(path, ignored);
}

std::vector<fs::path> foldersIn(const fs::path& folder)
{
    std::vector<fs::path> folders;
    std::error_code ignored;
    for (fs::directory_iterator entry(folder, ignored), none; !ignored && entry != none;
         entry.increment(ignored)) {
        std::error_code unknown;
        if (entry->is_directory(unknown)) {
            folders.push_back(entry->path());
        }
    }
    std::sort(folders.begin(), folders.end());
    return folders;
}

std::string joined(const std::vector<std::string>& names)
{
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
    }
    return text;
}

bool looksTrained(const fs::path& folder)
{
    return isThere(folder / "plans.json") && isThere(folder / "dataset.json");
}

/// The folder's files that every training leaves.
std::vector<std::string> missingIn(const fs::path& folder)
{
    std::vector<std::string> missing;
    for (const char* name : {"plans.json", "dataset.json"}) {
        if (!isThere(folder / name)) {
            missing.emplace_back(name);
        }
    }
    return missing;
}

/// Another folder that is easily taken for it; empty: none.
std::string adviceFor(const fs::path& folder)
{
    const fs::path above = folder.parent_path();
    if (folder.filename().string().starts_with(kFoldPrefix) && looksTrained(above)) {
        return "it is one fold of " + above.string() + "; choose that folder";
    }
    if (above.filename().string().starts_with(kFoldPrefix) && looksTrained(above.parent_path())) {
        return "it is the model of one fold of " + above.parent_path().string()
               + "; choose that folder";
    }
    std::vector<std::string> models;
    for (const fs::path& one : foldersIn(folder)) {
        if (looksTrained(one)) {
            models.push_back(one.filename().string());
        }
    }
    return models.empty() ? std::string()
                          : "it holds the models " + joined(models) + "; choose one of them";
}

/// Why a fold cannot be used.
std::string whyNot(const fs::path& fold)
{
    const std::string name = fold.filename().string();
    if (isThere(fold / "checkpoint_final.pth") || isThere(fold / "checkpoint_best.pth")) {
        return name
               + " has nnU-Net's own .pth only; `guidino models import` makes models of such files";
    }
    return name + " has neither checkpoint_final nor checkpoint_best; its training has not ended";
}

} // namespace

Result<NnunetTrained> readNnunetTrained(const fs::path& folder)
{
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored)) {
        return Error{
            ErrorCode::NotFound,
            folder.string() + ": there is no such folder.",
            {{"file", folder.string()}}};
    }
    const fs::path plain = (folder / "").lexically_normal().parent_path(); // without a last slash
    NnunetTrained trained{plain, {}, {}};
    std::vector<std::string> useless;
    for (const fs::path& one : foldersIn(plain)) {
        const std::string name = one.filename().string();
        if (!name.starts_with(kFoldPrefix)) {
            continue;
        }
        const auto fold = parseNnunetFold(name.substr(std::string(kFoldPrefix).size()));
        if (!fold) {
            continue;
        }
        const NnunetTrainedFold found{
            *fold,
            isThere(one / kNnunetFinal / "config.json"),
            isThere(one / kNnunetBest / "config.json")};
        if (found.hasFinal || found.hasBest) {
            trained.folds.push_back(found);
        } else {
            useless.push_back(whyNot(one));
        }
    }
    std::vector<std::string> missing = missingIn(plain);
    if (trained.folds.empty() && useless.empty()) {
        missing.emplace_back("fold_0 (or another fold)");
    }
    if (!missing.empty()) {
        const std::string advice = adviceFor(plain);
        return bad(
            plain,
            "is no folder TRAINER__PLANS__CONFIGURATION of `guidino nnunet train`: "
                + (advice.empty()
                       ? joined(missing) + (missing.size() == 1 ? " is" : " are") + " missing"
                       : advice)
                + ".");
    }
    if (trained.folds.empty()) {
        return bad(plain, "has no trained fold: " + joined(useless) + ".");
    }
    std::sort(trained.folds.begin(), trained.folds.end(), [](const auto& a, const auto& b) {
        const auto place = [](const NnunetTrainedFold& one) {
            return std::pair(one.name.number < 0, one.name.number); // "all" is last
        };
        return place(a) < place(b);
    });
    const auto labels = readNnunetLabels(plain / "dataset.json");
    if (!labels) {
        return labels.error();
    }
    trained.fileEnding = labels->fileEnding;
    return trained;
}

Result<std::vector<fs::path>> nnunetModelsOf(
    const NnunetTrained& trained,
    const std::vector<NnunetFoldName>& folds,
    const std::string& checkpoint)
{
    std::vector<NnunetFoldName> wanted = folds;
    if (wanted.empty()) {
        for (const NnunetTrainedFold& fold : trained.folds) {
            if (fold.name.number >= 0 && fold.has(checkpoint)) {
                wanted.push_back(fold.name);
            }
        }
    }
    if (wanted.empty()) {
        wanted.push_back(NnunetFoldName{-1});
    }
    std::vector<fs::path> models;
    for (const NnunetFoldName& fold : wanted) {
        const fs::path model = trained.folder / fold.folderName() / checkpoint;
        if (!isThere(model / "config.json")) {
            return Error{
                ErrorCode::NotFound,
                model.string()
                    + ": there is no such model; `guidino nnunet train` writes it at its end.",
                {{"file", model.string()}}};
        }
        models.push_back(model);
    }
    return models;
}

Result<std::vector<NnunetCaseFiles>>
listNnunetInputs(const fs::path& folder, const std::string& fileEnding)
{
    auto named = listNnunetImages(folder, fileEnding);
    if (named || named.error().code == ErrorCode::NotFound) {
        return named;
    }
    const auto images = listImages(folder);
    if (!images) {
        return images.error();
    }
    const bool isNamed = std::any_of(images->begin(), images->end(), [&](const fs::path& file) {
        return file.filename().string().ends_with("_0000" + fileEnding);
    });
    if (isNamed) {
        return named; // cases that are not whole
    }
    std::map<std::string, fs::path> byStem;
    std::vector<NnunetCaseFiles> cases;
    for (const fs::path& file : *images) {
        const std::string stem = file.stem().string();
        const auto [place, isNew] = byStem.emplace(stem, file);
        if (!isNew) {
            return bad(
                folder,
                place->second.filename().string() + " and " + file.filename().string()
                    + " would both become " + stem + ".png; rename one.");
        }
        cases.push_back({stem, {file}, {}});
    }
    if (cases.empty()) {
        return bad(folder, "holds no image.");
    }
    return cases;
}

} // namespace guidino::datasets
