// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"
#include "core/engine/config.h"
#include "core/nn/backbones/registry.h"
#include "tests/support/check.h"

#include <algorithm>

using namespace guidino;
using namespace guidino::engine;
namespace fs = std::filesystem;

namespace {

const fs::path kModels = fs::path(GUIDINO_SOURCE_DIR) / "models";

Result<nn::SystemConfig> load(
    const std::string& name,
    const std::vector<std::string>& settings,
    const std::string& recipe = "")
{
    return loadSystemConfig(name, recipe, settings, kModels);
}

/// A temporary's member may be bound to a reference, what a pointer points to may not.
nn::SystemConfig loaded(
    const std::string& name,
    const std::vector<std::string>& settings,
    const std::string& recipe = "")
{
    auto config = load(name, settings, recipe);
    REQUIRE_OK(config);
    return *config;
}

void expectError(const Result<nn::SystemConfig>& result, const std::vector<std::string>& parts)
{
    if (result) {
        test::fail(__FILE__, __LINE__, "no error; expected one with '" + parts.front() + "'");
        return;
    }
    EXPECT_EQ(static_cast<int>(result.error().code), static_cast<int>(ErrorCode::Configuration));
    for (const std::string& part : parts) {
        if (result.error().message.find(part) == std::string::npos) {
            test::fail(__FILE__, __LINE__, "no '" + part + "' in: " + result.error().message);
        }
    }
}

} // namespace

GD_TEST(everyConfigurationLoadsWithEveryRecipe)
{
    const std::vector<std::string> names = configNames(kModels);
    EXPECT(names.size() >= 43u);
    for (const std::string& system : nn::architectureNames()) {
        REQUIRE_OK(load(system, {}));
    }
    const std::vector<std::string> recipes = recipeNames(kModels);
    EXPECT(recipes.size() >= 15u);
    for (const std::string& name : names) {
        const auto config = load(name, {});
        REQUIRE_OK(config);
        EXPECT_EQ(config->profile, name.substr(name.find('.') + 1));
        // What GuiDINO's papers do not name is called by its network.
        const std::string base =
            config->guide.source != "none"
                    && nn::architecture(config->system).default_source == "none"
                ? "guidino-" + config->system
                : config->system;
        EXPECT_EQ(config->lora.enabled ? base + "-lora" : base, name.substr(0, name.find('.')));
        for (const std::string& recipe : recipes) {
            REQUIRE_OK(load(name, {}, recipe));
        }
    }
}

GD_TEST(profilesDifferWhereThePublishedCodeDoes)
{
    const auto fixed = load("guidino-u", {});
    const auto parity = load("guidino-u.parity", {});
    REQUIRE_OK(fixed);
    REQUIRE_OK(parity);
    EXPECT_EQ(fixed->profile, "fixed");
    EXPECT_EQ(fixed->guide.prototypes, 32);
    EXPECT_EQ(parity->guide.prototypes, 256);
    EXPECT_EQ(fixed->loss.guide, "bce");
    EXPECT_EQ(parity->loss.guide, "mse");
    EXPECT_EQ(parity->loss.guide_target, "nearest");
    EXPECT_EQ(parity->data.mask_threshold, 0);
    EXPECT(parity->guide.legacy_token_slice && !fixed->guide.legacy_token_slice);
    EXPECT_NEAR(parity->data.augmentation.noise_std[1], 0.44, 0);
    EXPECT_EQ(loaded("guidino-w.parity", {}).loss.deep_supervision, "guidino");
    EXPECT_EQ(loaded("unet.parity", {}).preprocessing.normalisation, "zscore");
}

GD_TEST(textRoundTripKeepsEveryValue)
{
    auto config = load(
        "guidino-w-lora.parity",
        {"data.augmentation.gamma=0.25",
         "preprocessing.mean=[0.1, 0.2, 0.3]",
         "guide.gates=[\"input\", \"skip2\"]",
         "network.global_dim=[1,2,3,4,5]",
         "training.seed=7000000000"});
    REQUIRE_OK(config);
    const std::string text = toJson(*config);
    const auto again = parseSystemConfig(text, "text");
    REQUIRE_OK(again);
    EXPECT_EQ(toJson(*again), text);
    EXPECT_EQ(again->training.seed, 7000000000);
    EXPECT_NEAR(again->data.augmentation.gamma, 0.25, 0);
    EXPECT_EQ(again->network.global_dim[4], 5);
    EXPECT_EQ(again->guide.gates.size(), 2u);
}

GD_TEST(mistakesAreNamedWithTheirPath)
{
    expectError(
        parseSystemConfig(R"({"training": {"batch_sise": 2}})", "a.json"),
        {"a.json: training.batch_sise: unknown key", "training.batch_size"});
    expectError(
        parseSystemConfig(R"({"training": {"image_size": 2}})", "a.json"), {"data.image_size?"});
    expectError(
        parseSystemConfig(R"({"trainin": {}})", "a.json"), {"trainin: unknown key", "training"});
    expectError(
        parseSystemConfig(R"({"training": {"epochs": "many"}})", "a.json"),
        {"training.epochs: must be a whole number, not \"many\""});
    expectError(
        parseSystemConfig(R"({"training": {"epochs": 2.5}})", "a.json"),
        {"must be a whole number"});
    expectError(
        parseSystemConfig(R"({"training": {"epochs": 0}})", "a.json"),
        {"training.epochs: must be"});
    expectError(
        parseSystemConfig(R"({"guide": {"source": "dino"}})", "a.json"),
        {"guide.source: must be one of dinov3, dinov2, self, none, not \"dino\""});
    expectError(
        parseSystemConfig(R"({"guide": {"gates": ["bottom"]}})", "a.json"),
        {"guide.gates: must be one of input, bottleneck", "\"bottom\""});
    expectError(
        parseSystemConfig(R"({"network": {"bilinear": 1}})", "a.json"),
        {"network.bilinear: must be true or false"});
    expectError(
        parseSystemConfig(R"({"preprocessing": {"mean": [1, 2]}})", "a.json"),
        {"list of 3 numbers"});
    expectError(
        parseSystemConfig(R"({"data": {"augmentation": {"scale": [2, 1]}}})", "a.json"),
        {"data.augmentation.scale"});
    expectError(
        parseSystemConfig(R"({"data": {"augmentation": "strong"}})", "a.json"),
        {"data.augmentation.preset: must be one of none, guidino, nnunet"});
    expectError(parseSystemConfig(R"({"guide": 3})", "a.json"), {"guide: must be an object"});
    expectError(parseSystemConfig("{\"guide\": ", "a.json"), {"a.json: is no JSON", "line 1"});
    expectError(parseSystemConfig("[]", "a.json"), {"must be a JSON object"});
}

GD_TEST(settingsAreTypedAndChecked)
{
    const auto config = load(
        "guidino-u",
        {"training.epochs=3",
         "guide.source=self",
         "network.deep_supervision=false",
         "data.augmentation=none",
         "training.learning_rate=1e-3"});
    REQUIRE_OK(config);
    EXPECT_EQ(config->training.epochs, 3);
    EXPECT_EQ(config->guide.source, "self");
    EXPECT(!config->network.deep_supervision);
    EXPECT_EQ(config->data.augmentation.preset, "none");
    EXPECT_NEAR(config->data.augmentation.flip_horizontal, 0, 0);
    EXPECT_NEAR(config->training.learning_rate, 1e-3, 1e-12);

    expectError(
        load("guidino-u", {"training.epoch=3"}), {"--set training.epoch=3", "training.epochs"});
    expectError(load("guidino-u", {"training.epochs=many"}), {"--set", "must be a whole number"});
    expectError(load("guidino-u", {"training.epochs"}), {"must be path.key=value"});
    expectError(load("guidino-u", {"=3"}), {"must be path.key=value"});
    expectError(load("guidino-u", {"training..epochs=3"}), {"must be path.key=value"});
    expectError(load("guidino-u", {"profile=parity"}), {"guidino-u.parity"});
    expectError(load("guidino-u", {"training=3"}), {"training: must be an object"});
}

GD_TEST(networksHaveOptionsOfTheirOwn)
{
    const auto config = load(
        "nnunet",
        {"network.features_per_stage=[8,16,32]",
         "network.strides=[1,2,[1,2]]",
         "network.conv_bias=false"});
    REQUIRE_OK(config);
    const auto& options = config->network.options;
    EXPECT(
        std::get<nn::OptionNumbers>(options.at("features_per_stage"))
        == (nn::OptionNumbers{8, 16, 32}));
    EXPECT(
        std::get<nn::OptionPairs>(options.at("strides"))
        == (nn::OptionPairs{{1, 1}, {2, 2}, {1, 2}}));
    const std::string text = toJson(*config);
    const auto again = parseSystemConfig(text, "text");
    REQUIRE_OK(again);
    EXPECT_EQ(toJson(*again), text);

    expectError(load("nnunet", {"network.features_per_stage=[]x"}), {"features_per_stage"});
    expectError(load("nnunet", {"network.strides=[1,2,[1,2,3]]"}), {"network.strides", "pairs"});
    expectError(load("nnunet", {"network.strides=[1,0]"}), {"network.strides", "from 1 to 8"});
    expectError(
        load("nnunet", {"network.architecture=deep"}),
        {"network.architecture", "must be one of plain, residual"});
    expectError(load("nnunet", {"network.conv_bias=1"}), {"network.conv_bias", "true or false"});
    // Another network's option is unknown here.
    expectError(load("guidino-u", {"network.n_stages=6"}), {"network.n_stages", "unknown key"});
    expectError(load("nnunet", {"guide.source=self", "guide.gates=[]"}), {"guide.gates"});
    REQUIRE_OK(load("nnunet", {"guide.source=self", "guide.gates=[\"skips\"]"}));
    expectError(load("segdino", {"guide.source=self"}), {"guide.source", "or none"});
    REQUIRE_OK(load("segdino-lora", {}));
    expectError(load("nnunet", {"lora.enabled=true"}), {"lora.enabled"});
}

GD_TEST(theWholeMustFitTogether)
{
    expectError(load("seg-guidino", {"guide.source=self"}), {"guide.source", "features of a ViT"});
    expectError(load("unet", {"guide.source=self"}), {"guide.source", "has no guide"});
    REQUIRE_OK(load("guidino-u", {"guide.source=none"})); // the control without a guide
    expectError(load("guidino-u-lora", {"guide.source=self"}), {"lora.enabled"});
    expectError(load("guidino-u", {"guide.gates=[]"}), {"guide.gates"});
    expectError(
        load("guidino-u", {"data.validation_fraction=0.6", "data.test_fraction=0.5"}),
        {"train on"});
}

GD_TEST(namesWithNumbersAreRead)
{
    const auto config = load("unet", {"loss.terms.margin=0.5", "preprocessing.channel_order=bgr"});
    REQUIRE_OK(config);
    EXPECT_NEAR(config->loss.terms.at("margin"), 0.5, 0);
    EXPECT_EQ(config->preprocessing.channel_order, "bgr");
    const auto again = parseSystemConfig(toJson(*config), "text");
    REQUIRE_OK(again);
    EXPECT_EQ(toJson(*again), toJson(*config));
    expectError(load("unet", {"loss.terms.margn=1"}), {"loss.terms.margn", "margin"});
    expectError(load("unet", {"loss.terms.margin=-1"}), {"loss.terms.margin", "at least 0"});
    expectError(load("unet", {"loss.terms=3"}), {"loss.terms", "names with numbers"});
    expectError(
        load("unet", {"data.augmentation.operations.smoke=1"}),
        {"operations.smoke", "come from plug-ins"});
    expectError(
        load("nnunet", {"data.augmentation.preset=nnunet", "data.augmentation.hue=0.1"}), {"hue"});
    expectError(load("unet", {"preprocessing.channel_order=gbr"}), {"must be one of rgb, bgr"});
}

GD_TEST(unknownNamesListTheNearest)
{
    expectError(
        load("guidino_u", {}), {"guidino_u", "nearest is guidino-u. Known:", " ukan unet."});
    expectError(load("unet.fixd", {}), {"unet.fixd", "nearest is unet.fixed. Known:"});
    expectError(load("guidino-u", {}, "papr"), {"recipe 'papr'", "nearest is paper"});
    expectError(load("no/such.json", {}), {"no/such.json"});
}

GD_TEST(recipesApplyBySystem)
{
    const auto plain = load("guidino-w", {}, "scripts-tn3k");
    const auto lora = load("guidino-w-lora", {}, "scripts-tn3k");
    REQUIRE_OK(plain);
    REQUIRE_OK(lora);
    EXPECT_EQ(plain->data.image_size, 352);
    EXPECT_EQ(lora->data.image_size, 256);
    EXPECT_NEAR(lora->training.lora_learning_rate, 5e-6, 1e-15);
    EXPECT_EQ(plain->guide.prototypes, 32);
    EXPECT_EQ(loaded("guidino-w.parity", {}, "scripts-tn3k").guide.prototypes, 484);
    EXPECT_EQ(loaded("seg-guidino-lora.parity", {}, "scripts-tn3k").guide.prototypes, 1024);
    EXPECT_EQ(loaded("guidino-u", {}, "scripts-kvasir").training.optimizer, "sgd");
    EXPECT_EQ(loaded("guidino-u-lora", {}, "scripts-kvasir").training.optimizer, "adamw");
    EXPECT_EQ(loaded("guidino-u", {}, "scripts-isic").training.schedule, "cosine");
    // Settings come last.
    EXPECT_EQ(loaded("guidino-u", {"training.epochs=2"}, "paper").training.epochs, 2);
    // The published noise survives a recipe.
    EXPECT_NEAR(
        loaded("guidino-u.parity", {}, "scripts-isic").data.augmentation.noise_std[0], 0.2, 0);
}

GD_TEST(recipesAreCheckedInEveryPart)
{
    const test::TemporaryFolder folder;
    const auto write = [&folder](const std::string& text) {
        REQUIRE_OK(writeFileAtomically(folder / "r.json", text));
        return (folder / "r.json").string();
    };
    expectError(
        load("guidino-u", {}, write(R"({"systems": {"unet": {"training": {"epoch": 1}}}})")),
        {"systems.unet", "training.epoch"});
    expectError(
        load("guidino-u", {}, write(R"({"systems": {"unett": {}}})")), {"systems.unett", "one of"});
    expectError(load("guidino-u", {}, write(R"({"system": "unet"})")), {"system"});
    expectError(
        load("guidino-u", {}, write(R"({"profiles": {"parrity": {}}})")), {"profiles.parrity"});
}

GD_TEST(presetsStartFromTheirOwnValues)
{
    const auto nnunet = parseSystemConfig(
        R"({"data": {"augmentation": {"preset": "nnunet", "gamma": 0.5}}})", "text");
    REQUIRE_OK(nnunet);
    EXPECT_NEAR(nnunet->data.augmentation.gamma, 0.5, 0);
    EXPECT_NEAR(nnunet->data.augmentation.gamma_inverted, 0.1, 0);
    EXPECT_NEAR(nnunet->data.augmentation.rotation_degrees, 180, 0);
    EXPECT_NEAR(nnunet->data.augmentation.elastic, 0, 0);
    // A preset over a bundle's full list replaces it; a single value does not.
    const auto base = load("guidino-u.parity", {});
    REQUIRE_OK(base);
    const auto changed = amendSystemConfig(*base, "", {"data.augmentation.preset=nnunet"}, kModels);
    REQUIRE_OK(changed);
    EXPECT_NEAR(changed->data.augmentation.median, 0, 0);
    const auto one = amendSystemConfig(*base, "", {"data.augmentation.noise=0"}, kModels);
    REQUIRE_OK(one);
    EXPECT_NEAR(one->data.augmentation.noise, 0, 0);
    EXPECT_NEAR(one->data.augmentation.median, 0.5, 0);
}

GD_TEST(amendingKeepsTheBundlesSystem)
{
    const auto base = load("guidino-w", {"guide.source=self"});
    REQUIRE_OK(base);
    const auto changed = amendSystemConfig(*base, "", {"training.epochs=2"}, kModels);
    REQUIRE_OK(changed);
    EXPECT_EQ(changed->system, "guidino-w");
    EXPECT_EQ(changed->guide.source, "self");
    EXPECT_EQ(changed->training.epochs, 2);
}

GD_TEST_MAIN()
