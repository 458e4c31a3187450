// SPDX-License-Identifier: Apache-2.0
#include "core/engine/weights.h"
#include "core/nn/dino/vit.h"
#include "core/nn/train/trainer.h"
#include "tests/engine/engine_support.h"

#include <map>

/// Every recipe with the systems that it is for: the configuration is whole, the network is built
/// and trains two steps of it at tiny size.
using namespace guidino;
using namespace guidino::engine;
using namespace guidino::test;

namespace {

constexpr std::int64_t kSide = 64;

/// Recipe → configurations.
const std::map<std::string, std::vector<std::string>> kSystems = {
    {"finetune", {"guidino-u", "unet"}},
    {"h2former", {"h2former", "h2former.parity"}},
    {"meddinov3", {"meddinov3", "meddinov3.parity", "meddinov3-single", "meddinov3-lora"}},
    {"milesial", {"unet"}},
    {"nnunet", {"nnunet", "nnunet.parity", "nnunet-resenc"}},
    {"nnwnet", {"nnwnet", "nnwnet.parity"}},
    {"paper", {"guidino-u", "guidino-w", "guidino-w-lora", "seg-guidino", "seg-guidino-lora"}},
    {"quick-finetune", {"guidino-u", "unet"}},
    {"scripts-isic", {"guidino-u.parity", "guidino-w.parity", "seg-guidino-lora.parity", "nnwnet"}},
    {"scripts-kvasir", {"guidino-u.parity", "guidino-w-lora.parity", "segdino.parity", "unet"}},
    {"scripts-tn3k", {"guidino-u", "guidino-w-lora.parity", "seg-guidino.parity", "nnwnet"}},
    {"segdino", {"segdino", "segdino.parity", "segdino-lora"}},
    {"segdino-v2", {"segdino-v2", "segdino-v2.parity", "segdino-v2-lora"}},
    {"swin-unet", {"swinunet", "swinunet.parity"}},
    {"u-kan", {"ukan", "ukan.parity"}}};

/// What makes a configuration small, over its recipe.
std::vector<std::string> tinySettings(const std::string& name)
{
    std::vector<std::string> settings = {
        "data.image_size=" + std::to_string(kSide),
        "network.base_channels=4",
        "network.layer_channel=[4,8,8,16,16]",
        "network.global_dim=[4,4,8,8,8]",
        "network.hidden_dim=32",
        "training.epochs=1",
        "training.batch_size=2",
        "training.iterations_per_epoch=2",
        "training.warmup_epochs=0",
        "training.precision=fp32"};
    const auto add = [&settings](std::initializer_list<const char*> more) {
        settings.insert(settings.end(), more.begin(), more.end());
    };
    const std::string system = name.substr(0, name.find('.'));
    if (system.starts_with("swinunet")) {
        add({"network.embed_dim=12", "network.num_heads=[1,2,3,6]", "network.window_size=4"});
    } else if (system.starts_with("h2former")) {
        add({"network.width=8"});
    } else if (system.starts_with("ukan")) {
        add({"network.embed_dims=[8,12,16]"});
    } else if (system.starts_with("nnunet")) {
        add({"network.features_per_stage=[4,8,8]", "network.n_stages=3"});
    } else if (system.starts_with("segdino-v2")) {
        add({"network.decoder_channels=32"});
    } else if (system.starts_with("segdino")) {
        add({"network.features=16", "network.out_channels=[8,8,8,8]"});
    } else if (system == "guidino-u") {
        add({"guide.source=self"});
    }
    return settings;
}

nn::VitConfig tinyVit()
{
    nn::VitConfig config;
    config.name = "tiny";
    config.embed_dim = 32;
    config.depth = 4;
    config.num_heads = 2;
    config.ffn_hidden = 64;
    return config;
}

nn::TrainingSet discs(std::int64_t count)
{
    torch::manual_seed(5);
    const torch::Tensor at = torch::arange(kSide) - kSide / 2;
    const torch::Tensor isDisc =
        at.pow(2).unsqueeze(1) + at.pow(2).unsqueeze(0) < kSide * kSide / 16;
    nn::TrainingSet set;
    set.masks = isDisc.to(torch::kUInt8).unsqueeze(0).repeat({count, 1, 1});
    set.images = (torch::rand({count, kSide, kSide, 3}) * 90
                  + set.masks.unsqueeze(3).to(torch::kFloat32) * 120)
                     .to(torch::kUInt8);
    for (std::int64_t i = 0; i < count; ++i) {
        set.names.push_back("disc" + std::to_string(i) + ".png");
    }
    return set;
}

} // namespace

GD_TEST(everyRecipeIsTested)
{
    const UserFolder user;
    for (const std::string& recipe : recipeNames()) {
        if (!kSystems.contains(recipe)) {
            test::fail(__FILE__, __LINE__, "recipe '" + recipe + "' has no system here");
        }
    }
    EXPECT_EQ(recipeNames().size(), kSystems.size());
}

GD_TEST(everyRecipeTrainsItsSystems)
{
    const UserFolder user;
    for (const auto& [recipe, configurations] : kSystems) {
        for (const std::string& name : configurations) {
            const std::string what = recipe + " with " + name;
            const auto config = loadSystemConfig(name, recipe, tinySettings(name));
            if (!config) {
                test::fail(__FILE__, __LINE__, what + ": " + config.error().message);
                continue;
            }
            torch::manual_seed(3);
            const auto model = assembleModel(
                *config,
                needsBackbone(*config) ? std::make_shared<nn::VisionTransformer>(tinyVit())
                                       : nullptr);
            std::int64_t steps = 0;
            nn::TrainerHooks hooks;
            hooks.stepDone = [&](const nn::StepReport& report) {
                ++steps;
                if (!std::isfinite(report.loss)) {
                    test::fail(__FILE__, __LINE__, what + ": the loss is not finite");
                }
            };
            nn::Trainer trainer(*config, model, discs(4), torch::kCPU, hooks);
            EXPECT(trainer.run() == nn::TrainingEnd::Finished);
            if (steps != 2) {
                test::fail(__FILE__, __LINE__, what + ": " + std::to_string(steps) + " steps");
            }
        }
    }
}

/// What the documents say of the recipes and no default has.
GD_TEST(recipesSayWhatTheirPapersSay)
{
    const UserFolder user;
    const auto of = [](const std::string& name, const std::string& recipe) {
        const auto config = loadSystemConfig(name, recipe, {});
        REQUIRE_OK(config);
        return *config;
    };
    const nn::SystemConfig swin = of("swinunet", "swin-unet");
    EXPECT(swin.loss.dice_squared && swin.training.schedule_by == "step");
    EXPECT_NEAR(swin.loss.ce_weight, 0.4, 0);
    EXPECT_NEAR(swin.data.augmentation.turn_flip, 0.5, 0);
    const nn::SystemConfig milesial = of("unet", "milesial");
    EXPECT_EQ(milesial.training.schedule, "plateau");
    EXPECT_EQ(milesial.training.plateau_patience, 5);
    EXPECT_EQ(milesial.network.base_channels, 64);
    const nn::SystemConfig former = of("h2former.parity", "h2former");
    EXPECT_NEAR(former.loss.terms.at("margin"), 1, 0);
    EXPECT_NEAR(former.preprocessing.std[0], 1.0 / 255, 1e-12); // values from 0 to 255
    const nn::SystemConfig kan = of("ukan.parity", "u-kan");
    EXPECT(kan.training.drop_last && kan.preprocessing.channel_order == "bgr");
    EXPECT_NEAR(std::get<double>(kan.network.options.at("kan_learning_rate")), 0.01, 0);
    EXPECT_EQ(of("nnunet", "nnunet").training.select_by, "last");
    EXPECT_EQ(of("nnwnet", "nnwnet").network.init, "he");
    const nn::SystemConfig med = of("meddinov3", "meddinov3");
    EXPECT(med.guide.train_backbone);
    EXPECT_NEAR(med.training.backbone_learning_rate, 3e-5, 1e-12);
    EXPECT(!of("meddinov3-lora", "meddinov3").guide.train_backbone);
    EXPECT_NEAR(of("segdino-v2", "segdino-v2").data.augmentation.hue, 0.05, 0);
    EXPECT_EQ(of("segdino.parity", "scripts-kvasir").training.schedule, "cosine");
    EXPECT_EQ(of("segdino.parity", "scripts-kvasir").loss.segmentation, "bce");
}

/// The figures that a recipe's paper gives are numbers with a note, so that they can be compared.
GD_TEST(reportedFiguresAreThere)
{
    const UserFolder user;
    for (const char* name :
         {"paper", "scripts-kvasir", "scripts-isic", "scripts-tn3k", "nnwnet", "segdino"}) {
        const Json recipe = readJson(
            fs::path(GUIDINO_SOURCE_DIR) / "models/recipes" / (std::string(name) + ".json"));
        EXPECT(recipe.at("reported").at("note").is_string());
        EXPECT(!recipe.at("reported").at("systems").empty());
        for (const auto& [system, sets] : recipe.at("reported").at("systems").items()) {
            for (const auto& [set, row] : sets.items()) {
                EXPECT(row.at("dsc").get<double>() > 70 && row.at("dsc").get<double>() < 100);
                EXPECT(row.at("iou").get<double>() < row.at("dsc").get<double>());
            }
        }
    }
    const Json paper = readJson(fs::path(GUIDINO_SOURCE_DIR) / "models/recipes/paper.json");
    EXPECT_NEAR(
        paper.at("reported").at("systems").at("guidino-w").at("tn3k").at("dsc").get<double>(),
        83.40,
        0);
}

GD_TEST_MAIN()
