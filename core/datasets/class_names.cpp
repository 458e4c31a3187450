// SPDX-License-Identifier: Apache-2.0
// Names and colours of classes, from the files in which people keep them.
#include "core/base/file.h"
#include "core/datasets/layouts.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <sstream>
#include <system_error>

namespace guidino::datasets::layouts {

namespace {

using Json = nlohmann::json;
using Color = std::array<std::uint8_t, 3>;

std::optional<int> numberOf(std::string_view text)
{
    int value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size() || value < 0 || value > 255) {
        return std::nullopt;
    }
    return value;
}

std::optional<Color> colorOf(const Json& value)
{
    Color color{};
    if (value.is_array() && value.size() >= 3) {
        for (std::size_t i = 0; i < 3; ++i) {
            if (!value[i].is_number_integer() || value[i].get<std::int64_t>() < 0
                || value[i].get<std::int64_t>() > 255) {
                return std::nullopt;
            }
            color[i] = value[i].get<std::uint8_t>();
        }
        return color;
    }
    if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        if (text.size() == 7 && text[0] == '#') {
            for (std::size_t i = 0; i < 3; ++i) {
                int part = 0;
                const char* begin = text.data() + 1 + 2 * i;
                if (std::from_chars(begin, begin + 2, part, 16).ptr != begin + 2) {
                    return std::nullopt;
                }
                color[i] = static_cast<std::uint8_t>(part);
            }
            return color;
        }
    }
    return std::nullopt;
}

ClassInfo classOf(int index, std::string name, std::optional<Color> color)
{
    return {index, std::move(name), color.value_or(Color{}), color.has_value()};
}

/// {"background": 0, "tumour": 1} (nnU-Net 2) or {"0": "background", "1": "tumour"} (nnU-Net 1).
std::vector<ClassInfo> classesOfMap(const Json& labels)
{
    std::vector<ClassInfo> classes;
    for (const auto& [key, value] : labels.items()) {
        if (value.is_number_integer()) {
            // 255 and nnU-Net's "ignore" are no class.
            const auto index = value.get<std::int64_t>();
            if (index >= 0 && index < 255 && key != "ignore") {
                classes.push_back(classOf(static_cast<int>(index), key, std::nullopt));
            }
        } else if (const auto index = numberOf(key); index && *index < 255) {
            if (value.is_string()) {
                classes.push_back(classOf(*index, value.get<std::string>(), std::nullopt));
            } else if (value.is_object()) {
                const Json color = value.contains("color") ? value["color"] : Json();
                classes.push_back(
                    classOf(*index, value.value("name", "class " + key), colorOf(color)));
            }
        }
    }
    for (const auto& [key, value] : labels.items()) {
        // A region of nnU-Net's: its labels are classes, whatever other regions they are in.
        for (const Json& one : value.is_array() ? value : Json::array()) {
            const int index = one.is_number_integer() ? one.get<int>() : -1;
            const auto isKnown = [index](const ClassInfo& known) { return known.index == index; };
            if (index > 0 && index < 255 && std::none_of(classes.begin(), classes.end(), isKnown)) {
                classes.push_back(classOf(index, "label " + std::to_string(index), std::nullopt));
            }
        }
    }
    return classes;
}

std::vector<ClassInfo> classesOfList(const Json& labels)
{
    std::vector<ClassInfo> classes;
    int next = 0;
    for (const Json& entry : labels) {
        if (entry.is_string()) {
            classes.push_back(classOf(next++, entry.get<std::string>(), std::nullopt));
        } else if (entry.is_object() && entry.contains("name") && entry["name"].is_string()) {
            int index = next;
            for (const char* key : {"index", "id", "value"}) {
                if (entry.contains(key) && entry[key].is_number_integer()) {
                    index = entry[key].get<int>();
                    break;
                }
            }
            const Json color = entry.contains("color") ? entry["color"] : Json();
            if (index >= 0 && index < 255) {
                classes.push_back(classOf(index, entry["name"].get<std::string>(), colorOf(color)));
            }
            next = index + 1;
        }
    }
    return classes;
}

std::vector<ClassInfo> classesOfJson(const Json& json)
{
    if (json.is_array()) {
        return classesOfList(json);
    }
    for (const char* key : {"labels", "classes", "names"}) {
        if (json.contains(key)) {
            return json[key].is_array()    ? classesOfList(json[key])
                   : json[key].is_object() ? classesOfMap(json[key])
                                           : std::vector<ClassInfo>();
        }
    }
    return classesOfMap(json);
}

/// A class a line: `name`, `255 0 0 name` (CamVid) or `name:255,0,0::` (CVAT). `#` is a comment.
std::vector<ClassInfo> classesOfText(const std::string& text)
{
    std::vector<ClassInfo> classes;
    std::istringstream lines(text);
    std::string line;
    while (std::getline(lines, line)) {
        while (!line.empty() && std::isspace(static_cast<unsigned char>(line.back())) != 0) {
            line.pop_back();
        }
        if (line.empty() || line[0] == '#') {
            continue;
        }
        std::optional<Color> color;
        std::string name = line;
        std::array<int, 3> parts{};
        char comma = 0;
        if (const std::size_t colon = line.find(':'); colon != std::string::npos) {
            name = line.substr(0, colon);
            std::istringstream rest(line.substr(colon + 1));
            if (rest >> parts[0] >> comma >> parts[1] >> comma >> parts[2]) {
                color = colorOf(Json(parts));
            }
        } else {
            std::istringstream rest(line);
            if (rest >> parts[0] >> parts[1] >> parts[2] && std::getline(rest >> std::ws, name)) {
                color = colorOf(Json(parts));
            }
        }
        classes.push_back(classOf(static_cast<int>(classes.size()), name, color));
    }
    return classes;
}

bool isBackground(const ClassInfo& entry)
{
    const std::string name = plainName(entry.name);
    return name == "background" || name == "bg" || name == "bkg" || name == "void"
           || (entry.isMaskColor && entry.color == Color{});
}

/// Sorted, with the background at 0: lists of names mostly leave it out.
void complete(std::vector<ClassInfo>& classes)
{
    std::stable_sort(classes.begin(), classes.end(), [](const auto& a, const auto& b) {
        return a.index < b.index;
    });
    if (!classes.empty() && classes.front().index == 0 && !isBackground(classes.front())) {
        for (ClassInfo& entry : classes) {
            ++entry.index;
        }
    }
    if (!classes.empty() && classes.front().index != 0) {
        classes.insert(classes.begin(), {0, "background", {}, classes.front().isMaskColor});
    }
}

} // namespace

void readClasses(Dataset& dataset)
{
    for (const char* name :
         {"dataset.json",
          "labels.json",
          "classes.json",
          "labelmap.txt",
          "label_colors.txt",
          "classes.txt",
          "labels.txt"}) {
        const Path path = dataset.root / name;
        std::error_code ignored;
        if (!std::filesystem::is_regular_file(path, ignored)) {
            continue;
        }
        const auto text = readFile(path, 16 << 20);
        if (!text) {
            dataset.problems.push_back({name, "unreadable", text.error().message});
            continue;
        }
        if (path.extension() == ".json") {
            const Json json = Json::parse(*text, nullptr, false);
            if (json.is_discarded() || (!json.is_object() && !json.is_array())) {
                dataset.problems.push_back(
                    {name, "unreadable", "not valid JSON, so class names are not known from it"});
                continue;
            }
            dataset.classes = classesOfJson(json);
        } else {
            dataset.classes = classesOfText(*text);
        }
        complete(dataset.classes);
        if (!dataset.classes.empty()) {
            return;
        }
    }
}

} // namespace guidino::datasets::layouts
