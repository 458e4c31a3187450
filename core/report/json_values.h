// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

/// Internal to the layer: looking into JSON that others wrote.
namespace guidino::report {

/// Null where the value is no object, or has no such member.
[[nodiscard]] inline const nlohmann::json&
memberOf(const nlohmann::json& json, const std::string& key)
{
    static const nlohmann::json kNothing;
    if (!json.is_object()) {
        return kNothing;
    }
    const auto found = json.find(key);
    return found == json.end() ? kNothing : *found;
}

/// Nothing where there is no such member, or it is no number.
[[nodiscard]] inline std::optional<double>
numberAt(const nlohmann::json& json, const std::string& key)
{
    const nlohmann::json& value = memberOf(json, key);
    return value.is_number() ? std::optional(value.get<double>()) : std::nullopt;
}

} // namespace guidino::report
