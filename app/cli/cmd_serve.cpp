// SPDX-License-Identifier: Apache-2.0
#include "app/cli/command.h"
#include "app/cli/serve_loop.h"
#include "app/cli/terminal.h"

#include <fcntl.h>
#include <unistd.h>

namespace guidino::cli {

int runServe(const Arguments& arguments)
{
    ServeLoop::Settings settings;
    ComputeOptions compute;
    const auto parser = makeParser(
        "serve",
        "Answers interactive requests: one JSON object a line, commands on stdin, messages on\n"
        "stdout (docs/protocol.md). Ends at `shutdown`, at the end of its input, at SIGTERM.",
        "  guidino serve --model run1/best --device cpu\n");
    parser->add_option("--model", settings.model, "Bundle to load at the first request")
        ->type_name("BUNDLE");
    addComputeOptions(*parser, compute);
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    if (!settings.model.empty() && !isName(settings.model)) {
        if (const auto status = requireExisting(settings.model, "--model"); !status) {
            return fail(status.error());
        }
    }
    settings.device = compute.device;
    settings.threads = compute.threads;
    // From here on nothing that a library prints can get between the messages.
    const int output = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (output < 0 || ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
        return fail(Error{ErrorCode::Internal, "cannot set stdout aside", {}});
    }
    ServeLoop loop(std::move(settings), STDIN_FILENO, output, cancelOnSignals());
    return loop.run();
}

} // namespace guidino::cli
