// SPDX-License-Identifier: Apache-2.0
#include "core/imaging/contours.h"
#include "tests/support/check.h"

#include <cmath>
#include <numeric>

using namespace guidino;
using namespace guidino::imaging;

namespace {

Raster8 fromText(const std::vector<std::string>& rows)
{
    Raster8 mask(static_cast<int>(rows[0].size()), static_cast<int>(rows.size()));
    for (int y = 0; y < mask.height(); ++y) {
        for (int x = 0; x < mask.width(); ++x) {
            mask.at(x, y) =
                rows[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)] == '#' ? 7 : 0;
        }
    }
    return mask;
}

Raster8 randomMask(std::mt19937& random, int width, int height, unsigned percent)
{
    Raster8 mask(width, height);
    for (std::uint8_t& value : mask.pixels()) {
        value = random() % 100 < percent ? 1 : 0;
    }
    return mask;
}

bool samePixels(const Raster8& a, const Raster8& b)
{
    if (a.size() != b.size()) {
        return false;
    }
    for (std::size_t i = 0; i < a.pixels().size(); ++i) {
        if ((a.data()[i] != 0) != (b.data()[i] != 0)) {
            return false;
        }
    }
    return true;
}

/// By the even-odd rule along each row of pixel centres.
Raster8 filled(const std::vector<Contour>& contours, Size size)
{
    Raster8 mask(size.width, size.height);
    for (const Contour& contour : contours) {
        for (std::size_t i = 0; i < contour.points.size(); ++i) {
            const Point from = contour.points[i];
            const Point to = contour.points[(i + 1) % contour.points.size()];
            for (int y = std::min(from.y, to.y); y < std::max(from.y, to.y); ++y) {
                for (int x = from.x; x < size.width; ++x) {
                    mask.at(x, y) ^= 1;
                }
            }
        }
    }
    return mask;
}

} // namespace

GD_TEST(componentsAreCountedByConnectivity)
{
    const Raster8 mask = fromText({"##..#", "#..#.", "....#", "###.."});
    const Components eight = connectedComponents(mask, Connectivity::Eight);
    REQUIRE(eight.parts.size() == 3);
    EXPECT_EQ(eight.parts[0].area, 3);
    EXPECT((eight.parts[1].bounds == Rect{3, 0, 2, 3}));
    EXPECT_NEAR(eight.parts[2].centroid.x, 1.5, 1e-9);
    EXPECT_NEAR(eight.parts[2].centroid.y, 3.5, 1e-9);
    EXPECT_EQ(connectedComponents(mask, Connectivity::Four).parts.size(), std::size_t{5});
    EXPECT(connectedComponents(Raster8()).parts.empty());
}

GD_TEST(largestStaysAndSmallOnesGo)
{
    const Raster8 mask = fromText({"##..#", "##..#", "....#", "#...."});
    EXPECT(samePixels(keepLargest(mask), fromText({"##...", "##...", ".....", "....."})));
    EXPECT(samePixels(removeSmall(mask, 2), fromText({"##..#", "##..#", "....#", "....."})));
    EXPECT(samePixels(removeSmall(mask, 4), fromText({"##...", "##...", ".....", "....."})));
    const Raster8 empty(4, 4);
    EXPECT(samePixels(keepLargest(empty), empty));
}

GD_TEST(holesAreFilledButNotBays)
{
    const Raster8 mask = fromText({"#####.", "#.#..#", "####.#", "#.####"});
    EXPECT(samePixels(fillHoles(mask), fromText({"#####.", "######", "######", "#.####"})));
    EXPECT(samePixels(fillHoles(mask, 1), fromText({"#####.", "###..#", "####.#", "#.####"})));
}

GD_TEST(morphologyMatchesItsDefinition)
{
    std::mt19937 random(3);
    for (int radius = 0; radius <= 3; ++radius) {
        const Raster8 mask = randomMask(random, 23, 17, 30);
        const Raster8 grown = dilate(mask, radius);
        const Raster8 shrunk = erode(mask, radius);
        for (int y = 0; y < mask.height(); ++y) {
            for (int x = 0; x < mask.width(); ++x) {
                bool any = false;
                bool all = true;
                for (int dy = -radius; dy <= radius; ++dy) {
                    for (int dx = -radius; dx <= radius; ++dx) {
                        if (dx * dx + dy * dy > radius * radius + radius) {
                            continue;
                        }
                        const bool isOn = Rect{0, 0, 23, 17}.contains({x + dx, y + dy})
                                          && mask.at(x + dx, y + dy) != 0;
                        any = any || isOn;
                        all = all && isOn;
                    }
                }
                EXPECT_EQ(grown.at(x, y) != 0, any);
                EXPECT_EQ(shrunk.at(x, y) != 0, all);
            }
        }
    }
}

GD_TEST(outlineIsTheMaskWithoutItsCore)
{
    const Raster8 mask = fromText({"######", "######", "######", "######", "######"});
    EXPECT(samePixels(outline(mask), fromText({"######", "#....#", "#....#", "#....#", "######"})));
    EXPECT(
        samePixels(outline(mask, 2), fromText({"######", "######", "##..##", "######", "######"})));
    EXPECT((boundsOf(mask) == Rect{0, 0, 6, 5}));
    EXPECT(boundsOf(Raster8(5, 5)).isEmpty());
}

GD_TEST(contoursGiveTheMaskBack)
{
    std::mt19937 random(5);
    for (unsigned percent : {10U, 40U, 60U, 90U}) {
        const Raster8 mask = randomMask(random, 29, 19, percent);
        const auto contours = traceContours(mask);
        EXPECT(samePixels(filled(contours, mask.size()), mask));
        const auto holes =
            std::count_if(contours.begin(), contours.end(), [](const Contour& contour) {
                return contour.isHole;
            });
        const auto objects = connectedComponents(mask, Connectivity::Four).parts.size();
        EXPECT_EQ(contours.size() - static_cast<std::size_t>(holes), objects);
    }
    const auto one = traceContours(fromText({"...", ".#.", "..."}));
    REQUIRE(one.size() == 1 && one[0].points.size() == 4);
    const auto ring = traceContours(fromText({"###", "#.#", "###"}));
    REQUIRE(ring.size() == 2);
    EXPECT(!ring[0].isHole && ring[1].isHole);
}

GD_TEST_MAIN()
