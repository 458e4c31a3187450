// SPDX-License-Identifier: Apache-2.0
#include "core/report/model_comparison.h"
#include "tests/support/check.h"

using namespace guidino;
using namespace guidino::report;

namespace {

constexpr Size kSize{40, 30};

/// Columns `from` to `to` - 1 of one class.
LabelMap bandOf(int from, int to, std::uint8_t value = 1)
{
    Raster8 raster(kSize.width, kSize.height);
    for (int y = 0; y < kSize.height; ++y) {
        for (int x = from; x < to; ++x) {
            raster.at(x, y) = value;
        }
    }
    return LabelMap::fromRaster(raster);
}

ModelCase caseOf(double a, double b, bool isFromModel = false)
{
    ModelCase one;
    one.a = CaseScore{a, 10 * (1 - a)};
    one.b = CaseScore{b, 10 * (1 - b)};
    one.isFromModel = isFromModel;
    return one;
}

} // namespace

GD_TEST(casesAreScoredByTheClassesThatAreThere)
{
    const auto same = scoreOf(bandOf(5, 15), bandOf(5, 15));
    REQUIRE(same.has_value());
    EXPECT(*same == (CaseScore{1, 0}));
    const auto half = scoreOf(bandOf(5, 15), bandOf(10, 20));
    EXPECT_NEAR(half->dsc, 0.5, 1e-12);
    EXPECT_NEAR(half->hd95, 5, 1e-9);
    const double diagonal = std::hypot(kSize.width, kSize.height);
    const auto missed = scoreOf(LabelMap(kSize), bandOf(5, 15));
    EXPECT_NEAR(missed->dsc, 0, 0);
    EXPECT_NEAR(missed->hd95, diagonal, 1.5);
    // Nothing there and nothing predicted is right.
    EXPECT(*scoreOf(LabelMap(kSize), LabelMap(kSize)) == (CaseScore{1, 0}));
    // The wrong class: both are wrong.
    EXPECT_NEAR(scoreOf(bandOf(5, 15, 2), bandOf(5, 15, 1))->dsc, 0, 0);
    EXPECT(!scoreOf(LabelMap({3, 3}), bandOf(5, 15)));
    // What the reference leaves open counts for nothing.
    Raster8 open = bandOf(5, 15).toRaster();
    for (int y = 0; y < kSize.height; ++y) {
        open.at(15, y) = kIgnoreLabel;
    }
    EXPECT_NEAR(scoreOf(bandOf(5, 16), LabelMap::fromRaster(open))->dsc, 1, 1e-12);
}

GD_TEST(casesOfTheModelsThemselvesAreLeftOutAndCounted)
{
    std::vector<ModelCase> cases;
    for (int i = 0; i < 12; ++i) {
        cases.push_back(caseOf(0.8, 0.81 + 0.002 * i));
    }
    cases[3] = caseOf(0.9, 0.85);
    cases[5] = caseOf(0.7, 0.7);
    cases.push_back(caseOf(0.1, 1.0, true));
    cases.emplace_back(); // not predicted
    const ModelComparison found = compareModels(cases);
    EXPECT_EQ(found.counted, std::size_t{12});
    EXPECT_EQ(found.leftOut, std::size_t{1});
    EXPECT_EQ(found.unscored, std::size_t{1});
    EXPECT_EQ(found.better.size(), std::size_t{10});
    EXPECT_EQ(found.better.front(), std::size_t{11});
    REQUIRE(found.worse.size() == 1);
    EXPECT_EQ(found.worse.front(), std::size_t{3});
    REQUIRE(found.a && found.b && found.dsc && found.hd95);
    EXPECT_NEAR(found.a->dsc.mean, 0.8, 1e-12);
    EXPECT_NEAR(found.a->dsc.median, 0.8, 1e-12);
    EXPECT(found.b->interval.low < found.b->dsc.mean && found.b->dsc.mean < found.b->interval.high);
    EXPECT_NEAR(found.dsc->meanDifference, found.b->dsc.mean - found.a->dsc.mean, 1e-12);
    EXPECT_NEAR(found.hd95->meanDifference, -10 * found.dsc->meanDifference, 1e-9);
    EXPECT(found.dsc->wilcoxonP < 0.06);
    ModelComparisonOptions all;
    all.countsOwnCases = true;
    EXPECT_EQ(compareModels(cases, all).counted, std::size_t{13});
    EXPECT_EQ(compareModels(cases, all).better.front(), std::size_t{12});
    const ModelComparison none = compareModels({});
    EXPECT(!none.a && !none.dsc && none.counted == 0);
    const ModelComparison one = compareModels(std::vector<ModelCase>{caseOf(0.5, 0.6)});
    EXPECT(one.a && one.b && !one.dsc);
    EXPECT(one.a->interval.low == one.a->interval.high);
}

GD_TEST(theGateLooksAtEachCase)
{
    // The mean is better by far, and one case is lost.
    std::vector<ModelCase> cases{caseOf(0.5, 0.9), caseOf(0.9, 0.8), caseOf(0.9, 0.84)};
    GateVerdict verdict = judgeGate(cases, 0.05);
    EXPECT(!verdict.isPassed());
    EXPECT_EQ(verdict.checked, std::size_t{3});
    REQUIRE(verdict.offenders.size() == 2);
    EXPECT_EQ(verdict.offenders.front(), std::size_t{1});
    EXPECT_NEAR(verdict.largestDrop, 0.1, 1e-12);
    EXPECT(judgeGate(cases, 0.1).isPassed()); // just the limit
    EXPECT(!judgeGate(cases, 0.099).isPassed());
    // A case of the model's own neither passes nor fails it.
    cases[1].isFromModel = true;
    cases[2] = caseOf(0.9, 0.88);
    verdict = judgeGate(cases, 0.05);
    EXPECT(verdict.isPassed());
    EXPECT_EQ(verdict.leftOut, std::size_t{1});
    EXPECT_EQ(verdict.checked, std::size_t{2});
    // Nothing is passed that was not looked at.
    cases.emplace_back();
    EXPECT(!judgeGate(cases, 0.05).isPassed());
    EXPECT(!judgeGate({}, 0.05).isPassed());
    EXPECT(!judgeGate(std::vector<ModelCase>{caseOf(0.5, 0.9, true)}, 0.05).isPassed());
}

GD_TEST_MAIN()
