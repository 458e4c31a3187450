// SPDX-License-Identifier: Apache-2.0
#include "core/base/file_copy.h"

#include "core/base/file.h"

#include <system_error>

namespace guidino {

bool isThere(const std::filesystem::path& path)
{
    std::error_code ignored;
    return std::filesystem::exists(path, ignored);
}

Status copyFile(const std::filesystem::path& from, const std::filesystem::path& to)
{
    const auto content = readFile(from);
    if (!content) {
        return content.error();
    }
    return writeFileAtomically(to, *content);
}

} // namespace guidino
