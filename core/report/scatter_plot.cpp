// SPDX-License-Identifier: Apache-2.0
#include "core/report/scatter_plot.h"

#include "core/base/html_text.h"
#include "core/report/html.h"
#include "core/report/label_places.h"
#include "core/report/plot_axis.h"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace guidino::report {

namespace {

constexpr double kWidth = 760;
constexpr double kHeight = 500;
/// Room for one more name; beyond kCalmCount points the plot grows by it for each.
constexpr double kHeightPerPoint = 14;
constexpr std::size_t kCalmCount = 20;
constexpr double kLeft = 62;
constexpr double kRight = 16;
constexpr double kTop = 52;
constexpr double kBottom = 50;

constexpr int kSteps = 8; ///< between ticks of an axis

constexpr double kRadius = 4;
constexpr double kCap = 3;         ///< half the cross stroke of an error bar
constexpr double kNameHeight = 12; ///< of a line of 10.5 px
constexpr double kNameSize = 10.5;
constexpr double kTitleSize = 14;
constexpr double kMargin = 0.08; ///< of an axis beyond the outermost points
/// Where there are many, names stand left and right of the outermost: pixels for them.
constexpr std::size_t kManyPoints = 8;
constexpr double kRoomLeft = 70;
constexpr double kMostRoomRight = 190;

/// Widths of DejaVu Sans, the widest of the usual sans serif fonts, in ems.
double emsOf(char c)
{
    if (std::string_view("iljI.,:;'|!").find(c) != std::string_view::npos) {
        return 0.36;
    }
    if (std::string_view("ftr()[]- /").find(c) != std::string_view::npos) {
        return 0.42;
    }
    if (std::string_view("mwMW@%").find(c) != std::string_view::npos) {
        return 0.98;
    }
    return c >= 'A' && c <= 'Z' ? 0.72 : 0.64;
}

bool isContinued(char c) // within a letter of UTF-8
{
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

/// At most, in pixels.
double widthOf(const std::string& text, double size)
{
    double ems = 0;
    for (const char c : text) {
        ems += isContinued(c) ? 0 : emsOf(c);
    }
    return ems * size;
}

/// Cut with an ellipsis at its end where it is too long.
std::string fitted(const std::string& text, double size, double width)
{
    if (widthOf(text, size) <= width) {
        return text;
    }
    std::string cut = text;
    while (!cut.empty() && widthOf(cut, size) + size > width) {
        while (cut.size() > 1 && isContinued(cut.back())) {
            cut.pop_back();
        }
        cut.pop_back();
    }
    return cut + "\xe2\x80\xa6";
}

/// Of a title the end says most: what is drawn against what.
std::string fittedTitle(const std::string& text)
{
    constexpr double kBoldSize = 1.15 * kTitleSize;
    constexpr double kRoom = kWidth - kLeft - kRight;
    if (widthOf(text, kBoldSize) <= kRoom) {
        return text;
    }
    std::string cut = text;
    while (!cut.empty() && widthOf(cut, kBoldSize) + kBoldSize > kRoom) {
        do {
            cut.erase(0, 1);
        } while (!cut.empty() && isContinued(cut.front()));
    }
    return "\xe2\x80\xa6" + cut;
}

std::string lineSvg(const char* kind, double x1, double y1, double x2, double y2)
{
    return std::string("<line class=\"") + kind + "\" x1=\"" + shortNumber(x1) + "\" y1=\""
           + shortNumber(y1) + "\" x2=\"" + shortNumber(x2) + "\" y2=\"" + shortNumber(y2) + "\"/>";
}

std::string
textSvg(const char* kind, double x, double y, const std::string& text, const char* anchor = "start")
{
    return std::string("<text class=\"") + kind + "\" x=\"" + shortNumber(x) + "\" y=\""
           + shortNumber(y) + "\" text-anchor=\"" + anchor + "\">" + htmlEscaped(text) + "</text>";
}

/// One point with its place.
struct Shown
{
    const ScatterPoint* point = nullptr;
    PlotPoint at;
    std::optional<std::pair<double, double>> bar; ///< y of its ends
};

class Drawing
{
public:
    explicit Drawing(const ScatterPlot& plot)
        : m_plot(plot)
    {
        chooseAxes();
        collectNames();
    }

    [[nodiscard]] std::string svg() const
    {
        std::string svg = "<svg class=\"plot wide\" viewBox=\"0 0 " + shortNumber(kWidth) + " "
                          + shortNumber(m_height) + "\" role=\"img\" aria-label=\""
                          + htmlEscaped(m_plot.title) + "\">";
        svg += textSvg("title", kLeft, 20, fittedTitle(m_plot.title));
        svg += keySvg() + axesSvg();
        if (m_shown.empty()) {
            return svg + "</svg>\n";
        }
        svg += linesSvg() + namesSvg();
        return svg + "</svg>\n";
    }

private:
    void chooseAxes()
    {
        double least = 0;
        double most = 0;
        double low = 1;
        double high = 0;
        bool isFirst = true;
        std::vector<const ScatterPoint*> points;
        for (const ScatterPoint& point : m_plot.points) {
            if (!std::isfinite(point.x) || !std::isfinite(point.y) || point.x <= 0) {
                continue;
            }
            points.push_back(&point);
            const auto [bottom, top] = rangeOf(point);
            least = isFirst ? point.x : std::min(least, point.x);
            most = isFirst ? point.x : std::max(most, point.x);
            low = isFirst ? bottom : std::min(low, bottom);
            high = isFirst ? top : std::max(high, top);
            isFirst = false;
        }
        if (points.size() > kCalmCount) {
            m_height += kHeightPerPoint * static_cast<double>(points.size() - kCalmCount);
        }
        m_isLogarithmic = !points.empty() && most > 10 * least;
        m_x = {horizontal(least), horizontal(most), kLeft, kWidth - kRight};
        m_y = {low, high, m_height - kBottom, kTop};
        widen(m_x);
        widen(m_y);
        if (points.size() > kManyPoints) {
            makeRoom(points);
        }
        for (const ScatterPoint* point : points) {
            Shown shown{point, {m_x.pixel(horizontal(point->x)), m_y.pixel(point->y)}, {}};
            if (point->interval) {
                const auto [bottom, top] = rangeOf(*point);
                shown.bar = {m_y.pixel(bottom), m_y.pixel(top)};
            }
            m_shown.push_back(shown);
        }
    }

    static std::pair<double, double> rangeOf(const ScatterPoint& point)
    {
        const bool hasBar = point.interval && std::isfinite(point.interval->low)
                            && std::isfinite(point.interval->high);
        return hasBar ? std::pair(
                   std::min(point.y, point.interval->low), std::max(point.y, point.interval->high))
                      : std::pair(point.y, point.y);
    }

    [[nodiscard]] double horizontal(double x) const { return m_isLogarithmic ? std::log10(x) : x; }

    /// For names beside the outermost points.
    void makeRoom(const std::vector<const ScatterPoint*>& points)
    {
        double longest = 0;
        for (const ScatterPoint* point : points) {
            longest = std::max(longest, widthOf(point->name, kNameSize));
        }
        const double right = std::min(kMostRoomRight, longest + 2 * kRadius);
        const double scale = (m_x.high - m_x.low) / (m_x.to - m_x.from - kRoomLeft - right);
        m_x.low -= kRoomLeft * scale;
        m_x.high += right * scale;
    }

    static void widen(Axis& axis)
    {
        double margin = (axis.high - axis.low) * kMargin;
        if (!(margin > 0)) {
            margin = axis.low == 0 ? 1 : std::abs(axis.low) * 0.1;
        }
        axis.low -= margin;
        axis.high += margin;
    }

    [[nodiscard]] std::string axesSvg() const
    {
        const double bottom = m_height - kBottom;
        std::string svg;
        for (const Tick& tick :
             m_isLogarithmic ? logarithmicTicks(m_x) : linearTicks(m_x, kSteps)) {
            const double x = m_x.pixel(tick.value);
            svg += lineSvg("grid", x, kTop, x, bottom);
            if (!tick.text.empty()) {
                svg += lineSvg("axis", x, bottom, x, bottom + 4);
                svg += textSvg("tick", x, bottom + 17, tick.text, "middle");
            }
        }
        for (const Tick& tick : linearTicks(m_y, kSteps)) {
            const double y = m_y.pixel(tick.value);
            svg += lineSvg("grid", kLeft, y, kWidth - kRight, y);
            svg += lineSvg("axis", kLeft - 4, y, kLeft, y);
            svg += textSvg("tick", kLeft - 7, y + 4, tick.text, "end");
        }
        svg += lineSvg("axis", kLeft, kTop, kLeft, bottom);
        svg += lineSvg("axis", kLeft, bottom, kWidth - kRight, bottom);
        const std::string xLabel = m_plot.xLabel + (m_isLogarithmic ? ", logarithmic scale" : "");
        svg += textSvg("unit", (kLeft + kWidth - kRight) / 2, m_height - 12, xLabel, "middle");
        const std::string middle = shortNumber((kTop + bottom) / 2);
        svg += "<text class=\"unit\" x=\"16\" y=\"" + middle + "\" transform=\"rotate(-90 16 "
               + middle + ")\" text-anchor=\"middle\">" + htmlEscaped(m_plot.yLabel) + "</text>";
        return svg;
    }

    static std::string markerSvg(const PlotPoint& at, bool isHollow, const std::string& tip)
    {
        return std::string("<circle class=\"") + (isHollow ? "hollow" : "mark") + "\" cx=\""
               + shortNumber(at.x) + "\" cy=\"" + shortNumber(at.y) + "\" r=\""
               + shortNumber(kRadius) + "\">"
               + (tip.empty() ? "" : "<title>" + htmlEscaped(tip) + "</title>") + "</circle>";
    }

    /// What markers, lines and bars mean.
    [[nodiscard]] std::string keySvg() const
    {
        constexpr double kY = 38;
        double x = kLeft;
        std::string svg;
        const auto word = [&](const std::string& text) {
            const std::string shown = fitted(text, kNameSize, kWidth - kRight - x);
            svg += textSvg("name", x, kY, shown);
            x += widthOf(shown, kNameSize) + 14;
        };
        const auto has = [this](bool isGuided) {
            return std::any_of(m_shown.begin(), m_shown.end(), [&](const Shown& one) {
                return one.point->isGuided == isGuided;
            });
        };
        if (has(true) && has(false)) {
            for (const bool isGuided : {true, false}) {
                svg += markerSvg({x + kRadius, kY - 4}, !isGuided, {});
                x += 2 * kRadius + 5;
                word(isGuided ? "with guide" : "without");
            }
        }
        if (std::any_of(m_shown.begin(), m_shown.end(), [](const Shown& one) {
                return !one.point->joinedTo.empty();
            })) {
            svg += lineSvg("pair", x, kY - 4, x + 20, kY - 4);
            x += 25;
            word("the same network");
        }
        if (!m_plot.note.empty()) {
            word(m_plot.note);
        }
        return svg;
    }

    [[nodiscard]] const Shown* shownOf(const ScatterPoint& point) const
    {
        const auto found = std::find_if(
            m_shown.begin(), m_shown.end(), [&](const Shown& one) { return one.point == &point; });
        return found == m_shown.end() ? nullptr : &*found;
    }

    /// Names to place, and the lines that they had better not cover.
    void collectNames()
    {
        LabelTask& task = m_names;
        task.frame = {kLeft + 2, kTop, kWidth - 4, m_height - kBottom - 2};
        task.markerRadius = kRadius + 1;
        for (const Shown& one : m_shown) {
            const std::string name = nameOf(one);
            task.labels.push_back({one.at, widthOf(name, kNameSize), kNameHeight});
            if (one.bar) {
                task.lines.push_back({{one.at.x, one.bar->first}, {one.at.x, one.bar->second}});
            }
        }
        m_pairsFrom = task.lines.size();
        for (const Shown& one : m_shown) {
            for (const std::size_t other : one.point->joinedTo) {
                const Shown* end =
                    other < m_plot.points.size() ? shownOf(m_plot.points[other]) : nullptr;
                if (end != nullptr) {
                    task.lines.push_back({one.at, end->at});
                }
            }
        }
    }

    static std::string nameOf(const Shown& shown)
    {
        return fitted(shown.point->name, kNameSize, (kWidth - kLeft - kRight) / 3);
    }

    [[nodiscard]] std::string linesSvg() const
    {
        const std::vector<PlotLine>& lines = m_names.lines;
        std::string svg;
        for (std::size_t i = m_pairsFrom; i < lines.size(); ++i) {
            svg += lineSvg("pair", lines[i].from.x, lines[i].from.y, lines[i].to.x, lines[i].to.y);
        }
        for (std::size_t i = 0; i < m_pairsFrom; ++i) {
            const auto& [from, to] = lines[i];
            svg += lineSvg("bar", from.x, from.y, to.x, to.y);
            for (const double y : {from.y, to.y}) {
                svg += lineSvg("bar", from.x - kCap, y, from.x + kCap, y);
            }
        }
        return svg;
    }

    /// Text above all else, on a ground that lets it be read where it crosses a line.
    [[nodiscard]] std::string namesSvg() const
    {
        const auto places = placeLabels(m_names);
        std::string grounds;
        std::string leaders;
        std::string texts;
        for (std::size_t i = 0; i < places.size(); ++i) {
            if (!places[i]) {
                continue;
            }
            const PlotBox& box = places[i]->box;
            grounds += "<rect class=\"ground\" x=\"" + shortNumber(box.left) + "\" y=\""
                       + shortNumber(box.top) + "\" width=\"" + shortNumber(box.right - box.left)
                       + "\" height=\"" + shortNumber(box.bottom - box.top) + "\"/>";
            if (const auto& leader = places[i]->leader) {
                leaders +=
                    lineSvg("leader", leader->from.x, leader->from.y, leader->to.x, leader->to.y);
            }
            texts += textSvg(
                "name", (box.left + box.right) / 2, box.bottom - 3, nameOf(m_shown[i]), "middle");
        }
        std::string markers;
        for (const Shown& one : m_shown) {
            markers += markerSvg(one.at, one.point->isGuided == false, tipOf(*one.point));
        }
        return grounds + leaders + markers + texts;
    }

    [[nodiscard]] std::string tipOf(const ScatterPoint& point) const
    {
        std::string tip = point.name + ": " + numberText(point.y, 4);
        if (point.interval) {
            tip += " [" + numberText(point.interval->low, 4) + ", "
                   + numberText(point.interval->high, 4) + "]";
        }
        return tip + "; " + m_plot.xLabel + " " + shortNumber(point.x);
    }

    const ScatterPlot& m_plot;
    double m_height = kHeight;
    bool m_isLogarithmic = false;
    Axis m_x;
    Axis m_y;
    std::vector<Shown> m_shown;
    LabelTask m_names;
    std::size_t m_pairsFrom = 0; ///< of its lines: bars come first
};

} // namespace

std::string svgOf(const ScatterPlot& plot)
{
    return Drawing(plot).svg();
}

std::string svgDocumentOf(const ScatterPlot& plot)
{
    std::string svg = svgOf(plot);
    const std::string begin = "<svg ";
    svg.insert(begin.size(), "xmlns=\"http://www.w3.org/2000/svg\" ");
    svg.insert(
        svg.find('>') + 1,
        "<style>text{font:11px sans-serif;fill:#222}text.title{font-size:14px;font-weight:bold}"
        "text.name{font-size:10.5px}.grid{stroke:#e4e4e4}.axis{stroke:#222}"
        ".bar{stroke:#999;stroke-width:.8}.pair{stroke:#222;stroke-width:.8;stroke-dasharray:4 3}"
        ".leader{stroke:#555;stroke-width:.6}.ground{fill:#fff;fill-opacity:.75}"
        ".mark{fill:#222;stroke:#222;stroke-width:1.4}"
        ".hollow{fill:#fff;stroke:#222;stroke-width:1.4}</style>"
        "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>");
    return svg;
}

} // namespace guidino::report
