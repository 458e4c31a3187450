// SPDX-License-Identifier: Apache-2.0
#include "app/cli/command.h"
#include "app/cli/terminal.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace guidino::cli {

int runGui(const Arguments& arguments)
{
    namespace fs = std::filesystem;
    Arguments targets;
    const auto parser = makeParser(
        "gui",
        "Opens the window (guidino-workbench) on a project, a folder or files.",
        "  guidino gui photos/\n");
    parser->add_option("targets", targets, "Project, folder or image files")->type_name("PATH");
    addPluginOption(*parser);
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    for (const std::string& target : targets) {
        if (const auto status = requireExisting(target, "gui"); !status) {
            return fail(status.error());
        }
    }
    std::error_code ignored;
    const fs::path program =
        fs::read_symlink("/proc/self/exe", ignored).parent_path() / "guidino-workbench";
    if (!fs::exists(program, ignored)) {
        return fail(Error{
            ErrorCode::NotFound,
            "the window is not installed here: there is no '" + program.string() + "'",
            {}});
    }
    std::vector<char*> words{const_cast<char*>(program.c_str())};
    for (std::string& target : targets) {
        words.push_back(target.data());
    }
    words.push_back(nullptr);
    ::execv(program.c_str(), words.data());
    return fail(Error{
        ErrorCode::Internal,
        "cannot start '" + program.string()
            + "': " + std::strerror(errno), // NOLINT(concurrency-mt-unsafe)
        {}});
}

} // namespace guidino::cli
