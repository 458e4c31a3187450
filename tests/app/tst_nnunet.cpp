// SPDX-License-Identifier: Apache-2.0
// `guidino nnunet` as nnU-Net is used: plan, train folds, predict with them, find the best.
#include "core/imaging/image_reader.h"
#include "core/protocol/run_folder.h"
#include "tests/app/cli.h"
#include "tests/datasets/image_files.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <sstream>
#include <thread>

using namespace guidino;
using namespace guidino::test;
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr const char* kDataset = "Dataset001_Skin";
constexpr const char* kModel = "nnUNetTrainer__nnUNetPlans__2d";
constexpr int kStep = 5; ///< of the samples' 256 pixels every fifth: 52 x 52

struct World
{
    TemporaryFolder folder;

    [[nodiscard]] Process::Environment environment() const
    {
        return {
            {"GUIDINO_HOME", (folder / "home").string()},
            {"nnUNet_raw", (folder / "raw").string()},
            {"nnUNet_preprocessed", (folder / "preprocessed").string()},
            {"nnUNet_results", (folder / "results").string()}};
    }

    [[nodiscard]] Outcome run(std::vector<std::string> words) const
    {
        words.insert(words.begin(), "nnunet");
        return cli(words, environment());
    }

    [[nodiscard]] fs::path raw() const { return folder / "raw" / kDataset; }

    [[nodiscard]] fs::path preprocessed() const { return folder / "preprocessed" / kDataset; }

    [[nodiscard]] fs::path model() const { return folder / "results" / kDataset / kModel; }
};

void requireGood(const Outcome& outcome, int line)
{
    if (outcome.exitCode != 0) {
        fail(__FILE__, line, outcome.out + outcome.err);
        throw Failure{};
    }
}

template<typename Image>
Image thinned(const Image& from)
{
    Image to(
        (from.width() + kStep - 1) / kStep, (from.height() + kStep - 1) / kStep, from.channels());
    for (int y = 0; y < to.height(); ++y) {
        for (int x = 0; x < to.width(); ++x) {
            for (int c = 0; c < to.channels(); ++c) {
                to.at(x, y, c) = from.at(x * kStep, y * kStep, c);
            }
        }
    }
    return to;
}

/// Ten of the bundled samples in nnU-Net's raw layout, and three more to predict.
void makeRaw(const World& world)
{
    const fs::path samples = fs::path(GUIDINO_SOURCE_DIR) / "resources" / "samples";
    std::vector<fs::path> images;
    for (const auto& entry : fs::directory_iterator(samples / "images")) {
        images.push_back(entry.path());
    }
    std::sort(images.begin(), images.end());
    REQUIRE(images.size() >= 13);
    for (std::size_t i = 0; i < 13; ++i) {
        const auto image = imaging::readRgb8(images[i]);
        REQUIRE_OK(image);
        const std::string stem = images[i].stem().string();
        const auto mask = imaging::readMaskRaw(samples / "masks" / (stem + "_segmentation.png"));
        REQUIRE_OK(mask);
        Raster8 labels = thinned(mask->pixels);
        for (std::uint8_t& pixel : labels.pixels()) {
            pixel = pixel > 127 ? 1 : 0;
        }
        const bool isTest = i >= 10;
        savePng(
            world.raw() / (isTest ? "imagesTs" : "imagesTr") / (stem + "_0000.png"),
            thinned(*image));
        savePng(world.raw() / (isTest ? "labelsTs" : "labelsTr") / (stem + ".png"), labels);
    }
    saveText(
        world.raw() / "dataset.json",
        Json{
            {"channel_names", {{"0", "R"}, {"1", "G"}, {"2", "B"}}},
            {"labels", {{"background", 0}, {"lesion", 1}}},
            {"numTraining", 10},
            {"file_ending", ".png"}}
            .dump(2));
}

/// The plan that was made, for a network and patches of a few pixels.
void shrinkPlan(const World& world)
{
    const fs::path file = world.preprocessed() / "nnUNetPlans.json";
    Json plans = Json::parse(textOf(file));
    Json& two = plans["configurations"]["2d"];
    two["patch_size"] = {32, 40};
    two["batch_size"] = 2;
    Json& network = two["architecture"]["arch_kwargs"];
    network["n_stages"] = 3;
    network["features_per_stage"] = {4, 6, 8};
    network["kernel_sizes"] = {{3, 3}, {3, 3}, {3, 3}};
    network["strides"] = {{1, 1}, {2, 2}, {2, 2}};
    network["n_conv_per_stage"] = {1, 1, 1};
    network["n_conv_per_stage_decoder"] = {1, 1};
    plans["configurations"]["2d_small"] = {
        {"inherits_from", "2d"}, {"data_identifier", "nnUNetPlans_2d"}, {"patch_size", {32, 32}}};
    saveText(file, plans.dump(4));
}

/// The plan, with a first attempt that shows what else is made.
void prepare(const World& world)
{
    makeRaw(world);
    requireGood(
        world.run(
            {"plan",
             world.raw().string(),
             "--out",
             world.preprocessed().string(),
             "--threads",
             "1"}),
        __LINE__);
    fs::rename(world.preprocessed() / "plans.json", world.preprocessed() / "nnUNetPlans.json");
    shrinkPlan(world);
}

std::vector<std::string> training(const std::string& fold, int epochs)
{
    return {
        "train",
        "1",
        "2d",
        fold,
        "--epochs",
        std::to_string(epochs),
        "--iterations",
        "6",
        "--npz",
        "--threads",
        "1",
        "--device",
        "cpu"};
}

/// Rows of metrics.csv without the columns that tell time and memory.
std::vector<std::string> curveOf(const fs::path& file)
{
    std::vector<std::vector<std::string>> rows;
    std::istringstream text(textOf(file));
    for (std::string line; std::getline(text, line);) {
        std::vector<std::string> fields;
        std::istringstream row(line + ",");
        for (std::string field; std::getline(row, field, ',');) {
            fields.push_back(field);
        }
        rows.push_back(std::move(fields));
    }
    std::vector<std::string> curve;
    for (const auto& row : rows) {
        std::string kept;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string& name = rows.front()[i];
            if (!contains(name, "second") && !contains(name, "memory")) {
                kept += row[i] + ",";
            }
        }
        curve.push_back(kept);
    }
    return curve;
}

std::vector<protocol::Message> messagesOf(const fs::path& run)
{
    std::vector<protocol::Message> all;
    protocol::RunReader reader(run);
    do {
        for (auto& message : reader.poll()) {
            all.push_back(std::move(message.body));
        }
    } while (!reader.isAtEnd());
    return all;
}

/// The last step of the predicting that was told, and of how many.
std::pair<std::int64_t, std::int64_t> progressOf(const std::vector<protocol::Message>& messages)
{
    std::pair<std::int64_t, std::int64_t> last;
    for (const protocol::Message& message : messages) {
        const auto* progress = std::get_if<protocol::Progress>(&message);
        if (progress != nullptr && progress->phase == "predict") {
            last = {progress->step, progress->total};
        }
    }
    return last;
}

} // namespace

GD_TEST(foldsAreTrainedInNnunetsFolders)
{
    const World world;
    prepare(world);
    // By number the plans come where nnU-Net reads them.
    const std::string made = textOf(world.preprocessed() / "dataset_fingerprint.json");
    const std::string mine = textOf(world.preprocessed() / "nnUNetPlans.json");
    fs::remove_all(world.preprocessed());
    requireGood(world.run({"plan", "1", "--threads", "1"}), __LINE__);
    EXPECT_EQ(textOf(world.preprocessed() / "dataset_fingerprint.json"), made);
    EXPECT(contains(textOf(world.preprocessed() / "nnUNetPlans.json"), "\"2d\""));
    EXPECT_EQ(world.run({"plan", "7"}).exitCode, 3);
    saveText(world.preprocessed() / "nnUNetPlans.json", mine);
    const fs::path fold = world.model() / "fold_0";
    requireGood(world.run(training("0", 6)), __LINE__);
    for (const char* file :
         {"plans.json",
          "dataset.json",
          "dataset_fingerprint.json",
          "fold_0/checkpoint_final/config.json",
          "fold_0/checkpoint_final/weights.safetensors",
          "fold_0/checkpoint_best/config.json",
          "fold_0/metrics.csv",
          "fold_0/job.json",
          "fold_0/validation/summary.json"}) {
        EXPECT(fs::exists(world.model() / file));
    }
    EXPECT(fs::exists(world.preprocessed() / "splits_final.json"));
    const Json splits = Json::parse(textOf(world.preprocessed() / "splits_final.json"));
    REQUIRE(splits.size() == 5);
    for (const Json& name : splits[0]["val"]) {
        const std::string text = name.get<std::string>();
        EXPECT(fs::exists(fold / "validation" / (text + ".png")));
        EXPECT(fs::exists(fold / "validation" / (text + ".npz")));
        EXPECT(fs::exists(world.preprocessed() / "gt_segmentations" / (text + ".png")));
    }
    const Json summary = Json::parse(textOf(fold / "validation" / "summary.json"));
    EXPECT_EQ(summary["metric_per_case"].size(), splits[0]["val"].size());
    EXPECT(summary["foreground_mean"].contains("Dice"));
    const auto curve = curveOf(fold / "metrics.csv");
    REQUIRE(curve.size() == 7);
    EXPECT(contains(curve[0], "ema_dsc"));

    // The fold is a model like any other.
    const Outcome predicted =
        cli({"predict",
             "--model",
             (fold / "checkpoint_best").string(),
             "--input",
             (world.raw() / "imagesTs").string(),
             "--out",
             (world.folder / "plain").string(),
             "--threads",
             "1",
             "--device",
             "cpu"},
            world.environment());
    requireGood(predicted, __LINE__);
    EXPECT(fs::exists(world.folder / "plain" / "masks"));

    // A second start is refused, a finished one that is continued changes nothing.
    EXPECT_EQ(world.run(training("0", 6)).exitCode, 2);
    const auto before = fs::last_write_time(fold / "validation" / "summary.json");
    auto words = training("0", 6);
    words.emplace_back("--continue");
    requireGood(world.run(words), __LINE__);
    EXPECT(fs::last_write_time(fold / "validation" / "summary.json") == before);
    EXPECT(curveOf(fold / "metrics.csv") == curve);

    // Interrupted and continued, it gives the same curve and weights.
    const std::string weights = textOf(fold / "checkpoint_final" / "weights.safetensors");
    fs::rename(fold, world.folder / "straight");
    auto slow = training("0", 6);
    slow.insert(slow.begin(), "nnunet");
    {
        Process process(cliWords(slow), world.environment());
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (!fs::exists(fold / "metrics.csv") && std::chrono::steady_clock::now() < end) {
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        ::kill(process.pid(), SIGINT);
        EXPECT_EQ(process.finish().exitCode, 5);
    }
    EXPECT(!fs::exists(fold / "validation" / "summary.json"));
    EXPECT(curveOf(fold / "metrics.csv").size() < 7);
    requireGood(world.run(words), __LINE__);
    EXPECT(curveOf(fold / "metrics.csv") == curve);
    EXPECT(textOf(fold / "checkpoint_final" / "weights.safetensors") == weights);
}

GD_TEST(aFoldIsValidatedHoweverItIsTrained)
{
    const World world;
    prepare(world);
    const fs::path fold = world.model() / "fold_0";
    requireGood(world.run(training("0", 1)), __LINE__);
    const fs::path summary = fold / "validation" / "summary.json";
    const double dice = Json::parse(textOf(summary))["foreground_mean"]["Dice"].get<double>();
    const Json names = Json::parse(textOf(fold / "splits.json"))["lists"]["val"];
    const std::string name = names[0]["name"].get<std::string>();

    // A stored job that goes on makes up for what is missing, and for nothing else.
    fs::remove_all(fold / "validation");
    const std::vector<std::string> stored = {
        "train", "--job", (fold / "job.json").string(), "--resume"};
    const auto trained = fs::last_write_time(fold / "checkpoint_final" / "weights.safetensors");
    const Outcome again = cli(stored, world.environment());
    requireGood(again, __LINE__);
    EXPECT(contains(again.out, "mean validation Dice"));
    EXPECT(fs::exists(fold / "validation" / (name + ".png")));
    EXPECT(fs::exists(fold / "validation" / (name + ".npz")));
    EXPECT(fs::last_write_time(fold / "checkpoint_final" / "weights.safetensors") == trained);
    const Outcome third = cli(stored, world.environment());
    requireGood(third, __LINE__);
    EXPECT(contains(third.out, "nothing to do"));

    // As does a training that no subcommand of nnU-Net's began.
    const fs::path pack = world.preprocessed() / "guidino_nnUNetPlans_2d";
    const fs::path other = world.folder / "other";
    const auto plain = [&](const fs::path& out) {
        return cli(
            {"train",
             "--config",
             (fold / "nnunet.json").string(),
             "--data",
             pack.string(),
             "--splits",
             (fold / "fold.json").string(),
             "--out",
             out.string(),
             "--threads",
             "1",
             "--device",
             "cpu"},
            world.environment());
    };
    requireGood(plain(other), __LINE__);
    const Json otherSummary = Json::parse(textOf(other / "validation" / "summary.json"));
    EXPECT_EQ(otherSummary["foreground_mean"]["Dice"].get<double>(), dice);
    EXPECT(!fs::exists(other / "validation" / (name + ".npz")));

    // Killed before the last weights were written, it writes them.
    fs::remove_all(other / "checkpoint_final");
    fs::remove_all(other / "validation");
    requireGood(cli({"train", "--out", other.string(), "--resume"}, world.environment()), __LINE__);
    EXPECT(
        textOf(other / "checkpoint_final" / "weights.safetensors")
        == textOf(fold / "checkpoint_final" / "weights.safetensors"));
    EXPECT(fs::exists(other / "validation" / "summary.json"));

    // Images that are gone are named; the training is not lost.
    fs::remove_all(fold / "validation");
    fs::rename(world.raw() / "imagesTr", world.raw() / "imagesElsewhere");
    const Outcome gone = cli(stored, world.environment());
    EXPECT_EQ(gone.exitCode, 3);
    EXPECT(contains(gone.err, name + "_0000.png") && contains(gone.err, "--val"));
    EXPECT(!fs::exists(summary));
    fs::rename(world.raw() / "imagesElsewhere", world.raw() / "imagesTr");
    auto val = training("0", 1);
    val.emplace_back("--val");
    requireGood(world.run(val), __LINE__);
    EXPECT_EQ(Json::parse(textOf(summary))["foreground_mean"]["Dice"].get<double>(), dice);

    // A pack of an older version trains, and says what is missing in the end.
    const std::string index = textOf(pack / "pack.json");
    Json old = Json::parse(index);
    for (const char* key : {"ignore_label", "foreground", "references"}) {
        old.erase(key);
    }
    saveText(pack / "pack.json", old.dump(1));
    const Outcome unknown = plain(world.folder / "unknown");
    EXPECT_EQ(unknown.exitCode, 3);
    EXPECT(contains(unknown.err, "older version"));
    EXPECT(fs::exists(world.folder / "unknown" / "checkpoint_final"));
    saveText(pack / "pack.json", index.substr(0, index.size() / 2));
    const Outcome damaged = plain(world.folder / "damaged");
    EXPECT_EQ(damaged.exitCode, 3);
    EXPECT(contains(damaged.err, "pack.json: is damaged"));
}

GD_TEST(foldsPredictTogetherAndTheBestIsFound)
{
    const World world;
    prepare(world);
    for (const char* fold : {"0", "1"}) {
        requireGood(world.run(training(fold, 2)), __LINE__);
    }
    const fs::path out = world.folder / "out";
    const std::vector<std::string> predict = {
        "predict",
        "-i",
        (world.raw() / "imagesTs").string(),
        "-d",
        "1",
        "--threads",
        "1",
        "--device",
        "cpu"};
    const auto with = [&](std::vector<std::string> more) {
        more.insert(more.begin(), predict.begin(), predict.end());
        return world.run(more);
    };
    requireGood(with({"-o", (out / "both").string(), "--save-probabilities"}), __LINE__);
    requireGood(
        with({"-o", (out / "zero").string(), "-f", "0", "--disable-tta", "--save-probabilities"}),
        __LINE__);
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(world.raw() / "labelsTs")) {
        names.push_back(entry.path().stem().string());
    }
    for (const std::string& name : names) {
        const auto labels = imaging::readImageInfo(out / "both" / (name + ".png"));
        REQUIRE_OK(labels);
        EXPECT(labels->size == (Size{52, 52}));
        EXPECT(fs::exists(out / "both" / (name + ".pkl")));
        const std::string two = textOf(out / "both" / (name + ".npz"));
        EXPECT(two.size() > 2 * 52 * 52 * sizeof(float));
        EXPECT(two != textOf(out / "zero" / (name + ".npz")));
    }
    EXPECT(fs::exists(out / "both" / "plans.json") && fs::exists(out / "both" / "dataset.json"));
    EXPECT_EQ(with({"-o", (out / "none").string(), "-f", "4"}).exitCode, 3);

    // As a job the folder tells how far it is; what is there is kept, images may have any name.
    const fs::path job = world.folder / "job";
    const fs::path any = world.folder / "any";
    fs::create_directories(any);
    for (const std::string& name : names) {
        fs::copy_file(
            world.raw() / "imagesTs" / (name + "_0000.png"), any / ("p " + name + ".png"));
    }
    const protocol::CommandSpec spec{
        {"nnunet",
         "predict",
         "--model",
         world.model().string(),
         "--input",
         any.string(),
         "--out",
         (out / "job").string(),
         "--checkpoint",
         "checkpoint_best",
         "--continue",
         "--save-overlays",
         "--threads",
         "1",
         "--device",
         "cpu"}};
    REQUIRE_OK(protocol::writeJob(job, spec));
    const auto runJob = [&] {
        return cli({"run", "--job", (job / "job.json").string()}, world.environment());
    };
    requireGood(runJob(), __LINE__);
    for (const std::string& name : names) {
        EXPECT(fs::exists(out / "job" / ("p " + name + ".png")));
        const auto overlay =
            imaging::readImageInfo(out / "job" / "overlay" / ("p " + name + ".jpg"));
        REQUIRE_OK(overlay);
        EXPECT(overlay->size == (Size{52, 52}));
    }
    const auto told = messagesOf(job);
    EXPECT_EQ(progressOf(told), std::pair(std::int64_t{3}, std::int64_t{3}));
    const auto* result = std::get_if<protocol::JobResult>(&told[told.size() - 2]);
    REQUIRE(result != nullptr);
    EXPECT_EQ(result->path, (out / "job").string());
    const auto* bye = std::get_if<protocol::Bye>(&told.back());
    REQUIRE(bye != nullptr);
    EXPECT_EQ(bye->reason, "finished");
    const auto written = fs::last_write_time(out / "job" / ("p " + names.front() + ".png"));
    fs::remove(out / "job" / ("p " + names.back() + ".png"));
    requireGood(runJob(), __LINE__);
    EXPECT(fs::exists(out / "job" / ("p " + names.back() + ".png")));
    EXPECT(fs::last_write_time(out / "job" / ("p " + names.front() + ".png")) == written);

    const Outcome evaluated = world.run(
        {"evaluate",
         "--pred",
         (out / "both").string(),
         "--ref",
         (world.raw() / "labelsTs").string(),
         "--dataset-json",
         (world.raw() / "dataset.json").string()});
    requireGood(evaluated, __LINE__);
    EXPECT_EQ(
        Json::parse(textOf(out / "both" / "summary.json"))["metric_per_case"].size(), names.size());

    requireGood(
        world.run(
            {"ensemble",
             "-i",
             (out / "both").string(),
             (out / "zero").string(),
             "-o",
             (out / "mean").string(),
             "--threads",
             "1"}),
        __LINE__);
    EXPECT(fs::exists(out / "mean" / (names.front() + ".png")));

    // Two configurations, so that an ensemble is compared, too.
    for (const char* fold : {"0", "1"}) {
        auto words = training(fold, 2);
        words[2] = "2d_small";
        requireGood(world.run(words), __LINE__);
    }
    const Outcome found =
        world.run({"find-best", "1", "--folds", "0", "1", "--threads", "1", "--json"});
    requireGood(found, __LINE__);
    const Json information = Json::parse(found.out);
    EXPECT_EQ(information["all_results"].size(), std::size_t{3});
    const fs::path results = world.folder / "results" / kDataset;
    EXPECT(textOf(results / "inference_information.json") == found.out);
    const std::string instructions = textOf(results / "inference_instructions.txt");
    EXPECT(contains(instructions, "guidino nnunet predict"));
    const fs::path chosen =
        information["best_model_or_ensemble"]["postprocessing_file"].get<std::string>();
    EXPECT(fs::exists(chosen));
    const fs::path steps = fs::path(chosen).replace_extension(".json");
    requireGood(
        with({"-o", (out / "finished").string(), "--postprocessing", steps.string()}), __LINE__);
    requireGood(
        world.run(
            {"postprocess",
             "-i",
             (out / "both").string(),
             "-o",
             (out / "later").string(),
             "--postprocessing",
             steps.string()}),
        __LINE__);
    EXPECT(
        textOf(out / "finished" / (names.front() + ".png"))
        == textOf(out / "later" / (names.front() + ".png")));
    // Without the third fold there is nothing to compare.
    EXPECT_EQ(world.run({"find-best", "1", "--folds", "0", "1", "2"}).exitCode, 3);
}

GD_TEST(whatCannotBeTrainedIsSaid)
{
    const World world;
    EXPECT_EQ(cli({"nnunet", "train", "1", "2d", "0"}, {{"GUIDINO_HOME", "/nowhere"}}).exitCode, 2);
    const Outcome none = world.run({"train", "7", "2d", "0"});
    EXPECT_EQ(none.exitCode, 3);
    EXPECT(contains(none.err, "no data set '7'"));
    prepare(world);
    // Before anything is trained.
    const Outcome best = world.run({"find-best", "1"});
    EXPECT_EQ(best.exitCode, 3);
    EXPECT(contains(best.err, "there is no trained model of these names"));
    EXPECT(contains(best.err, "there: none). `guidino nnunet train"));
    fs::create_directories(world.model());
    const Outcome other = world.run(
        {"predict", "-i", (world.raw() / "imagesTs").string(), "-o", "o", "-d", "1", "-c", "3d"});
    EXPECT_EQ(other.exitCode, 3);
    EXPECT(contains(other.err, "no model 'nnUNetTrainer__nnUNetPlans__3d'"));
    EXPECT(contains(other.err, std::string("there: ") + kModel + ")"));
    const Outcome fold = world.run({"train", "1", "2d", "x"});
    EXPECT_EQ(fold.exitCode, 2);
    const Outcome configuration = world.run({"train", "1", "3d_fullres", "0"});
    EXPECT_EQ(configuration.exitCode, 3);
    EXPECT(contains(configuration.err, "2d_small"));
    // Labels of 0 and 255 are the usual mistake.
    const fs::path label = fs::directory_iterator(world.raw() / "labelsTr")->path();
    savePng(label, disc(52, 52, 9, 255));
    const Outcome values = world.run(training("0", 1));
    EXPECT_EQ(values.exitCode, 3);
    EXPECT(contains(values.err, "has the value 255") && contains(values.err, label.string()));
    savePng(label, disc(50, 52, 9, 1));
    const Outcome size = world.run(training("0", 1));
    EXPECT_EQ(size.exitCode, 3);
    EXPECT(contains(size.err, "another size"));
}

GD_TEST_MAIN()
