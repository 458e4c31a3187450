// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <memory>

/// Internal to the engine: folders that appear as a whole or not at all.
namespace guidino::engine {

/// A new folder beside `target` ("NAME.new-PID-N"), removed at the end of its life unless commit()
/// exchanged it with the target. Not thread-safe.
class FolderSwap
{
public:
    /// CannotWrite with the system's reason.
    [[nodiscard]] static Result<FolderSwap> create(const std::filesystem::path& target);

    FolderSwap(FolderSwap&& other) noexcept;
    FolderSwap& operator=(FolderSwap&&) = delete;
    FolderSwap(const FolderSwap&) = delete;
    FolderSwap& operator=(const FolderSwap&) = delete;
    ~FolderSwap();

    [[nodiscard]] const std::filesystem::path& folder() const { return m_folder; }

    /// The target is the new folder from now on; an older one is removed.
    [[nodiscard]] Status commit();

private:
    FolderSwap() = default;

    std::filesystem::path m_target;
    std::filesystem::path m_folder;
};

/// A folder in the system's temporary folder that is removed when the last owner is gone; the
/// pointer's value is its path. CannotWrite.
[[nodiscard]] Result<std::shared_ptr<const std::filesystem::path>> makeScratchFolder();

} // namespace guidino::engine
