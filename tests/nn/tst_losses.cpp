// SPDX-License-Identifier: Apache-2.0
#include "core/nn/losses/loss_terms.h"
#include "core/nn/losses/segmentation_loss.h"
#include "tests/support/nn_check.h"

#include <ATen/autocast_mode.h>
#include <torch/torch.h>

#include <cmath>

namespace {

using namespace guidino::nn;

// A batch of two 12 x 16 masks, with a guide of 3 x 4.
LossInput inputOf(int classes, torch::ScalarType type = torch::kFloat64)
{
    torch::manual_seed(11);
    LossInput input;
    input.output.logits = {torch::randn({2, classes, 12, 16}, type).requires_grad_(true)};
    input.output.guide =
        (0.1 + 0.8 * torch::rand({2, 1, 3, 4}, type)).detach().requires_grad_(true);
    input.target = torch::randint(0, std::max(classes, 2), {2, 12, 16}, torch::kInt64);
    return input;
}

LossConfig plain(const std::string& segmentation)
{
    LossConfig config;
    config.segmentation = segmentation;
    config.guide_weight = 0;
    return config;
}

double totalOf(const LossConfig& config, const LossInput& input)
{
    const int classes = static_cast<int>(input.output.logits[0].size(1));
    return SegmentationLoss(config, classes)(input).total.item<double>();
}

void expectFiniteDifferences(const LossConfig& config, const LossInput& input)
{
    const int classes = static_cast<int>(input.output.logits[0].size(1));
    const SegmentationLoss loss(config, classes);
    for (const torch::Tensor& head : input.output.logits) {
        head.mutable_grad() = torch::Tensor();
    }
    input.output.guide.mutable_grad() = torch::Tensor();
    loss(input).total.backward();
    std::vector<torch::Tensor> leaves = input.output.logits;
    leaves.push_back(input.output.guide);
    for (const torch::Tensor& leaf : leaves) {
        if (!leaf.grad().defined()) {
            continue;
        }
        const torch::NoGradGuard noGrad;
        torch::Tensor flat = leaf.detach().view({-1});
        const torch::Tensor gradient = leaf.grad().reshape({-1});
        for (std::int64_t i = 0; i < flat.numel(); i += 1 + flat.numel() / 40) {
            constexpr double kStep = 1e-6;
            const double value = flat[i].item<double>();
            flat[i] = value + kStep;
            const double up = loss(input).total.item<double>();
            flat[i] = value - kStep;
            const double down = loss(input).total.item<double>();
            flat[i] = value;
            EXPECT_NEAR(gradient[i].item<double>(), (up - down) / (2 * kStep), 2e-8);
        }
    }
}

} // namespace

GD_TEST(gradientsByFiniteDifferences)
{
    for (const char* segmentation : {"dice_bce", "dice_ce", "dice_topk", "bce", "ce"}) {
        for (const int classes : {1, 3}) {
            for (const bool isPublished : {false, true}) {
                LossConfig config;
                config.segmentation = segmentation;
                config.guide_weight = 0.7;
                config.boundary_weight = 0.3;
                config.batch_dice = isPublished;
                config.dice_background = isPublished;
                config.guide = isPublished ? "mse" : "bce";
                config.guide_target = isPublished ? "nearest" : "area";
                LossInput input = inputOf(classes);
                expectFiniteDifferences(config, input);
                // With ignored pixels, weights and a second head.
                input.target.slice(1, 0, 3).fill_(guidino::nn::kIgnoreLabel);
                input.weights = torch::rand({2, 12, 16}, torch::kFloat64);
                input.output.logits.push_back(
                    torch::randn({2, classes, 6, 8}, torch::kFloat64).requires_grad_(true));
                expectFiniteDifferences(config, input);
            }
        }
    }
}

GD_TEST(diceByHand)
{
    LossInput input;
    input.output.logits = {torch::full({1, 1, 2, 2}, 100.0)};
    input.target = torch::tensor({{{1, 0}, {0, 0}}}, torch::kInt64);
    LossConfig config = plain("dice_bce");
    config.ce_weight = 0;
    config.dice_smooth = 0;
    EXPECT_NEAR(totalOf(config, input), -2.0 / 5.0, 1e-6);
    config.dice_weight = 2;
    EXPECT_NEAR(totalOf(config, input), -4.0 / 5.0, 1e-6);
}

GD_TEST(squaredDiceByHand)
{
    LossInput input;
    const double p = 1 / (1 + std::exp(-1.0));
    input.output.logits = {torch::full({1, 1, 2, 2}, 1.0, torch::kFloat64)};
    input.target = torch::tensor({{{1, 0}, {0, 0}}}, torch::kInt64);
    LossConfig config = plain("dice_bce");
    config.ce_weight = 0;
    config.dice_smooth = 0.5;
    config.dice_squared = true;
    EXPECT_NEAR(totalOf(config, input), -(2 * p + 0.5) / (4 * p * p + 1 + 0.5), 1e-12);
    // Half a weight counts half, wherever it stands.
    input.weights = torch::full({1, 2, 2}, 0.5, torch::kFloat64);
    EXPECT_NEAR(totalOf(config, input), -(p + 0.5) / (2 * p * p + 0.5 + 0.5), 1e-12);
    config.dice_squared = false;
    EXPECT_NEAR(totalOf(config, input), -(p + 0.5) / (2 * p + 0.5 + 0.5), 1e-12);
}

GD_TEST(furtherTermsAreWeightedAndChecked)
{
    LossConfig config = plain("bce");
    config.ce_weight = 0;
    config.terms["margin"] = 2;
    LossInput input;
    const double p = 1 / (1 + std::exp(-1.0));
    input.output.logits = {torch::full({1, 1, 2, 2}, 1.0, torch::kFloat64)};
    input.target = torch::tensor({{{1, 0}, {255, 0}}}, torch::kInt64);
    // 1 - (p1 - p0) y over the three pixels that count.
    const LossParts parts = SegmentationLoss(config, 1)(input);
    EXPECT_NEAR(parts.total.item<double>(), 2 * (3 - (2 * p - 1)) / 3, 1e-12);
    EXPECT_NEAR(parts.terms.item<double>(), parts.total.item<double>(), 1e-12);
    for (const int classes : {1, 3}) {
        LossConfig whole;
        whole.terms["margin"] = 0.6;
        LossInput random = inputOf(classes);
        random.target.slice(1, 0, 3).fill_(kIgnoreLabel);
        expectFiniteDifferences(whole, random);
    }
    config.terms = {{"focus", 1}};
    std::string message;
    try {
        (void)SegmentationLoss(config, 1);
    } catch (const c10::Error& error) {
        message = error.what();
    }
    EXPECT(message.find("loss.terms: unknown 'focus' (margin") != std::string::npos);
}

GD_TEST(batchAndSampleDiceDiffer)
{
    // An empty and a full sample, all predicted full.
    LossInput input;
    input.output.logits = {torch::full({2, 1, 2, 2}, 100.0)};
    input.target = torch::stack({torch::zeros({2, 2}), torch::ones({2, 2})}).to(torch::kInt64);
    LossConfig config = plain("dice_bce");
    config.ce_weight = 0;
    EXPECT_NEAR(totalOf(config, input), -8.0 / 12.0, 1e-4);
    config.batch_dice = false;
    EXPECT_NEAR(totalOf(config, input), -0.5, 1e-4);
}

GD_TEST(ignoredPixelsHaveNoGradient)
{
    for (const char* segmentation : {"dice_bce", "dice_topk"}) {
        for (const int classes : {1, 4}) {
            LossConfig config;
            config.segmentation = segmentation;
            config.boundary_weight = 1;
            LossInput input = inputOf(classes);
            input.target.slice(2, 4, 12).fill_(kIgnoreLabel);
            input.output.logits.push_back(
                torch::randn({2, classes, 6, 8}, torch::kFloat64).requires_grad_(true));
            SegmentationLoss(config, classes)(input).total.backward();
            const torch::Tensor gradient = input.output.logits[0].grad();
            EXPECT_EQ(gradient.slice(3, 4, 12).abs().max().item<double>(), 0.0);
            EXPECT(gradient.slice(3, 0, 4).abs().max().item<double>() > 0);
            const torch::Tensor coarse = input.output.logits[1].grad();
            EXPECT_EQ(coarse.slice(3, 2, 6).abs().max().item<double>(), 0.0);
            // Columns 1 and 2 of the guide are over ignored pixels only.
            const torch::Tensor guide = input.output.guide.grad();
            EXPECT_EQ(guide.slice(3, 1, 3).abs().max().item<double>(), 0.0);
            EXPECT(guide.slice(3, 0, 1).abs().max().item<double>() > 0);
        }
    }
}

GD_TEST(ignoringEqualsCutting)
{
    for (const int classes : {1, 4}) {
        LossInput input = inputOf(classes);
        LossConfig config = plain("dice_ce");
        input.target.slice(2, 8).fill_(kIgnoreLabel);
        const double ignored = totalOf(config, input);
        LossInput cut;
        cut.output.logits = {input.output.logits[0].slice(3, 0, 8)};
        cut.target = input.target.slice(2, 0, 8);
        EXPECT_NEAR(ignored, totalOf(config, cut), 1e-12);
    }
}

GD_TEST(everythingIgnoredIsFinite)
{
    for (const char* segmentation : {"dice_bce", "dice_topk"}) {
        LossConfig config;
        config.segmentation = segmentation;
        config.boundary_weight = 1;
        LossInput input = inputOf(1);
        input.target.fill_(kIgnoreLabel);
        const LossParts parts = SegmentationLoss(config, 1)(input);
        parts.total.backward();
        EXPECT(std::isfinite(parts.total.item<double>()));
        EXPECT_EQ(input.output.logits[0].grad().abs().max().item<double>(), 0.0);
    }
}

GD_TEST(weightsScaleTheirPixels)
{
    LossInput input = inputOf(1);
    const LossConfig config = plain("bce");
    const double whole = totalOf(config, input);
    input.weights = torch::full({2, 12, 16}, 0.25, torch::kFloat64);
    EXPECT_NEAR(totalOf(config, input), whole, 1e-12); // only ratios count
    input.weights.zero_();
    input.weights[1][5][6] = 2;
    const double z = input.output.logits[0][1][0][5][6].item<double>();
    const double y = input.target[1][5][6].item<double>();
    const double expected = std::log1p(std::exp(z)) - y * z;
    EXPECT_NEAR(totalOf(config, input), expected, 1e-9);
}

GD_TEST(hingeOnAOnePixelEdge)
{
    // Foreground in columns 3..: the band is columns 2 and 3, however far the image's border.
    LossInput input;
    input.output.logits = {torch::full({1, 1, 5, 8}, 0.25)};
    torch::Tensor target = torch::zeros({1, 5, 8}, torch::kInt64);
    target.slice(2, 3).fill_(1);
    input.target = target;
    LossConfig config = plain("ce");
    config.ce_weight = 0;
    config.boundary_weight = 1;
    // Inside: max(0, 1 - 0.25); outside: max(0, 1 + 0.25).
    EXPECT_NEAR(totalOf(config, input), (0.75 + 1.25) / 2, 1e-6);
    torch::Tensor logits = input.output.logits[0].clone();
    logits.slice(3, 0, 2).fill_(50);
    logits.slice(3, 4).fill_(-50);
    input.output.logits = {logits};
    EXPECT_NEAR(totalOf(config, input), 1.0, 1e-6);
    config.boundary_only = false;
    EXPECT(totalOf(config, input) > 10);
    // No edge: no hinge.
    config.boundary_only = true;
    input.target = torch::ones({1, 5, 8}, torch::kInt64);
    EXPECT_NEAR(totalOf(config, input), 0.0, 1e-12);
}

GD_TEST(topkIsTheMeanOfTheLargest)
{
    const torch::Tensor value = torch::arange(20, torch::kFloat64).reshape({1, 1, 4, 5});
    const torch::Tensor ones = torch::ones_like(value);
    EXPECT_NEAR(topkMean(value, ones, 10).item<double>(), 18.5, 1e-12);
    EXPECT_NEAR(topkMean(value, ones, 1).item<double>(), 19.0, 1e-12);
    EXPECT_NEAR(topkMean(value, (value < 10).to(torch::kFloat64), 20).item<double>(), 8.5, 1e-12);
}

GD_TEST(guideTargetOfAreaAndNearest)
{
    LossInput input;
    input.output.logits = {torch::zeros({1, 1, 4, 4})};
    input.output.guide = torch::full({1, 1, 2, 2}, 0.5);
    torch::Tensor target = torch::zeros({1, 4, 4}, torch::kInt64);
    target[0][0][0] = 1;
    target[0][1][3] = 1;
    target.slice(1, 2).slice(2, 2).fill_(1);
    input.target = target;
    LossConfig config = plain("ce");
    config.ce_weight = 0;
    config.guide_weight = 1;
    config.guide = "mse";
    // Cells cover 1/4, 1/4, 0, 1 of the foreground; their top left pixels are 1, 0, 0, 1.
    EXPECT_NEAR(totalOf(config, input), (0.0625 + 0.0625 + 0.25 + 0.25) / 4, 1e-7);
    config.guide_target = "nearest";
    input.output.guide = torch::tensor({1.0F, 0.5F, 0.0F, 0.75F}).reshape({1, 1, 2, 2});
    EXPECT_NEAR(totalOf(config, input), (0.25 + 0.0625) / 4, 1e-7);
    // BCE on a certain guide stays finite.
    config.guide = "bce";
    config.guide_target = "area";
    input.output.guide = torch::zeros({1, 1, 2, 2});
    EXPECT_NEAR(totalOf(config, input), -1.5 * std::log(1e-6) / 4, 1e-4);
}

GD_TEST(guideTargetsOfClasses)
{
    // One guide: any class; two guides: one each.
    LossInput input;
    input.output.logits = {torch::zeros({1, 3, 4, 4})};
    torch::Tensor target = torch::zeros({1, 4, 4}, torch::kInt64);
    target.slice(1, 0, 2).slice(2, 0, 2).fill_(1);
    target.slice(1, 2).slice(2, 2).fill_(2);
    input.target = target;
    LossConfig config = plain("ce");
    config.ce_weight = 0;
    config.guide_weight = 1;
    config.guide = "mse";
    input.output.guide = torch::tensor({1.F, 0.F, 0.F, 1.F}).reshape({1, 1, 2, 2});
    EXPECT_NEAR(totalOf(config, input), 0.0, 1e-7);
    input.output.guide =
        torch::tensor({1.F, 0.F, 0.F, 0.F, 0.F, 0.F, 0.F, 1.F}).reshape({1, 2, 2, 2});
    EXPECT_NEAR(totalOf(config, input), 0.0, 1e-7);
    input.output.guide = input.output.guide.flip(1);
    EXPECT_NEAR(totalOf(config, input), 0.5, 1e-6);
}

GD_TEST(paintedGuideTargets)
{
    LossInput input;
    input.output.logits = {torch::zeros({1, 1, 4, 4})};
    input.output.guide = torch::full({1, 1, 2, 2}, 0.25, torch::kFloat64).requires_grad_(true);
    input.target = torch::zeros({1, 4, 4}, torch::kInt64);
    torch::Tensor paint = torch::full({1, 2, 2}, kGuideUnspecified, torch::kUInt8);
    paint[0][0][0] = kGuideAttend;
    paint[0][1][1] = kGuideIgnore;
    input.guide_correction = paint;
    LossConfig config = plain("ce");
    config.ce_weight = 0;
    config.guide_weight = 1;
    config.guide = "mse";
    const LossParts parts = SegmentationLoss(config, 1)(input);
    EXPECT_NEAR(parts.total.item<double>(), (0.75 * 0.75 + 0.25 * 0.25) / 2, 1e-12);
    parts.total.backward();
    const torch::Tensor gradient = input.output.guide.grad()[0][0];
    EXPECT(gradient[0][0].item<double>() < 0); // attend: up
    EXPECT(gradient[1][1].item<double>() > 0); // ignore: down
    EXPECT_EQ(gradient[0][1].item<double>(), 0.0);
    EXPECT_EQ(gradient[1][0].item<double>(), 0.0);
    // Finer paint than the guide, and cells that take the mask's target.
    input.target.fill_(1);
    torch::Tensor fine = torch::full({1, 4, 4}, kGuideFromMask, torch::kUInt8);
    fine.slice(1, 0, 2).slice(2, 0, 1).fill_(kGuideIgnore);
    fine.slice(1, 0, 2).slice(2, 1, 2).fill_(kGuideUnspecified);
    input.guide_correction = fine;
    const double expected = (0.5 * 0.25 * 0.25 + 3 * 0.75 * 0.75) / 3.5;
    EXPECT_NEAR(SegmentationLoss(config, 1)(input).total.item<double>(), expected, 1e-9);
}

GD_TEST(headWeights)
{
    LossConfig config;
    const std::vector<double> even = SegmentationLoss(config, 1).headWeights(5);
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_NEAR(even[i], std::pow(2.0, 4.0 - static_cast<double>(i)) / 31.0, 1e-15);
    }
    config.deep_supervision = "guidino";
    const std::vector<double> published = SegmentationLoss(config, 1).headWeights(5);
    EXPECT_EQ(published[0], 1.0);
    EXPECT_NEAR(published[1], 8.0 / 31.0, 1e-15);
    EXPECT_NEAR(published[4], 1.0 / 31.0, 1e-15);
    const std::vector<double> single = SegmentationLoss(config, 1).headWeights(1);
    EXPECT_EQ(single[0], 1.0);
}

GD_TEST(prototypesAreKeptApart)
{
    LossConfig config = plain("dice_bce");
    config.guide_weight = 0;
    LossInput input = inputOf(1);
    const double before = totalOf(config, input);
    const auto grid = input.output.guide.sizes();
    PrototypeUse use;
    use.book = torch::tensor({{2.0, 0.0}, {3.0, 0.0}, {0.0, 1.0}}, torch::kFloat64);
    // All tokens go with the first prototype, save the left column.
    use.responsibilities = torch::zeros({grid[0], 3, grid[2], grid[3]}, torch::kFloat64);
    use.responsibilities.select(1, 0).fill_(1);
    input.output.prototypes = {use};
    EXPECT(!SegmentationLoss(config, 1).wantsPrototypes());
    EXPECT_EQ(totalOf(config, input), before);
    // Two of six ordered pairs have a cosine of 1, the others 0.
    config.prototype_diversity = 0.5;
    EXPECT(SegmentationLoss(config, 1).wantsPrototypes());
    EXPECT_NEAR(totalOf(config, input) - before, 0.5 * 2.0 / 6.0, 1e-9);
    config.prototype_margin = 0.75;
    EXPECT_NEAR(totalOf(config, input) - before, 0.5 * 2.0 * 0.0625 / 6.0, 1e-9);
    // One prototype for everything, or each token a little with all: no information, log 3.
    config.prototype_diversity = 0;
    config.prototype_information = 2;
    EXPECT_NEAR(totalOf(config, input) - before, 2 * std::log(3.0), 1e-6);
    input.output.prototypes[0].responsibilities.fill_(1.0 / 3.0);
    EXPECT_NEAR(totalOf(config, input) - before, 2 * std::log(3.0), 1e-6);
    // All tokens objects, a third of them with each prototype: all the information there is.
    LossInput full = input;
    full.target = torch::ones_like(input.target);
    torch::Tensor& shared = full.output.prototypes[0].responsibilities;
    shared = torch::zeros({grid[0], 3, 3, 4}, torch::kFloat64);
    for (int i = 0; i < 3; ++i) {
        shared.select(1, i).select(1, i).fill_(1);
    }
    config.prototype_information = 0;
    const double alone = totalOf(config, full);
    config.prototype_information = 2;
    EXPECT_NEAR(totalOf(config, full) - alone, 0, 1e-6);
    // Without an object nobody is blamed.
    input.output.prototypes[0].responsibilities.zero_();
    input.output.prototypes[0].responsibilities.select(1, 0).fill_(1);
    config.prototype_information = 0;
    input.target = torch::zeros_like(input.target);
    const double empty = totalOf(config, input);
    config.prototype_information = 2;
    EXPECT_NEAR(totalOf(config, input), empty, 1e-9);
}

GD_TEST(headsAddUp)
{
    LossInput input = inputOf(1);
    input.output.logits.push_back(torch::randn({2, 1, 6, 8}, torch::kFloat64));
    const LossConfig config = plain("dice_bce");
    LossInput fine = input;
    fine.output.logits = {input.output.logits[0]};
    LossInput coarse = input;
    coarse.output.logits = {input.output.logits[1]};
    // Pixel centres: of 12 x 16 at half size, rows 1, 3, ... and columns 1, 3, ...
    coarse.target = input.target.slice(1, 1, 12, 2).slice(2, 1, 16, 2);
    EXPECT_NEAR(
        totalOf(config, input), (2 * totalOf(config, fine) + totalOf(config, coarse)) / 3, 1e-9);
}

GD_TEST(partsAddUp)
{
    LossConfig config;
    config.boundary_weight = 0.2;
    config.dice_weight = 0.5;
    config.ce_weight = 2;
    const LossParts parts = SegmentationLoss(config, 1)(inputOf(1));
    const double segmentation = 0.5 * parts.dice.item<double>() + 2 * parts.ce.item<double>();
    EXPECT_NEAR(parts.segmentation.item<double>(), segmentation, 1e-12);
    EXPECT_NEAR(
        parts.total.item<double>(),
        segmentation + 0.2 * parts.boundary.item<double>() + 0.1 * parts.guide.item<double>(),
        1e-12);
    EXPECT(parts.total.requires_grad());
    EXPECT(!parts.dice.requires_grad() && !parts.guide.requires_grad());
}

GD_TEST(computesInFloat32UnderAutocast)
{
    const LossInput input = inputOf(1, torch::kFloat32);
    LossInput narrow = input;
    narrow.output.logits = {input.output.logits[0].detach().to(torch::kBFloat16)};
    at::autocast::set_autocast_enabled(at::kCPU, true);
    at::autocast::set_autocast_dtype(at::kCPU, torch::kBFloat16);
    const LossParts full = SegmentationLoss(LossConfig(), 1)(input);
    const LossParts half = SegmentationLoss(LossConfig(), 1)(narrow);
    at::autocast::set_autocast_enabled(at::kCPU, false);
    at::autocast::clear_cache();
    EXPECT(half.total.scalar_type() == torch::kFloat32);
    EXPECT_NEAR(full.total.item<double>(), totalOf(LossConfig(), input), 1e-7);
    EXPECT_NEAR(half.total.item<double>(), full.total.item<double>(), 5e-3);
}

GD_TEST(wrongInputsThrow)
{
    const auto throws = [](const std::function<void()>& run) {
        try {
            run();
        } catch (const c10::Error&) {
            return true;
        }
        return false;
    };
    LossInput input = inputOf(3);
    EXPECT(throws([&] { static_cast<void>(SegmentationLoss(LossConfig(), 2)(input)); }));
    input.target[0][0][0] = 3;
    EXPECT(throws([&] { static_cast<void>(SegmentationLoss(LossConfig(), 3)(input)); }));
    EXPECT(throws([] { SegmentationLoss(plain("dise"), 1); }));
    LossConfig even;
    even.boundary_kernel = 4;
    even.boundary_weight = 1;
    EXPECT(throws([&] { static_cast<void>(SegmentationLoss(even, 1)(inputOf(1))); }));
}

GD_TEST_MAIN()
