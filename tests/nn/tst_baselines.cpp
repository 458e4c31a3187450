// SPDX-License-Identifier: Apache-2.0
#include "core/nn/backbones/cost.h"
#include "core/nn/backbones/gated_backbone.h"
#include "core/nn/backbones/registry.h"
#include "core/nn/backbones/token_decoder.h"
#include "core/nn/data/presets.h"
#include "core/nn/dino/vit.h"
#include "core/nn/guide/guided_segmenter.h"
#include "core/nn/guide/key_table.h"
#include "core/nn/lora/lora.h"
#include "core/nn/train/trainer.h"
#include "tests/support/nn_check.h"

#include <torch/torch.h>

#include <fstream>
#include <set>

/// The networks of the registry that have no file of their own in tst_networks: nnU-Net's and the
/// decoders of a ViT's features.
namespace {

using namespace guidino::nn;
namespace test = guidino::test;

std::int64_t
parametersOf(const std::string& system, int in, int classes, std::int64_t stages = 0, int dim = 0)
{
    NetworkConfig config;
    config.in_channels = in;
    config.num_classes = classes;
    if (stages > 0) {
        config.options["n_stages"] = stages;
    }
    return parameterCount(*makeBackbone(system, config, dim));
}

/// Keys and shapes of ../shared/keys against what strict loading in the reference would be given.
void expectReferenceKeys(const std::string& system, const std::string& list, int classes)
{
    const std::filesystem::path path = test::goldenFolder().parent_path() / "keys" / list;
    std::ifstream in(path);
    if (!in) {
        throw test::Skip{list + " is not there"};
    }
    const Architecture& known = architecture(system);
    NetworkConfig config;
    config.num_classes = classes;
    const auto network = makeBackbone(system, config, 0);
    std::map<std::string, std::string> own;
    std::set<std::string> canonical;
    for (const auto& item : network->named_parameters()) {
        std::string shape = "(";
        for (std::int64_t i = 0; i < item.value().dim(); ++i) {
            shape += (i > 0 ? ", " : "") + std::to_string(item.value().size(i));
        }
        shape += item.value().dim() == 1 ? ",)" : ")";
        canonical.insert(item.key());
        for (const std::string& key : known.reference_keys(item.key())) {
            own[key] = shape;
        }
    }
    std::size_t count = 0;
    std::set<std::string> read;
    for (std::string line; std::getline(in, line); ++count) {
        const std::size_t tab = line.find('\t');
        const std::string key = line.substr(0, tab);
        EXPECT_EQ(key + own[key], key + line.substr(tab + 1, line.find('\t', tab + 1) - tab - 1));
        if (const auto ours = segmenterKey(key, &known)) {
            read.insert(ours->substr(8));
        }
    }
    EXPECT_EQ(own.size(), count);
    EXPECT(read == canonical); // the aliases are left out, nothing else
}

VitConfig tinyVit()
{
    VitConfig config;
    config.name = "tiny";
    config.embed_dim = 32;
    config.depth = 4;
    config.num_heads = 2;
    config.ffn_hidden = 64;
    return config;
}

/// Bright discs on a dark, noisy ground.
TrainingSet discs(std::int64_t count, std::int64_t side)
{
    torch::manual_seed(5);
    const torch::Tensor y = torch::arange(side, torch::kFloat32).view({1, side, 1});
    const torch::Tensor x = torch::arange(side, torch::kFloat32).view({1, 1, side});
    const double s = static_cast<double>(side);
    const torch::Tensor cy = torch::rand({count, 1, 1}) * (0.5 * s) + 0.25 * s;
    const torch::Tensor cx = torch::rand({count, 1, 1}) * (0.5 * s) + 0.25 * s;
    TrainingSet set;
    set.masks = ((y - cy).square() + (x - cx).square() < 0.04 * s * s).to(torch::kUInt8);
    const torch::Tensor noise = torch::rand({count, side, side, 3}) * 90;
    set.images =
        (noise + set.masks.unsqueeze(3).to(torch::kFloat32) * 120).clamp(0, 255).to(torch::kUInt8);
    for (std::int64_t i = 0; i < count; ++i) {
        set.names.push_back("disc" + std::to_string(i) + ".png");
    }
    return set;
}

/// A system at tiny size.
SystemConfig tiny(const std::string& system)
{
    SystemConfig config;
    config.system = system;
    config.guide.source = "none";
    config.guide.gates = architecture(system).default_gates;
    config.guide.prototypes = 4;
    config.network.hidden_dim = 32;
    config.data.image_size = 64;
    config.data.augmentation = *augmentationPreset("none");
    config.training.epochs = 4;
    config.training.batch_size = 4;
    config.training.learning_rate = 3e-3;
    config.training.seed = 9;
    if (system.rfind("nnunet", 0) == 0) {
        config.network.options["features_per_stage"] = OptionNumbers{4, 8, 8};
        config.loss.deep_supervision = "nnunet";
    } else if (system == "segdino") {
        config.network.options["features"] = std::int64_t{16};
        config.network.options["out_channels"] = OptionNumbers{8, 8, 8, 8};
    } else if (system == "segdino-v2") {
        config.network.options["decoder_channels"] = std::int64_t{32};
    }
    return config;
}

std::shared_ptr<Segmenter> made(const SystemConfig& config)
{
    torch::manual_seed(3);
    std::shared_ptr<VisionTransformer> vit;
    if (usesVit(config)) {
        vit = std::make_shared<VisionTransformer>(tinyVit());
        if (config.lora.enabled) {
            addLora(*vit, config.lora);
        }
    }
    return makeSegmenter(config, vit);
}

/// First and last epoch's loss.
std::pair<double, double>
lossesOf(const SystemConfig& config, const std::shared_ptr<Segmenter>& net)
{
    std::vector<double> losses;
    TrainerHooks hooks;
    hooks.rowAdded = [&](const std::vector<HistoryRow>& rows) {
        for (const auto& [name, value] : rows.back()) {
            if (name == "train_loss") {
                losses.push_back(value);
            }
        }
    };
    Trainer trainer(config, net, discs(8, 64), torch::kCPU, hooks);
    EXPECT(trainer.run() == TrainingEnd::Finished);
    REQUIRE(losses.size() == 4);
    return {losses.front(), losses.back()};
}

const std::vector<std::string> kDecoders = {
    "segdino", "segdino-v2", "dinov3-decoder", "meddinov3", "meddinov3-single"};

} // namespace

GD_TEST(parametersOfNnUnet)
{
    EXPECT_EQ(parametersOf("nnunet", 1, 1), std::int64_t{33470310});
    EXPECT_EQ(parametersOf("nnunet", 3, 1), std::int64_t{33470886});
    EXPECT_EQ(parametersOf("nnunet", 3, 2), std::int64_t{33472396});
    EXPECT_EQ(parametersOf("nnunet", 1, 1, 6), std::int64_t{20618085});
    EXPECT_EQ(parametersOf("nnunet", 3, 2, 6), std::int64_t{20619658});
    EXPECT_EQ(parametersOf("nnunet", 3, 2, 8), std::int64_t{46325134});
    EXPECT_EQ(parametersOf("nnunet-resenc", 1, 1), std::int64_t{71815589});
    EXPECT_EQ(parametersOf("nnunet-resenc", 3, 1), std::int64_t{71816165});
    EXPECT_EQ(parametersOf("nnunet-resenc", 3, 2, 7), std::int64_t{105917388});
    EXPECT_EQ(parametersOf("nnunet-resenc", 3, 1, 8), std::int64_t{140015591});
}

GD_TEST(parametersOfDecoders)
{
    NetworkConfig config;
    const auto counted = [&config](const std::string& system, int dim) {
        return parameterCount(*makeBackbone(system, config, dim));
    };
    EXPECT_EQ(counted("segdino", 384), std::int64_t{2475937});
    EXPECT_EQ(counted("segdino", 768), std::int64_t{3028897});
    config.options["deconv"] = false; // the paper's 2.21 M
    EXPECT_EQ(counted("segdino", 384), std::int64_t{2213793});
    config.options.clear();
    EXPECT_EQ(counted("segdino-v2", 384), std::int64_t{3299593});
    EXPECT_EQ(counted("segdino-v2", 768), std::int64_t{3692809});
    config.options["decoder_channels"] = std::int64_t{128};
    EXPECT_EQ(counted("segdino-v2", 384), std::int64_t{928905});
    EXPECT_EQ(counted("segdino-v2", 768), std::int64_t{1125513});
    config.options["decoder_channels"] = std::int64_t{512};
    EXPECT_EQ(counted("segdino-v2", 384), std::int64_t{12366345});
    EXPECT_EQ(counted("segdino-v2", 768), std::int64_t{13152777});
    config.options = {{"variant", std::string("march")}};
    EXPECT_EQ((counted("segdino-v2", 384) + 5000) / 10000, std::int64_t{608}); // "6.08 M"
    config.options.clear();
    EXPECT_EQ(counted("dinov3-decoder", 384), std::int64_t{689921});
    for (const int classes : {1, 5}) {
        config.num_classes = classes;
        EXPECT_EQ(counted("meddinov3", 768), std::int64_t{25076160 + 193 * classes});
    }
    EXPECT_NEAR(static_cast<double>(counted("meddinov3-single", 768)), 1.57e6, 5e3);
}

GD_TEST(keysOfNnUnet)
{
    expectReferenceKeys("nnunet", "plainconvunet_7st_ds.tsv", 2);
    expectReferenceKeys("nnunet-resenc", "resencunet_6st_ds.tsv", 1);
}

GD_TEST(initialisationOfNnUnet)
{
    torch::manual_seed(1);
    const auto network = makeBackbone("nnunet-resenc", NetworkConfig(), 0);
    for (const auto& item : network->named_parameters()) {
        const torch::Tensor& value = item.value();
        if (item.key().find("conv2.norm.") != std::string::npos) {
            EXPECT_EQ(value.abs().max().item<double>(), 0.0);
        } else if (value.dim() == 4 && value.numel() > 100000) {
            const bool isUp = item.key().find("transpconvs") != std::string::npos;
            // fan in; of a transposed convolution PyTorch takes the second dimension too
            const double fan = static_cast<double>(value[0].numel());
            EXPECT_NEAR(value.std().item<double>() / std::sqrt(2.0 / (1.0001 * fan)), 1.0, 0.02);
            EXPECT(!isUp || value.size(2) == 2);
        } else if (item.key().ends_with("conv.bias")) {
            EXPECT_EQ(value.abs().max().item<double>(), 0.0);
        }
    }
}

GD_TEST(multiplyAdds)
{
    // BASELINES.md's figures are at 256 x 256; a quarter of the side is a sixteenth of them.
    const auto at64 = [](const std::string& system) {
        const auto network = makeBackbone(system, NetworkConfig(), 0);
        network->eval();
        const torch::Tensor image = torch::zeros({1, 3, 64, 64});
        return 16e-9 * static_cast<double>(multiplyAddsOf([&] { network->forward({image, {}}); }));
    };
    EXPECT_NEAR(at64("unet"), 12.07, 0.006);
    EXPECT_NEAR(at64("nnwnet"), 10.51, 0.02);
    EXPECT_NEAR(at64("nnunet-resenc"), 31.60, 0.05);
    const auto plain = makeBackbone("nnunet", NetworkConfig(), 0);
    plain->eval();
    const torch::Tensor image = torch::zeros({1, 3, 128, 128});
    EXPECT_NEAR(
        4e-9 * static_cast<double>(multiplyAddsOf([&] {
            plain->forward({image, {}});
        })),
        14.80,
        0.02);
}

GD_TEST(sizesOfNnUnet)
{
    SystemConfig config = tiny("nnunet");
    config.network.options["features_per_stage"] = OptionNumbers{2, 4, 4, 4};
    config.network.options["strides"] = OptionPairs{{1, 1}, {2, 2}, {2, 2}, {1, 2}};
    const auto net = made(config);
    net->eval();
    for (const auto& [height, width] :
         {std::pair<std::int64_t, std::int64_t>{97, 130}, {32, 47}, {33, 200}}) {
        const SegmenterOutput output = net->forward(torch::randn({1, 3, height, width}));
        EXPECT_EQ(
            test::show(output.logits[0].sizes()),
            "[1, 1, " + std::to_string(height) + ", " + std::to_string(width) + "]");
        EXPECT_EQ(output.logits.size(), std::size_t{3});
        EXPECT(output.logits[0].isfinite().all().item<bool>());
    }
    // Seven stages leave 1 x 1 of 64 x 64: it is padded, an instance norm needs more.
    SystemConfig deep = tiny("nnunet");
    deep.network.options["features_per_stage"] = OptionNumbers{2, 2, 2, 2, 2, 2, 2};
    const auto padded = made(deep);
    EXPECT_EQ(padded->forward(torch::randn({1, 3, 64, 64})).logits[0].size(3), std::int64_t{64});
    config.network.options["n_conv_per_stage"] = OptionNumbers{2, 2};
    bool isRefused = false;
    try {
        static_cast<void>(made(config));
    } catch (const c10::Error& error) {
        isRefused = std::string(error.what()).find("n_conv_per_stage") != std::string::npos;
    }
    EXPECT(isRefused);
}

GD_TEST(layersByDepth)
{
    EXPECT(fourLayers(12) == (std::vector<int>{2, 5, 8, 11}));
    EXPECT(fourLayers(24) == (std::vector<int>{4, 11, 17, 23}));
    EXPECT(fourLayers(32) == (std::vector<int>{7, 15, 23, 31}));
    EXPECT(fourLayers(40) == (std::vector<int>{9, 19, 29, 39}));
    EXPECT(fourLayers(2) == (std::vector<int>{0, 0, 0, 1}));
    // What a segmenter decodes are the ViT's normed layers, fine to coarse in their order.
    SystemConfig config = tiny("segdino");
    config.network.options["layers"] = OptionNumbers{0, 1, 1, 3};
    const auto net = made(config);
    net->eval();
    const torch::NoGradGuard noGrad;
    const torch::Tensor image = torch::randn({1, 3, 64, 96});
    const torch::Tensor tokens = net->guideTokens(image);
    EXPECT_EQ(test::show(tokens.sizes()), std::string("[1, 128, 4, 6]"));
    const auto layers =
        net->guideBackbone()->get_intermediate_layers(image, {0, 1, 3}, {true, true});
    EXPECT_CLOSE(tokens.slice(1, 32, 64), layers[1].patches, 1e-6);
    EXPECT_CLOSE(tokens.slice(1, 64, 96), layers[1].patches, 1e-6);
    EXPECT_CLOSE(tokens.slice(1, 96, 128), layers[2].patches, 1e-6);
    ForwardOptions cached;
    cached.tokens = tokens;
    EXPECT_CLOSE(net->forward(image, cached).logits[0], net->forward(image).logits[0], 1e-6);
}

GD_TEST(segDinoV2ByConfiguration)
{
    std::set<std::int64_t> counts;
    for (const bool tpa : {true, false}) {
        for (const char* decoder : {"sad", "linear", "segdino"}) {
            for (const char* variant : {"current", "march"}) {
                SystemConfig config = tiny("segdino-v2");
                config.network.options["tpa"] = tpa;
                config.network.options["decoder"] = std::string(decoder);
                config.network.options["variant"] = std::string(variant);
                const auto net = made(config);
                const torch::Tensor logits = net->forward(torch::randn({2, 3, 80, 66})).logits[0];
                EXPECT_EQ(test::show(logits.sizes()), std::string("[2, 1, 80, 66]"));
                logits.sum().backward();
                std::int64_t count = 0;
                for (const auto& item : net->named_parameters()) {
                    if (!isGuideBackboneKey(item.key())) {
                        count += item.value().numel();
                        EXPECT(item.value().grad().defined());
                    }
                }
                counts.insert(count);
            }
        }
    }
    EXPECT(counts.size() >= 8);
}

GD_TEST(gatesOfDecoders)
{
    for (const std::string& system : kDecoders) {
        SystemConfig config = tiny(system);
        config.guide.source = "dinov3";
        const auto net = made(config);
        net->eval();
        const torch::NoGradGuard noGrad;
        const torch::Tensor image = torch::randn({1, 3, 64, 64});
        const SegmenterOutput own = net->forward(image);
        EXPECT_EQ(test::show(own.guide.sizes()), std::string("[1, 1, 4, 4]"));
        ForwardOptions open;
        open.guide = torch::ones({1, 1, 4, 4});
        SystemConfig plain = config;
        plain.guide.source = "none";
        const auto unguided = made(plain);
        unguided->eval();
        auto from = net->named_parameters();
        for (auto& item : unguided->named_parameters()) {
            item.value().copy_(from[item.key()]);
        }
        const torch::Tensor expected = unguided->forward(image).logits[0];
        EXPECT_CLOSE(net->forward(image, open).logits[0], expected, 1e-5);
        // Where a norm follows, an even guide changes nothing, one that shuts a side does.
        ForwardOptions half;
        half.guide = torch::ones({1, 1, 4, 4});
        half.guide.slice(3, 0, 2).zero_();
        EXPECT((net->forward(image, half).logits[0] - expected).abs().max().item<double>() > 1e-4);
        EXPECT(!unguided->forward(image).guide.defined());
        EXPECT(net->isDecoderKey("network.anything") && !net->isDecoderKey("guide.tokenbook.book"));
    }
}

GD_TEST(gatesOfNnUnet)
{
    for (const char* place : {"bottleneck", "input", "skips", "skip1", "decoder"}) {
        for (const char* system : {"nnunet", "nnunet-resenc"}) {
            SystemConfig config = tiny(system);
            config.guide.source = "self";
            config.guide.gates = {place};
            const auto net = made(config);
            net->eval();
            const torch::NoGradGuard noGrad;
            const torch::Tensor image = torch::randn({1, 3, 64, 64});
            ForwardOptions closed;
            closed.guide = torch::zeros({1, 1, 4, 4});
            const torch::Tensor own = net->forward(image).logits[0];
            const torch::Tensor shut = net->forward(image, closed).logits[0];
            EXPECT((own - shut).abs().max().item<double>() > 1e-5);
        }
    }
}

GD_TEST(eachLearns)
{
    for (const char* system : {"nnunet", "nnunet-resenc"}) {
        for (const char* source : {"none", "self", "dinov3"}) {
            SystemConfig config = tiny(system);
            config.guide.source = source;
            const auto [first, last] = lossesOf(config, made(config));
            EXPECT(last < first);
        }
    }
    for (const std::string& system : kDecoders) {
        for (const char* training : {"frozen", "lora", "full"}) {
            for (const char* source : {"none", "dinov3"}) {
                SystemConfig config = tiny(system);
                config.guide.source = source;
                config.guide.train_backbone = std::string(training) == "full";
                config.lora.enabled = std::string(training) == "lora";
                config.lora.rank = 2;
                const auto net = made(config);
                std::map<std::string, torch::Tensor> before;
                for (const auto& item : net->named_parameters()) {
                    before[item.key()] = item.value().detach().clone();
                }
                const auto [first, last] = lossesOf(config, net);
                if (!(last < first)) {
                    test::fail(
                        __FILE__,
                        __LINE__,
                        system + " " + training + " " + source + ": " + std::to_string(first)
                            + " to " + std::to_string(last));
                }
                int changed = 0;
                for (const auto& item : net->named_parameters()) {
                    const bool isVit = isGuideBackboneKey(item.key());
                    changed += isVit && !torch::equal(before[item.key()], item.value()) ? 1 : 0;
                }
                EXPECT_EQ(changed > 0, std::string(training) != "frozen");
            }
        }
    }
}

GD_TEST(registryIsConsistent)
{
    std::set<std::string> names;
    for (const Architecture& one : architectures()) {
        EXPECT(names.insert(one.name).second);
        EXPECT(!one.title.empty() && !one.source.empty() && !one.size_rule.empty());
        EXPECT(one.make && one.recognises && one.configure);
        EXPECT(static_cast<bool>(one.token_dim) == one.reads_tokens);
        EXPECT(findArchitecture(one.name) == &one);
    }
    EXPECT(findArchitecture("resnet") == nullptr);
    bool isNamed = false;
    try {
        static_cast<void>(architecture("resnet"));
    } catch (const c10::Error& error) {
        isNamed = std::string(error.what()).find("nnunet-resenc") != std::string::npos;
    }
    EXPECT(isNamed);
}

GD_TEST_MAIN()
