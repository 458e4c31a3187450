// SPDX-License-Identifier: Apache-2.0
// The guide in the real window with the real program, the demo model and real samples: lens, mixer,
// what-if brush, presets, corrections, and what happens when the worker is killed meanwhile.
#include "tests/ui/workbench_fixture.h"
#include "ui/model/image_list_model.h"
#include "ui/model/read_out.h"
#include "ui/widgets/accept_guard.h"
#include "ui/widgets/guide_workspace.h"
#include "ui/widgets/mixer_panel.h"
#include "ui/widgets/mixer_strip.h"

#include <QDir>
#include <QDockWidget>
#include <QFile>
#include <QLabel>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QToolButton>

#include <cmath>
#include <csignal>

using namespace guidino;
using namespace guidino::ui;

namespace {

const QString kProgram = QStringLiteral(GUIDINO_BINARY_DIR "/bin/guidino");
const QString kStandIn = QStringLiteral(GUIDINO_BINARY_DIR "/tests/standin_guidino");
const QString kDemo = QStringLiteral(GUIDINO_SOURCE_DIR "/models/demo");
const QString kSamples = QStringLiteral(GUIDINO_SOURCE_DIR "/resources/samples");
constexpr int kPatienceMs = 120000; // for a machine with other work

using PredictionState = PredictionController::State;

double largestDifference(const RasterF& a, const RasterF& b)
{
    double largest = a.size() == b.size() ? 0 : 1;
    for (std::size_t i = 0; i < std::min(a.pixels().size(), b.pixels().size()); ++i) {
        largest = std::max(largest, double(std::abs(a.pixels()[i] - b.pixels()[i])));
    }
    return largest;
}

} // namespace

class TestGuide : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void theLensReads();
    void sharesMakeUpTheGuide_data();
    void sharesMakeUpTheGuide();
    void mutingChangesThePredictionAndBack();
    void aPinnedPlaceOrdersTheGroups();
    void paintingChangesThePredictionAndBack();
    void onlyTheLatestWishIsAnswered();
    void presetsChangeThePredictionAndBack();
    void correctionsAreKept();
    void aTrialIsNoLabel();
    void theWorkMayEndMeanwhile();
    void imagesUnlikeTheTrainingImagesAreAskedAbout();
    void theNetworksEyeNeedsAnInputGate();
    void theDemoIsOffered();

private:
    /// The window with the model's answer to the first sample.
    void openPredicted(const QString& model = kDemo);
    /// The demo model with weighting `mean` instead of its log-sum-exp: shares that muting removes.
    [[nodiscard]] QString exactModel() const;
    /// Waits until nothing is under way.
    void settle();
    [[nodiscard]] QString textOf(const char* name) const;
    [[nodiscard]] const Prediction* trial() const { return m_bench->shown().trial().get(); }

    std::unique_ptr<QTemporaryDir> m_home;
    std::unique_ptr<Workbench> m_bench;
};

void TestGuide::init()
{
    if (!QFile::exists(kProgram) || !QFile::exists(kDemo + QStringLiteral("/config.json"))) {
        QSKIP("guidino or the demo model is not built");
    }
    m_home = std::make_unique<QTemporaryDir>();
    m_bench = std::make_unique<Workbench>(m_home->path(), kProgram);
}

void TestGuide::cleanup()
{
    m_bench.reset();
    m_home.reset();
}

QString TestGuide::exactModel() const
{
    const QString folder = m_home->filePath(QStringLiteral("exact"));
    QDir().mkpath(folder);
    QFile::copy(
        kDemo + QStringLiteral("/weights.safetensors"),
        folder + QStringLiteral("/weights.safetensors"));
    QFile config(kDemo + QStringLiteral("/config.json"));
    QFile changed(folder + QStringLiteral("/config.json"));
    if (config.open(QIODevice::ReadOnly) && changed.open(QIODevice::WriteOnly)) {
        changed.write(config.readAll().replace("\"logsumexp\"", "\"mean\""));
    }
    return folder;
}

void TestGuide::openPredicted(const QString& model)
{
    m_bench->open(kSamples);
    m_bench->prediction.setModel(model);
    QTRY_COMPARE_WITH_TIMEOUT(m_bench->prediction.state(), PredictionState::Ready, kPatienceMs);
    m_bench->key(Qt::Key_R);
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->shown().prediction() != nullptr, kPatienceMs);
    QVERIFY(m_bench->shown().prediction()->guide != nullptr);
    QVERIFY(m_bench->guide.reasonUnavailable().isEmpty());
}

void TestGuide::settle()
{
    QTRY_VERIFY_WITH_TIMEOUT(!m_bench->guide.isWaiting(), kPatienceMs);
}

QString TestGuide::textOf(const char* name) const
{
    const auto* label = m_bench->window.findChild<QLabel*>(QString::fromLatin1(name));
    return label != nullptr && label->isVisible() ? label->text() : QString();
}

void TestGuide::theLensReads()
{
    openPredicted();
    QTRY_VERIFY_WITH_TIMEOUT(!textOf("lensIou").isEmpty(), kPatienceMs);
    const GuideAgreement& agreement = m_bench->guide.agreement();
    QVERIFY(agreement.guideIou && *agreement.guideIou >= 0 && *agreement.guideIou <= 1);
    // The first sample has a mask, which the demo model finds: see its card.
    QVERIFY(agreement.predictionDsc && *agreement.predictionDsc > 0.5);
    QVERIFY(agreement.guideAuroc && *agreement.guideAuroc > 0.8);
    QVERIFY(textOf("lensDsc").contains(QLocale().toString(*agreement.predictionDsc, 'f', 2)));
    QVERIFY(textOf("lensTrial").isEmpty());
    const QString read = readOutAt(m_bench->shown(), m_bench->dataset.classes(), {100.5, 100.5});
    QVERIFY2(
        read.contains(QStringLiteral("guide 0")) && read.contains(QStringLiteral("(p")),
        qPrintable(read));
    // Another threshold, another overlap.
    const double before = *agreement.guideIou;
    m_bench->guide.setThreshold(1);
    QTRY_VERIFY_WITH_TIMEOUT(
        m_bench->guide.agreement().guideIou.value_or(before) != before, kPatienceMs);
    QCOMPARE(*m_bench->guide.agreement().guideIou, 0.0);
}

void TestGuide::sharesMakeUpTheGuide_data()
{
    QTest::addColumn<bool>("isExact");
    QTest::newRow("mean") << true;
    QTest::newRow("log-sum-exp") << false;
}

void TestGuide::sharesMakeUpTheGuide()
{
    QFETCH(bool, isExact);
    openPredicted(isExact ? exactModel() : kDemo);
    m_bench->key(Qt::Key_M, Qt::ShiftModifier);
    QTRY_VERIFY_WITH_TIMEOUT(!m_bench->guide.mix().isEmpty(), kPatienceMs);
    const PrototypeMix& mix = m_bench->guide.mix();
    QCOMPARE(mix.count(), GuideController::kGroups);
    QCOMPARE(mix.isExact, isExact);
    const RasterF& guide = m_bench->shown().prediction()->guide->values();
    RasterF sum(guide.width(), guide.height());
    int prototypes = 0;
    for (const MixerGroup& group : mix.groups()) {
        prototypes += static_cast<int>(group.prototypes.size());
        for (std::size_t i = 0; i < sum.pixels().size(); ++i) {
            sum.pixels()[i] += group.map.pixels()[i];
        }
    }
    QCOMPARE(prototypes, m_bench->prediction.info().prototypes);
    for (float& value : sum.pixels()) {
        value += 0.5F;
    }
    QVERIFY2(
        largestDifference(sum, guide) <= 1e-5,
        qPrintable(QString::number(largestDifference(sum, guide))));
    QVERIFY(m_bench->guide.check().largestError <= 1e-5);
    QVERIFY2(
        textOf("mixerCheck").contains(QStringLiteral("100.000 %")),
        qPrintable(textOf("mixerCheck")));
    QVERIFY(mix.effectiveDirections > 4); // see the demo model's card
    QVERIFY(!textOf("mixerDirections").isEmpty());
    // What matches best is known of the one image that was seen, then of all that are searched.
    QVERIFY(mix.groups()[0].matches.size() == 1);
    auto* search = m_bench->window.findChild<QPushButton*>(QStringLiteral("mixerSearch"));
    QVERIFY(search != nullptr && search->isEnabled());
    QTest::mouseClick(search, Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(
        m_bench->guide.searchesLeft() == 0 && m_bench->guide.mix().groups()[0].matches.size() == 3,
        kPatienceMs);
}

void TestGuide::mutingChangesThePredictionAndBack()
{
    openPredicted(exactModel());
    const auto own = m_bench->shown().prediction();
    m_bench->key(Qt::Key_M, Qt::ShiftModifier);
    QTRY_VERIFY_WITH_TIMEOUT(!m_bench->guide.mix().isEmpty(), kPatienceMs);
    // The largest group carries the most: its mute must be seen in the mask.
    const auto& groups = m_bench->guide.mix().groups();
    const auto largest = std::max_element(groups.begin(), groups.end(), [](auto& a, auto& b) {
        return a.prototypes.size() < b.prototypes.size();
    });
    const int group = static_cast<int>(largest - groups.begin());
    auto* mute = m_bench->window.findChild<QToolButton*>(QStringLiteral("mute%1").arg(group));
    QVERIFY(mute != nullptr && mute->isVisible());
    QTest::mouseClick(mute, Qt::LeftButton);
    QVERIFY(m_bench->guide.mix().isMuted(group));
    QTRY_VERIFY_WITH_TIMEOUT(trial() != nullptr, kPatienceMs);
    settle();
    QVERIFY(!(trial()->labels == own->labels));
    QVERIFY(largestDifference(trial()->guide->values(), own->guide->values()) > 0.01);
    // Still what is heard makes up what gates.
    QVERIFY(m_bench->guide.check().isComparable);
    QVERIFY(m_bench->guide.check().largestError <= 1e-5);
    QVERIFY(m_bench->shown().prediction() == own); // the model's own answer is untouched
    // Solo of the same group is the other part.
    const RasterF muted = trial()->guide->values();
    QTest::mouseClick(mute, Qt::LeftButton);
    auto* solo = m_bench->window.findChild<QToolButton*>(QStringLiteral("solo%1").arg(group));
    QTest::mouseClick(solo, Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(
        trial() != nullptr && !m_bench->guide.isWaiting()
            && largestDifference(trial()->guide->values(), muted) > 1e-3,
        kPatienceMs);
    RasterF together = muted;
    for (std::size_t i = 0; i < together.pixels().size(); ++i) {
        together.pixels()[i] += trial()->guide->values().pixels()[i] - 0.5F;
    }
    QVERIFY(largestDifference(together, own->guide->values()) <= 1e-5);
    auto* reset = m_bench->window.findChild<QPushButton*>(QStringLiteral("mixerReset"));
    QTest::mouseClick(reset, Qt::LeftButton);
    QTRY_VERIFY(trial() == nullptr);
    QVERIFY(m_bench->shown().shownPrediction() == own);
}

void TestGuide::aPinnedPlaceOrdersTheGroups()
{
    openPredicted();
    m_bench->key(Qt::Key_M, Qt::ShiftModifier);
    QTRY_VERIFY_WITH_TIMEOUT(!m_bench->guide.mix().isEmpty(), kPatienceMs);
    auto* pick = m_bench->window.findChild<QToolButton*>(QStringLiteral("mixerPick"));
    QVERIFY(pick != nullptr);
    QTest::mouseClick(pick, Qt::LeftButton);
    const LabelMap labels = m_bench->shown().labels();
    m_bench->drag(PaneRole::Label, {m_bench->viewOf(PaneRole::Label, 60, 200)});
    QVERIFY(m_bench->guide.pinned().has_value());
    QVERIFY(std::abs(m_bench->guide.pinned()->x - 60) < 3);
    QVERIFY(m_bench->shown().labels() == labels); // a place was picked, nothing was painted
    const auto strips = m_bench->window.guideWorkspace().mixerPanel().strips();
    QCOMPARE(static_cast<int>(strips.size()), m_bench->guide.mix().count());
    for (std::size_t i = 1; i < strips.size(); ++i) {
        QVERIFY(strips[i]->content().here.has_value());
        QVERIFY(std::abs(*strips[i - 1]->content().here) >= std::abs(*strips[i]->content().here));
    }
    // More controls than at first: the dock is wide enough for them, too.
    const auto* dock = m_bench->window.findChild<QDockWidget*>(QStringLiteral("mixer"));
    QVERIFY(dock != nullptr);
    const auto isWhole = [dock](const QWidget* control) {
        return control->mapTo(dock, QPoint(control->width(), 0)).x() <= dock->width();
    };
    QTRY_VERIFY(isWhole(pick));
    QVERIFY(isWhole(m_bench->window.findChild<QPushButton*>(QStringLiteral("mixerSearch"))));
    QVERIFY(isWhole(strips.front()));
}

void TestGuide::paintingChangesThePredictionAndBack()
{
    openPredicted();
    const auto own = m_bench->shown().prediction();
    m_bench->key(Qt::Key_G, Qt::ShiftModifier);
    QVERIFY(m_bench->guide.isBrushOn());
    m_bench->guide.setRadiusPx(60);
    m_bench->guide.setStrength(1);
    const LabelMap labels = m_bench->shown().labels();
    // Lower the guide all over the middle with the right button.
    QList<QPoint> way;
    for (int x = 40; x <= 216; x += 16) {
        way << m_bench->viewOf(PaneRole::Guide, x, 128);
    }
    m_bench->drag(PaneRole::Guide, way, Qt::RightButton);
    QVERIFY(m_bench->shown().labels() == labels); // never the label
    QTRY_VERIFY_WITH_TIMEOUT(trial() != nullptr, kPatienceMs);
    settle();
    // What gated is what was painted.
    QVERIFY(largestDifference(trial()->guide->values(), m_bench->guide.edit().values()) < 1e-6);
    QVERIFY(!(trial()->labels == own->labels));
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->guide.effect().has_value(), kPatienceMs);
    QVERIFY(m_bench->guide.effect()->areaChange.value_or(0) != 0);
    QVERIFY(!m_bench->guide.oldOutlines().empty());
    QVERIFY(!textOf("whatIfArea").isEmpty() && textOf("whatIfDsc").contains(QChar(0x2192)));
    QVERIFY(!textOf("lensTrial").isEmpty());
    // The pane has the violet frame.
    const QImage pane = m_bench->pane(PaneRole::Guide).grab().toImage();
    const QColor corner = pane.pixelColor(1, pane.height() / 2);
    QVERIFY2(corner.blue() > 200 && corner.green() < 140, qPrintable(corner.name()));
    m_bench->key(Qt::Key_Z, Qt::ControlModifier); // the stroke, not the label's history
    QVERIFY(!m_bench->guide.edit().isChanged());
    QTRY_VERIFY(trial() == nullptr);
    m_bench->drag(PaneRole::Label, way.mid(0, 3));
    QTRY_VERIFY_WITH_TIMEOUT(trial() != nullptr, kPatienceMs);
    m_bench->key(Qt::Key_Backspace);
    QTRY_VERIFY(trial() == nullptr);
    QVERIFY(m_bench->shown().shownPrediction() == own);
    m_bench->key(Qt::Key_Escape);
    QVERIFY(!m_bench->guide.isBrushOn());
}

void TestGuide::onlyTheLatestWishIsAnswered()
{
    openPredicted();
    m_bench->key(Qt::Key_G, Qt::ShiftModifier);
    QSignalSpy answers(&m_bench->prediction, &PredictionController::answered);
    constexpr int kMoves = 120;
    m_bench->guide.setRadiusPx(20);
    m_bench->guide.beginStroke({10, 10}, true);
    for (int i = 0; i < kMoves; ++i) {
        m_bench->guide.continueStroke({10.0 + 2 * i, 10.0 + 2 * i});
    }
    m_bench->guide.endStroke();
    settle();
    QTRY_VERIFY_WITH_TIMEOUT(
        trial() != nullptr
            && largestDifference(trial()->guide->values(), m_bench->guide.edit().values()) < 1e-6,
        kPatienceMs);
    // All moves came within one turn of the event loop: the first and the last are asked about.
    QVERIFY2(answers.count() <= 3, qPrintable(QString::number(answers.count())));
}

void TestGuide::presetsChangeThePredictionAndBack()
{
    openPredicted();
    const auto own = m_bench->shown().prediction();
    m_bench->key(Qt::Key_G, Qt::ShiftModifier);
    for (const char* name : {"presetFlat", "presetInverted", "presetLabel"}) {
        auto* preset = m_bench->window.findChild<QPushButton*>(QString::fromLatin1(name));
        QVERIFY(preset != nullptr);
        QTRY_VERIFY_WITH_TIMEOUT(preset->isEnabled(), kPatienceMs);
        QTest::mouseClick(preset, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(
            trial() != nullptr && !m_bench->guide.isWaiting()
                && largestDifference(trial()->guide->values(), m_bench->guide.edit().values())
                       < 1e-6,
            kPatienceMs);
        QVERIFY2(!(trial()->labels == own->labels), name);
    }
    auto* clear = m_bench->window.findChild<QPushButton*>(QStringLiteral("whatIfClear"));
    QTest::mouseClick(clear, Qt::LeftButton);
    QTRY_VERIFY(trial() == nullptr);
    // The demo model gates inside the network: the reason stands in the tool tip.
    auto* eye = m_bench->window.findChild<QPushButton*>(QStringLiteral("presetEye"));
    QVERIFY(eye != nullptr && !eye->isEnabled());
    QVERIFY(eye->toolTip().contains(QStringLiteral("bottleneck")));
}

void TestGuide::correctionsAreKept()
{
    openPredicted();
    m_bench->key(Qt::Key_G, Qt::ShiftModifier);
    m_bench->guide.setRadiusPx(30);
    m_bench->drag(PaneRole::Guide, {m_bench->viewOf(PaneRole::Guide, 60, 60)});
    m_bench->drag(PaneRole::Guide, {m_bench->viewOf(PaneRole::Guide, 200, 200)}, Qt::RightButton);
    const auto badge = [this] {
        return m_bench->dataset.images()
            .index(0)
            .data(ImageListModel::GuideCorrectionRole)
            .toBool();
    };
    QVERIFY(!badge());
    m_bench->key(Qt::Key_Return);
    QVERIFY(badge());
    const auto kept = m_bench->project.store()->guideCorrection(m_bench->shown().id());
    QVERIFY(kept && kept->has_value());
    QCOMPARE(int{(*kept)->at(60, 60)}, int(GuideCode::Attend));
    QCOMPARE(int{(*kept)->at(200, 200)}, int(GuideCode::Ignore));
    QCOMPARE(int{(*kept)->at(128, 20)}, int(GuideCode::Unspecified));
    // A second correction keeps what it says nothing about.
    m_bench->key(Qt::Key_Backspace);
    m_bench->drag(PaneRole::Guide, {m_bench->viewOf(PaneRole::Guide, 128, 20)});
    m_bench->key(Qt::Key_Return);
    const auto both = m_bench->project.store()->guideCorrection(m_bench->shown().id());
    QCOMPARE(int{(*both)->at(60, 60)}, int(GuideCode::Attend));
    QCOMPARE(int{(*both)->at(128, 20)}, int(GuideCode::Attend));
    m_bench->guide.removeCorrection();
    QVERIFY(!badge());
}

void TestGuide::aTrialIsNoLabel()
{
    openPredicted();
    QAction* accept = m_bench->window.actionsOfWindow().usePrediction;
    QTRY_VERIFY(accept->isEnabled());
    m_bench->guide.apply(GuidePreset::Flat);
    QTRY_VERIFY_WITH_TIMEOUT(trial() != nullptr, kPatienceMs);
    QTRY_VERIFY(!accept->isEnabled());
    QVERIFY(accept->toolTip().contains(QStringLiteral("what-if")));
    m_bench->guide.clearEdit();
    QTRY_VERIFY(accept->isEnabled());
    // Painted guides stay with their image while another is looked at.
    m_bench->guide.apply(GuidePreset::Flat);
    const ImageId first = m_bench->shown().id();
    m_bench->dataset.show(1);
    QTRY_VERIFY(m_bench->dataset.current() != nullptr && !(m_bench->shown().id() == first));
    QVERIFY(!m_bench->guide.edit().isChanged());
    m_bench->dataset.show(0);
    QTRY_VERIFY(m_bench->dataset.current() != nullptr && m_bench->shown().id() == first);
    QVERIFY(m_bench->guide.edit().isChanged());
}

void TestGuide::theWorkMayEndMeanwhile()
{
    openPredicted();
    m_bench->guide.apply(GuidePreset::Inverted);
    QTRY_VERIFY_WITH_TIMEOUT(trial() != nullptr, kPatienceMs);
    const LabelMap inverted = trial()->labels;
    const qint64 pid = m_bench->prediction.workerPid();
    QVERIFY(pid > 1);
    m_bench->guide.apply(GuidePreset::Flat); // asked, never answered by this worker
    QCOMPARE(::kill(static_cast<pid_t>(pid), SIGKILL), 0);
    QTRY_COMPARE_WITH_TIMEOUT(m_bench->prediction.state(), PredictionState::Dead, kPatienceMs);
    QVERIFY(m_bench->window.messages().isVisible());
    QCOMPARE(m_bench->window.messages().shown().action, Notice::Action::RestartWorker);
    QVERIFY(!m_bench->guide.reasonUnavailable().isEmpty());
    QVERIFY(!m_bench->guide.isWaiting());
    QVERIFY(m_bench->guide.edit().isChanged()); // nothing painted is lost
    auto* restart = m_bench->window.findChild<QPushButton*>(QStringLiteral("messageAction"));
    QTest::mouseClick(restart, Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(m_bench->prediction.state(), PredictionState::Ready, kPatienceMs);
    QVERIFY(m_bench->prediction.workerPid() != pid);
    // The wish is answered by the new one.
    QTRY_VERIFY_WITH_TIMEOUT(
        trial() != nullptr
            && largestDifference(trial()->guide->values(), m_bench->guide.edit().values()) < 1e-6,
        kPatienceMs);
    QVERIFY(!(trial()->labels == inverted));
}

void TestGuide::imagesUnlikeTheTrainingImagesAreAskedAbout()
{
    m_bench->open(kSamples);
    AnnotationDocument& shown = m_bench->shown();
    auto prediction = std::make_shared<Prediction>();
    Raster8 labels(shown.size().width, shown.size().height);
    labels.at(5, 5) = 1;
    prediction->labels = LabelMap::fromRaster(labels);
    prediction->featureDistance = 1;
    prediction->featureLimit = 2;
    QVERIFY(outsideText(*prediction, {}).isEmpty());
    prediction->featureDistance = 3;
    ModelInfo model;
    model.modality = QStringLiteral("dermatoscopy");
    QVERIFY(outsideText(*prediction, model).contains(QStringLiteral("dermatoscopy")));
    shown.setPrediction(prediction);
    const LabelMap before = shown.labels();
    m_bench->dataset.labelsChanged(shown.id()); // the actions look again
    QAction* accept = m_bench->window.actionsOfWindow().usePrediction;
    QTRY_VERIFY(accept->isEnabled());
    const auto question = [this] {
        return m_bench->window.findChild<QMessageBox*>(QStringLiteral("outsideQuestion"));
    };
    accept->trigger();
    QVERIFY(question() != nullptr && question()->isVisible());
    QVERIFY(shown.labels() == before);
    QTest::mouseClick(question()->button(QMessageBox::Cancel), Qt::LeftButton);
    QTRY_VERIFY(question() == nullptr);
    QVERIFY(shown.labels() == before);
    accept->trigger();
    for (QAbstractButton* button : question()->buttons()) {
        if (question()->buttonRole(button) == QMessageBox::DestructiveRole) {
            QTest::mouseClick(button, Qt::LeftButton);
            break;
        }
    }
    QTRY_VERIFY(shown.labels() == prediction->labels);
    // The warning stands on the canvas as long as the image is shown.
    auto* banner = m_bench->window.findChild<QLabel*>(QStringLiteral("outsideBanner"));
    QVERIFY(banner != nullptr);
    QTRY_VERIFY(banner->isVisible());
    // It is about the prediction and leaves the pane free in which labels are drawn.
    const QRect place(banner->mapTo(&m_bench->window.canvas(), QPoint()), banner->size());
    QVERIFY(m_bench->pane(PaneRole::Prediction).geometry().contains(place));
    m_bench->view.showOnly(PaneRole::Label);
    QTRY_VERIFY(!m_bench->pane(PaneRole::Prediction).isVisible());
    QVERIFY(banner->isVisible());
    m_bench->view.showFourUp();
    m_bench->dataset.show(1);
    QTRY_VERIFY(!banner->isVisible());
}

void TestGuide::theNetworksEyeNeedsAnInputGate()
{
    m_bench = std::make_unique<Workbench>(m_home->path(), kStandIn); // its model gates the image
    const SyntheticFolder folder;
    m_bench->open(folder.path());
    m_bench->prediction.setModel(QStringLiteral("/models/input-gate"));
    QTRY_COMPARE(m_bench->prediction.state(), PredictionState::Ready);
    m_bench->key(Qt::Key_R);
    QTRY_VERIFY(m_bench->shown().prediction() != nullptr);
    m_bench->key(Qt::Key_G, Qt::ShiftModifier);
    auto* eye = m_bench->window.findChild<QPushButton*>(QStringLiteral("presetEye"));
    QTRY_VERIFY(eye != nullptr && eye->isEnabled());
    QTest::mouseClick(eye, Qt::LeftButton);
    m_bench->key(Qt::Key_Escape);
    const QPoint at = m_bench->viewOf(PaneRole::Guide, 150, 20);
    const QColor image = m_bench->pane(PaneRole::Image).grab().toImage().pixelColor(at);
    const QColor gated = m_bench->pane(PaneRole::Guide).grab().toImage().pixelColor(at);
    const PointF place = m_bench->imageOf(PaneRole::Guide, at);
    const double guide =
        m_bench->shown().prediction()->guide->valueAt((place.x + 0.5) / 200, (place.y + 0.5) / 150);
    QVERIFY2(
        std::abs(gated.red() - guide * image.red()) < 6, qPrintable(gated.name() + image.name()));
    QVERIFY(std::abs(gated.green() - guide * image.green()) < 6);
}

void TestGuide::theDemoIsOffered()
{
    m_bench = std::make_unique<Workbench>(m_home->path(), kProgram, kDemo);
    m_bench->open(kSamples);
    m_bench->prediction.start(); // alive, without a model
    QTRY_COMPARE_WITH_TIMEOUT(m_bench->prediction.state(), PredictionState::NoModel, kPatienceMs);
    QVERIFY(!m_bench->guide.reasonUnavailable().isEmpty());
    // The empty pane's button gives the demo model, and its answer.
    QPushButton* offer = nullptr;
    for (auto* button : m_bench->pane(PaneRole::Prediction).findChildren<QPushButton*>()) {
        offer = button->isVisible() ? button : offer;
    }
    QVERIFY(offer != nullptr && offer->isEnabled());
    QVERIFY2(offer->text().contains(QStringLiteral("demo")), qPrintable(offer->text()));
    QTest::mouseClick(offer, Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(m_bench->shown().prediction() != nullptr, kPatienceMs);
    QAction* page = m_bench->window.guideWorkspace().weightsPage;
    page->trigger();
    auto* dialog = m_bench->window.findChild<QWidget*>(QStringLiteral("weightsPage"));
    QVERIFY(dialog != nullptr && dialog->isVisible());
    QVERIFY(!dialog->isModal());
    dialog->close();
}

QTEST_MAIN(TestGuide)
#include "tst_guide.moc"
