// SPDX-License-Identifier: Apache-2.0
#include "core/editing/interpolation.h"
#include "tests/support/check.h"

#include <cmath>

using namespace guidino;
using namespace guidino::editing;

namespace {

constexpr Size kImage{160, 120};

/// An ellipse of the image, trimmed.
Region ellipse(double cx, double cy, double rx, double ry)
{
    Raster8 mask(kImage.width, kImage.height);
    for (int y = 0; y < kImage.height; ++y) {
        for (int x = 0; x < kImage.width; ++x) {
            const double dx = (x + 0.5 - cx) / rx;
            const double dy = (y + 0.5 - cy) / ry;
            mask.at(x, y) = dx * dx + dy * dy <= 1 ? 1 : 0;
        }
    }
    return trimmed({{0, 0}, mask});
}

Region rectangle(const Rect& rect)
{
    Region region{{rect.x, rect.y}, Raster8(rect.width, rect.height)};
    std::fill(region.mask.pixels().begin(), region.mask.pixels().end(), std::uint8_t{1});
    return region;
}

double diceOf(const Region& a, const Region& b)
{
    double both = 0;
    for (int y = 0; y < kImage.height; ++y) {
        for (int x = 0; x < kImage.width; ++x) {
            both += a.contains(x, y) && b.contains(x, y) ? 1 : 0;
        }
    }
    return 2 * both / static_cast<double>(a.area() + b.area());
}

} // namespace

GD_TEST(betweenAShapeAndItselfIsTheShape)
{
    const Region shape = ellipse(70, 60, 30, 18);
    for (const double share : {0.0, 0.3, 0.5, 1.0}) {
        const Region between = shapeBetween(shape, shape, share, kImage);
        EXPECT(between.origin == shape.origin);
        EXPECT(between.mask == shape.mask);
    }
}

GD_TEST(theEndsAreTheShapesThemselves)
{
    const Region before = ellipse(40, 50, 22, 14);
    const Region after = ellipse(110, 70, 12, 26);
    EXPECT(diceOf(shapeBetween(before, after, 0, kImage), before) > 0.999);
    EXPECT(diceOf(shapeBetween(before, after, 1, kImage), after) > 0.999);
}

GD_TEST(concentricCirclesMeetInTheMiddle)
{
    const Region between =
        shapeBetween(ellipse(80, 60, 40, 40), ellipse(80, 60, 20, 20), 0.25, kImage);
    const Region expected = ellipse(80, 60, 35, 35);
    EXPECT(diceOf(between, expected) > 0.99);
}

GD_TEST(anObjectThatMovesIsHalfWay)
{
    // Far apart: without its way taken out there would be nothing between.
    const Region between =
        shapeBetween(ellipse(30, 30, 12, 12), ellipse(130, 90, 12, 12), 0.5, kImage);
    EXPECT(diceOf(between, ellipse(80, 60, 12, 12)) > 0.97);
}

GD_TEST(theBorderIsNoRim)
{
    // Both reach over the left border; so does what lies between them.
    const Region before = rectangle({0, 20, 60, 40});
    const Region after = rectangle({0, 20, 60, 60});
    const Region between = shapeBetween(before, after, 0.5, kImage);
    EXPECT_EQ(between.origin.x, 0);
    for (int y = 30; y < 60; ++y) {
        EXPECT(between.contains(0, y));
    }
}

GD_TEST(nothingLiesBetweenAShapeAndNothing)
{
    const Region shape = ellipse(70, 60, 30, 18);
    EXPECT_EQ(shapeBetween(shape, {}, 0.5, kImage).area(), 0);
    EXPECT_EQ(shapeBetween({}, shape, 0.5, kImage).area(), 0);
    const Region hollow{{0, 0}, Raster8(20, 20)};
    EXPECT_EQ(shapeBetween(shape, hollow, 0.5, kImage).area(), 0);
}

GD_TEST_MAIN()
