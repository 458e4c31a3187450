// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"
#include "core/protocol/run_folder.h"
#include "tests/support/check.h"

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

using namespace guidino;
using namespace guidino::protocol;
namespace fs = std::filesystem;

namespace {

void append(const fs::path& file, const std::string& text)
{
    std::ofstream(file, std::ios::app) << text;
}

/// A child that holds the folder's lock until it is killed.
pid_t startHolder(const fs::path& folder)
{
    const pid_t child = ::fork();
    if (child == 0) {
        const auto run = RunFolder::open(folder, "child");
        if (!run) {
            ::_exit(1);
        }
        (void)(*run)->send(Alive{});
        for (;;) {
            ::pause();
        }
    }
    // It takes the lock, then says who it is.
    for (int i = 0; i < 500 && !(isWorkerAlive(folder) && workerIdentity(folder)); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return child;
}

void reap(pid_t child)
{
    int status = 0;
    ::waitpid(child, &status, 0);
}

} // namespace

GD_TEST(aWorkerAndItsWatcherUnderstandEachOther)
{
    const test::TemporaryFolder folder;
    RunReader reader(folder / "run");
    EXPECT(reader.poll().empty());
    EXPECT(!isWorkerAlive(folder / "run"));
    auto run = RunFolder::open(folder / "run", "0.1.0");
    REQUIRE_OK(run);
    EXPECT(isWorkerAlive(folder / "run"));
    const auto identity = workerIdentity(folder / "run");
    REQUIRE_OK(identity);
    EXPECT_EQ(identity->pid, ::getpid());
    EXPECT_EQ(identity->version, "0.1.0");
    EXPECT(*identity == currentIdentity("0.1.0"));
    EXPECT(isRunning(*identity));

    REQUIRE_OK((*run)->send(Hello{}));
    REQUIRE_OK((*run)->send(Progress{"train", 1, 2, 3, ""}));
    const auto messages = reader.poll();
    REQUIRE(messages.size() == 2);
    EXPECT_EQ(messages[1].envelope.seq, 2);
    EXPECT(reader.poll().empty());

    EXPECT((*run)->commands().empty());
    REQUIRE_OK(sendCommand(folder / "run", Pause{}));
    append(folder / "run" / "commands.jsonl", "garbage\n{\"type\":\"cancel\"}\n{\"type\":\"res");
    const auto commands = (*run)->commands();
    REQUIRE(commands.size() == 2);
    EXPECT(std::holds_alternative<Pause>(commands[0].body));
    EXPECT(std::holds_alternative<Cancel>(commands[1].body));
    append(folder / "run" / "commands.jsonl", "ume\"}\n");
    EXPECT_EQ((*run)->commands().size(), std::size_t{1});

    (*run)->log("info", "a line");
    run->reset();
    EXPECT(!isWorkerAlive(folder / "run"));
    const auto log = readFile(folder / "run" / "log.txt");
    REQUIRE_OK(log);
    EXPECT(log->find(" info a line\n") != std::string::npos);
    EXPECT(log->find("commands.jsonl") != std::string::npos); // the garbage was noted
}

GD_TEST(aSecondSessionGoesOnCounting)
{
    const test::TemporaryFolder folder;
    {
        const auto run = RunFolder::open(folder.path(), "1");
        REQUIRE_OK(run);
        REQUIRE_OK((*run)->send(Hello{}));
        REQUIRE_OK((*run)->send(Alive{}));
    }
    append(folder / "messages.jsonl", "{\"type\":\"ali"); // torn by a power cut
    REQUIRE_OK(sendCommand(folder.path(), Cancel{}));     // of the first session
    const auto run = RunFolder::open(folder.path(), "2");
    REQUIRE_OK(run);
    EXPECT((*run)->commands().empty());
    REQUIRE_OK((*run)->send(Hello{}));
    RunReader reader(folder.path());
    const auto messages = reader.poll();
    REQUIRE(messages.size() == 3);
    EXPECT_EQ(messages[2].envelope.seq, 3);
    EXPECT_EQ(reader.damagedLines(), 1);
}

GD_TEST(onlyOneWorkerHoldsAFolder)
{
    const test::TemporaryFolder folder;
    const pid_t child = startHolder(folder.path());
    EXPECT(isWorkerAlive(folder.path()));
    const auto second = RunFolder::open(folder.path(), "second");
    EXPECT(!second);
    EXPECT(!second && second.error().code == ErrorCode::Usage);
    const auto identity = workerIdentity(folder.path());
    REQUIRE_OK(identity);
    EXPECT_EQ(identity->pid, child); // the refused one left the file alone
    ::kill(child, SIGKILL);
    reap(child);
    EXPECT(!isWorkerAlive(folder.path()));
    EXPECT(RunFolder::open(folder.path(), "third").has_value());
}

GD_TEST(readingTheFilesDoesNotGiveTheLockBack)
{
    const test::TemporaryFolder folder;
    const auto run = RunFolder::open(folder.path(), "1");
    REQUIRE_OK(run);
    (void)readFile(folder / "worker.json"); // fcntl's old locks would be lost here
    EXPECT(isWorkerAlive(folder.path()));
}

GD_TEST(onlyTheNamedProcessIsSignalled)
{
    const test::TemporaryFolder folder;
    const pid_t child = startHolder(folder.path());
    auto identity = workerIdentity(folder.path());
    REQUIRE_OK(identity);
    const ProcessIdentity right = *identity;
    ProcessIdentity wrong = right;
    wrong.startTicks += 1;
    EXPECT(!sendSignal(wrong, SIGKILL));
    wrong = right;
    wrong.bootId = "another start";
    EXPECT(!sendSignal(wrong, SIGKILL));
    wrong = right;
    wrong.host = "elsewhere";
    EXPECT(!sendSignal(wrong, SIGKILL));
    EXPECT(isRunning(right));
    EXPECT(signalWorker(folder.path(), SIGKILL));
    reap(child);
    EXPECT(!isRunning(right));
    EXPECT(!signalWorker(folder.path(), SIGKILL)); // nobody holds the lock
}

GD_TEST(aReplacedFileIsReadFromItsBegin)
{
    const test::TemporaryFolder folder;
    append(folder / "messages.jsonl", "{\"type\":\"alive\",\"step\":100}\n");
    RunReader reader(folder.path());
    EXPECT_EQ(reader.poll().size(), std::size_t{1});
    REQUIRE_OK(writeFileAtomically(folder / "messages.jsonl", "{\"type\":\"alive\"}\n"));
    EXPECT_EQ(reader.poll().size(), std::size_t{1});
}

GD_TEST(jobFilesNameTheirProblem)
{
    const test::TemporaryFolder folder;
    const auto missing = readJob(folder / "job.json");
    EXPECT(!missing && missing.error().code == ErrorCode::NotFound);
    append(folder / "job.json", "{}");
    const auto bad = readJob(folder / "job.json");
    EXPECT(!bad && bad.error().code == ErrorCode::Configuration);
    EXPECT(!bad && bad.error().message.find("job.json") != std::string::npos);
    TrainSpec spec;
    spec.config = "unet";
    REQUIRE_OK(writeJob(folder / "run", spec));
    const auto good = readJob(folder / "run" / "job.json");
    REQUIRE_OK(good);
    EXPECT(*good == JobSpec(spec));
    const auto blocked = RunFolder::open(folder / "job.json" / "run", "1");
    EXPECT(!blocked && blocked.error().code == ErrorCode::CannotWrite);
}

GD_TEST_MAIN()
