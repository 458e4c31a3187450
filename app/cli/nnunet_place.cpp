// SPDX-License-Identifier: Apache-2.0
#include "app/cli/nnunet_place.h"

#include <algorithm>
#include <tuple>

namespace guidino::cli {

namespace fs = std::filesystem;

void addNnunetFolders(CLI::App& parser, datasets::NnunetFolders& folders)
{
    parser.add_option("--raw", folders.raw, "Folder of data sets; $nnUNet_raw if absent")
        ->type_name("DIR");
    parser
        .add_option(
            "--preprocessed",
            folders.preprocessed,
            "Folder of plans and preprocessed data; $nnUNet_preprocessed if absent")
        ->type_name("DIR");
    parser.add_option("--results", folders.results, "Folder of models; $nnUNet_results if absent")
        ->type_name("DIR");
}

Result<NnunetPlace> findPlace(const NnunetPlaceOptions& options)
{
    NnunetPlace place;
    place.folders = options.folders;
    datasets::completeFromEnvironment(place.folders);
    std::string missing;
    for (const auto& [folder, option, variable, what] :
         {std::tuple(
              place.folders.preprocessed,
              "--preprocessed",
              "nnUNet_preprocessed",
              "plans and preprocessed data"),
          std::tuple(place.folders.results, "--results", "nnUNet_results", "models")}) {
        if (folder.empty()) {
            missing += std::string(missing.empty() ? "" : ", ") + option + " DIR or $" + variable
                       + " (" + what + ")";
        }
    }
    if (!missing.empty()) {
        return Error{
            ErrorCode::Usage,
            "nnU-Net's folders are not known. Name " + missing
                + "; what is not there yet is made. Raw data lie in --raw DIR or $nnUNet_raw.",
            {}};
    }
    auto name = datasets::findNnunetDataset(place.folders, options.dataset);
    GD_TRY(name);
    place.name = std::move(*name);
    return place;
}

Error noModel(const fs::path& results, const std::string& what)
{
    std::vector<std::string> names;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(results, ignored)) {
        const std::string name = entry.path().filename().string();
        if (datasets::parseNnunetModelName(name)) {
            names.push_back(name);
        }
    }
    std::sort(names.begin(), names.end());
    std::string there;
    for (const std::string& name : names) {
        there += (there.empty() ? "" : ", ") + name;
    }
    return Error{
        ErrorCode::NotFound,
        results.string() + ": there is no " + what
            + " (TRAINER__PLANS__CONFIGURATION; there: " + (there.empty() ? "none" : there)
            + "). `guidino nnunet train DATASET 2d FOLD` trains one.",
        {{"file", results.string()}}};
}

Result<NnunetClasses> classesOf(const datasets::NnunetLabels& labels, const fs::path& source)
{
    NnunetClasses classes;
    if (labels.hasRegions()) {
        std::size_t k = 0;
        for (const auto& [name, values] : labels.labels) {
            const bool isBackground = values.size() == 1 && values[0] == 0;
            if (!isBackground && name != "ignore") {
                classes.emplace_back(labels.regionsClassOrder.at(k++), name);
            }
        }
        return classes;
    }
    for (const auto& [name, values] : labels.labels) {
        if (values[0] != 0 && name != "ignore") {
            classes.emplace_back(values[0], name);
        }
    }
    std::sort(classes.begin(), classes.end());
    for (std::size_t k = 0; k < classes.size(); ++k) {
        if (classes[k].first != static_cast<int>(k) + 1) {
            return Error{
                ErrorCode::BadInput,
                source.string() + ": labels must count 0, 1, 2 ... without gaps; there is no "
                    + std::to_string(k + 1) + ".",
                {{"file", source.string()}}};
        }
    }
    return classes;
}

} // namespace guidino::cli
