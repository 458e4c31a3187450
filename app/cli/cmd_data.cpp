// SPDX-License-Identifier: Apache-2.0
#include "app/cli/command.h"
#include "app/cli/terminal.h"
#include "core/datasets/dataset.h"
#include "core/datasets/decode.h"
#include "core/datasets/inspect.h"
#include "core/datasets/masks.h"
#include "core/datasets/near_duplicates.h"
#include "core/datasets/pack.h"
#include "core/datasets/splits.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <thread>

namespace guidino::cli {

namespace fs = std::filesystem;
using datasets::Dataset;

namespace {

/// What every `data` subcommand says about its data set.
struct SourceOptions
{
    fs::path folder;
    datasets::OpenOptions open;
    int threads = 0;
    int threshold = 127;
    int classes = 0;

    [[nodiscard]] int threadCount() const
    {
        return threads > 0 ? threads
                           : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    }

    [[nodiscard]] datasets::MaskOptions masks() const
    {
        return {threshold, classes, threadCount()};
    }
};

void addSource(CLI::App& parser, SourceOptions& source)
{
    parser.add_option("folder", source.folder, "Data set")->type_name("DIR")->required();
    parser.add_option("--layout", source.open.layout, "Layout; found automatically if absent")
        ->type_name("NAME")
        ->check(CLI::IsMember(datasets::layoutNames()));
    parser.add_option("--images", source.open.images, "Folder of images")->type_name("DIR");
    parser.add_option("--labels", source.open.masks, "Folder of masks")->type_name("DIR");
    parser.add_option("--fold", source.open.fold, "TN3K: number of the fold; -1: none")
        ->type_name("N");
    parser.add_option("--threads", source.threads, "CPU threads; 0: as many as there are cores")
        ->type_name("N")
        ->check(CLI::Range(0, 4096));
}

void addMasks(CLI::App& parser, SourceOptions& source)
{
    parser.add_option("--threshold", source.threshold, "Grey masks: foreground is brighter")
        ->type_name("N")
        ->check(CLI::Range(0, 254));
    parser.add_option("--classes", source.classes, "Classes with background; 0: as the masks say")
        ->type_name("N")
        ->check(CLI::Range(0, 255));
}

Result<Dataset> open(const SourceOptions& source)
{
    GD_TRY(requireExisting(source.folder, "data"));
    return datasets::openDataset(source.folder, source.open);
}

/// How samples are held together.
struct GroupOptions
{
    fs::path table;
    std::string column;
    std::string key;
    std::string pattern;
    bool nearDuplicates = false;
};

void addGroups(CLI::App& parser, GroupOptions& groups)
{
    CLI::Option* table =
        parser.add_option("--group-table", groups.table, "CSV that names a group for each image")
            ->type_name("FILE");
    CLI::Option* column =
        parser.add_option("--group-column", groups.column, "Its column of groups")
            ->type_name("NAME")
            ->needs(table);
    table->needs(column);
    parser.add_option("--key-column", groups.key, "Its column of image names; the first if absent")
        ->type_name("NAME")
        ->needs(table);
    parser
        .add_option(
            "--group-pattern",
            groups.pattern,
            "Regular expression; its first bracket in a name is the group")
        ->type_name("REGEX");
    parser.add_flag(
        "--near-duplicates", groups.nearDuplicates, "Keep pictures of one scene together");
}

Status group(
    Dataset& dataset,
    const GroupOptions& groups,
    int threads,
    const CancelToken& cancel,
    const datasets::Progress& progress)
{
    if (!groups.table.empty()) {
        GD_TRY(requireExisting(groups.table, "--group-table"));
        GD_TRY(datasets::groupByTable(dataset, groups.table, groups.column, groups.key));
    }
    if (!groups.pattern.empty()) {
        GD_TRY(datasets::groupByPattern(dataset, groups.pattern));
    }
    if (groups.nearDuplicates) {
        datasets::NearDuplicateOptions options;
        options.threads = threads;
        const auto pairs = datasets::findNearDuplicates(dataset, options, cancel, progress);
        if (!pairs) {
            return pairs.error();
        }
        datasets::groupByNearDuplicates(dataset, *pairs);
    }
    return {};
}

/// Progress of a phase on the terminal.
datasets::Progress shownBy(ProgressLine& line, const char* phase)
{
    return [&line, phase](std::size_t done, std::size_t total) {
        line.show(
            {phase, static_cast<std::int64_t>(done), static_cast<std::int64_t>(total), -1, {}});
    };
}

int runInspect(const Arguments& arguments)
{
    SourceOptions source;
    bool noNearDuplicates = false;
    bool json = false;
    const auto parser = makeParser(
        "data inspect",
        "Tells what is in a data set and what is wrong with it: counts, sizes, classes, "
        "foreground\n"
        "share, duplicates, black borders, burned-in text, unreadable files, mismatched sizes.",
        "  guidino data inspect photos/\n  guidino data inspect kvasir/ --json\n");
    addSource(*parser, source);
    addMasks(*parser, source);
    parser->add_flag("--no-near-duplicates", noNearDuplicates, "Do not look for near-duplicates");
    addJsonOption(*parser, json);
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    const CancelToken cancel = cancelOnSignals();
    const auto dataset = open(source);
    if (!dataset) {
        return fail(dataset.error());
    }
    datasets::InspectOptions options;
    options.masks = source.masks();
    options.findNearDuplicates = !noNearDuplicates;
    options.threads = source.threadCount();
    ProgressLine line;
    const auto report = datasets::inspect(*dataset, options, cancel, shownBy(line, "inspect"));
    line.clear();
    if (!report) {
        return fail(report.error());
    }
    std::printf("%s", (json ? report->toJson() + "\n" : report->toText()).c_str());
    return 0;
}

int runSplit(const Arguments& arguments)
{
    SourceOptions source;
    GroupOptions groups;
    fs::path out;
    std::vector<double> fractions;
    std::int64_t seed = 42;
    bool isForced = false;
    bool json = false;
    const auto parser = makeParser(
        "data split",
        "Draws train, val and test lists by seed, groups kept together, and writes them once as\n"
        "splits.json with the images' hashes. Parts that the folders name already stay.",
        "  guidino data split photos/ --out splits.json\n"
        "  guidino data split photos/ --fractions 0.7 0.1 0.2 --group-pattern '^(p[0-9]+)_' \\\n"
        "                     --near-duplicates --seed 1 --out splits.json\n");
    addSource(*parser, source);
    addGroups(*parser, groups);
    parser->add_option("--out", out, "splits.json to write")->type_name("FILE")->required();
    parser->add_option("--fractions", fractions, "Shares of train, val and test")
        ->type_name("TRAIN VAL TEST")
        ->expected(2, 3);
    parser->add_option("--seed", seed, "Of the draw")->type_name("N");
    parser->add_flag("--force", isForced, "Replace a file that is there");
    addJsonOption(*parser, json);
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    std::error_code ignored;
    if (!isForced && fs::exists(out, ignored)) {
        return fail(Error{
            ErrorCode::Usage,
            "'" + out.string() + "' is there: lists are written once and reused (--force replaces)",
            {}});
    }
    const CancelToken cancel = cancelOnSignals();
    auto dataset = open(source);
    if (!dataset) {
        return fail(dataset.error());
    }
    ProgressLine line;
    if (const auto status =
            group(*dataset, groups, source.threadCount(), cancel, shownBy(line, "compare"));
        !status) {
        return fail(status.error());
    }
    datasets::SplitFractions shares;
    if (!fractions.empty()) {
        shares = {fractions[0], fractions[1], fractions.size() > 2 ? fractions[2] : 0};
    }
    const auto indices = datasets::splitOf(*dataset, shares, seed);
    if (!indices) {
        return fail(indices.error());
    }
    const auto lists = datasets::listsOf(*dataset, *indices, seed);
    if (!lists) {
        return fail(lists.error());
    }
    if (const auto status = datasets::writeSplits(out, *lists); !status) {
        return fail(status.error());
    }
    line.clear();
    nlohmann::ordered_json counts;
    for (const auto& [name, entries] : lists->lists) {
        counts[name] = entries.size();
        if (!json) {
            std::printf("%-6s %zu\n", name.c_str(), entries.size());
        }
    }
    std::printf("%s\n", json ? counts.dump().c_str() : ("splits: " + out.string()).c_str());
    return 0;
}

/// The lists that a pack gets: of a file, else the folders' own.
Result<datasets::SplitIndices> listsFor(const Dataset& dataset, const fs::path& splits)
{
    if (!splits.empty()) {
        GD_TRY(requireExisting(splits, "--splits"));
        const auto lists = datasets::readSplits(splits);
        return lists ? datasets::resolve(dataset, *lists)
                     : Result<datasets::SplitIndices>(lists.error());
    }
    datasets::SplitIndices indices;
    for (const std::string& name : dataset.splits) {
        indices.lists.emplace_back(name, dataset.indicesOf(name));
    }
    return indices;
}

int runPack(const Arguments& arguments)
{
    SourceOptions source;
    fs::path out;
    fs::path splits;
    std::string resize = "squash";
    datasets::DecodeOptions decode;
    const auto parser = makeParser(
        "data pack",
        "Writes one memory-mapped file of images and masks at training size; training reads it\n"
        "in place of the folder.",
        "  guidino data pack kvasir/ --size 256 --out kvasir.safetensors\n");
    addSource(*parser, source);
    addMasks(*parser, source);
    parser->add_option("--out", out, "File to write")->type_name("FILE")->required();
    parser->add_option("--size", decode.size, "Side of the square images")
        ->type_name("PIXELS")
        ->check(CLI::Range(16, 8192));
    parser->add_option("--resize", resize, "squash, letterbox or crop")
        ->type_name("NAME")
        ->check(CLI::IsMember({"squash", "letterbox", "crop"}));
    parser->add_flag("--crop-black-border", decode.cropBlackBorder, "Cut black borders off first");
    parser->add_option("--splits", splits, "splits.json to store with it")->type_name("FILE");
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    const CancelToken cancel = cancelOnSignals();
    const auto dataset = open(source);
    if (!dataset) {
        return fail(dataset.error());
    }
    const auto lists = listsFor(*dataset, splits);
    if (!lists) {
        return fail(lists.error());
    }
    const auto masks = datasets::MaskReader::sniff(*dataset, source.masks(), cancel);
    if (!masks) {
        return fail(masks.error());
    }
    const auto mode = datasets::resizeModeNamed(resize);
    if (!mode) {
        return fail(mode.error());
    }
    decode.resize = *mode;
    ProgressLine line;
    const auto status =
        datasets::writePack(out, *dataset, *lists, *masks, decode, cancel, shownBy(line, "pack"));
    line.clear();
    if (!status) {
        return fail(status.error());
    }
    std::printf("packed %zu images: %s\n", dataset->pairCount(), out.c_str());
    return 0;
}

} // namespace

int runData(const Arguments& arguments)
{
    return runSubcommandOf(
        "data",
        "Data sets: what is in them, lists of images, packs for training.",
        {{"inspect", "Tell what is in a data set and what is wrong with it", runInspect},
         {"split", "Draw train, val and test lists", runSplit},
         {"pack", "Write one memory-mapped file for training", runPack}},
        "  guidino data inspect photos/\n  guidino data split photos/ --out splits.json\n",
        arguments);
}

} // namespace guidino::cli
