// SPDX-License-Identifier: Apache-2.0
#include "core/nn/data/preprocess.h"
#include "core/nn/data/presets.h"
#include "core/nn/dino/vit.h"
#include "core/nn/guide/key_table.h"
#include "core/nn/train/autocast.h"
#include "core/nn/train/checkpoint.h"
#include "core/nn/train/trainer.h"
#include "tests/support/nn_check.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

using namespace guidino;
using namespace guidino::nn;

namespace {

namespace fs = std::filesystem;

/// Bright discs on a dark, noisy ground.
TrainingSet discs(std::int64_t count, std::int64_t side)
{
    torch::manual_seed(5);
    const torch::Tensor y = torch::arange(side, torch::kFloat32).view({1, side, 1});
    const torch::Tensor x = torch::arange(side, torch::kFloat32).view({1, 1, side});
    const double s = static_cast<double>(side);
    const torch::Tensor cy = torch::rand({count, 1, 1}) * (0.5 * s) + 0.25 * s;
    const torch::Tensor cx = torch::rand({count, 1, 1}) * (0.5 * s) + 0.25 * s;
    const torch::Tensor radius = torch::rand({count, 1, 1}) * (0.12 * s) + 0.1 * s;
    TrainingSet set;
    set.masks = ((y - cy).square() + (x - cx).square() < radius.square()).to(torch::kUInt8);
    const torch::Tensor noise = torch::rand({count, side, side, 3}) * 90;
    set.images =
        (noise + set.masks.unsqueeze(3).to(torch::kFloat32) * 120).clamp(0, 255).to(torch::kUInt8);
    for (std::int64_t i = 0; i < count; ++i) {
        set.names.push_back("disc" + std::to_string(i) + ".png");
    }
    return set;
}

SystemConfig smallConfig()
{
    SystemConfig config;
    config.system = "guidino-u";
    config.guide.source = "self";
    config.guide.prototypes = 4;
    config.network.base_channels = 4;
    config.data.image_size = 32;
    config.training.epochs = 3;
    config.training.batch_size = 4;
    config.training.learning_rate = 3e-3;
    config.training.seed = 9;
    return config;
}

std::shared_ptr<Segmenter> freshModel(const SystemConfig& config)
{
    torch::manual_seed(3);
    return makeSegmenter(config);
}

HistoryRow measure(Segmenter& model, const TrainingSet& set)
{
    const torch::Tensor images =
        set.images.permute({0, 3, 1, 2}).to(torch::kFloat32).div(255).sub(0.45).div(0.225);
    const torch::Tensor predicted = model.forward(images).logits[0].squeeze(1) > 0;
    const torch::Tensor truth = set.masks.to(torch::kBool);
    const double both = predicted.logical_and(truth).sum().item<double>();
    const double sum = predicted.sum().item<double>() + truth.sum().item<double>();
    return {{"val_loss", 1 - 2 * both / sum}, {"dsc", 2 * both / sum}};
}

/// The curve without its times.
std::vector<HistoryRow> withoutTimes(std::vector<HistoryRow> history)
{
    for (HistoryRow& row : history) {
        std::erase_if(row, [](const auto& column) {
            return column.first.find("second") != std::string::npos;
        });
    }
    return history;
}

std::map<std::string, torch::Tensor> weightsOf(Segmenter& model)
{
    std::map<std::string, torch::Tensor> weights;
    for (const auto& item : model.named_parameters()) {
        weights.emplace(item.key(), item.value().detach().clone());
    }
    for (const auto& item : model.named_buffers()) {
        weights.emplace(item.key(), item.value().clone());
    }
    return weights;
}

bool areEqual(
    const std::map<std::string, torch::Tensor>& a, const std::map<std::string, torch::Tensor>& b)
{
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](auto& x, auto& y) {
               return x.first == y.first && torch::equal(x.second, y.second);
           });
}

} // namespace

GD_TEST(discsAreLearned)
{
    SystemConfig config = smallConfig();
    config.training.epochs = 12;
    const TrainingSet set = discs(16, 32);
    std::vector<HistoryRow> history;
    TrainerHooks hooks;
    hooks.validate = [&](Segmenter& model, std::int64_t) { return measure(model, set); };
    hooks.rowAdded = [&](const std::vector<HistoryRow>& rows) { history = rows; };
    Trainer trainer(config, freshModel(config), set, torch::kCPU, hooks);
    EXPECT(trainer.run() == TrainingEnd::Finished);
    REQUIRE(history.size() == 12);
    const auto column = [&](std::size_t row, const std::string& name) {
        for (const auto& [key, value] : history[row]) {
            if (key == name) {
                return value;
            }
        }
        return std::numeric_limits<double>::quiet_NaN();
    };
    EXPECT(column(11, "train_loss") < column(0, "train_loss") - 0.3);
    EXPECT(trainer.state().best_score > 0.8);
    EXPECT_EQ(column(11, "epoch"), 12.0);
    EXPECT_EQ(column(11, "step"), 48.0);
    EXPECT(column(0, "lr") > column(11, "lr"));
    EXPECT(std::isfinite(column(0, "guide_mean")));
}

namespace {

/// Trains to the end; at `cancelAfter` steps it is cancelled, saved, loaded and continued by a new
/// trainer with a model of other weights.
std::pair<std::vector<HistoryRow>, std::map<std::string, torch::Tensor>>
trained(const SystemConfig& config, std::int64_t cancelAfter, const fs::path& folder)
{
    const TrainingSet set = discs(10, 32);
    std::vector<HistoryRow> history;
    std::int64_t steps = 0;
    TrainerHooks hooks;
    hooks.validate = [&](Segmenter& model, std::int64_t) { return measure(model, set); };
    hooks.rowAdded = [&](const std::vector<HistoryRow>& rows) { history = rows; };
    hooks.stepDone = [&](const StepReport& report) { steps = report.step; };
    hooks.isCancelled = [&] { return cancelAfter > 0 && steps == cancelAfter; };
    hooks.save = [&](const TrainingCheckpoint& checkpoint) {
        REQUIRE_OK(saveCheckpoint(folder, checkpoint));
    };
    auto model = freshModel(config);
    if (cancelAfter > 0) {
        Trainer first(config, model, set, torch::kCPU, hooks);
        EXPECT(first.run() == TrainingEnd::Cancelled);
        EXPECT_EQ(first.state().step, cancelAfter);
        const auto stored = loadNewestCheckpoint(folder);
        REQUIRE(stored.has_value());
        torch::manual_seed(77);
        model = makeSegmenter(config);
        cancelAfter = 0;
        Trainer second(config, model, set, torch::kCPU, hooks);
        second.restore(*stored);
        EXPECT(second.run() == TrainingEnd::Finished);
    } else {
        Trainer trainer(config, model, set, torch::kCPU, hooks);
        EXPECT(trainer.run() == TrainingEnd::Finished);
    }
    return {withoutTimes(history), weightsOf(*model)};
}

} // namespace

GD_TEST(resumedIsUninterruptedBitForBit)
{
    for (const char* optimizer : {"adamw", "sgd", "adam", "rmsprop"}) {
        SystemConfig config = smallConfig();
        config.training.optimizer = optimizer;
        config.training.learning_rate = 1e-3;
        config.training.momentum = 0.9;
        config.training.ema = 0.9;
        config.training.accumulate = 2;
        config.training.precision = std::string(optimizer) == "sgd" ? "bf16" : "fp32";
        config.training.clip_norm = 1;
        config.guide.dropout = 0.2;
        const test::TemporaryFolder one;
        const test::TemporaryFolder two;
        const auto straight = trained(config, 0, one.path());
        const auto resumed = trained(config, 3, two.path()); // in the middle of the second epoch
        EXPECT(straight.first == resumed.first);
        EXPECT(areEqual(straight.second, resumed.second));
        EXPECT_EQ(straight.first.size(), std::size_t{3});
        SystemConfig other = config;
        other.training.seed = 10;
        const test::TemporaryFolder three;
        EXPECT(trained(other, 0, three.path()).first != straight.first);
    }
}

GD_TEST(bf16IsComputedOnlyWhereItIsFast)
{
    const torch::Device cpu(torch::kCPU);
    EXPECT(precisionFromName("fp32", cpu) == torch::kFloat32);
    EXPECT(
        precisionFromName("bf16", cpu) == (isBf16Fast(cpu) ? torch::kBFloat16 : torch::kFloat32));
    const torch::Device gpu(torch::kCUDA);
    EXPECT(precisionFromName("bf16", gpu) == torch::kBFloat16);
    EXPECT(precisionFromName("fp16", gpu) == torch::kFloat16);
    for (const char* name : {"fp16", "int8"}) {
        bool isRefused = false;
        try {
            static_cast<void>(precisionFromName(name, cpu));
        } catch (const c10::Error&) {
            isRefused = true;
        }
        EXPECT(isRefused);
    }
}

GD_TEST(tornCheckpointIsLeftOut)
{
    const test::TemporaryFolder folder;
    EXPECT(!loadNewestCheckpoint(folder.path()).has_value());
    TrainingCheckpoint checkpoint;
    for (int sequence = 1; sequence <= 4; ++sequence) {
        checkpoint.state.sequence = sequence;
        checkpoint.state.step = sequence * 10;
        checkpoint.state.history = {
            {{"epoch", 1}, {"hd95", std::numeric_limits<double>::quiet_NaN()}, {"dsc", 1.0 / 3}}};
        checkpoint.tensors = {{"model.w", torch::full({3}, sequence)}};
        REQUIRE_OK(saveCheckpoint(folder.path(), checkpoint));
    }
    auto newest = loadNewestCheckpoint(folder.path());
    REQUIRE(newest.has_value());
    EXPECT_EQ(newest->state.step, 40);
    EXPECT_EQ(newest->tensors.at("model.w")[0].item<double>(), 4.0);
    EXPECT_EQ(newest->state.history[0][2].second, 1.0 / 3);
    EXPECT(std::isnan(newest->state.history[0][1].second));

    // The newest tensors lose their end: the one before is taken.
    const fs::path tensors = folder.path() / "checkpoint-a" / "tensors.safetensors";
    REQUIRE(fs::exists(tensors));
    fs::resize_file(tensors, fs::file_size(tensors) - 4);
    newest = loadNewestCheckpoint(folder.path());
    REQUIRE(newest.has_value());
    EXPECT_EQ(newest->state.step, 30);

    // Its state is cut as well: nothing is left.
    std::ofstream(folder.path() / "checkpoint-b" / "state.json") << "{\"version\": 1, \"seq";
    EXPECT(!loadNewestCheckpoint(folder.path()).has_value());
}

GD_TEST(onlyWhatMayBeTrainedChanges)
{
    for (const char* update : {"tokenbook", "decoder"}) {
        SystemConfig config = smallConfig();
        config.training.update = update;
        config.training.epochs = 1;
        auto model = freshModel(config);
        const auto before = weightsOf(*model);
        TrainerHooks hooks;
        Trainer trainer(config, model, discs(8, 32), torch::kCPU, hooks);
        EXPECT(trainer.run() == TrainingEnd::Finished);
        int changed = 0;
        const auto after = weightsOf(*model);
        for (const auto& [name, tensor] : before) {
            const bool isChanged = !torch::equal(tensor, after.at(name));
            const bool mayChange =
                isTokenBookKey(name)
                || (std::string(update) == "decoder" && model->isDecoderKey(name));
            changed += isChanged ? 1 : 0;
            if (isChanged && !mayChange) {
                test::fail(__FILE__, __LINE__, std::string(update) + " changed " + name);
            }
        }
        EXPECT(changed > 0);
    }
}

/// Where no epoch is better, training ends with the model that it began with.
GD_TEST(theInitialModelIsTheOneToBeat)
{
    SystemConfig config = smallConfig();
    config.training.learning_rate = 1e-3;
    config.training.epochs = 2;
    const TrainingSet set = discs(8, 32);
    for (const bool isMeasured : {true, false}) {
        std::vector<std::int64_t> improved;
        double first = -1;
        TrainerHooks hooks;
        hooks.validate = [&](Segmenter&, std::int64_t epoch) {
            return HistoryRow{{"val_loss", 1.0}, {"dsc", epoch < 0 ? 0.9 : 0.3}};
        };
        hooks.improved = [&](Segmenter&, double, std::int64_t epoch) { improved.push_back(epoch); };
        hooks.rowAdded = [&](const std::vector<HistoryRow>& history) {
            first = history.front().front().second;
        };
        Trainer trainer(config, freshModel(config), set, torch::kCPU, hooks);
        if (isMeasured) {
            trainer.beginWithInitialModel();
        }
        EXPECT(trainer.run() == TrainingEnd::Finished);
        EXPECT_EQ(trainer.state().history.size(), isMeasured ? 3U : 2U);
        EXPECT_EQ(first, isMeasured ? 0.0 : 1.0);
        EXPECT(improved == std::vector<std::int64_t>{isMeasured ? -1 : 0});
        EXPECT_NEAR(trainer.state().best_score, isMeasured ? 0.9 : 0.3, 1e-12);
    }
}

GD_TEST(frozenBatchNormKeepsItsStatistics)
{
    for (const bool isFrozen : {false, true}) {
        SystemConfig config = smallConfig();
        config.training.epochs = 1;
        auto model = freshModel(config);
        const auto before = weightsOf(*model);
        Trainer trainer(config, model, discs(8, 32), torch::kCPU, {});
        if (isFrozen) {
            trainer.freezeBatchNorm();
        }
        EXPECT(trainer.run() == TrainingEnd::Finished);
        bool areStatisticsKept = true;
        bool areWeightsKept = true;
        const auto after = weightsOf(*model);
        for (const auto& [name, tensor] : before) {
            const bool isSame = torch::equal(tensor, after.at(name));
            (name.find("running_") != std::string::npos ? areStatisticsKept : areWeightsKept) &=
                isSame;
        }
        EXPECT_EQ(areStatisticsKept, isFrozen);
        EXPECT(!areWeightsKept);
    }
}

/// Where only what follows a frozen backbone learns, it computes four views of each image once.
GD_TEST(storedViewsAreComputedOnce)
{
    VitConfig tiny;
    tiny.embed_dim = 32;
    tiny.depth = 1;
    tiny.num_heads = 2;
    tiny.ffn_hidden = 64;
    for (const char* update : {"all", "tokenbook"}) {
        SystemConfig config = smallConfig();
        config.guide.source = "dinov3";
        config.training.epochs = 7;
        config.training.update = update;
        torch::manual_seed(3);
        auto model = makeSegmenter(config, std::make_shared<VisionTransformer>(tiny));
        std::int64_t computed = 0;
        TrainerHooks hooks;
        hooks.tokens = [&](Segmenter& segmenter, const torch::Tensor& images) {
            computed += images.size(0);
            return segmenter.guideTokens(images);
        };
        Trainer trainer(config, model, discs(8, 32), torch::kCPU, hooks);
        EXPECT(trainer.run() == TrainingEnd::Finished);
        EXPECT_EQ(computed, std::string(update) == "all" ? 0 : 4 * 8);
    }
}

/// With a frozen ViT before it the TokenBook learns by the guide's loss alone; the network, which
/// is not run, stays as it is, and so does what batch norms know.
GD_TEST(tokenBookAloneLearnsByTheGuide)
{
    VitConfig tiny;
    tiny.embed_dim = 32;
    tiny.depth = 1;
    tiny.num_heads = 2;
    tiny.ffn_hidden = 64;
    SystemConfig config = smallConfig();
    config.guide.source = "dinov3";
    config.data.image_size = 64;
    config.training.epochs = 24;
    config.training.learning_rate = 1e-2;
    config.training.update = "tokenbook";
    const auto train = [&](const SystemConfig& used, HistoryRow& last) {
        torch::manual_seed(3);
        auto model = makeSegmenter(used, std::make_shared<VisionTransformer>(tiny));
        const auto before = weightsOf(*model);
        TrainingSet set = discs(8, 64);
        set.corrections = torch::full({8, 64, 64}, kGuideFromMask, torch::kUInt8);
        TrainerHooks hooks;
        hooks.validate = [&](Segmenter& shown, std::int64_t) { return measure(shown, set); };
        std::vector<double> losses;
        hooks.rowAdded = [&](const std::vector<HistoryRow>& history) {
            last = history.back();
            for (const auto& [name, value] : last) {
                if (name == "train_guide") {
                    losses.push_back(value);
                }
            }
        };
        Trainer trainer(used, model, set, torch::kCPU, hooks);
        EXPECT(trainer.run() == TrainingEnd::Finished);
        REQUIRE(losses.size() > 2);
        EXPECT(losses.back() < losses.front());
        std::map<std::string, torch::Tensor> changed;
        const auto after = weightsOf(*model);
        for (const auto& [name, tensor] : before) {
            if (!torch::equal(tensor, after.at(name))) {
                changed.emplace(name, after.at(name));
                EXPECT(isTokenBookKey(name));
            }
        }
        EXPECT(!changed.empty());
        return changed;
    };
    HistoryRow row;
    const auto valueIn = [&row](const std::string& column) {
        for (const auto& [name, value] : row) {
            if (name == column) {
                return value;
            }
        }
        return -1.0;
    };
    const auto learnt = train(config, row);
    EXPECT(std::isnan(valueIn("train_dice")));
    EXPECT_NEAR(valueIn("train_loss"), config.loss.guide_weight * valueIn("train_guide"), 1e-6);
    // What the network's loss weighs makes no difference to it.
    SystemConfig other = config;
    other.loss.dice_weight = 7;
    other.loss.ce_weight = 0.1;
    HistoryRow ignored;
    const auto same = train(other, ignored);
    REQUIRE(same.size() == learnt.size());
    for (const auto& [name, tensor] : learnt) {
        EXPECT(torch::equal(tensor, same.at(name)));
    }
    // Without a weight of the guide's there is but the whole loss.
    other = config;
    other.loss.guide_weight = 0;
    other.training.epochs = 1;
    torch::manual_seed(3);
    auto model = makeSegmenter(other, std::make_shared<VisionTransformer>(tiny));
    TrainerHooks hooks;
    hooks.rowAdded = [&](const std::vector<HistoryRow>& history) { row = history.back(); };
    Trainer whole(other, model, discs(8, 64), torch::kCPU, hooks);
    EXPECT(whole.run() == TrainingEnd::Finished);
    EXPECT(std::isfinite(valueIn("train_dice")));
}

/// The guide rises where the user painted "attend" and falls where "ignore", against the mask.
GD_TEST(paintedGuidesAreLearned)
{
    SystemConfig config = smallConfig();
    config.loss.guide_weight = 5;
    config.training.epochs = 30;
    config.training.learning_rate = 1e-2;
    config.data.augmentation = *augmentationPreset("none");
    TrainingSet set = discs(8, 32);
    set.masks.zero_();
    set.images.narrow(2, 0, 16).fill_(200); // so that the sides can be told apart
    set.images.narrow(2, 16, 16).fill_(20);
    set.corrections = torch::full({8, 32, 32}, kGuideUnspecified, torch::kUInt8);
    set.corrections.narrow(2, 0, 12).fill_(kGuideAttend);
    set.corrections.narrow(2, 20, 12).fill_(kGuideIgnore);
    auto model = freshModel(config);
    Trainer trainer(config, model, set, torch::kCPU, {});
    EXPECT(trainer.run() == TrainingEnd::Finished);
    model->eval();
    const torch::NoGradGuard noGrad;
    const torch::Tensor image =
        set.images.narrow(0, 0, 2).permute({0, 3, 1, 2}).to(torch::kFloat32).div(255);
    const torch::Tensor guide =
        model->forward(normalise(config.preprocessing, image.contiguous())).guide;
    const std::int64_t half = guide.size(3) / 2;
    EXPECT(
        guide.narrow(3, 0, half).mean().item<double>()
        > guide.narrow(3, half, half).mean().item<double>() + 0.1);
}

/// A training that sees blue first is one whose images are stored so.
GD_TEST(channelOrderIsThatOfTheImages)
{
    SystemConfig config = smallConfig();
    config.training.epochs = 1;
    config.data.augmentation = *augmentationPreset("none");
    TrainingSet set = discs(8, 32);
    set.images.select(3, 0).fill_(40); // so that order matters
    TrainingSet turned = set;
    turned.images = set.images.flip({3}).contiguous();
    const auto trained = [](const SystemConfig& how, const TrainingSet& data) {
        auto model = freshModel(how);
        Trainer trainer(how, model, data, torch::kCPU, {});
        EXPECT(trainer.run() == TrainingEnd::Finished);
        return weightsOf(*model);
    };
    SystemConfig bgr = config;
    bgr.preprocessing.channel_order = "bgr";
    EXPECT(areEqual(trained(bgr, set), trained(config, turned)));
    EXPECT(!areEqual(trained(bgr, set), trained(config, set)));
}

GD_TEST(ratesFollowThePlateauAndTheSteps)
{
    SystemConfig config = smallConfig();
    config.training.epochs = 6;
    config.training.schedule = "plateau";
    config.training.plateau_patience = 0;
    config.training.plateau_factor = 0.5;
    TrainerHooks hooks;
    double score = 0.5;
    hooks.validate = [&](Segmenter&, std::int64_t epoch) -> HistoryRow {
        score = epoch == 3 ? 0.9 : 0.5; // better once
        return {{"dsc", score}};
    };
    std::vector<double> rates;
    hooks.rowAdded = [&](const std::vector<HistoryRow>& history) {
        for (const auto& [name, value] : history.back()) {
            if (name == "lr") {
                rates.push_back(value);
            }
        }
    };
    Trainer trainer(config, freshModel(config), discs(4, 32), torch::kCPU, hooks);
    EXPECT(trainer.run() == TrainingEnd::Finished);
    const double base = config.training.learning_rate;
    REQUIRE(rates.size() == 6u);
    // Epoch 1 is the best so far; 2 and 3 are no better; 4 is; 5 is not.
    const std::vector<double> expected = {1, 1, 0.5, 0.25, 0.25, 0.125};
    for (std::size_t i = 0; i < rates.size(); ++i) {
        EXPECT_NEAR(rates[i], expected[i] * base, 1e-12);
    }

    // By step, a poly decay over one epoch is felt within it.
    SystemConfig byEpoch = smallConfig();
    byEpoch.training.epochs = 1;
    byEpoch.training.batch_size = 2;
    byEpoch.data.augmentation = *augmentationPreset("none");
    SystemConfig byStep = byEpoch;
    byStep.training.schedule_by = "step";
    const auto trained = [](const SystemConfig& how) {
        auto model = freshModel(how);
        Trainer training(how, model, discs(8, 32), torch::kCPU, {});
        (void)training.run();
        return weightsOf(*model);
    };
    EXPECT(!areEqual(trained(byEpoch), trained(byStep)));
}

GD_TEST(incompleteBatchesAreLeftOutOnDemand)
{
    SystemConfig config = smallConfig();
    config.training.epochs = 1;
    for (const bool drops : {false, true}) {
        config.training.drop_last = drops;
        Trainer trainer(config, freshModel(config), discs(7, 32), torch::kCPU, {});
        EXPECT_EQ(trainer.stepsPerEpoch(), drops ? 1 : 2);
        Trainer few(config, freshModel(config), discs(3, 32), torch::kCPU, {});
        EXPECT_EQ(few.stepsPerEpoch(), 1);
        EXPECT(few.run() == TrainingEnd::Finished);
    }
}

GD_TEST(theLastModelCanBeTheBest)
{
    SystemConfig config = smallConfig();
    config.training.select_by = "last";
    std::vector<std::int64_t> kept;
    TrainerHooks hooks;
    hooks.validate = [](Segmenter&, std::int64_t epoch) -> HistoryRow {
        return {{"dsc", 1.0 / static_cast<double>(epoch + 2)}}; // worse and worse
    };
    hooks.improved = [&](Segmenter&, double, std::int64_t epoch) { kept.push_back(epoch); };
    Trainer trainer(config, freshModel(config), discs(4, 32), torch::kCPU, hooks);
    EXPECT(trainer.run() == TrainingEnd::Finished);
    EXPECT(kept == (std::vector<std::int64_t>{0, 1, 2}));
}

GD_TEST(badLossNamesStepAndFiles)
{
    SystemConfig config = smallConfig();
    auto model = freshModel(config);
    {
        const torch::NoGradGuard noGrad;
        model->parameters().front().fill_(std::numeric_limits<float>::quiet_NaN());
    }
    Trainer trainer(config, model, discs(4, 32), torch::kCPU, {});
    std::string message;
    try {
        (void)trainer.run();
    } catch (const NonFiniteLoss& exception) {
        message = exception.what();
    }
    EXPECT(message.find("step 1 ") != std::string::npos);
    for (const char* name : {"disc0.png", "disc1.png", "disc2.png", "disc3.png"}) {
        EXPECT(message.find(name) != std::string::npos);
    }
}

GD_TEST(stopsEarlyAndKeeps)
{
    SystemConfig config = smallConfig();
    config.training.epochs = 50;
    config.training.early_stop = 2;
    double score = 0.9;
    TrainerHooks hooks;
    hooks.validate = [&](Segmenter&, std::int64_t) { return HistoryRow{{"dsc", score -= 0.1}}; };
    int improved = 0;
    hooks.improved = [&](Segmenter&, double, std::int64_t) { ++improved; };
    Trainer trainer(config, freshModel(config), discs(4, 32), torch::kCPU, hooks);
    EXPECT(trainer.run() == TrainingEnd::StoppedEarly);
    EXPECT_EQ(trainer.state().epoch, 3);
    EXPECT_EQ(trainer.state().best_epoch, 0);
    EXPECT_EQ(improved, 1);

    // Stop and keep before the first validation: the model is measured and kept.
    improved = 0;
    config.training.early_stop = 0;
    hooks.stopAndKeep = [] { return true; };
    Trainer kept(config, freshModel(config), discs(4, 32), torch::kCPU, hooks);
    EXPECT(kept.run() == TrainingEnd::Kept);
    EXPECT_EQ(improved, 1);
    EXPECT(kept.state().is_finished);
}

GD_TEST(checkpointOfAnotherModelIsRefused)
{
    SystemConfig config = smallConfig();
    config.training.epochs = 1;
    TrainingCheckpoint stored;
    TrainerHooks hooks;
    hooks.save = [&](const TrainingCheckpoint& checkpoint) { stored = checkpoint; };
    Trainer trainer(config, freshModel(config), discs(4, 32), torch::kCPU, hooks);
    (void)trainer.run();
    config.network.base_channels = 8;
    Trainer other(config, freshModel(config), discs(4, 32), torch::kCPU, {});
    std::string message;
    try {
        other.restore(stored);
    } catch (const c10::Error& exception) {
        message = exception.what();
    }
    EXPECT(message.find("another shape") != std::string::npos);
}

int main(int argc, char** argv)
{
    at::set_num_threads(1); // waiting for a second thread costs small layers more than it gives
    return test::runAll(argc, argv);
}
