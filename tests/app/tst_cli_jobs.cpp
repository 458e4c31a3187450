// SPDX-License-Identifier: Apache-2.0
#include "core/protocol/command_line.h"
#include "core/protocol/run_folder.h"
#include "tests/app/cli.h"

#include <sys/mount.h>
#include <sys/resource.h>

#include <nlohmann/json.hpp>

#include <thread>

using namespace guidino;
using namespace guidino::test;
using namespace guidino::protocol;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> trainWords(const std::string& config, const fs::path& folder)
{
    fs::create_directories(folder / "data");
    return {
        "train",
        "--config",
        config,
        "--data",
        (folder / "data").string(),
        "--out",
        (folder / "run").string()};
}

std::vector<Message> messagesOf(const fs::path& run)
{
    std::vector<Message> all;
    RunReader reader(run);
    do {
        for (auto& message : reader.poll()) {
            all.push_back(std::move(message.body));
        }
    } while (!reader.isAtEnd());
    return all;
}

template<typename T>
const T* lastOf(const std::vector<Message>& messages)
{
    const T* last = nullptr;
    for (const Message& message : messages) {
        if (const auto* found = std::get_if<T>(&message)) {
            last = found;
        }
    }
    return last;
}

std::int64_t stepOf(const fs::path& run)
{
    const std::vector<Message> messages = messagesOf(run);
    const auto* progress = lastOf<Progress>(messages);
    return progress != nullptr ? progress->step : 0;
}

void waitForSteps(const fs::path& run, std::int64_t step)
{
    for (int i = 0; i < 1000 && stepOf(run) < step; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

std::map<std::string, std::string> contentOf(const fs::path& folder)
{
    std::map<std::string, std::string> content;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) {
            content[entry.path().string()] = textOf(entry.path());
        }
    }
    return content;
}

} // namespace

GD_TEST(aDryRunTellsMemoryAndTime)
{
    const TemporaryFolder folder;
    fs::create_directories(folder / "data");
    const std::vector<std::string> asked{
        "train", "--dry-run", "--data", (folder / "data").string(), "--config"};
    const auto with = [&asked](const char* config) {
        auto words = asked;
        words.emplace_back(config);
        return words;
    };
    const Outcome fits = cli(with("succeed"));
    EXPECT_EQ(fits.exitCode, 0);
    const auto report = nlohmann::json::parse(fits.out, nullptr, false);
    REQUIRE(report.is_object());
    EXPECT(report["fits"].get<bool>());
    EXPECT_EQ(report["needed_bytes"].get<std::uint64_t>(), std::uint64_t{9100000000});

    const Outcome tooMuch = cli(with("oom"));
    EXPECT_EQ(tooMuch.exitCode, 4);
    EXPECT(contains(tooMuch.err, "needs 9.1 GB"));
    EXPECT(contains(tooMuch.err, "7.4 GB are free"));
    EXPECT(contains(tooMuch.err, "--set training.batch_size=2"));
    EXPECT(!nlohmann::json::parse(tooMuch.out)["fits"].get<bool>());
    EXPECT_EQ(cli(with("badconfig")).exitCode, 2);

    // As a job: its folder tells the same, and nothing is trained in it.
    TrainSpec spec;
    spec.config = "oom";
    spec.data = folder / "data";
    spec.dryRun = true;
    const fs::path run = folder / "run";
    REQUIRE_OK(writeJob(run, spec));
    EXPECT_EQ(cli({"train", "--job", (run / "job.json").string()}).exitCode, 4);
    const auto messages = messagesOf(run);
    const auto* failure = lastOf<protocol::Failure>(messages);
    REQUIRE(failure != nullptr);
    EXPECT_EQ(failure->code, "out_of_memory");
    REQUIRE(failure->advice.size() == 1);
    EXPECT_EQ(failure->advice[0].first, "training.batch_size");
    EXPECT_EQ(failure->advice[0].second, "2");
    EXPECT_EQ(lastOf<JobResult>(messages)->path, "preflight.json");
    EXPECT(fs::exists(run / "preflight.json"));
    EXPECT(!fs::exists(run / "best"));
}

GD_TEST(aRunLeavesItsFolder)
{
    const TemporaryFolder folder;
    auto words = trainWords("succeed", folder.path());
    words.insert(words.end(), {"--set", "training.epochs=3", "data.image_size=64"});
    const Outcome outcome = cli(words);
    EXPECT_EQ(outcome.exitCode, 0);
    EXPECT(contains(outcome.out, "best dsc 0.5000"));
    EXPECT(contains(outcome.err, "validation at step 6:  dsc 0.5000"));
    const fs::path run = folder / "run";
    for (const char* name : {"job.json", "messages.jsonl", "worker.json", "log.txt"}) {
        EXPECT(fs::exists(run / name));
    }
    const auto messages = messagesOf(run);
    REQUIRE(messages.size() > 5);
    EXPECT(std::holds_alternative<Hello>(messages[0]));
    EXPECT_EQ(lastOf<JobResult>(messages)->path, "best");
    EXPECT_EQ(lastOf<Checkpoint>(messages)->path, "best");
    EXPECT_EQ(lastOf<Warning>(messages)->message, "a remark");
    EXPECT(lastOf<Alive>(messages) != nullptr);
    const auto* bye = std::get_if<Bye>(&messages.back());
    REQUIRE(bye != nullptr);
    EXPECT_EQ(bye->exitCode, 0);
    EXPECT(contains(textOf(run / "log.txt"), "a remark"));
    EXPECT(!isWorkerAlive(run));
    const auto job = readJob(run / "job.json");
    REQUIRE_OK(job);
    const auto& spec = std::get<TrainSpec>(*job);
    EXPECT_EQ(spec.config, "succeed");
    EXPECT_EQ(spec.data.string(), (folder / "data").string());
    EXPECT(spec.settings == (std::vector<std::string>{"training.epochs=3", "data.image_size=64"}));

    EXPECT_EQ(cli(words).exitCode, 2); // the folder is a run
    const auto before = contentOf(run);
    words.push_back("--resume");
    const Outcome resumed = cli(words);
    EXPECT_EQ(resumed.exitCode, 0);
    EXPECT_EQ(cli({"train", "--resume", "--out", run.string()}).exitCode, 0);
    EXPECT(contentOf(run) == before); // nothing changed
}

GD_TEST(aJobFileEqualsItsOptions)
{
    const TemporaryFolder folder;
    fs::create_directories(folder / "data");
    TrainSpec spec;
    spec.config = "succeed";
    spec.data = folder / "data";
    REQUIRE_OK(writeJob(folder / "run", spec));
    const Outcome outcome =
        cli({"train", "--job", (folder / "run" / "job.json").string(), "--nice", "10"});
    EXPECT_EQ(outcome.exitCode, 0);
    EXPECT(fs::exists(folder / "run" / "metrics.csv"));
    EXPECT_EQ(cli({"train", "--job", (folder / "run" / "job.json").string()}).exitCode, 2);
    writeText(folder / "other" / "job.json", "{\"type\":\"train\",\"version\":1,\"epochz\":3}");
    const Outcome wrong = cli({"train", "--job", (folder / "other" / "job.json").string()});
    EXPECT_EQ(wrong.exitCode, 2);
    EXPECT(contains(wrong.err, "epochz"));
}

GD_TEST(theCommandOfARunMakesTheSameJob)
{
    const TemporaryFolder folder;
    const fs::path data = folder / "it's $HOME, \"quoted\"";
    for (const char* name : {"data set", "labels", "guides", "model"}) {
        fs::create_directories(data / name);
    }
    writeText(data / "splits.json", "{}");
    writeText(data / "recipe file.json", "{}");
    TrainSpec spec;
    spec.config = "succeed";
    spec.recipe = (data / "recipe file.json").string();
    spec.settings = {"training.epochs=3", R"(guide.gates=["bottleneck","decoder"])", "a.b=x y"};
    spec.data = data / "data set";
    spec.layout = "folders";
    spec.labels = data / "labels";
    spec.splits = data / "splits.json";
    spec.guideCorrections = data / "guides";
    spec.guideCorrectionWeight = 0.1;
    spec.init = data / "model";
    spec.device = "cpu";
    spec.threads = 2;
    spec.previewImages = {"-dash", "two words", "ä", "it's"};
    spec.tensorboard = true;
    const fs::path run = folder / "run of 'today'";
    const std::string command = commandLineOf(spec, run);
    const std::string program = shellQuoted(cliProgram()) + command.substr(std::strlen("guidino"));
    const Outcome outcome = runProgram({"/bin/sh", "-c", program}, fakeRuntime());
    EXPECT_EQ(outcome.exitCode, 0);
    const auto job = readJob(run / "job.json");
    REQUIRE_OK(job);
    EXPECT(*job == JobSpec{spec});
    // A dry run trains nothing, and leaves nothing.
    spec.dryRun = true;
    const fs::path none = folder / "none";
    const std::string dry =
        shellQuoted(cliProgram()) + commandLineOf(spec, none).substr(std::strlen("guidino"));
    const Outcome measured = runProgram({"/bin/sh", "-c", dry}, fakeRuntime());
    EXPECT_EQ(measured.exitCode, 0);
    EXPECT(nlohmann::json::parse(measured.out)["fits"].get<bool>());
    EXPECT(!fs::exists(none));
}

GD_TEST(tensorBoardGetsItsFiles)
{
    const auto eventFiles = [](const fs::path& run) {
        std::vector<std::string> files;
        for (const auto& entry : fs::directory_iterator(run)) {
            if (entry.path().filename().string().starts_with("events.out.tfevents.")) {
                files.push_back(textOf(entry.path()));
            }
        }
        return files;
    };
    const TemporaryFolder folder;
    const fs::path run = folder / "run";
    auto words = trainWords("slow", folder.path());
    EXPECT(eventFiles(folder.path()).empty());
    words.insert(words.end(), {"--set", "training.epochs=3", "training.tensorboard=true"});
    Process process(cliWords(words), fakeRuntime());
    waitForSteps(run, 3);
    ::kill(process.pid(), SIGTERM);
    EXPECT_EQ(process.wait().exitCode, 5);
    REQUIRE(eventFiles(run).size() == 1);
    EXPECT(contains(eventFiles(run)[0], "train/running_loss"));
    const auto job = readJob(run / "job.json");
    REQUIRE_OK(job);
    EXPECT(std::get<TrainSpec>(*job).tensorboard); // no setting of the training
    EXPECT(std::get<TrainSpec>(*job).settings == std::vector<std::string>{"training.epochs=3"});
    // What goes on, goes on in a file of its own; validation metrics are there, too.
    Process again(cliWords({"train", "--resume", "--out", run.string()}), fakeRuntime());
    waitForSteps(run, stepOf(run) + 3);
    REQUIRE_OK(sendCommand(run, StopAndKeep{}));
    EXPECT_EQ(again.wait().exitCode, 0);
    const auto files = eventFiles(run);
    EXPECT_EQ(files.size(), std::size_t{2});
    EXPECT(std::any_of(files.begin(), files.end(), [](const std::string& file) {
        return contains(file, "val/dsc");
    }));
    EXPECT_EQ(cli(trainWords("succeed", folder / "plain")).exitCode, 0);
    EXPECT(eventFiles(folder / "plain" / "run").empty()); // only where it is asked for
    auto wrong = trainWords("succeed", folder / "wrong");
    wrong.insert(wrong.end(), {"--set", "training.tensorboard=perhaps"});
    EXPECT_EQ(cli(wrong).exitCode, 2);
    auto flag = trainWords("succeed", folder / "flag");
    flag.push_back("--tensorboard");
    EXPECT_EQ(cli(flag).exitCode, 0);
    EXPECT_EQ(eventFiles(folder / "flag" / "run").size(), std::size_t{1});
}

GD_TEST(signalsSaveAndResumeGoesOn)
{
    for (const int signal : {SIGTERM, SIGINT}) {
        const TemporaryFolder folder;
        const fs::path run = folder / "run";
        Process process(cliWords(trainWords("slow", folder.path())), fakeRuntime());
        waitForSteps(run, 3);
        EXPECT(isWorkerAlive(run));
        EXPECT_EQ(cli({"train", "--resume", "--out", run.string()}).exitCode, 2); // at work
        ::kill(process.pid(), signal);
        const Outcome outcome = process.wait();
        EXPECT_EQ(outcome.exitCode, 5);
        const auto messages = messagesOf(run);
        EXPECT_EQ(std::get<Bye>(messages.back()).exitCode, 5);
        EXPECT_EQ(lastOf<protocol::Failure>(messages)->code, "cancelled");
        const std::string reached = textOf(run / "checkpoint-a" / "step");
        EXPECT(!reached.empty());
        Process again(cliWords({"train", "--resume", "--out", run.string()}), fakeRuntime());
        waitForSteps(run, std::stoll(reached) + 2);
        EXPECT(stepOf(run) >= std::stoll(reached) + 1);
        ::kill(again.pid(), SIGTERM);
        EXPECT_EQ(again.wait().exitCode, 5);
    }
}

GD_TEST(commandsReachARun)
{
    const TemporaryFolder folder;
    const fs::path run = folder / "run";
    auto words = trainWords("slow", folder.path());
    words.insert(words.end(), {"--nice", "5"});
    Process process(cliWords(words), fakeRuntime());
    waitForSteps(run, 2);
    EXPECT_EQ(::getpriority(PRIO_PROCESS, static_cast<id_t>(process.pid())), 5);
    REQUIRE_OK(sendCommand(run, SetPriority{12}));
    REQUIRE_OK(sendCommand(run, Pause{}));
    const auto isPaused = [&] {
        const auto messages = messagesOf(run);
        const auto* alive = lastOf<Alive>(messages);
        return alive != nullptr && alive->state == "paused";
    };
    for (int i = 0; i < 500 && !isPaused(); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT(isPaused());
    EXPECT_EQ(::getpriority(PRIO_PROCESS, static_cast<id_t>(process.pid())), 12);
    // One more step may have been under way; a run that went on would report four times a second.
    std::int64_t step = -1;
    for (int i = 0; i < 10 && step != stepOf(run); ++i) {
        step = stepOf(run);
        std::this_thread::sleep_for(std::chrono::milliseconds(600));
    }
    EXPECT_EQ(stepOf(run), step);
    REQUIRE_OK(sendCommand(run, Resume{}));
    waitForSteps(run, step + 5);
    EXPECT(stepOf(run) >= step + 5);
    REQUIRE_OK(sendCommand(run, StopAndKeep{}));
    EXPECT_EQ(process.wait().exitCode, 0);
    const auto messages = messagesOf(run);
    EXPECT_EQ(std::get<Bye>(messages.back()).reason, "stopped");
}

GD_TEST(failuresHaveTheirCodesAndFreeTheFolder)
{
    struct Row
    {
        const char* config;
        int exitCode;
        const char* word;
    };
    for (const Row& row :
         {Row{"badconfig", 2, "epochz"},
          Row{"oom", 4, "--set training.batch_size=2"},
          Row{"throw", 70, "boom"}}) {
        const TemporaryFolder folder;
        const Outcome outcome = cli(trainWords(row.config, folder.path()));
        EXPECT_EQ(outcome.exitCode, row.exitCode);
        EXPECT(contains(outcome.err, row.word));
        if (row.exitCode != 70) { // a corrected second try needs no other folder
            EXPECT_EQ(cli(trainWords("succeed", folder.path())).exitCode, 0);
        }
    }
}

GD_TEST(foldersThatCannotBeWrittenAreSix)
{
    const TemporaryFolder folder;
    writeText(folder / "file", "");
    fs::create_directories(folder / "data");
    const Outcome below = cli(
        {"train",
         "--config",
         "succeed",
         "--data",
         (folder / "data").string(),
         "--out",
         (folder / "file" / "run").string()});
    EXPECT_EQ(below.exitCode, 6);
    EXPECT(contains(below.err, "cannot make the folder"));
}

GD_TEST(aFullDiskIsSix)
{
    const TemporaryFolder folder;
    fs::create_directories(folder / "small");
    if (::mount("tmpfs", (folder / "small").c_str(), "tmpfs", 0, "size=64k") != 0) {
        throw Skip{"needs the right to mount"};
    }
    writeText(folder / "small" / "filler", std::string(60000, 'x'));
    const Outcome outcome = cli(trainWords("slow", folder / "small"));
    ::umount2((folder / "small").c_str(), MNT_DETACH);
    EXPECT_EQ(outcome.exitCode, 6);
    EXPECT(contains(outcome.err, "No space left"));
}

GD_TEST_MAIN()
