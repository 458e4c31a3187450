// SPDX-License-Identifier: Apache-2.0
#include "core/engine/zip_folder.h"

#include "core/base/file.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#ifdef GUIDINO_HAS_MINIZIP
#include <minizip/unzip.h>
#include <minizip/zip.h>
#endif

namespace guidino::engine {

namespace fs = std::filesystem;

namespace {

Error bad(const fs::path& file, const std::string& what)
{
    return Error{ErrorCode::BadInput, file.string() + ": " + what + ".", {{"file", file.string()}}};
}

#ifdef GUIDINO_HAS_MINIZIP

constexpr std::uint64_t kMaxEntries = 4096;
constexpr std::uint64_t kMaxBytes = std::uint64_t{64} << 30;
constexpr std::size_t kChunk = std::size_t{1} << 20;

struct UnzipCloser
{
    void operator()(void* zip) const { unzClose(zip); }
};

struct Entry
{
    std::string name;
    std::uint64_t bytes = 0;
};

/// A relative path that stays below the folder, or nothing.
std::optional<fs::path> safePath(const std::string& name)
{
    if (name.empty() || name.find('\\') != std::string::npos || name.find('\0') != std::string::npos
        || name.find(':') != std::string::npos) {
        return std::nullopt;
    }
    const fs::path path(name);
    if (path.is_absolute()) {
        return std::nullopt;
    }
    for (const fs::path& part : path) {
        if (part == "..") {
            return std::nullopt;
        }
    }
    return path;
}

Result<std::vector<Entry>> listEntries(unzFile zip, const fs::path& file)
{
    std::vector<Entry> entries;
    std::uint64_t total = 0;
    for (int status = unzGoToFirstFile(zip); status != UNZ_END_OF_LIST_OF_FILE;
         status = unzGoToNextFile(zip)) {
        unz_file_info64 info{};
        std::array<char, 1024> name{};
        if (status != UNZ_OK
            || unzGetCurrentFileInfo64(
                   zip, &info, name.data(), name.size() - 1, nullptr, 0, nullptr, 0)
                   != UNZ_OK) {
            return bad(file, "the zip's list of files is damaged");
        }
        constexpr unsigned kUnixLink = 0120000;
        if (((info.external_fa >> 16) & 0170000U) == kUnixLink) {
            return bad(file, "holds a link (" + std::string(name.data()) + "), which is refused");
        }
        if ((info.flag & 1U) != 0) {
            return bad(file, "is encrypted");
        }
        total += info.uncompressed_size;
        entries.push_back({name.data(), info.uncompressed_size});
        if (entries.size() > kMaxEntries || total > kMaxBytes) {
            return bad(file, "holds too many or too large files for a model bundle");
        }
    }
    if (entries.empty()) {
        return bad(file, "the zip is empty");
    }
    return entries;
}

/// "name/" where every entry lies in that one folder, else empty.
std::string commonFolder(const std::vector<Entry>& entries)
{
    const auto slash = entries.front().name.find('/');
    if (slash == std::string::npos) {
        return {};
    }
    const std::string folder = entries.front().name.substr(0, slash + 1);
    if (slash == 0 || folder == "../" || folder == "./") {
        return {}; // no folder of its own: the check of each path refuses it
    }
    const bool isCommon = std::all_of(entries.begin(), entries.end(), [&](const Entry& entry) {
        return entry.name.starts_with(folder);
    });
    return isCommon ? folder : std::string();
}

Status unpackEntry(unzFile zip, const Entry& entry, const fs::path& target, const fs::path& file)
{
    GD_TRY(makeFolder(target.parent_path()));
    if (unzOpenCurrentFile(zip) != UNZ_OK) {
        return bad(file, "cannot unpack " + entry.name + ": damaged");
    }
    Result<AtomicFile> out = AtomicFile::create(target);
    if (!out) {
        return out.error();
    }
    std::vector<char> chunk(kChunk);
    std::uint64_t written = 0;
    while (true) {
        const int got = unzReadCurrentFile(zip, chunk.data(), static_cast<unsigned>(chunk.size()));
        if (got < 0) {
            unzCloseCurrentFile(zip);
            return bad(file, "cannot unpack " + entry.name + ": damaged");
        }
        if (got == 0) {
            break;
        }
        written += static_cast<std::uint64_t>(got);
        if (written > entry.bytes) {
            unzCloseCurrentFile(zip);
            return bad(file, entry.name + " is longer than the zip says");
        }
        if (Status status = out->write(chunk.data(), static_cast<std::size_t>(got)); !status) {
            unzCloseCurrentFile(zip);
            return status;
        }
    }
    if (unzCloseCurrentFile(zip) != UNZ_OK || written != entry.bytes) {
        return bad(file, entry.name + " is damaged (wrong checksum or length)");
    }
    return out->commit();
}

Status packEntry(zipFile zip, const fs::path& source, const std::string& name)
{
    const auto failed = [&name] {
        return Error{ErrorCode::CannotWrite, "Cannot write " + name + " into the zip.", {}};
    };
    zip_fileinfo info{};
    info.tmz_date.tm_year = 1980; // equal content gives equal zips
    info.tmz_date.tm_mday = 1;
    std::ifstream stream(source, std::ios::binary);
    if (zipOpenNewFileInZip64(zip, name.c_str(), &info, nullptr, 0, nullptr, 0, nullptr, 0, 0, 1)
            != ZIP_OK
        || !stream) {
        return failed();
    }
    std::vector<char> chunk(kChunk);
    while (stream) {
        stream.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
        const auto got = static_cast<unsigned>(stream.gcount());
        if (got > 0 && zipWriteInFileInZip(zip, chunk.data(), got) != ZIP_OK) {
            return failed();
        }
    }
    return zipCloseFileInZip(zip) == ZIP_OK ? Status() : Status(failed());
}

#endif

} // namespace

bool isZip(const fs::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    std::array<char, 4> magic{};
    stream.read(magic.data(), magic.size());
    return stream.gcount() == 4 && std::memcmp(magic.data(), "PK\x03\x04", 4) == 0;
}

#ifdef GUIDINO_HAS_MINIZIP

Status unpackZip(const fs::path& file, const fs::path& folder)
{
    const std::unique_ptr<void, UnzipCloser> zip(unzOpen64(file.c_str()));
    if (!zip) {
        return bad(file, "is no zip, or damaged");
    }
    const Result<std::vector<Entry>> entries = listEntries(zip.get(), file);
    GD_TRY(entries);
    const std::string prefix = commonFolder(*entries);
    std::set<fs::path> seen;
    int status = unzGoToFirstFile(zip.get());
    for (const Entry& entry : *entries) {
        const std::string name = entry.name.substr(prefix.size());
        const bool isFolder = name.empty() || name.back() == '/';
        if (!isFolder) {
            const std::optional<fs::path> path = safePath(name);
            if (!path) {
                return bad(file, "holds a file that leads out of its folder (" + entry.name + ")");
            }
            if (status != UNZ_OK || !seen.insert(path->lexically_normal()).second) {
                return bad(file, "names " + entry.name + " twice, or is damaged");
            }
            GD_TRY(unpackEntry(zip.get(), entry, folder / *path, file));
        }
        status = unzGoToNextFile(zip.get());
    }
    return {};
}

Status packZip(const fs::path& folder, const fs::path& file)
{
    std::error_code error;
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
        if (entry.is_regular_file()) {
            files.push_back(fs::relative(entry.path(), folder));
        }
    }
    std::sort(files.begin(), files.end());
    if (file.has_parent_path()) {
        GD_TRY(makeFolder(file.parent_path()));
    }
    const fs::path temporary = file.string() + ".new-" + std::to_string(::getpid());
    const auto cannot = [&](const std::string& reason) {
        fs::remove(temporary, error);
        return Error{
            ErrorCode::CannotWrite,
            "Cannot write " + file.string() + ": " + reason + ".",
            {{"file", file.string()}}};
    };
    zipFile zip = zipOpen64(temporary.c_str(), APPEND_STATUS_CREATE);
    if (zip == nullptr) {
        return cannot("the folder is missing or read-only");
    }
    for (const fs::path& relative : files) {
        if (Status status = packEntry(zip, folder / relative, relative.generic_string()); !status) {
            zipClose(zip, nullptr);
            return cannot("the disk may be full");
        }
    }
    if (zipClose(zip, nullptr) != ZIP_OK) {
        return cannot("the disk may be full");
    }
    fs::rename(temporary, file, error);
    return error ? Status(cannot(error.message())) : Status();
}

#else

Status unpackZip(const fs::path& file, const fs::path&)
{
    return bad(file, "this program was built without zip files; unpack it and name the folder");
}

Status packZip(const fs::path&, const fs::path& file)
{
    return bad(file, "this program was built without zip files; copy the folder instead");
}

#endif

} // namespace guidino::engine
