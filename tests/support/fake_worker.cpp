// SPDX-License-Identifier: Apache-2.0
#include "core/protocol/line_splitter.h"
#include "core/protocol/run_folder.h"

#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>

/// A worker with a script instead of a model, for the tests of core/jobs.
///
///   fake_worker serve SCRIPT              talks on stdin and stdout
///   fake_worker train --job JOB [...]     the job's `config` is the script
///
/// Scripts: succeed, crash (SIGSEGV in mid-work), hang (says hello, then nothing, ignores all),
/// mute (no hello), flood (as fast as it can), garbage (between good messages), exit4, exit70,
/// nonfinite (fails with 3 and advice),
/// slow (a step each 50 ms, obeys commands), stubborn (as slow, but ignores `cancel`),
/// version2 (a hello of another version), early (ends before any message).
using namespace guidino;
using namespace guidino::protocol;

namespace {

void sleepMs(int ms)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
}

[[noreturn]] void hang()
{
    std::signal(SIGTERM, SIG_IGN);
    for (;;) {
        sleepMs(1000);
    }
}

[[noreturn]] void crash()
{
    std::signal(SIGSEGV, SIG_DFL);
    ::raise(SIGSEGV);
    std::abort();
}

volatile std::sig_atomic_t terminated = 0;

// ---- serve ----------------------------------------------------------------------------------

class FakeServe
{
public:
    explicit FakeServe(std::string script)
        : m_script(std::move(script))
    {}

    int run()
    {
        if (m_script == "early") {
            std::fprintf(stderr, "no such model\n");
            return 3;
        }
        if (m_script == "mute") {
            hang();
        }
        Hello hello;
        hello.version = m_script == "version2" ? 2 : kProtocolVersion;
        hello.build = "fake";
        hello.kind = "serve";
        hello.devices = {{"cpu", "fake", 1, 1, true, ""}};
        say({}, hello);
        std::fprintf(stderr, "fake worker: script %s\n", m_script.c_str());
        if (m_script == "hang") {
            hang();
        }
        return converse();
    }

private:
    void say(const Envelope& about, const Message& message)
    {
        Envelope envelope = about;
        envelope.seq = ++m_seq;
        envelope.time = utcNow();
        const std::string line = *encode(envelope, message) + "\n";
        writeRaw(line);
    }

    static void writeRaw(const std::string& text)
    {
        std::size_t written = 0;
        while (written < text.size()) {
            const ssize_t count =
                ::write(STDOUT_FILENO, text.data() + written, text.size() - written);
            if (count <= 0) {
                std::_Exit(0); // the reader is gone
            }
            written += static_cast<std::size_t>(count);
        }
    }

    int converse()
    {
        LineSplitter lines;
        for (;;) {
            pollfd input = {STDIN_FILENO, POLLIN, 0};
            if (::poll(&input, 1, 100) == 0) {
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

    void answer(const Received<Command>& command)
    {
        const Envelope& about = command.envelope;
        if (const auto* start = std::get_if<Start>(&command.body)) {
            say(about, Accepted{});
            say(about, JobResult{"", 0, "{\"system\":\"" + start->model + "\"}"});
            return;
        }
        const auto* predict = std::get_if<Predict>(&command.body);
        if (predict == nullptr) {
            return;
        }
        if (m_script == "crash") {
            crash();
        } else if (m_script == "exit4") {
            std::_Exit(4);
        } else if (m_script == "garbage") {
            writeRaw("Segmentation fault (core dumped)\n\xff\xfe\x01\n{\"type\":\n");
            writeRaw(std::string(200000, 'x') + "\n");
            writeRaw("{\"type\":\"result\",\"job\":\"nobody\",\"kind\":\"prediction\","
                     "\"labels\":\"x\"}\n");
        } else if (m_script == "flood") {
            for (int i = 0; i < 50000; ++i) {
                say(about, Progress{"predict", i, 50000, -1, ""});
            }
        } else if (m_script == "slow") {
            sleepMs(100);
        }
        say(about, Progress{"predict", 1, 1, 0, ""});
        if (predict->image == "missing.png") {
            say(about, Failure{"not_found", "no such file", {}, false, {}});
        } else {
            Prediction prediction;
            prediction.image = predict->image;
            prediction.stream = predict->stream;
            prediction.labels = "/labels/" + predict->image;
            say(about, JobResult{"/result.json", 0, prediction});
        }
    }

    std::string m_script;
    std::int64_t m_seq = 0;
};

// ---- train ----------------------------------------------------------------------------------

class FakeTraining
{
public:
    FakeTraining(RunFolder& run, std::string script)
        : m_run(run)
        , m_script(std::move(script))
    {}

    int work()
    {
        Hello hello;
        hello.build = "fake";
        hello.kind = "run";
        hello.pid = ::getpid();
        (void)m_run.send(hello);
        const bool isSlow = m_script == "slow" || m_script == "stubborn";
        const int steps = m_script == "flood" ? 20000 : 5;
        for (int step = 1; isSlow || step <= steps; ++step) {
            (void)m_run.send(Progress{"train", step, steps, 1, ""});
            (void)m_run.send(Metric{"loss", 1.0 / step, step, "train"});
            (void)m_run.send(Alive{step, m_isPaused ? "paused" : "running"});
            if (m_script == "crash" && step == 2) {
                crash();
            } else if (m_script == "hang" && step == 2) {
                hang();
            } else if (m_script == "garbage") {
                scribble();
            } else if (m_script == "nonfinite" && step == 2) {
                (void)m_run.send(Failure{
                    "bad_input",
                    "the loss is not finite",
                    {},
                    true,
                    {{"training.learning_rate", "0.0001"}}});
                return end("failed", 3);
            } else if (m_script.starts_with("exit") && step == 2) {
                const int code = std::atoi(m_script.c_str() + 4);
                Failure failure{"internal", "as the script says", {}, false, {}};
                if (code == 4) {
                    failure = {
                        "out_of_memory", "too little", {}, true, {{"training.batch_size", "2"}}};
                }
                (void)m_run.send(failure);
                return end("failed", code);
            }
            if (isSlow) {
                sleepMs(50);
                if (const auto code = obey()) {
                    return *code;
                }
            }
        }
        (void)m_run.send(Checkpoint{"best", 5, 0.5});
        (void)m_run.send(JobResult{"best", 0.5, {}});
        return end("finished", 0);
    }

private:
    int end(const char* reason, int code)
    {
        (void)m_run.send(Bye{reason, code});
        return code;
    }

    void scribble()
    {
        std::FILE* file = std::fopen(m_run.paths().messages().c_str(), "a");
        std::fputs("nonsense\n{\"type\":\"alive\",\"step\":\"many\"}\n\n", file);
        std::fclose(file);
    }

    std::optional<int> obey()
    {
        do {
            for (const auto& command : m_run.commands()) {
                if (std::holds_alternative<Pause>(command.body)) {
                    m_isPaused = true;
                    (void)m_run.send(Alive{3, "paused"});
                } else if (std::holds_alternative<Resume>(command.body)) {
                    m_isPaused = false;
                } else if (std::holds_alternative<StopAndKeep>(command.body)) {
                    (void)m_run.send(JobResult{"best", 0.25, {}});
                    return end("stopped", 0);
                } else if (std::holds_alternative<Cancel>(command.body) && m_script != "stubborn") {
                    return end("cancelled", 5);
                }
            }
            if (terminated != 0 && m_script != "stubborn") {
                return end("cancelled", 5);
            }
            if (m_isPaused) {
                sleepMs(20);
            }
        } while (m_isPaused);
        return std::nullopt;
    }

    RunFolder& m_run;
    std::string m_script;
    bool m_isPaused = false;
};

int train(const std::filesystem::path& job)
{
    const auto spec = readJob(job);
    const auto* train = spec ? std::get_if<TrainSpec>(&*spec) : nullptr;
    if (train == nullptr || train->config == "early") {
        return 2;
    }
    const auto run = RunFolder::open(job.parent_path(), "fake");
    if (!run) {
        return exitCodeOf(run.error().code);
    }
    if (train->config == "mute") {
        hang();
    }
    return FakeTraining(**run, train->config).work();
}

} // namespace

int main(int argc, char** argv)
{
    std::signal(SIGTERM, [](int) { terminated = 1; });
    if (argc > 2 && std::strcmp(argv[1], "serve") == 0) {
        return FakeServe(argv[2]).run();
    }
    if (argc > 3 && std::strcmp(argv[1], "train") == 0) {
        for (int i = 4; i + 1 < argc; ++i) {
            if (std::strcmp(argv[i], "--nice") == 0) {
                ::setpriority(PRIO_PROCESS, 0, std::atoi(argv[i + 1]));
            }
        }
        return train(argv[3]);
    }
    return 2;
}
