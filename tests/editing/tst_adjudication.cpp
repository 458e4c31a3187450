// SPDX-License-Identifier: Apache-2.0
#include "core/editing/adjudication.h"
#include "tests/support/check.h"

#include <algorithm>
#include <cmath>

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

namespace {

/// STAPLE for one class as the paper has it, pixel by pixel, over a box.
std::vector<double> binaryStaple(
    const std::vector<Raster8>& maps, const Rect& box, std::vector<double>& p, std::vector<double>& q)
{
    const std::size_t readers = maps.size();
    std::vector<std::vector<int>> votes;
    double marked = 0;
    for (int y = box.y; y < box.bottom(); ++y) {
        for (int x = box.x; x < box.right(); ++x) {
            std::vector<int>& vote = votes.emplace_back();
            for (const Raster8& map : maps) {
                vote.push_back(map.at(x, y) != 0 ? 1 : 0);
                marked += vote.back();
            }
        }
    }
    const double prior = marked / static_cast<double>(votes.size() * readers);
    p.assign(readers, 0.99);
    q.assign(readers, 0.99);
    std::vector<double> truth(votes.size());
    for (int iteration = 0; iteration < 300; ++iteration) {
        for (std::size_t i = 0; i < votes.size(); ++i) {
            double in = prior;
            double out = 1 - prior;
            for (std::size_t r = 0; r < readers; ++r) {
                in *= votes[i][r] == 1 ? p[r] : 1 - p[r];
                out *= votes[i][r] == 1 ? 1 - q[r] : q[r];
            }
            truth[i] = in / (in + out);
        }
        for (std::size_t r = 0; r < readers; ++r) {
            double hit = 0;
            double all = 0;
            double passed = 0;
            double none = 0;
            for (std::size_t i = 0; i < votes.size(); ++i) {
                hit += votes[i][r] * truth[i];
                all += truth[i];
                passed += (1 - votes[i][r]) * (1 - truth[i]);
                none += 1 - truth[i];
            }
            p[r] = std::clamp(hit / all, 1e-6, 1 - 1e-6);
            q[r] = std::clamp(passed / none, 1e-6, 1 - 1e-6);
        }
    }
    return truth;
}

} // namespace

GD_TEST(stapleIsThatOfThePaper)
{
    Raster8 a = blank();
    Raster8 b = blank();
    Raster8 c = blank();
    put(a, {30, 20, 20, 20}, 1);
    put(b, {32, 20, 20, 22}, 1);
    put(c, {20, 10, 30, 35}, 1); // marks far too much
    const auto found = stapleOf(
        {LabelMap::fromRaster(a), LabelMap::fromRaster(b), LabelMap::fromRaster(c)});
    REQUIRE(found.has_value());
    // All that is marked: x 20 to 52, y 10 to 45; grown by a quarter and one on each side.
    const Rect box{20 - 9, 10 - 9, 32 + 18, 35 + 18};
    std::vector<double> p;
    std::vector<double> q;
    const std::vector<double> truth = binaryStaple({a, b, c}, box, p, q);
    Raster8 expected = blank();
    std::size_t next = 0;
    for (int y = box.y; y < box.bottom(); ++y) {
        for (int x = box.x; x < box.right(); ++x) {
            expected.at(x, y) = truth[next++] > 0.5 ? 1 : 0;
        }
    }
    EXPECT(found->labels == LabelMap::fromRaster(expected));
    for (std::size_t reader = 0; reader < 3; ++reader) {
        EXPECT(std::abs(found->sensitivity[reader] - p[reader]) < 1e-3);
        EXPECT(std::abs(found->specificity[reader] - q[reader]) < 1e-3);
    }
    EXPECT(found->specificity[2] < found->specificity[0]); // it sees who marks too much
}

GD_TEST(stapleKnowsClassesAndUnreadPlaces)
{
    Raster8 a = blank();
    put(a, {10, 10, 30, 30}, 1);
    put(a, {50, 40, 20, 20}, 7);
    Raster8 b = a;
    Raster8 c = a;
    put(c, {50, 40, 20, 20}, 255); // did not read that place
    put(c, {10, 10, 30, 5}, 7);    // another class there
    const LabelMap agreed = LabelMap::fromRaster(a);
    EXPECT(stapleOf({agreed, LabelMap::fromRaster(b), LabelMap::fromRaster(c)})->labels == agreed);
    EXPECT(stapleOf({agreed, agreed})->labels == agreed);
    const LabelMap nothing = LabelMap::fromRaster(blank());
    EXPECT(stapleOf({nothing, nothing})->labels == nothing);
    EXPECT(!stapleOf({agreed}).has_value());
    EXPECT(!stapleOf({LabelMap({3, 3}), LabelMap({3, 4})}).has_value());
}

GD_TEST_MAIN()
