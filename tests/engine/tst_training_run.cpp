// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"
#include "core/base/npy.h"
#include "core/datasets/splits.h"
#include "core/engine/bundle.h"
#include "core/engine/preflight.h"
#include "core/engine/training_run.h"
#include "core/nn/data/pack.h"
#include "tests/support/nn_check.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

using namespace guidino;
using namespace guidino::engine;

namespace {

namespace fs = std::filesystem;

/// Remembers what it was told; cancels after some steps.
class Recorder : public JobContext
{
public:
    void progress(const Progress& progress) override
    {
        phases.insert(progress.phase);
        if (progress.phase == "train") {
            steps = progress.step;
        }
    }

    void
    metric(const std::string& name, double value, std::int64_t, const std::string& split) override
    {
        if (split == "val") {
            last[name] = value;
        }
    }

    void preview(const fs::path& png, const std::string&, std::int64_t) override
    {
        previews += fs::exists(png) ? 1 : 0;
    }

    void checkpoint(const fs::path& folder, std::int64_t, double) override { best = folder; }

    void warning(const std::string& message) override { lastWarning = message; }

    [[nodiscard]] bool isCancelled() const override
    {
        return cancelAfter > 0 && steps >= cancelAfter;
    }

    [[nodiscard]] bool stopAndKeep() const override { return keepAfter > 0 && steps >= keepAfter; }

    std::set<std::string> phases;
    std::map<std::string, double> last;
    fs::path best;
    int previews = 0;
    std::string lastWarning;
    std::int64_t steps = 0;
    std::int64_t cancelAfter = 0;
    std::int64_t keepAfter = 0;
};

/// Eight training images and four others of the ISIC samples in official folder names.
fs::path smallIsic(const fs::path& folder)
{
    const fs::path source = test::dataFolder() / "isic-2017";
    if (!fs::is_directory(source)) {
        throw test::Skip{"no isic-2017 in " + test::dataFolder().string()};
    }
    std::vector<fs::path> images;
    std::vector<fs::path> masks;
    for (const auto& entry : fs::recursive_directory_iterator(source)) {
        const std::string name = entry.path().filename().string();
        const bool isValidation =
            entry.path().parent_path().string().find("alidation") != std::string::npos;
        if (isValidation && entry.is_regular_file()) {
            if (name.ends_with("_segmentation.png")) {
                masks.push_back(entry.path());
            } else if (name.ends_with(".jpg")) {
                images.push_back(entry.path());
            }
        }
    }
    std::sort(images.begin(), images.end());
    std::sort(masks.begin(), masks.end());
    REQUIRE(images.size() >= 12 && masks.size() >= 12);
    const fs::path data = folder / "data";
    fs::create_directories(data / "images");
    fs::create_directories(data / "masks");
    for (std::size_t i = 0; i < 12; ++i) {
        const std::string stem = images[i].stem().string();
        fs::copy_file(images[i], data / "images" / (stem + ".jpg"));
        fs::copy_file(masks[i], data / "masks" / (stem + "_segmentation.png"));
    }
    return data;
}

TrainRequest smallRequest(const fs::path& data, const fs::path& out)
{
    TrainRequest request;
    request.config = "guidino-u";
    request.data = data;
    request.out = out;
    request.device = "cpu";
    request.threads =
        1; // tests run beside others: waiting for a second thread costs more than it gives
    request.settings = {
        "guide.source=self",
        "guide.prototypes=4",
        "network.base_channels=4",
        "data.image_size=64",
        "data.validation_fraction=0.34",
        "training.epochs=2",
        "training.batch_size=4",
        "training.learning_rate=0.003"};
    return request;
}

/// The curve without columns that depend on the machine.
std::vector<std::string> curveOf(const fs::path& run)
{
    std::ifstream file(run / "metrics.csv");
    std::vector<std::string> lines;
    std::vector<bool> isKept;
    for (std::string line; std::getline(file, line);) {
        std::istringstream fields(line);
        std::string kept;
        std::size_t column = 0;
        for (std::string field; std::getline(fields, field, ','); ++column) {
            if (lines.empty()) {
                isKept.push_back(
                    field.find("seconds") == std::string::npos
                    && field.find("per_second") == std::string::npos
                    && field.find("memory") == std::string::npos);
            }
            kept += isKept.at(column) ? field + "," : "";
        }
        lines.push_back(kept);
    }
    return lines;
}

std::vector<std::string> linesOf(const fs::path& file)
{
    std::ifstream stream(file);
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(line);
    }
    return lines;
}

/// Numbers of one column of a table with a heading.
std::vector<double> columnOf(const std::string& table, const std::string& name)
{
    std::istringstream lines(table);
    std::vector<double> values;
    std::size_t wanted = std::string::npos;
    bool isHeading = true;
    for (std::string line; std::getline(lines, line); isHeading = false) {
        std::istringstream fields(line);
        std::size_t column = 0;
        for (std::string field; std::getline(fields, field, ','); ++column) {
            if (isHeading && field == name) {
                wanted = column;
            } else if (!isHeading && column == wanted) {
                values.push_back(std::stod(field));
            }
        }
    }
    return values;
}

std::string messageOf(const Result<TrainOutcome>& outcome)
{
    return outcome ? "" : outcome.error().message;
}

} // namespace

GD_TEST(trainsFromAFolderToABundle)
{
    const test::TemporaryFolder folder;
    const TrainRequest request = smallRequest(smallIsic(folder.path()), folder.path() / "run");
    Recorder recorder;
    const auto outcome = runTraining(request, recorder);
    REQUIRE_OK(outcome);
    EXPECT_EQ(outcome->epochs, 2);
    EXPECT_EQ(outcome->metric, std::string("dsc"));
    EXPECT_EQ(recorder.steps, 4);
    for (const char* phase : {"load", "train", "validate"}) {
        EXPECT(recorder.phases.contains(phase));
    }
    EXPECT(recorder.last.contains("dsc") && recorder.last.contains("val_loss"));
    EXPECT_EQ(recorder.previews, 2 * 4);
    EXPECT_EQ(linesOf(request.out / "previews" / "scores.csv").size(), std::size_t{1 + 2 * 4});
    EXPECT(linesOf(request.out / "metrics.csv")[0].find(",memory_mib") != std::string::npos);
    for (const char* name : {"run.json", "splits.json", "metrics.csv", "best/config.json"}) {
        EXPECT(fs::exists(request.out / name));
    }
    EXPECT_EQ(curveOf(request.out).size(), std::size_t{3});
    EXPECT(curveOf(request.out)[0].starts_with("epoch,step,train_loss,"));
    const auto bundle = readBundle(outcome->best);
    REQUIRE_OK(bundle);
    EXPECT_EQ(bundle->config.data.image_size, 64);
    REQUIRE_OK(loadModel(*bundle));

    // The same again, in another folder: the same curve.
    TrainRequest again = request;
    again.out = folder.path() / "again";
    REQUIRE_OK(runTraining(again, recorder));
    EXPECT(curveOf(again.out) == curveOf(request.out));

    // Resuming what is finished changes nothing; starting over it is refused.
    const auto time = fs::last_write_time(request.out / "metrics.csv");
    again = request;
    again.resume = true;
    const auto resumed = runTraining(again, recorder);
    REQUIRE_OK(resumed);
    EXPECT_EQ(resumed->bestScore, outcome->bestScore);
    EXPECT(fs::last_write_time(request.out / "metrics.csv") == time);
    const auto refused = runTraining(request, recorder);
    REQUIRE(!refused);
    EXPECT(refused.error().code == ErrorCode::Usage);

    // A bundle is a start as well.
    TrainRequest tuned = smallRequest(request.data, folder.path() / "tuned");
    tuned.config.clear();
    tuned.init = outcome->best;
    tuned.settings = {"training.epochs=1", "training.learning_rate=0"};
    REQUIRE_OK(runTraining(tuned, recorder));
    const auto tunedBundle = readBundle(tuned.out / "best");
    REQUIRE_OK(tunedBundle);
    EXPECT(tunedBundle->training.find(R"("start_score":)") != std::string::npos);
    EXPECT(bundle->training.find("start_score") == std::string::npos); // began from nothing
}

GD_TEST(resumedRunHasTheSameCurve)
{
    const test::TemporaryFolder folder;
    const fs::path data = smallIsic(folder.path());
    Recorder quiet;
    const TrainRequest straight = smallRequest(data, folder.path() / "straight");
    REQUIRE_OK(runTraining(straight, quiet));
    TrainRequest broken = smallRequest(data, folder.path() / "broken");
    Recorder cancelling;
    cancelling.cancelAfter = 3;
    const auto cancelled = runTraining(broken, cancelling);
    REQUIRE(!cancelled);
    EXPECT(cancelled.error().code == ErrorCode::Cancelled);
    EXPECT_EQ(curveOf(broken.out).size(), std::size_t{2});
    broken.resume = true;
    REQUIRE_OK(runTraining(broken, quiet));
    EXPECT(curveOf(broken.out) == curveOf(straight.out));
    const auto one = readFile(straight.out / "best" / "weights.safetensors");
    const auto two = readFile(broken.out / "best" / "weights.safetensors");
    REQUIRE_OK(one);
    REQUIRE_OK(two);
    EXPECT(*one == *two);
}

GD_TEST(oneLuckyValidationDoesNotChoose)
{
    const test::TemporaryFolder folder;
    const fs::path data = smallIsic(folder.path());
    Recorder quiet;
    TrainRequest straight = smallRequest(data, folder.path() / "straight");
    straight.settings.insert(
        straight.settings.end(), {"training.epochs=4", "training.select_by=ema_dsc"});
    const auto outcome = runTraining(straight, quiet);
    REQUIRE_OK(outcome);
    const auto table = readFile(straight.out / "metrics.csv");
    REQUIRE_OK(table);
    const std::vector<double> dsc = columnOf(*table, "dsc");
    const std::vector<double> average = columnOf(*table, "ema_dsc");
    REQUIRE(dsc.size() == 4 && average.size() == 4);
    double expected = dsc[0];
    std::size_t best = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        expected = i == 0 ? dsc[0] : 0.9 * expected + 0.1 * dsc[i];
        EXPECT_NEAR(average[i], expected, 1e-5);
        best = average[i] > average[best] ? i : best;
    }
    // What is told is the model's own score, not the average.
    EXPECT_EQ(outcome->metric, std::string("dsc"));
    EXPECT_NEAR(outcome->bestScore, dsc[best], 1e-5);
    const auto bundle = readBundle(outcome->best);
    REQUIRE_OK(bundle);
    EXPECT(bundle->training.find(R"("selected_by":"ema_dsc")") != std::string::npos);
    EXPECT(bundle->training.find(R"("metric":"dsc")") != std::string::npos);
    // A stopped run goes on with the same average.
    TrainRequest broken = straight;
    broken.out = folder.path() / "broken";
    Recorder cancelling;
    cancelling.cancelAfter = 5;
    REQUIRE(!runTraining(broken, cancelling));
    broken.resume = true;
    REQUIRE_OK(runTraining(broken, quiet));
    EXPECT(curveOf(broken.out) == curveOf(straight.out));
}

GD_TEST(everyChoiceOfACheckpointIsTriedOutFirst)
{
    const test::TemporaryFolder folder;
    const fs::path data = smallIsic(folder.path());
    for (const char* choice : {"dsc", "iou", "hd95", "loss", "last", "ema_dsc"}) {
        TrainRequest request = smallRequest(data, folder.path() / "run");
        request.settings.push_back(std::string("training.select_by=") + choice);
        Recorder recorder;
        const auto measured = runPreflight(request, recorder);
        REQUIRE_OK(measured);
        EXPECT(!fs::exists(request.out));
    }
}

GD_TEST(pinnedCasesAreFollowed)
{
    const test::TemporaryFolder folder;
    TrainRequest request = smallRequest(smallIsic(folder.path()), folder.path() / "run");
    Recorder recorder;
    REQUIRE_OK(runTraining(request, recorder));
    const std::vector<std::string> before = linesOf(request.out / "previews" / "scores.csv");
    REQUIRE(before.size() == 9);
    const std::string last = before.back().substr(before.back().find('"') + 1);
    const std::string stem = last.substr(0, last.find('"'));
    // Whoever watches wants to see one case only, from the next validation on.
    REQUIRE_OK(writeFileAtomically(
        request.out / "previews" / "pinned.json", R"({"images": [")" + stem + R"("]})"));
    request.resume = true;
    request.settings.emplace_back("training.epochs=4");
    recorder.previews = 0;
    REQUIRE_OK(runTraining(request, recorder));
    EXPECT_EQ(recorder.previews, 2);
    EXPECT(fs::exists(request.out / "previews" / (stem + "-epoch0004.png")));
    EXPECT_EQ(linesOf(request.out / "previews" / "scores.csv").size(), std::size_t{9 + 2});
    // A damaged wish is told and changes nothing.
    REQUIRE_OK(writeFileAtomically(request.out / "previews" / "pinned.json", R"({"images": 7)"));
    request.settings.emplace_back("training.epochs=5");
    recorder.previews = 0;
    REQUIRE_OK(runTraining(request, recorder));
    EXPECT_EQ(recorder.previews, 4); // as without one
    EXPECT(recorder.lastWarning.find("pinned.json") != std::string::npos);
}

GD_TEST(stopAndKeepEndsWithABundle)
{
    const test::TemporaryFolder folder;
    TrainRequest request = smallRequest(smallIsic(folder.path()), folder.path() / "run");
    Recorder keeping;
    keeping.keepAfter = 1;
    const auto outcome = runTraining(request, keeping);
    REQUIRE_OK(outcome);
    EXPECT(outcome->stoppedEarly);
    REQUIRE_OK(readBundle(outcome->best));
}

GD_TEST(badFilesAreAllNamedBeforeTheFirstStep)
{
    const test::TemporaryFolder folder;
    const fs::path data = smallIsic(folder.path());
    std::vector<fs::path> images;
    for (const auto& entry : fs::directory_iterator(data / "images")) {
        images.push_back(entry.path());
    }
    std::sort(images.begin(), images.end());
    fs::resize_file(images[2], fs::file_size(images[2]) / 2);
    std::ofstream(images[5], std::ios::trunc) << "this is no picture";
    Recorder recorder;
    const auto outcome = runTraining(smallRequest(data, folder.path() / "run"), recorder);
    REQUIRE(!outcome);
    EXPECT(outcome.error().code == ErrorCode::BadInput);
    EXPECT(messageOf(outcome).find(images[2].filename().string()) != std::string::npos);
    EXPECT(messageOf(outcome).find(images[5].filename().string()) != std::string::npos);
    EXPECT(!recorder.phases.contains("train"));
    EXPECT(!fs::exists(folder.path() / "run" / "metrics.csv"));
}

GD_TEST(wrongRequestsSayWhatIsWrong)
{
    const test::TemporaryFolder folder;
    Recorder recorder;
    const auto codeOf = [&](const TrainRequest& request) {
        const auto outcome = runTraining(request, recorder);
        return outcome ? ErrorCode::Internal : outcome.error().code;
    };
    TrainRequest request = smallRequest(folder.path() / "nothing", folder.path() / "run");
    EXPECT(codeOf(request) == ErrorCode::NotFound);
    fs::create_directories(folder.path() / "empty");
    request.data = folder.path() / "empty";
    EXPECT(codeOf(request) == ErrorCode::BadInput);
    request.config = "no-such-system";
    EXPECT(codeOf(request) == ErrorCode::Configuration);
    request = smallRequest(folder.path() / "empty", folder.path() / "run");
    request.settings.push_back("training.batch_sise=3");
    EXPECT(codeOf(request) == ErrorCode::Configuration);
    request = smallRequest(folder.path() / "empty", folder.path() / "run");
    request.settings.push_back("training.precision=fp16");
    EXPECT(codeOf(request) == ErrorCode::Configuration);
    request = smallRequest(folder.path() / "empty", folder.path() / "run");
    request.device = "quantum";
    EXPECT(codeOf(request) == ErrorCode::Usage);
    std::ofstream(folder.path() / "file") << "not a folder";
    request = smallRequest(folder.path() / "empty", folder.path() / "file" / "run");
    EXPECT(codeOf(request) == ErrorCode::CannotWrite);
    request.out.clear();
    EXPECT(codeOf(request) == ErrorCode::Usage);
}

GD_TEST(packsAreTrainedOnToo)
{
    const test::TemporaryFolder folder;
    torch::manual_seed(1);
    nn::Pack pack;
    pack.images = torch::randint(0, 80, {10, 64, 64, 3}, torch::kUInt8);
    pack.masks = torch::zeros({10, 64, 64}, torch::kUInt8);
    pack.images.narrow(1, 16, 32).narrow(2, 16, 32).fill_(200);
    pack.masks.narrow(1, 16, 32).narrow(2, 16, 32).fill_(1);
    for (int i = 0; i < 10; ++i) {
        pack.names.push_back("image" + std::to_string(i) + ".png");
    }
    pack.classes = {{1, "square"}};
    const fs::path file = folder.path() / "data.safetensors";
    REQUIRE_OK(nn::writePack(file, pack));
    TrainRequest request = smallRequest(file, folder.path() / "run");
    Recorder recorder;
    const auto outcome = runTraining(request, recorder);
    REQUIRE_OK(outcome);
    const auto bundle = readBundle(outcome->best);
    REQUIRE_OK(bundle);
    EXPECT_EQ(bundle->classes.at(0).name, std::string("square"));

    // What was stopped goes on, also where the run's own list tells hashes of images without files.
    TrainRequest broken = request;
    broken.out = folder.path() / "broken";
    Recorder cancelling;
    cancelling.cancelAfter = 1;
    EXPECT(!runTraining(broken, cancelling));
    auto own = datasets::readSplits(broken.out / "splits.json");
    REQUIRE_OK(own);
    for (auto& [name, entries] : own->lists) {
        for (datasets::SplitEntry& entry : entries) {
            entry.sha256 = std::string(64, 'a');
        }
    }
    REQUIRE_OK(datasets::writeSplits(broken.out / "splits.json", *own));
    broken.resume = true;
    REQUIRE_OK(runTraining(broken, recorder));
    EXPECT(curveOf(broken.out) == curveOf(request.out));

    // From that model on, with painted guides and windows at native size: the model is measured
    // before the first step, and what is not painted for a training image is told.
    fs::create_directories(folder.path() / "painted");
    REQUIRE_OK(
        writeNpy(folder.path() / "painted" / "nobody.npy", {1, 2}, std::vector<float>{0, 1}));
    request.config.clear();
    request.init = outcome->best;
    request.out = folder.path() / "tuned";
    request.guideCorrections = folder.path() / "painted";
    request.settings = {"training.epochs=1", "inference.mode=sliding", "training.learning_rate=0"};
    EXPECT(
        messageOf(runTraining(request, recorder)).find("no correction has the name")
        != std::string::npos);
    for (int i = 0; i < 10; ++i) {
        REQUIRE_OK(writeNpy(
            folder.path() / "painted" / ("image" + std::to_string(i) + ".npy"),
            {1, 2},
            std::vector<float>{0, 1}));
    }
    request.out = folder.path() / "tuned2";
    REQUIRE_OK(runTraining(request, recorder));
    const auto curve = readFile(folder.path() / "tuned2" / "metrics.csv");
    REQUIRE_OK(curve);
    EXPECT(curve->find("\n0,0,") != std::string::npos && curve->find("\n1,") != std::string::npos);
    const auto tuned = readBundle(folder.path() / "tuned2" / "best");
    REQUIRE_OK(tuned);
    // Nothing was learned, so nothing is better than the initial model.
    EXPECT(tuned->training.find("\"epoch\":0") != std::string::npos);
    request = smallRequest(file, folder.path() / "run");

    // A pack of another size, and one with a class too many, are refused.
    request.out = folder.path() / "other";
    request.settings.push_back("data.image_size=32");
    EXPECT(messageOf(runTraining(request, recorder)).find("64 x 64") != std::string::npos);
    pack.masks[3][0][0] = 2;
    REQUIRE_OK(nn::writePack(file, pack));
    request.settings.pop_back();
    EXPECT(messageOf(runTraining(request, recorder)).find("image3.png") != std::string::npos);
}

GD_TEST_MAIN()
