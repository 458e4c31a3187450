// SPDX-License-Identifier: Apache-2.0
#include "core/nn/guide/key_table.h"
#include "core/nn/losses/schedule.h"
#include "core/nn/segmenter.h"
#include "core/nn/train/spline_group.h"
#include "tests/support/nn_check.h"

#include <torch/torch.h>

#include <cmath>

namespace {

using namespace guidino::nn;

TrainingConfig configOf(const std::string& schedule, int epochs)
{
    TrainingConfig config;
    config.schedule = schedule;
    config.epochs = epochs;
    return config;
}

// A segmenter's parameter names without its networks.
struct Named : Segmenter
{
    SegmenterOutput forward(const torch::Tensor&, const ForwardOptions&) override { return {}; }

    [[nodiscard]] bool isDecoderKey(const std::string& key) const override
    {
        return key.starts_with("network.up") || key.starts_with("network.outc.");
    }

    explicit Named(const std::vector<std::string>& names)
    {
        for (const std::string& name : names) {
            torch::nn::Module* module = this;
            std::size_t begin = 0;
            for (std::size_t dot = name.find('.'); dot != std::string::npos;
                 dot = name.find('.', begin)) {
                const std::string part = name.substr(begin, dot - begin);
                const auto children = module->named_children();
                const auto* child = children.find(part);
                module = child != nullptr
                             ? child->get()
                             : module->register_module(part, std::make_shared<Module>()).get();
                begin = dot + 1;
            }
            module->register_parameter(name.substr(begin), torch::zeros({2}));
        }
    }
};

const std::vector<std::string> kNames = {
    "network.inc.block.0.weight",
    "network.up1.conv.block.0.weight",
    "network.outc.conv.weight",
    "guide.tokenbook.book",
    "guide.guide_backbone.cls_token",
    "guide.guide_backbone.blocks.0.attn.qkv.weight",
    "guide.guide_backbone.blocks.1.attn.qkv.weight",
    "guide.guide_backbone.blocks.1.attn.qkv.lora_A",
    "guide.guide_backbone.norm.weight",
};

std::string names(const std::vector<ParameterGroup>& groups)
{
    std::string text;
    for (const ParameterGroup& group : groups) {
        text += group.name + ":" + std::to_string(group.parameters.size()) + " ";
    }
    return text;
}

} // namespace

GD_TEST(plateauFallsWhenNothingGetsBetter)
{
    TrainingConfig config = configOf("plateau", 100);
    config.plateau_patience = 2;
    config.plateau_factor = 0.1;
    EXPECT_NEAR(learningRate(config, 0.01, 50), 0.01, 0);
    const auto scale = [&config](const std::vector<double>& scores, bool isLarger = true) {
        return plateauScale(config, scores, isLarger);
    };
    EXPECT_NEAR(scale({}), 1, 0);
    EXPECT_NEAR(scale({0.5, 0.6, 0.7}), 1, 0);
    EXPECT_NEAR(scale({0.5, 0.4, 0.4}), 1, 0); // two may pass
    EXPECT_NEAR(scale({0.5, 0.4, 0.4, 0.4}), 0.1, 1e-15);
    EXPECT_NEAR(scale({0.5, 0.4, 0.4, 0.4, 0.4, 0.4}), 0.1, 1e-15); // counted anew
    EXPECT_NEAR(scale({0.5, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4}), 0.01, 1e-15);
    EXPECT_NEAR(scale({0.5, 0.4, 0.6, 0.4, 0.4}), 1, 0);
    EXPECT_NEAR(scale({0.5, 0.50004, 0.50004, 0.50004}), 0.1, 1e-15); // less than 1e-4 of the best
    EXPECT_NEAR(scale({0.5, 0.4, 0.3, 0.2}, false), 1, 0);
    EXPECT_NEAR(scale({0.2, 0.3, 0.3, 0.3}, false), 0.1, 1e-15);
    EXPECT_NEAR(scale({std::nan(""), 0.4, std::nan(""), std::nan("")}), 1, 0);
    config.minimum_learning_rate = 0.002;
    EXPECT_NEAR(scaledLearningRate(config, 0.01, 3, 0.5), 0.005, 1e-15);
    EXPECT_NEAR(scaledLearningRate(config, 0.01, 3, 0.1), 0.002, 1e-15);
    EXPECT_NEAR(scaledLearningRate(config, 0.001, 3, 0.1), 0.001, 1e-15);
    config.schedule = "constant";
    EXPECT_NEAR(scale({0.5, 0.4, 0.4, 0.4}), 1, 0);
}

GD_TEST(schedulesByHand)
{
    EXPECT_NEAR(learningRate(configOf("poly", 1000), 0.01, 500), 0.005358867312681466, 1e-15);
    EXPECT_NEAR(learningRate(configOf("poly", 1000), 0.01, 999), 1.995262314968881e-05, 1e-15);
    EXPECT_NEAR(learningRate(configOf("cosine", 10), 2, 5), 1.0, 1e-12);
    EXPECT_NEAR(learningRate(configOf("linear", 10), 2, 5), 1.0, 1e-12);
    EXPECT_NEAR(learningRate(configOf("constant", 10), 2, 9), 2.0, 0);
    TrainingConfig restart = configOf("cosine_restart", 100);
    restart.restart_epochs = 3;
    restart.restart_factor = 2;
    for (const double epoch : {0.0, 3.0, 9.0, 21.0}) {
        EXPECT_NEAR(learningRate(restart, 1, epoch), 1.0, 1e-12);
    }
    EXPECT_NEAR(learningRate(restart, 1, 6), 0.5, 1e-12);
}

GD_TEST(minimumAndWarmUp)
{
    for (const char* schedule : {"poly", "cosine", "linear"}) {
        TrainingConfig config = configOf(schedule, 20);
        config.minimum_learning_rate = 1e-3;
        config.warmup_epochs = 4;
        EXPECT_NEAR(learningRate(config, 1, 0), 0.2, 1e-12);
        EXPECT_NEAR(learningRate(config, 1, 3), 0.8, 1e-12);
        EXPECT_NEAR(learningRate(config, 1, 4), 1.0, 1e-12);
        EXPECT_NEAR(learningRate(config, 1, 20), 1e-3, 1e-12);
        EXPECT_NEAR(learningRate(config, 1, 25), 1e-3, 1e-12); // beyond the end
        double last = 2;
        for (double epoch = 4; epoch < 20; epoch += 0.5) {
            const double rate = learningRate(config, 1, epoch);
            EXPECT(rate < last);
            last = rate;
        }
    }
}

GD_TEST(groupsByName)
{
    Named module(kNames);
    TrainingConfig config;
    EXPECT_EQ(names(parameterGroups(module, config)), std::string("head:4 backbone:4 lora:1 "));
    const auto groups = parameterGroups(module, config);
    EXPECT_EQ(groups[0].base_learning_rate, config.learning_rate);
    EXPECT_EQ(groups[1].base_learning_rate, config.backbone_learning_rate);
    EXPECT_EQ(groups[2].base_learning_rate, config.lora_learning_rate);
    // Frozen parameters are nobody's.
    for (auto& item : module.named_parameters()) {
        if (isGuideBackboneKey(item.key()) && item.key().find("lora_") == std::string::npos) {
            item.value().set_requires_grad(false);
        }
    }
    EXPECT_EQ(names(parameterGroups(module, config)), std::string("head:4 lora:1 "));
}

GD_TEST(layerDecay)
{
    Named module(kNames);
    TrainingConfig config;
    config.layer_decay = 0.5;
    config.backbone_learning_rate = 8;
    std::map<std::string, double> rates;
    for (const ParameterGroup& group : parameterGroups(module, config)) {
        rates[group.name] = group.base_learning_rate;
    }
    EXPECT_EQ(rates.at("backbone.1"), 8.0); // with the final norm
    EXPECT_EQ(rates.at("backbone.0"), 4.0);
    EXPECT_EQ(rates.at("backbone.embed"), 2.0);
}

/// U-KAN's recipe: its spline layers learn a hundred times as fast.
GD_TEST(splineLayersHaveARateOfTheirOwn)
{
    Named module(
        {"network.block1.0.layer.fc1.spline_weight",
         "network.dblock2.0.layer.fc3.base_weight",
         "network.block1.0.layer.dwconv_1.bn.weight",
         "network.encoder1.conv.0.weight"});
    TrainingConfig config;
    auto groups = parameterGroups(module, config);
    separateSplineLayers(groups, 0);
    EXPECT_EQ(names(groups), std::string("head:4 "));
    separateSplineLayers(groups, 1e-2);
    EXPECT_EQ(names(groups), std::string("head:2 kan:2 "));
    EXPECT_EQ(groups[0].base_learning_rate, config.learning_rate);
    EXPECT_EQ(groups[1].base_learning_rate, 1e-2);
    EXPECT_EQ(groups[1].names[1], std::string("network.dblock2.0.layer.fc3.base_weight"));
}

/// Decay as part of the gradient: Adam divides it by the gradient's size, AdamW does not.
GD_TEST(adamDecaysThroughTheGradient)
{
    const auto stepped = [](const char* optimizer) {
        Named module({"network.inc.block.0.weight"});
        TrainingConfig config = configOf("constant", 10);
        config.optimizer = optimizer;
        config.learning_rate = 0.1;
        config.weight_decay = 0.5;
        const auto groups = parameterGroups(module, config);
        {
            const torch::NoGradGuard noGrad;
            torch::Tensor parameter = groups[0].parameters[0];
            parameter.fill_(2);
            parameter.mutable_grad() = torch::zeros({2});
        }
        const auto made = makeOptimizer(groups, config);
        made->step();
        return groups[0].parameters[0][0].item<double>();
    };
    EXPECT_NEAR(stepped("adam"), 2 - 0.1, 1e-6);
    EXPECT_NEAR(stepped("adamw"), 2 - 0.1 * 0.5 * 2, 1e-6);
}

GD_TEST(updateFreezes)
{
    TrainingConfig config;
    Named book(kNames);
    config.update = "tokenbook";
    EXPECT_EQ(names(parameterGroups(book, config)), std::string("head:1 "));
    EXPECT(!book.parameters()[0].requires_grad());
    Named decoder(kNames);
    config.update = "decoder";
    EXPECT_EQ(names(parameterGroups(decoder, config)), std::string("head:3 "));
    Named plain({"network.inc.block.0.weight"});
    bool thrown = false;
    try {
        static_cast<void>(parameterGroups(plain, config));
    } catch (const c10::Error&) {
        thrown = true;
    }
    EXPECT(thrown);
}

GD_TEST(optimizerFollowsTheGroups)
{
    for (const char* optimizer : {"sgd", "adamw", "adam", "rmsprop"}) {
        Named module(kNames);
        TrainingConfig config = configOf("linear", 10);
        config.optimizer = optimizer;
        config.weight_decay = 0;
        const auto groups = parameterGroups(module, config);
        const auto made = makeOptimizer(groups, config);
        REQUIRE(made->param_groups().size() == groups.size());
        setLearningRates(*made, groups, config, 5);
        for (std::size_t i = 0; i < groups.size(); ++i) {
            EXPECT_NEAR(
                made->param_groups()[i].options().get_lr(),
                groups[i].base_learning_rate / 2,
                1e-15);
        }
        for (torch::Tensor& parameter : groups[0].parameters[0].requires_grad()
                                            ? std::vector<torch::Tensor>{groups[0].parameters[0]}
                                            : std::vector<torch::Tensor>{}) {
            parameter.mutable_grad() = torch::ones({2});
        }
        made->step();
        EXPECT(groups[0].parameters[0].max().item<float>() < 0);
        EXPECT_EQ(groups[1].parameters[0].abs().max().item<float>(), 0.F);
    }
}

GD_TEST(keyTable)
{
    const std::vector<std::pair<std::string, std::string>> table = {
        {"model.model.inc.block.0.weight", "network.inc.block.0.weight"},
        {"inc.double_conv.0.weight", "network.inc.block.0.weight"},
        {"module.down1.maxpool_conv.1.double_conv.3.weight",
         "network.down1.block.1.block.3.weight"},
        {"up4.conv.double_conv.4.running_mean", "network.up4.conv.block.4.running_mean"},
        {"encoder2_l1_local.BasicBlock.1.down.0.weight",
         "network.encoder2_l1_local.block.1.down.0.weight"},
        {"wnet.output_l0.1.bias", "network.output_l0.1.bias"},
        {"model.model.tokenbook.book", "guide.tokenbook.book"},
        {"model.model.guide_backbone.backbone.layer.0.norm1.weight",
         "guide.guide_backbone.layer.0.norm1.weight"},
        {"network.inc.block.0.weight", "network.inc.block.0.weight"},
        {"guide.tokenbook.alpha", "guide.tokenbook.alpha"},
        {"classifier.bias", "network.classifier.bias"},
    };
    for (const auto& [foreign, own] : table) {
        EXPECT_EQ(segmenterKey(foreign).value_or("nothing"), own);
    }
    EXPECT(!segmenterKey("mask_values").has_value());
    EXPECT(!segmenterKey("criterion.weight").has_value());
    EXPECT(isGuideBackboneKey("guide.guide_backbone.blocks.0.ls1.gamma"));
    EXPECT(!isGuideBackboneKey("guide.tokenbook.book"));
}

GD_TEST_MAIN()
