// SPDX-License-Identifier: Apache-2.0
#include "core/report/report_page.h"

#include "core/base/file.h"
#include "core/base/html_text.h"

#include <map>

namespace guidino::report {

namespace {

/// Pictures that several cells show are stored once, as SVG symbols.
class PictureStore
{
public:
    /// Id of the symbol, or empty where the picture cannot be read.
    std::string idOf(const PictureCell& cell)
    {
        const auto found = m_ids.find(cell.image.string());
        if (found != m_ids.end()) {
            return found->second;
        }
        std::string id;
        if (const auto uri = dataUri(cell.image)) {
            id = "p" + std::to_string(m_ids.size());
            const std::string width = std::to_string(cell.size.width);
            const std::string height = std::to_string(cell.size.height);
            m_symbols += "<symbol id=\"" + id + "\" viewBox=\"0 0 " + width + " " + height
                         + "\" preserveAspectRatio=\"none\"><image width=\"" + width
                         + "\" height=\"" + height + "\" preserveAspectRatio=\"none\" href=\""
                         + *uri + "\"/></symbol>\n";
        }
        m_ids[cell.image.string()] = id;
        return id;
    }

    [[nodiscard]] std::string html() const
    {
        return "<svg class=\"store\" aria-hidden=\"true\">" + m_symbols + "</svg>\n";
    }

private:
    std::map<std::string, std::string> m_ids;
    std::string m_symbols;
};

std::string missing(const PictureCell& cell)
{
    return "<div class=\"missing\">" + htmlEscaped(cell.image.filename().string())
           + " cannot be shown</div>";
}

std::string pictureHtml(const PictureCell& cell, PictureStore& store)
{
    std::string html = "<figure>";
    if (cell.size.isEmpty()) {
        const auto uri = dataUri(cell.image);
        html += uri ? "<img alt=\"" + htmlEscaped(cell.caption) + "\" src=\"" + *uri + "\">"
                    : missing(cell);
    } else if (const std::string id = store.idOf(cell); !id.empty()) {
        const std::string width = std::to_string(cell.size.width);
        const std::string height = std::to_string(cell.size.height);
        html += "<svg viewBox=\"0 0 " + width + " " + height + "\" role=\"img\" aria-label=\""
                + htmlEscaped(cell.caption) + "\"><use href=\"#" + id + "\" width=\"" + width
                + "\" height=\"" + height + "\"/>";
        for (const auto& [path, colour] : cell.outlines) {
            html += "<path class=\"outline\" stroke=\"" + htmlEscaped(colour) + "\" d=\""
                    + htmlEscaped(path) + "\"/>";
        }
        html += "</svg>";
    } else {
        html += missing(cell);
    }
    return html + "<figcaption>" + htmlEscaped(cell.caption) + "</figcaption></figure>";
}

} // namespace

Status writeRunPage(const PageSpec& spec, const std::filesystem::path& path)
{
    std::string body;
    for (const std::string& paragraph : spec.paragraphs) {
        body += "<p>" + htmlEscaped(paragraph) + "</p>\n";
    }
    for (const Table& table : spec.tables) {
        body += htmlOf(table);
    }
    if (!spec.plots.empty()) {
        body += "<div class=\"plots\">";
        for (const Plot& plot : spec.plots) {
            body += svgOf(plot);
        }
        body += "</div>\n";
    }
    if (!spec.scatterPlots.empty()) {
        body += "<div class=\"plots\">";
        for (const ScatterPlot& plot : spec.scatterPlots) {
            body += svgOf(plot);
        }
        body += "</div>\n";
    }
    PictureStore store;
    std::string cases;
    for (const CaseRow& row : spec.cases) {
        cases += "<section class=\"case\"><h3>" + htmlEscaped(row.name) + "</h3><p>"
                 + htmlEscaped(row.figures) + "</p><div class=\"row\">";
        for (const PictureCell& cell : row.pictures) {
            cases += pictureHtml(cell, store);
        }
        cases += "</div></section>\n";
    }
    if (!cases.empty()) {
        body += "<h2>Cases</h2>\n" + store.html() + cases;
    }
    for (const std::string& note : spec.notes) {
        body += "<p class=\"notice\">" + htmlEscaped(note) + "</p>\n";
    }
    if (path.has_parent_path()) {
        GD_TRY(makeFolder(path.parent_path()));
    }
    return writeFileAtomically(path, htmlDocument(spec.title, body));
}

} // namespace guidino::report
