// SPDX-License-Identifier: Apache-2.0
#include "app/cli/command.h"
#include "app/cli/job_context.h"
#include "app/cli/runtime_library.h"
#include "app/cli/terminal.h"

#include <cstdio>

namespace guidino::cli {

int runExplain(const Arguments& arguments)
{
    engine::ExplainRequest request;
    ComputeOptions compute;
    const auto parser = makeParser(
        "explain",
        "Shows why a model segments as it does: the guide, maps of prototypes grouped by\n"
        "similarity, the best matching tokens of the data, and the prediction with a flat guide.",
        "  guidino explain --model run1/best --input photo.png --out why/\n"
        "  guidino explain --model run1/best --input photo.png --data photos/ --groups 4 --out "
        "why/\n");
    parser->add_option("--model", request.model, "Bundle folder or zip, or a registered name")
        ->type_name("BUNDLE")
        ->required();
    parser->add_option("--input", request.input, "Image, folder of images or data set")
        ->type_name("PATH")
        ->required();
    parser->add_option("--out", request.out, "Folder to write to")->type_name("DIR")->required();
    parser
        ->add_option(
            "--data", request.data, "Images to search for best matches; the input if absent")
        ->type_name("PATH");
    parser->add_option("--groups", request.groups, "Groups of prototypes")
        ->type_name("N")
        ->check(CLI::Range(1, 4096));
    addComputeOptions(*parser, compute);
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    request.device = compute.device;
    request.threads = compute.threads;
    Status files = requireExisting(request.input, "--input");
    if (files && !isName(request.model.string())) {
        files = requireExisting(request.model, "--model");
    }
    if (files && !request.data.empty()) {
        files = requireExisting(request.data, "--data");
    }
    if (!files) {
        return fail(files.error());
    }
    const CancelToken cancel = cancelOnSignals();
    const auto runtime = loadRuntime();
    if (!runtime) {
        return fail(runtime.error());
    }
    RunContext context(cancel, nullptr);
    const int code = context.finish((*runtime)->explain(request, context), "finished");
    if (code == 0) {
        std::printf("explained: %s\n", request.out.c_str());
    }
    return code;
}

} // namespace guidino::cli
