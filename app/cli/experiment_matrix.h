// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

/// What `guidino experiment` is asked to do: systems x data x settings x seeds, as a JSON file.
namespace guidino::cli {

/// One way to train.
struct MatrixSystem
{
    std::string name;
    std::string config; ///< SYSTEM[.PROFILE] or a file; empty with `init`
    std::string recipe;
    std::string init; ///< bundle to start from
    std::vector<std::string> settings;
};

/// Other images on which the trained systems are reported, at native size.
struct MatrixTest
{
    std::string name;           ///< of its folder: the data set's, or KIND-SEVERITY of a corruption
    std::filesystem::path path; ///< empty: made of the data set's own test images
    std::filesystem::path splits;
    std::string test;       ///< the list; empty: all
    std::string corruption; ///< of `guidino data corrupt`; empty: none
    int severity = 0;       ///< 1..5 with a corruption
};

/// One data set with its lists and the images that are reported.
struct MatrixData
{
    std::string name;
    std::filesystem::path path; ///< trained on: a folder or a pack
    std::string layout;
    std::filesystem::path splits;
    std::filesystem::path testPath;   ///< reported on: a folder; the path if absent
    std::filesystem::path testSplits; ///< with its lists; those of `splits` if absent
    std::string test = "test";        ///< the list; empty: all
    std::vector<std::string> settings;
    std::vector<MatrixTest> others; ///< the file's corruptions, then what it names itself
};

/// One variation of all systems.
struct MatrixSetting
{
    std::string name;
    std::vector<std::string> settings;
};

struct Matrix
{
    std::string title = "Experiment";
    std::vector<MatrixSystem> systems;
    std::vector<MatrixData> data;
    std::vector<MatrixSetting> settings; ///< at least one; without any one without a name
    std::vector<std::int64_t> seeds = {42};
    std::vector<std::string> common; ///< settings of all, before all others
    std::string recipe;              ///< of systems that name none
    std::vector<std::string> sizes = {"native"};
    std::vector<std::string> metrics = {"dsc", "iou", "hd95"};
    std::string hd95 = "pooled";
    std::string baseline; ///< variant that the others are compared to; the first if absent
    std::string device = "auto";
    int pictures = 6;
};

/// One training with its predictions and evaluations.
struct MatrixCell
{
    std::string name;    ///< of its folder: SYSTEM__DATA[__SETTING]__sSEED
    std::string variant; ///< SYSTEM, or "SYSTEM, SETTING" where there are several settings
    std::size_t system = 0;
    std::size_t data = 0;
    std::size_t setting = 0;
    std::int64_t seed = 0;
};

/// Reads a matrix; relative paths are from its folder. NotFound, Configuration: names the place of
/// what is unknown, missing or of a wrong type.
[[nodiscard]] Result<Matrix> readMatrix(const std::filesystem::path& file);

/// All cells, in the order in which they are best begun: by seed, so that a first round of all is
/// there early.
[[nodiscard]] std::vector<MatrixCell> cellsOf(const Matrix& matrix);

} // namespace guidino::cli
