// SPDX-License-Identifier: Apache-2.0
// Prompts answered by a real ViT: clicks and boxes in the real window become guides of a
// Seg-GuiDINO on tokens that the worker keeps, and what it predicts under them is offered. The ViT
// is a random one; the decoder behind it is trained here for some seconds to find dark discs.
#include "tests/ui/workbench_fixture.h"
#include "ui/model/label_files.h"
#include "ui/widgets/tool_actions.h"

#include <QFileInfo>
#include <QProcess>

#include <cmath>
#include <memory>
#include <vector>

using namespace guidino;
using namespace guidino::ui;

namespace {

const QString kProgram = QStringLiteral(GUIDINO_BINARY_DIR "/bin/guidino");
constexpr PaneRole kLabel = PaneRole::Label;
constexpr int kLongMs = 120'000;

/// What the disc of the first synthetic image holds.
bool isDisc(int x, int y)
{
    const double dx = (x + 0.5 - 70) / 30;
    const double dy = (y + 0.5 - 55) / 25;
    return dx * dx + dy * dy < 1;
}

/// DSC of a class of the label with that disc.
double diceOf(const LabelMap& labels)
{
    int both = 0;
    int sum = 0;
    for (int y = 0; y < labels.size().height; ++y) {
        for (int x = 0; x < labels.size().width; ++x) {
            const bool isLabelled = labels.at(x, y) == 1;
            both += isLabelled && isDisc(x, y) ? 1 : 0;
            sum += (isLabelled ? 1 : 0) + (isDisc(x, y) ? 1 : 0);
        }
    }
    return 2.0 * both / std::max(1, sum);
}

QString outputOf(const QStringList& arguments)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(kProgram, arguments);
    if (!process.waitForFinished(kLongMs) || process.exitCode() != 0) {
        return QString::fromUtf8(process.readAll());
    }
    return {};
}

} // namespace

class TestVitPrompts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void aClickIsAnsweredFromKeptTokens();
    void negativeClicksTakeAway();
    void aBoxIsAnsweredWithinIt();

private:
    /// Gives the prompt, and waits for the model's answer to it.
    void prompt(const QList<QPoint>& way, Qt::MouseButton button = Qt::LeftButton);

    QTemporaryDir m_home;
    QString m_bundle;
    std::unique_ptr<SyntheticFolder> m_folder;
    std::unique_ptr<Workbench> m_bench;
    std::vector<protocol::Prediction> m_answers; ///< to prompts
};

void TestVitPrompts::initTestCase()
{
    const bool canPredict =
        QFileInfo(kProgram).isExecutable()
        && QFileInfo::exists(QStringLiteral(GUIDINO_BINARY_DIR "/lib/libguidino_runtime.so"));
    if (!canPredict) {
        QSKIP("built without the runtime");
    }
    qputenv("GUIDINO_HOME", m_home.path().toUtf8());
    const SyntheticFolder training(8, 8);
    const QString run = m_home.filePath(QStringLiteral("run"));
    QCOMPARE(
        outputOf(
            {QStringLiteral("models"),
             QStringLiteral("add"),
             QStringLiteral("--random"),
             QStringLiteral("vits16"),
             QStringLiteral("--seed"),
             QStringLiteral("1")}),
        QString());
    QCOMPARE(
        outputOf(
            {QStringLiteral("train"),
             QStringLiteral("--config"),
             QStringLiteral("seg-guidino"),
             QStringLiteral("--data"),
             training.path(),
             QStringLiteral("--out"),
             run,
             QStringLiteral("--threads"),
             QStringLiteral("1"),
             QStringLiteral("--set"),
             QStringLiteral("data.image_size=128"),
             QStringLiteral("data.augmentation.preset=none"),
             QStringLiteral("network.hidden_dim=32"),
             QStringLiteral("guide.prototypes=16"),
             QStringLiteral("training.epochs=40"),
             QStringLiteral("training.learning_rate=0.002"),
             QStringLiteral("training.seed=1")}),
        QString());
    m_bundle = run + QStringLiteral("/best");
    QVERIFY(QFileInfo::exists(m_bundle + QStringLiteral("/config.json")));
}

void TestVitPrompts::init()
{
    static int count = 0;
    const QString home = m_home.filePath(QStringLiteral("window%1").arg(++count));
    QVERIFY(QDir().mkpath(home));
    m_folder = std::make_unique<SyntheticFolder>(2, 0);
    m_bench = std::make_unique<Workbench>(home, kProgram);
    m_bench->open(m_folder->path());
    m_bench->prediction.setModel(m_bundle);
    QTRY_COMPARE_WITH_TIMEOUT(
        m_bench->prediction.state(), PredictionController::State::Ready, kLongMs);
    m_answers.clear();
    connect(
        &m_bench->prediction,
        &PredictionController::answered,
        this,
        [this](const QString& /*job*/, const protocol::Prediction& answer) {
            if (answer.stream == "prompts") {
                m_answers.push_back(answer);
            }
        });
    m_bench->key(Qt::Key_F8); // the label alone
    QTest::qWait(50);
    ToolActions& actions = m_bench->window.toolActions();
    actions.named(QStringLiteral("experimentalTools"))->trigger();
    actions.tool(ToolState::Tool::Prompt)->trigger();
    QCOMPARE(m_bench->tools.tool(), ToolState::Tool::Prompt);
    m_bench->tools.setLabelClass(1);
}

void TestVitPrompts::cleanup()
{
    m_bench.reset();
}

void TestVitPrompts::prompt(const QList<QPoint>& way, Qt::MouseButton button)
{
    const std::size_t before = m_answers.size();
    m_bench->drag(kLabel, way, button);
    QTRY_VERIFY_WITH_TIMEOUT(
        m_answers.size() > before && m_bench->tools.promptAnswer() != nullptr, kLongMs);
}

void TestVitPrompts::aClickIsAnsweredFromKeptTokens()
{
    m_bench->key(Qt::Key_R); // its tokens are computed now
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->shown().prediction() != nullptr, kLongMs);
    const QImage before = m_bench->pane(kLabel).grab().toImage();
    const LabelMap empty = m_bench->shown().labels();
    prompt({m_bench->viewOf(kLabel, 70, 55)});
    QCOMPARE(m_answers.size(), 1U);
    QVERIFY(m_answers.front().tokensWereCached);
    // It is offered on the canvas, and the label is as it was.
    const QImage offered = m_bench->pane(kLabel).grab().toImage();
    QVERIFY(offered != before);
    QVERIFY(m_bench->shown().labels() == empty);
    const editing::Region region = *m_bench->tools.promptAnswer();
    QVERIFY(region.area() > 0);
    QVERIFY(region.contains(70, 55) && !region.contains(5, 5));
    m_bench->key(Qt::Key_Return);
    QVERIFY2(
        diceOf(m_bench->shown().labels()) > 0.7,
        qPrintable(QString::number(diceOf(m_bench->shown().labels()))));
    QCOMPARE(m_bench->shown().undoStack().count(), 1);
    QVERIFY(m_bench->shown().undoStack().undoText().startsWith(QStringLiteral("Prompts")));
    QVERIFY(m_bench->tools.promptAnswer() == nullptr);
    m_bench->key(Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(m_bench->shown().labels() == empty);
}

void TestVitPrompts::negativeClicksTakeAway()
{
    prompt({m_bench->viewOf(kLabel, 70, 55)});
    const editing::Region alone = *m_bench->tools.promptAnswer();
    // What is told to lie outside, beside what lies inside: a request of two clicks.
    prompt({m_bench->viewOf(kLabel, 170, 130)}, Qt::RightButton);
    QCOMPARE(m_answers.size(), 2U);
    QVERIFY(m_answers.back().tokensWereCached);
    const auto& request = m_bench->tools.promptRequest();
    QVERIFY(request.has_value());
    QCOMPARE(request->prompts.size(), 2U);
    QVERIFY(request->prompts[0].isPositive && !request->prompts[1].isPositive);
    QVERIFY(!m_bench->tools.promptAnswer()->contains(170, 130));
    QVERIFY(m_bench->tools.promptAnswer()->contains(70, 55));
    m_bench->key(Qt::Key_Return);
    const double dice = diceOf(m_bench->shown().labels());
    QVERIFY2(dice > 0.7, qPrintable(QString::number(dice)));
    // Alone, a negative click means what the label shall lose.
    prompt({m_bench->viewOf(kLabel, 70, 55)}, Qt::RightButton);
    m_bench->key(Qt::Key_Return);
    QCOMPARE(int(m_bench->shown().labels().at(70, 55)), 0);
    QVERIFY(diceOf(m_bench->shown().labels()) < dice / 2);
}

void TestVitPrompts::aBoxIsAnsweredWithinIt()
{
    const QList<QPoint> box{
        m_bench->viewOf(kLabel, 30, 20),
        m_bench->viewOf(kLabel, 70, 60),
        m_bench->viewOf(kLabel, 110, 90)};
    prompt(box);
    QVERIFY(m_bench->tools.promptRequest()->box.has_value());
    const Rect asked = *m_bench->tools.promptRequest()->box;
    const Rect found = m_bench->tools.promptAnswer()->bounds();
    QVERIFY(m_bench->tools.promptAnswer()->area() > 0);
    QVERIFY(
        found.x >= asked.x && found.y >= asked.y && found.right() <= asked.right()
        && found.bottom() <= asked.bottom());
    m_bench->key(Qt::Key_Return);
    QVERIFY2(
        diceOf(m_bench->shown().labels()) > 0.7,
        qPrintable(QString::number(diceOf(m_bench->shown().labels()))));
    // Escape drops the next one, and what was asked of the model is forgotten.
    m_bench->drag(kLabel, box);
    m_bench->key(Qt::Key_Escape);
    QVERIFY(!m_bench->tools.promptRequest().has_value());
    QCOMPARE(m_bench->shown().undoStack().count(), 1);
}

QTEST_MAIN(TestVitPrompts)
#include "tst_vit_prompts.moc"
