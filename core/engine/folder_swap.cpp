// SPDX-License-Identifier: Apache-2.0
#include "core/engine/folder_swap.h"

#include "core/base/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace guidino::engine {

namespace fs = std::filesystem;

namespace {

/// Removed with its last owner.
struct Scratch
{
    explicit Scratch(fs::path folder)
        : path(std::move(folder))
    {}

    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    ~Scratch()
    {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }

    fs::path path;
};

Error cannotWrite(const fs::path& path, const std::string& reason)
{
    return Error{
        ErrorCode::CannotWrite,
        "Cannot write " + path.string() + ": " + reason + ".",
        {{"file", path.string()}}};
}

} // namespace

Result<FolderSwap> FolderSwap::create(const fs::path& target)
{
    static std::atomic<int> counter{0};
    FolderSwap swap;
    std::error_code error;
    swap.m_target = fs::absolute(target, error).lexically_normal();
    if (!swap.m_target.has_filename()) {
        swap.m_target = swap.m_target.parent_path(); // "best/"
    }
    GD_TRY(makeFolder(swap.m_target.parent_path()));
    std::string name = swap.m_target.filename().string();
    name.append(".new-").append(std::to_string(::getpid()));
    name.append("-").append(std::to_string(counter++));
    swap.m_folder = swap.m_target.parent_path() / name;
    fs::remove_all(swap.m_folder, error); // of a process of the same number that died
    GD_TRY(makeFolder(swap.m_folder));
    return swap;
}

FolderSwap::FolderSwap(FolderSwap&& other) noexcept
    : m_target(std::move(other.m_target))
    , m_folder(std::move(other.m_folder))
{
    other.m_folder.clear();
}

FolderSwap::~FolderSwap()
{
    if (!m_folder.empty()) {
        std::error_code ignored;
        fs::remove_all(m_folder, ignored);
    }
}

Status FolderSwap::commit()
{
    std::error_code error;
    if (!fs::exists(m_target, error)) {
        fs::rename(m_folder, m_target, error);
        if (error) {
            return cannotWrite(m_target, error.message());
        }
        m_folder.clear();
        return {};
    }
    // One step, so that at no moment there is no folder of that name.
    if (::renameat2(AT_FDCWD, m_folder.c_str(), AT_FDCWD, m_target.c_str(), RENAME_EXCHANGE) == 0) {
        return {}; // m_folder is the old one now and goes in the destructor
    }
    if (errno != EINVAL && errno != ENOSYS) {
        return cannotWrite(m_target, std::strerror(errno));
    }
    // File systems without exchange (some network ones): two steps.
    const fs::path old = m_folder.string() + "-old";
    fs::rename(m_target, old, error);
    if (!error) {
        fs::rename(m_folder, m_target, error);
    }
    if (error) {
        return cannotWrite(m_target, error.message());
    }
    m_folder = old;
    return {};
}

Result<std::shared_ptr<const fs::path>> makeScratchFolder()
{
    std::error_code error;
    fs::path base = fs::temp_directory_path(error);
    if (error) {
        base = "/tmp";
    }
    std::string pattern = (base / "guidino-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
        return cannotWrite(base, std::strerror(errno));
    }
    const auto scratch = std::make_shared<const Scratch>(pattern);
    return std::shared_ptr<const fs::path>(scratch, &scratch->path);
}

} // namespace guidino::engine
