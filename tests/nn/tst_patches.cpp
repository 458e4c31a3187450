// SPDX-License-Identifier: Apache-2.0
// nnU-Net's images and patches: normalisation, resampling, sampling, regions, training from them.
#include "core/nn/data/image_plan.h"
#include "core/nn/data/patch_sampler.h"
#include "core/nn/data/presets.h"
#include "core/nn/data/spline_resize.h"
#include "core/nn/losses/segmentation_loss.h"
#include "core/nn/train/checkpoint.h"
#include "core/nn/train/trainer.h"
#include "tests/support/nn_check.h"

#include <algorithm>
#include <cmath>

using namespace guidino;
using namespace guidino::nn;

namespace {

NetworkConfig plannedNetwork(const std::string& scheme = "ZScoreNormalization")
{
    NetworkConfig network;
    network.in_channels = 1;
    network.num_classes = 2;
    network.options["patch"] = OptionNumbers{32, 32};
    network.options["normalization_schemes"] = scheme;
    network.options["intensities"] = std::string("100 20 50 150");
    return network;
}

ImagePlan planOf(const NetworkConfig& network)
{
    const auto plan = imagePlan(network);
    REQUIRE(plan.has_value());
    return *plan;
}

/// A grey image with a dark frame of zeros and a bright square of label 1.
struct Framed
{
    torch::Tensor values = torch::zeros({1, 40, 60});
    torch::Tensor labels = torch::zeros({40, 60}, torch::kUInt8);

    Framed()
    {
        torch::manual_seed(3);
        values.slice(1, 4, 36).slice(2, 10, 58).copy_(torch::randint(20, 200, {1, 32, 48}));
        labels.slice(0, 10, 20).slice(1, 20, 30).fill_(1);
    }
};

PatchCase caseOf(std::int64_t height, std::int64_t width, std::int64_t row, std::int64_t column)
{
    PatchCase one;
    one.name = "case" + std::to_string(row);
    one.image = torch::ones({1, height, width});
    one.codes = torch::ones({height, width}, torch::kUInt8);
    one.codes[row][column] = 2;
    one.places.push_back(torch::nonzero(one.codes == 2).to(torch::kInt32));
    return one;
}

} // namespace

GD_TEST(splinesGoThroughTheirSamples)
{
    torch::manual_seed(1);
    const torch::Tensor image = torch::rand({2, 7, 9}, torch::kFloat64);
    // With three pixels for one the middle ones lie on the samples.
    const torch::Tensor finer = splineResized(image, 21, 27);
    EXPECT_CLOSE(finer.slice(1, 1, 21, 3).slice(2, 1, 27, 3), image, 1e-9);
    EXPECT(!torch::equal(finer.slice(1, 0, 21, 3).slice(2, 1, 27, 3), image));
    // Cubic polynomials are reproduced away from the edges, which are repeated.
    const torch::Tensor x = torch::arange(40, torch::kFloat64) - 20;
    const torch::Tensor cubic = (x * x * x / 400 + x).unsqueeze(1);
    const torch::Tensor resized = splineMatrix(40, 80).matmul(cubic).flatten();
    const torch::Tensor at = (torch::arange(80, torch::kFloat64) + 0.5) / 2 - 0.5 - 20;
    EXPECT_CLOSE(resized.slice(0, 36, 44), (at * at * at / 400 + at).slice(0, 36, 44), 1e-6);
    EXPECT_CLOSE(
        splineMatrix(13, 5).sum(1), torch::ones({5}, torch::kFloat64), 1e-12); // constants stay
    const torch::Tensor range = splineResized(torch::tensor({{{0.0, 0.0, 1.0, 1.0}}}), 1, 16);
    EXPECT_EQ(range.min().item<double>(), 0.0); // overshoot is clipped
    EXPECT_EQ(range.max().item<double>(), 1.0);
}

GD_TEST(imagesAreResizedAsByScikitImage)
{
    // scikit-image 0.26: resize(x, (8, 4), order=3, mode="edge", anti_aliasing=False)
    const torch::Tensor x = (torch::linspace(-1, 1, 35, torch::kFloat64).pow(3)
                             + torch::arange(35, torch::kFloat64).sin())
                                .view({1, 5, 7});
    const torch::Tensor expected = torch::tensor(
        {-0.769761414, 0.164138923,  -1.130039011, -0.87939096,  -0.155960866, 0.224244918,
         -1.098328857, -0.469825588, 0.678083123,  0.173253051,  -1.027312418, 0.164226721,
         0.948884409,  -0.177945256, -0.913828755, 0.575333198,  0.859289741,  -0.621387147,
         -0.702592911, 0.832560495,  0.642618154,  -0.857312037, -0.228655925, 1.097809867,
         0.389332927,  -0.6773308,   0.627010943,  1.467102524,  0.245871434,  -0.46085794,
         1.201859335,  1.702686191},
        torch::kFloat64);
    EXPECT_CLOSE(splineResized(x, 8, 4).flatten(), expected, 0, 2e-7);
    torch::Tensor labels = torch::zeros({6, 6}, torch::kUInt8);
    labels.slice(0, 1, 4).slice(1, 1, 5).fill_(1);
    labels.slice(0, 3, 6).slice(1, 4, 6).fill_(2);
    // batchgenerators' resize_segmentation, order 1
    const torch::Tensor resized = torch::tensor(
        {0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1,
         1, 2, 0, 1, 1, 2, 2, 0, 0, 0, 2, 2, 0, 0, 0, 2, 2, 0, 0, 0, 2, 2},
        torch::kUInt8);
    EXPECT(torch::equal(labelsResized(labels, 9, 5).flatten(), resized));
}

GD_TEST(labelsAreResizedByTheirMasks)
{
    torch::Tensor labels = torch::zeros({8, 8}, torch::kUInt8);
    labels.slice(0, 2, 6).slice(1, 2, 6).fill_(3);
    labels[0][0] = 255;
    const torch::Tensor finer = labelsResized(labels, 16, 16);
    EXPECT_EQ((finer == 3).sum().item<int>(), 64); // the corners have 0.75 · 0.75
    const torch::Tensor back = labelsResized(finer, 8, 8);
    EXPECT(torch::equal(back == 3, labels == 3));
    const torch::Tensor values = std::get<0>(at::_unique(finer.flatten(), true));
    for (std::int64_t i = 0; i < values.numel(); ++i) {
        const int value = values[i].item<int>();
        EXPECT(value == 0 || value == 3 || value == 255);
    }
}

GD_TEST(imagesAreCroppedAndNormalised)
{
    const Framed framed;
    NetworkConfig network = plannedNetwork();
    const PlannedImage whole = plannedImage(planOf(network), framed.values);
    EXPECT((whole.crop == Rect{10, 4, 48, 32}));
    EXPECT_EQ(whole.image.size(1), std::int64_t{32});
    EXPECT_NEAR(whole.image.mean().item<double>(), 0, 1e-5);
    EXPECT_NEAR(whole.image.std(false).item<double>(), 1, 1e-5);

    // A hole of zeros stays out of the masked z-score and stays zero.
    torch::Tensor holed = framed.values.clone();
    holed.slice(1, 20, 30).slice(2, 30, 50).zero_();
    network.options["use_mask_for_norm"] = OptionNumbers{1};
    const PlannedImage masked = plannedImage(planOf(network), holed);
    const torch::Tensor inside = masked.image[0].masked_select(masked.inside);
    EXPECT_NEAR(inside.mean().item<double>(), 0, 1e-5);
    EXPECT_NEAR(inside.std(false).item<double>(), 1, 1e-5);
    EXPECT_EQ(
        masked.image[0].masked_select(masked.inside.logical_not()).abs().max().item<double>(), 0.0);

    const torch::Tensor plain = framed.values.slice(1, 4, 36).slice(2, 10, 58);
    const auto by = [&](const std::string& scheme) {
        return plannedImage(planOf(plannedNetwork(scheme)), framed.values).image;
    };
    EXPECT_CLOSE(by("RGBTo01Normalization"), plain / 255, 1e-6);
    EXPECT_CLOSE(by("NoNormalization"), plain, 1e-6);
    EXPECT_CLOSE(by("CTNormalization"), (plain.clamp(50, 150) - 100) / 20, 1e-6);
    EXPECT_NEAR(by("RescaleTo01Normalization").min().item<double>(), 0, 1e-6);
    EXPECT_NEAR(by("RescaleTo01Normalization").max().item<double>(), 1, 1e-6);

    // A black image is not cropped.
    const PlannedImage black = plannedImage(planOf(plannedNetwork()), torch::zeros({1, 20, 30}));
    EXPECT((black.crop == Rect{0, 0, 30, 20}));
    EXPECT(black.image.isfinite().all().item<bool>());
}

GD_TEST(whatIsPredictedGoesBackToTheFile)
{
    const Framed framed;
    NetworkConfig network = plannedNetwork();
    network.options["spacing"] = std::string("2 2"); // half as many pixels
    const ImagePlan plan = planOf(network);
    const PlannedImage image = plannedImage(plan, framed.values);
    EXPECT((image.image.sizes() == c10::IntArrayRef{1, 16, 24}));
    const torch::Tensor codes = plannedLabels(image, framed.labels);
    EXPECT_EQ((codes == kLabelCode + 1).sum().item<int>(), 25);
    const torch::Tensor labels = labelsOfCodes(codes);
    const torch::Tensor logits =
        torch::stack({(labels == 0).to(torch::kFloat32), (labels == 1).to(torch::kFloat32)}) * 20;
    const torch::Tensor probabilities = nativeProbabilities(plan, image, logits);
    EXPECT((probabilities.sizes() == c10::IntArrayRef{2, 40, 60}));
    EXPECT_CLOSE(probabilities.sum(0), torch::ones({40, 60}), 1e-5);
    EXPECT_EQ(probabilities[0][0][0].item<double>(), 1.0); // outside the crop: background
    const torch::Tensor back = plannedLabelsOf(plan, probabilities);
    const double both = (back == 1).logical_and(framed.labels == 1).sum().item<double>();
    EXPECT(2 * both / ((back == 1).sum().item<double>() + 100) > 0.93);

    // Background in the frame of zeros is told apart; a label there and ignored pixels are not.
    torch::Tensor odd = framed.labels.clone();
    odd[12][50] = 255;
    const ImagePlan fine = planOf(plannedNetwork());
    torch::Tensor values = framed.values.clone();
    values[0][15][25] = 0; // below the label
    values[0][30][40] = 0; // below background
    const torch::Tensor native = plannedLabels(plannedImage(fine, values), odd);
    EXPECT_EQ(native[15 - 4][25 - 10].item<int>(), kLabelCode + 1);
    EXPECT_EQ(native[30 - 4][40 - 10].item<int>(), kOutsideCode);
    EXPECT_EQ(native[12 - 4][50 - 10].item<int>(), 255);
    EXPECT_EQ(labelsOfCodes(native)[12 - 4][50 - 10].item<int>(), 255);
}

GD_TEST(plansThatDoNotFitAreRefused)
{
    EXPECT(!imagePlan(NetworkConfig{}).has_value());
    const auto refuses = [](const char* key, const OptionValue& value) {
        NetworkConfig network = plannedNetwork();
        network.options[key] = value;
        try {
            (void)imagePlan(network);
        } catch (const c10::Error&) {
            return true;
        }
        return false;
    };
    EXPECT(refuses("patch", OptionNumbers{32}));
    EXPECT(refuses("normalization_schemes", std::string("A B")));
    EXPECT(refuses("intensities", std::string("1 2 x 4")));
    EXPECT(refuses("spacing", std::string("1 0")));
    EXPECT(refuses("regions", std::string("1 2; 2")));
    EXPECT(!refuses("spacing", std::string("0.5 2")));
}

GD_TEST(patchesMayReachOverTheBorder)
{
    using Range = std::array<std::int64_t, 2>;
    EXPECT((patchRange(100, 60, 50) == Range{-5, 45}));
    EXPECT((patchRange(100, 61, 50) == Range{-6, 45}));  // an odd pixel goes to the far side, too
    EXPECT((patchRange(30, 60, 50) == Range{-15, -15})); // larger than the image: in the middle
    EXPECT((patchRange(100, 50, 50) == Range{0, 50}));

    // A pixel in the far corner becomes the patch's middle; what lies beyond is empty.
    PatchOptions options;
    options.patch = options.cut = {16, 16};
    options.foregroundShare = 1;
    const auto far = PatchSampler({caseOf(40, 50, 39, 49)}, options).draw(3, 7);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT((far.corners[i] == PatchPair{31, 41}));
    }
    EXPECT_EQ(far.codes[0][8][8].item<int>(), 2);
    EXPECT_EQ((far.codes[0] != kOutsideCode).sum().item<int>(), 81);
    EXPECT_EQ(far.images[0].sum().item<double>(), 81.0);
    // Towards the near corner the patch stays inside.
    const auto near = PatchSampler({caseOf(40, 50, 0, 2)}, options).draw(1, 7);
    EXPECT((near.corners[0] == PatchPair{0, 0}));

    options.patch = options.cut = {64, 64};
    const auto large = PatchSampler({caseOf(20, 30, 3, 3)}, options).draw(2, 9);
    EXPECT_EQ((large.codes[1] != kOutsideCode).sum().item<int>(), 600);
}

GD_TEST(theLastThirdOfABatchHoldsForeground)
{
    std::vector<PatchCase> cases;
    for (std::int64_t i = 0; i < 5; ++i) {
        cases.push_back(caseOf(80, 80, 10 * i + 5, 70 - 10 * i));
    }
    PatchOptions options;
    options.patch = options.cut = {16, 16};
    const PatchSampler sampler(cases, options);
    int holding = 0;
    std::vector<int> drawn(5, 0);
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        const auto batch = sampler.draw(12, seed);
        for (std::size_t i = 0; i < 12; ++i) {
            const bool holds = (batch.codes[static_cast<std::int64_t>(i)] == 2).any().item<bool>();
            EXPECT_EQ(batch.wanted[i], std::int64_t{i >= 8 ? 0 : -1}); // round(12 · 0.67) = 8
            EXPECT(i < 8 || holds);
            holding += i < 8 && holds ? 1 : 0;
            ++drawn[static_cast<std::size_t>(batch.cases[i])];
        }
    }
    EXPECT(holding < 40); // 8 · 40 patches without an aim: about one of 16 holds the pixel
    for (const int count : drawn) {
        EXPECT(count > 60 && count < 140); // 480 draws of 5
    }
    const auto again = sampler.draw(12, 3);
    EXPECT(torch::equal(again.codes, sampler.draw(12, 3).codes));
    EXPECT(!(again.corners == sampler.draw(12, 4).corners));

    // Where nothing is annotated but a part, patches without an aim are drawn there.
    PatchCase partly = caseOf(200, 200, 5, 5);
    partly.places = {torch::zeros({0, 2}, torch::kInt32)};
    partly.annotated = torch::full({1, 2}, 150, torch::kInt32);
    const auto aimed = PatchSampler({partly}, options).draw(3, 1);
    EXPECT((aimed.corners[0] == PatchPair{142, 142}));
    EXPECT_EQ(aimed.wanted[2], std::int64_t{-1});
}

GD_TEST(theMiddleOfALargerCutIsAugmented)
{
    // A map of its own coordinates tells where each pixel came from.
    const std::int64_t cut = 45;
    PatchCase one;
    one.name = "coordinates";
    const torch::Tensor line = torch::arange(cut, torch::kFloat32);
    one.image =
        torch::stack({line.unsqueeze(1).expand({cut, cut}), line.unsqueeze(0).expand({cut, cut})})
            .contiguous();
    one.codes = torch::ones({cut, cut}, torch::kUInt8);
    one.places = {torch::zeros({0, 2}, torch::kInt32)};
    PatchOptions options;
    options.patch = {32, 32};
    options.cut = {cut, cut};
    const PatchSampler sampler({one}, options);
    const auto none =
        PatchSource(sampler, *augmentationPreset("none"), {}).batch(1, 1, torch::kCPU);
    EXPECT((none.images.sizes() == c10::IntArrayRef{1, 2, 32, 32}));

    AugmentationConfig turning = *augmentationPreset("none");
    turning.preset = "nnunet";
    turning.rotation_probability = 1;
    turning.rotation_degrees = 180;
    bool isTurned = false;
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
        const auto batch = PatchSource(sampler, turning, {}).batch(1, seed, torch::kCPU);
        EXPECT((batch.images.sizes() == c10::IntArrayRef{1, 2, 32, 32}));
        // Neighbours stay one pixel apart, also in the corners, which the larger cut fills where
        // nothing beyond it was padded.
        const torch::Tensor step = batch.images[0].slice(1, 1) - batch.images[0].slice(1, 0, -1);
        const torch::Tensor length = step.square().sum(0).sqrt();
        EXPECT_NEAR(length.median().item<double>(), 1, 1e-3);
        isTurned = isTurned || std::abs(step[1].median().item<double>()) > 0.2;
    }
    EXPECT(isTurned);
}

GD_TEST(channelsOutsideTheMaskAreZeroAgain)
{
    PatchCase one = caseOf(32, 32, 16, 16);
    one.codes.slice(0, 0, 8).fill_(kOutsideCode);
    PatchOptions options;
    options.patch = options.cut = {32, 32};
    AugmentationConfig noisy = *augmentationPreset("none");
    noisy.preset = "nnunet";
    noisy.noise = 1;
    noisy.noise_std = {0.5, 0.5};
    const PatchSampler sampler({one}, options);
    const auto kept = PatchSource(sampler, noisy, {false}).batch(1, 2, torch::kCPU);
    EXPECT((kept.images.slice(2, 0, 8).abs() > 1e-3).any().item<bool>());
    const auto zeroed = PatchSource(sampler, noisy, {true}).batch(1, 2, torch::kCPU);
    EXPECT_EQ(zeroed.images.slice(2, 0, 8).abs().max().item<double>(), 0.0);
    EXPECT_EQ(zeroed.masks.slice(1, 0, 8).max().item<int>(), 0); // background
    EXPECT_EQ((zeroed.masks == 1).sum().item<int>(), 1);
}

GD_TEST(regionsOverlapInLossAndLabels)
{
    LossConfig config;
    config.segmentation = "dice_bce";
    const std::vector<std::vector<int>> regions = {{1, 2}, {2}};
    const SegmentationLoss loss(config, 2, regions);
    torch::Tensor target = torch::zeros({1, 8, 8}, torch::kInt64);
    target.slice(1, 2, 6).slice(2, 2, 6).fill_(1);
    target.slice(1, 3, 5).slice(2, 3, 5).fill_(2);
    target.slice(1, 7, 8).fill_(255);
    const torch::Tensor hot = regionTargets(target, regions, torch::kFloat32);
    EXPECT_EQ(hot[0][0].sum().item<double>(), 16.0);
    EXPECT_EQ(hot[0][1].sum().item<double>(), 4.0);

    torch::manual_seed(8);
    LossInput input;
    input.target = target;
    input.output.logits = {torch::randn({1, 2, 8, 8}).set_requires_grad(true)};
    const LossParts parts = loss(input);
    const torch::Tensor valid = torch::ones({1, 2, 8, 8});
    valid.slice(2, 7, 8).zero_();
    const torch::Tensor p = input.output.logits[0].detach().sigmoid();
    const torch::Tensor entropy = -(hot * p.log() + (1 - hot) * (1 - p).log()) * valid;
    const torch::Tensor dice =
        (2 * (p * hot * valid).sum({0, 2, 3}) + 1e-5) / (((p + hot) * valid).sum({0, 2, 3}) + 1e-5);
    EXPECT_NEAR(parts.ce.item<double>(), (entropy.sum() / valid.sum()).item<double>(), 1e-5);
    EXPECT_NEAR(parts.dice.item<double>(), -dice.mean().item<double>(), 1e-5);
    parts.total.backward();
    const torch::Tensor gradient = input.output.logits[0].grad();
    EXPECT_EQ(gradient.slice(2, 7, 8).abs().max().item<double>(), 0.0);
    input.output.logits = {hot * 40 - 20};
    EXPECT(loss(input).total.item<double>() < -0.99);

    // Later regions are written over earlier ones.
    NetworkConfig network = plannedNetwork();
    network.options["regions"] = std::string("1 2; 2");
    network.options["region_labels"] = OptionNumbers{1, 2};
    const ImagePlan plan = planOf(network);
    EXPECT(plan.regions == regions);
    const torch::Tensor labels = plannedLabelsOf(plan, hot[0]);
    EXPECT_EQ((labels == 1).sum().item<int>(), 12);
    EXPECT_EQ((labels == 2).sum().item<int>(), 4);
}

namespace {

struct Trained
{
    std::vector<HistoryRow> history;
    std::vector<torch::Tensor> weights;
};

/// A tiny nnU-Net on bright squares; at `cancelAfter` steps it is cancelled, saved, loaded and
/// continued by a new trainer.
Trained trained(std::int64_t cancelAfter, const std::filesystem::path& folder)
{
    std::vector<PatchCase> cases;
    for (int i = 0; i < 3; ++i) {
        torch::manual_seed(i);
        PatchCase one;
        one.name = "square" + std::to_string(i);
        one.codes = torch::ones({40 + 7 * i, 50}, torch::kUInt8);
        one.codes.slice(0, 10, 22).slice(1, 8 * i + 6, 8 * i + 20).fill_(2);
        one.image = (torch::randn(one.codes.sizes()) + (one.codes == 2) * 3.0)
                        .to(torch::kFloat32)
                        .unsqueeze(0);
        one.places = {torch::nonzero(one.codes == 2).to(torch::kInt32)};
        cases.push_back(std::move(one));
    }
    SystemConfig config;
    config.system = "nnunet";
    config.guide.source = "none";
    config.network = plannedNetwork();
    config.network.options["features_per_stage"] = OptionNumbers{4, 8};
    config.network.options["n_stages"] = std::int64_t{2};
    config.loss.segmentation = "dice_ce";
    config.loss.dice_background = false;
    config.loss.deep_supervision = "nnunet";
    config.data.augmentation = *augmentationPreset("nnunet");
    config.training.optimizer = "sgd";
    config.training.learning_rate = 0.01;
    config.training.epochs = 4;
    config.training.iterations_per_epoch = 3;
    config.training.batch_size = 2;
    config.training.clip_norm = 12;
    config.training.select_by = "ema_dsc";
    PatchOptions options;
    options.patch = {32, 32};
    options.cut = {38, 38};
    TrainingSet set;
    set.source = std::make_shared<PatchSource>(
        PatchSampler(cases, options), config.data.augmentation, std::vector<bool>{});
    Trained result;
    std::int64_t steps = 0;
    double score = 0;
    TrainerHooks hooks;
    hooks.validate = [&](Segmenter&, std::int64_t epoch) {
        score = epoch == 1 ? 0.9 : 0.5;
        return HistoryRow{{"dsc", score}};
    };
    hooks.rowAdded = [&](const std::vector<HistoryRow>& rows) { result.history = rows; };
    hooks.stepDone = [&](const StepReport& report) { steps = report.step; };
    hooks.isCancelled = [&] { return cancelAfter > 0 && steps == cancelAfter; };
    hooks.save = [&](const TrainingCheckpoint& checkpoint) {
        REQUIRE_OK(saveCheckpoint(folder, checkpoint));
    };
    torch::manual_seed(11);
    auto model = makeSegmenter(config);
    if (cancelAfter > 0) {
        Trainer first(config, model, set, torch::kCPU, hooks);
        EXPECT(first.run() == TrainingEnd::Cancelled);
        hooks.isCancelled = {};
        torch::manual_seed(99);
        model = makeSegmenter(config);
    }
    Trainer trainer(config, model, set, torch::kCPU, hooks);
    if (cancelAfter > 0) {
        const auto stored = loadNewestCheckpoint(folder);
        REQUIRE(stored.has_value());
        trainer.restore(*stored);
    }
    EXPECT(trainer.run() == TrainingEnd::Finished);
    EXPECT_EQ(trainer.state().best_epoch, std::int64_t{1}); // the largest
    EXPECT_EQ(trainer.state().step, std::int64_t{12});
    for (const auto& parameter : model->parameters()) {
        result.weights.push_back(parameter.detach().clone());
    }
    return result;
}

double lossOf(const HistoryRow& row)
{
    for (const auto& [name, value] : row) {
        if (name == "train_loss") {
            return value;
        }
    }
    return std::nan("");
}

} // namespace

GD_TEST(aTrainingOfPatchesGoesOnBitForBit)
{
    const test::TemporaryFolder folder;
    const Trained straight = trained(0, folder / "a");
    for (const std::int64_t cancelAfter : {1, 6, 7}) {
        const Trained broken = trained(cancelAfter, folder / std::to_string(cancelAfter));
        REQUIRE(broken.history.size() == straight.history.size());
        for (std::size_t i = 0; i < broken.history.size(); ++i) {
            EXPECT_EQ(lossOf(broken.history[i]), lossOf(straight.history[i]));
        }
        for (std::size_t i = 0; i < broken.weights.size(); ++i) {
            EXPECT(torch::equal(broken.weights[i], straight.weights[i]));
        }
    }
    EXPECT(lossOf(straight.history[0]) != lossOf(straight.history[1]));
}

GD_TEST_MAIN()
