// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

namespace guidino {

/// An identifier that cannot be mixed up with one of another kind. 0 means "none".
template<typename Tag>
struct Id
{
    std::int64_t value = 0;

    [[nodiscard]] bool isValid() const { return value != 0; }

    friend auto operator<=>(const Id&, const Id&) = default;
};

using ImageId = Id<struct ImageTag>;
using RevisionId = Id<struct RevisionTag>;
using JobId = Id<struct JobTag>;

} // namespace guidino

/// Ids as keys of hash containers.
template<typename Tag>
struct std::hash<guidino::Id<Tag>>
{
    std::size_t operator()(const guidino::Id<Tag>& id) const noexcept
    {
        return std::hash<std::int64_t>{}(id.value);
    }
};
