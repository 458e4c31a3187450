// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/nnunet_folders.h"

#include "core/base/file.h"
#include "core/datasets/nnunet_plan.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>

namespace guidino::datasets {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr std::size_t kFolds = 5;
constexpr std::size_t kChannelDigits = 4;
constexpr std::size_t kNamedProblems = 20;

Error bad(const fs::path& file, const std::string& what)
{
    return Error{ErrorCode::BadInput, file.string() + ": " + what + ".", {{"file", file.string()}}};
}

std::optional<int> numberOf(const std::string& text)
{
    int value = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
    return !text.empty() && end.ec == std::errc() && end.ptr == text.data() + text.size()
                   && value >= 0
               ? std::optional(value)
               : std::nullopt;
}

/// 4 of "Dataset004_Hippocampus".
std::optional<int> datasetNumber(const std::string& name)
{
    constexpr std::string_view kPrefix = "Dataset";
    const std::size_t end = name.find('_');
    return name.starts_with(kPrefix) && end != std::string::npos
               ? numberOf(name.substr(kPrefix.size(), end - kPrefix.size()))
               : std::nullopt;
}

std::vector<fs::path> filesIn(const fs::path& folder, const std::string& ending)
{
    std::vector<fs::path> files;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
        if (entry.path().filename().string().ends_with(ending)) {
            files.push_back(entry.path());
        }
    }
    return files;
}

Error withProblems(const fs::path& folder, const std::vector<std::string>& problems)
{
    std::string text = folder.string() + ": " + std::to_string(problems.size())
                       + (problems.size() == 1 ? " case is" : " cases are") + " not whole:";
    for (std::size_t i = 0; i < std::min(problems.size(), kNamedProblems); ++i) {
        text += "\n  " + problems[i];
    }
    return Error{ErrorCode::BadInput, text, {{"file", folder.string()}}};
}

/// The cases that dataset.json names one by one, with paths below the data set.
Result<std::vector<NnunetCaseFiles>> listedCases(const fs::path& dataset, const Json& list)
{
    std::vector<NnunetCaseFiles> cases;
    try {
        for (const auto& [name, one] : list.items()) {
            NnunetCaseFiles item;
            item.name = name;
            for (const Json& image : one.at("images")) {
                item.images.push_back((dataset / image.get<std::string>()).lexically_normal());
            }
            item.label = (dataset / one.at("label").get<std::string>()).lexically_normal();
            cases.push_back(std::move(item));
        }
    } catch (const nlohmann::json::exception& exception) {
        return bad(
            dataset / "dataset.json",
            std::string("\"dataset\" must be {CASE: {\"images\": [...], \"label\": ...}}: ")
                + exception.what());
    }
    return cases;
}

} // namespace

void completeFromEnvironment(NnunetFolders& folders)
{
    const auto fill = [](fs::path& folder, const char* variable) {
        const char* value = std::getenv(variable); // NOLINT(concurrency-mt-unsafe)
        if (folder.empty() && value != nullptr) {
            folder = value;
        }
    };
    fill(folders.raw, "nnUNet_raw");
    fill(folders.preprocessed, "nnUNet_preprocessed");
    fill(folders.results, "nnUNet_results");
}

Result<std::string> findNnunetDataset(const NnunetFolders& folders, const std::string& nameOrNumber)
{
    std::set<std::string> known;
    for (const fs::path& folder : {folders.raw, folders.preprocessed, folders.results}) {
        std::error_code ignored;
        for (const auto& entry : fs::directory_iterator(folder, ignored)) {
            if (entry.is_directory(ignored) && datasetNumber(entry.path().filename().string())) {
                known.insert(entry.path().filename().string());
            }
        }
    }
    if (known.contains(nameOrNumber)) {
        return nameOrNumber;
    }
    std::vector<std::string> fitting;
    std::string all;
    const auto wanted = numberOf(nameOrNumber);
    for (const std::string& name : known) {
        all += (all.empty() ? "" : ", ") + name;
        if (wanted && datasetNumber(name) == wanted) {
            fitting.push_back(name);
        }
    }
    if (fitting.size() > 1) {
        return Error{
            ErrorCode::BadInput,
            "Several data sets have the number " + nameOrNumber + ": " + fitting[0] + ", "
                + fitting[1] + ". Give the whole name.",
            {}};
    }
    if (fitting.empty()) {
        return Error{
            ErrorCode::NotFound,
            "There is no data set '" + nameOrNumber + "' in nnU-Net's folders ("
                + (all.empty() ? "they hold none" : "there: " + all)
                + "). Its name is DatasetNNN_Name; set nnUNet_raw, nnUNet_preprocessed and "
                  "nnUNet_results, or give --raw, --preprocessed and --results.",
            {}};
    }
    return fitting.front();
}

std::string NnunetModelName::folderName() const
{
    return trainer + "__" + plans + "__" + configuration;
}

Result<NnunetModelName> parseNnunetModelName(const std::string& folderName)
{
    const std::size_t first = folderName.find("__");
    const std::size_t second =
        first == std::string::npos ? first : folderName.find("__", first + 2);
    if (second == std::string::npos) {
        return bad(folderName, "is not named TRAINER__PLANS__CONFIGURATION");
    }
    NnunetModelName name;
    name.trainer = folderName.substr(0, first);
    name.plans = folderName.substr(first + 2, second - first - 2);
    name.configuration = folderName.substr(second + 2);
    return name;
}

std::string NnunetFoldName::text() const
{
    return number < 0 ? "all" : std::to_string(number);
}

std::string NnunetFoldName::folderName() const
{
    return "fold_" + text();
}

Result<NnunetFoldName> parseNnunetFold(const std::string& text)
{
    if (text == "all") {
        return NnunetFoldName{-1};
    }
    if (const auto number = numberOf(text); number && *number < 1000) {
        return NnunetFoldName{*number};
    }
    return Error{ErrorCode::Usage, "A fold is a number from 0, or all; not '" + text + "'.", {}};
}

std::string foldsText(const std::vector<NnunetFoldName>& folds)
{
    std::string text;
    for (const NnunetFoldName& fold : folds) {
        text += (text.empty() ? "" : "_") + fold.text();
    }
    return text;
}

Result<std::vector<NnunetCaseFiles>>
listNnunetTraining(const fs::path& dataset, const NnunetLabels& labels)
{
    const Result<std::string> text = readFile(dataset / "dataset.json", std::uint64_t{64} << 20);
    GD_TRY(text);
    const Json json = Json::parse(*text, nullptr, false);
    std::vector<NnunetCaseFiles> cases;
    if (json.is_object() && json.contains("dataset") && json["dataset"].is_object()) {
        auto listed = listedCases(dataset, json["dataset"]);
        GD_TRY(listed);
        cases = std::move(*listed);
    } else {
        auto found = listNnunetImages(dataset / "imagesTr", labels.fileEnding);
        GD_TRY(found);
        cases = std::move(*found);
        for (NnunetCaseFiles& one : cases) {
            one.label = dataset / "labelsTr" / (one.name + labels.fileEnding);
        }
    }
    std::sort(
        cases.begin(), cases.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    std::vector<std::string> problems;
    for (const NnunetCaseFiles& one : cases) {
        std::error_code ignored;
        for (const fs::path& file : one.images) {
            if (!fs::exists(file, ignored)) {
                problems.push_back(one.name + ": there is no " + file.string());
            }
        }
        if (!fs::exists(one.label, ignored)) {
            problems.push_back(one.name + ": there is no label " + one.label.string());
        }
    }
    if (!problems.empty()) {
        return withProblems(dataset, problems);
    }
    if (cases.empty()) {
        return bad(dataset, "has no training case");
    }
    return cases;
}

Result<std::vector<NnunetCaseFiles>>
listNnunetImages(const fs::path& folder, const std::string& fileEnding)
{
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored)) {
        return Error{
            ErrorCode::NotFound,
            folder.string() + ": there is no such folder.",
            {{"file", folder.string()}}};
    }
    std::map<std::string, std::map<int, fs::path>> found; // as Python sorts texts
    for (const fs::path& file : filesIn(folder, fileEnding)) {
        const std::string name = file.filename().string();
        const std::string stem = name.substr(0, name.size() - fileEnding.size());
        const std::size_t bar = stem.rfind('_');
        const bool hasChannel =
            bar != std::string::npos && bar > 0 && stem.size() - bar - 1 == kChannelDigits;
        if (const auto channel = hasChannel ? numberOf(stem.substr(bar + 1)) : std::nullopt) {
            found[stem.substr(0, bar)][*channel] = file;
        }
    }
    if (found.empty()) {
        return bad(
            folder,
            "holds no image named CASE_0000" + fileEnding
                + " (the ending is dataset.json's file_ending)");
    }
    std::vector<NnunetCaseFiles> cases;
    std::vector<std::string> problems;
    for (auto& [name, channels] : found) {
        NnunetCaseFiles one;
        one.name = name;
        for (auto& [channel, file] : channels) {
            if (channel != static_cast<int>(one.images.size())) {
                problems.push_back(
                    name + ": channel " + std::to_string(one.images.size()) + " is missing");
                break;
            }
            one.images.push_back(std::move(file));
        }
        cases.push_back(std::move(one));
    }
    if (!problems.empty()) {
        return withProblems(folder, problems);
    }
    return cases;
}

Result<std::string> nnunetSplitsJson(const std::vector<std::string>& cases)
{
    if (cases.size() < 2) {
        return Error{
            ErrorCode::BadInput,
            "A single case cannot be split into folds; train the fold all.",
            {}};
    }
    Json json = Json::array();
    for (const auto& fold : nnunetFolds(cases.size(), std::min(kFolds, cases.size()))) {
        Json train = Json::array();
        Json val = Json::array();
        for (std::size_t i = 0; i < cases.size(); ++i) {
            const bool isVal = std::binary_search(fold.begin(), fold.end(), i);
            (isVal ? val : train).push_back(cases[i]);
        }
        json.push_back({{"train", std::move(train)}, {"val", std::move(val)}});
    }
    return json.dump(4) + "\n";
}

NnunetFold foldOf(
    const std::vector<NnunetFold>& splits,
    const std::vector<std::string>& cases,
    const NnunetFoldName& fold)
{
    if (fold.number < 0) {
        return {cases, cases};
    }
    const auto number = static_cast<std::size_t>(fold.number);
    if (number < splits.size()) {
        return splits[number];
    }
    NnunetFold drawn;
    std::vector<bool> isTraining(cases.size(), false);
    for (const std::size_t i :
         nnunetRandomFold(cases.size(), static_cast<std::uint32_t>(fold.number))) {
        drawn.train.push_back(cases[i]);
        isTraining[i] = true;
    }
    for (std::size_t i = 0; i < cases.size(); ++i) {
        if (!isTraining[i]) {
            drawn.val.push_back(cases[i]);
        }
    }
    return drawn;
}

} // namespace guidino::datasets
