// SPDX-License-Identifier: Apache-2.0
#include "app/workbench/without_window.h"

#include "core/base/cancel_token.h"
#include "core/base/result.h"
#include "core/project/archive.h"
#include "core/project/project_store.h"

#include <unistd.h>

#include <QFileInfo>

#include <csignal>
#include <cstdio>

namespace guidino {

namespace {

const CancelToken& interrupted()
{
    static const CancelToken token;
    return token;
}

extern "C" void interrupt(int /*signal*/)
{
    interrupted().cancel();
}

int fail(const Error& error)
{
    std::fprintf(stderr, "guidino-workbench: %s\n", error.message.c_str());
    return exitCodeOf(error.code);
}

project::ArchiveProgress progressOnTerminal()
{
    if (::isatty(STDERR_FILENO) == 0) {
        return {};
    }
    return [last = -1](std::int64_t done, std::int64_t total) mutable {
        const int percent = total > 0 ? static_cast<int>(done * 100 / total) : 100;
        if (percent != last) {
            last = percent;
            std::fprintf(stderr, percent < 100 ? "\r%d %%" : "\r%d %%\n", percent);
        }
    };
}

int importNow(const WithoutWindow& options)
{
    project::ImportOptions limits;
    limits.cancel = interrupted();
    limits.progress = progressOnTerminal();
    if (const Status status = project::importProject(options.importFile, options.into, limits);
        !status) {
        return fail(status.error());
    }
    std::printf("%s\n", qPrintable(QFileInfo(options.into).absoluteFilePath()));
    return 0;
}

int exportNow(const WithoutWindow& options)
{
    if (!project::ProjectStore::isProject(options.exportProject)) {
        return fail(
            {ErrorCode::NotFound,
             "there is no project in '" + options.exportProject.toStdString() + "'",
             {}});
    }
    // A project of an older version is brought forward first, where nobody has it open.
    if (!project::ProjectStore::open(options.exportProject, project::OpenMode::ReadOnly)) {
        if (auto store = project::ProjectStore::open(options.exportProject); !store) {
            return fail(store.error());
        }
    }
    project::ExportOptions wanted;
    wanted.withImages = options.withImages;
    wanted.withModels = options.withModels;
    wanted.cancel = interrupted();
    wanted.progress = progressOnTerminal();
    const auto outcome = project::exportProject(options.exportProject, options.out, wanted);
    if (!outcome) {
        return fail(outcome.error());
    }
    for (const QString& missing : outcome->missingImages) {
        std::fprintf(stderr, "guidino-workbench: not there, left out: %s\n", qPrintable(missing));
    }
    std::printf(
        "%s: %d files, %lld bytes\n",
        qPrintable(options.out),
        outcome->files,
        static_cast<long long>(outcome->bytes));
    return 0;
}

} // namespace

int runWithoutWindow(const WithoutWindow& options)
{
    std::signal(SIGINT, interrupt);
    std::signal(SIGTERM, interrupt);
    (void)interrupted(); // made before a signal can come
    return options.importFile.isEmpty() ? exportNow(options) : importNow(options);
}

} // namespace guidino
