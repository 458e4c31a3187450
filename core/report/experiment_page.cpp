// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/pairing.h"
#include "core/report/evaluation_inputs.h"
#include "core/report/experiment.h"
#include "core/report/outline_source.h"
#include "core/report/report_page.h"

#include <algorithm>

namespace guidino::report {

namespace fs = std::filesystem;

namespace {

constexpr const char* kPredictionColour = "#00c8ff";
constexpr const char* kReferenceColour = "#ffb000";

Table tableOf(const ExperimentSpec& spec, const ExperimentTable& figures)
{
    Table table;
    table.caption = figures.data + ", size " + figures.size + " (differences against "
                    + spec.baseline + ", 95 % bootstrap over images)";
    table.columns = {
        "system", "metric", "mean", "interval", "SD", "seeds", "difference", "interval", "p"};
    for (const std::string& variant : figures.variants) {
        for (const std::string& metric : spec.metrics) {
            const ExperimentFigure& figure = figures.figures.at(variant).at(metric);
            std::vector<std::string> row{
                variant,
                metric,
                numberText(figure.mean, 4),
                !figure.interval ? std::string()
                                 : "[" + numberText(figure.interval->low, 4) + ", "
                                       + numberText(figure.interval->high, 4) + "]",
                numberText(figure.deviation, 4),
                std::to_string(figure.seeds)};
            if (const auto& d = figure.difference) {
                row.push_back(numberText(d->meanDifference, 4));
                row.push_back(
                    "[" + numberText(d->interval.low, 4) + ", " + numberText(d->interval.high, 4)
                    + "]");
                row.push_back(numberText(d->wilcoxonP));
            } else {
                row.insert(row.end(), 3, "");
            }
            table.rows.push_back(std::move(row));
        }
    }
    return table;
}

/// One variant's masks on a data set, of its first seed.
struct Shown
{
    std::string variant;
    OutlineSource outlines;
    std::map<std::string, fs::path> masks; ///< by stem
    std::map<std::string, std::optional<double>> dsc;
};

std::vector<Shown> shownOf(const ExperimentSpec& spec, const std::string& data)
{
    std::vector<Shown> all;
    for (const ExperimentRun& run : spec.runs) {
        const bool isKnown = std::any_of(
            all.begin(), all.end(), [&](const Shown& one) { return one.variant == run.variant; });
        if (run.data != data || isKnown || run.evaluations.empty()) {
            continue;
        }
        const std::vector<fs::path> masks = masksIn(run.predictions);
        Shown shown{run.variant, OutlineSource(masks, kPredictionColour), {}, {}};
        for (const fs::path& mask : masks) {
            shown.masks[datasets::stemOf(mask)] = mask;
        }
        if (auto dsc = perImage(run.evaluations.begin()->second, "dsc")) {
            shown.dsc = std::move(*dsc);
        }
        all.push_back(std::move(shown));
    }
    return all;
}

/// The same cases for all: spread evenly from the baseline's worst to its best.
std::vector<std::string>
chosenCases(const std::vector<Shown>& shown, const std::string& baseline, int count)
{
    const auto found = std::find_if(
        shown.begin(), shown.end(), [&](const Shown& one) { return one.variant == baseline; });
    const Shown& first = found == shown.end() ? shown.front() : *found;
    std::vector<std::pair<double, std::string>> ranked;
    for (const auto& [name, dsc] : first.dsc) {
        ranked.emplace_back(dsc.value_or(-1), name);
    }
    std::sort(ranked.begin(), ranked.end());
    std::vector<std::string> names;
    const std::size_t wanted = std::min(ranked.size(), static_cast<std::size_t>(count));
    for (std::size_t k = 0; k < wanted; ++k) {
        const std::size_t at = wanted > 1 ? k * (ranked.size() - 1) / (wanted - 1) : 0;
        names.push_back(ranked[at].second);
    }
    return names;
}

Status addCases(const ExperimentSpec& spec, const ExperimentData& data, PageSpec& page)
{
    const std::vector<Shown> shown = shownOf(spec, data.name);
    if (shown.empty() || spec.pictures == 0) {
        return {};
    }
    const auto references = collectReferences(data.path, data.splits, data.split);
    if (!references) {
        page.notes.push_back(data.name + ": no pictures: " + references.error().message);
        return {};
    }
    std::vector<fs::path> masks;
    for (const ReferenceCase& one : *references) {
        masks.push_back(one.mask);
    }
    const OutlineSource outlines(masks, kReferenceColour);
    for (const std::string& name : chosenCases(shown, spec.baseline, spec.pictures)) {
        const auto reference =
            std::find_if(references->begin(), references->end(), [&](const ReferenceCase& one) {
                return one.name == name;
            });
        if (reference == references->end()) {
            continue;
        }
        CaseRow row;
        row.name = data.name + ": " + name;
        PictureCell first{"reference", reference->image, {}, {}};
        outlines.addTo(first, reference->mask);
        const Size size = first.size;
        row.pictures.push_back({"image", reference->image, {}, size});
        row.pictures.push_back(std::move(first));
        for (const Shown& one : shown) {
            const auto mask = one.masks.find(name);
            const auto dsc = one.dsc.find(name);
            PictureCell cell{
                one.variant + ", DSC "
                    + numberText(dsc == one.dsc.end() ? std::nullopt : dsc->second),
                reference->image,
                {},
                size};
            if (mask != one.masks.end()) {
                one.outlines.addTo(cell, mask->second);
            }
            row.pictures.push_back(std::move(cell));
        }
        page.cases.push_back(std::move(row));
    }
    return {};
}

} // namespace

Status writeExperimentPage(const ExperimentSpec& spec, const std::vector<ExperimentTable>& tables)
{
    PageSpec page;
    page.title = spec.title;
    page.paragraphs.push_back(
        "Means over images, then mean and standard deviation over seeds. Differences are taken "
        "image by image, after averaging over the seeds. Pictures: the first seed; cases spread "
        "from the worst to the best of "
        + spec.baseline + ".");
    for (const ExperimentTable& table : tables) {
        if (table.trainedOn.empty()) {
            page.tables.push_back(tableOf(spec, table));
        }
    }
    for (Table& table : robustnessTables(spec, tables)) {
        page.tables.push_back(std::move(table));
    }
    for (Table& table : costTables(spec)) {
        page.tables.push_back(std::move(table));
    }
    page.scatterPlots = costPlots(spec, tables);
    page.notes = spec.notes;
    for (const ExperimentData& data : spec.data) {
        if (data.trainedOn.empty()) {
            GD_TRY(addCases(spec, data, page));
        }
    }
    return writeRunPage(page, spec.out / "index.html");
}

} // namespace guidino::report
