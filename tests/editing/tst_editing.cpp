// SPDX-License-Identifier: Apache-2.0
#include "core/editing/brush_stroke.h"
#include "core/editing/fill.h"
#include "core/editing/label_edit.h"
#include "tests/support/check.h"

#include <array>
#include <random>
#include <utility>
#include <vector>

using namespace guidino;
using namespace guidino::editing;

namespace {

/// Blobs of classes 0..3 on a map that ends inside its last tiles.
LabelMap randomMap(std::mt19937& random, Size size = {201, 150})
{
    Raster8 raster(size.width, size.height);
    std::uniform_int_distribution<int> value(0, 3);
    for (int y = 0; y < size.height; y += 10) {
        for (int x = 0; x < size.width; x += 10) {
            const auto label = static_cast<std::uint8_t>(value(random));
            for (int j = y; j < std::min(y + 10, size.height); ++j) {
                for (int i = x; i < std::min(x + 10, size.width); ++i) {
                    raster.at(i, j) = label;
                }
            }
        }
    }
    return LabelMap::fromRaster(raster);
}

PointF randomPoint(std::mt19937& random, Size size)
{
    std::uniform_real_distribution<double> x(-20, size.width + 20);
    std::uniform_real_distribution<double> y(-20, size.height + 20);
    return {x(random), y(random)};
}

double randomReal(std::mt19937& random, double low, double high)
{
    return std::uniform_real_distribution<double>(low, high)(random);
}

/// The brute-force stroke: for each pixel, the smallest distance to the polyline.
bool isUnderStroke(const std::vector<PointF>& points, double radius, int x, int y)
{
    for (std::size_t i = 0; i < points.size(); ++i) {
        const PointF a = points[i == 0 ? 0 : i - 1];
        const PointF b = points[i];
        const double px = x + 0.5;
        const double py = y + 0.5;
        const double length2 = (b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y);
        double t = 0;
        if (length2 > 0) {
            t = ((px - a.x) * (b.x - a.x) + (py - a.y) * (b.y - a.y)) / length2;
            t = t < 0 ? 0 : (t > 1 ? 1 : t);
        }
        const double dx = a.x + t * (b.x - a.x) - px;
        const double dy = a.y + t * (b.y - a.y) - py;
        if (dx * dx + dy * dy <= radius * radius) {
            return true;
        }
    }
    return false;
}

void randomEdit(std::mt19937& random, LabelEdit& edit)
{
    const Size size = edit.map().size();
    const auto value = static_cast<std::uint8_t>(std::uniform_int_distribution<int>(0, 3)(random));
    switch (std::uniform_int_distribution<int>(0, 2)(random)) {
    case 0: {
        BrushStroke stroke(edit, value, randomReal(random, 0.5, 30));
        for (int i = 0; i < 4; ++i) {
            stroke.moveTo(randomPoint(random, size));
        }
        break;
    }
    case 1: {
        std::vector<PointF> corners;
        for (int i = 0; i < 6; ++i) {
            corners.push_back(randomPoint(random, size));
        }
        fillPolygon(edit, corners, value);
        break;
    }
    default: {
        const PointF seed = randomPoint(random, size);
        floodFill(edit, {static_cast<int>(seed.x), static_cast<int>(seed.y)}, value);
        break;
    }
    }
}

} // namespace

GD_TEST(strokeIsTheUnionOfDiscs)
{
    std::mt19937 random(1);
    for (int round = 0; round < 60; ++round) {
        LabelMap map(Size{150, 131});
        const double radius = randomReal(random, kMinBrushRadiusPx, round % 5 == 0 ? 80 : 15);
        std::vector<PointF> points;
        const int count = 1 + round % 4;
        for (int i = 0; i < count; ++i) {
            points.push_back(randomPoint(random, map.size()));
        }
        if (round % 7 == 0) {
            points.back() = points.front(); // a pointer that did not move
        }
        LabelEdit edit(map);
        BrushStroke stroke(edit, 2, radius);
        for (const PointF& point : points) {
            stroke.moveTo(point);
        }
        (void)edit.commit();
        int wrong = 0;
        for (int y = 0; y < map.size().height; ++y) {
            for (int x = 0; x < map.size().width; ++x) {
                wrong += (map.at(x, y) == 2) != isUnderStroke(points, radius, x, y) ? 1 : 0;
            }
        }
        EXPECT_EQ(wrong, 0);
    }
}

GD_TEST(smallestBrushPaintsItsPixelAndFastStrokesHaveNoGaps)
{
    LabelMap map(Size{64, 64});
    LabelEdit edit(map);
    BrushStroke(edit, 1, 0).moveTo({10.02, 20.97});
    REQUIRE(edit.commit().has_value());
    EXPECT_EQ(int{map.at(10, 20)}, 1);

    LabelMap other(Size{640, 64});
    LabelEdit fast(other);
    BrushStroke stroke(fast, 1, 0.1);
    stroke.moveTo({3, 3});
    stroke.moveTo({630.3, 47.7}); // more than 600 px between two events
    REQUIRE(fast.commit().has_value());
    for (int x = 4; x < 630; ++x) {
        int painted = 0;
        for (int y = 0; y < 64; ++y) {
            painted += other.at(x, y);
        }
        EXPECT(painted >= 1);
    }
}

GD_TEST(undoAndRedoAreExactAndUntouchedTilesStayShared)
{
    std::mt19937 random(2);
    LabelMap map = randomMap(random);
    std::vector<LabelMap> states{map};
    std::vector<LabelPatch> patches;
    while (patches.size() < 40) {
        const LabelMap before = map;
        LabelEdit edit(map);
        randomEdit(random, edit);
        const auto patch = edit.commit();
        if (!patch) {
            EXPECT(map == before);
            continue;
        }
        std::vector<bool> isInPatch(map.tileCount());
        for (const LabelPatch::Atom& atom : patch->atoms()) {
            isInPatch[atom.tile] = true;
            EXPECT(*atom.before != *atom.after);
        }
        for (std::size_t i = 0; i < map.tileCount(); ++i) {
            EXPECT_EQ(map.tile(i) == before.tile(i), !isInPatch[i]);
        }
        // The dirty rectangle is exact: all changes inside, and each side touches one.
        Rect changed;
        for (int y = 0; y < map.size().height; ++y) {
            for (int x = 0; x < map.size().width; ++x) {
                if (map.at(x, y) != before.at(x, y)) {
                    changed = changed.united({x, y, 1, 1});
                }
            }
        }
        EXPECT(changed == patch->dirtyRect());
        patches.push_back(*patch);
        states.push_back(map);
    }
    for (std::size_t i = patches.size(); i-- > 0;) {
        patches[i].revert(map);
        EXPECT(map == states[i]);
    }
    for (std::size_t i = 0; i < patches.size(); ++i) {
        patches[i].apply(map);
        EXPECT(map == states[i + 1]);
    }
}

GD_TEST(anEditWithoutCommitRevertsAndSnapshotsNeverChange)
{
    std::mt19937 random(3);
    LabelMap map = randomMap(random);
    const LabelMap before = map;
    const Raster8 pixelsBefore = map.toRaster();
    {
        LabelEdit edit(map);
        BrushStroke stroke(edit, 3, 20);
        stroke.moveTo({50, 50});
        const LabelMap snapshot = map; // as autosave takes it, in mid-stroke
        const Raster8 pixels = snapshot.toRaster();
        stroke.moveTo({120, 90});
        EXPECT(snapshot.toRaster() == pixels);
        EXPECT(!(map.toRaster() == pixels));
    }
    EXPECT(map == before);
    EXPECT(before.toRaster() == pixelsBefore);
    for (std::size_t i = 0; i < map.tileCount(); ++i) {
        EXPECT(map.tile(i) == before.tile(i));
    }
}

GD_TEST(rulesHold)
{
    std::mt19937 random(4);
    for (int round = 0; round < 60; ++round) {
        LabelMap map = randomMap(random);
        const LabelMap before = map;
        EditRules rules;
        rules.paintOver = static_cast<PaintOver>(round % 4);
        rules.onlyClass = 2;
        if (round % 3 == 0) {
            rules.region = Rect{30, 40, 77, 65};
        }
        if (round % 5 == 0) {
            rules.regionMask = randomMap(random);
        }
        if (round % 2 == 0) {
            rules.lockedClasses.set(1);
        }
        LabelEdit edit(map, rules);
        randomEdit(random, edit);
        (void)edit.commit();
        int broken = 0;
        for (int y = 0; y < map.size().height; ++y) {
            for (int x = 0; x < map.size().width; ++x) {
                const int from = before.at(x, y);
                const int to = map.at(x, y);
                if (from == to) {
                    continue;
                }
                const bool isAllowed =
                    (!rules.region || rules.region->contains({x, y}))
                    && (!rules.regionMask || rules.regionMask->at(x, y) != 0)
                    && !rules.lockedClasses.test(static_cast<std::size_t>(from))
                    && !rules.lockedClasses.test(static_cast<std::size_t>(to))
                    && (rules.paintOver == PaintOver::Everything
                        || (rules.paintOver == PaintOver::Background && from == 0)
                        || (rules.paintOver == PaintOver::Labelled && from != 0)
                        || (rules.paintOver == PaintOver::OneClass && from == 2));
                broken += isAllowed ? 0 : 1;
            }
        }
        EXPECT_EQ(broken, 0);
    }
}

GD_TEST(rulesDoNotStopWhatTheyAllow)
{
    LabelMap map(Size{100, 100});
    EditRules rules;
    rules.paintOver = PaintOver::Background;
    rules.region = Rect{10, 10, 20, 20};
    LabelEdit edit(map, rules);
    edit.setPixels(Raster8(100, 100, 1, std::vector<std::uint8_t>(std::size_t{10000}, 1)), {0, 0});
    const auto patch = edit.commit();
    REQUIRE(patch.has_value());
    EXPECT(patch->dirtyRect() == (Rect{10, 10, 20, 20}));
}

GD_TEST(polygonFillsPixelCentres)
{
    LabelMap map(Size{100, 100});
    LabelEdit edit(map);
    const std::array<PointF, 4> box{{{10.2, 20.2}, {40.7, 20.2}, {40.7, 50.4}, {10.2, 50.4}}};
    fillPolygon(edit, box, 1);
    const auto patch = edit.commit();
    REQUIRE(patch.has_value());
    EXPECT(patch->dirtyRect() == (Rect{10, 20, 31, 30}));

    // Two triangles that share an edge fill each pixel once: no gap, no overlap.
    LabelMap halves(Size{100, 100});
    LabelEdit first(halves);
    fillPolygon(first, std::array<PointF, 3>{{{5, 5}, {90, 13}, {20, 95}}}, 1);
    (void)first.commit();
    EditRules rules;
    rules.paintOver = PaintOver::Labelled;
    LabelEdit second(halves, rules);
    fillPolygon(second, std::array<PointF, 3>{{{90, 13}, {95, 90}, {20, 95}}}, 2);
    EXPECT(!second.commit().has_value());

    // Even-odd: the inner square of a ring drawn twice around stays empty.
    LabelMap ring(Size{100, 100});
    LabelEdit third(ring);
    fillPolygon(
        third,
        std::array<PointF, 10>{
            {{10, 10},
             {90, 10},
             {90, 90},
             {10, 90},
             {10, 10},
             {30, 30},
             {70, 30},
             {70, 70},
             {30, 70},
             {30, 30}}},
        1);
    (void)third.commit();
    EXPECT_EQ(int{ring.at(50, 50)}, 0);
    EXPECT_EQ(int{ring.at(20, 50)}, 1);
}

GD_TEST(floodFillStopsAtBorders)
{
    LabelMap map(Size{200, 150});
    {
        LabelEdit edit(map);
        for (int y = 30; y < 100; ++y) {
            edit.setRun(y, 40, 41, 1);
            edit.setRun(y, 120, 121, 1);
        }
        edit.setRun(30, 40, 121, 1);
        edit.setRun(99, 40, 121, 1);
        (void)edit.commit();
    }
    LabelEdit edit(map);
    floodFill(edit, {80, 60}, 2);
    floodFill(edit, {-3, 60}, 2);
    floodFill(edit, {80, 150}, 2);
    const auto patch = edit.commit();
    REQUIRE(patch.has_value());
    EXPECT(patch->dirtyRect() == (Rect{41, 31, 79, 68}));
    EXPECT_EQ(int{map.at(39, 60)}, 0);
    EXPECT_EQ(int{map.at(40, 60)}, 1);
    EXPECT_EQ(int{map.at(41, 31)}, 2);
}

GD_TEST(dirtyRectanglesCoverTheStroke)
{
    LabelMap map(Size{300, 300});
    LabelEdit edit(map);
    BrushStroke stroke(edit, 1, 10);
    stroke.moveTo({50, 50});
    const Rect first = edit.takeDirtyRect();
    EXPECT(first == (Rect{40, 40, 20, 20}));
    EXPECT(edit.takeDirtyRect().isEmpty());
    stroke.moveTo({100, 50});
    EXPECT(edit.takeDirtyRect() == (Rect{40, 40, 70, 20}));
    LabelMap empty(Size{300, 300});
    LabelEdit nothing(empty);
    BrushStroke(nothing, 0, 10).moveTo({50, 50});
    EXPECT(!nothing.commit().has_value());
}

GD_TEST_MAIN()
