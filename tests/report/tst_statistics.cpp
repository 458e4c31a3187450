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
    using enum WilcoxonMethod;
    // scipy.stats.wilcoxon 1.17: exact, and zero_method="wilcox" by approximation.
    EXPECT_NEAR(
        wilcoxonSignedRank(std::vector<double>{0.3, -0.1, 0.45, 0.2, -0.05, 0.6, 0.7, 0.15}),
        0.0390625,
        1e-12);
    const std::vector<double> tied{1, 2, 2, -1, 3, 4, -2, 5, 1, 6, -3, 2, 0, 7};
    EXPECT_NEAR(wilcoxonSignedRank(tied, Approximate), 0.038346475151991855, 1e-12);
    // The example of its manual (heights of maize, Darwin 1876): 0.041259765625 exactly.
    const std::vector<double> maize{6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75};
    EXPECT_NEAR(wilcoxonSignedRank(maize), 0.041259765625, 1e-12);
    // Of its own tests (test_accuracy_wilcoxon, test_wilcoxon_tie), the last by R.
    std::vector<double> counted;
    const int frequencies[] = {1, 4, 16, 15, 8, 4, 5, 1, 2};
    for (int value = -4; value <= 4; ++value) {
        counted.insert(counted.end(), static_cast<std::size_t>(frequencies[value + 4]), value);
    }
    EXPECT_NEAR(wilcoxonSignedRank(counted, Approximate), 0.00641346115861, 1e-12);
    const std::vector<double> differences{-13, -29, 62, -1, 68, -53, -77, 78, 17, -8, -15, -75};
    EXPECT_NEAR(wilcoxonSignedRank(differences, Approximate), 0.6948866, 1e-6);
    EXPECT_NEAR(wilcoxonSignedRank(std::vector<double>(10, 0.1), Approximate), 0.001565402, 1e-8);
    EXPECT_NEAR(wilcoxonSignedRank(std::vector<double>(6, 0.0)), 1.0, 0);
    EXPECT_NEAR(wilcoxonSignedRank(std::vector<double>{1, -1}), 1.0, 1e-12);
}

GD_TEST(exactWilcoxonIsTheShareOfAllSigns)
{
    using enum WilcoxonMethod;
    // With ties there is no table: all signs are tried.
    std::mt19937 random(11);
    for (int round = 0; round < 20; ++round) {
        std::vector<double> values(3 + static_cast<std::size_t>(round) % 9);
        for (double& value : values) {
            value = static_cast<double>(random() % 7) - 3;
        }
        std::vector<double> kept;
        std::copy_if(values.begin(), values.end(), std::back_inserter(kept), [](double v) {
            return v != 0;
        });
        std::vector<double> ranks;
        for (const double one : kept) {
            double rank = 0.5;
            for (const double other : kept) {
                rank += std::abs(other) < std::abs(one)    ? 1
                        : std::abs(other) == std::abs(one) ? 0.5
                                                           : 0;
            }
            ranks.push_back(rank);
        }
        const auto sumOf = [&](const auto& isPositive) {
            double sum = 0;
            double whole = 0;
            for (std::size_t i = 0; i < ranks.size(); ++i) {
                sum += isPositive(i) ? ranks[i] : 0;
                whole += ranks[i];
            }
            return std::min(sum, whole - sum);
        };
        const double found = sumOf([&](std::size_t i) { return kept[i] > 0; });
        int asFar = 0;
        const int all = 1 << kept.size();
        for (int signs = 0; signs < all; ++signs) {
            asFar += sumOf([&](std::size_t i) { return ((signs >> i) & 1) != 0; }) <= found ? 1 : 0;
        }
        const double expected =
            kept.empty() ? 1.0 : std::min(1.0, static_cast<double>(asFar) / all);
        EXPECT_NEAR(wilcoxonSignedRank(values, Exact), expected, 1e-9);
        EXPECT_NEAR(wilcoxonSignedRank(values), expected, 1e-9);
    }
    // Many: both ways agree, and numbers stay finite.
    std::vector<double> many(200);
    for (std::size_t i = 0; i < many.size(); ++i) {
        many[i] = (i % 3 == 0 ? -1.0 : 1.0) * (1 + static_cast<double>(i % 50));
    }
    const double exact = wilcoxonSignedRank(many, Exact);
    EXPECT(exact > 0 && exact < 1e-3);
    EXPECT_NEAR(wilcoxonSignedRank(many), exact, 2e-5);
    // What is equal but for rounding is a tie, or nothing.
    EXPECT_NEAR(wilcoxonSignedRank(std::vector<double>{0.3, 0.1 + 0.2, -0.1, 1e-16}), 0.5, 1e-12);
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
