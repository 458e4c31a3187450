// SPDX-License-Identifier: Apache-2.0
#include "app/cli/cmd_data_corrupt.h"

#include "app/cli/terminal.h"
#include "core/datasets/corrupted_copies.h"
#include "core/datasets/given_lists.h"

#include <cstdio>
#include <filesystem>

namespace guidino::cli {

namespace fs = std::filesystem;

int runCorrupt(const Arguments& arguments)
{
    fs::path folder;
    fs::path out;
    fs::path splits;
    std::string list;
    datasets::OpenOptions open;
    datasets::CorruptionChoice choice;
    const auto parser = makeParser(
        "data corrupt",
        "Writes copies of images made worse on purpose (blur, noise, jpeg, brightness, crop), "
        "with\n"
        "their masks, to see how far a model's predictions suffer. Strengths as ImageNet-C has\n"
        "them.",
        "  guidino data corrupt kvasir/ --split test --kind blur --severity 3 --out blurred/\n");
    parser->add_option("folder", folder, "Data set")->type_name("DIR")->required();
    parser->add_option("--out", out, "Folder to write: images/ and masks/")
        ->type_name("DIR")
        ->required();
    parser->add_option("--kind", choice.kind, "blur, noise, jpeg, brightness or crop")
        ->type_name("NAME")
        ->required()
        ->check(CLI::IsMember(datasets::corruptionKinds()));
    parser->add_option("--severity", choice.severity, "1 (weak) to 5")
        ->type_name("N")
        ->check(CLI::Range(1, 5));
    parser->add_option("--seed", choice.seed, "Of noise and crops")->type_name("N");
    parser->add_option("--layout", open.layout, "Layout; found automatically if absent")
        ->type_name("NAME")
        ->check(CLI::IsMember(datasets::layoutNames()));
    parser->add_option("--splits", splits, "splits.json whose list is meant")->type_name("FILE");
    parser->add_option("--split", list, "Only this list (train, val, test …)")->type_name("NAME");
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    if (const auto status = requireExisting(folder, "data corrupt"); !status) {
        return fail(status.error());
    }
    const CancelToken cancel = cancelOnSignals();
    const auto dataset = datasets::openDataset(folder, open);
    if (!dataset) {
        return fail(dataset.error());
    }
    const auto indices = datasets::imagesOfList(*dataset, splits, list);
    if (!indices) {
        return fail(indices.error());
    }
    ProgressLine line;
    const auto count = datasets::writeCorruptedCopies(
        *dataset, *indices, choice, out, cancel, [&line](std::size_t done, std::size_t total) {
            line.show(
                {"corrupt",
                 static_cast<std::int64_t>(done),
                 static_cast<std::int64_t>(total),
                 -1,
                 {}});
        });
    line.clear();
    if (!count) {
        return fail(count.error());
    }
    std::printf("%zu images: %s\n", *count, out.c_str());
    return 0;
}

} // namespace guidino::cli
