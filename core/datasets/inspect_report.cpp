// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/inspect.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace guidino::datasets {

namespace {

using Json = nlohmann::ordered_json;

std::string percent(double share)
{
    char text[16];
    std::snprintf(text, sizeof text, "%.1f %%", share * 100);
    return text;
}

std::string counted(const std::map<std::string, std::size_t>& counts, std::size_t shown)
{
    std::vector<std::pair<std::size_t, std::string>> byCount;
    for (const auto& [name, count] : counts) {
        byCount.emplace_back(count, name);
    }
    std::sort(byCount.rbegin(), byCount.rend());
    std::string text;
    for (std::size_t i = 0; i < std::min(byCount.size(), shown); ++i) {
        text += (i == 0 ? "" : ", ") + byCount[i].second + " (" + std::to_string(byCount[i].first)
                + ")";
    }
    if (byCount.size() > shown) {
        text += " and " + std::to_string(byCount.size() - shown) + " others";
    }
    return text;
}

} // namespace

std::string InspectReport::toJson() const
{
    Json json = {
        {"layout", layout},
        {"root", root},
        {"pairs", pairs},
        {"images", images},
        {"masks", masks},
        {"splits", splits},
        {"sizes", sizes},
        {"formats", formats},
        {"convention", convention.empty() ? Json() : Json(convention)},
        {"foreground_share", convention.empty() ? Json() : Json(foregroundShare)},
        {"black_borders", blackBorders},
        {"burned_in_text", burnedInText},
        {"duplicates", duplicates}};
    json["classes"] = Json::array();
    for (const ClassShare& share : classes) {
        json["classes"].push_back(
            {{"index", share.info.index},
             {"name", share.info.name},
             {"color", share.info.color},
             {"images", share.images},
             {"mean_share", share.meanShare}});
    }
    json["near_duplicates"] = Json::array();
    for (const NearDuplicate& pair : nearDuplicates) {
        json["near_duplicates"].push_back(
            {{"a", names[pair.a]}, {"b", names[pair.b]}, {"score", pair.score}});
    }
    json["problems"] = Json::array();
    for (const Problem& problem : problems) {
        json["problems"].push_back(
            {{"file", problem.file}, {"kind", problem.kind}, {"message", problem.message}});
    }
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string InspectReport::toText(std::size_t shown) const
{
    std::string text = root + "\n";
    const auto line = [&](const std::string& name, const std::string& value) {
        text +=
            "  " + name + std::string(name.size() < 18 ? 18 - name.size() : 1, ' ') + value + "\n";
    };
    line("layout", layout);
    line("pairs", std::to_string(pairs));
    line("images", std::to_string(images));
    line("masks", std::to_string(masks));
    if (!splits.empty()) {
        line("parts", counted(splits, 8));
    }
    line("sizes", counted(sizes, 6));
    line("formats", counted(formats, 6));
    if (!convention.empty()) {
        line("mask values", convention);
        line("foreground", percent(foregroundShare) + " of the pixels, mean over masks");
        for (const ClassShare& share : classes) {
            line(
                "class " + std::to_string(share.info.index),
                share.info.name + ", in " + std::to_string(share.images) + " masks, "
                    + percent(share.meanShare) + " of their pixels");
        }
    }
    line("duplicates", std::to_string(duplicates.size()) + " groups of equal files");
    line("near-duplicates", std::to_string(nearDuplicates.size()) + " pairs");
    line("black borders", std::to_string(blackBorders) + " images");
    line("burned-in text", std::to_string(burnedInText) + " images (a guess)");
    if (problems.empty()) {
        return text + "  no problems\n";
    }
    text += "  " + std::to_string(problems.size())
            + (problems.size() == 1 ? " problem\n" : " problems\n");
    // Sorted by kind already; counts come first, or a large set hides its rare errors.
    for (std::size_t begin = 0; begin < problems.size();) {
        std::size_t end = begin;
        while (end < problems.size() && problems[end].kind == problems[begin].kind) {
            ++end;
        }
        text += "    " + problems[begin].kind + " (" + std::to_string(end - begin) + ")\n";
        for (std::size_t i = begin; i < std::min(end, begin + shown); ++i) {
            text += "      " + problems[i].file + ": " + problems[i].message + "\n";
        }
        if (end - begin > shown) {
            text += "      and " + std::to_string(end - begin - shown) + " more\n";
        }
        begin = end;
    }
    return text;
}

} // namespace guidino::datasets
