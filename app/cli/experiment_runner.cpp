// SPDX-License-Identifier: Apache-2.0
#include "app/cli/experiment_runner.h"

#include "core/base/file.h"
#include "core/base/threads.h"
#include "core/datasets/corrupted_copies.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <map>
#include <thread>

namespace guidino::cli {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;
using Words = std::vector<std::string>;

constexpr auto kPoll = std::chrono::milliseconds(100);
constexpr std::uint64_t kProgramBytes = std::uint64_t{600}
                                        << 20; // of a program that has loaded LibTorch
constexpr double kMemoryMargin = 1.2;

struct Step
{
    std::string name;
    Words words;
    fs::path result; ///< there once the step is done
    bool hasThreads = true;
};

/// One cell at work or waiting.
struct Job
{
    std::size_t cell = 0;
    std::vector<Step> steps;
    std::size_t step = 0;
    pid_t pid = -1;
    bool wasAlone = true; ///< while its step ran
    bool mustBeAlone = false;
    Clock::time_point start;
};

std::uint64_t availableBytes()
{
    std::ifstream file("/proc/meminfo");
    for (std::string key; file >> key;) {
        std::uint64_t value = 0;
        if (key == "MemAvailable:" && file >> value) {
            return value << 10;
        }
    }
    return 0;
}

std::uint64_t residentBytes(pid_t pid)
{
    std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
    std::uint64_t size = 0;
    std::uint64_t resident = 0;
    file >> size >> resident;
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

/// The last lines that a step wrote.
std::string lastWords(const fs::path& log)
{
    const auto text = readFile(log);
    if (!text) {
        return {};
    }
    const std::size_t at = text->rfind("guidino: error:");
    std::string words = at == std::string::npos
                            ? text->substr(text->size() - std::min<std::size_t>(300, text->size()))
                            : text->substr(at + 16);
    while (!words.empty() && (words.back() == '\n' || words.back() == ' ')) {
        words.pop_back();
    }
    return words;
}

class Runner
{
public:
    Runner(
        const Matrix& matrix,
        const std::vector<MatrixCell>& cells,
        const RunnerOptions& options,
        const CancelToken& cancel,
        ProgressLine& line)
        : m_matrix(matrix)
        , m_cells(cells)
        , m_options(options)
        , m_cancel(cancel)
        , m_line(line)
        , m_outcomes(cells.size())
    {
        m_threads = options.threads > 0 ? options.threads : std::max(1, coreCount() / options.jobs);
    }

    Result<std::vector<CellOutcome>> run()
    {
        GD_TRY(prepare());
        m_begin = Clock::now();
        while (!m_waiting.empty() || !m_running.empty()) {
            if (m_cancel.isCancelled()) {
                return stop();
            }
            GD_TRY(startWhatFits());
            GD_TRY(reap());
            report();
            std::this_thread::sleep_for(kPoll);
        }
        return m_outcomes;
    }

private:
    [[nodiscard]] fs::path folderOf(std::size_t cell) const
    {
        return cellFolder(m_options.out, m_cells[cell]);
    }

    /// What is done already, and what is to be done.
    Status prepare()
    {
        for (std::size_t i = 0; i < m_cells.size(); ++i) {
            Job job;
            job.cell = i;
            job.steps = stepsOf(m_cells[i]);
            const fs::path file = folderOf(i) / "cell.json";
            std::error_code ignored;
            if (fs::exists(file, ignored)) {
                const auto text = readFile(file);
                GD_TRY(text);
                const Json stored = Json::parse(*text, nullptr, false);
                if (stored.is_discarded() || stored.value("train", Words()) != job.steps[0].words) {
                    return Error{
                        ErrorCode::Configuration,
                        folderOf(i).string()
                            + ": was made with other settings than the matrix says now. Choose "
                              "another --out, or remove that folder.",
                        {}};
                }
                CellOutcome& outcome = m_outcomes[i];
                outcome.isDone = stored.value("done", false);
                outcome.seconds = stored.value("seconds", 0.0);
                outcome.peakBytes = stored.value("peak_memory_bytes", std::uint64_t{0});
                learn(i);
            }
            if (m_outcomes[i].isDone && isEvaluated(job)) {
                ++m_done;
            } else {
                m_outcomes[i].isDone = false;
                m_waiting.push_back(std::move(job));
            }
        }
        return {};
    }

    /// Sizes may have been added since.
    static bool isEvaluated(const Job& job)
    {
        std::error_code ignored;
        return std::all_of(job.steps.begin(), job.steps.end(), [&](const Step& step) {
            return fs::exists(step.result, ignored);
        });
    }

    [[nodiscard]] std::vector<Step> stepsOf(const MatrixCell& cell) const
    {
        const MatrixSystem& system = m_matrix.systems[cell.system];
        const MatrixData& data = m_matrix.data[cell.data];
        const fs::path folder = cellFolder(m_options.out, cell);
        Words train{"train", "--data", data.path.string()};
        add(train, "--config", system.config);
        add(train, "--init", system.init);
        add(train, "--recipe", system.recipe.empty() ? m_matrix.recipe : system.recipe);
        add(train, "--layout", data.layout);
        add(train, "--splits", data.splits.string());
        add(train, "--device", m_matrix.device);
        train.push_back("--set");
        for (const auto* settings :
             {&m_matrix.common,
              &system.settings,
              &data.settings,
              &m_matrix.settings[cell.setting].settings}) {
            train.insert(train.end(), settings->begin(), settings->end());
        }
        train.push_back("training.seed=" + std::to_string(cell.seed));
        const Images images{data.testPath, data.testSplits, data.test};
        const fs::path predictions = folder / "predictions";
        std::vector<Step> steps{
            {"train", train, bestOf(folder) / "config.json"},
            {"predict",
             predictWords(folder, images, predictions),
             predictions / "predictions.json"}};
        for (const std::string& size : m_matrix.sizes) {
            const fs::path out = folder / ("evaluation-" + size);
            steps.push_back(
                {"evaluate at " + size,
                 evaluateWords(predictions, images, size, out),
                 out / "summary.json"});
        }
        for (const MatrixTest& other : data.others) {
            addOther(cell, other, steps);
        }
        return steps;
    }

    /// A list of a folder's images; without lists or a name all of them.
    struct Images
    {
        fs::path folder;
        fs::path splits;
        std::string list;
    };

    static void add(Words& words, const char* option, const std::string& value)
    {
        if (!value.empty()) {
            words.insert(words.end(), {option, value});
        }
    }

    static void addList(Words& words, const Images& images)
    {
        add(words, "--splits", images.splits.string());
        add(words, "--split", images.list);
    }

    static fs::path bestOf(const fs::path& cell) { return cell / "run" / "best"; }

    [[nodiscard]] Words
    predictWords(const fs::path& cell, const Images& images, const fs::path& out) const
    {
        Words words{
            "predict",
            "--model",
            bestOf(cell).string(),
            "--input",
            images.folder.string(),
            "--out",
            out.string(),
            "--no-probability"};
        addList(words, images);
        add(words, "--device", m_matrix.device);
        return words;
    }

    [[nodiscard]] Words evaluateWords(
        const fs::path& predictions,
        const Images& images,
        const std::string& size,
        const fs::path& out) const
    {
        Words words{
            "evaluate",
            "--pred",
            predictions.string(),
            "--ref",
            images.folder.string(),
            "--out",
            out.string(),
            "--size",
            size,
            "--hd95",
            m_matrix.hd95};
        addList(words, images);
        return words;
    }

    /// Prediction and evaluation on images of another kind.
    void addOther(const MatrixCell& cell, const MatrixTest& other, std::vector<Step>& steps) const
    {
        const MatrixData& data = m_matrix.data[cell.data];
        Images images{other.path, other.splits, other.test};
        if (!other.corruption.empty()) { // the first cell that comes here makes them for all
            images.folder = corruptedFolder(m_options.out, data, other);
            Words make{
                "data",
                "corrupt",
                data.testPath.string(),
                "--out",
                images.folder.string(),
                "--kind",
                other.corruption,
                "--severity",
                std::to_string(other.severity)};
            addList(make, {data.testPath, data.testSplits, data.test});
            steps.push_back(
                {"corrupt: " + other.name,
                 make,
                 images.folder / datasets::kCorruptionRecord,
                 false});
        }
        const fs::path place = otherFolder(m_options.out, cell, other);
        const fs::path predictions = place / "predictions";
        steps.push_back(
            {"predict " + other.name,
             predictWords(cellFolder(m_options.out, cell), images, predictions),
             predictions / "predictions.json"});
        steps.push_back(
            {"evaluate " + other.name,
             evaluateWords(predictions, images, "native", place / "evaluation"),
             place / "evaluation" / "summary.json"});
    }

    /// The most that cells of a system took.
    void learn(std::size_t cell)
    {
        std::uint64_t& known = m_peaks[m_cells[cell].system];
        known = std::max(known, m_outcomes[cell].peakBytes);
    }

    [[nodiscard]] bool fits(const Job& job) const
    {
        if (m_running.empty()) {
            return true;
        }
        const bool isOtherAlone = std::any_of(
            m_running.begin(), m_running.end(), [](const Job& other) { return other.mustBeAlone; });
        const auto known = m_peaks.find(m_cells[job.cell].system);
        if (job.mustBeAlone || isOtherAlone || known == m_peaks.end() || known->second == 0) {
            return false; // of an unknown system the first is measured alone
        }
        double needed = kMemoryMargin * static_cast<double>(known->second);
        for (const Job& other : m_running) { // those at work may still grow
            const auto peak = m_peaks.find(m_cells[other.cell].system);
            const std::uint64_t most =
                std::max(kProgramBytes, peak == m_peaks.end() ? kProgramBytes : peak->second);
            const std::uint64_t now = residentBytes(other.pid);
            needed += most > now ? static_cast<double>(most - now) : 0;
        }
        return needed < static_cast<double>(availableBytes());
    }

    Status startWhatFits()
    {
        for (auto job = m_waiting.begin(); job != m_waiting.end();) {
            if (static_cast<int>(m_running.size()) >= m_options.jobs) {
                break;
            }
            if (!fits(*job)) {
                ++job;
                continue;
            }
            GD_TRY(begin(*job));
            m_running.push_back(std::move(*job));
            job = m_waiting.erase(job);
        }
        for (Job& job : m_running) {
            job.wasAlone &= m_running.size() == 1;
        }
        return {};
    }

    Status begin(Job& job)
    {
        GD_TRY(makeFolder(folderOf(job.cell)));
        GD_TRY(writeRecord(job));
        job.start = Clock::now();
        job.step = 0;
        return skipToNext(job);
    }

    /// The first step that is not done; a training always asks, because only it knows.
    Status skipToNext(Job& job)
    {
        std::error_code ignored;
        while (job.step > 0 && job.step < job.steps.size()
               && fs::exists(job.steps[job.step].result, ignored)) {
            ++job.step;
        }
        return job.step < job.steps.size() ? start(job) : Status();
    }

    Status start(Job& job)
    {
        Words words = job.steps[job.step].words;
        if (job.step == 0) {
            const fs::path run = folderOf(job.cell) / "run";
            std::error_code ignored;
            words.insert(words.begin() + 1, {"--out", run.string()});
            if (fs::exists(run / "job.json", ignored)) {
                words.insert(words.begin() + 1, "--resume");
            }
        }
        if (job.steps[job.step].hasThreads) {
            words.insert(words.begin() + 1, {"--threads", std::to_string(m_threads)});
        }
        words.insert(words.begin(), "guidino");
        std::vector<char*> pointers;
        for (std::string& word : words) {
            pointers.push_back(word.data());
        }
        pointers.push_back(nullptr);
        const std::string log = (folderOf(job.cell) / "log.txt").string();
        job.wasAlone = m_running.empty();
        job.pid = ::fork();
        if (job.pid == 0) {
            const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
            const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
            ::dup2(nothing, 0);
            ::dup2(file, 1);
            ::dup2(file, 2);
            ::setpgid(0, 0); // Ctrl-C comes through us, once
            ::execv("/proc/self/exe", pointers.data());
            ::_exit(127);
        }
        if (job.pid < 0) {
            return Error{
                ErrorCode::OutOfMemory,
                std::string("cannot start a process: ")
                    + std::strerror(errno), // NOLINT(concurrency-mt-unsafe)
                {}};
        }
        return {};
    }

    Status reap()
    {
        for (std::size_t i = 0; i < m_running.size();) {
            int state = 0;
            rusage usage{};
            const pid_t ended = ::wait4(m_running[i].pid, &state, WNOHANG, &usage);
            if (ended == 0) {
                ++i;
                continue;
            }
            Job job = std::move(m_running[i]);
            m_running.erase(m_running.begin() + static_cast<std::ptrdiff_t>(i));
            const int code = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
            GD_TRY(
                stepEnded(std::move(job), code, static_cast<std::uint64_t>(usage.ru_maxrss) << 10));
        }
        return {};
    }

    Status stepEnded(Job job, int code, std::uint64_t peak)
    {
        CellOutcome& outcome = m_outcomes[job.cell];
        outcome.peakBytes = std::max(outcome.peakBytes, peak);
        learn(job.cell);
        if (code == 0) {
            ++job.step;
            GD_TRY(skipToNext(job));
            if (job.step < job.steps.size()) {
                m_running.push_back(std::move(job));
                return {};
            }
            outcome.isDone = true;
            outcome.seconds += std::chrono::duration<double>(Clock::now() - job.start).count();
            ++m_done;
            m_line.note("done: " + m_cells[job.cell].name + ", " + durationText(outcome.seconds));
            return writeRecord(job);
        }
        const bool isMemory = code == exitCodeOf(ErrorCode::OutOfMemory) || code == 128 + SIGKILL;
        if (isMemory && !job.wasAlone && !job.mustBeAlone) {
            m_line.note(
                "out of memory beside others, tried again alone: " + m_cells[job.cell].name);
            job.mustBeAlone = true;
            m_waiting.push_back(std::move(job));
            return {};
        }
        outcome.exitCode = code;
        outcome.problem =
            job.steps[job.step].name + ": " + lastWords(folderOf(job.cell) / "log.txt");
        ++m_failed;
        m_line.note(
            "failed: " + m_cells[job.cell].name + " (" + std::to_string(code)
            + "): " + outcome.problem);
        return {};
    }

    Status writeRecord(const Job& job) const
    {
        const MatrixCell& cell = m_cells[job.cell];
        const CellOutcome& outcome = m_outcomes[job.cell];
        const Json record{
            {"variant", cell.variant},
            {"data", m_matrix.data[cell.data].name},
            {"seed", cell.seed},
            {"train", job.steps[0].words},
            {"done", outcome.isDone},
            {"seconds", outcome.seconds},
            {"peak_memory_bytes", outcome.peakBytes}};
        return writeFileAtomically(folderOf(job.cell) / "cell.json", record.dump(2) + "\n");
    }

    void report()
    {
        std::string names;
        for (const Job& job : m_running) {
            names += (names.empty() ? "" : ", ") + m_cells[job.cell].name + " ("
                     + job.steps[job.step].name + ")";
        }
        m_line.show(
            {"cells", m_done + m_failed, static_cast<std::int64_t>(m_cells.size()), -1, names});
    }

    /// Trainings finish their step and save.
    Error stop()
    {
        for (const Job& job : m_running) {
            ::kill(job.pid, SIGTERM);
        }
        for (const Job& job : m_running) {
            int state = 0;
            while (::waitpid(job.pid, &state, 0) < 0 && errno == EINTR) {
            }
        }
        return Error{ErrorCode::Cancelled, "Stopped; the same command goes on from here.", {}};
    }

    const Matrix& m_matrix;
    const std::vector<MatrixCell>& m_cells;
    const RunnerOptions& m_options;
    const CancelToken& m_cancel;
    ProgressLine& m_line;
    std::vector<CellOutcome> m_outcomes;
    std::vector<Job> m_waiting;
    std::vector<Job> m_running;
    std::map<std::size_t, std::uint64_t> m_peaks; ///< by system
    std::int64_t m_done = 0;
    std::int64_t m_failed = 0;
    int m_threads = 1;
    Clock::time_point m_begin;
};

} // namespace

fs::path cellFolder(const fs::path& out, const MatrixCell& cell)
{
    return absolutePath(out) / "cells" / cell.name;
}

fs::path otherFolder(const fs::path& out, const MatrixCell& cell, const MatrixTest& other)
{
    return cellFolder(out, cell) / ("on-" + other.name);
}

fs::path corruptedFolder(const fs::path& out, const MatrixData& data, const MatrixTest& other)
{
    return absolutePath(out) / "data" / (data.name + "__" + other.name);
}

Result<std::vector<CellOutcome>> runCells(
    const Matrix& matrix,
    const std::vector<MatrixCell>& cells,
    const RunnerOptions& options,
    const CancelToken& cancel,
    ProgressLine& line)
{
    return Runner(matrix, cells, options, cancel, line).run();
}

} // namespace guidino::cli
