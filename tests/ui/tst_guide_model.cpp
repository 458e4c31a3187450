// SPDX-License-Identifier: Apache-2.0
// The study of a guide without a window: painting, presets, mixing and the figures.
#include "ui/model/guide_agreement.h"
#include "ui/model/guide_edit.h"
#include "ui/model/model_info.h"
#include "ui/model/prototype_mix.h"

#include <QtTest>

#include <cmath>
#include <random>

using namespace guidino;
using namespace guidino::ui;

namespace {

RasterF noisyGuide(int width, int height, unsigned seed = 3)
{
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> values(0.2F, 0.8F);
    RasterF guide(width, height);
    for (float& value : guide.pixels()) {
        value = values(random);
    }
    return guide;
}

Raster8 rectangle(Size size, const Rect& rect, std::uint8_t value = 1)
{
    Raster8 raster(size.width, size.height);
    for (int y = rect.y; y < rect.bottom(); ++y) {
        for (int x = rect.x; x < rect.right(); ++x) {
            raster.at(x, y) = value;
        }
    }
    return raster;
}

double meanOf(const RasterF& map)
{
    double sum = 0;
    for (const float value : map.pixels()) {
        sum += value;
    }
    return sum / static_cast<double>(map.pixels().size());
}

PrototypeMix someMix(int groups, int width, int height)
{
    std::mt19937 random(5);
    std::uniform_real_distribution<float> values(-0.1F, 0.15F);
    std::vector<MixerGroup> made;
    for (int i = 0; i < groups; ++i) {
        MixerGroup group;
        group.prototypes = {2 * i, 2 * i + 1};
        group.map = RasterF(width, height);
        for (float& value : group.map.pixels()) {
            value = values(random);
        }
        made.push_back(std::move(group));
    }
    PrototypeMix mix(std::move(made));
    mix.isExact = true;
    return mix;
}

RasterF guideOf(const PrototypeMix& mix)
{
    RasterF guide(mix.groups()[0].map.width(), mix.groups()[0].map.height());
    for (std::size_t i = 0; i < guide.pixels().size(); ++i) {
        float sum = 0.5F;
        for (int group = 0; group < mix.count(); ++group) {
            if (mix.isHeard(group)) {
                sum += mix.groups()[static_cast<std::size_t>(group)].map.pixels()[i];
            }
        }
        guide.pixels()[i] = sum;
    }
    return guide;
}

} // namespace

class TestGuideModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aStrokeMovesTokensByCoverage();
    void restingDoesNotPaintTwice();
    void strokesCanBeUndoneAndCancelled();
    void presetsAnswerTheirQuestions();
    void correctionsSayWhatWasPainted();
    void muteAndSolo();
    void sharesInsideAndOutside();
    void groupsAreOrderedByThePlace();
    void theCheckSeesWhatIsMissing();
    void agreementIsCounted();
    void effectsAreMeasured();
    void outlinesFollowPixelEdges();
    void descriptionsAreRead();
};

void TestGuideModel::aStrokeMovesTokensByCoverage()
{
    // 4 × 4 tokens of 16 px; a disc of radius 8 fills π/4 of the token that it is centred in.
    GuideEdit edit(noisyGuide(4, 4), {64, 64});
    edit.beginStroke(true, 0.5, 8);
    edit.moveTo({24, 40});
    QVERIFY(edit.endStroke());
    const float own = edit.own().at(1, 2);
    const double moved = (edit.values().at(1, 2) - own) / (1 - own) / 0.5;
    QVERIFY2(std::abs(moved - 0.785) < 0.04, qPrintable(QString::number(moved)));
    for (int y = 0; y < 4; ++y) {
        for (int x = 0; x < 4; ++x) {
            if (x != 1 || y != 2) {
                QCOMPARE(edit.values().at(x, y), edit.own().at(x, y));
            }
        }
    }
    // A large brush at full strength reaches the end, never beyond.
    edit.beginStroke(false, 1, 200);
    edit.moveTo({32, 32});
    QVERIFY(edit.endStroke());
    for (const float value : edit.values().pixels()) {
        QCOMPARE(value, 0.0F);
    }
}

void TestGuideModel::restingDoesNotPaintTwice()
{
    GuideEdit once(noisyGuide(8, 8), {256, 256});
    once.beginStroke(true, 0.3, 40);
    once.moveTo({100, 100});
    (void)once.endStroke();
    GuideEdit resting(noisyGuide(8, 8), {256, 256});
    resting.beginStroke(true, 0.3, 40);
    for (int i = 0; i < 50; ++i) {
        resting.moveTo({100, 100});
    }
    (void)resting.endStroke();
    QVERIFY(once.values() == resting.values());
    // A second stroke goes on from there.
    resting.beginStroke(true, 0.3, 40);
    resting.moveTo({100, 100});
    QVERIFY(resting.endStroke());
    QVERIFY(resting.values().at(3, 3) > once.values().at(3, 3));
    // A stroke that misses the image is none.
    QVERIFY(!(resting.beginStroke(true, 1, 5), resting.moveTo({-400, -400}), resting.endStroke()));
}

void TestGuideModel::strokesCanBeUndoneAndCancelled()
{
    GuideEdit edit(noisyGuide(8, 8), {256, 256});
    QVERIFY(!edit.isChanged());
    edit.beginStroke(true, 1, 30);
    edit.moveTo({50, 50});
    edit.moveTo({200, 200});
    edit.cancelStroke();
    QVERIFY(!edit.isChanged());
    QVERIFY(!edit.correction());
    edit.beginStroke(true, 1, 30);
    edit.moveTo({50, 50});
    (void)edit.endStroke();
    const RasterF first = edit.values();
    edit.apply(GuidePreset::Inverted);
    edit.undo();
    QVERIFY(edit.values() == first);
    edit.clear();
    QVERIFY(!edit.isChanged());
    edit.undo();
    QVERIFY(edit.values() == first);
    edit.undo();
    QVERIFY(!edit.isChanged());
    QVERIFY(!edit.canUndo());
}

void TestGuideModel::presetsAnswerTheirQuestions()
{
    const Size size{80, 64};
    GuideEdit edit(noisyGuide(5, 4), size);
    edit.apply(GuidePreset::Flat);
    for (const float value : edit.values().pixels()) {
        QVERIFY(std::abs(value - meanOf(edit.own())) < 1e-6);
    }
    QVERIFY(!edit.correction()); // a question, not a correction
    edit.apply(GuidePreset::Inverted);
    for (std::size_t i = 0; i < edit.own().pixels().size(); ++i) {
        QVERIFY(std::abs(edit.values().pixels()[i] + edit.own().pixels()[i] - 1) < 1e-6);
    }
    // Tokens of 16 px: one is labelled as a whole, its right neighbour by half; one is ignored.
    Raster8 labels = rectangle(size, {16, 16, 24, 16}, 2);
    for (int y = 48; y < 64; ++y) {
        for (int x = 0; x < 16; ++x) {
            labels.at(x, y) = kIgnoreLabel;
        }
    }
    edit.apply(GuidePreset::Label, LabelMap::fromRaster(labels));
    QCOMPARE(edit.values().at(1, 1), 1.0F);
    QCOMPARE(edit.values().at(2, 1), 0.5F);
    QCOMPARE(edit.values().at(4, 3), 0.0F);
    QCOMPARE(edit.values().at(0, 3), edit.own().at(0, 3)); // nothing is known there
    const auto correction = edit.correction();
    QVERIFY(correction.has_value());
    QCOMPARE(int{correction->at(20, 20)}, int(GuideCode::Attend));
    QCOMPARE(int{correction->at(70, 5)}, int(GuideCode::Ignore));
    QCOMPARE(int{correction->at(5, 60)}, int(GuideCode::Unspecified));
    // A label of another size cannot be the guide.
    edit.clear();
    edit.apply(GuidePreset::Label, LabelMap(Size{10, 10}));
    QVERIFY(!edit.isChanged());
}

void TestGuideModel::correctionsSayWhatWasPainted()
{
    GuideEdit edit(noisyGuide(16, 16), {2048, 1024});
    edit.beginStroke(true, 0.5, 100);
    edit.moveTo({500, 500});
    (void)edit.endStroke();
    edit.beginStroke(false, 0.5, 100);
    edit.moveTo({1500, 500});
    (void)edit.endStroke();
    const auto correction = edit.correction();
    QVERIFY(correction.has_value());
    QCOMPARE(correction->size(), (Size{512, 256})); // of the image's shape, a quarter of it
    QCOMPARE(int{correction->at(125, 125)}, int(GuideCode::Attend));
    QCOMPARE(int{correction->at(375, 125)}, int(GuideCode::Ignore));
    QCOMPARE(int{correction->at(250, 125)}, int(GuideCode::Unspecified));
    // What is painted last holds.
    edit.beginStroke(false, 0.5, 100);
    edit.moveTo({500, 500});
    (void)edit.endStroke();
    QCOMPARE(int{edit.correction()->at(125, 125)}, int(GuideCode::Ignore));
    edit.clear();
    QVERIFY(!edit.correction());
}

void TestGuideModel::muteAndSolo()
{
    PrototypeMix mix = someMix(4, 3, 3);
    QVERIFY(mix.weights().empty());
    mix.toggleMute(1);
    QCOMPARE(mix.weights(), (std::vector<double>{1, 1, 0, 0, 1, 1, 1, 1}));
    mix.toggleSolo(2, false);
    QCOMPARE(mix.weights(), (std::vector<double>{0, 0, 0, 0, 1, 1, 0, 0}));
    mix.toggleSolo(3, true);
    QCOMPARE(mix.weights(), (std::vector<double>{0, 0, 0, 0, 1, 1, 1, 1}));
    mix.toggleSolo(3, false); // of several solos: this one alone
    QVERIFY(mix.isSolo(3) && !mix.isSolo(2));
    mix.toggleSolo(3, false); // the last one ends it; the mute stays
    QCOMPARE(mix.weights(), (std::vector<double>{1, 1, 0, 0, 1, 1, 1, 1}));
    mix.toggleSolo(1, false); // muted and solo: nothing is heard
    QCOMPARE(mix.weights(), std::vector<double>(8, 0.0));
    PrototypeMix next = someMix(4, 5, 5);
    next.adoptChoice(mix);
    QCOMPARE(next.weights(), mix.weights());
    PrototypeMix other = someMix(3, 5, 5);
    other.adoptChoice(mix); // other groups: nothing is taken over
    QVERIFY(!other.isChanged());
    mix.reset();
    QVERIFY(!mix.isChanged() && mix.weights().empty());
}

void TestGuideModel::sharesInsideAndOutside()
{
    PrototypeMix mix = someMix(1, 2, 1);
    const RasterF& map = mix.groups()[0].map;
    // The mask covers the left token and half of the right one.
    const RasterF coverage = coverageOf(rectangle({32, 16}, {0, 0, 24, 16}), {2, 1});
    QCOMPARE(coverage.at(0, 0), 1.0F);
    QCOMPARE(coverage.at(1, 0), 0.5F);
    const auto shares = mix.sharesOf(0, coverage);
    QVERIFY(std::abs(shares.inside - (map.at(0, 0) + 0.5 * map.at(1, 0)) / 1.5) < 1e-6);
    QVERIFY(std::abs(shares.outside - map.at(1, 0)) < 1e-6);
    // Without a mask everything is outside; a mask of another grid gives nothing.
    const auto none = mix.sharesOf(0, coverageOf(Raster8(32, 16), {2, 1}));
    QCOMPARE(none.inside, 0.0);
    QVERIFY(std::abs(none.outside - meanOf(map)) < 1e-6);
    QCOMPARE(mix.sharesOf(0, RasterF(3, 3)).outside, 0.0);
}

void TestGuideModel::groupsAreOrderedByThePlace()
{
    PrototypeMix mix = someMix(5, 6, 6);
    const auto order = mix.orderAt(0.25, 0.75);
    QCOMPARE(order.size(), std::size_t{5});
    for (std::size_t i = 1; i < order.size(); ++i) {
        QVERIFY(
            std::abs(mix.shareAt(order[i - 1], 0.25, 0.75))
            >= std::abs(mix.shareAt(order[i], 0.25, 0.75)));
    }
    // In the middle of a token its own value holds.
    QVERIFY(std::abs(mix.shareAt(2, 1.5 / 6, 4.5 / 6) - mix.groups()[2].map.at(1, 4)) < 1e-6);
}

void TestGuideModel::theCheckSeesWhatIsMissing()
{
    PrototypeMix mix = someMix(4, 6, 6);
    const RasterF whole = guideOf(mix);
    auto check = mix.check(whole);
    QVERIFY(check.isComparable);
    QVERIFY(std::abs(check.percent - 100) < 1e-3);
    QVERIFY(check.largestError < 1e-6);
    mix.toggleMute(2);
    QVERIFY(mix.check(whole).percent < 99); // the guide of all groups is not that of three
    QVERIFY(std::abs(mix.check(guideOf(mix)).percent - 100) < 1e-3);
    for (int group = 0; group < 4; ++group) {
        mix.toggleSolo(group, false);
        mix.toggleSolo(group, false);
    }
    mix.reset();
    for (int group = 0; group < 4; ++group) {
        mix.toggleMute(group);
    }
    QCOMPARE(mix.check(guideOf(mix)).percent, 100.0); // ½ everywhere, nothing to make up
    QVERIFY(!mix.check(RasterF(2, 2)).isComparable);
}

void TestGuideModel::agreementIsCounted()
{
    const Size size{40, 40};
    Prediction prediction;
    prediction.labels = LabelMap::fromRaster(rectangle(size, {10, 10, 20, 20}));
    RasterF guide(40, 40);
    for (int y = 0; y < 40; ++y) {
        for (int x = 0; x < 40; ++x) {
            guide.at(x, y) = x < 20 ? 0.9F : 0.1F; // the left half
        }
    }
    prediction.guide = std::make_shared<const GuideMap>(guide);
    const auto unlabelled = agreementOf(prediction, LabelMap(size), 0.5);
    // Guide 800 px, prediction 400 px, both 200 px.
    QVERIFY(unlabelled.guideIou && std::abs(*unlabelled.guideIou - 200.0 / 1000) < 1e-9);
    QVERIFY(!unlabelled.predictionDsc && !unlabelled.guideAuroc);
    const auto labels = LabelMap::fromRaster(rectangle(size, {10, 10, 10, 20}));
    const auto labelled = agreementOf(prediction, labels, 0.95);
    QVERIFY(labelled.guideIou && *labelled.guideIou == 0); // no guide above the threshold
    QVERIFY(std::abs(*labelled.predictionDsc - 2.0 * 200 / 600) < 1e-9);
    QVERIFY(*labelled.guideAuroc > 0.7 && *labelled.guideAuroc < 0.8); // 600 of 1400 outside tie
    // What is to be ignored counts for nothing.
    Raster8 ignoring = rectangle(size, {10, 10, 10, 20});
    for (int y = 10; y < 30; ++y) {
        for (int x = 20; x < 30; ++x) {
            ignoring.at(x, y) = kIgnoreLabel;
        }
    }
    QCOMPARE(*agreementOf(prediction, LabelMap::fromRaster(ignoring), 0.5).predictionDsc, 1.0);
}

void TestGuideModel::effectsAreMeasured()
{
    const Size size{100, 80};
    const auto before = LabelMap::fromRaster(rectangle(size, {20, 20, 30, 30}));
    const auto after = LabelMap::fromRaster(rectangle(size, {15, 15, 40, 40}));
    const auto effect = effectOf(before, after, before);
    QCOMPARE(effect.pixelsBefore, 900);
    QCOMPARE(effect.pixelsAfter, 1600);
    QVERIFY(std::abs(*effect.areaChange - 7.0 / 9) < 1e-9);
    QCOMPARE(*effect.dscBefore, 1.0);
    QVERIFY(std::abs(*effect.dscAfter - 1800.0 / 2500) < 1e-9);
    QVERIFY(*effect.shiftPx >= 5 && *effect.shiftPx < 7.1); // 5 along the sides, more at corners
    QVERIFY(!effect.isSame);
    const auto same = effectOf(before, before, LabelMap(size));
    QVERIFY(same.isSame && *same.areaChange == 0 && *same.shiftPx == 0);
    QVERIFY(!same.dscBefore); // no label
    const auto gone = effectOf(before, LabelMap(size), before);
    QCOMPARE(*gone.areaChange, -1.0);
    QCOMPARE(*gone.dscAfter, 0.0);
    QVERIFY(!gone.shiftPx);
    QVERIFY(!effectOf(LabelMap(size), after, before).areaChange);
    // Of a large image the distances are coarser by a step, not wrong.
    const Size large{6000, 5000};
    const auto wide = effectOf(
        LabelMap::fromRaster(rectangle(large, {1000, 1000, 3000, 3000})),
        LabelMap::fromRaster(rectangle(large, {900, 1000, 3100, 3000})),
        LabelMap(large));
    QVERIFY2(std::abs(*wide.shiftPx - 100) < 6, qPrintable(QString::number(*wide.shiftPx)));
}

void TestGuideModel::outlinesFollowPixelEdges()
{
    const auto outlines = outlinesOf(LabelMap::fromRaster(rectangle({20, 20}, {3, 4, 5, 6}, 2)));
    QCOMPARE(outlines.size(), std::size_t{1});
    QCOMPARE(outlines[0].boundingRect(), QRectF(3, 4, 5, 6));
    QVERIFY(outlines[0].isClosed());
    QVERIFY(outlinesOf(LabelMap(Size{20, 20})).empty());
}

void TestGuideModel::descriptionsAreRead()
{
    const ModelInfo info = modelInfoFrom(QStringLiteral(
        R"({"system":"guidino-w","modality":"endoscopy","feature_statistics":true,)"
        R"("guide":{"source":"self","gates":["input"],"gate_form":"residual","prototypes":32}})"));
    QCOMPARE(info.system, QStringLiteral("guidino-w"));
    QVERIFY(info.gatesInput() && info.isGateResidual && info.hasGuide());
    QCOMPARE(info.modality, QStringLiteral("endoscopy"));
    QVERIFY(info.hasFeatureStatistics);
    QVERIFY(!modelInfoFrom(QStringLiteral("damaged")).hasGuide());
}

QTEST_GUILESS_MAIN(TestGuideModel)
#include "tst_guide_model.moc"
