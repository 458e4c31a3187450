// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace guidino {

/// The whole file. NotFound where there is none, BadInput where it cannot be read or is longer than
/// `maxBytes`.
[[nodiscard]] Result<std::string>
readFile(const std::filesystem::path& path, std::uint64_t maxBytes = std::uint64_t{4} << 30);

/// Writes beside the target, syncs and renames: readers see the old file or the whole new one,
/// never a part. CannotWrite names the path and the system's reason; the temporary file is removed.
[[nodiscard]] Status
writeFileAtomically(const std::filesystem::path& path, std::string_view content);

/// The same for content that comes in pieces; `fill` appends by the given function.
class AtomicFile
{
public:
    /// Opens a temporary file in the target's folder.
    [[nodiscard]] static Result<AtomicFile> create(const std::filesystem::path& target);

    AtomicFile(AtomicFile&& other) noexcept;
    AtomicFile& operator=(AtomicFile&& other) noexcept;
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    /// Removes the temporary file if commit() was not called.
    ~AtomicFile();

    [[nodiscard]] Status write(const void* data, std::size_t bytes);

    [[nodiscard]] Status write(std::string_view text) { return write(text.data(), text.size()); }

    /// Syncs, then renames over the target.
    [[nodiscard]] Status commit();

private:
    AtomicFile() = default;
    void discard();

    int m_descriptor = -1;
    std::filesystem::path m_target;
    std::filesystem::path m_temporary;
};

/// Makes the folder and its parents. CannotWrite with the system's reason.
[[nodiscard]] Status makeFolder(const std::filesystem::path& folder);

/// A file mapped read-only; pages are read when touched. Movable; unmapped at the end of its life.
class MappedFile
{
public:
    [[nodiscard]] static Result<std::shared_ptr<const MappedFile>>
    open(const std::filesystem::path& path);

    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    ~MappedFile();

    [[nodiscard]] std::span<const std::byte> bytes() const
    {
        return {static_cast<const std::byte*>(m_address), m_size};
    }

private:
    MappedFile() = default;

    void* m_address = nullptr;
    std::size_t m_size = 0;
};

/// `$GUIDINO_HOME`, else `$XDG_DATA_HOME/guidino`, else `~/.local/share/guidino`: the user's models
/// and settings.
[[nodiscard]] std::filesystem::path userDataFolder();

} // namespace guidino
