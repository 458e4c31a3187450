// SPDX-License-Identifier: Apache-2.0
//
// Does correcting help? Replays annotators: masks of a data set are given in batches, in one of
// several orders, and a model is trained on what is there so far; its DSC on held-out images is the
// curve. Reads and writes through `guidino` alone. What is there is not done again, so that a
// stopped replay goes on with the same command.
//
//   replay_annotators --guidino build/release/bin/guidino --data kvasir-seg --splits
//   resources/splits/kvasir-seg.json
//       --init models/demo --orders random,worst,guide --batches 10,20,40,80 --out replay/
//
// Orders: `random`; `worst`, lowest DSC of the newest model first (an annotator who looks through
// all); `guide`, lowest agreement of guide and prediction first (what the review queue can know
// without masks).

#include "core/base/file.h"
#include "core/base/label_map.h"
#include "core/base/npy.h"
#include "core/datasets/splits.h"
#include "core/imaging/image_reader.h"
#include "core/imaging/image_writer.h"
#include "core/project/review_value.h"

#include <CLI/CLI.hpp>

#include <QProcess>
#include <QStringList>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <map>
#include <numeric>
#include <random>
#include <set>

namespace {

using namespace guidino;
namespace fs = std::filesystem;
using Json = nlohmann::json;

struct Options
{
    fs::path guidino;
    fs::path data;
    fs::path splits;
    fs::path out;
    std::string init;                      ///< bundle; empty: from scratch
    std::string recipe = "quick-finetune"; ///< with `init`
    std::vector<std::string> orders{"random", "worst", "guide"};
    std::vector<int> batches{10, 20, 40, 80};
    int pool = 160;        ///< images an annotator chooses from, drawn from `train`
    int presentations = 0; ///< images shown in each training; 0: the recipe's own epochs
    std::int64_t seed = 42;
    int threads = 1;
    bool hasCorrections = false;
    std::string test = "test";
    std::vector<std::string> settings;
};

[[noreturn]] void die(const std::string& message)
{
    std::fprintf(stderr, "replay_annotators: %s\n", message.c_str());
    std::exit(3);
}

template<typename T>
T value(Result<T> result)
{
    if (!result) {
        die(result.error().message);
    }
    return std::move(*result);
}

/// Runs guidino; ends the replay where it fails.
void guidino(const Options& options, const std::vector<std::string>& words)
{
    QProcess process;
    QStringList arguments;
    std::string line;
    for (const std::string& word : words) {
        arguments << QString::fromStdString(word);
        line += ' ' + word;
    }
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("OMP_NUM_THREADS"), QString::number(options.threads));
    process.setProcessEnvironment(environment);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(QString::fromStdString(options.guidino.string()), arguments);
    if (!process.waitForStarted() || !process.waitForFinished(-1) || process.exitCode() != 0) {
        die("guidino" + line + ": " + process.readAll().right(600).toStdString());
    }
}

Json json(const fs::path& file)
{
    return Json::parse(value(readFile(file)));
}

using Entries = std::vector<datasets::SplitEntry>;

std::string stemOf(const datasets::SplitEntry& entry)
{
    return fs::path(entry.name).stem().string();
}

void writeLists(
    const fs::path& file, std::int64_t seed, std::vector<std::pair<std::string, Entries>> lists)
{
    if (const auto status = datasets::writeSplits(file, {seed, std::move(lists)}); !status) {
        die(status.error().message);
    }
}

void predict(
    const Options& options,
    const std::string& model,
    const fs::path& splits,
    const std::string& list,
    const fs::path& out)
{
    if (fs::exists(out / "evaluation" / "summary.json")) {
        return;
    }
    guidino(
        options,
        {"predict",
         "--model",
         model,
         "--input",
         options.data.string(),
         "--splits",
         splits.string(),
         "--split",
         list,
         "--out",
         out.string(),
         "--no-probability",
         "--no-overlay"});
    guidino(
        options,
        {"evaluate",
         "--pred",
         out.string(),
         "--ref",
         options.data.string(),
         "--splits",
         splits.string(),
         "--split",
         list,
         "--metrics",
         "dsc",
         "--out",
         (out / "evaluation").string()});
}

/// By stem: what the order sorts by, the smallest first.
std::map<std::string, double> keysOf(const fs::path& predictions, const std::string& order)
{
    std::map<std::string, double> keys;
    if (order == "worst") {
        const Json summary = json(predictions / "evaluation" / "summary.json");
        for (const Json& one : summary.at("per_image")) {
            keys[fs::path(one["name"].get<std::string>()).stem().string()] =
                one["dsc"].is_null() ? 0.0 : one["dsc"].get<double>();
        }
        return keys;
    }
    for (const fs::directory_entry& file : fs::directory_iterator(predictions / "masks")) {
        const std::string stem = file.path().stem().string();
        Raster8 mask = value(imaging::readGrey8(file.path()));
        for (std::uint8_t& pixel : mask.pixels()) {
            pixel = pixel > 127 ? 1 : 0;
        }
        const NpyArray npy = value(readNpy(predictions / "guide" / (stem + ".npy")));
        RasterF guide(static_cast<int>(npy.shape[1]), static_cast<int>(npy.shape[0]), 1);
        std::copy(npy.values.begin(), npy.values.end(), guide.pixels().begin());
        const LabelMap labels = LabelMap::fromRaster(mask);
        const auto found = project::reviewSignals({labels, &guide, nullptr, nullptr});
        keys[stem] = found.guideIou.value_or(0);
    }
    return keys;
}

/// Guides that say what the mask says, as an annotator would paint them: attend inside, ignore
/// outside.
fs::path writeCorrections(const Options& options, const Entries& entries, const fs::path& folder)
{
    fs::create_directories(folder);
    std::map<std::string, fs::path> masks;
    for (const fs::directory_entry& file : fs::recursive_directory_iterator(options.data)) {
        if (file.path().parent_path().filename().string().find("mask") != std::string::npos
            || file.path().stem().string().ends_with("_segmentation")) {
            std::string stem = file.path().stem().string();
            if (stem.ends_with("_segmentation")) {
                stem.resize(stem.size() - 13);
            }
            masks[stem] = file.path();
        }
    }
    for (const datasets::SplitEntry& entry : entries) {
        const auto mask = masks.find(stemOf(entry));
        if (mask == masks.end()) {
            die("no mask of " + entry.name + " below " + options.data.string());
        }
        Raster8 codes = value(imaging::readGrey8(mask->second));
        for (std::uint8_t& pixel : codes.pixels()) {
            pixel = pixel > 127 ? 1 : 0;
        }
        if (const auto status = imaging::writePng(folder / (stemOf(entry) + ".png"), codes);
            !status) {
            die(status.error().message);
        }
    }
    return folder;
}

struct CurvePoint
{
    std::string order;
    int count = 0;
    double dsc = 0;
};

double meanDsc(const fs::path& evaluation)
{
    return json(evaluation / "summary.json")["mean"]["dsc"].get<double>();
}

/// One annotator: corrects in this order, trains after each batch.
std::vector<CurvePoint>
replay(const Options& options, const std::string& order, const Entries& pool, const Entries& test)
{
    std::vector<CurvePoint> points;
    Entries left = pool;
    Entries done;
    std::string newest = options.init;
    for (const int count : options.batches) {
        const fs::path folder = options.out / (order + '-' + std::to_string(count));
        fs::create_directories(folder);
        if (order != "random" && !newest.empty()) {
            const fs::path lists = folder / "left.json";
            writeLists(lists, options.seed, {{"left", left}});
            predict(options, newest, lists, "left", folder / "left");
            std::map<std::string, double> keys = keysOf(folder / "left", order);
            std::stable_sort(left.begin(), left.end(), [&](const auto& a, const auto& b) {
                return keys[stemOf(a)] < keys[stemOf(b)];
            });
        }
        const int more =
            std::min<int>(count - static_cast<int>(done.size()), static_cast<int>(left.size()));
        done.insert(done.end(), left.begin(), left.begin() + more);
        left.erase(left.begin(), left.begin() + more);
        // Every fifth is held out of the training to choose the checkpoint, as the window proposes.
        Entries train;
        Entries val;
        for (std::size_t i = 0; i < done.size(); ++i) {
            (i % 5 == 4 ? val : train).push_back(done[i]);
        }
        const fs::path lists = folder / "splits.json";
        writeLists(lists, options.seed, {{"train", train}, {"val", val}, {"test", test}});
        const fs::path run = folder / "run";
        if (!fs::exists(run / "best" / "config.json") || !fs::exists(folder / "trained")) {
            fs::remove_all(run);
            std::vector<std::string> words{
                "train",
                "--data",
                options.data.string(),
                "--splits",
                lists.string(),
                "--out",
                run.string(),
                "--threads",
                std::to_string(options.threads)};
            if (options.init.empty()) {
                words.insert(words.end(), {"--config", "guidino-u"});
            } else {
                words.insert(words.end(), {"--init", options.init, "--recipe", options.recipe});
            }
            if (options.hasCorrections) {
                words.insert(
                    words.end(),
                    {"--guide-corrections",
                     writeCorrections(options, done, folder / "guides").string()});
            }
            words.emplace_back("--set");
            words.insert(words.end(), options.settings.begin(), options.settings.end());
            if (options.presentations > 0) {
                words.push_back(
                    "training.epochs="
                    + std::to_string(
                        std::max(1, options.presentations / static_cast<int>(train.size()))));
            }
            words.push_back("training.seed=" + std::to_string(options.seed));
            guidino(options, words);
            if (const auto status = writeFileAtomically(folder / "trained", "yes\n"); !status) {
                die(status.error().message);
            }
        }
        predict(options, (run / "best").string(), lists, "test", folder / "test");
        newest = (run / "best").string();
        points.push_back(
            {order, static_cast<int>(done.size()), meanDsc(folder / "test" / "evaluation")});
        std::printf("%s %d %.4f\n", order.c_str(), points.back().count, points.back().dsc);
        std::fflush(stdout);
    }
    return points;
}

} // namespace

int main(int argc, char** argv)
{
    Options options;
    CLI::App app("Replays annotators who correct a data set in batches; DSC on held-out images "
                 "against corrected images");
    app.add_option("--guidino", options.guidino, "The program")->required();
    app.add_option("--data", options.data, "Data set")->required();
    app.add_option("--splits", options.splits, "Lists `train` and the one to report")->required();
    app.add_option("--out", options.out, "Folder of the replay")->required();
    app.add_option("--init", options.init, "Bundle to start from; from scratch if absent");
    app.add_option("--recipe", options.recipe, "Recipe with --init");
    app.add_option("--orders", options.orders, "random, worst, guide")->delimiter(',');
    app.add_option("--batches", options.batches, "Corrected images after each batch")
        ->delimiter(',');
    app.add_option("--pool", options.pool, "Images to choose from");
    app.add_option(
        "--presentations",
        options.presentations,
        "Images shown in each training; 0: the recipe's epochs");
    app.add_option("--seed", options.seed, "Of pool and training");
    app.add_option("--threads", options.threads, "CPU threads");
    app.add_option("--test", options.test, "List to report");
    app.add_flag(
        "--corrections",
        options.hasCorrections,
        "Paint the guide of each corrected image as its mask");
    app.add_option("--set", options.settings, "Settings of every training");
    CLI11_PARSE(app, argc, argv);

    const datasets::SplitLists lists = value(datasets::readSplits(options.splits));
    const Entries* train = lists.find("train");
    const Entries* test = lists.find(options.test);
    if (train == nullptr || test == nullptr) {
        die(options.splits.string() + ": no list `train` or `" + options.test + "`");
    }
    Entries pool = *train;
    std::mt19937_64 generator(static_cast<std::uint64_t>(options.seed));
    for (std::size_t i = pool.size(); i > 1; --i) { // std::shuffle is not the same everywhere
        std::swap(pool[i - 1], pool[generator() % i]);
    }
    pool.resize(std::min<std::size_t>(pool.size(), static_cast<std::size_t>(options.pool)));
    fs::create_directories(options.out);
    std::vector<CurvePoint> points;
    if (!options.init.empty()) {
        const fs::path start = options.out / "start.json";
        writeLists(start, options.seed, {{"test", *test}});
        predict(options, options.init, start, "test", options.out / "start");
        points.push_back({"start", 0, meanDsc(options.out / "start" / "evaluation")});
        std::printf("start 0 %.4f\n", points.back().dsc);
    }
    for (const std::string& order : options.orders) {
        const std::vector<CurvePoint> more = replay(options, order, pool, *test);
        points.insert(points.end(), more.begin(), more.end());
    }
    std::string table = "order,corrected,dsc\n";
    for (const CurvePoint& point : points) {
        table += point.order + ',' + std::to_string(point.count) + ',' + std::to_string(point.dsc)
                 + '\n';
    }
    if (const auto status = writeFileAtomically(options.out / "curve.csv", table); !status) {
        die(status.error().message);
    }
    return 0;
}
