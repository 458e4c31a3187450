// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/guide_metrics.h"
#include "tests/support/check.h"

#include <limits>

using namespace guidino;
using namespace guidino::metrics;

GD_TEST(aurocCountsPairs)
{
    std::mt19937 random(9);
    for (int round = 0; round < 20; ++round) {
        std::vector<float> scores(40);
        std::vector<std::uint8_t> inside(40);
        for (std::size_t i = 0; i < scores.size(); ++i) {
            scores[i] = static_cast<float>(random() % 8) / 8;
            inside[i] = random() % 3 == 0 ? 1 : 0;
        }
        inside[0] = 1;
        inside[1] = 0;
        double wins = 0;
        double pairs = 0;
        for (std::size_t i = 0; i < scores.size(); ++i) {
            for (std::size_t k = 0; k < scores.size(); ++k) {
                if (inside[i] != 0 && inside[k] == 0) {
                    pairs += 1;
                    wins += scores[i] > scores[k] ? 1 : scores[i] == scores[k] ? 0.5 : 0;
                }
            }
        }
        EXPECT_NEAR(auroc(scores, inside).value_or(-1), wins / pairs, 1e-12);
    }
    const std::vector<float> two{1, 2};
    EXPECT(!auroc(two, std::vector<std::uint8_t>{0, 0}));
    EXPECT(!auroc(two, std::vector<std::uint8_t>{1, 1}));
}

GD_TEST(bestThresholdTriesEveryScore)
{
    const std::vector<float> scores{0.9F, 0.8F, 0.7F, 0.6F, 0.1F};
    const std::vector<std::uint8_t> inside{1, 0, 1, 1, 0};
    const auto best = bestThresholdDsc(scores, inside);
    REQUIRE(best.has_value());
    EXPECT_NEAR(best->dsc, 6.0 / 7, 1e-12);
    EXPECT_NEAR(best->threshold, 0.6, 1e-6);
    EXPECT(!bestThresholdDsc(scores, std::vector<std::uint8_t>(5)));
}

GD_TEST(pointingLooksAtTheMaximum)
{
    const std::vector<std::uint8_t> inside{0, 1, 1, 0};
    EXPECT_EQ(pointingHit(std::vector<float>{0, 3, 1, 2}, inside).value_or(false), true);
    EXPECT_EQ(pointingHit(std::vector<float>{4, 3, 1, 2}, inside).value_or(true), false);
    EXPECT_EQ(pointingHit(std::vector<float>{4, 4, 1, 2}, inside).value_or(false), true);
    const float nan = std::numeric_limits<float>::quiet_NaN();
    EXPECT_EQ(pointingHit(std::vector<float>{nan, 1, 0, 0}, inside).value_or(false), true);
    EXPECT(!pointingHit(std::vector<float>{1, 2, 3, 4}, std::vector<std::uint8_t>(4)));
}

GD_TEST(correlationsOfValuesAndRanks)
{
    const std::vector<double> a{1, 2, 3, 4, 5};
    const std::vector<double> b{2, 1, 4, 3, 5};
    EXPECT_NEAR(pearson(a, b).value_or(-2), 0.8, 1e-12);
    EXPECT_NEAR(spearman(a, b).value_or(-2), 0.8, 1e-12);
    const std::vector<double> steep{1, 10, 100, 1000, 10000};
    EXPECT_NEAR(spearman(a, steep).value_or(-2), 1.0, 1e-12);
    EXPECT(pearson(a, steep).value_or(1) < 0.9);
    // Ties take the middle rank: scipy.stats.spearmanr([1, 2, 2, 3], [1, 2, 3, 4]).
    const std::vector<double> tied{1, 2, 2, 3};
    EXPECT_NEAR(
        spearman(tied, std::vector<double>{1, 2, 3, 4}).value_or(-2), 0.9486832980505138, 1e-12);
    EXPECT(!pearson(a, std::vector<double>(5, 1.0)));
    EXPECT(!pearson(std::vector<double>{1, 2, 3}, std::vector<double>(3, 0.1)));
    EXPECT(!pearson(std::vector<double>{1}, std::vector<double>{2}));
}

GD_TEST_MAIN()
