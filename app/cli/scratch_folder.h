// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <string>

namespace guidino::cli {

/// Where a serve worker puts its answers: a folder of its own on a tmpfs ($XDG_RUNTIME_DIR, else
/// /dev/shm, else the temporary folder), readable by the user alone, with a folder for each answer.
/// The last two answers of a stream stay; who mapped a file keeps it anyway. Removed at the end of
/// its life; what killed workers left behind is removed by the next. One thread.
class ScratchFolder
{
public:
    ScratchFolder() = default;
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    ~ScratchFolder();

    /// A fresh folder for an answer. CannotWrite where no place can be written to.
    [[nodiscard]] Result<std::filesystem::path> next(const std::string& stream);

    /// Takes the next place from now on, where the present one is full. False where there is none.
    [[nodiscard]] bool moveOn();

    /// Any thread: removes everything.
    void remove();

private:
    [[nodiscard]] Status open();

    std::size_t m_place = 0; ///< index of the candidate in use
    std::filesystem::path m_root;
    std::int64_t m_count = 0;
    std::map<std::string, std::deque<std::filesystem::path>> m_answers; ///< by stream, oldest first
};

} // namespace guidino::cli
