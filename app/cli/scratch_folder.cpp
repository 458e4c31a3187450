// SPDX-License-Identifier: Apache-2.0
#include "app/cli/scratch_folder.h"

#include "core/base/file.h"
#include "core/protocol/process_identity.h"

#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <system_error>
#include <vector>

namespace guidino::cli {

namespace fs = std::filesystem;

namespace {

constexpr const char* kPrefix = "serve-";
constexpr std::size_t kKept = 2;
constexpr std::size_t kMaxStreams = 64;

std::vector<fs::path> places()
{
    const std::string own = "guidino-" + std::to_string(::getuid());
    std::vector<fs::path> result;
    const char* runtime = std::getenv("XDG_RUNTIME_DIR"); // NOLINT(concurrency-mt-unsafe)
    if (runtime != nullptr && *runtime != '\0') {
        result.push_back(fs::path(runtime) / "guidino");
    }
    std::error_code problem;
    if (fs::is_directory("/dev/shm", problem)) {
        result.push_back(fs::path("/dev/shm") / own);
    }
    const fs::path temporary = fs::temp_directory_path(problem);
    if (!problem) {
        result.push_back(temporary / own);
    }
    return result;
}

/// In a place that all users share, a folder made by another must not be trusted.
bool isOwn(const fs::path& folder)
{
    struct stat info = {};
    return ::lstat(folder.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == ::getuid()
           && (info.st_mode & 077) == 0;
}

/// Names hold pid and start ticks of their worker.
bool isLeftBehind(const std::string& name)
{
    protocol::ProcessIdentity identity = protocol::currentIdentity({});
    const char* cursor = name.data() + std::string(kPrefix).size();
    const char* end = name.data() + name.size();
    const auto pid = std::from_chars(cursor, end, identity.pid);
    if (pid.ec != std::errc() || pid.ptr == end || *pid.ptr != '-') {
        return false;
    }
    const auto ticks = std::from_chars(pid.ptr + 1, end, identity.startTicks);
    return ticks.ec == std::errc() && ticks.ptr == end && !protocol::isRunning(identity);
}

} // namespace

ScratchFolder::~ScratchFolder()
{
    remove();
}

void ScratchFolder::remove()
{
    std::error_code ignored;
    if (!m_root.empty()) {
        fs::remove_all(m_root, ignored);
    }
}

Status ScratchFolder::open()
{
    const protocol::ProcessIdentity self = protocol::currentIdentity({});
    const std::vector<fs::path> all = places();
    for (; m_place < all.size(); ++m_place) {
        const fs::path& place = all[m_place];
        std::error_code ignored;
        fs::create_directories(place.parent_path(), ignored);
        ::mkdir(place.c_str(), 0700);
        if (!isOwn(place)) {
            continue;
        }
        for (const auto& entry : fs::directory_iterator(place, ignored)) {
            const std::string name = entry.path().filename().string();
            if (name.starts_with(kPrefix) && isLeftBehind(name)) {
                std::error_code goneMeanwhile;
                fs::remove_all(entry.path(), goneMeanwhile);
            }
        }
        const fs::path root =
            place / (kPrefix + std::to_string(self.pid) + "-" + std::to_string(self.startTicks));
        if (::mkdir(root.c_str(), 0700) == 0) {
            m_root = root;
            return {};
        }
    }
    return Error{
        ErrorCode::CannotWrite,
        "no folder for answers can be made: none of $XDG_RUNTIME_DIR, /dev/shm and the temporary "
        "folder can be written to",
        {}};
}

bool ScratchFolder::moveOn()
{
    remove();
    m_root.clear();
    m_answers.clear();
    ++m_place;
    return open().has_value();
}

Result<fs::path> ScratchFolder::next(const std::string& stream)
{
    if (m_root.empty()) {
        GD_TRY(open());
    }
    if (m_answers.size() >= kMaxStreams && !m_answers.contains(stream)) {
        std::error_code ignored; // a client that invents streams must not fill the memory
        for (const auto& folder : m_answers.begin()->second) {
            fs::remove_all(folder, ignored);
        }
        m_answers.erase(m_answers.begin());
    }
    const fs::path folder = m_root / std::to_string(++m_count);
    GD_TRY(makeFolder(folder));
    auto& answers = m_answers[stream];
    answers.push_back(folder);
    while (answers.size() > kKept) {
        std::error_code ignored;
        fs::remove_all(answers.front(), ignored);
        answers.pop_front();
    }
    return folder;
}

} // namespace guidino::cli
