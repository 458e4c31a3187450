// SPDX-License-Identifier: Apache-2.0
#include "core/report/html.h"

#include "core/base/file.h"
#include "core/base/html_text.h"
#include "core/report/plot_axis.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <string_view>

namespace guidino::report {

namespace {

/// Colours of curves that are told apart by people who see no red or no green (Okabe and Ito 2008).
constexpr std::array<const char*, 6> kSeriesColours{
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"};

constexpr double kWidth = 420;
constexpr double kHeight = 260;
constexpr double kLeft = 56;
constexpr double kRight = 12;
constexpr double kTop = 28;
constexpr double kBottom = 44;

std::string base64(std::string_view data)
{
    static constexpr char kDigits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((data.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < data.size(); i += 3) {
        std::uint32_t bits = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            bits =
                bits << 8U | (i + k < data.size() ? static_cast<unsigned char>(data[i + k]) : 0U);
        }
        for (std::size_t k = 0; k < 4; ++k) {
            const bool isPadding = i + k > data.size();
            text += isPadding ? '=' : kDigits[(bits >> (18 - 6 * k)) & 63U];
        }
    }
    return text;
}

const char* mediaType(std::string_view bytes)
{
    if (bytes.starts_with("\x89PNG")) {
        return "image/png";
    }
    if (bytes.starts_with("\xff\xd8\xff")) {
        return "image/jpeg";
    }
    if (bytes.starts_with("RIFF") && bytes.size() > 12 && bytes.substr(8, 4) == "WEBP") {
        return "image/webp";
    }
    if (bytes.starts_with("GIF8")) {
        return "image/gif";
    }
    if (bytes.starts_with("BM")) {
        return "image/bmp";
    }
    if (bytes.starts_with("<svg") || bytes.starts_with("<?xml")) {
        return "image/svg+xml";
    }
    return nullptr;
}

bool looksLikeNumber(const std::string& cell)
{
    return !cell.empty() && cell.find_first_of("0123456789") != std::string::npos
           && cell.find_first_not_of("0123456789+-.,%[]() e/\xe2\x80\x93\xe2\x88\x92\xe2\x86\x92<")
                  == std::string::npos;
}

/// The range of all finite points along one coordinate, never empty.
template<typename Get>
std::pair<double, double> rangeOf(const Plot& plot, Get get)
{
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const Series& series : plot.series) {
        for (const auto& point : series.points) {
            if (std::isfinite(point.first) && std::isfinite(point.second)) {
                low = std::min(low, get(point));
                high = std::max(high, get(point));
            }
        }
    }
    if (!(low <= high)) {
        return {0, 1};
    }
    if (low == high) {
        const double margin = low == 0 ? 1 : std::abs(low) * 0.1;
        return {low - margin, high + margin};
    }
    return {low, high};
}

std::string axisSvg(const Axis& axis, bool isVertical)
{
    std::string svg;
    for (const Tick& tick : linearTicks(axis)) {
        const std::string at = shortNumber(axis.pixel(tick.value));
        if (isVertical) {
            svg += "<line class=\"grid\" x1=\"" + shortNumber(kLeft) + "\" x2=\""
                   + shortNumber(kWidth - kRight) + "\" y1=\"" + at + "\" y2=\"" + at + "\"/>"
                   + "<text x=\"" + shortNumber(kLeft - 6) + "\" y=\"" + at
                   + "\" text-anchor=\"end\" dominant-baseline=\"middle\">" + tick.text + "</text>";
        } else {
            svg += "<line class=\"grid\" x1=\"" + at + "\" x2=\"" + at + "\" y1=\""
                   + shortNumber(kTop) + "\" y2=\"" + shortNumber(kHeight - kBottom) + "\"/>"
                   + "<text x=\"" + at + "\" y=\"" + shortNumber(kHeight - kBottom + 14)
                   + "\" text-anchor=\"middle\">" + tick.text + "</text>";
        }
    }
    return svg;
}

std::string seriesSvg(const Series& series, const Axis& x, const Axis& y, const char* colour)
{
    std::string path;
    std::string dots;
    bool isFirst = true;
    for (const auto& [px, py] : series.points) {
        if (!std::isfinite(px) || !std::isfinite(py)) {
            isFirst = true;
            continue;
        }
        const std::string at = shortNumber(x.pixel(px)) + " " + shortNumber(y.pixel(py));
        path += (isFirst ? "M" : "L") + at;
        isFirst = false;
        dots += "<circle cx=\"" + shortNumber(x.pixel(px)) + "\" cy=\"" + shortNumber(y.pixel(py))
                + "\" r=\"2.5\" fill=\"" + colour + "\"/>";
    }
    if (series.isLine) {
        return "<path d=\"" + path + "\" fill=\"none\" stroke=\"" + colour
               + "\" stroke-width=\"1.5\"/>" + (series.points.size() == 1 ? dots : "");
    }
    return dots;
}

std::string legendSvg(const Plot& plot)
{
    std::string svg;
    double left = kLeft;
    for (std::size_t i = 0; i < plot.series.size() && plot.series.size() > 1; ++i) {
        svg += "<text x=\"" + shortNumber(left) + "\" y=\"" + shortNumber(kHeight - 4)
               + "\" style=\"fill:" + std::string(kSeriesColours[i % kSeriesColours.size()])
               + "\" class=\"key\">" + htmlEscaped(plot.series[i].name) + "</text>";
        left += 16 + 6.5 * static_cast<double>(plot.series[i].name.size());
    }
    return svg;
}

} // namespace

Result<std::string> dataUri(const std::filesystem::path& image)
{
    auto bytes = readFile(image);
    if (!bytes) {
        return std::move(bytes).error();
    }
    const char* type = mediaType(*bytes);
    if (type == nullptr) {
        return Error{
            ErrorCode::BadInput,
            image.string()
                + ": not a picture that a browser shows (PNG, JPEG, WebP, GIF, BMP, SVG)",
            {{"file", image.string()}}};
    }
    return std::string("data:") + type + ";base64," + base64(*bytes);
}

std::string numberText(std::optional<double> value, int digits)
{
    if (!value || !std::isfinite(*value)) {
        return "\xe2\x80\x93"; // en dash
    }
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", digits, *value);
    return text;
}

std::string htmlOf(const Table& table)
{
    std::string html = "<table>";
    if (!table.caption.empty()) {
        html += "<caption>" + htmlEscaped(table.caption) + "</caption>";
    }
    html += "<thead><tr>";
    for (const std::string& column : table.columns) {
        html += "<th>" + htmlEscaped(column) + "</th>";
    }
    html += "</tr></thead><tbody>";
    for (const auto& row : table.rows) {
        html += "<tr>";
        for (const std::string& cell : row) {
            html +=
                (looksLikeNumber(cell) ? "<td class=\"n\">" : "<td>") + htmlEscaped(cell) + "</td>";
        }
        html += "</tr>";
    }
    return html + "</tbody></table>\n";
}

std::string svgOf(const Plot& plot)
{
    const auto [xLow, xHigh] = rangeOf(plot, [](const auto& point) { return point.first; });
    auto [yLow, yHigh] = rangeOf(plot, [](const auto& point) { return point.second; });
    if (plot.yRange && plot.yRange->first < plot.yRange->second) {
        std::tie(yLow, yHigh) = *plot.yRange;
    }
    const Axis x{xLow, xHigh, kLeft, kWidth - kRight};
    const Axis y{yLow, yHigh, kHeight - kBottom, kTop};
    std::string svg = "<svg class=\"plot\" viewBox=\"0 0 420 260\" role=\"img\" aria-label=\""
                      + htmlEscaped(plot.title) + "\">";
    svg += "<text x=\"" + shortNumber(kLeft) + "\" y=\"16\" class=\"title\">"
           + htmlEscaped(plot.title) + "</text>" + axisSvg(x, false) + axisSvg(y, true);
    if (plot.hasDiagonal) {
        const double low = std::max(xLow, yLow);
        const double high = std::min(xHigh, yHigh);
        if (low < high) {
            svg += "<line class=\"diagonal\" x1=\"" + shortNumber(x.pixel(low)) + "\" y1=\""
                   + shortNumber(y.pixel(low)) + "\" x2=\"" + shortNumber(x.pixel(high))
                   + "\" y2=\"" + shortNumber(y.pixel(high)) + "\"/>";
        }
    }
    for (std::size_t i = 0; i < plot.series.size(); ++i) {
        svg += seriesSvg(plot.series[i], x, y, kSeriesColours[i % kSeriesColours.size()]);
    }
    svg += "<text x=\"" + shortNumber(kWidth - kRight) + "\" y=\""
           + shortNumber(kHeight - kBottom + 28) + "\" text-anchor=\"end\">"
           + htmlEscaped(plot.xLabel) + "</text>";
    svg += "<text x=\"12\" y=\"" + shortNumber(kTop + 4) + "\" transform=\"rotate(-90 12 "
           + shortNumber(kTop + 4) + ")\" text-anchor=\"end\">" + htmlEscaped(plot.yLabel)
           + "</text>";
    return svg + legendSvg(plot) + "</svg>\n";
}

std::string outlinePath(const Raster8& labels, int label)
{
    const auto isInside = [&](int x, int y) {
        return x >= 0 && y >= 0 && x < labels.width() && y < labels.height()
               && labels.at(x, y) == label;
    };
    std::string path;
    // Edges between rows, then between columns; straight runs become one stroke.
    for (int y = 0; y <= labels.height(); ++y) {
        for (int x = 0; x < labels.width(); ++x) {
            if (isInside(x, y - 1) == isInside(x, y)) {
                continue;
            }
            const int start = x;
            while (x < labels.width() && isInside(x, y - 1) != isInside(x, y)) {
                ++x;
            }
            path += "M" + std::to_string(start) + " " + std::to_string(y) + "H" + std::to_string(x);
        }
    }
    for (int x = 0; x <= labels.width(); ++x) {
        for (int y = 0; y < labels.height(); ++y) {
            if (isInside(x - 1, y) == isInside(x, y)) {
                continue;
            }
            const int start = y;
            while (y < labels.height() && isInside(x - 1, y) != isInside(x, y)) {
                ++y;
            }
            path += "M" + std::to_string(x) + " " + std::to_string(start) + "V" + std::to_string(y);
        }
    }
    return path;
}

std::string htmlDocument(const std::string& title, const std::string& body)
{
    static constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--ink:#1b1f24;--dim:#5b6470;--paper:#fff;--line:#d5dae0;--soft:#f3f5f7}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ed;--dim:#9aa4b0;--paper:#14171b;--line:#333a42;--soft:#1d2127}}
body{margin:0 auto;max-width:1180px;padding:0 20px 40px;font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
header{border-bottom:1px solid var(--line);padding:14px 0 10px;margin-bottom:16px}
h1{font-size:22px;margin:0 0 4px}h2{font-size:17px;margin:28px 0 8px}
.notice{color:var(--dim);font-weight:600}
table{border-collapse:collapse;margin:12px 0}caption{text-align:left;font-weight:600;padding-bottom:4px}
th,td{border-bottom:1px solid var(--line);padding:4px 12px 4px 0;text-align:left}
td.n{text-align:right;font-variant-numeric:tabular-nums}
.plots{display:flex;flex-wrap:wrap;gap:16px}svg.plot{width:420px;max-width:100%;background:var(--soft);border-radius:6px}
svg.plot text{font-size:10px;fill:var(--dim)}svg.plot .title{font-size:12px;fill:var(--ink);font-weight:600}
svg.plot .key{font-weight:600}svg.plot .grid{stroke:var(--line)}svg.plot .diagonal{stroke:var(--dim);stroke-dasharray:4 3}
svg.plot.wide{width:760px}svg.plot.wide text{font-size:11px;fill:var(--ink)}svg.plot.wide text.title{font-size:14px}
svg.plot.wide text.name{font-size:10.5px}svg.plot .axis{stroke:var(--ink)}svg.plot .bar{stroke:var(--dim);stroke-width:.8;stroke-opacity:.7}
svg.plot .pair{stroke:var(--ink);stroke-width:.8;stroke-dasharray:4 3}svg.plot .leader{stroke:var(--dim);stroke-width:.6}
svg.plot .ground{fill:var(--soft);fill-opacity:.75}svg.plot .mark{fill:var(--ink);stroke:var(--ink);stroke-width:1.4}
svg.plot .hollow{fill:var(--paper);stroke:var(--ink);stroke-width:1.4}
.case{border-top:1px solid var(--line);padding:10px 0}.case h3{font-size:14px;margin:0}.case p{margin:0 0 6px;color:var(--dim)}
.row{display:flex;flex-wrap:wrap;gap:8px}figure{margin:0;width:212px}figure svg,figure img{width:100%;display:block;border-radius:4px}
figcaption{font-size:12px;color:var(--dim)}.outline{fill:none;stroke-width:2;vector-effect:non-scaling-stroke;stroke-linecap:round}
.missing{font-size:12px;color:var(--dim);border:1px dashed var(--line);padding:20px 8px;border-radius:4px}
svg.store{position:absolute;width:0;height:0}
)";
    std::string html = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                       "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">";
    html += "<title>" + htmlEscaped(title) + "</title><style>" + std::string(kStyle)
            + "</style></head><body>\n";
    html +=
        "<header><h1>" + htmlEscaped(title)
        + "</h1><div class=\"notice\">Research use only, not a medical device.</div></header>\n";
    return html + body + "</body></html>\n";
}

} // namespace guidino::report
