// SPDX-License-Identifier: Apache-2.0
// Each tool that follows the picture, and the brush beside it, corrects ten real predictions: the
// samples, predicted by the demo model, in the real window by events, with the tools' defaults. The
// figures of more and larger pictures are in docs/performance.md (bench_tools).
#include "core/imaging/image_reader.h"
#include "tests/support/annotator.h"
#include "tests/ui/workbench_fixture.h"
#include "ui/widgets/tool_actions.h"

#include <QFileInfo>

using namespace guidino;
using namespace guidino::ui;

namespace {

const QString kProgram = QStringLiteral(GUIDINO_BINARY_DIR "/bin/guidino");
const QString kDemo = QStringLiteral(GUIDINO_SOURCE_DIR "/models/demo");
const QString kSamples = QStringLiteral(GUIDINO_SOURCE_DIR "/resources/samples");
constexpr int kImages = 10;
constexpr int kMostActions = 6;
constexpr int kLongMs = 120000;

/// The annotator's hands on the label's pane.
class WindowHands : public test::Hands
{
public:
    explicit WindowHands(Workbench& bench)
        : m_bench(bench)
    {}

    AnnotationDocument& document() override { return m_bench.shown(); }

    ToolState& state() override { return m_bench.tools; }

    void gesture(const std::vector<PointF>& way, bool erases) override
    {
        QList<QPoint> points;
        const Size size = document().size();
        for (const PointF& place : way) {
            points.append(m_bench.viewOf(
                PaneRole::Label,
                std::clamp(static_cast<int>(place.x), 0, size.width - 1),
                std::clamp(static_cast<int>(place.y), 0, size.height - 1)));
        }
        m_bench.drag(PaneRole::Label, points, erases ? Qt::RightButton : Qt::LeftButton);
    }

    void confirm() override { m_bench.key(Qt::Key_Return); }

private:
    Workbench& m_bench;
};

struct Outcome
{
    double before = 0; ///< mean DSC of the predictions
    double after = 0;  ///< after at most kMostActions
    int actions = 0;   ///< of all images
};

} // namespace

class TestToolsOnPictures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachToolCorrectsTenPredictions();
};

void TestToolsOnPictures::eachToolCorrectsTenPredictions()
{
    const bool canPredict =
        QFileInfo(kProgram).isExecutable()
        && QFileInfo::exists(QStringLiteral(GUIDINO_BINARY_DIR "/lib/libguidino_runtime.so"));
    if (!canPredict) {
        QSKIP("built without the runtime");
    }
    const QTemporaryDir home;
    Workbench bench(home.path(), kProgram, kDemo);
    bench.open(kSamples);
    bench.prediction.setModel(kDemo);
    QTRY_COMPARE_WITH_TIMEOUT(
        bench.prediction.state(), PredictionController::State::Ready, kLongMs);
    bench.key(Qt::Key_F8);
    const auto show = [&](int row) {
        bench.dataset.show(row);
        QTRY_VERIFY_WITH_TIMEOUT(
            bench.dataset.current() != nullptr
                && bench.shown().id() == bench.dataset.images().entry(row).id,
            kLongMs);
    };
    std::vector<Raster8> references;
    for (int row = 0; row < kImages; ++row) {
        show(row);
        bench.prediction.predictCurrent();
        QTRY_VERIFY_WITH_TIMEOUT(bench.shown().prediction() != nullptr, kLongMs);
        const ImageEntry& entry = bench.dataset.images().entry(row);
        auto mask = imaging::readGrey8(entry.mask);
        QVERIFY(mask.has_value());
        references.push_back(test::binary(std::move(mask).value()));
    }
    ToolActions& actions = bench.window.toolActions();
    using Tool = ToolState::Tool;
    const QList<std::pair<Tool, const char*>> tools{
        {Tool::Brush, "brush"},
        {Tool::SmartBrush, "smart brush"},
        {Tool::Superpixels, "superpixels"},
        {Tool::Wand, "wand"},
        {Tool::GrabCut, "GrabCut"},
        {Tool::Livewire, "livewire"},
        {Tool::Prompt, "prompts"}};
    for (const auto& [tool, name] : tools) {
        QCOMPARE(actions.tool(tool)->isVisible(), !ToolActions::isExperimental(tool));
    }
    actions.named(QStringLiteral("experimentalTools"))->trigger();
    WindowHands hands(bench);
    for (const auto& [tool, name] : tools) {
        actions.tool(tool)->trigger();
        QCOMPARE(bench.tools.tool(), tool);
        Outcome outcome;
        for (int row = 0; row < kImages; ++row) {
            show(row);
            const Raster8& reference = references[static_cast<std::size_t>(row)];
            bench.shown().replaceLabels(
                bench.shown().prediction()->labels, UndoText::usePrediction());
            double now = test::dice(reference, bench.shown().labels());
            outcome.before += now;
            std::vector<Point> skip;
            int used = 0;
            for (int round = 0; used < kMostActions; ++round) {
                const test::Piece piece =
                    test::largestPiece(reference, bench.shown().labels(), skip);
                if (piece.area < 4) {
                    break;
                }
                const int steps = bench.shown().undoStack().index();
                used += test::correct(hands, tool, piece, round);
                const double then = test::dice(reference, bench.shown().labels());
                if (then <= now) {
                    bench.shown().undoStack().setIndex(steps);
                    skip.push_back(piece.deepest);
                } else {
                    now = then;
                }
            }
            outcome.actions += used;
            outcome.after += now;
        }
        qInfo(
            "%-12s DSC %.3f -> %.3f in %d actions",
            name,
            outcome.before / kImages,
            outcome.after / kImages,
            outcome.actions);
        QVERIFY2(outcome.before / kImages > 0.5, name); // the demo model knows such pictures
        // What gains less is off until it is asked for.
        const double gain = ToolActions::isExperimental(tool) ? 0 : 0.002;
        QVERIFY2(outcome.after >= outcome.before + gain * kImages, name);
    }
}

int main(int argc, char** argv)
{
    QApplication::setAttribute(Qt::AA_CompressHighFrequencyEvents, false);
    QApplication application(argc, argv);
    QApplication::setStyle(QStringLiteral("Fusion"));
    TestToolsOnPictures test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_tools_on_pictures.moc"
