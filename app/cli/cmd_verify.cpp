// SPDX-License-Identifier: Apache-2.0
#include "app/cli/command.h"
#include "app/cli/runtime_library.h"
#include "app/cli/terminal.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <map>

namespace guidino::cli {

namespace {

struct VerifyOptions
{
    std::vector<std::string> paths;
    ComputeOptions compute{"cpu", 0};
    std::string precision = "fp32";
    bool knownOnly = false;
    bool json = false;
};

void print(const std::vector<engine::VerifyCase>& cases, std::map<std::string, int>& counts)
{
    for (const engine::VerifyCase& item : cases) {
        std::printf("%-7s %s", item.status.c_str(), item.name.c_str());
        std::printf("%s\n", item.error.empty() ? "" : ("  " + item.error).c_str());
    }
    std::printf(
        "%d ok, %d failed, %d unknown\n", counts["ok"], counts["failed"], counts["unknown"]);
}

void printJson(const std::vector<engine::VerifyCase>& cases)
{
    auto list = nlohmann::ordered_json::array();
    for (const engine::VerifyCase& item : cases) {
        list.push_back({{"case", item.name}, {"status", item.status}, {"error", item.error}});
    }
    std::printf(
        "%s\n", list.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
}

} // namespace

int runVerify(const Arguments& arguments)
{
    VerifyOptions options;
    const auto parser = makeParser(
        "verify",
        "Computes golden files anew and compares: qualifies an installation or a GPU. A line per\n"
        "case, last 'N ok, N failed, N unknown'. Exit 1 on failed or unknown cases or none.",
        "  guidino verify --known-only golden/\n"
        "  guidino verify --device cuda golden/ golden/losses.safetensors\n");
    parser->add_option("paths", options.paths, "Golden files or folders of them")
        ->type_name("PATH")
        ->required();
    addComputeOptions(*parser, options.compute);
    parser->add_option("--precision", options.precision, "fp32 or bf16")
        ->type_name("NAME")
        ->check(CLI::IsMember({"fp32", "bf16"}));
    parser->add_flag("--known-only", options.knownOnly, "Cases of unknown models are no failure");
    addJsonOption(*parser, options.json);
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    engine::VerifyRequest request;
    for (const std::string& path : options.paths) {
        if (const auto status = requireExisting(path, "verify"); !status) {
            return fail(status.error());
        }
        request.paths.emplace_back(path);
    }
    request.device = options.compute.device;
    request.precision = options.precision;
    const auto runtime = loadRuntime();
    if (!runtime) {
        return fail(runtime.error());
    }

    struct Context : engine::JobContext
    {
        void progress(const engine::Progress& progress) override { line.show(progress); }

        [[nodiscard]] bool isCancelled() const override { return token.isCancelled(); }

        CancelToken token;
        ProgressLine line;
    } context;

    context.token = cancelOnSignals();
    const auto cases = (*runtime)->verify(request, context);
    context.line.clear();
    std::map<std::string, int> counts{{"ok", 0}, {"failed", 0}, {"unknown", 0}};
    for (const engine::VerifyCase& item : cases) {
        ++counts[item.status];
    }
    if (options.json) {
        printJson(cases);
    } else {
        print(cases, counts);
    }
    if (context.token.isCancelled()) {
        return fail(Error{ErrorCode::Cancelled, "cancelled", {}});
    }
    const bool isOk =
        !cases.empty() && counts["failed"] == 0 && (options.knownOnly || counts["unknown"] == 0);
    return isOk ? 0 : exitCodeOf(ErrorCode::CheckFailed);
}

} // namespace guidino::cli
