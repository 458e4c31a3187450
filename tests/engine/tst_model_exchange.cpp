// SPDX-License-Identifier: Apache-2.0
#include "core/engine/weights.h"
#include "core/nn/backbones/registry.h"
#include "core/nn/io/safetensors.h"
#include "tests/engine/engine_support.h"

#include <torch/script.h>

/// Models into other programs and back: state dicts under the published names, TorchScript, what
/// the licence of DINOv3 asks for.
using namespace guidino;
using namespace guidino::engine;
using namespace guidino::test;

namespace {

Runtime& runtime()
{
    return *guidino_runtime_v1();
}

Json ok(const Result<std::string>& result)
{
    REQUIRE_OK(result);
    return Json::parse(*result);
}

nn::SystemConfig tinyTransformer(const std::string& name, std::vector<std::string> more = {})
{
    const std::string system = name.substr(0, name.find('.'));
    if (system == "swinunet") {
        more.insert(more.end(), {"network.embed_dim=12", "network.num_heads=[1,2,3,6]"});
    } else if (system == "h2former") {
        more.emplace_back("network.width=8");
    } else if (system == "ukan") {
        more.emplace_back("network.embed_dims=[8,12,16]");
    }
    return tinyConfig(name, more);
}

torch::Tensor logitsOf(const fs::path& bundle, const torch::Tensor& image)
{
    const auto read = readBundle(bundle);
    REQUIRE_OK(read);
    const auto model = loadModel(*read);
    REQUIRE_OK(model);
    const torch::NoGradGuard noGrad;
    return (*model)->forward(image).logits.front();
}

nn::TensorMap tensorsOf(const fs::path& file)
{
    auto read = nn::readSafetensors(file);
    REQUIRE_OK(read);
    return std::move(read->tensors);
}

} // namespace

/// Out under the published names and, recognised by them, in again: the same outputs.
GD_TEST(stateDictsGoOutAndComeBack)
{
    const UserFolder user;
    const torch::Tensor image = torch::randn({1, 3, 64, 64});
    for (const char* name : {"swinunet.fixed", "h2former.fixed", "h2former.parity", "ukan.fixed"}) {
        const fs::path bundle = user / "own";
        writeTinyBundle(bundle, tinyTransformer(name));
        const fs::path file = user / "state.safetensors";
        ok(runtime().modelsExport(bundle, file, ""));
        const Json report = ok(runtime().modelsImport(file, "", user / "again"));
        EXPECT_EQ(report["architecture"], std::string(name).substr(0, std::strcspn(name, ".")));
        EXPECT_CLOSE(logitsOf(user / "again", image), logitsOf(bundle, image), 1e-6);
    }
}

/// As the published programs write them: wrappers before the names, masks of another size.
GD_TEST(publishedStateDictsAreRead)
{
    const UserFolder user;
    const torch::Tensor image = torch::randn({1, 3, 64, 64});
    const fs::path bundle = user / "own";
    writeTinyBundle(bundle, tinyTransformer("swinunet", {"network.window_size=2"}));
    ok(runtime().modelsExport(bundle, user / "state.safetensors", ""));
    nn::TensorMap wrapped;
    for (const auto& [key, tensor] : tensorsOf(user / "state.safetensors")) {
        wrapped["module.swin_unet." + key] = tensor.clone();
    }
    EXPECT(wrapped.contains("module.swin_unet.layers.0.blocks.1.attn_mask"));
    EXPECT(wrapped.contains("module.swin_unet.layers.3.blocks.0.attn.relative_position_index"));
    EXPECT(!wrapped.contains("module.swin_unet.layers.3.blocks.1.attn_mask"));
    wrapped["module.swin_unet.layers.0.blocks.1.attn_mask"] = torch::zeros({256, 4, 4});
    const fs::path file = user / "wrapped.safetensors";
    REQUIRE_OK(nn::writeSafetensors(file, wrapped, {}));
    ok(runtime().modelsImport(file, "swinunet", user / "again"));
    EXPECT_CLOSE(logitsOf(user / "again", image), logitsOf(bundle, image), 1e-6);

    wrapped.erase("module.swin_unet.norm_up.bias");
    wrapped["module.swin_unet.other.weight"] = torch::zeros({1});
    wrapped["module.swin_unet.norm.weight"] = torch::zeros({5});
    REQUIRE_OK(nn::writeSafetensors(file, wrapped, {}));
    EXPECT(
        codeOf(
            runtime().modelsImport(file, "swinunet", user / "x"),
            {"1 missing: network.norm_up.bias",
             "1 unexpected: network.other.weight",
             "1 of another shape: network.norm.weight is [5] instead of [96]"})
        == ErrorCode::BadInput);
}

GD_TEST(milesialStateDictsAreRead)
{
    const UserFolder user;
    const torch::Tensor image = torch::randn({1, 3, 64, 64});
    for (const char* isBilinear : {"false", "true"}) {
        const fs::path bundle = user / "own";
        writeTinyBundle(
            bundle,
            tinyConfig(
                "unet",
                {std::string("network.bilinear=") + isBilinear,
                 std::string("network.bilinear_align_corners=") + isBilinear}));
        ok(runtime().modelsExport(bundle, user / "state.safetensors", ""));
        nn::TensorMap theirs;
        for (const auto& [ours, tensor] : tensorsOf(user / "state.safetensors")) {
            std::string key = ours;
            const std::size_t down = key.find("block.1.block.");
            if (down != std::string::npos) {
                key.replace(down, 14, "maxpool_conv.1.double_conv.");
            } else if (const std::size_t at = key.find("block."); at != std::string::npos) {
                key.replace(at, 6, "double_conv.");
            }
            theirs[key] = tensor.clone();
        }
        EXPECT(theirs.contains("down1.maxpool_conv.1.double_conv.0.weight"));
        theirs["mask_values"] = torch::tensor({0, 255});
        const fs::path file = user / "milesial.safetensors";
        REQUIRE_OK(nn::writeSafetensors(file, theirs, {}));
        const Json report = ok(runtime().modelsImport(file, "unet", user / "again"));
        EXPECT_EQ(report["config"]["network"]["bilinear_align_corners"], isBilinear[0] == 't');
        EXPECT_CLOSE(logitsOf(user / "again", image), logitsOf(bundle, image), 1e-6);
    }
}

/// ImageNet weights begin a SwinUNet in its encoder and, mirrored, its decoder.
GD_TEST(classifiersBeginNetworks)
{
    const UserFolder user;
    const fs::path file = user / "swin.safetensors";
    REQUIRE_OK(nn::writeSafetensors(
        file,
        {{"patch_embed.proj.weight", torch::full({96, 3, 4, 4}, 0.5)},
         {"layers.0.blocks.0.attn.qkv.weight", torch::full({288, 96}, 0.25)},
         {"layers.0.blocks.0.attn.relative_position_bias_table", torch::zeros({169, 3})},
         {"layers.0.downsample.reduction.weight", torch::full({192, 384}, 0.125)},
         {"head.weight", torch::zeros({1000, 768})}},
        {}));
    const Json report = ok(runtime().modelsImport(file, "swinunet", user / "begin"));
    EXPECT_EQ(report["architecture"], "swinunet");
    EXPECT_EQ(report["filled"].size(), 4u);
    EXPECT(report["fresh"].size() > 150);
    // The window is 8 here and 7 there: the tables are dropped, as in the published program.
    EXPECT_EQ(report["of_another_shape"].size(), 2u);
    EXPECT_EQ(report["unused"].size(), 2u);
    const nn::TensorMap weights = tensorsOf(user / "begin" / "weights.safetensors");
    for (const char* key :
         {"network.layers.0.blocks.0.attn.qkv.weight",
          "network.layers_up.3.blocks.0.attn.qkv.weight"}) {
        EXPECT(torch::equal(weights.at(key), torch::full({288, 96}, 0.25)));
    }
    EXPECT(codeOf(runtime().modelsImport(file, "ukan", user / "x")) == ErrorCode::BadInput);
}

/// The traced program gives what the network gives, and says what it takes.
GD_TEST(torchScriptComputesTheSame)
{
    const UserFolder user;
    struct Case
    {
        nn::SystemConfig config;
        int size;
    };
    const std::vector<Case> cases = {
        {tinyConfig("guidino-u"), 64},
        {tinyConfig("unet"), 70},
        {tinyTransformer("swinunet"), 64},
        {tinyTransformer("h2former"), 64},
        {tinyTransformer("ukan"), 96}};
    for (const Case& one : cases) {
        const fs::path bundle = user / "own";
        const Bundle written = writeTinyBundle(bundle, one.config);
        const Json answer = ok(runtime().modelsExport(
            bundle, user / "net.pt", "torchscript:" + std::to_string(one.size)));
        EXPECT_EQ(answer["format"], "torchscript");
        EXPECT_EQ(answer["input"], (Json{1, 3, one.size, one.size}));
        torch::jit::ExtraFilesMap extra = {{"guidino.json", ""}};
        torch::jit::Module module =
            torch::jit::load((user / "net.pt").string(), torch::kCPU, extra);
        const Json about = Json::parse(extra.at("guidino.json"));
        EXPECT_EQ(about["sha256"], written.sha256);
        EXPECT_EQ(about["config"]["system"], one.config.system);
        const torch::NoGradGuard noGrad;
        const torch::Tensor image = torch::randn({1, 3, one.size, one.size});
        EXPECT_CLOSE(module.forward({image}).toTensor(), logitsOf(bundle, image), 1e-4);
    }
    const fs::path own = user / "own";
    EXPECT(codeOf(runtime().modelsExport(own, user / "x", "zip:64")) == ErrorCode::Usage);
    for (const char* format : {"torchscript:7", "torchscript:", "torchscript:64x"}) {
        EXPECT(
            codeOf(runtime().modelsExport(own, user / "x", format), {"32 to 4096"})
            == ErrorCode::Usage);
    }
    EXPECT(!fs::exists(user / "x"));
}

/// DINOv3's weights go out only when that is meant, with the notice inside and beside.
GD_TEST(backbonesGoOutWithTheirLicence)
{
    const UserFolder user;
    ok(runtime().modelsAddRandom("vits16", "vit", 3));
    const fs::path bundle = user / "own";
    const nn::SystemConfig config =
        tinyConfig("guidino-u-lora", {"guide.source=dinov3", "guide.backbone=vit", "lora.rank=2"});
    writeTinyBundle(bundle, config);
    EXPECT(
        codeOf(
            runtime().modelsExport(bundle, user / "net.pt", ""), {"--include-backbone", "DINOv3"})
        == ErrorCode::Usage);
    EXPECT(!fs::exists(user / "net.pt"));
    const Json answer = ok(runtime().modelsExport(bundle, user / "net.pt", "+backbone"));
    torch::jit::ExtraFilesMap extra = {{"LICENCE-DINOv3.txt", ""}};
    torch::jit::Module module = torch::jit::load((user / "net.pt").string(), torch::kCPU, extra);
    EXPECT(extra.at("LICENCE-DINOv3.txt").find("DINOv3 License") != std::string::npos);
    const auto beside = readFile(answer["notice"].get<std::string>());
    REQUIRE_OK(beside);
    EXPECT_EQ(*beside, extra.at("LICENCE-DINOv3.txt"));
    const torch::NoGradGuard noGrad;
    const torch::Tensor image = torch::randn({1, 3, 64, 64});
    EXPECT_CLOSE(module.forward({image}).toTensor(), logitsOf(bundle, image), 1e-4);
    // An adapter and the state dict of the rest hold none of them.
    ok(runtime().modelsExport(bundle, user / "adapter", "peft"));
    EXPECT(fs::exists(user / "adapter" / "adapter_model.safetensors"));
    ok(runtime().modelsExport(bundle, user / "state.safetensors", ""));
}

GD_TEST_MAIN()
