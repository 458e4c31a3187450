// SPDX-License-Identifier: Apache-2.0
#include "app/cli/command.h"
#include "app/cli/terminal.h"
#include "core/report/report_page.h"

#include <cstdio>

namespace guidino::cli {

int runReport(const Arguments& arguments)
{
    report::ComparisonSpec spec;
    const auto parser = makeParser(
        "report",
        "Writes one self-contained HTML page from predictions and evaluations before and after a\n"
        "fine-tuning: pictures, guides, outlines, tables, curves.",
        "  guidino report --before before/ --after after/ --evaluation-before eval1/ \\\n"
        "                 --evaluation-after eval2/ --data photos/ --run run1 --out report.html\n");
    const auto folder = [&](const char* name, std::filesystem::path& target, const char* text) {
        parser->add_option(name, target, text)->type_name("DIR");
    };
    folder("--before", spec.before, "Predict folder of the model before");
    folder("--after", spec.after, "Predict folder of the model after");
    folder("--evaluation-before", spec.evaluationBefore, "Evaluation of --before");
    folder("--evaluation-after", spec.evaluationAfter, "Evaluation of --after");
    folder("--data", spec.data, "Data set with the images and reference masks");
    folder("--run", spec.run, "Run folder of the fine-tuning, for its curves");
    parser->add_option("--out", spec.out, "HTML file to write")->type_name("FILE")->required();
    parser->add_option("--title", spec.title, "Title of the page")->type_name("TEXT");
    parser->add_option("--max-cases", spec.maxCases, "Images to show")
        ->type_name("N")
        ->check(CLI::Range(0, 10000));
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    for (const auto& [path, name] :
         {std::pair(spec.before, "--before"),
          std::pair(spec.after, "--after"),
          std::pair(spec.evaluationBefore, "--evaluation-before"),
          std::pair(spec.evaluationAfter, "--evaluation-after"),
          std::pair(spec.data, "--data"),
          std::pair(spec.run, "--run")}) {
        if (path.empty()) {
            continue;
        }
        if (const auto status = requireExisting(path, name); !status) {
            return fail(status.error());
        }
    }
    if (const auto status = report::writeComparisonPage(spec); !status) {
        return fail(status.error());
    }
    std::printf("report: %s\n", spec.out.c_str());
    return 0;
}

} // namespace guidino::cli
