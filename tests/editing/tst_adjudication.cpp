// SPDX-License-Identifier: Apache-2.0
#include "core/editing/adjudication.h"
#include "tests/support/check.h"

using namespace guidino;
using namespace guidino::editing;

namespace {

Raster8 blank()
{
    return Raster8(100, 80);
}

void put(Raster8& raster, const Rect& rect, std::uint8_t value)
{
    for (int y = rect.y; y < rect.bottom(); ++y) {
        for (int x = rect.x; x < rect.right(); ++x) {
            raster.at(x, y) = value;
        }
    }
}

} // namespace

GD_TEST(regionsAreWhereTheReadersDiffer)
{
    Raster8 a = blank();
    Raster8 b = blank();
    put(a, {10, 10, 20, 20}, 1);
    put(b, {10, 10, 20, 30}, 1); // b reaches 10 rows further: 200 pixels
    put(a, {60, 10, 5, 5}, 1);   // only a: 25 pixels
    put(a, {80, 60, 5, 5}, 255); // nobody knows
    put(b, {80, 60, 5, 5}, 1);
    const auto found = disagreementOf(LabelMap::fromRaster(a), LabelMap::fromRaster(b));
    REQUIRE(found.has_value());
    REQUIRE(found->regions.size() == 2);
    EXPECT_EQ(found->regions[0].area, std::int64_t{200});
    EXPECT(found->regions[0].bounds == (Rect{10, 30, 20, 10}));
    EXPECT_EQ(found->regions[0].firstShare, 0.0);
    EXPECT_EQ(found->regions[1].firstShare, 1.0);
    EXPECT_EQ(found->regionAt({15, 35}), 0);
    EXPECT_EQ(found->regionAt({62, 12}), 1);
    EXPECT_EQ(found->regionAt({15, 15}), -1); // both say 1
    EXPECT_EQ(found->regionAt({82, 62}), -1);
    EXPECT_EQ(found->regionAt({-1, 500}), -1);
    EXPECT(!disagreementOf(LabelMap({3, 3}), LabelMap({3, 4})).has_value());
}

GD_TEST(picksDecideRegionByRegion)
{
    Raster8 a = blank();
    Raster8 b = blank();
    put(a, {10, 10, 20, 20}, 1);
    put(b, {50, 40, 30, 30}, 2);
    const LabelMap first = LabelMap::fromRaster(a);
    const LabelMap second = LabelMap::fromRaster(b);
    const Disagreement found = disagreementOf(first, second).value();
    REQUIRE(found.regions.size() == 2);
    EXPECT(adjudicate(first, second, found, {Pick::First, Pick::First}) == first);
    EXPECT(adjudicate(first, second, found, {Pick::Second, Pick::Second}) == second);
    Raster8 both = a;
    put(both, {50, 40, 30, 30}, 2);
    // The largest region is b's: taken from the second, the other one stays the first's.
    EXPECT(
        adjudicate(first, second, found, {Pick::Second, Pick::First})
        == LabelMap::fromRaster(both));
    EXPECT(adjudicate(first, second, found, {}) == first); // no picks: nothing is taken
}

GD_TEST(theMajorityWinsAndTiesAreBackground)
{
    Raster8 a = blank();
    Raster8 b = blank();
    Raster8 c = blank();
    put(a, {0, 0, 30, 10}, 1);
    put(b, {0, 0, 20, 10}, 1);
    put(c, {0, 0, 10, 10}, 2);
    const auto maps = [](std::vector<Raster8> list) {
        std::vector<LabelMap> all;
        for (const Raster8& one : list) {
            all.push_back(LabelMap::fromRaster(one));
        }
        return all;
    };
    Raster8 expected = blank();
    put(expected, {0, 0, 20, 10}, 1);
    EXPECT(majorityOf(maps({a, b, c})).value() == LabelMap::fromRaster(expected));
    EXPECT(majorityOf(maps({a, blank()})).value() == LabelMap::fromRaster(blank()));
    EXPECT(!majorityOf({}).has_value());
    EXPECT(!majorityOf({LabelMap({3, 3}), LabelMap({3, 4})}).has_value());
}

GD_TEST_MAIN()
