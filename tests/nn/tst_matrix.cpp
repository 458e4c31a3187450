// SPDX-License-Identifier: Apache-2.0
#include "core/nn/backbones/registry.h"
#include "core/nn/data/presets.h"
#include "core/nn/dino/vit.h"
#include "core/nn/guide/key_table.h"
#include "core/nn/lora/lora.h"
#include "core/nn/train/trainer.h"
#include "tests/support/nn_check.h"

#include <cmath>
#include <cstring>
#include <map>

/// Every system of the registry × {frozen, LoRA, full} × {with, without guide} trains two steps and
/// predicts, at tiny size, with a random ViT where one is needed.
namespace {

using namespace guidino;
using namespace guidino::nn;
namespace test = guidino::test;

constexpr std::int64_t kSide = 64;

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

/// Small values of the options that the networks have; those of a network that is not known here
/// stay as they are.
const std::map<std::string, OptionValue> kSmall = {
    {"features_per_stage", OptionNumbers{4, 8, 8}},
    {"features", std::int64_t{16}},
    {"out_channels", OptionNumbers{8, 8, 8, 8}},
    {"decoder_channels", std::int64_t{32}},
    {"embed_dim", std::int64_t{12}},
    {"width", std::int64_t{8}},
    {"window_size", std::int64_t{4}},
    {"embed_dims", OptionNumbers{8, 12, 16}}};

SystemConfig tiny(const Architecture& one)
{
    SystemConfig config;
    config.system = one.name;
    config.network = one.network;
    config.network.base_channels = 4;
    config.network.layer_channel = {4, 8, 8, 16, 16};
    config.network.global_dim = {4, 4, 8, 8, 8};
    config.network.hidden_dim = 32;
    for (const NetworkOption& option : one.options) {
        if (const auto small = kSmall.find(option.key); small != kSmall.end()) {
            config.network.options[option.key] = small->second;
        }
    }
    if (one.name == "swinunet") {
        config.network.options["num_heads"] = OptionNumbers{1, 2, 3, 6};
    }
    config.guide.source = "none";
    config.guide.gates = one.default_gates;
    config.guide.prototypes = 4;
    config.data.image_size = static_cast<int>(kSide);
    config.data.augmentation = *augmentationPreset("none");
    config.training.epochs = 1;
    config.training.batch_size = 2;
    config.training.learning_rate = 1e-3;
    config.training.seed = 9;
    return config;
}

TrainingSet discs(std::int64_t count)
{
    torch::manual_seed(5);
    const torch::Tensor at = torch::arange(kSide) - kSide / 2;
    const torch::Tensor isDisc =
        at.pow(2).unsqueeze(1) + at.pow(2).unsqueeze(0) < kSide * kSide / 16;
    TrainingSet set;
    set.masks = isDisc.to(torch::kUInt8).unsqueeze(0).repeat({count, 1, 1});
    set.images = (torch::rand({count, kSide, kSide, 3}) * 90
                  + set.masks.unsqueeze(3).to(torch::kFloat32) * 120)
                     .to(torch::kUInt8);
    for (std::int64_t i = 0; i < count; ++i) {
        set.names.push_back("disc" + std::to_string(i) + ".png");
    }
    return set;
}

struct Variant
{
    std::string source; ///< of the guide; none
    std::string vit;    ///< frozen, lora, full; empty where there is none
};

std::vector<Variant> variantsOf(const Architecture& one)
{
    std::vector<Variant> variants;
    const auto withVit = [&](const char* source) {
        for (const char* vit : {"frozen", "lora", "full"}) {
            variants.push_back({source, vit});
        }
    };
    if (one.guide != GuideUse::Always) {
        if (one.reads_tokens) {
            withVit("none");
        } else {
            variants.push_back({"none", ""});
        }
    }
    if (one.guide != GuideUse::Never) {
        withVit("dinov3");
        if (!one.reads_tokens) {
            variants.push_back({"self", ""});
        }
    }
    return variants;
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

bool isAdapter(const std::string& key)
{
    return key.find("lora_") != std::string::npos;
}

/// Which parts changed: "network", "book", "vit", "lora".
std::map<std::string, bool> trainedParts(const SystemConfig& config, Segmenter& model)
{
    const auto partOf = [](const std::string& key) {
        return isAdapter(key)            ? "lora"
               : isGuideBackboneKey(key) ? "vit"
               : isTokenBookKey(key)     ? "book"
                                         : "network";
    };
    std::map<std::string, torch::Tensor> before;
    for (const auto& item : model.named_parameters()) {
        before[item.key()] = item.value().detach().clone();
    }
    std::vector<double> losses;
    TrainerHooks hooks;
    hooks.stepDone = [&](const StepReport& report) { losses.push_back(report.loss); };
    // The trainer holds the model by a shared pointer; this one outlives it.
    Trainer trainer(
        config,
        std::shared_ptr<Segmenter>(std::shared_ptr<void>(), &model),
        discs(4),
        torch::kCPU,
        hooks);
    EXPECT(trainer.run() == TrainingEnd::Finished);
    EXPECT_EQ(losses.size(), std::size_t{2});
    for (const double loss : losses) {
        EXPECT(std::isfinite(loss));
    }
    std::map<std::string, bool> changed;
    for (const auto& item : model.named_parameters()) {
        bool& part = changed[partOf(item.key())];
        part = part || !torch::equal(before[item.key()], item.value());
    }
    return changed;
}

void expectTrainsAndPredicts(const Architecture& one, const Variant& variant)
{
    SystemConfig config = tiny(one);
    config.guide.source = variant.source;
    config.guide.train_backbone = variant.vit == "full";
    config.lora.enabled = variant.vit == "lora";
    config.lora.rank = 2;
    if (config.guide.source != "none" && config.guide.gates.empty()) {
        config.guide.gates = {"bottleneck"};
    }
    const auto model = made(config);
    std::map<std::string, bool> changed = trainedParts(config, *model);
    EXPECT_EQ(changed["network"], true);
    EXPECT_EQ(changed["book"], variant.source != "none");
    EXPECT_EQ(changed["vit"], variant.vit == "full");
    EXPECT_EQ(changed["lora"], variant.vit == "lora");
    model->eval();
    const torch::NoGradGuard noGrad;
    // Sizes that no network asks for.
    const torch::Tensor image = torch::randn({1, 3, 70, 45});
    const SegmenterOutput plain = model->forward(image);
    const std::vector<std::int64_t> shape = {1, 1, 70, 45};
    EXPECT(plain.logits.front().sizes().vec() == shape);
    EXPECT(torch::isfinite(plain.logits.front()).all().item<bool>());
    EXPECT_EQ(plain.guide.defined(), variant.source != "none");
    model->prepareInference();
    EXPECT_CLOSE(model->forward(image).logits.front(), plain.logits.front(), 1e-3);
}

} // namespace

GD_TEST(everySystemTrainsTwoStepsAndPredicts)
{
    std::size_t systems = 0;
    for (const Architecture& one : architectures()) {
        for (const Variant& variant : variantsOf(one)) {
            const int failures = test::failures();
            try {
                expectTrainsAndPredicts(one, variant);
            } catch (const std::exception& error) {
                test::fail(__FILE__, __LINE__, error.what());
            }
            if (test::failures() > failures) {
                std::fprintf(
                    stderr,
                    "    in %s, guide %s, ViT %s\n",
                    one.name.c_str(),
                    variant.source.c_str(),
                    variant.vit.empty() ? "none" : variant.vit.c_str());
            }
        }
        ++systems;
    }
    EXPECT(systems >= 15);
}

GD_TEST_MAIN()
