// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/report/html.h"
#include "core/report/scatter_plot.h"
#include "core/report/statistics.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// Tables of several systems on several data sets, over seeds: what `guidino experiment` ends with.
namespace guidino::report {

/// What a trained system costs; what is not known is left out.
struct ExperimentCost
{
    std::optional<double> parameters;      ///< of all parts, the guide's ViT included
    std::optional<double> trainable;       ///< of them
    std::optional<double> multiplyAdds;    ///< of one image at training size, the ViT included
    std::optional<double> secondsPerImage; ///< of prediction, the median
    std::optional<double> secondsPerEpoch; ///< of training, the median
    std::optional<double> peakBytes;       ///< of the training's process
};

/// Which network a run trained, to find what is the same but for the guide.
struct ExperimentNetwork
{
    std::string family; ///< equal for networks that differ in their guide alone; empty: not known
    std::optional<bool> isGuided;
};

/// One trained system on one data set, with one seed.
struct ExperimentRun
{
    std::string variant; ///< the system, with its setting
    std::string data;
    std::int64_t seed = 0;
    std::filesystem::path predictions; ///< a predict folder
    /// By size ("native", "256x256"): folders with summary.json.
    std::map<std::string, std::filesystem::path> evaluations;
    ExperimentCost cost; ///< of runs on the data that they were trained on
    ExperimentNetwork network = {};
};

struct ExperimentData
{
    std::string name;
    std::filesystem::path path; ///< images and reference masks
    std::filesystem::path splits;
    std::string split;
    /// Where it is only predicted on: the name of the data that the systems were trained on.
    std::string trainedOn;
    std::string shortName; ///< in the table of such data
};

struct ExperimentSpec
{
    std::string title;
    std::vector<ExperimentRun> runs; ///< variants and data sets in the order of the tables
    std::vector<ExperimentData> data;
    std::vector<std::string> sizes;
    std::vector<std::string> metrics; ///< of metricNames()
    std::string baseline;             ///< the variant that others are compared to
    std::vector<std::string> notes;   ///< such as runs that failed
    int pictures = 6;
    std::filesystem::path out; ///< results.csv, results.md, results.tex, index.html
};

/// One figure of a table.
struct ExperimentFigure
{
    std::size_t seeds = 0;
    std::optional<double> mean;       ///< over the seeds, of each one's mean over images
    std::optional<double> deviation;  ///< over the seeds, n − 1; nothing for one seed
    std::optional<Interval> interval; ///< of the mean, bootstrap over images (means over the seeds)
    /// Against the baseline, image by image (means over the seeds), where both are defined.
    std::optional<PairedComparison> difference;
};

/// Figures by data, size, variant and metric.
struct ExperimentTable
{
    std::string data;
    std::string size;
    std::string trainedOn; ///< as ExperimentData has it
    std::vector<std::string> variants;
    std::map<std::string, std::map<std::string, ExperimentFigure>> figures; ///< [variant][metric]
};

/// What the files of a run folder and of a predict folder say; nothing for files that are not there
/// or damaged. `peakBytes` is in none of them.
[[nodiscard]] ExperimentCost
readCost(const std::filesystem::path& run, const std::filesystem::path& predictions);

/// Of the configuration in a run folder's run.json.
[[nodiscard]] ExperimentNetwork readNetwork(const std::filesystem::path& run);

/// Reads the evaluations. NotFound, BadInput (names the file), Usage (an unknown metric).
[[nodiscard]] Result<std::vector<ExperimentTable>> readExperiment(const ExperimentSpec& spec);

/// DSC of all systems on the data they were trained on and on each other kind of images, one table
/// a data set that has such; none elsewhere.
[[nodiscard]] std::vector<Table>
robustnessTables(const ExperimentSpec& spec, const std::vector<ExperimentTable>& tables);

/// Parameters, multiply-adds, times and memory of all systems, means over the seeds, one table a
/// data set; none where nothing is known.
[[nodiscard]] std::vector<Table> costTables(const ExperimentSpec& spec);

/// DSC at the first size against each cost, one plot a data set and cost; systems with a guide are
/// joined to the same network without.
[[nodiscard]] std::vector<ScatterPlot>
costPlots(const ExperimentSpec& spec, const std::vector<ExperimentTable>& tables);

/// The texts of results.csv (one line a figure), results.md and results.tex (one table a data set
/// and size: mean ± SD, or for one seed the mean with its 95 % bootstrap interval over images, and
/// the difference with its interval; then the tables of above).
[[nodiscard]] std::string
csvOf(const ExperimentSpec& spec, const std::vector<ExperimentTable>& tables);
[[nodiscard]] std::string
markdownOf(const ExperimentSpec& spec, const std::vector<ExperimentTable>& tables);
[[nodiscard]] std::string
latexOf(const ExperimentSpec& spec, const std::vector<ExperimentTable>& tables);

/// Writes all four files and plots/*.svg; index.html also shows the same cases by all systems, from
/// the baseline's worst to its best. Errors of readExperiment(), CannotWrite.
[[nodiscard]] Status writeExperiment(const ExperimentSpec& spec);

/// Inside: the page.
[[nodiscard]] Status
writeExperimentPage(const ExperimentSpec& spec, const std::vector<ExperimentTable>& tables);

/// Inside: a metric of each image of an evaluation, by name; undefined ones too.
[[nodiscard]] Result<std::map<std::string, std::optional<double>>>
perImage(const std::filesystem::path& evaluation, const std::string& metric);

} // namespace guidino::report
