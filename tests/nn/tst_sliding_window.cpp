// SPDX-License-Identifier: Apache-2.0
#include "core/nn/guide/sliding_window.h"
#include "tests/support/nn_check.h"

#include <torch/torch.h>

namespace {

using namespace guidino::nn;

using Starts = std::vector<std::int64_t>;

std::string text(const Starts& starts)
{
    std::string result;
    for (const std::int64_t start : starts) {
        result += std::to_string(start) + " ";
    }
    return result;
}

} // namespace

GD_TEST(startsOfNnUnet)
{
    EXPECT_EQ(text(windowStarts(531, 256, 0.5)), text({0, 92, 183, 275}));
    EXPECT_EQ(text(windowStarts(621, 256, 0.5)), text({0, 122, 243, 365}));
    EXPECT_EQ(text(windowStarts(256, 256, 0.5)), text({0}));
    EXPECT_EQ(text(windowStarts(100, 256, 0.5)), text({0}));
    EXPECT_EQ(text(windowStarts(257, 256, 0.5)), text({0, 1}));
    EXPECT_EQ(text(windowStarts(600, 256, 0.25)), text({0, 172, 344}));
    // 2.5 rounds to the even neighbour.
    EXPECT_EQ(text(windowStarts(15, 10, 0.6)), text({0, 2, 5}));
}

GD_TEST(startsOfGuidino)
{
    EXPECT_EQ(text(windowStarts(600, 256, 0.5, WindowPlan::Flush)), text({0, 128, 256, 344}));
    EXPECT_EQ(text(windowStarts(512, 256, 0.5, WindowPlan::Flush)), text({0, 128, 256}));
    EXPECT_EQ(text(windowStarts(256, 256, 0.5, WindowPlan::Flush)), text({0}));
}

GD_TEST(windowsCoverEveryPixel)
{
    for (std::int64_t size = 1; size < 200; size += 7) {
        for (const double overlap : {0.0, 0.3, 0.5, 0.9}) {
            for (const WindowPlan plan : {WindowPlan::Even, WindowPlan::Flush}) {
                const Starts starts = windowStarts(size, 32, overlap, plan);
                std::int64_t covered = 0;
                for (const std::int64_t start : starts) {
                    EXPECT(start >= 0 && start <= covered);
                    covered = start + 32;
                }
                EXPECT(covered >= size);
                const std::int64_t last = size > 32 ? size - 32 : 0;
                EXPECT_EQ(starts.back(), last);
            }
        }
    }
}

GD_TEST(gaussianIsPositive)
{
    const torch::Tensor map = gaussianMap(48, 32);
    EXPECT_EQ(map[24][16].item<float>(), 10.F);
    EXPECT(map.min().item<float>() > 0);
    EXPECT_EQ(map.argmax().item<std::int64_t>(), std::int64_t{24 * 32 + 16});
}

GD_TEST(pointwiseFunctionComesBackWhole)
{
    torch::manual_seed(1);
    for (const std::int64_t side : {20L, 32L, 97L}) {
        const torch::Tensor image = torch::randn({1, 2, side, 61});
        SlidingOptions options;
        options.window_height = 32;
        options.window_width = 48;
        const auto square = [](const torch::Tensor& x) { return x * x - 3 * x; };
        for (const bool mirror : {false, true}) {
            for (const std::int64_t perCall : {1L, 4L}) {
                options.mirror = mirror;
                options.windows_per_call = perCall;
                EXPECT_CLOSE(slideWindows(image, options, square), square(image), 1e-5);
            }
        }
    }
}

GD_TEST(linearConvolutionAwayFromBordersIsExact)
{
    // A 3 x 3 mean sees one pixel around; with zero padding only the image's own border and the
    // windows' borders differ. Blending weights of window borders are tiny.
    torch::manual_seed(1);
    const torch::Tensor image = torch::rand({1, 1, 96, 96});
    const auto mean = [](const torch::Tensor& x) {
        return torch::avg_pool2d(x, {3, 3}, {1, 1}, {1, 1});
    };
    SlidingOptions options;
    options.window_height = 64;
    options.window_width = 64;
    const torch::Tensor made = slideWindows(image, options, mean);
    const torch::Tensor inside = (made - mean(image)).slice(2, 1, 95).slice(3, 1, 95).abs();
    EXPECT(inside.max().item<float>() < 2e-3);
}

GD_TEST(mirroringAveragesTheFourViews)
{
    // Left minus right neighbour is odd under the horizontal flip and vanishes.
    torch::manual_seed(1);
    const torch::Tensor image = torch::randn({1, 1, 8, 8});
    const auto slope = [](const torch::Tensor& x) {
        return torch::roll(x, 1, 3) - torch::roll(x, -1, 3);
    };
    EXPECT(mirrored(image, slope).abs().max().item<float>() < 1e-6);
    const auto rows = [](const torch::Tensor& x) {
        return torch::cat({x, torch::roll(x, 1, 2)}, 1);
    };
    const torch::Tensor twice = mirrored(image, rows);
    EXPECT_CLOSE(twice.select(1, 0), image.select(1, 0), 1e-6);
    const torch::Tensor expected = (torch::roll(image, 1, 2) + torch::roll(image, -1, 2)) / 2;
    EXPECT_CLOSE(twice.select(1, 1), expected.select(1, 0), 1e-6);
}

GD_TEST(accumulatesInFloat32)
{
    const torch::Tensor image = torch::full({1, 1, 64, 64}, 0.7);
    SlidingOptions options;
    options.window_height = 32;
    options.window_width = 32;
    const auto narrow = [](const torch::Tensor& x) { return x.to(torch::kBFloat16); };
    const torch::Tensor made = slideWindows(image, options, narrow);
    EXPECT(made.scalar_type() == torch::kFloat32);
    EXPECT_CLOSE(made, image.to(torch::kBFloat16).to(torch::kFloat32), 1e-6);
}

GD_TEST_MAIN()
