// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"
#include "core/datasets/pairing.h"
#include "core/datasets/splits.h"

#include <algorithm>
#include <map>
#include <optional>
#include <regex>

namespace guidino::datasets {

namespace {

using Row = std::vector<std::string>;

/// Comma separated values as RFC 4180 has them, with another separator where the first line says
/// so.
std::vector<Row> parseTable(const std::string& text)
{
    const std::string firstLine = text.substr(0, text.find('\n'));
    char separator = ',';
    for (const char candidate : {';', '\t'}) {
        if (std::count(firstLine.begin(), firstLine.end(), candidate)
            > std::count(firstLine.begin(), firstLine.end(), separator)) {
            separator = candidate;
        }
    }
    std::vector<Row> rows(1, Row(1));
    bool isQuoted = false;
    for (std::size_t i = text.starts_with("\xEF\xBB\xBF") ? 3 : 0; i < text.size(); ++i) {
        const char letter = text[i];
        std::string& field = rows.back().back();
        if (isQuoted) {
            if (letter != '"') {
                field += letter;
            } else if (i + 1 < text.size() && text[i + 1] == '"') {
                field += '"';
                ++i;
            } else {
                isQuoted = false;
            }
        } else if (letter == '"' && field.empty()) {
            isQuoted = true;
        } else if (letter == separator) {
            rows.back().emplace_back();
        } else if (letter == '\n') {
            rows.emplace_back(1);
        } else if (letter != '\r') {
            field += letter;
        }
    }
    std::erase_if(rows, [](const Row& row) { return row.size() == 1 && row.front().empty(); });
    return rows;
}

std::optional<std::size_t> columnNamed(const Row& header, std::string_view name)
{
    const auto found = std::find(header.begin(), header.end(), name);
    if (found == header.end()) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(found - header.begin());
}

std::string joined(const Row& names)
{
    std::string text;
    for (const std::string& name : names) {
        text += (text.empty() ? "" : ", ") + name;
    }
    return text;
}

Error withoutGroup(const std::string& where, const std::vector<std::string>& names)
{
    return Error{
        ErrorCode::BadInput,
        where + " gives no group to " + std::to_string(names.size()) + " images, the first is "
            + names.front(),
        {}};
}

} // namespace

Status groupByTable(
    Dataset& dataset,
    const std::filesystem::path& table,
    std::string_view column,
    std::string_view keyColumn)
{
    auto text = readFile(table, 256 << 20);
    if (!text) {
        return std::move(text).error();
    }
    const std::vector<Row> rows = parseTable(*text);
    if (rows.empty()) {
        return Error{ErrorCode::BadInput, table.string() + ": the table is empty", {}};
    }
    const auto group = columnNamed(rows.front(), column);
    const auto key =
        keyColumn.empty() ? std::optional<std::size_t>(0) : columnNamed(rows.front(), keyColumn);
    if (!group || !key) {
        return Error{
            ErrorCode::Usage,
            table.string() + ": no column '" + std::string(group ? keyColumn : column)
                + "'; there are " + joined(rows.front()),
            {}};
    }
    std::map<std::string, std::string> groupOf;
    for (std::size_t i = 1; i < rows.size(); ++i) {
        if (rows[i].size() > std::max(*group, *key)) {
            groupOf[rows[i][*key]] = rows[i][*group];
        }
    }
    std::vector<std::string> without;
    for (Sample& sample : dataset.samples) {
        auto found = groupOf.end();
        for (const std::string& name :
             {sample.name, sample.image.filename().string(), sample.stem}) {
            if (found == groupOf.end()) {
                found = groupOf.find(name);
            }
        }
        if (found == groupOf.end() || found->second.empty()) {
            without.push_back(sample.name);
        } else {
            sample.group = found->second;
        }
    }
    return without.empty() ? Status() : withoutGroup(table.string(), without);
}

Status groupByPattern(Dataset& dataset, const std::string& pattern)
{
    std::optional<std::regex> expression;
    try {
        expression.emplace(pattern, std::regex::ECMAScript);
    } catch (const std::regex_error& error) {
        return Error{
            ErrorCode::Usage, "'" + pattern + "' is not a regular expression: " + error.what(), {}};
    }
    std::vector<std::string> without;
    for (Sample& sample : dataset.samples) {
        std::smatch match;
        if (std::regex_search(sample.name, match, *expression) && match.length() > 0) {
            sample.group = match.size() > 1 && match[1].matched ? match[1].str() : match[0].str();
        } else {
            without.push_back(sample.name);
        }
    }
    return without.empty() ? Status() : withoutGroup("the pattern '" + pattern + "'", without);
}

} // namespace guidino::datasets
