// SPDX-License-Identifier: Apache-2.0
#include "app/cli/cmd_experiment.h"
#include "app/cli/command.h"
#include "app/cli/job_context.h"
#include "app/cli/terminal.h"
#include "core/protocol/job_spec.h"
#include "core/protocol/run_folder.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <iterator>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace guidino::cli {

namespace {

constexpr Subcommand kSubcommands[] = {
    {"train", "Train or fine-tune a model on images with masks", runTrain},
    {"predict", "Segment images with a model", runPredict},
    {"explain", "Show why: guide, prototypes, best matching tokens", runExplain},
#ifdef GUIDINO_CLI_WITH_REPORT
    {"evaluate", "Compare predicted masks with reference masks", runEvaluate},
    {"experiment", "Train and compare systems x data x settings x seeds", runExperiment},
    {"report", "Write one HTML page from evaluations before and after", runReport},
    {"nnunet", "Plan, train, predict and compare as nnU-Net does", runNnunet},
#endif
#ifdef GUIDINO_CLI_WITH_DATA
    {"data", "Inspect, split, pack or corrupt a data set", runData},
#endif
    {"models", "List, add, show, import, export or remove models", runModels},
    {"plugins", "Show what plug-ins add", runPlugins},
    {"devices", "Show what can compute here", runDevices},
    {"verify", "Check this installation against golden files", runVerify},
    {"serve", "Answer interactive requests on stdin and stdout", runServe},
    {"run", "Do what a run folder's job.json says", runJob},
    {"gui", "Open the window", runGui},
    {"version", "Print the version", runVersion},
};

/// One a line, the summaries below each other.
void printSummaries(std::FILE* stream, std::span<const Subcommand> subcommands)
{
    std::size_t width = 0;
    for (const Subcommand& subcommand : subcommands) {
        width = std::max(width, std::strlen(subcommand.name));
    }
    for (const Subcommand& subcommand : subcommands) {
        std::fprintf(
            stream, "  %-*s  %s\n", static_cast<int>(width), subcommand.name, subcommand.summary);
    }
}

void printHelp(std::FILE* stream)
{
    std::fputs(
        "GuiDINO Workbench: review and correct medical segmentations, fine-tune models locally.\n"
        "Research use only, not a medical device.\n\n"
        "Usage: guidino SUBCOMMAND [OPTIONS]\n\nSubcommands:\n",
        stream);
    printSummaries(stream, kSubcommands);
    std::fputs(
        "\nExamples:\n"
        "  guidino data inspect photos/\n"
        "  guidino train --config guidino-u --set guide.source=self --data photos/ --out run1\n"
        "  guidino predict --model run1/best --input new/ --out results/\n"
        "  guidino evaluate --pred results/ --ref photos/masks --out evaluation/\n\n"
        "'guidino SUBCOMMAND --help' tells the options of a subcommand.\n"
        "Exit codes: 0 ok, 1 a check failed, 2 usage or configuration, 3 bad input,\n"
        "4 out of memory, 5 cancelled, 6 cannot write, 70 internal error.\n",
        stream);
}

int refuse(
    const std::string& program, const std::string& word, const std::vector<Subcommand>& subcommands)
{
    std::vector<std::string> names;
    for (const Subcommand& subcommand : subcommands) {
        names.emplace_back(subcommand.name);
    }
    const std::string close = nearest(word, names);
    std::fprintf(
        stderr,
        "%s: no subcommand '%s'%s\nTry '%s --help'.\n",
        program.c_str(),
        word.c_str(),
        close.empty() ? "" : (" (did you mean " + close + "?)").c_str(),
        program.c_str());
    return 2;
}

int dispatch(Arguments arguments)
{
    if (arguments.empty()) {
        printHelp(stderr);
        return 2;
    }
    if (arguments[0] == "help" && arguments.size() > 1) {
        arguments.erase(arguments.begin());
        arguments.emplace_back("--help");
    }
    const std::string name = arguments[0];
    if (name == "--help" || name == "-h" || name == "help") {
        printHelp(stdout);
        return 0;
    }
    arguments.erase(arguments.begin());
    if (name == "--version") {
        return runVersion(arguments);
    }
    for (const Subcommand& subcommand : kSubcommands) {
        if (name == subcommand.name) {
            return subcommand.run(arguments);
        }
    }
    return refuse("guidino", name, {std::begin(kSubcommands), std::end(kSubcommands)});
}

/// What was printed must have arrived: a full disk behind a redirection is an error too.
int closeOutput(int exitCode)
{
    const bool isWritten = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
    if (isWritten || errno == EPIPE || exitCode != 0) {
        return exitCode;
    }
    return fail(Error{
        ErrorCode::CannotWrite,
        std::string("cannot write the output: ")
            + std::strerror(errno), // NOLINT(concurrency-mt-unsafe)
        {}});
}

/// Reports of a subcommand go to the run folder of its job.
class JobListener final : public Listener
{
public:
    explicit JobListener(RunContext& context)
        : m_context(context)
    {
        setListener(this);
    }

    ~JobListener() override { setListener(nullptr); }

    JobListener(const JobListener&) = delete;
    JobListener& operator=(const JobListener&) = delete;

    bool heardProgress(const engine::Progress& progress) override
    {
        if (m_isTelling) {
            return false; // the context's own line
        }
        m_isTelling = true;
        m_context.progress(progress);
        m_isTelling = false;
        while (m_context.isPaused() && !m_context.isCancelled()) { // on the computing thread
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
        return true;
    }

    void heardFailure(const Error& error) override
    {
        if (!m_error) {
            m_error = error;
        }
    }

    void heardNote(const std::string& text) override
    {
        static const std::string kMark = "guidino: warning: ";
        if (text.starts_with(kMark)) {
            m_context.send(protocol::Warning{text.substr(kMark.size())});
        }
    }

    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }

private:
    RunContext& m_context;
    std::optional<Error> m_error;
    bool m_isTelling = false;
};

/// What "--out" says, for the window to open.
std::string outOf(const Arguments& words)
{
    const auto option = std::find(words.begin(), words.end(), "--out");
    return option == words.end() || option + 1 == words.end() ? std::string() : *(option + 1);
}

} // namespace

int runJob(const Arguments& arguments)
{
    std::filesystem::path job;
    int nice = 0;
    const auto parser = makeParser(
        "run",
        "Does what a run folder's job.json says: a training, a prediction, or another subcommand,\n"
        "whose output goes to output.txt of the folder.",
        "  guidino run --job jobs/7/job.json\n");
    parser->add_option("--job", job, "job.json of a run folder")->type_name("FILE")->required();
    parser->add_option("--nice", nice, "Priority, 0 to 19: higher leaves more to others")
        ->type_name("N")
        ->check(CLI::Range(0, 19));
    addPluginOption(*parser);
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    const auto spec = protocol::readJob(job);
    if (!spec) {
        return fail(spec.error());
    }
    const auto* command = std::get_if<protocol::CommandSpec>(&*spec);
    if (command == nullptr) {
        const bool isTraining = std::holds_alternative<protocol::TrainSpec>(*spec);
        return (isTraining ? runTrain : runPredict)(arguments);
    }
    const CancelToken cancel = cancelOnSignals();
    const std::filesystem::path folder = absolutePath(job).parent_path();
    auto run = protocol::RunFolder::open(folder, GUIDINO_VERSION);
    if (!run) {
        return fail(run.error());
    }
    if (nice > 0) {
        setNice(nice);
    }
    RunContext context(cancel, std::move(run).value());
    if (std::freopen((folder / "output.txt").c_str(), "w", stdout) == nullptr) {
        return context.finish(
            Error{
                ErrorCode::CannotWrite,
                "cannot write '" + (folder / "output.txt").string() + "'",
                {}},
            {});
    }
    JobListener listener(context);
    const int code = dispatch(command->words);
    const bool isWritten = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
    if (code == 0 && !isWritten) {
        return context.finish(
            Error{
                ErrorCode::CannotWrite,
                "cannot write '" + (folder / "output.txt").string() + "'",
                {}},
            {});
    }
    if (code == 0) {
        context.send(protocol::JobResult{outOf(command->words), 0, {}});
    } else if (listener.error()) {
        context.send(failureOf(*listener.error()));
    }
    context.send(protocol::Bye{
        code == 0 ? "finished"
                  : (code == exitCodeOf(ErrorCode::Cancelled) ? "cancelled" : "failed"),
        code});
    return code;
}

int runSubcommandOf(
    const std::string& name,
    const std::string& description,
    const std::vector<Subcommand>& subcommands,
    const std::string& examples,
    const Arguments& arguments)
{
    const std::string program = "guidino " + name;
    const bool isHelp =
        !arguments.empty()
        && (arguments[0] == "--help" || arguments[0] == "-h" || arguments[0] == "help");
    if (isHelp || arguments.empty()) {
        std::FILE* stream = isHelp ? stdout : stderr;
        std::fprintf(
            stream,
            "%s\nUsage: %s SUBCOMMAND [OPTIONS]\n\nSubcommands:\n",
            description.c_str(),
            program.c_str());
        printSummaries(stream, subcommands);
        std::fprintf(stream, "\nExamples:\n%s", examples.c_str());
        return isHelp ? 0 : 2;
    }
    for (const Subcommand& subcommand : subcommands) {
        if (arguments[0] == subcommand.name) {
            return subcommand.run(Arguments(arguments.begin() + 1, arguments.end()));
        }
    }
    return refuse(program, arguments[0], subcommands);
}

} // namespace guidino::cli

int main(int argc, char** argv)
{
    using namespace guidino;
    std::signal(SIGPIPE, SIG_IGN); // a reader that left ends no training
    std::signal(SIGXFSZ, SIG_IGN); // a limit of file sizes is a failed write, not a crash
    try {
        return cli::closeOutput(cli::dispatch(cli::Arguments(argv + 1, argv + argc)));
    } catch (const std::bad_alloc&) {
        return cli::fail(Error{ErrorCode::OutOfMemory, "out of memory", {}});
    } catch (const std::exception& exception) {
        return cli::fail(Error{
            ErrorCode::Internal,
            std::string("this should not happen, please report it: ") + exception.what(),
            {}});
    }
}
