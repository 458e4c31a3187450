// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/segmentation_metrics.h"
#include "core/metrics/surface_distance.h"
#include "tests/support/check.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>

using namespace guidino;
using namespace guidino::metrics;

namespace {

Raster8 disc(Size size, Point centre, int radius)
{
    Raster8 mask(size.width, size.height);
    for (int y = 0; y < size.height; ++y) {
        for (int x = 0; x < size.width; ++x) {
            const int dx = x - centre.x;
            const int dy = y - centre.y;
            mask.at(x, y) = dx * dx + dy * dy <= radius * radius ? 1 : 0;
        }
    }
    return mask;
}

/// Noise for 0 discs, else that many discs.
Raster8 randomMask(std::mt19937& random, Size size, int discs)
{
    Raster8 mask(size.width, size.height);
    if (discs == 0) {
        for (std::uint8_t& value : mask.pixels()) {
            value = random() % 3 == 0 ? 1 : 0;
        }
    }
    for (int i = 0; i < discs; ++i) {
        const Point centre{
            static_cast<int>(random() % static_cast<unsigned>(size.width)),
            static_cast<int>(random() % static_cast<unsigned>(size.height))};
        const Raster8 one = disc(size, centre, 1 + static_cast<int>(random() % 9));
        for (std::size_t k = 0; k < mask.pixels().size(); ++k) {
            mask.data()[k] |= one.data()[k];
        }
    }
    return mask;
}

bool isOn(const Raster8& mask, int x, int y)
{
    return x >= 0 && y >= 0 && x < mask.width() && y < mask.height() && mask.at(x, y) != 0;
}

bool isBorder(const Raster8& mask, int x, int y)
{
    return isOn(mask, x, y)
           && !(
               isOn(mask, x - 1, y) && isOn(mask, x + 1, y) && isOn(mask, x, y - 1)
               && isOn(mask, x, y + 1));
}

template<typename IsTarget>
std::vector<double>
bruteForce(const Raster8& from, const Raster8& to, SpacingMm spacing, IsTarget isTarget)
{
    std::vector<double> result;
    for (int y = 0; y < from.height(); ++y) {
        for (int x = 0; x < from.width(); ++x) {
            if (!isBorder(from, x, y)) {
                continue;
            }
            double best = std::numeric_limits<double>::infinity();
            for (int v = 0; v < to.height(); ++v) {
                for (int u = 0; u < to.width(); ++u) {
                    if (isTarget(to, u, v)) {
                        best = std::min(best, std::hypot((x - u) * spacing.x, (y - v) * spacing.y));
                    }
                }
            }
            result.push_back(best);
        }
    }
    std::sort(result.begin(), result.end());
    return result;
}

void expectSame(const std::vector<double>& actual, const std::vector<double>& expected)
{
    REQUIRE(actual.size() == expected.size());
    for (std::size_t i = 0; i < actual.size(); ++i) {
        if (!(std::abs(actual[i] - expected[i]) < 1e-9 || actual[i] == expected[i])) {
            EXPECT_NEAR(actual[i], expected[i], 1e-9);
            return;
        }
    }
}

} // namespace

GD_TEST(distancesAgreeWithBruteForce)
{
    std::mt19937 random(17);
    for (int round = 0; round < 60; ++round) {
        const Size size{1 + static_cast<int>(random() % 40), 1 + static_cast<int>(random() % 40)};
        const SpacingMm spacing =
            round % 3 == 0 ? SpacingMm{} : SpacingMm{0.25 + round * 0.1, 3.0 / (1 + round % 7)};
        const Raster8 a = randomMask(random, size, round % 4);
        const Raster8 b = randomMask(random, size, (round / 4) % 4);
        const auto borders = borderDistances(a, b, spacing);
        expectSame(borders.fromPrediction.distances, bruteForce(a, b, spacing, isBorder));
        expectSame(borders.fromReference.distances, bruteForce(b, a, spacing, isBorder));
        const auto filled = filledDistances(a, b, spacing);
        expectSame(filled.fromPrediction.distances, bruteForce(a, b, spacing, isOn));
        expectSame(filled.fromReference.distances, bruteForce(b, a, spacing, isOn));
    }
}

GD_TEST(crowdedRowsUseTheEnvelopeAndAgree)
{
    // A comb far from two dots: every row runs out of steps.
    Raster8 comb(300, 40);
    for (int y = 0; y < 40; ++y) {
        for (int x = 100; x < 300; ++x) {
            comb.at(x, y) = (x + y) % 2 == 0 ? 1 : 0;
        }
    }
    Raster8 dots(300, 40);
    dots.at(2, 20) = 1;
    dots.at(40, 3) = 1;
    const SpacingMm spacing{0.7, 1.9};
    const auto borders = borderDistances(comb, dots, spacing);
    expectSame(borders.fromPrediction.distances, bruteForce(comb, dots, spacing, isBorder));
    expectSame(borders.fromReference.distances, bruteForce(dots, comb, spacing, isBorder));
}

GD_TEST(distanceTransformIsExact)
{
    std::mt19937 random(5);
    const Raster8 mask = randomMask(random, {37, 29}, 2);
    const RasterF distances = distanceTransform(mask, {1.5, 0.5});
    for (int y = 0; y < 29; ++y) {
        for (int x = 0; x < 37; ++x) {
            double best = std::numeric_limits<double>::infinity();
            for (int v = 0; v < 29; ++v) {
                for (int u = 0; u < 37; ++u) {
                    if (mask.at(u, v) != 0) {
                        best = std::min(best, std::hypot((x - u) * 1.5, (y - v) * 0.5));
                    }
                }
            }
            EXPECT_NEAR(static_cast<double>(distances.at(x, y)), best, 1e-5);
        }
    }
    const RasterF none = distanceTransform(Raster8(3, 3));
    EXPECT(std::isinf(none.at(1, 1)));
    EXPECT(distanceTransform(Raster8()).isEmpty());
}

GD_TEST(holesAndShiftsOfThePipelineNotes)
{
    // A 15-px hole in a 60-px disc scores 43.8 by borders and 0 by regions; a shift by 20 px scores
    // 19.96 by borders and 19.42 by regions.
    const Size size{200, 200};
    const Raster8 full = disc(size, {100, 100}, 60);
    const Raster8 hole = disc(size, {100, 100}, 15);
    Raster8 holed = full;
    for (std::size_t i = 0; i < holed.pixels().size(); ++i) {
        holed.data()[i] = static_cast<std::uint8_t>(holed.data()[i] & ~hole.data()[i]);
    }
    EXPECT_NEAR(borderDistances(holed, full).pooledPercentile(95).value_or(-1), 43.8, 0.05);
    EXPECT_NEAR(filledDistances(holed, full).pooledPercentile(95).value_or(-1), 0.0, 0.0);
    const Raster8 shifted = disc(size, {120, 100}, 60);
    EXPECT_NEAR(borderDistances(shifted, full).pooledPercentile(95).value_or(-1), 19.96, 0.01);
    EXPECT_NEAR(filledDistances(shifted, full).pooledPercentile(95).value_or(-1), 19.42, 0.01);
}

GD_TEST(emptyMasksFollowThePolicy)
{
    Raster8 object(30, 40);
    object.at(3, 4) = 1;
    const Raster8 empty(30, 40);
    MetricOptions options;
    const PairMetrics missed = evaluatePair(empty, object, 1, options);
    EXPECT(missed.emptyCase == EmptyCase::PredictionEmpty);
    EXPECT_NEAR(missed.dsc.value_or(-1), 0.0, 0.0);
    EXPECT_NEAR(missed.nsd.value_or(-1), 0.0, 0.0);
    EXPECT(!missed.hd95 && !missed.assd && !missed.hd100 && !missed.precision);
    EXPECT_NEAR(missed.recall.value_or(-1), 0.0, 0.0);
    const PairMetrics invented = evaluatePair(object, empty, 1, options);
    EXPECT(invented.emptyCase == EmptyCase::ReferenceEmpty);
    EXPECT(invented.dsc && !invented.hd95 && !invented.recall);
    const PairMetrics both = evaluatePair(empty, empty, 1, options);
    EXPECT(both.emptyCase == EmptyCase::BothEmpty);
    EXPECT(!both.dsc && !both.iou && !both.nsd && !both.hd95);

    options.emptyPolicy = EmptyPolicy::Penalise;
    EXPECT_NEAR(evaluatePair(empty, object, 1, options).hd95.value_or(-1), 50.0, 1e-9);
    EXPECT_NEAR(evaluatePair(empty, empty, 1, options).dsc.value_or(-1), 1.0, 0.0);
    EXPECT_NEAR(evaluatePair(empty, empty, 1, options).hd95.value_or(-1), 0.0, 0.0);
    options.spacingMm = SpacingMm{2, 2};
    EXPECT_NEAR(evaluatePair(object, empty, 1, options).assd.value_or(-1), 100.0, 1e-9);

    options.emptyPolicy = EmptyPolicy::Drop;
    EXPECT(!evaluatePair(empty, object, 1, options).dsc);
    EXPECT(!evaluatePair(empty, object, 1, options).recall);
    options.withDistances = false;
    options.emptyPolicy = EmptyPolicy::Penalise;
    EXPECT(!evaluatePair(empty, object, 1, options).hd95);
}

GD_TEST(classesAndIgnoredPixelsAreKeptApart)
{
    Raster8 prediction(6, 1);
    Raster8 reference(6, 1);
    const std::array<std::uint8_t, 6> predicted{1, 1, 2, 2, 0, 1};
    const std::array<std::uint8_t, 6> expected{1, 2, 2, 2, 0, 255};
    std::copy(predicted.begin(), predicted.end(), prediction.data());
    std::copy(expected.begin(), expected.end(), reference.data());
    EXPECT((countConfusion(prediction, reference, 1) == ConfusionCounts{1, 1, 0, 3}));
    EXPECT((countConfusion(prediction, reference, 2) == ConfusionCounts{2, 0, 1, 2}));
    EXPECT((countConfusion(prediction, reference, 1, std::nullopt) == ConfusionCounts{1, 2, 0, 3}));
    const std::array classes{1, 2};
    const auto all = evaluateClasses(prediction, reference, classes);
    REQUIRE(all.size() == 2);
    EXPECT_NEAR(all[0].dsc.value_or(-1), 2.0 / 3, 1e-12);
    EXPECT_NEAR(all[1].recall.value_or(-1), 2.0 / 3, 1e-12);
    // The ignored pixel is no part of the prediction's surface: its farthest pixel is 1 off.
    EXPECT_NEAR(all[0].hd100.value_or(-1), 1.0, 1e-12);
    const PairMetrics labelled =
        evaluatePair(LabelMap::fromRaster(prediction), LabelMap::fromRaster(reference), 2);
    EXPECT(labelled.counts == all[1].counts);
    EXPECT(evaluatePair(Raster8(3, 3), Raster8(4, 3)).counts == ConfusionCounts{});
}

GD_TEST(unknownNamesAreUsageErrors)
{
    const auto unknown = hd95DefinitionFrom("medpy");
    REQUIRE(!unknown);
    EXPECT(unknown.error().code == ErrorCode::Usage);
    EXPECT(unknown.error().message.find("pooled, max, deepmind, guidino") != std::string::npos);
    EXPECT(emptyPolicyFrom("drop").has_value());
    EXPECT(!emptyPolicyFrom("Drop"));
}

GD_TEST(largePairsAreFast)
{
    const Size size{1024, 1024};
    const Raster8 a = disc(size, {500, 520}, 400);
    const Raster8 b = disc(size, {515, 505}, 390);
    double best = 1e9;
    for (int round = 0; round < 5; ++round) {
        const auto start = std::chrono::steady_clock::now();
        const PairMetrics metrics = evaluatePair(a, b);
        const std::chrono::duration<double, std::milli> took =
            std::chrono::steady_clock::now() - start;
        best = std::min(best, took.count());
        EXPECT(metrics.hd95.has_value());
    }
    std::printf("    1024 x 1024 pair: %.2f ms\n", best);
    // Ten times what it takes, so that a busy machine passes and a quadratic algorithm does not.
    EXPECT(best < 100);
}

GD_TEST_MAIN()
