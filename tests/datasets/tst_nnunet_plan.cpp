// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/nnunet_plan.h"
#include "tests/support/check.h"

using namespace guidino;
using namespace guidino::datasets;

namespace {

NnunetPlan planned(int height, int width, std::int64_t images, NnunetPlanner planner)
{
    NnunetPlanInput input;
    input.median = {static_cast<double>(height), static_cast<double>(width)};
    input.images = images;
    input.planner = planner;
    return planNnunet2d(input);
}

/// "512x640 / 8 / 10": patch, stages, batch.
std::string text(const NnunetPlan& plan)
{
    return std::to_string(plan.patch[0]) + "x" + std::to_string(plan.patch[1]) + " / "
           + std::to_string(plan.stages()) + " / " + std::to_string(plan.batch);
}

} // namespace

// The table of BASELINES.md §7.3; batches of the residual planners as nnU-Net 2.8.1 from PyPI has
// them: they may cover the whole data set (max_dataset_covered = 1).
GD_TEST(plansAsNnUnetDoes)
{
    struct Row
    {
        int height;
        int width;
        std::int64_t images;
        const char* plain;
        const char* medium;
        const char* large;
    };
    const std::vector<Row> rows = {
        {256, 256, 900, "256x256 / 7 / 45", "256x256 / 7 / 50", "256x256 / 7 / 141"},
        {256, 256, 2000, "256x256 / 7 / 49", "256x256 / 7 / 50", "256x256 / 7 / 141"},
        {224, 224, 1000, "224x224 / 6 / 50", "224x224 / 6 / 66", "224x224 / 6 / 185"},
        {352, 352, 900, "384x384 / 7 / 22", "384x384 / 7 / 22", "384x384 / 7 / 63"},
        {512, 512, 900, "512x512 / 8 / 12", "512x512 / 8 / 13", "512x512 / 8 / 35"},
        {480, 640, 900, "512x640 / 8 / 10", "448x576 / 7 / 13", "512x640 / 8 / 28"},
        {531, 621, 900, "640x640 / 8 / 8", "512x512 / 8 / 13", "640x640 / 8 / 23"},
        {767, 1022, 2000, "768x1024 / 8 / 4", "448x576 / 7 / 13", "768x896 / 8 / 13"},
        {1536, 2048, 2000, "1024x1536 / 9 / 2", "448x576 / 7 / 13", "768x896 / 8 / 13"},
        {1072, 1920, 900, "896x1792 / 9 / 2", "384x704 / 7 / 12", "640x1152 / 8 / 13"},
    };
    for (const Row& row : rows) {
        const auto plan = [&row](NnunetPlanner planner) {
            return text(planned(row.height, row.width, row.images, planner));
        };
        EXPECT_EQ(plan(NnunetPlanner::Plain), row.plain);
        EXPECT_EQ(plan(NnunetPlanner::ResEncM), row.medium);
        EXPECT_EQ(plan(NnunetPlanner::ResEncL), row.large);
    }
    EXPECT_EQ(planned(256, 256, 900, NnunetPlanner::Plain).estimate, 20627456.0);
    EXPECT_EQ(planned(224, 224, 1000, NnunetPlanner::Plain).estimate, 15705088.0);
    EXPECT_EQ(planned(512, 512, 900, NnunetPlanner::Plain).estimate, 82624512.0);
    EXPECT_EQ(planned(256, 256, 900, NnunetPlanner::ResEncM).estimate, 32317440.0);
    const NnunetPlan wide = planned(1072, 1920, 900, NnunetPlanner::Plain);
    EXPECT(wide.strides.back() == (AxisPair{1, 2}));
    EXPECT(wide.features.back() == 512 && wide.features[2] == 128);
}

GD_TEST(tinyImagesHaveAPlan)
{
    for (const auto& [height, width] : {std::pair{1, 1}, {4, 400}, {7, 9}}) {
        const NnunetPlan plan = planned(height, width, 3, NnunetPlanner::Plain);
        EXPECT(plan.patch[0] >= height && plan.patch[1] >= width);
        EXPECT_EQ(plan.batch, std::int64_t{2});
    }
}

GD_TEST(moreMemoryPlansLargerBatches)
{
    NnunetPlanInput input;
    input.median = {512, 512};
    input.images = 5000;
    const std::int64_t batch = planNnunet2d(input).batch;
    input.memoryGb = 16;
    EXPECT_EQ(planNnunet2d(input).batch, 2 * batch + 1); // 24.7 rounded, 12.3 rounded
}

GD_TEST(foldsCoverEachCaseOnce)
{
    for (const std::size_t n : {5U, 23U, 101U}) {
        std::vector<int> seen(n, 0);
        for (const auto& fold : nnunetFolds(n)) {
            for (const std::size_t i : fold) {
                ++seen[i];
            }
        }
        for (const int count : seen) {
            EXPECT_EQ(count, 1);
        }
    }
    EXPECT(nnunetFolds(10)[2] == (std::vector<std::size_t>{4, 6})); // nnunet_fixtures.json
}

GD_TEST_MAIN()
