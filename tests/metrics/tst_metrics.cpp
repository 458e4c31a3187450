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
                        const double dx = (x - u) * spacing.x;
                        const double dy = (y - v) * spacing.y;
                        best = std::min(best, dx * dx + dy * dy);
                    }
                }
            }
            result.push_back(std::sqrt(best));
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

GD_TEST(distancesAgreeAcrossWordsAndShapes)
{
    // Masks are packed into words of 64 pixels: widths about their borders, holes, single pixels,
    // masks at the image's edges, and pixels that are not square.
    std::mt19937 random(23);
    int round = 0;
    for (const int width : {63, 64, 65, 129, 170}) {
        const Size size{width, 20 + 3 * (round % 5)};
        const SpacingMm spacing = round % 2 == 0 ? SpacingMm{0.5, 0.5} : SpacingMm{0.7, 1.3};
        ++round;
        Raster8 holed = disc(size, {width - 12, 12}, 30);
        const Raster8 hole = disc(size, {width - 12, 12}, 5);
        Raster8 single(size.width, size.height);
        single.at(width - 1, size.height - 1) = 1;
        Raster8 corners = single;
        corners.at(0, 0) = corners.at(width - 1, 0) = 1;
        Raster8 whole(size.width, size.height);
        for (std::size_t i = 0; i < whole.pixels().size(); ++i) {
            holed.data()[i] = static_cast<std::uint8_t>(holed.data()[i] & ~hole.data()[i]);
            whole.data()[i] = 1;
        }
        const Raster8 shapes[] = {
            holed,
            single,
            corners,
            whole,
            randomMask(random, size, 0),
            randomMask(random, size, 3)};
        for (const Raster8& a : shapes) {
            for (const Raster8& b : shapes) {
                const auto borders = borderDistances(a, b, spacing);
                expectSame(borders.fromPrediction.distances, bruteForce(a, b, spacing, isBorder));
                const auto filled = filledDistances(a, b, spacing);
                expectSame(filled.fromPrediction.distances, bruteForce(a, b, spacing, isOn));
            }
        }
    }
}

GD_TEST(distancesAcrossVeryWideImagesAreExact)
{
    // Squares of such distances do not fit into 32 bits.
    Raster8 a(50'000, 3);
    Raster8 b(50'000, 3);
    a.at(0, 0) = 1;
    b.at(49'999, 2) = 1;
    const double expected = std::hypot(49'999.0, 2.0);
    EXPECT_NEAR(borderDistances(a, b).pooledPercentile(95).value_or(-1), expected, 1e-9);
    EXPECT_NEAR(
        borderDistances(a, b, {0.5, 0.5}).pooledPercentile(95).value_or(-1), expected / 2, 1e-9);
    b.at(29'000, 1) = 1;
    EXPECT_NEAR(
        borderDistances(a, b).fromPrediction.distances.front(), std::hypot(29'000.0, 1.0), 1e-9);
}

GD_TEST(packedMasksKnowTheirPixels)
{
    std::mt19937 random(3);
    for (const int width : {1, 7, 8, 63, 64, 65, 130}) {
        Raster8 labels(width, 9);
        for (std::uint8_t& value : labels.pixels()) {
            value = static_cast<std::uint8_t>(random() % 4 == 0 ? 128 + random() % 3 : 0);
        }
        const BitMask mask = BitMask::ofValue(labels, 129);
        const BitMask some = BitMask::ofNonzero(labels);
        const BitMask border = some.border();
        std::int64_t count = 0;
        Rect bounds;
        std::vector<Point> visited;
        mask.forEach([&](int x, int y) { visited.push_back({x, y}); });
        std::size_t next = 0;
        for (int y = 0; y < labels.height(); ++y) {
            for (int x = 0; x < width; ++x) {
                EXPECT(mask.at(x, y) == (labels.at(x, y) == 129));
                EXPECT(some.at(x, y) == (labels.at(x, y) != 0));
                EXPECT(border.at(x, y) == isBorder(labels, x, y));
                if (labels.at(x, y) == 129) {
                    ++count;
                    bounds = bounds.united({x, y, 1, 1});
                    REQUIRE(next < visited.size());
                    EXPECT((visited[next++] == Point{x, y}));
                }
            }
        }
        EXPECT(next == visited.size());
        EXPECT(mask.count() == count);
        EXPECT(BitMask::countCommon(mask, some) == count);
        EXPECT(mask.bounds() == bounds);
        BitMask rest = some;
        rest.subtract(mask);
        EXPECT(rest.count() == some.count() - count);
    }
}

GD_TEST(onlyTheDistancesAskedForAreThere)
{
    const Size size{60, 50};
    const Raster8 a = disc(size, {30, 25}, 12);
    const Raster8 b = disc(size, {33, 24}, 14);
    for (const Hd95Definition definition :
         {Hd95Definition::Pooled,
          Hd95Definition::Max,
          Hd95Definition::DeepMind,
          Hd95Definition::GuiDino}) {
        for (const NsdDefinition nsd : {NsdDefinition::Pixels, NsdDefinition::ContourLength}) {
            MetricOptions options;
            options.hd95 = definition;
            options.nsd = nsd;
            const PairMetrics all = evaluatePair(a, b, 1, options);
            REQUIRE(all.hd95 && all.hd100 && all.assd && all.nsd);
            for (int asked = 0; asked < 8; ++asked) {
                options.withHausdorff = (asked & 1) != 0;
                options.withAssd = (asked & 2) != 0;
                options.withNsd = (asked & 4) != 0;
                const PairMetrics some = evaluatePair(a, b, 1, options);
                EXPECT(some.hd95 == (options.withHausdorff ? all.hd95 : std::nullopt));
                EXPECT(some.hd100 == (options.withHausdorff ? all.hd100 : std::nullopt));
                EXPECT(some.assd == (options.withAssd ? all.assd : std::nullopt));
                EXPECT(some.nsd == (options.withNsd ? all.nsd : std::nullopt));
                EXPECT(some.dsc == all.dsc);
            }
        }
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
