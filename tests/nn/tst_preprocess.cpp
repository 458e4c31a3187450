// SPDX-License-Identifier: Apache-2.0
#include "core/nn/data/preprocess.h"
#include "tests/support/nn_check.h"

using namespace guidino;
using namespace guidino::nn;

GD_TEST(letterboxKeepsTheAspectAndGoesBack)
{
    const ResizePlan plan = makeResizePlan({200, 100}, {64, 64}, "letterbox");
    EXPECT((plan.targetRect == Rect{0, 16, 64, 32}));
    EXPECT((plan.sourceRect == Rect{0, 0, 200, 100}));
    torch::Tensor mask = torch::zeros({1, 100, 200}, torch::kUInt8);
    mask.narrow(1, 25, 50).narrow(2, 50, 100).fill_(3);
    const torch::Tensor small = resizeMask(plan, mask, 255);
    EXPECT_EQ(small[0][0][0].item<int>(), 255);
    EXPECT_EQ(small[0][32][32].item<int>(), 3);
    EXPECT(torch::equal(undoMask(plan, resizeMask(plan, mask)), mask));
}

GD_TEST(cropTakesTheMiddleAndLeavesTheRestBackground)
{
    const ResizePlan plan = makeResizePlan({300, 100}, {50, 50}, "crop");
    EXPECT((plan.sourceRect == Rect{100, 0, 100, 100}));
    const torch::Tensor ones = torch::ones({1, 50, 50}, torch::kUInt8);
    const torch::Tensor back = undoMask(plan, ones);
    EXPECT_EQ(back.sum().item<int>(), 100 * 100);
    EXPECT_EQ(back[0][50][99].item<int>(), 0);
    EXPECT_EQ(back[0][50][100].item<int>(), 1);
    const torch::Tensor map = undoMap(plan, torch::ones({1, 2, 50, 50}), -1);
    EXPECT_EQ(map[0][1][10][10].item<double>(), -1.0);
    EXPECT_EQ(map[0][1][10][150].item<double>(), 1.0);
}

GD_TEST(contentRectangleIsAllThatCounts)
{
    const ResizePlan plan = makeResizePlan({100, 80}, {40, 40}, "squash", Rect{20, 10, 60, 60});
    torch::Tensor image = torch::zeros({1, 3, 80, 100}, torch::kUInt8);
    image.narrow(2, 10, 60).narrow(3, 20, 60).fill_(200);
    EXPECT_EQ(resizeImage(plan, image).min().item<int>(), 200);
    EXPECT_NEAR(plan.scaleX(), 2.0 / 3, 1e-12);
}

GD_TEST(shrinkingImagesIsAntialiased)
{
    // Stripes of one pixel become even grey, not stripes of another period.
    torch::Tensor image = torch::zeros({1, 3, 64, 64}, torch::kUInt8);
    image.index_put_(
        {torch::indexing::Ellipsis, torch::indexing::Slice(0, torch::indexing::None, 2)}, 255);
    const ResizePlan plan = makeResizePlan({64, 64}, {16, 16}, "squash");
    const torch::Tensor small = resizeImage(plan, image).to(torch::kFloat32).narrow(3, 1, 14);
    EXPECT((small - 127.5).abs().max().item<double>() < 4);
    const torch::Tensor asFloat = resizeImage(plan, image.to(torch::kFloat32)).narrow(3, 1, 14);
    EXPECT((asFloat - small).abs().max().item<double>() <= 1.0);
}

GD_TEST(sameSizeIsTheSamePixels)
{
    torch::manual_seed(1);
    const torch::Tensor image = torch::randint(0, 256, {2, 3, 32, 48}, torch::kUInt8);
    for (const char* mode : {"squash", "letterbox", "crop"}) {
        const ResizePlan plan = makeResizePlan({48, 32}, {48, 32}, mode);
        EXPECT(torch::equal(resizeImage(plan, image), image));
    }
    EXPECT(torch::equal(unitImage(image.permute({0, 2, 3, 1}).contiguous()), unitImage(image)));
    EXPECT_EQ(unitImage(torch::full({1, 3, 8, 8}, 255, torch::kUInt8)).max().item<double>(), 1.0);
}

GD_TEST(normalisations)
{
    torch::manual_seed(2);
    const torch::Tensor image = torch::rand({2, 3, 16, 16});
    PreprocessingConfig config;
    const torch::Tensor imagenet = normalise(config, image);
    EXPECT_NEAR(
        imagenet[1][2][3][4].item<double>(),
        (image[1][2][3][4].item<double>() - 0.406) / 0.225,
        1e-5);
    config.normalisation = "zscore";
    const torch::Tensor z = normalise(config, image);
    EXPECT(z.mean({2, 3}).abs().max().item<double>() < 1e-5);
    EXPECT_CLOSE(z.std(c10::IntArrayRef{2, 3}, false), torch::ones({2, 3}), 1e-4);
    config.normalisation = "custom";
    config.mean = {0.5, 0.5, 0.5};
    config.std = {0.25, 0.25, 0.25};
    EXPECT_CLOSE(normalise(config, image), (image - 0.5) * 4, 1e-6);
    config.normalisation = "none";
    EXPECT(torch::equal(normalise(config, image), image));
    config.normalisation = "imagnet";
    bool hasThrown = false;
    try {
        (void)normalise(config, image);
    } catch (const c10::Error&) {
        hasThrown = true;
    }
    EXPECT(hasThrown);
}

GD_TEST(blueFirstTakesTheConstantsInItsOrder)
{
    torch::manual_seed(4);
    const torch::Tensor image =
        torch::rand({2, 3, 8, 8}).contiguous(torch::MemoryFormat::ChannelsLast);
    PreprocessingConfig config;
    config.channel_order = "bgr";
    for (const char* kind : {"imagenet", "zscore", "custom", "none"}) {
        config.normalisation = kind;
        config.mean = {0.1, 0.2, 0.3};
        config.std = {0.5, 0.6, 0.7};
        PreprocessingConfig rgb = config;
        rgb.channel_order = "rgb";
        const torch::Tensor blueFirst = normalise(config, image);
        EXPECT_CLOSE(blueFirst, normalise(rgb, image.flip({1})), 0);
        EXPECT(!torch::equal(blueFirst, normalise(rgb, image)));
        EXPECT(blueFirst.is_contiguous(torch::MemoryFormat::ChannelsLast));
    }
    // The published U-KAN: (blue / 255 - 0.485) / 0.229 / 255 for the first channel.
    config.normalisation = "custom";
    config.mean = {0.485, 0.456, 0.406};
    config.std = {58.395, 57.12, 57.375};
    EXPECT_NEAR(
        normalise(config, image)[1][0][2][3].item<double>(),
        (image[1][2][2][3].item<double>() - 0.485) / 0.229 / 255,
        1e-7);
    config.channel_order = "gbr";
    bool hasThrown = false;
    try {
        (void)normalise(config, image);
    } catch (const c10::Error&) {
        hasThrown = true;
    }
    EXPECT(hasThrown);
}

GD_TEST_MAIN()
