// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/report/html.h"
#include "core/report/scatter_plot.h"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

/// The page that shows what a fine-tuning changed.
namespace guidino::report {

/// One picture of a row, with outlines drawn over it.
struct PictureCell
{
    std::string caption;
    std::filesystem::path image; ///< embedded once per page, however often it is shown
    /// SVG path data in pixels of `size`, and their CSS colours.
    std::vector<std::pair<std::string, std::string>> outlines;
    Size size; ///< of the picture in pixels; needed for outlines
};

/// One image's row: its pictures and a line of figures.
struct CaseRow
{
    std::string name;
    std::string figures;
    std::vector<PictureCell> pictures;
};

/// What a page holds, in this order.
struct PageSpec
{
    std::string title;
    std::vector<std::string> paragraphs;
    std::vector<Table> tables;
    std::vector<Plot> plots;
    std::vector<ScatterPlot> scatterPlots;
    std::vector<CaseRow> cases;
    std::vector<std::string> notes;
};

/// Writes a self-contained page, atomically. Pictures that cannot be read become a line that says
/// so. CannotWrite.
[[nodiscard]] Status writeRunPage(const PageSpec& spec, const std::filesystem::path& path);

/// Folders of a before/after comparison; all but `out` may be empty.
struct ComparisonSpec
{
    std::filesystem::path before;           ///< a predict folder
    std::filesystem::path after;            ///< a predict folder
    std::filesystem::path evaluationBefore; ///< a folder with summary.json
    std::filesystem::path evaluationAfter;
    std::filesystem::path data; ///< root of the data set: images and reference masks
    std::filesystem::path run;  ///< a run folder: metrics.csv becomes curves, run.json notes
    std::filesystem::path out;  ///< the HTML file
    std::string title = "GuiDINO: before and after fine-tuning";
    int maxCases = 40;
};

/// Tables before/after with paired statistics, curves of the run, and a row a case: image, guide,
/// prediction before and after, reference outline. NotFound, BadInput: a named folder or its
/// summary.json cannot be read. CannotWrite.
[[nodiscard]] Status writeComparisonPage(const ComparisonSpec& spec);

} // namespace guidino::report
