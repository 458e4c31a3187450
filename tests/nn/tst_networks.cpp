// SPDX-License-Identifier: Apache-2.0
#include "core/nn/backbones/unet.h"
#include "core/nn/backbones/wnet.h"
#include "core/nn/guide/guided_segmenter.h"
#include "core/nn/guide/key_table.h"
#include "core/nn/losses/schedule.h"
#include "core/nn/losses/segmentation_loss.h"
#include "tests/support/nn_check.h"

#include <ATen/autocast_mode.h>
#include <torch/torch.h>

#include <fstream>
#include <map>

namespace {

using namespace guidino::nn;
namespace test = guidino::test;

// "[2, 1, 64, 96]"
std::string shapeOf(const torch::Tensor& tensor)
{
    return guidino::test::show(tensor.sizes());
}

std::int64_t countOf(const torch::nn::Module& module)
{
    std::int64_t count = 0;
    for (const torch::Tensor& parameter : module.parameters()) {
        count += parameter.numel();
    }
    return count;
}

// A small system with the tokens of a ViT that is not there, or with its own.
SystemConfig
small(const std::string& system, const std::string& source, const std::vector<std::string>& gates)
{
    SystemConfig config;
    config.system = system;
    config.network.base_channels = 4;
    config.network.layer_channel = {4, 6, 8, 12, 16};
    config.network.global_dim = {4, 4, 6, 8, 8};
    config.network.hidden_dim = 32;
    config.guide.source = source;
    config.guide.prototypes = 5;
    config.guide.gates = gates;
    return config;
}

constexpr std::int64_t kTokenDim = 24;

std::shared_ptr<GuidedSegmenter> made(const SystemConfig& config)
{
    torch::manual_seed(17);
    return std::make_shared<GuidedSegmenter>(config, kTokenDim, nullptr);
}

// Lines "key<TAB>(shape)" of ../shared/keys against a module's state.
void expectKeys(const torch::nn::Module& module, const std::string& list)
{
    const std::filesystem::path path = test::goldenFolder().parent_path() / "keys" / list;
    std::ifstream in(path);
    if (!in) {
        throw test::Skip{list + " is not there"};
    }
    std::map<std::string, std::string> expected;
    for (std::string line; std::getline(in, line);) {
        const std::size_t tab = line.find('\t');
        const std::string key = segmenterKey(line.substr(0, tab)).value_or("").substr(8);
        expected[key] = line.substr(tab + 1, line.find('\t', tab + 1) - tab - 1);
    }
    std::map<std::string, std::string> own;
    const auto add = [&own](const std::string& key, const torch::Tensor& tensor) {
        std::string shape = "(";
        for (std::int64_t i = 0; i < tensor.dim(); ++i) {
            shape += (i > 0 ? ", " : "") + std::to_string(tensor.size(i));
        }
        own[key] = shape + (tensor.dim() == 1 ? ",)" : ")");
    };
    for (const auto& item : module.named_parameters()) {
        add(item.key(), item.value());
    }
    for (const auto& item : module.named_buffers()) {
        add(item.key(), item.value());
    }
    EXPECT(!expected.empty());
    for (const auto& [key, shape] : expected) {
        EXPECT_EQ(key + own[key], key + shape);
    }
    for (const auto& [key, shape] : own) {
        EXPECT_EQ(key + expected[key], key + shape);
    }
}

// A disc on noise, where the disc is brighter.
struct Discs
{
    torch::Tensor image;
    torch::Tensor target;
};

Discs discs(std::int64_t count, std::int64_t height, std::int64_t width)
{
    torch::manual_seed(29);
    const torch::Tensor y = torch::arange(height).reshape({1, height, 1});
    const torch::Tensor x = torch::arange(width).reshape({1, 1, width});
    const torch::Tensor cy = torch::randint(height / 4, 3 * height / 4, {count, 1, 1});
    const torch::Tensor cx = torch::randint(width / 4, 3 * width / 4, {count, 1, 1});
    const torch::Tensor isDisc = ((y - cy).pow(2) + (x - cx).pow(2)) < (height / 5) * (height / 5);
    Discs made;
    made.target = isDisc.to(torch::kInt64);
    made.image =
        isDisc.unsqueeze(1).to(torch::kFloat32) * 2 + 0.3 * torch::randn({count, 3, height, width});
    return made;
}

} // namespace

GD_TEST(parameterCounts)
{
    SystemConfig config;
    const auto counted = [](const SystemConfig& settings, std::int64_t dim) {
        return countOf(GuidedSegmenter(settings, dim, nullptr));
    };
    config.guide.prototypes = 256;
    config.system = "guidino-u";
    EXPECT_EQ(counted(config, 384), std::int64_t{8009185});
    config.system = "unet";
    EXPECT_EQ(counted(config, 0), std::int64_t{7763041});
    config.network.base_channels = 64;
    EXPECT_EQ(counted(config, 0), std::int64_t{31037633});
    config.network.num_classes = 2;
    EXPECT_EQ(counted(config, 0), std::int64_t{31037698});
    config.network.bilinear = true;
    config.network.num_classes = 1;
    config.network.in_channels = 1;
    EXPECT_EQ(counted(config, 0), std::int64_t{17261825});
    config.network = NetworkConfig();
    config.system = "guidino-w";
    config.guide.gates = {"input"};
    EXPECT_EQ(counted(config, 384), std::int64_t{7289685});
    config.system = "nnwnet";
    EXPECT_EQ(counted(config, 0), std::int64_t{7043541});
    config.network.num_classes = 2;
    EXPECT_EQ(counted(config, 0), std::int64_t{7044042});
    config.network.num_classes = 1;
    config.system = "seg-guidino";
    config.guide.gates = {"decoder"};
    EXPECT_EQ(counted(config, 384), std::int64_t{1721985});
}

GD_TEST(keyLists)
{
    UNetOptions options;
    expectKeys(UNet(options), "unet32_guidino_convT.tsv");
    options.base_channels = 64;
    expectKeys(UNet(options), "unet64_milesial_convT.tsv");
    options.bilinear = true;
    expectKeys(UNet(options), "unet64_milesial_bilinear.tsv");
    expectKeys(WNet2D(WNetOptions()), "wnet2d_ds.tsv");
}

GD_TEST(headShapesOfNnWNet)
{
    auto net = made(small("nnwnet", "none", {}));
    const SegmenterOutput output = net->forward(torch::randn({2, 3, 64, 96}));
    REQUIRE(output.logits.size() == 5);
    for (std::int64_t i = 0; i < 5; ++i) {
        EXPECT_EQ(
            shapeOf(output.logits[static_cast<std::size_t>(i)]),
            "[2, 1, " + std::to_string(64 >> i) + ", " + std::to_string(96 >> i) + "]");
    }
    EXPECT(!output.guide.defined());
    SystemConfig plain = small("nnwnet", "none", {});
    plain.network.deep_supervision = false;
    EXPECT_EQ(made(plain)->forward(torch::randn({1, 3, 64, 64})).logits.size(), std::size_t{1});
}

GD_TEST(oddSizes)
{
    const std::vector<SystemConfig> systems = {
        small("unet", "none", {}),
        small("nnwnet", "none", {}),
        small("guidino-u", "self", {"bottleneck"}),
        small("guidino-w", "self", {"input"}),
        small("guidino-u", "dinov3", {"input", "skip1", "decoder"}),
        small("guidino-w", "dinov3", {"bottleneck", "skip4"}),
        small("seg-guidino", "dinov3", {"decoder"}),
    };
    for (const SystemConfig& system : systems) {
        auto net = made(system);
        net->eval();
        for (const auto& [height, width] :
             {std::pair<std::int64_t, std::int64_t>{97, 130}, {32, 47}, {33, 200}}) {
            ForwardOptions options;
            if (system.guide.source == "dinov3") {
                options.tokens = torch::randn({1, kTokenDim, 5, 6});
            }
            options.want_prototype_maps = true;
            const SegmenterOutput output =
                net->forward(torch::randn({1, 3, height, width}), options);
            EXPECT_EQ(
                shapeOf(output.logits[0]),
                "[1, 1, " + std::to_string(height) + ", " + std::to_string(width) + "]");
            EXPECT(output.logits[0].isfinite().all().item<bool>());
            if (output.guide.defined()) {
                EXPECT_CLOSE(output.prototype_maps.sum(1, true), output.guide - 0.5, 0, 1e-5);
            }
        }
        bool isRefused = false;
        try {
            net->forward(torch::randn({1, 3, 31, 64}));
        } catch (const c10::Error&) {
            isRefused = true;
        }
        EXPECT(isRefused);
    }
}

GD_TEST(paddingChangesNothingInside)
{
    // A padded image must give what the padded image itself gives, cropped.
    auto net = made(small("guidino-w", "self", {"input"}));
    net->eval();
    const torch::Tensor image = torch::randn({1, 3, 50, 70});
    const torch::Tensor whole = torch::replication_pad2d(image, {0, 10, 0, 14});
    const SegmenterOutput cut = net->forward(image);
    const SegmenterOutput full = net->forward(whole);
    EXPECT_CLOSE(cut.logits[0], full.logits[0].slice(2, 0, 50).slice(3, 0, 70), 1e-5);
    EXPECT_CLOSE(cut.logits[1], full.logits[1].slice(2, 0, 25).slice(3, 0, 35), 1e-5);
    // The guide is brought to the image's own frame.
    EXPECT_EQ(shapeOf(cut.guide), std::string("[1, 1, 3, 4]"));
}

GD_TEST(reframedMaps)
{
    torch::manual_seed(1);
    const torch::Tensor map = torch::rand({1, 2, 4, 5});
    EXPECT_CLOSE(reframed(map, {64, 80}, {64, 80}, {4, 5}), map, 1e-6);
    // The first half of the rows alone: two of four cells.
    EXPECT_CLOSE(reframed(map, {64, 80}, {32, 80}, {2, 5}), map.slice(2, 0, 2), 1e-6);
    // A ramp stays the same ramp in another frame.
    const torch::Tensor ramp =
        (torch::arange(8) * 16 + 8).to(torch::kFloat32).reshape({1, 1, 1, 8});
    const torch::Tensor part = reframed(ramp, {16, 128}, {16, 96}, {1, 3});
    EXPECT_CLOSE(part.flatten(), torch::tensor({16.0, 48.0, 80.0}), 1e-5);
}

GD_TEST(givenGuideReplacesTheGenerated)
{
    for (SystemConfig system :
         {small("guidino-u", "self", {"bottleneck"}),
          small("guidino-w", "self", {"input"}),
          small("guidino-u", "self", {"skip2", "decoder"})}) {
        system.network.init = "he"; // deep features that matter before any training
        auto net = made(system);
        net->eval();
        const torch::Tensor image = torch::randn({1, 3, 64, 48});
        const SegmenterOutput own = net->forward(image);
        ForwardOptions options;
        options.guide = own.guide.detach();
        EXPECT_CLOSE(net->forward(image, options).logits[0], own.logits[0], 1e-6);
        options.guide = torch::zeros({1, 1, 9, 9});
        options.guide.slice(3, 0, 4).fill_(1);
        const SegmenterOutput painted = net->forward(image, options);
        EXPECT((painted.logits[0] - own.logits[0]).abs().max().item<float>() > 1e-4);
        EXPECT_CLOSE(painted.guide, own.guide, 1e-6); // what was generated is still told
        EXPECT_CLOSE(painted.guide_used, options.guide, 0);
    }
}

GD_TEST(mutingReachesTheLogits)
{
    SystemConfig config = small("guidino-u", "self", {"bottleneck"});
    config.network.init = "he";
    auto net = made(config);
    net->eval();
    const torch::Tensor image = torch::randn({1, 3, 64, 64});
    ForwardOptions options;
    options.prototype_weights = torch::ones({5});
    const torch::Tensor logits = net->forward(image).logits[0];
    EXPECT_CLOSE(net->forward(image, options).logits[0], logits, 1e-5);
    options.prototype_weights.zero_();
    const SegmenterOutput muted = net->forward(image, options);
    EXPECT_CLOSE(muted.guide, torch::full({1, 1, 4, 4}, 0.5), 1e-6);
    EXPECT((muted.logits[0] - logits).abs().max().item<float>() > 1e-4);
}

GD_TEST(selfTokensAreTheUngatedBottleneck)
{
    for (const std::vector<std::string>& gates :
         {std::vector<std::string>{"bottleneck"}, std::vector<std::string>{"input"}}) {
        auto net = made(small("guidino-u", "self", gates));
        net->eval();
        const torch::Tensor image = torch::randn({1, 3, 64, 64});
        ForwardOptions options;
        options.want_tokens = true;
        const SegmenterOutput output = net->forward(image, options);
        EXPECT_CLOSE(output.tokens, net->network().encode({image, {}}).levels.back(), 1e-6);
        EXPECT_CLOSE(output.guide, net->guide()->forward(output.tokens).guide, 1e-6);
        EXPECT_EQ(output.tokens.size(1), std::int64_t{64});
    }
}

GD_TEST(statisticsOfEachPassAreItsOwn)
{
    auto net = made(small("guidino-u", "self", {"input"}));
    const torch::Tensor image = 5 + torch::randn({4, 3, 64, 64});
    net->train();
    for (int i = 0; i < 3; ++i) {
        net->forward(image);
    }
    const auto buffers = net->named_buffers();
    const torch::Tensor first = buffers["first_pass.inc.block.1.running_mean"];
    const torch::Tensor second = buffers["network.inc.block.1.running_mean"];
    EXPECT_EQ(buffers["first_pass.inc.block.1.num_batches_tracked"].item<std::int64_t>(), 3L);
    EXPECT_EQ(buffers["network.inc.block.1.num_batches_tracked"].item<std::int64_t>(), 3L);
    EXPECT((first - second).abs().max().item<float>() > 1e-3);
    // The first pass is the encoder's alone.
    EXPECT(!buffers.contains("first_pass.up1.conv.block.1.running_mean"));
    // The ungated mean of a 3 x 3 convolution over the image itself, momentum 0.1, three times.
    const torch::Tensor kernel = net->named_parameters()["network.inc.block.0.weight"];
    const torch::Tensor mean = torch::conv2d(image, kernel, {}, 1, 1).mean({0, 2, 3});
    EXPECT_CLOSE(first, mean * (1 - 0.9 * 0.9 * 0.9), 1e-4);
    // Evaluation reads both sets: losing the first changes guide and logits.
    net->eval();
    const SegmenterOutput before = net->forward(image);
    first.zero_();
    const SegmenterOutput after = net->forward(image);
    EXPECT((before.guide - after.guide).abs().max().item<float>() > 1e-6);
    // No such buffers where one pass serves both.
    EXPECT(!made(small("guidino-u", "self", {"bottleneck"}))
                ->named_buffers()
                .contains("first_pass.inc.block.1.running_mean"));
}

GD_TEST(learnsDiscsWithEachGate)
{
    const Discs data = discs(4, 64, 64);
    const std::vector<std::pair<std::string, std::vector<std::string>>> gatings = {
        {"guidino-u", {"input"}},
        {"guidino-u", {"bottleneck"}},
        {"guidino-u", {"decoder"}},
        {"guidino-u", {"skip1", "skip2", "skip3", "skip4"}},
        {"guidino-u", {"input", "bottleneck", "decoder", "skip1"}},
        {"guidino-w", {"input"}},
        {"guidino-w", {"bottleneck", "decoder", "skip3"}},
    };
    for (const auto& [system, gates] : gatings) {
        SystemConfig config = small(system, "self", gates);
        config.guide.gate_form = gates.size() > 2 ? "residual" : "plain";
        auto net = made(config);
        TrainingConfig training;
        training.learning_rate = 3e-3;
        const auto optimizer = makeOptimizer(parameterGroups(*net, training), training);
        const SegmentationLoss loss(config.loss, 1);
        std::vector<double> curve;
        for (int step = 0; step < 25; ++step) {
            optimizer->zero_grad();
            LossInput input;
            input.output = net->forward(data.image);
            input.target = data.target;
            const LossParts parts = loss(input);
            parts.total.backward();
            optimizer->step();
            curve.push_back(parts.total.item<double>());
        }
        EXPECT(curve.back() < curve.front() - 0.15);
        // The guide's own parameters take part.
        for (const auto& item : net->named_parameters()) {
            if (item.key().rfind("guide.", 0) == 0) {
                EXPECT(item.value().grad().defined());
                EXPECT(item.value().grad().abs().max().item<float>() > 0);
            }
        }
    }
}

GD_TEST(preparedInferenceGivesTheSame)
{
    for (const SystemConfig& system :
         {small("guidino-u", "self", {"bottleneck"}),
          small("guidino-u", "self", {"input"}),
          small("guidino-w", "self", {"input", "skip2"})}) {
        auto net = made(system);
        const torch::NoGradGuard noGrad;
        const torch::Tensor image = torch::randn({2, 3, 64, 64});
        // Statistics and affine parameters that are not those of the start.
        for (torch::Tensor& parameter : net->parameters()) {
            parameter.add_(0.1 * torch::randn_like(parameter));
        }
        for (int i = 0; i < 30; ++i) {
            net->forward(image);
        }
        net->eval();
        const SegmenterOutput before = net->forward(image);
        net->prepareInference();
        const SegmenterOutput after = net->forward(image);
        EXPECT_CLOSE(after.guide, before.guide, 0, 1e-5);
        EXPECT_CLOSE(after.logits[0], before.logits[0], 2e-5);
        // train(true) ends it: other weights count again, and gradients reach them.
        for (torch::Tensor& parameter : net->parameters()) {
            parameter.mul_(0.5);
        }
        net->train();
        net->eval();
        const SegmenterOutput changed = net->forward(image);
        EXPECT((changed.logits[0] - after.logits[0]).abs().max().item<float>() > 1e-3);
        {
            const torch::AutoGradMode withGradient(true);
            net->prepareInference();
            torch::Tensor sum = torch::zeros({});
            for (const torch::Tensor& logits : net->forward(image).logits) {
                sum = sum + logits.sum();
            }
            sum.backward();
            for (const torch::Tensor& parameter : net->network().parameters()) {
                EXPECT(parameter.grad().defined());
            }
        }
    }
}

GD_TEST(guidesOfClasses)
{
    SystemConfig config = small("guidino-u", "self", {"bottleneck", "decoder"});
    config.network.num_classes = 4;
    config.guide.per_class = true;
    auto net = made(config);
    const SegmenterOutput output = net->forward(torch::randn({2, 3, 64, 64}));
    EXPECT_EQ(shapeOf(output.guide), std::string("[2, 3, 4, 4]"));
    EXPECT_EQ(shapeOf(output.logits[0]), std::string("[2, 4, 64, 64]"));
}

GD_TEST(channelsLastAndAutocast)
{
    for (const SystemConfig& system :
         {small("guidino-u", "self", {"bottleneck"}), small("guidino-w", "self", {"input"})}) {
        auto net = made(system);
        net->eval();
        const torch::NoGradGuard noGrad;
        const torch::Tensor image = torch::randn({2, 3, 64, 64});
        const torch::Tensor logits = net->forward(image).logits[0];
        for (torch::Tensor& parameter : net->parameters()) {
            if (parameter.dim() == 4) {
                parameter.set_data(parameter.contiguous(torch::MemoryFormat::ChannelsLast));
            }
        }
        const torch::Tensor last = image.contiguous(torch::MemoryFormat::ChannelsLast);
        EXPECT_CLOSE(net->forward(last).logits[0], logits, 1e-4);
        at::autocast::set_autocast_enabled(at::kCPU, true);
        at::autocast::set_autocast_dtype(at::kCPU, torch::kBFloat16);
        const SegmenterOutput narrow = net->forward(last);
        at::autocast::set_autocast_enabled(at::kCPU, false);
        at::autocast::clear_cache();
        EXPECT(narrow.guide.scalar_type() == torch::kFloat32);
        EXPECT_CLOSE(narrow.logits[0], logits, 0.05);
    }
}

GD_TEST(heInitialisation)
{
    SystemConfig config = small("unet", "none", {});
    config.network.base_channels = 16;
    config.network.init = "he";
    const auto net = made(config);
    const auto parameters = net->named_parameters();
    EXPECT_EQ(parameters["network.up1.up.bias"].abs().max().item<float>(), 0.F);
    EXPECT_EQ(parameters["network.outc.conv.bias"].abs().max().item<float>(), 0.F);
    const torch::Tensor weight = parameters["network.down4.block.1.block.3.weight"];
    const double expected = std::sqrt(2.0 / (1 + 1e-4) / (256 * 9));
    EXPECT_NEAR(weight.std().item<double>(), expected, 0.01 * expected);
}

GD_TEST(inconsistentConfigurationsThrow)
{
    const auto throws = [](const SystemConfig& config) {
        try {
            static_cast<void>(makeSegmenter(config));
        } catch (const c10::Error&) {
            return true;
        }
        return false;
    };
    EXPECT(!throws(small("guidino-u", "self", {"bottleneck"})));
    EXPECT(!throws(small("guidino-u", "none", {"bottleneck"})));
    EXPECT(throws(small("guidino-u", "dinov3", {"bottleneck"}))); // no weights
    EXPECT(throws(small("seg-guidino", "self", {"decoder"})));
    EXPECT(throws(small("guidino-u", "self", {"skip5"})));
    EXPECT(throws(small("guidino-u", "self", {})));
    EXPECT(throws(small("guidino-x", "self", {"input"})));
    SystemConfig config = small("guidino-u", "self", {"input"});
    config.guide.weighting = "median";
    EXPECT(throws(config));
    // The place must be one of the network's.
    SystemConfig decoder = small("seg-guidino", "dinov3", {"input"});
    bool isRefused = false;
    try {
        GuidedSegmenter net(decoder, kTokenDim, nullptr);
    } catch (const c10::Error&) {
        isRefused = true;
    }
    EXPECT(isRefused);
}

GD_TEST_MAIN()
