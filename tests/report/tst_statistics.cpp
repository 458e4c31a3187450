// SPDX-License-Identifier: Apache-2.0
#include "core/report/statistics.h"
#include "tests/support/check.h"

using namespace guidino;
using namespace guidino::report;

GD_TEST(summariesLeaveOutWhatIsNotDefined)
{
    const std::vector<std::optional<double>> values{1.0, std::nullopt, 3.0, 2.0, 6.0, std::nan("")};
    const auto summary = summarise(values);
    REQUIRE(summary.has_value());
    EXPECT_EQ(summary->count, std::size_t{4});
    EXPECT_NEAR(summary->mean, 3.0, 1e-12);
    EXPECT_NEAR(summary->median, 2.5, 1e-12);
    EXPECT_NEAR(summary->deviation, 2.160246899469287, 1e-12);
    EXPECT_NEAR(summary->smallest, 1.0, 0);
    EXPECT_NEAR(summary->largest, 6.0, 0);
    EXPECT(!summarise(std::vector<std::optional<double>>{std::nullopt}));
}

GD_TEST(bootstrapIsSeededAndCoversTheMean)
{
    std::mt19937 random(4);
    std::normal_distribution<double> normal(0.8, 0.1);
    int covered = 0;
    constexpr int kRounds = 200;
    for (int round = 0; round < kRounds; ++round) {
        std::vector<double> values(60);
        for (double& value : values) {
            value = normal(random);
        }
        BootstrapOptions options;
        options.samples = 400;
        options.seed = static_cast<std::uint64_t>(round);
        const auto interval = bootstrapMean(values, options);
        REQUIRE(interval.has_value());
        const auto again = bootstrapMean(values, options);
        EXPECT(again->low == interval->low && again->high == interval->high);
        covered += interval->low <= 0.8 && 0.8 <= interval->high ? 1 : 0;
    }
    EXPECT(covered > kRounds * 0.89 && covered < kRounds * 0.99);
    EXPECT(!bootstrapMean(std::vector<double>{1.0}));
    const auto flat = bootstrapMean(std::vector<double>(5, 2.0));
    EXPECT(flat && flat->low == 2.0 && flat->high == 2.0);
}

GD_TEST(wilcoxonAgreesWithScipy)
{
    // scipy.stats.wilcoxon 1.17, exact and zero_method="wilcox" by approximation.
    EXPECT_NEAR(
        wilcoxonSignedRank(std::vector<double>{0.3, -0.1, 0.45, 0.2, -0.05, 0.6, 0.7, 0.15}),
        0.0390625,
        1e-12);
    EXPECT_NEAR(
        wilcoxonSignedRank(std::vector<double>{1, 2, 2, -1, 3, 4, -2, 5, 1, 6, -3, 2, 0, 7}),
        0.038346475151991855,
        1e-12);
    EXPECT_NEAR(wilcoxonSignedRank(std::vector<double>(6, 0.0)), 1.0, 0);
    EXPECT_NEAR(wilcoxonSignedRank(std::vector<double>{1, -1}), 1.0, 1e-12);
}

GD_TEST(pairsAreComparedImageByImage)
{
    std::vector<std::optional<double>> before;
    std::vector<std::optional<double>> after;
    for (int i = 0; i < 30; ++i) {
        before.emplace_back(0.5 + 0.01 * i);
        after.emplace_back(0.5 + 0.01 * i + (i % 5 == 0 ? -0.01 : 0.03));
    }
    before.emplace_back(std::nullopt);
    after.emplace_back(0.9);
    const auto compared = comparePaired(before, after);
    REQUIRE(compared.has_value());
    EXPECT_EQ(compared->count, std::size_t{30});
    EXPECT_EQ(compared->better, std::size_t{24});
    EXPECT_EQ(compared->worse, std::size_t{6});
    EXPECT_NEAR(compared->meanDifference, 0.022, 1e-12);
    EXPECT(compared->interval.low > 0 && compared->interval.high < 0.03);
    EXPECT(compared->bootstrapP < 0.01 && compared->wilcoxonP < 0.01);
    const auto same = comparePaired(before, before);
    REQUIRE(same.has_value());
    EXPECT_NEAR(same->bootstrapP, 1.0, 1e-12);
    EXPECT_NEAR(same->wilcoxonP, 1.0, 1e-12);
    EXPECT(!comparePaired(
        std::vector<std::optional<double>>{1.0}, std::vector<std::optional<double>>{2.0}));
}

GD_TEST_MAIN()
