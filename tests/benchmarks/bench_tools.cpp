// SPDX-License-Identifier: Apache-2.0
// bench_tools FOLDER...: each folder has images/, masks/ (references) and pred/masks/ (what a model
// said, from `guidino predict`). A scripted annotator corrects each prediction with each tool
// alone: every action goes where the largest wrong piece is, with the tool's defaults, and is
// undone where it made things worse. An action is one press-to-release; undoing is none, but the
// action counts. The tools are those of the canvas, driven as the window drives them. One JSON line
// per tool and folder; with --table a table for docs/performance.md.
#include "core/imaging/image_reader.h"
#include "tests/support/annotator.h"
#include "ui/canvas/canvas_tool.h"
#include "ui/model/annotation_document.h"
#include "ui/model/image_pyramid.h"

#include <QGuiApplication>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

using namespace guidino;
using namespace guidino::ui;
namespace fs = std::filesystem;

namespace {

constexpr int kMostActions = 20;
constexpr double kGoal = 0.95;

struct Case
{
    std::string name;
    std::shared_ptr<const ImagePyramid> image;
    Raster8 reference; // 0 and 1
    LabelMap predicted;
};

fs::path withStem(const fs::path& folder, const std::string& stem)
{
    for (const auto& entry : fs::directory_iterator(folder)) {
        const std::string other = entry.path().stem().string();
        if (other == stem || other == stem + "_segmentation") {
            return entry.path();
        }
    }
    return {};
}

std::vector<Case> casesOf(const fs::path& folder)
{
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder / "images")) {
        files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    std::vector<Case> cases;
    for (const fs::path& file : files) {
        const std::string stem = file.stem().string();
        auto image = imaging::readRgb8(file);
        auto reference = imaging::readGrey8(withStem(folder / "masks", stem));
        auto predicted = imaging::readGrey8(withStem(folder / "pred" / "masks", stem));
        if (!image || !reference || !predicted || image->size() != reference->size()
            || image->size() != predicted->size()) {
            std::fprintf(stderr, "bench_tools: %s is left out: files missing\n", stem.c_str());
            continue;
        }
        cases.push_back(
            {stem,
             std::make_shared<const ImagePyramid>(std::make_shared<const Raster8>(*image)),
             test::binary(*reference),
             LabelMap::fromRaster(test::binary(*predicted))});
    }
    return cases;
}

/// One image under the annotator's hands.
class Session : public test::Hands
{
public:
    Session(const Case& one, ToolState::Tool kind)
        : m_case(one)
        , m_document(m_table.create(ImageId{1}, one.image->size()))
        , m_tool(makeTool(kind))
    {
        m_document.setImage(one.image);
        m_document.resetLabels(one.predicted);
        m_transform.setImageSize(one.image->size(), m_view);
    }

    [[nodiscard]] double dsc() const { return test::dice(m_case.reference, m_document.labels()); }

    [[nodiscard]] AnnotationDocument& document() override { return m_document; }

    [[nodiscard]] ToolState& state() override { return m_state; }

    void gesture(const std::vector<PointF>& way, bool erases) override
    {
        const Qt::MouseButton button = erases ? Qt::RightButton : Qt::LeftButton;
        m_tool->hover(context(), inputAt(way.front(), Qt::NoButton));
        m_tool->press(context(), inputAt(way.front(), button));
        for (std::size_t i = 1; i < way.size(); ++i) {
            m_tool->drag(context(), inputAt(way[i], button));
        }
        m_tool->release(context(), inputAt(way.back(), button));
    }

    void confirm() override { m_tool->key(context(), Qt::Key_Return); }

private:
    [[nodiscard]] ToolContext context()
    {
        return {m_document, m_state, m_classes, m_transform, m_view};
    }

    [[nodiscard]] ToolInput inputAt(PointF image, Qt::MouseButton button) const
    {
        ToolInput input;
        input.image = image;
        input.view = m_transform.viewFromImage(image, m_view);
        input.button = button;
        return input;
    }

    const Case& m_case;
    DocumentTable m_table;
    AnnotationDocument& m_document;
    std::unique_ptr<CanvasTool> m_tool;
    ToolState m_state;
    LabelClasses m_classes{binaryClasses()};
    ViewTransform m_transform;
    QSizeF m_view{900, 700};
};

struct Score
{
    std::vector<double> start;
    std::map<int, std::vector<double>> after; // by number of actions
    std::vector<int> toGoal;                  // of those that reached it
    int images = 0;
    double milliseconds = 0;
    int actions = 0;
};

double meanOf(const std::vector<double>& values)
{
    double sum = 0;
    for (const double value : values) {
        sum += value;
    }
    return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

Score measure(const std::vector<Case>& cases, ToolState::Tool tool)
{
    Score score;
    for (const Case& one : cases) {
        Session session(one, tool);
        double now = session.dsc();
        score.start.push_back(now);
        ++score.images;
        int actions = 0;
        int round = 0;
        int reached = now >= kGoal ? 0 : -1;
        std::vector<Point> skip;
        std::map<int, double> at;
        while (actions < kMostActions) {
            const test::Piece piece =
                test::largestPiece(one.reference, session.document().labels(), skip);
            if (piece.area < 4) {
                break;
            }
            const int stepsBefore = session.document().undoStack().index();
            const auto begin = std::chrono::steady_clock::now();
            const int used = test::correct(session, tool, piece, round++);
            score.milliseconds +=
                std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
                    .count();
            score.actions += used;
            const double before = now;
            now = session.dsc();
            if (now <= before) {
                while (session.document().undoStack().index() > stepsBefore) {
                    session.document().undoStack().undo();
                }
                now = before;
                skip.push_back(piece.deepest);
            }
            // Not done before its last click.
            for (int i = actions + 1; i < actions + used; ++i) {
                at[i] = before;
            }
            actions += used;
            at[actions] = now;
            if (reached < 0 && now >= kGoal) {
                reached = actions;
            }
        }
        double last = score.start.back();
        for (int i = 1; i <= kMostActions; ++i) {
            if (at.count(i) != 0) {
                last = at[i];
            }
            score.after[i].push_back(last);
        }
        if (reached >= 0 && reached <= kMostActions) {
            score.toGoal.push_back(reached);
        }
    }
    return score;
}

const char* nameOf(ToolState::Tool tool)
{
    using Tool = ToolState::Tool;
    switch (tool) {
    case Tool::SmartBrush:
        return "smart brush";
    case Tool::Superpixels:
        return "superpixels";
    case Tool::Wand:
        return "wand";
    case Tool::Prompt:
        return "prompts";
    case Tool::GrabCut:
        return "GrabCut";
    case Tool::Livewire:
        return "livewire";
    default:
        return "brush";
    }
}

} // namespace

int main(int argc, char** argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    const QGuiApplication application(argc, argv);
    bool isTable = false;
    std::vector<fs::path> folders;
    for (int i = 1; i < argc; ++i) {
        if (std::string(argv[i]) == "--table") {
            isTable = true;
        } else {
            folders.emplace_back(argv[i]);
        }
    }
    if (folders.empty()) {
        std::fprintf(stderr, "usage: bench_tools [--table] FOLDER...\n");
        return 2;
    }
    if (isTable) {
        std::printf(
            "| images | tool | DSC at first | after 1 | 3 | 5 | 10 | 20 actions | reach %.2f, "
            "median actions | ms per action |\n",
            kGoal);
        std::printf("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
    }
    for (const fs::path& folder : folders) {
        const std::vector<Case> cases = casesOf(folder);
        using Tool = ToolState::Tool;
        for (const Tool tool :
             {Tool::Brush,
              Tool::SmartBrush,
              Tool::Superpixels,
              Tool::Wand,
              Tool::Prompt,
              Tool::GrabCut,
              Tool::Livewire}) {
            Score score = measure(cases, tool);
            std::sort(score.toGoal.begin(), score.toGoal.end());
            const int median = score.toGoal.empty() ? -1 : score.toGoal[score.toGoal.size() / 2];
            const auto after = [&](int n) { return meanOf(score.after[n]); };
            const double each = score.actions > 0 ? score.milliseconds / score.actions : 0;
            const std::string name = folder.filename().string();
            if (isTable) {
                std::printf(
                    "| %s | %s | %.3f | %.3f | %.3f | %.3f | %.3f | %.3f | %zu of %d, %s | %.0f "
                    "|\n",
                    name.c_str(),
                    nameOf(tool),
                    meanOf(score.start),
                    after(1),
                    after(3),
                    after(5),
                    after(10),
                    after(20),
                    score.toGoal.size(),
                    score.images,
                    median < 0 ? "–" : std::to_string(median).c_str(),
                    each);
            } else {
                std::printf(
                    "{\"folder\": \"%s\", \"tool\": \"%s\", \"images\": %d, \"start\": %.4f, "
                    "\"after_1\": %.4f, \"after_3\": %.4f, \"after_5\": %.4f, \"after_10\": %.4f, "
                    "\"after_20\": %.4f, \"reached\": %zu, \"median_actions\": %d, "
                    "\"ms_per_action\": %.1f}\n",
                    name.c_str(),
                    nameOf(tool),
                    score.images,
                    meanOf(score.start),
                    after(1),
                    after(3),
                    after(5),
                    after(10),
                    after(20),
                    score.toGoal.size(),
                    median,
                    each);
            }
            std::fflush(stdout);
        }
    }
    return 0;
}
