// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

/// Reading typed fields out of foreign JSON without exceptions. Private to core/protocol's sources.
namespace guidino::protocol {

/// Reads fields of one object; remembers the first that is wrong. A missing or null field keeps its
/// default unless it is asked for by a `require...`.
class JsonFields
{
public:
    explicit JsonFields(const nlohmann::json& object)
        : m_object(object)
    {}

    /// Empty while all was well; else names the field.
    [[nodiscard]] const std::string& error() const { return m_error; }

    [[nodiscard]] const nlohmann::json* find(const char* key) const
    {
        const auto found = m_object.find(key);
        return found == m_object.end() || found->is_null() ? nullptr : &*found;
    }

    void text(const char* key, std::string& target)
    {
        if (const nlohmann::json* value = find(key); value != nullptr) {
            if (value->is_string()) {
                target = value->get_ref<const std::string&>();
            } else {
                wrong(key, "a string");
            }
        }
    }

    void requireText(const char* key, std::string& target)
    {
        text(key, target);
        if (target.empty() && m_error.empty()) {
            m_error = std::string("'") + key + "' is missing or empty";
        }
    }

    template<typename Integer>
    void integer(
        const char* key,
        Integer& target,
        std::int64_t minimum = 0,
        std::int64_t maximum = std::numeric_limits<Integer>::max()
                                       > std::numeric_limits<std::int64_t>::max()
                                   ? std::numeric_limits<std::int64_t>::max()
                                   : static_cast<std::int64_t>(std::numeric_limits<Integer>::max()))
    {
        const nlohmann::json* value = find(key);
        if (value == nullptr) {
            return;
        }
        const bool fits =
            value->is_number_integer()
            && (!value->is_number_unsigned()
                || value->get<std::uint64_t>()
                       <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            && value->get<std::int64_t>() >= minimum && value->get<std::int64_t>() <= maximum;
        if (fits) {
            target = static_cast<Integer>(value->get<std::int64_t>());
        } else {
            wrong(
                key,
                ("an integer from " + std::to_string(minimum) + " to " + std::to_string(maximum))
                    .c_str());
        }
    }

    /// null reads as `ofNull`.
    void number(const char* key, double& target, double ofNull)
    {
        const auto found = m_object.find(key);
        if (found == m_object.end()) {
            return;
        }
        if (found->is_null()) {
            target = ofNull;
        } else if (found->is_number() && std::isfinite(found->get<double>())) {
            target = found->get<double>();
        } else {
            wrong(key, "a number");
        }
    }

    void flag(const char* key, bool& target)
    {
        if (const nlohmann::json* value = find(key); value != nullptr) {
            if (value->is_boolean()) {
                target = value->get<bool>();
            } else {
                wrong(key, "true or false");
            }
        }
    }

    void numbers(const char* key, std::vector<double>& target)
    {
        each(key, [&](const nlohmann::json& item) {
            if (!item.is_number() || !std::isfinite(item.get<double>())) {
                return false;
            }
            target.push_back(item.get<double>());
            return true;
        });
    }

    void texts(const char* key, std::vector<std::string>& target)
    {
        each(key, [&](const nlohmann::json& item) {
            if (!item.is_string()) {
                return false;
            }
            target.push_back(item.get<std::string>());
            return true;
        });
    }

    /// Values that are no strings are taken as their JSON text.
    void pairs(const char* key, std::vector<std::pair<std::string, std::string>>& target)
    {
        const nlohmann::json* value = find(key);
        if (value == nullptr) {
            return;
        }
        if (!value->is_object()) {
            wrong(key, "an object");
            return;
        }
        for (const auto& [name, item] : value->items()) {
            if (item.is_structured()) {
                wrong(key, "an object of plain values");
                return;
            }
            target.emplace_back(name, item.is_string() ? item.get<std::string>() : item.dump());
        }
    }

    /// Calls `take` for each element of an array; false from it makes the field wrong.
    template<typename Take>
    void each(const char* key, Take take)
    {
        const nlohmann::json* value = find(key);
        if (value == nullptr) {
            return;
        }
        if (!value->is_array()) {
            wrong(key, "an array");
            return;
        }
        for (const nlohmann::json& item : *value) {
            if (!take(item)) {
                wrong(key, "an array of right elements");
                return;
            }
        }
    }

    void wrong(const char* key, const char* expected)
    {
        if (m_error.empty()) {
            m_error = std::string("'") + key + "' is not " + expected;
        }
    }

private:
    const nlohmann::json& m_object;
    std::string m_error;
};

} // namespace guidino::protocol
