// SPDX-License-Identifier: Apache-2.0
// A program that stands in for guidino in the tests of the window: it speaks the protocol and
// answers with real files, but its "model" marks what is darker than grey, and its "training" only
// looks at what it was given.
//
//   standin_guidino serve ...            answers start, predict, unload, shutdown; an image waits
//                                        for as long as a file IMAGE.hold lies beside it
//   standin_guidino train --dry-run --job JOB ...
//   standin_guidino train --job JOB ...  an epoch each 60 ms, obeys commands, writes JOB/../best
//   standin_guidino predict --job JOB ...  an image each 20 ms, obeys commands; a file "cut" in the
//                                        bundle holds the first column that its model marks
//   standin_guidino run --job JOB ...    the same of "nnunet predict": label images CASE.png
#include "core/base/file.h"
#include "core/base/npy.h"
#include "core/base/sha256.h"
#include "core/imaging/image_reader.h"
#include "core/imaging/image_writer.h"
#include "core/protocol/line_splitter.h"
#include "core/protocol/run_folder.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

using namespace guidino;
using namespace guidino::protocol;

namespace {

namespace fs = std::filesystem;

constexpr int kThreshold = 100;
constexpr int kTokens = 12;

/// The first words of a worker of this kind.
Hello helloOf(const char* kind)
{
    Hello hello;
    hello.build = "stand-in";
    hello.kind = kind;
    hello.pid = ::getpid();
    return hello;
}

/// What a bundle of the tests says of itself.
struct Bundle
{
    std::string sha256;
    int cut = 0; ///< columns before it are never marked
};

Bundle bundleOf(const fs::path& folder)
{
    Bundle bundle;
    const std::string key = "\"sha256\":\"";
    if (const auto text = readFile(folder / "config.json")) {
        if (const auto at = text->find(key); at != std::string::npos) {
            bundle.sha256 = text->substr(at + key.size(), 64);
        }
    }
    if (const auto text = readFile(folder / "cut")) {
        bundle.cut = std::atoi(text->c_str());
    }
    return bundle;
}

Raster8 labelsOf(const Raster8& image, int cut, int value)
{
    Raster8 labels(image.width(), image.height());
    for (int y = 0; y < image.height(); ++y) {
        for (int x = cut; x < image.width(); ++x) {
            labels.at(x, y) = static_cast<std::uint8_t>(image.at(x, y) < kThreshold ? value : 0);
        }
    }
    return labels;
}

std::vector<float> guideOf(const Raster8& image)
{
    std::vector<float> guide;
    for (int y = 0; y < kTokens; ++y) {
        for (int x = 0; x < kTokens; ++x) {
            const int px = (2 * x + 1) * image.width() / (2 * kTokens);
            const int py = (2 * y + 1) * image.height() / (2 * kTokens);
            guide.push_back(1 - static_cast<float>(image.at(px, py)) / 255);
        }
    }
    return guide;
}

class Serve
{
public:
    Serve()
    {
        std::string pattern = (fs::temp_directory_path() / "standin-XXXXXX").string();
        m_folder = mkdtemp(pattern.data());
    }

    ~Serve()
    {
        std::error_code ignored;
        fs::remove_all(m_folder, ignored);
    }

    int run()
    {
        Hello hello = helloOf("serve");
        hello.devices = {{"cpu", "stand-in", 1, 1, true, ""}};
        say({}, hello);
        LineSplitter lines;
        for (;;) {
            pollfd input = {STDIN_FILENO, POLLIN, 0};
            if (::poll(&input, 1, 200) == 0) {
                say({}, Alive{0, "idle"});
                continue;
            }
            char buffer[4096];
            const ssize_t count = ::read(STDIN_FILENO, buffer, sizeof buffer);
            if (count <= 0) {
                return 0;
            }
            lines.feed({buffer, static_cast<std::size_t>(count)});
            while (const auto line = lines.next()) {
                const auto command = decodeCommand(*line);
                if (command && std::holds_alternative<Shutdown>(command->body)) {
                    say({}, Bye{"shutdown", 0});
                    return 0;
                }
                if (command) {
                    answer(*command);
                }
            }
        }
    }

private:
    void say(const Envelope& about, const Message& message)
    {
        Envelope envelope = about;
        envelope.seq = ++m_seq;
        envelope.time = utcNow();
        const std::string line = *encode(envelope, message) + "\n";
        if (::write(STDOUT_FILENO, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
            std::_Exit(0);
        }
    }

    void answer(const Received<Command>& command)
    {
        const Envelope& about = command.envelope;
        if (const auto* start = std::get_if<Start>(&command.body)) {
            if (start->model.find("broken") != std::string::npos) {
                say(about, Failure{"bad_input", "config.json: damaged", {}, false, {}});
                return;
            }
            say(about, Accepted{});
            m_bundle = bundleOf(start->model);
            const bool gatesInput = start->model.find("input") != std::string::npos;
            say(about,
                JobResult{
                    "",
                    0,
                    std::string(R"({"system":"stand-in","sha256":")") + m_bundle.sha256
                        + R"(","guide":{"prototypes":4,"gates":[")"
                        + (gatesInput ? "input" : "bottleneck") + "\"]}}"});
        } else if (const auto* request = std::get_if<Predict>(&command.body)) {
            predict(about, *request);
        }
    }

    void predict(const Envelope& about, const Predict& request)
    {
        const auto image = imaging::readGrey8(request.image);
        if (!image) {
            say(about, Failure{nameOf(image.error().code), image.error().message, {}, false, {}});
            return;
        }
        while (fs::exists(request.image + ".hold")) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        const std::string stem = (m_folder / std::to_string(++m_answers)).string();
        const Raster8 labels = labelsOf(*image, m_bundle.cut, 1);
        Raster16 probability(image->width(), image->height());
        for (int y = 0; y < image->height(); ++y) {
            for (int x = 0; x < image->width(); ++x) {
                probability.at(x, y) =
                    static_cast<std::uint16_t>(65535 - 257 * int{image->at(x, y)});
            }
        }
        Prediction prediction;
        prediction.image = request.image;
        prediction.stream = request.stream;
        prediction.labels = stem + "-labels.png";
        prediction.probability = stem + "-probability.png";
        prediction.guide = stem + "-guide.npy";
        prediction.seconds = 0.01;
        (void)imaging::writePng(prediction.labels, labels);
        (void)imaging::writePng(prediction.probability, probability);
        (void)writeNpy(prediction.guide, {kTokens, kTokens}, guideOf(*image));
        say(about, JobResult{stem + "-result.json", 0, prediction});
    }

    fs::path m_folder;
    Bundle m_bundle;
    std::int64_t m_seq = 0;
    int m_answers = 0;
};

int epochsOf(const TrainSpec& spec)
{
    const std::string key = "training.epochs=";
    for (const std::string& setting : spec.settings) {
        if (setting.starts_with(key)) {
            return std::atoi(setting.c_str() + key.size());
        }
    }
    return 3;
}

int train(const fs::path& job)
{
    const auto read = readJob(job);
    const auto* spec = read ? std::get_if<TrainSpec>(&*read) : nullptr;
    const auto run = RunFolder::open(job.parent_path(), "stand-in");
    if (spec == nullptr || !run) {
        return 2;
    }
    const fs::path best = job.parent_path() / "best";
    const auto finish = [&](const char* reason) {
        fs::create_directories(best);
        (void)writeFileAtomically(
            best / "config.json",
            R"({"weights":{"sha256":")" + sha256Of(job.string())
                + R"("},"training":{"metric":"dsc","score":0.9,"init_sha256":")"
                + bundleOf(spec->init).sha256 + "\"}}");
        (void)(*run)->send(JobResult{best.string(), 0.9, {}});
        (void)(*run)->send(Bye{reason, 0});
        return 0;
    };
    (void)(*run)->send(helloOf("run"));
    const int epochs = epochsOf(*spec);
    for (int epoch = 1; epoch <= epochs; ++epoch) {
        std::this_thread::sleep_for(std::chrono::milliseconds(60));
        (void)(*run)->send(Progress{"train", epoch, epochs, 0.06 * (epochs - epoch), ""});
        (void)(*run)->send(Metric{"loss", 1.0 / epoch, epoch, "train"});
        (void)(*run)->send(Metric{"dsc", 1 - 1.0 / (epoch + 1), epoch, "validation"});
        (void)(*run)->send(Alive{epoch, "running"});
        for (const auto& command : (*run)->commands()) {
            if (std::holds_alternative<StopAndKeep>(command.body)) {
                return finish("stopped");
            }
            if (std::holds_alternative<Cancel>(command.body)) {
                (void)(*run)->send(Bye{"cancelled", 5});
                return 5;
            }
        }
    }
    return finish("finished");
}

bool hasSetting(const TrainSpec& spec, const char* setting)
{
    return std::find(spec.settings.begin(), spec.settings.end(), setting) != spec.settings.end();
}

/// Answers as a dry run does. In a small machine ($STANDIN_SMALL) only two images a step fit.
int dryRun(const fs::path& job)
{
    const auto read = readJob(job);
    const auto* spec = read ? std::get_if<TrainSpec>(&*read) : nullptr;
    if (spec == nullptr) {
        return 2;
    }
    const bool fits = std::getenv("STANDIN_SMALL") == nullptr // NOLINT(concurrency-mt-unsafe)
                      || hasSetting(*spec, "training.batch_size=2");
    const int epochs = epochsOf(*spec);
    std::printf(
        R"({"device":"cpu","label":"stand-in","batch_size":4,"image_size":128,"epochs":%d,)"
        R"("steps_per_epoch":1,"seconds_per_step":%s,"seconds_in_all":%g,)"
        R"("needed_bytes":2000000000,"free_bytes":%s,"fits":%s,"advice":%s})"
        "\n",
        epochs,
        fits ? "0.06" : "0",
        0.06 * epochs,
        fits ? "8000000000" : "1000000000",
        fits ? "true" : "false",
        fits ? "{}" : R"({"training.batch_size":"2"})");
    return fits ? 0 : 4;
}

/// The value after an option of a typed command; empty: there is none.
std::string wordAfter(const std::vector<std::string>& words, const char* option)
{
    const auto at = std::find(words.begin(), words.end(), option);
    return at == words.end() || at + 1 == words.end() ? std::string() : *(at + 1);
}

/// What is there already is kept, as --continue wants it.
int predictFolds(const fs::path& job)
{
    const auto read = readJob(job);
    const auto* spec = read ? std::get_if<CommandSpec>(&*read) : nullptr;
    const auto run = RunFolder::open(job.parent_path(), "stand-in");
    if (spec == nullptr || !run || !isJobCommand(spec->words)) {
        return 2;
    }
    (void)(*run)->send(helloOf("run"));
    std::vector<fs::path> images;
    for (const auto& entry : fs::directory_iterator(wordAfter(spec->words, "--input"))) {
        images.push_back(entry.path());
    }
    std::sort(images.begin(), images.end());
    const fs::path out = wordAfter(spec->words, "--out");
    fs::create_directories(out);
    const auto total = static_cast<std::int64_t>(images.size());
    for (std::int64_t i = 0; i < total; ++i) {
        const fs::path& file = images[static_cast<std::size_t>(i)];
        const fs::path made = out / (file.stem().string() + ".png");
        if (fs::exists(made)) {
            continue;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(150));
        for (const auto& command : (*run)->commands()) {
            if (std::holds_alternative<Cancel>(command.body)) {
                (void)(*run)->send(Bye{"cancelled", 5});
                return 5;
            }
        }
        if (const auto image = imaging::readGrey8(file)) {
            (void)imaging::writePng(made, labelsOf(*image, 0, 1));
        }
        (void)(*run)->send(protocol::Progress{"predict", i + 1, total, 0, ""});
    }
    (void)(*run)->send(JobResult{out.string(), 0, {}});
    (void)(*run)->send(Bye{"finished", 0});
    return 0;
}

int predict(const fs::path& job)
{
    const auto read = readJob(job);
    const auto* spec = read ? std::get_if<PredictSpec>(&*read) : nullptr;
    const auto run = RunFolder::open(job.parent_path(), "stand-in");
    if (spec == nullptr || !run) {
        return 2;
    }
    (void)(*run)->send(helloOf("run"));
    const Bundle bundle = bundleOf(spec->model);
    std::vector<fs::path> images;
    for (const auto& entry : fs::directory_iterator(spec->input)) {
        images.push_back(entry.path());
    }
    std::sort(images.begin(), images.end());
    fs::create_directories(spec->out / "masks");
    fs::create_directories(spec->out / "guide");
    const auto total = static_cast<std::int64_t>(images.size());
    int failures = 0;
    for (std::int64_t i = 0; i < total; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        (void)(*run)->send(protocol::Progress{"predict", i, total, 0, ""});
        for (const auto& command : (*run)->commands()) {
            if (std::holds_alternative<Cancel>(command.body)) {
                (void)(*run)->send(Bye{"cancelled", 5});
                return 5;
            }
        }
        const fs::path& file = images[static_cast<std::size_t>(i)];
        const auto image = imaging::readGrey8(file);
        if (!image) {
            ++failures;
            continue;
        }
        const std::string stem = file.stem().string();
        (void)writeNpy(spec->out / "guide" / (stem + ".npy"), {kTokens, kTokens}, guideOf(*image));
        (void)imaging::writePng(
            spec->out / "masks" / (stem + ".png"), labelsOf(*image, bundle.cut, 255));
    }
    (void)writeFileAtomically(
        spec->out / "predictions.json", R"({"model":{"sha256":")" + bundle.sha256 + "\"}}");
    (void)(*run)->send(JobResult{(spec->out / "predictions.json").string(), 0, {}});
    if (failures > 0) {
        (void)(*run)->send(Failure{"bad_input", "some images cannot be read", {}, false, {}});
    }
    (void)(*run)->send(Bye{failures > 0 ? "failed" : "finished", failures > 0 ? 3 : 0});
    return failures > 0 ? 3 : 0;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc > 1 && std::strcmp(argv[1], "serve") == 0) {
        return Serve().run();
    }
    if (argc > 4 && std::strcmp(argv[2], "--dry-run") == 0) {
        return dryRun(argv[4]);
    }
    if (argc > 3 && std::strcmp(argv[1], "train") == 0) {
        return train(argv[3]);
    }
    if (argc > 3 && std::strcmp(argv[1], "predict") == 0) {
        return predict(argv[3]);
    }
    if (argc > 3 && std::strcmp(argv[1], "run") == 0) {
        return predictFolds(argv[3]);
    }
    return 2;
}
