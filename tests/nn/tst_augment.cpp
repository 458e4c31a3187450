// SPDX-License-Identifier: Apache-2.0
#include "core/nn/data/augment.h"
#include "core/nn/data/intensity.h"
#include "core/nn/data/presets.h"
#include "tests/support/nn_check.h"

#include <algorithm>
#include <vector>

using namespace guidino;
using namespace guidino::nn;

namespace {

/// Smooth blobs in [0, 1], channels-last.
torch::Tensor someImages(std::int64_t count, std::int64_t side)
{
    torch::manual_seed(7);
    return at::upsample_bicubic2d(torch::rand({count, 3, 8, 8}), {side, side}, false)
        .clamp(0, 1)
        .contiguous(torch::MemoryFormat::ChannelsLast);
}

torch::Tensor someMasks(std::int64_t count, std::int64_t side)
{
    torch::manual_seed(8);
    return (at::upsample_bicubic2d(torch::rand({count, 1, 5, 5}), {side, side}, false) > 0.5)
        .squeeze(1)
        .to(torch::kUInt8);
}

AugmentationConfig only(double AugmentationConfig::*probability)
{
    AugmentationConfig config = *augmentationPreset("none");
    config.*probability = 1;
    return config;
}

} // namespace

GD_TEST(presetsHaveTheirNames)
{
    for (const std::string& name : augmentationPresetNames()) {
        const auto preset = augmentationPreset(name);
        REQUIRE(preset.has_value());
        EXPECT_EQ(preset->preset, name);
        EXPECT_EQ(isIdentity(*preset), name == "none");
    }
    EXPECT(!augmentationPreset("strong").has_value());
}

GD_TEST(turnsWithAMirrorAreExactAndExclusive)
{
    AugmentationConfig config = *augmentationPreset("none");
    config.turn_flip = 0.5;
    config.affine = 1;
    config.affine_exclusive = true;
    config.scale = {1, 1};
    config.shear_degrees = config.translate = 0;
    config.rotation_degrees = 20;
    const torch::Tensor images = someImages(8, 48);
    const torch::Tensor masks = someMasks(8, 48);
    std::vector<int> seen(8, 0);
    int others = 0;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        const auto batch = Augmenter(config).apply(images.clone(), masks.clone(), seed);
        for (std::int64_t i = 0; i < 8; ++i) {
            bool isFound = false;
            for (int turns = 0; turns < 4; ++turns) {
                for (int axis = 0; axis < 2; ++axis) { // as numpy would: rot90, then flip
                    const torch::Tensor moved = images[i].rot90(turns, {1, 2}).flip({axis + 1});
                    if (torch::equal(batch.images[i], moved)) {
                        const torch::Tensor mask = masks[i].rot90(turns, {0, 1}).flip({axis});
                        EXPECT(torch::equal(batch.masks[i], mask));
                        ++seen[static_cast<std::size_t>(2 * turns + axis)];
                        isFound = true;
                    }
                }
            }
            others += isFound ? 0 : 1;
        }
    }
    // Turns by 0 and 2 with the mirrors of both axes are the same four moves, each seen twice.
    EXPECT(others > 170 && others < 310);
    for (const int count : seen) {
        EXPECT(count > 20);
    }
}

GD_TEST(coloursTurnAndFade)
{
    AugmentationConfig config = *augmentationPreset("none");
    config.brightness_contrast = 1;
    config.brightness = config.contrast = 0;
    config.hue = 0.5;
    const torch::Tensor images = someImages(6, 32);
    const torch::Tensor masks = someMasks(6, 32);
    const auto range = [](const torch::Tensor& x) { return x.amax(1) - x.amin(1); };
    const torch::Tensor turned = Augmenter(config).apply(images.clone(), masks.clone(), 4).images;
    EXPECT(!torch::allclose(turned, images, 0, 0.02));
    EXPECT_CLOSE(turned.amax(1), images.amax(1), 1e-5); // value and chroma stay
    EXPECT_CLOSE(range(turned), range(images), 1e-5);
    // A third of the circle makes green of red.
    const torch::Tensor red = torch::zeros({1, 3, 4, 4});
    red.select(1, 0).fill_(0.8);
    bool isGreen = false;
    for (std::uint64_t seed = 0; seed < 400 && !isGreen; ++seed) {
        const torch::Tensor x =
            Augmenter(config)
                .apply(red.clone(), torch::zeros({1, 4, 4}, torch::kUInt8), seed)
                .images;
        isGreen = x[0][0][0][0].item<double>() < 0.02 && x[0][1][0][0].item<double>() > 0.79
                  && x[0][2][0][0].item<double>() < 0.02;
    }
    EXPECT(isGreen);
    config.hue = 0;
    config.saturation = 1;
    const torch::Tensor faded = Augmenter(config).apply(images.clone(), masks.clone(), 5).images;
    const torch::Tensor ratio = range(faded).mean({1, 2}) / range(images).mean({1, 2});
    EXPECT(ratio.max().item<double>() < 2.0 && ratio.min().item<double>() < 0.7);
    const torch::Tensor grey = torch::full({2, 3, 8, 8}, 0.4);
    EXPECT_CLOSE(
        Augmenter(config).apply(grey.clone(), torch::zeros({2, 8, 8}, torch::kUInt8), 6).images,
        grey,
        1e-5);
    // Normalised images have no colours: nothing happens there.
    EXPECT_CLOSE(
        Augmenter(config, false).apply(images.clone(), masks.clone(), 5).images, images, 1e-6);
}

GD_TEST(sharpeningAddsTheLaplacian)
{
    AugmentationConfig config = only(&AugmentationConfig::sharpen);
    config.sharpen_amount = {0.3, 0.3};
    torch::Tensor image = torch::full({1, 3, 9, 9}, 0.5);
    image.select(2, 4).select(2, 4).fill_(0.52);
    const torch::Tensor made =
        Augmenter(config).apply(image.clone(), torch::zeros({1, 9, 9}, torch::kUInt8), 1).images;
    EXPECT_NEAR(made[0][1][4][4].item<double>(), 0.52 + 0.3 * 8 * 0.02, 1e-5);
    EXPECT_NEAR(made[0][1][3][4].item<double>(), 0.5 - 0.3 * 0.02, 1e-5);
    EXPECT_NEAR(made[0][1][0][0].item<double>(), 0.5, 1e-6);
}

GD_TEST(nothingDrawnChangesNothing)
{
    const torch::Tensor images = someImages(3, 64);
    const torch::Tensor masks = someMasks(3, 64);
    AugmentationConfig config = *augmentationPreset("none");
    config.flip_horizontal = 1e-12; // not the shortcut for the empty list
    const auto batch = Augmenter(config).apply(images.clone(), masks.clone(), 5);
    EXPECT(torch::equal(batch.images, images));
    EXPECT(torch::equal(batch.masks, masks));
}

GD_TEST(sameSeedSameBatch)
{
    const torch::Tensor images = someImages(8, 64);
    const torch::Tensor masks = someMasks(8, 64);
    for (const char* name : {"guidino", "nnunet"}) {
        const Augmenter augmenter(*augmentationPreset(name), std::string(name) == "guidino");
        const int threads = at::get_num_threads();
        const auto first = augmenter.apply(images.clone(), masks.clone(), 11);
        at::set_num_threads(1);
        torch::manual_seed(99);
        const auto again = augmenter.apply(images.clone(), masks.clone(), 11);
        at::set_num_threads(threads);
        const auto other = augmenter.apply(images.clone(), masks.clone(), 12);
        EXPECT(torch::equal(first.images, again.images));
        EXPECT(torch::equal(first.masks, again.masks));
        EXPECT(!torch::equal(first.images, other.images));
        EXPECT(first.images.isfinite().all().item<bool>());
    }
}

GD_TEST(unitImagesStayInRange)
{
    const Augmenter augmenter(*augmentationPreset("guidino"));
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto batch = augmenter.apply(someImages(8, 48), someMasks(8, 48), seed);
        EXPECT(batch.images.min().item<double>() >= -1e-6);
        EXPECT(batch.images.max().item<double>() <= 1 + 1e-6);
        EXPECT(batch.masks.max().item<int>() <= 1);
    }
}

GD_TEST(imageAndMaskMoveTogether)
{
    // The image is its own mask; after any spatial change the two still agree but for edge pixels.
    AugmentationConfig config = *augmentationPreset("none");
    config.flip_horizontal = config.flip_vertical = config.rotate90 = 0.5;
    config.elastic = config.affine = 0.7;
    const Augmenter augmenter(config);
    const torch::Tensor masks = someMasks(8, 128);
    const torch::Tensor images = masks.to(torch::kFloat32)
                                     .unsqueeze(1)
                                     .expand({-1, 3, -1, -1})
                                     .contiguous(torch::MemoryFormat::ChannelsLast);
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
        const auto batch = augmenter.apply(images.clone(), masks.clone(), seed);
        const torch::Tensor fromImage = (batch.images.select(1, 0) > 0.5).to(torch::kUInt8);
        const double differing =
            fromImage.ne(batch.masks).to(torch::kFloat32).mean().item<double>();
        EXPECT(differing < 0.01);
        EXPECT(!torch::equal(batch.masks, masks));
    }
}

GD_TEST(warpOfFlipsAndTurnsIsTheExactMove)
{
    // Scale 1 with everything else off sends the same draws through grid_sample.
    AugmentationConfig config = *augmentationPreset("none");
    config.flip_horizontal = config.flip_vertical = 0.5;
    config.rotate90 = 0.9;
    AugmentationConfig warped = config;
    warped.rotation_probability = 1;
    warped.rotation_degrees = 0;
    const torch::Tensor image = someImages(1, 48);
    const torch::Tensor mask = someMasks(1, 48);
    int moved = 0;
    for (std::uint64_t seed = 0; seed < 24; ++seed) {
        const auto exact = Augmenter(config).apply(image.clone(), mask.clone(), seed);
        const auto sampled = Augmenter(warped).apply(image.clone(), mask.clone(), seed);
        EXPECT_CLOSE(sampled.images, exact.images, 1e-4);
        EXPECT(torch::equal(sampled.masks, exact.masks));
        moved += torch::equal(exact.masks, mask) ? 0 : 1;
    }
    EXPECT(moved > 12);
}

GD_TEST(ignoreLabelSurvivesWarping)
{
    torch::Tensor masks = torch::zeros({2, 64, 64}, torch::kUInt8);
    masks.narrow(1, 20, 24).fill_(255);
    const auto batch =
        Augmenter(only(&AugmentationConfig::affine)).apply(someImages(2, 64), masks.clone(), 3);
    const torch::Tensor seen = (batch.masks == 255).logical_or(batch.masks == 0);
    EXPECT(seen.all().item<bool>());
    EXPECT((batch.masks == 255).any().item<bool>());
}

/// Painted guides move as masks do; what comes in from outside is unspecified, not "ignore".
GD_TEST(correctionsMoveWithMasks)
{
    for (const char* preset : {"guidino", "nnunet"}) {
        AugmentationConfig config = *augmentationPreset(preset);
        config.affine = 1;
        config.rotation_probability = 1;
        const torch::Tensor masks = someMasks(4, 64);
        const torch::Tensor codes = torch::where(masks == 1, 1, 255).to(torch::kUInt8);
        const auto batch =
            Augmenter(config).apply(someImages(4, 64), masks.clone(), 3, codes.clone());
        EXPECT(torch::equal(batch.corrections == 1, batch.masks == 1));
        EXPECT((batch.corrections == 255).logical_or(batch.corrections == 1).all().item<bool>());
        EXPECT(!torch::equal(batch.corrections, codes));
    }
}

GD_TEST(eachIntensityOperationChangesImagesOnly)
{
    const torch::Tensor images = someImages(4, 48);
    const torch::Tensor masks = someMasks(4, 48);
    for (double AugmentationConfig::*probability :
         {&AugmentationConfig::brightness_contrast,
          &AugmentationConfig::noise,
          &AugmentationConfig::blur,
          &AugmentationConfig::multiply_brightness,
          &AugmentationConfig::contrast_nnunet,
          &AugmentationConfig::low_resolution,
          &AugmentationConfig::gamma,
          &AugmentationConfig::gamma_inverted}) {
        const auto batch =
            Augmenter(only(probability), false).apply(images.clone(), masks.clone(), 4);
        EXPECT(torch::equal(batch.masks, masks));
        EXPECT(!torch::equal(batch.images, images));
        EXPECT(batch.images.isfinite().all().item<bool>());
    }
}

GD_TEST(gammaKeepsMeanAndDeviation)
{
    const torch::Tensor images = someImages(4, 48);
    const auto batch = Augmenter(only(&AugmentationConfig::gamma), false)
                           .apply(images.clone(), someMasks(4, 48), 6);
    EXPECT_CLOSE(batch.images.mean({2, 3}), images.mean({2, 3}), 1e-4);
    EXPECT_CLOSE(
        batch.images.std(c10::IntArrayRef{2, 3}, true),
        images.std(c10::IntArrayRef{2, 3}, true),
        1e-4);
}

GD_TEST(blurIsAConvolutionWithAGaussian)
{
    torch::Tensor point = torch::zeros({1, 1, 33, 33});
    point[0][0][16][16] = 1;
    const torch::Tensor blurred = gaussianBlur(point, {2.0}, 13);
    EXPECT_NEAR(blurred.sum().item<double>(), 1.0, 1e-5);
    EXPECT_NEAR(
        blurred[0][0][16][18].item<double>() / blurred[0][0][16][16].item<double>(),
        std::exp(-0.5),
        1e-4);
    const torch::Tensor flat = torch::full({1, 2, 9, 9}, 0.3F);
    EXPECT_CLOSE(gaussianBlur(flat, {1.0, 0.0}, 5), flat, 1e-6);
}

GD_TEST(medianIsTheMedian)
{
    torch::manual_seed(3);
    const torch::Tensor image = torch::rand({2, 3, 12, 10});
    const torch::Tensor padded = at::replication_pad2d(image, {1, 1, 1, 1});
    const torch::Tensor windows = padded.unfold(2, 3, 1).unfold(3, 3, 1).reshape({2, 3, 12, 10, 9});
    EXPECT(torch::equal(medianOfNine(image), std::get<0>(windows.median(4))));
}

GD_TEST_MAIN()
