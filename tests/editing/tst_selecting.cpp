// SPDX-License-Identifier: Apache-2.0
// Clean-up, regions, contours and the tools that follow the picture: properties on random maps,
// exact pixels on drawn pictures.
#include "core/editing/brush_stroke.h"
#include "core/editing/cleanup.h"
#include "core/editing/contour.h"
#include "core/editing/fill.h"
#include "core/editing/livewire.h"
#include "core/editing/region.h"
#include "core/editing/select.h"
#include "core/editing/superpixels.h"
#include "core/imaging/contours.h"
#include "core/imaging/resize.h"
#include "tests/support/check.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <tuple>
#include <vector>

using namespace guidino;
using namespace guidino::editing;

namespace {

using Predicate = std::function<bool(double, double)>;

/// A map with `value` where the predicate holds for a pixel's centre.
LabelMap drawn(Size size, std::uint8_t value, const Predicate& isInside)
{
    Raster8 raster(size.width, size.height);
    for (int y = 0; y < size.height; ++y) {
        for (int x = 0; x < size.width; ++x) {
            raster.at(x, y) = isInside(x + 0.5, y + 0.5) ? value : std::uint8_t{0};
        }
    }
    return LabelMap::fromRaster(raster);
}

Predicate disc(double cx, double cy, double radius)
{
    return [=](double x, double y) { return std::hypot(x - cx, y - cy) <= radius; };
}

Predicate either(const Predicate& a, const Predicate& b)
{
    return [=](double x, double y) { return a(x, y) || b(x, y); };
}

/// Blobs of classes 0..3 on a map that ends inside its last tiles.
LabelMap randomMap(std::mt19937& random, Size size = {150, 101}, int block = 10)
{
    Raster8 raster(size.width, size.height);
    std::uniform_int_distribution<int> value(0, 3);
    for (int y = 0; y < size.height; y += block) {
        for (int x = 0; x < size.width; x += block) {
            const auto label = static_cast<std::uint8_t>(value(random));
            for (int j = y; j < std::min(y + block, size.height); ++j) {
                for (int i = x; i < std::min(x + block, size.width); ++i) {
                    raster.at(i, j) = label;
                }
            }
        }
    }
    return LabelMap::fromRaster(raster);
}

Raster8 maskOf(const LabelMap& map, std::uint8_t value)
{
    Raster8 mask = map.toRaster();
    for (std::uint8_t& pixel : mask.pixels()) {
        pixel = pixel == value ? 1 : 0;
    }
    return mask;
}

std::int64_t areaOf(const LabelMap& map, std::uint8_t value)
{
    const Raster8 mask = maskOf(map, value);
    return std::count(mask.pixels().begin(), mask.pixels().end(), 1);
}

std::size_t partsOf(const LabelMap& map, std::uint8_t value)
{
    return imaging::connectedComponents(maskOf(map, value)).parts.size();
}

/// Dark object on a light ground with some noise, as RGB.
Raster8 picture(std::mt19937& random, Size size, const Predicate& isObject, int noise = 6)
{
    Raster8 image(size.width, size.height, 3);
    std::uniform_int_distribution<int> jitter(-noise, noise);
    for (int y = 0; y < size.height; ++y) {
        for (int x = 0; x < size.width; ++x) {
            const bool isInside = isObject(x + 0.5, y + 0.5);
            const int base[3] = {isInside ? 110 : 215, isInside ? 70 : 170, isInside ? 60 : 160};
            for (int c = 0; c < 3; ++c) {
                image.at(x, y, c) = static_cast<std::uint8_t>(base[c] + jitter(random));
            }
        }
    }
    return image;
}

ColourWindow whole(const Raster8& image)
{
    return colourWindow(image, {0, 0, image.width(), image.height()});
}

double diceOf(const Region& region, Size size, const Predicate& isObject)
{
    double both = 0;
    double sum = 0;
    for (int y = 0; y < size.height; ++y) {
        for (int x = 0; x < size.width; ++x) {
            const bool wanted = isObject(x + 0.5, y + 0.5);
            const bool found = region.contains(x, y);
            both += wanted && found ? 1 : 0;
            sum += (wanted ? 1 : 0) + (found ? 1 : 0);
        }
    }
    return sum > 0 ? 2 * both / sum : 1.0;
}

/// What every edit promises: undo puts all back, locked classes stay, other classes stay.
void checkPromises(
    const LabelMap& start, const std::function<void(LabelEdit&)>& change, std::uint8_t value)
{
    LabelMap map = start;
    LabelEdit edit(map);
    change(edit);
    const auto patch = edit.commit();
    for (int y = 0; y < map.size().height; ++y) {
        for (int x = 0; x < map.size().width; ++x) {
            const std::uint8_t before = start.at(x, y);
            const std::uint8_t after = map.at(x, y);
            if (before != after) {
                EXPECT(before == value || before == 0);
                EXPECT(after == value || after == 0);
                EXPECT(patch.has_value() && patch->dirtyRect().contains({x, y}));
            }
        }
    }
    if (patch) {
        patch->revert(map);
    }
    EXPECT(map == start);
    EditRules locked;
    locked.lockedClasses.set(value);
    LabelEdit lockedEdit(map, locked);
    change(lockedEdit);
    EXPECT(!lockedEdit.commit().has_value());
    EXPECT(map == start);
}

} // namespace

GD_TEST(cleanUpKeepsItsPromisesOnRandomMaps)
{
    std::mt19937 random(7);
    for (int round = 0; round < 6; ++round) {
        const LabelMap start = randomMap(random);
        const auto value = static_cast<std::uint8_t>(1 + round % 3);
        checkPromises(
            start, [&](LabelEdit& edit) { fillHoles(edit, value); }, value);
        checkPromises(
            start, [&](LabelEdit& edit) { keepLargest(edit, value); }, value);
        checkPromises(
            start, [&](LabelEdit& edit) { removeSmall(edit, value, 150); }, value);
        checkPromises(
            start, [&](LabelEdit& edit) { grow(edit, value, 3); }, value);
        checkPromises(
            start, [&](LabelEdit& edit) { shrink(edit, value, 2); }, value);
        checkPromises(
            start, [&](LabelEdit& edit) { smooth(edit, value, 2.5); }, value);
    }
}

GD_TEST(holesAreFilledUpToASizeAndOtherClassesInThemStay)
{
    const Predicate ring = [](double x, double y) {
        const double d = std::hypot(x - 50, y - 50);
        return d <= 40 && d > 20;
    };
    LabelMap map = drawn({100, 100}, 1, ring);
    LabelEdit first(map);
    first.setRun(50, 48, 52, 2);
    REQUIRE(first.commit().has_value());
    const std::int64_t ringArea = areaOf(map, 1);
    LabelEdit small(map);
    fillHoles(small, 1, 500);
    EXPECT(!small.commit().has_value());
    LabelEdit any(map);
    fillHoles(any, 1);
    REQUIRE(any.commit().has_value());
    EXPECT_EQ(areaOf(map, 2), 4);
    EXPECT_EQ(areaOf(map, 1), ringArea + areaOf(drawn({100, 100}, 1, disc(50, 50, 20)), 1) - 4);
}

GD_TEST(growAndShrinkMoveADiscsRimByTheirRadius)
{
    LabelMap map = drawn({120, 120}, 1, disc(60, 60, 30));
    LabelEdit wider(map);
    grow(wider, 1, 5);
    REQUIRE(wider.commit().has_value());
    EXPECT_NEAR(std::sqrt(static_cast<double>(areaOf(map, 1)) / M_PI), 35, 0.6);
    LabelEdit narrower(map);
    shrink(narrower, 1, 10);
    REQUIRE(narrower.commit().has_value());
    EXPECT_NEAR(std::sqrt(static_cast<double>(areaOf(map, 1)) / M_PI), 25, 0.6);
    // The image's border is no rim.
    LabelMap half = drawn({120, 120}, 1, [](double x, double) { return x < 40; });
    LabelEdit edit(half);
    shrink(edit, 1, 4);
    REQUIRE(edit.commit().has_value());
    EXPECT(half == drawn({120, 120}, 1, [](double x, double) { return x < 36; }));
}

GD_TEST(smoothKeepsStraightEdgesAndRemovesSpikes)
{
    const Predicate block = [](double x, double y) { return x > 20 && x < 80 && y > 30 && y < 90; };
    const Predicate spike = [](double x, double y) {
        return x > 48 && x < 50 && y <= 30 && y > 10;
    };
    LabelMap map = drawn({100, 120}, 1, either(block, spike));
    LabelEdit edit(map);
    smooth(edit, 1, 2);
    REQUIRE(edit.commit().has_value());
    EXPECT_EQ(int{map.at(49, 15)}, 0);
    for (int y = 40; y < 80; ++y) {
        EXPECT_EQ(int{map.at(20, y)}, 1);
        EXPECT_EQ(int{map.at(19, y)}, 0);
    }
}

GD_TEST(splitPartsTwoDiscsAtTheirWaistAndLeavesOneAlone)
{
    const Size size{140, 90};
    LabelMap two = drawn(size, 3, either(disc(45, 45, 28), disc(90, 45, 25)));
    EXPECT_EQ(partsOf(two, 3), std::size_t{1});
    const std::int64_t before = areaOf(two, 3);
    LabelEdit edit(two);
    EXPECT(split(edit, {45, 45}));
    REQUIRE(edit.commit().has_value());
    REQUIRE(partsOf(two, 3) == 2);
    EXPECT(before - areaOf(two, 3) < 90); // a line, not an area
    const auto parts = imaging::connectedComponents(maskOf(two, 3)).parts;
    EXPECT(parts[0].area > 1500 && parts[1].area > 1500);
    LabelMap one = drawn(size, 3, disc(60, 45, 30));
    LabelEdit nothing(one);
    EXPECT(!split(nothing, {60, 45}));
    EXPECT(!nothing.commit().has_value());
    LabelEdit background(one);
    EXPECT(!split(background, {1, 1}));
    EXPECT(!split(background, {-5, 400}));
}

GD_TEST(regionsAreThoseOfTheMapAndMoveWithoutLoss)
{
    std::mt19937 random(11);
    for (int round = 0; round < 10; ++round) {
        LabelMap map = randomMap(random);
        const Point seed{
            std::uniform_int_distribution<int>(0, 149)(random),
            std::uniform_int_distribution<int>(0, 100)(random)};
        const std::uint8_t value = map.at(seed.x, seed.y);
        const Region region = regionAt(map, seed);
        EXPECT(region.contains(seed.x, seed.y));
        LabelMap flooded = map;
        LabelEdit fill(flooded);
        floodFill(fill, seed, 9);
        REQUIRE(fill.commit().has_value());
        EXPECT_EQ(region.area(), areaOf(flooded, 9)); // another implementation of the same
        LabelMap painted = map;
        LabelEdit paint(painted);
        paintRegion(paint, region, 9);
        REQUIRE(paint.commit().has_value());
        EXPECT(painted == flooded);
        EXPECT_EQ(regionOfClass(map, value).area(), areaOf(map, value));
    }
    LabelMap map = drawn({100, 80}, 2, disc(30, 30, 15));
    const std::int64_t area = areaOf(map, 2);
    LabelEdit edit(map);
    moveRegion(edit, regionAt(map, {30, 30}), 2, {9, -5});
    REQUIRE(edit.commit().has_value());
    EXPECT(map == drawn({100, 80}, 2, disc(39, 25, 15)));
    LabelEdit out(map);
    moveRegion(out, regionAt(map, {39, 25}), 2, {70, 0});
    REQUIRE(out.commit().has_value());
    EXPECT(areaOf(map, 2) < area && areaOf(map, 2) > 0); // what leaves the map is lost
    EXPECT(regionAt(map, {-1, 5}).mask.isEmpty());
}

GD_TEST(contoursGiveTheRegionBack)
{
    const Predicate ring = [](double x, double y) {
        const double d = std::hypot((x - 60) / 1.3, y - 50);
        return d <= 40 && d > 12;
    };
    const LabelMap map = drawn({130, 100}, 1, ring);
    for (const double tolerance : {0.0, 1.0}) {
        const auto polygons = contoursAt(map, {60, 15}, tolerance);
        REQUIRE(polygons.size() == 2);
        LabelMap again({130, 100});
        LabelEdit edit(again);
        fillPolygon(edit, polygons[0], 1);
        fillPolygon(edit, polygons[1], 0);
        REQUIRE(edit.commit().has_value());
        std::int64_t wrong = 0;
        for (int y = 0; y < 100; ++y) {
            for (int x = 0; x < 130; ++x) {
                wrong += map.at(x, y) != again.at(x, y) ? 1 : 0;
            }
        }
        if (tolerance == 0) {
            EXPECT_EQ(wrong, 0);
        } else {
            EXPECT(wrong < areaOf(map, 1) / 20);
            EXPECT(polygons[0].size() < contoursAt(map, {60, 15}, 0)[0].size() / 4);
        }
    }
    EXPECT(contoursAt(map, {60, 50}).empty()); // the hole
    EXPECT(contoursAt(map, {500, 50}).empty());
    const Polygon corners{{10, 10}, {90, 20}, {80, 80}, {20, 70}};
    const Polygon smooth = interpolated(corners, 2);
    EXPECT(smooth.size() > 100);
    for (const PointF& corner : corners) {
        EXPECT(std::find(smooth.begin(), smooth.end(), corner) != smooth.end());
    }
    for (std::size_t i = 0; i < smooth.size(); ++i) {
        const PointF next = smooth[(i + 1) % smooth.size()];
        EXPECT(std::hypot(next.x - smooth[i].x, next.y - smooth[i].y) < 5);
    }
    EXPECT_EQ(interpolated(Polygon{{1, 1}, {2, 2}}).size(), std::size_t{2});
    EXPECT_EQ(simplified(Polygon{{0, 0}, {5, 0.1}, {10, 0}, {5, 0.2}}, 3).size(), std::size_t{3});
}

GD_TEST(holesOfOneObjectAreFilledAlone)
{
    const auto ringAt = [](double cx) {
        return [cx](double x, double y) {
            const double d = std::hypot(x - cx, y - 40);
            return d <= 30 && d > 12;
        };
    };
    LabelMap map = drawn({160, 80}, 1, either(ringAt(40), ringAt(120)));
    LabelEdit edit(map);
    fillHolesAt(edit, {15, 40});
    REQUIRE(edit.commit().has_value());
    EXPECT(map == drawn({160, 80}, 1, either(disc(40, 40, 30), ringAt(120))));
    LabelEdit nothing(map);
    fillHolesAt(nothing, {120, 40}); // the hole itself: background
    fillHolesAt(nothing, {-3, 999});
    EXPECT(!nothing.commit().has_value());
}

GD_TEST(aBrushThatChangesItsSizeLeavesNoGapsAndCopiesWhatIsUnderIt)
{
    std::mt19937 random(29);
    const LabelMap source = randomMap(random);
    for (int round = 0; round < 8; ++round) {
        std::uniform_real_distribution<double> x(-10, 160);
        std::uniform_real_distribution<double> radius(0.8, 20);
        const PointF a{x(random), x(random)};
        const PointF b{x(random), x(random)};
        const double r1 = radius(random);
        const double r2 = radius(random);
        LabelMap map({150, 101});
        LabelEdit edit(map);
        BrushStroke stroke(edit, 7, r1);
        stroke.moveTo(a);
        stroke.setRadiusPx(r2);
        stroke.moveTo(b);
        std::ignore = edit.commit();
        LabelMap copied({150, 101});
        LabelEdit copy(copied);
        copyUnderBrush(copy, source, a, b, r2);
        std::ignore = copy.commit();
        for (int y = 0; y < 101; ++y) {
            for (int px = 0; px < 150; ++px) {
                const bool isUnder = coversPixel(a, b, r2, px, y);
                const bool isPainted = isUnder || coversPixel(a, a, r1, px, y);
                EXPECT_EQ(int{map.at(px, y)}, isPainted ? 7 : 0);
                EXPECT_EQ(int{copied.at(px, y)}, isUnder ? int{source.at(px, y)} : 0);
            }
        }
    }
    LabelMap other({10, 10});
    LabelEdit refused(other);
    copyUnderBrush(refused, source, {5, 5}, {6, 6}, 3); // another size: nothing
    EXPECT(!refused.commit().has_value());
}

GD_TEST(aCoarserWindowFindsTheSameInTheImagesOwnPixels)
{
    // 643 × 487: neither side is a multiple of the step.
    std::mt19937 random(31);
    const Size size{643, 487};
    const Predicate object = disc(330, 240, 143);
    const Raster8 image = picture(random, size, object);
    for (const int step : {2, 4}) {
        const Size small{(size.width + step - 1) / step, (size.height + step - 1) / step};
        const Raster8 level = imaging::resizeSmooth(image, small);
        const ColourWindow window =
            colourWindow(level, size, step, {0, 0, size.width, size.height});
        EXPECT(window.bounds() == (Rect{0, 0, size.width, size.height}));
        EXPECT(diceOf(magicWand(window, {330, 240}, 30), size, object) > 0.98);
        EXPECT(diceOf(promptRegion(window, {{{330, 240}, true}}), size, object) > 0.96);
        EXPECT(diceOf(thresholdRange(window, 0, otsuLevel(window)), size, object) > 0.98);
        EXPECT(diceOf(grabCutIn(window, Raster8(size.width, size.height)), size, object) > 0.97);
        const LabColour reference = meanColour(window, {330, 240}, 20);
        const Region dab = smartDab(window, {200, 240}, 60, reference.values);
        EXPECT(dab.contains(215, 240) && dab.contains(200, 240) && !dab.contains(175, 240));
        const Superpixels patches(window, 12);
        std::int64_t total = 0;
        for (int i = 0; i < patches.count(); ++i) {
            total += patches.region(i).area();
        }
        EXPECT(std::abs(total - size.area()) < size.area() / 20); // corners are rounded
        EXPECT(patches.region(patches.at({642, 486})).bounds().right() <= 643);
        Livewire wire(window);
        wire.setSeed({187, 240});
        const std::vector<Point> path = wire.pathTo({473, 240});
        EXPECT(path.front() == (Point{187, 240}) && path.back() == (Point{473, 240}));
        for (const Point& p : path) {
            EXPECT(std::abs(std::hypot(p.x - 330.0, p.y - 240.0) - 143) < 3.0 * step);
        }
    }
    const ColourWindow part =
        colourWindow(imaging::resizeSmooth(image, {161, 122}), size, 4, {101, 50, 77, 33});
    EXPECT(part.bounds() == (Rect{100, 48, 80, 36}));
    EXPECT_EQ(part.lab.width(), 20);
}

GD_TEST(theWandTakesTheObjectAndGrowsWithItsTolerance)
{
    std::mt19937 random(3);
    const Predicate object = disc(80, 60, 35);
    const Raster8 image = picture(random, {160, 120}, object);
    const ColourWindow window = whole(image);
    std::int64_t before = 0;
    for (const double tolerance : {2.0, 5.0, 15.0, 30.0, 200.0}) {
        const Region region = magicWand(window, {80, 60}, tolerance);
        EXPECT(region.contains(80, 60));
        EXPECT(region.area() >= before);
        before = region.area();
    }
    EXPECT_EQ(before, std::int64_t{160} * 120);
    EXPECT(diceOf(magicWand(window, {80, 60}, 30), image.size(), object) > 0.98);
    EXPECT(magicWand(window, {-1, 5}, 30).mask.isEmpty());
}

GD_TEST(thresholdTakesExactlyTheRange)
{
    Raster8 image(256, 4, 3);
    for (int x = 0; x < 256; ++x) {
        for (int y = 0; y < 4; ++y) {
            for (int c = 0; c < 3; ++c) {
                image.at(x, y, c) = static_cast<std::uint8_t>(x);
            }
        }
    }
    const Region region = thresholdRange(whole(image), 40, 90);
    EXPECT_EQ(region.area(), std::int64_t{51} * 4);
    EXPECT(region.contains(40, 0) && region.contains(90, 3));
    EXPECT(!region.contains(39, 0) && !region.contains(91, 3));
    std::mt19937 random(5);
    const Predicate object = disc(80, 60, 35);
    const Raster8 two = picture(random, {160, 120}, object);
    const int level = otsuLevel(whole(two));
    EXPECT(diceOf(thresholdRange(whole(two), 0, level), two.size(), object) > 0.99);
}

GD_TEST(grabCutFindsTheObjectFromNothingAndFromAWrongLabel)
{
    std::mt19937 random(9);
    const Predicate object = disc(85, 62, 33);
    const Raster8 image = picture(random, {160, 120}, object);
    const ColourWindow window = whole(image);
    Raster8 present(160, 120);
    EXPECT(diceOf(grabCutIn(window, present), image.size(), object) > 0.97);
    const Predicate shifted = disc(75, 55, 30);
    for (int y = 0; y < 120; ++y) {
        for (int x = 0; x < 160; ++x) {
            present.at(x, y) = shifted(x + 0.5, y + 0.5) ? 1 : 0;
        }
    }
    const Region corrected = grabCutIn(window, present);
    EXPECT(diceOf(corrected, image.size(), object) > 0.97);
    EXPECT(corrected.mask == grabCutIn(window, present).mask); // deterministic
    EXPECT(grabCutIn(colourWindow(image, {500, 500, 10, 10}), {}).mask.isEmpty());
}

GD_TEST(promptsPartAlongEdgesAndNegativeOnesTakeAway)
{
    std::mt19937 random(13);
    const Predicate left = disc(55, 60, 28);
    const Predicate right = disc(125, 60, 24);
    const Raster8 image = picture(random, {180, 120}, either(left, right), 4);
    const ColourWindow window = whole(image);
    EXPECT(diceOf(promptRegion(window, {{{55, 60}, true}}), image.size(), left) > 0.95);
    EXPECT(
        diceOf(
            promptRegion(window, {{{55, 60}, true}, {{125, 60}, true}}),
            image.size(),
            either(left, right))
        > 0.95);
    const Region taken =
        promptRegion(window, {{{55, 60}, true}, {{125, 60}, true}, {{125, 50}, false}});
    EXPECT(taken.contains(55, 60) && !taken.contains(125, 50));
    EXPECT(promptRegion(window, {{{55, 60}, false}}).mask.isEmpty());
    EXPECT(promptRegion(window, {{{999, 60}, true}}).mask.isEmpty());
    // A further feature parts what has one colour.
    Raster8 flat(180, 120, 3, std::vector<std::uint8_t>(180 * 120 * 3, 128));
    Raster8 guide(180, 120);
    for (int y = 0; y < 120; ++y) {
        for (int x = 0; x < 180; ++x) {
            guide.at(x, y) = left(x + 0.5, y + 0.5) ? 200 : 40;
        }
    }
    EXPECT(diceOf(promptRegion(whole(flat), {{{55, 60}, true}}, guide), flat.size(), left) > 0.95);
}

GD_TEST(theSmartBrushStaysOnTheObjectAndPaintsHalfWayInAFlatPlace)
{
    std::mt19937 random(17);
    const Predicate object = [](double x, double) { return x < 80; };
    const Raster8 image = picture(random, {160, 120}, object);
    const ColourWindow window = whole(image);
    const LabColour reference = meanColour(window, {70, 60}, 5);
    const Region atEdge = smartDab(window, {72, 60}, 20, reference.values);
    for (int y = 40; y < 80; ++y) {
        EXPECT(!atEdge.contains(82, y));
    }
    EXPECT(atEdge.contains(60, 60) && atEdge.contains(77, 60));
    const Region inside = smartDab(window, {40, 60}, 20, reference.values);
    EXPECT_NEAR(static_cast<double>(inside.area()), M_PI * 100, 20);
    // Over another thing than where the stroke began: nothing.
    EXPECT_EQ(smartDab(window, {90, 60}, 20, reference.values).area(), 0);
    EXPECT_EQ(smartDab(window, {-90, 60}, 20, reference.values).area(), 0);
}

GD_TEST(superpixelsTileTheWindowInConnectedPiecesAlongEdges)
{
    std::mt19937 random(19);
    const Predicate object = disc(80, 60, 35);
    const Raster8 image = picture(random, {160, 120}, object);
    const Superpixels patches(colourWindow(image, {10, 5, 140, 110}), 10);
    EXPECT(patches.count() > 80 && patches.count() < 260);
    std::int64_t total = 0;
    std::int64_t mixed = 0;
    for (int i = 0; i < patches.count(); ++i) {
        const Region region = patches.region(i);
        total += region.area();
        EXPECT_EQ(
            imaging::connectedComponents(region.mask, imaging::Connectivity::Four).parts.size(),
            std::size_t{1});
        std::int64_t inside = 0;
        for (int y = region.origin.y; y < region.bounds().bottom(); ++y) {
            for (int x = region.origin.x; x < region.bounds().right(); ++x) {
                inside += region.contains(x, y) && object(x + 0.5, y + 0.5) ? 1 : 0;
            }
        }
        mixed += std::min(inside, region.area() - inside);
    }
    EXPECT_EQ(total, std::int64_t{140} * 110);
    EXPECT(mixed < 220); // on the wrong side: less than one pixel along the rim of 2 pi 35
    EXPECT_EQ(Superpixels(ColourWindow{}, 10).count(), 0);
}

GD_TEST(theLivewireFollowsTheRim)
{
    std::mt19937 random(23);
    const Predicate object = disc(80, 60, 35);
    const Raster8 image = picture(random, {160, 120}, object);
    Livewire wire(whole(image));
    wire.setSeed({45, 60});
    const std::vector<Point> path = wire.pathTo({115, 60});
    REQUIRE(path.size() > 70);
    EXPECT(path.front() == (Point{45, 60}) && path.back() == (Point{115, 60}));
    for (std::size_t i = 0; i < path.size(); ++i) {
        EXPECT(std::abs(std::hypot(path[i].x + 0.5 - 80, path[i].y + 0.5 - 60) - 35) < 2.5);
        if (i > 0) {
            EXPECT(std::abs(path[i].x - path[i - 1].x) <= 1);
            EXPECT(std::abs(path[i].y - path[i - 1].y) <= 1);
        }
    }
    const Point snapped = wire.snapped({48, 58}, 6);
    EXPECT(std::abs(std::hypot(snapped.x + 0.5 - 80, snapped.y + 0.5 - 60) - 35) < 2);
    EXPECT(wire.pathTo({-50, 999}).back() == (Point{0, 119})); // moved into the window
    EXPECT(Livewire(ColourWindow{}).pathTo({3, 3}).empty());
}

GD_TEST_MAIN()
