// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"
#include "core/base/npy.h"
#include "core/imaging/image_writer.h"
#include "core/report/evaluation.h"
#include "core/report/html.h"
#include "core/report/report_page.h"
#include "tests/support/check.h"

using namespace guidino;
using namespace guidino::report;
namespace fs = std::filesystem;

namespace {

std::size_t countOf(const std::string& text, const std::string& part)
{
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

/// Every opened element of these kinds is closed.
void expectBalanced(const std::string& html)
{
    for (const char* tag :
         {"table", "tr", "td", "th", "figure", "section", "div", "svg", "symbol", "p"}) {
        const std::string name = tag;
        const std::size_t opened =
            countOf(html, "<" + name + ">") + countOf(html, "<" + name + " ");
        EXPECT_EQ(opened, countOf(html, "</" + name + ">"));
    }
}

void write(const fs::path& path, const Raster8& image)
{
    fs::create_directories(path.parent_path());
    REQUIRE_OK(imaging::writePng(path, image));
}

Raster8 square(int left)
{
    Raster8 mask(32, 24);
    for (int y = 6; y < 16; ++y) {
        std::fill_n(&mask.at(left, y), 10, std::uint8_t{255});
    }
    return mask;
}

} // namespace

GD_TEST(textIsEscaped)
{
    const std::string html = htmlOf(Table{"<c>", {"<b>"}, {{"<img src=x onerror=y>", "0.5"}}});
    EXPECT(html.find("<img") == std::string::npos);
    EXPECT(html.find("<td class=\"n\">0.5</td>") != std::string::npos);
    EXPECT_EQ(numberText(0.12345), std::string("0.123"));
    EXPECT_EQ(numberText(std::nullopt), std::string("\xe2\x80\x93"));
}

GD_TEST(picturesBecomeDataUris)
{
    const test::TemporaryFolder folder;
    const std::pair<const char*, const char*> cases[] = {
        {"\x89PNG", "data:image/png;base64,iVBORw=="},
        {"\x89PNGa", "data:image/png;base64,iVBOR2E="},
        {"\x89PNGab", "data:image/png;base64,iVBOR2Fi"},
    };
    for (const auto& [bytes, uri] : cases) {
        REQUIRE_OK(writeFileAtomically(folder / "x.bin", bytes));
        const auto result = dataUri(folder / "x.bin");
        REQUIRE_OK(result);
        EXPECT_EQ(*result, std::string(uri));
    }
    REQUIRE_OK(writeFileAtomically(folder / "t.png", "text"));
    EXPECT(dataUri(folder / "t.png").error().code == ErrorCode::BadInput);
    EXPECT(dataUri(folder / "none.png").error().code == ErrorCode::NotFound);
}

GD_TEST(outlinesFollowPixelEdges)
{
    Raster8 labels(4, 3);
    labels.at(1, 1) = 2;
    labels.at(2, 1) = 2;
    EXPECT_EQ(outlinePath(labels, 2), std::string("M1 1H3M1 2H3M1 1V2M3 1V2"));
    EXPECT(outlinePath(labels, 1).empty());
}

GD_TEST(plotsCopeWithAnyPoints)
{
    Plot plot;
    plot.title = "loss <1>";
    EXPECT(svgOf(plot).find("NaN") == std::string::npos);
    plot.series.push_back({"a", {{1, std::nan("")}, {2, 0.5}}, true});
    plot.series.push_back({"b", {{1, 0.25}, {2, 0.125}, {3, 0.5}}, true});
    const std::string svg = svgOf(plot);
    for (const char* bad : {"\"nan", " nan", "\"-nan", "Mnan", "Lnan", "\"inf", " inf"}) {
        EXPECT(svg.find(bad) == std::string::npos);
    }
    EXPECT(svg.find("loss &lt;1&gt;") != std::string::npos);
    EXPECT_EQ(countOf(svg, "<svg"), std::size_t{1});
    plot.series = {{"c", {{5, 7}}, false}};
    EXPECT(svgOf(plot).find("circle") != std::string::npos);
}

GD_TEST(pagesHoldEverythingInline)
{
    const test::TemporaryFolder folder;
    write(folder / "i.png", Raster8(16, 12));
    PageSpec spec;
    spec.title = "A & B";
    spec.paragraphs = {"text"};
    spec.tables = {{"metrics", {"m", "v"}, {{"dsc", "0.9"}}}};
    PictureCell image{"image", folder / "i.png", {}, {16, 12}};
    PictureCell outlined = image;
    outlined.outlines = {{"M1 1H3", "#00c8ff"}};
    spec.cases = {{"case 1", "dsc 0.9", {image, outlined, {"gone", folder / "gone.png", {}, {}}}}};
    REQUIRE_OK(writeRunPage(spec, folder / "pages" / "index.html"));
    const auto html = readFile(folder / "pages" / "index.html");
    REQUIRE_OK(html);
    EXPECT(html->find("Research use only, not a medical device") != std::string::npos);
    EXPECT(html->find("<title>A &amp; B</title>") != std::string::npos);
    EXPECT_EQ(countOf(*html, "data:image/png"), std::size_t{1}); // shown twice, stored once
    EXPECT(html->find("gone.png cannot be shown") != std::string::npos);
    EXPECT(html->find("http") == std::string::npos && html->find("<script") == std::string::npos);
    expectBalanced(*html);
    EXPECT(writeRunPage(spec, "/proc/none/index.html").error().code == ErrorCode::CannotWrite);
}

GD_TEST(comparisonShowsBeforeAndAfter)
{
    const test::TemporaryFolder root;
    for (const char* name : {"x1", "x2", "x3"}) {
        const std::string file = std::string(name) + ".png";
        write(root / "data" / "images" / file, Raster8(32, 24, 3));
        write(root / "data" / "masks" / file, square(8));
        write(root / "before" / "masks" / file, square(14));
        write(root / "after" / "masks" / file, square(9));
        write(root / "after" / "guide" / file, Raster8(32, 24));
    }
    for (const char* when : {"before", "after"}) {
        EvaluateSpec spec;
        spec.predictions = root / when;
        spec.references = root / "data";
        spec.out = root / (std::string("evaluation-") + when);
        REQUIRE_OK(evaluateFolders(spec));
    }
    fs::create_directories(root / "run");
    REQUIRE_OK(writeFileAtomically(
        root / "run" / "metrics.csv", "epoch,step,loss,val_dsc\n1,10,0.9,0.4\n2,20,0.5,0.6\n"));
    ComparisonSpec spec;
    spec.before = root / "before";
    spec.after = root / "after";
    spec.evaluationBefore = root / "evaluation-before";
    spec.evaluationAfter = root / "evaluation-after";
    spec.data = root / "data";
    spec.run = root / "run";
    spec.out = root / "index.html";
    REQUIRE_OK(writeComparisonPage(spec));
    const auto html = readFile(root / "index.html");
    REQUIRE_OK(html);
    expectBalanced(*html);
    EXPECT_EQ(countOf(*html, "<section class=\"case\">"), std::size_t{3});
    EXPECT_EQ(countOf(*html, "<figcaption>"), std::size_t{15});
    EXPECT_EQ(countOf(*html, "class=\"outline\""), std::size_t{9});
    EXPECT(html->find("0.400") != std::string::npos && html->find("0.900") != std::string::npos);
    EXPECT(html->find("Loss of the fine-tuning") != std::string::npos);
    EXPECT(html->find("Validation DSC") != std::string::npos);
    spec.maxCases = 2;
    REQUIRE_OK(writeComparisonPage(spec));
    EXPECT_EQ(countOf(*readFile(root / "index.html"), "<section class=\"case\">"), std::size_t{2});
    spec.evaluationAfter = root / "nowhere";
    EXPECT(writeComparisonPage(spec).error().code == ErrorCode::NotFound);
    spec.evaluationAfter = root / "run";
    EXPECT(!writeComparisonPage(spec));
}

GD_TEST_MAIN()
