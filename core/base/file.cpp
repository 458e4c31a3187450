// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace guidino {

namespace fs = std::filesystem;

namespace {

std::string reason()
{
    return std::strerror(
        errno); // NOLINT(concurrency-mt-unsafe): glibc's strerror is thread-safe for known numbers
}

Error cannotWrite(const fs::path& path)
{
    return Error{
        ErrorCode::CannotWrite,
        "cannot write '" + path.string() + "': " + reason(),
        {{"file", path.string()}}};
}

Error cannotRead(const fs::path& path)
{
    const ErrorCode code =
        errno == ENOENT || errno == ENOTDIR ? ErrorCode::NotFound : ErrorCode::BadInput;
    return Error{
        code, "cannot read '" + path.string() + "': " + reason(), {{"file", path.string()}}};
}

/// Closes a descriptor at the end of a scope.
struct Descriptor
{
    explicit Descriptor(int value)
        : fd(value)
    {}

    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    ~Descriptor()
    {
        if (fd >= 0) {
            ::close(fd);
        }
    }

    int fd;
};

} // namespace

Result<std::string> readFile(const fs::path& path, std::uint64_t maxBytes)
{
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.fd < 0) {
        return cannotRead(path);
    }
    struct stat info = {};
    if (::fstat(file.fd, &info) != 0) {
        return cannotRead(path);
    }
    if (S_ISDIR(info.st_mode)) {
        return Error{
            ErrorCode::BadInput,
            "'" + path.string() + "' is a folder, not a file",
            {{"file", path.string()}}};
    }
    if (static_cast<std::uint64_t>(info.st_size) > maxBytes) {
        return Error{
            ErrorCode::BadInput, "'" + path.string() + "' is too large", {{"file", path.string()}}};
    }
    std::string content;
    content.reserve(static_cast<std::size_t>(info.st_size));
    char buffer[1 << 16];
    for (;;) {
        const ssize_t count = ::read(file.fd, buffer, sizeof buffer);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return cannotRead(path);
        }
        if (count == 0) {
            return content;
        }
        content.append(buffer, static_cast<std::size_t>(count));
        if (content.size() > maxBytes) {
            return Error{
                ErrorCode::BadInput,
                "'" + path.string() + "' is too large",
                {{"file", path.string()}}};
        }
    }
}

Status writeFileAtomically(const fs::path& path, std::string_view content)
{
    auto file = AtomicFile::create(path);
    if (!file) {
        return std::move(file).error();
    }
    GD_TRY(file->write(content));
    return file->commit();
}

Result<AtomicFile> AtomicFile::create(const fs::path& target)
{
    static std::atomic<unsigned> counter{0};
    AtomicFile file;
    file.m_target = target;
    file.m_temporary = target;
    file.m_temporary +=
        ".part-" + std::to_string(::getpid()) + "-" + std::to_string(counter.fetch_add(1));
    file.m_descriptor =
        ::open(file.m_temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file.m_descriptor < 0) {
        return cannotWrite(target);
    }
    return file;
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1))
    , m_target(std::move(other.m_target))
    , m_temporary(std::move(other.m_temporary))
{}

AtomicFile& AtomicFile::operator=(AtomicFile&& other) noexcept
{
    if (this != &other) {
        discard();
        m_descriptor = std::exchange(other.m_descriptor, -1);
        m_target = std::move(other.m_target);
        m_temporary = std::move(other.m_temporary);
    }
    return *this;
}

AtomicFile::~AtomicFile()
{
    discard();
}

void AtomicFile::discard()
{
    if (m_descriptor >= 0) {
        ::close(std::exchange(m_descriptor, -1));
        ::unlink(m_temporary.c_str());
    }
}

Status AtomicFile::write(const void* data, std::size_t bytes)
{
    const auto* cursor = static_cast<const char*>(data);
    while (bytes > 0) {
        const ssize_t count = ::write(m_descriptor, cursor, bytes);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return cannotWrite(m_target);
        }
        cursor += count;
        bytes -= static_cast<std::size_t>(count);
    }
    return {};
}

Status AtomicFile::commit()
{
    if (::fsync(m_descriptor) != 0 && errno != EINVAL && errno != EROFS) {
        return cannotWrite(m_target);
    }
    if (::close(std::exchange(m_descriptor, -1)) != 0
        || ::rename(m_temporary.c_str(), m_target.c_str()) != 0) {
        const Error error = cannotWrite(m_target);
        ::unlink(m_temporary.c_str());
        return error;
    }
    return {};
}

Status makeFolder(const fs::path& folder)
{
    std::error_code failure;
    fs::create_directories(folder, failure);
    if (failure || !fs::is_directory(folder, failure)) {
        return Error{
            ErrorCode::CannotWrite,
            "cannot make the folder '" + folder.string()
                + "': " + (failure ? failure.message() : "a file of that name is there"),
            {{"file", folder.string()}}};
    }
    return {};
}

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const fs::path& path)
{
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat info = {};
    if (file.fd < 0 || ::fstat(file.fd, &info) != 0) {
        return cannotRead(path);
    }
    if (!S_ISREG(info.st_mode)) {
        return Error{
            ErrorCode::BadInput,
            "'" + path.string() + "' is not a file",
            {{"file", path.string()}}};
    }
    const std::shared_ptr<MappedFile> mapped(new MappedFile);
    mapped->m_size = static_cast<std::size_t>(info.st_size);
    if (mapped->m_size > 0) {
        mapped->m_address = ::mmap(nullptr, mapped->m_size, PROT_READ, MAP_PRIVATE, file.fd, 0);
        if (mapped->m_address == MAP_FAILED) {
            mapped->m_address = nullptr;
            return cannotRead(path);
        }
    }
    return std::shared_ptr<const MappedFile>(mapped);
}

MappedFile::~MappedFile()
{
    if (m_address != nullptr) {
        ::munmap(m_address, m_size);
    }
}

fs::path userDataFolder()
{
    const auto variable = [](const char* name) -> std::string {
        const char* value =
            std::getenv(name); // NOLINT(concurrency-mt-unsafe): the environment is not changed
        return value != nullptr ? value : "";
    };
    if (const std::string home = variable("GUIDINO_HOME"); !home.empty()) {
        return home;
    }
    if (const std::string data = variable("XDG_DATA_HOME"); !data.empty()) {
        return fs::path(data) / "guidino";
    }
    return fs::path(variable("HOME")) / ".local" / "share" / "guidino";
}

} // namespace guidino
