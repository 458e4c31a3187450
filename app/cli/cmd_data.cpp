// SPDX-License-Identifier: Apache-2.0
#include "app/cli/cmd_data_corrupt.h"
#include "app/cli/command.h"
#include "app/cli/terminal.h"
#include "core/base/sha256.h"
#include "core/base/threads.h"
#include "core/datasets/dataset.h"
#include "core/datasets/decode.h"
#include "core/datasets/given_lists.h"
#include "core/datasets/inspect.h"
#include "core/datasets/masks.h"
#include "core/datasets/near_duplicates.h"
#include "core/datasets/pack.h"
#include "core/datasets/reported_lists.h"
#include "core/datasets/splits.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>

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

    [[nodiscard]] int threadCount() const { return threadsFor(threads); }

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

/// "NAME=DIR": the entries of the test list whose content lies in no file of the folder.
Status addWithout(const std::string& text, datasets::SplitLists& lists)
{
    const std::size_t at = text.find('=');
    if (at == std::string::npos || at == 0) {
        return Error{ErrorCode::Usage, "--without: '" + text + "' is not of the form NAME=DIR", {}};
    }
    const fs::path folder = text.substr(at + 1);
    GD_TRY(requireExisting(folder, "--without"));
    const auto files = datasets::listImages(folder);
    GD_TRY(files);
    std::vector<std::string> hashes;
    for (const fs::path& file : *files) {
        const auto hash = sha256OfFile(file);
        GD_TRY(hash);
        hashes.push_back(*hash);
    }
    std::vector<datasets::SplitEntry> rest = *lists.find("test");
    std::erase_if(rest, [&](const datasets::SplitEntry& entry) {
        return std::find(hashes.begin(), hashes.end(), entry.sha256) != hashes.end();
    });
    lists.lists.emplace_back("test_without_" + text.substr(0, at), std::move(rest));
    return {};
}

int runLists(const Arguments& arguments)
{
    SourceOptions source;
    fs::path out;
    fs::path keep;
    std::vector<std::string> without;
    datasets::ReportedOptions options;
    datasets::NearDuplicateOptions alike;
    std::size_t select = 0;
    const auto parser = makeParser(
        "data lists",
        "Writes train, val and test lists for results without leaks: what shows the scene of a\n"
        "reported image (a near-duplicate) is neither trained on nor selected by.",
        "  guidino data lists kvasir-seg/ --threshold-alike 0.33 --out lists.json\n"
        "  guidino data lists isic-2017/ --report val --select 200 --out lists.json \\\n"
        "                     --without samples=resources/samples/images\n");
    addSource(*parser, source);
    parser->add_option("--out", out, "splits.json to write")->type_name("FILE")->required();
    parser->add_option("--report", options.reported, "Part of the folders that is reported")
        ->type_name("PART");
    parser
        ->add_option(
            "--threshold-alike", alike.threshold, "Least score of two pictures of one scene")
        ->type_name("SCORE")
        ->check(CLI::Range(0.0, 1.0));
    CLI::Option* selectOption =
        parser->add_option("--select", select, "Draw this many of train for selection")
            ->type_name("N")
            ->check(CLI::Range(1, 10000000));
    parser->add_option("--keep", keep, "Keep the selection (val) of these older lists")
        ->type_name("FILE")
        ->excludes(selectOption);
    parser->add_option("--seed", options.seed, "Of the draw")->type_name("N");
    parser
        ->add_option(
            "--without",
            without,
            "NAME=DIR: a list test_without_NAME, the reported images that are not in DIR")
        ->type_name("NAME=DIR");
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    const CancelToken cancel = cancelOnSignals();
    const auto dataset = open(source);
    if (!dataset) {
        return fail(dataset.error());
    }
    if (select > 0) {
        options.select = select;
    }
    if (!keep.empty()) {
        const auto older = datasets::givenLists(*dataset, keep);
        if (!older) {
            return fail(older.error());
        }
        options.kept = (*older)["val"];
    }
    ProgressLine line;
    alike.threads = source.threadCount();
    const auto pairs =
        datasets::findNearDuplicates(*dataset, alike, cancel, shownBy(line, "compare"));
    line.clear();
    if (!pairs) {
        return fail(pairs.error());
    }
    const auto indices = datasets::reportedLists(*dataset, *pairs, options);
    if (!indices) {
        return fail(indices.error());
    }
    auto lists = datasets::listsOf(*dataset, *indices, options.seed);
    if (!lists) {
        return fail(lists.error());
    }
    for (const std::string& one : without) {
        if (const auto status = addWithout(one, *lists); !status) {
            return fail(status.error());
        }
    }
    if (const auto status = datasets::writeSplits(out, *lists); !status) {
        return fail(status.error());
    }
    for (const auto& [name, entries] : lists->lists) {
        std::printf("%-6s %zu\n", name.c_str(), entries.size());
    }
    std::printf("near-duplicate pairs %zu\nsplits: %s\n", pairs->size(), out.c_str());
    return 0;
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
    const auto lists = datasets::givenLists(*dataset, splits);
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
    const auto warnings =
        datasets::writePack(out, *dataset, *lists, *masks, decode, cancel, shownBy(line, "pack"));
    line.clear();
    if (!warnings) {
        return fail(warnings.error());
    }
    for (const std::string& warning : *warnings) {
        line.note("guidino: warning: " + warning);
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
         {"lists", "Write lists for results without leaks", runLists},
         {"pack", "Write one memory-mapped file for training", runPack},
         {"corrupt", "Write copies of images made worse on purpose", runCorrupt}},
        "  guidino data inspect photos/\n  guidino data split photos/ --out splits.json\n",
        arguments);
}

} // namespace guidino::cli
