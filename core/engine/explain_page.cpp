// SPDX-License-Identifier: Apache-2.0
#include "core/base/html_text.h"
#include "core/engine/explain.h"

#include <cstdio>

namespace guidino::engine {

namespace {

using Json = nlohmann::ordered_json;

/// A relative path as a URL: names of images may hold anything.
std::string url(const std::string& path)
{
    std::string result;
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        const bool isPlain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z')
                             || (byte >= '0' && byte <= '9') || c == '/' || c == '-' || c == '_'
                             || c == '.';
        char text[4] = {c, 0, 0, 0};
        if (!isPlain) {
            std::snprintf(text, sizeof(text), "%%%02X", static_cast<unsigned>(byte));
        }
        result += text;
    }
    return result;
}

std::string number(const Json& value, const char* format = "%.3f")
{
    char text[64] = {};
    std::snprintf(text, sizeof(text), format, value.get<double>());
    return text;
}

std::string figure(const std::string& path, const std::string& caption)
{
    return "<figure><img src=\"" + url(path) + "\" alt=\"\"><figcaption>" + caption
           + "</figcaption></figure>\n";
}

constexpr const char* kStyle =
    "body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;max-width:1200px;padding:0 1em;"
    "color:#222}h1{font-size:1.5em}h2{font-size:1.2em;margin-top:2em;border-top:1px solid #ccc;"
    "padding-top:.6em}table{border-collapse:collapse}td,th{padding:.2em .8em .2em "
    "0;text-align:left}"
    ".row{display:flex;flex-wrap:wrap;gap:10px}figure{margin:0;width:180px}img{width:180px;"
    "border-radius:3px;display:block}.crops img{width:84px;height:84px;object-fit:cover}"
    ".crops figure{width:84px}figcaption{font-size:12px;color:#555}.note{color:#555}";

std::string headOf(const Json& report)
{
    const Json& model = report["model"];
    const Json& summary = report["summary"];
    std::string html =
        "<h1>What the guide does</h1>\n<p>Model: " + htmlEscaped(model["system"].get<std::string>())
        + ", guide from " + htmlEscaped(model["source"].get<std::string>()) + ", "
        + std::to_string(report["prototypes"].get<int>()) + " prototypes ("
        + number(report["effective_directions"], "%.1f") + " effective directions). SHA-256 "
        + htmlEscaped(model["sha256"].get<std::string>().substr(0, 12)) + "&hellip;</p>\n";
    const bool isExact = report["shares_are_exact"].get<bool>();
    html +=
        std::string("<p>The groups' maps are ") + (isExact ? "exact" : "approximate")
        + " shares: " + (isExact ? "they add up to guide &minus; &frac12;" : "their sum differs")
        + " (largest error " + number(report["shares_error"], "%.1e") + ").</p>\n";
    html +=
        "<p>With the guide flattened to its mean, the mean agreement (DSC) with the model's own "
        "masks is <b>"
        + number(summary["flattened_dsc"]) + "</b> over "
        + std::to_string(summary["images"].get<int>())
        + " image(s); 1 would mean that the guide "
          "does not matter.</p>\n<table><tr><th>group muted</th><th>prototypes</th><th>mean "
          "DSC</th><th>masks changed</th></tr>\n";
    for (const Json& muted : summary["muted"]) {
        const auto group = muted["group"].get<std::size_t>();
        html += "<tr><td>" + std::to_string(group) + "</td><td>"
                + std::to_string(report["groups"][group]["prototypes"].size()) + "</td><td>"
                + number(muted["dsc"]) + "</td><td>"
                + number(Json(100 * muted["changed"].get<double>()), "%.0f %%") + "</td></tr>\n";
    }
    return html + "</table>\n";
}

} // namespace

std::string explainPage(const Json& report)
{
    std::string html =
        std::string("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                    "<title>GuiDINO: what the guide does</title><style>")
        + kStyle + "</style></head><body>\n" + headOf(report);
    html +=
        "<h2>What each group looks for</h2>\n<p class=\"note\">The places of the data whose tokens "
        "are most similar to the group, with their surroundings.</p>\n";
    for (const Json& group : report["groups"]) {
        html += "<h3>Group " + std::to_string(group["index"].get<int>()) + " ("
                + std::to_string(group["prototypes"].size())
                + " prototypes)</h3>\n<div class=\"row crops\">\n";
        for (const Json& match : group["best"]) {
            html += figure(match["crop"].get<std::string>(), number(match["similarity"], "%.2f"));
        }
        html += "</div>\n";
    }
    for (const Json& image : report["images"]) {
        html +=
            "<h2>" + htmlEscaped(image["stem"].get<std::string>()) + "</h2>\n<div class=\"row\">\n";
        html += figure(image["picture"].get<std::string>(), "image");
        html += figure(
            image["guide"].get<std::string>(),
            "guide, mean " + number(image["guide_mean"], "%.2f"));
        html += figure(image["overlay"].get<std::string>(), "prediction");
        html += figure(
            image["flattened"]["overlay"].get<std::string>(),
            "guide flattened: DSC " + number(image["flattened"]["dsc"]) + ", area "
                + number(Json(100 * image["flattened"]["area_change"].get<double>()), "%+.0f %%"));
        html += "</div>\n<div class=\"row\">\n";
        for (const Json& group : image["groups"]) {
            html += figure(
                group["picture"].get<std::string>(),
                "group " + std::to_string(group["index"].get<int>()) + ", muted: DSC "
                    + number(group["muted"]["dsc"]));
        }
        html += "</div>\n<p class=\"note\">Maps: blue lowers, red raises the guide; range &plusmn;"
                + number(image["map_range"], "%.3f") + ".</p>\n";
    }
    for (const Json& failure : report["failures"]) {
        html += "<p class=\"note\">Failed: " + htmlEscaped(failure["message"].get<std::string>())
                + "</p>\n";
    }
    return html
           + "<p class=\"note\">Research use only, not a medical device.</p>\n</body></html>\n";
}

} // namespace guidino::engine
