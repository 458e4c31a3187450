// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model_store.h"
#include "core/nn/dino/vit.h"
#include "core/nn/dino/vit_load.h"
#include "core/nn/io/safetensors.h"
#include "tests/engine/engine_support.h"

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

fs::path golden(const std::string& name)
{
    const fs::path path = goldenFolder() / "checkpoints" / name;
    if (goldenFolder().empty() || !fs::exists(path)) {
        throw Skip{"no golden file " + name};
    }
    return path;
}

} // namespace

GD_TEST(storeIsListedShownAndEmptied)
{
    const UserFolder user;
    EXPECT_EQ(ok(runtime().modelsList())["models"].size(), 0u);
    const Json added = ok(runtime().modelsAddRandom("vits16", "", 3));
    EXPECT_EQ(added["name"], "vits16-random");
    EXPECT_EQ(added["architecture"], "vits16");
    const Json list = ok(runtime().modelsList());
    EXPECT_EQ(list["models"].size(), 1u);
    EXPECT_EQ(list["models"][0]["sha256"], added["sha256"]);
    const Json shown = ok(runtime().modelsShow("vits16-random"));
    EXPECT_EQ(shown["kind"], "backbone");
    EXPECT_EQ(shown["architecture"], "vits16");
    EXPECT(shown["parameters"].get<std::int64_t>() > 21'000'000);
    ok(runtime().modelsRemove("vits16-random"));
    EXPECT_EQ(ok(runtime().modelsList())["models"].size(), 0u);
    EXPECT(codeOf(runtime().modelsRemove("vits16-random")) == ErrorCode::NotFound);
}

GD_TEST(anyCheckpointIsListed)
{
    const UserFolder user;
    const Json nnunet = ok(runtime().modelsShow(golden("nnunet_checkpoint_final.pth")));
    EXPECT_EQ(nnunet["architecture"], "nnunet");
    EXPECT(nnunet["tensor_count"].get<int>() > 10);
    const Json lightning = ok(runtime().modelsShow(golden("guidino_u_lightning.ckpt")));
    EXPECT_EQ(lightning["architecture"], "guidino-u");
    EXPECT_EQ(lightning["kind"], "network");
    const Json adapter = ok(runtime().modelsShow(golden("dinov3_tiny_lora_adapter")));
    EXPECT_EQ(adapter["kind"], "adapter");
    const Json vit = ok(runtime().modelsShow(golden("dinov3_tiny_hf_bf16")));
    EXPECT_EQ(vit["kind"], "backbone");
    EXPECT_EQ(vit["vit"]["embed_dim"], 64);
    EXPECT(codeOf(runtime().modelsShow(golden("hostile_reduce.pth"))) == ErrorCode::BadInput);
    EXPECT(codeOf(runtime().modelsShow(golden("truncated.safetensors"))) == ErrorCode::BadInput);
    EXPECT(codeOf(runtime().modelsShow(user / "nothing")) == ErrorCode::NotFound);

    writeTinyBundle(user / "m", tinyConfig("guidino-u"));
    const Json bundle = ok(runtime().modelsShow(user / "m"));
    EXPECT_EQ(bundle["kind"], "bundle");
    EXPECT_EQ(bundle["architecture"], "guidino-u");
    EXPECT_EQ(bundle["config"]["guide"]["prototypes"], 6);
}

GD_TEST(importedLightningCheckpointComputesTheReference)
{
    const UserFolder user;
    const fs::path expectFile = golden("guidino_u_lightning_expect.safetensors");
    // Its tokens have 32 channels: a backbone of that width, whose output the test replaces.
    nn::VitConfig tiny;
    tiny.name = "tiny32";
    tiny.embed_dim = 32;
    tiny.depth = 1;
    tiny.num_heads = 1;
    tiny.ffn_hidden = 64;
    nn::VisionTransformer vit(tiny);
    REQUIRE_OK(nn::writeSafetensors(user / "tiny32.safetensors", nn::toMeta(vit)));
    ok(runtime().modelsAdd(user / "tiny32.safetensors", "tiny32", true));

    const fs::path out = user / "imported";
    const Json report =
        ok(runtime().modelsImport(golden("guidino_u_lightning.ckpt"), "guidino-u", out));
    EXPECT_EQ(report["guide_backbone"]["name"], "tiny32");
    EXPECT_EQ(report["config"]["network"]["base_channels"], 4);
    EXPECT_EQ(report["config"]["guide"]["prototypes"], 6);
    const auto bundle = readBundle(out);
    REQUIRE_OK(bundle);
    const auto model = loadModel(*bundle);
    REQUIRE_OK(model);
    const auto expected = nn::readSafetensors(expectFile);
    REQUIRE_OK(expected);
    nn::ForwardOptions options;
    options.tokens = expected->tensors.at("input.guide_feat");
    const torch::NoGradGuard noGrad;
    const nn::SegmenterOutput output =
        (*model)->forward(expected->tensors.at("input.image"), options);
    EXPECT_CLOSE(output.logits.front(), expected->tensors.at("output.logits"), 2e-5);
    EXPECT_CLOSE(output.guide, expected->tensors.at("output.guide"), 2e-5);

    EXPECT(
        codeOf(
            runtime().modelsImport(golden("guidino_u_lightning.ckpt"), "unet", user / "x"),
            {"those of guidino-u, not of unet"})
        == ErrorCode::BadInput);
    EXPECT(
        codeOf(runtime().modelsImport(golden("guidino_u_lightning.ckpt"), "resnet", user / "x"))
        == ErrorCode::Usage);
    EXPECT(
        codeOf(
            runtime().modelsImport(golden("dinov3_tiny_meta.pth"), "", user / "x"), {"models add"})
        == ErrorCode::BadInput);
    EXPECT(!fs::exists(user / "x"));
}

GD_TEST(importOfNnUnet)
{
    const UserFolder user;
    const fs::path file = golden("nnunet_checkpoint_final.pth");
    // Recognised by its keys.
    const auto text = runtime().modelsImport(file, "", user / "bundle");
    REQUIRE_OK(text);
    const Json report = Json::parse(*text);
    EXPECT_EQ(report["architecture"], "nnunet");
    EXPECT_EQ(report["config"]["network"]["features_per_stage"], (Json{4, 8, 12, 16}));
    EXPECT_EQ(report["config"]["network"]["strides"], (Json{1, 2, 2, 2}));
    EXPECT_EQ(report["config"]["network"]["num_classes"], 2);
    const auto bundle = engine::readBundle(user / "bundle");
    REQUIRE_OK(bundle);
    const auto model = engine::loadModel(*bundle, "cpu", true);
    REQUIRE_OK(model);
    const auto expected = nn::readSafetensors(golden("nnunet_expect.safetensors"));
    REQUIRE_OK(expected);
    const torch::NoGradGuard noGrad;
    const nn::SegmenterOutput output = (*model)->forward(expected->tensors.at("input.image"));
    EXPECT_CLOSE(output.logits.front(), expected->tensors.at("output.logits.0"), 2e-5);
    // Back out with all aliases, as strict loading there wants them.
    REQUIRE_OK(runtime().modelsExport(user / "bundle", user / "out.safetensors", ""));
    const auto again = nn::readSafetensors(user / "out.safetensors");
    const auto original = nn::readCheckpoint(file);
    REQUIRE_OK(again);
    REQUIRE_OK(original);
    EXPECT_EQ(again->tensors.size(), original->tensors.size());
    for (const auto& [key, tensor] : original->tensors) {
        const auto found = again->tensors.find(key);
        EXPECT(found != again->tensors.end() && torch::equal(found->second, tensor));
    }
    // A tensor is missing.
    nn::TensorMap part = again->tensors;
    part.erase("decoder.transpconvs.0.bias");
    REQUIRE_OK(nn::writeSafetensors(user / "part.safetensors", part, {}));
    EXPECT(
        codeOf(
            runtime().modelsImport(user / "part.safetensors", "nnunet", user / "x"),
            {"1 missing", "network.decoder.transpconvs.0.bias"})
        == ErrorCode::BadInput);
    EXPECT(codeOf(runtime().modelsImport(file, "swinunet-none", user / "x")) == ErrorCode::Usage);
}

/// SegDINO's file: its head, and the ViT that was trained along.
GD_TEST(importOfSegDinoWithItsViT)
{
    const UserFolder user;
    ok(runtime().modelsAddRandom("vits16", "vit", 3));
    for (const char* system : {"segdino", "segdino-v2"}) {
        const auto config = engine::loadSystemConfig(
            std::string(system) + ".parity", "", {"guide.backbone=vit", "data.image_size=64"});
        REQUIRE_OK(config);
        auto model = engine::makeModel(*config);
        REQUIRE_OK(model);
        Bundle bundle;
        bundle.config = *config;
        bundle.classes = {BundleClass{}};
        REQUIRE_OK(engine::writeBundle(bundle, **model, user / "own"));
        const fs::path file = user / "segdino.safetensors";
        EXPECT(
            codeOf(runtime().modelsExport(user / "own", file, ""), {"DINOv3"}) == ErrorCode::Usage);
        ok(runtime().modelsExport(user / "own", file, "+backbone"));
        const auto written = nn::readSafetensors(file);
        REQUIRE_OK(written);
        EXPECT(written->tensors.contains("backbone.blocks.11.attn.qkv.weight"));
        EXPECT(written->tensors.lower_bound("head.") != written->tensors.end());
        const Json report = ok(runtime().modelsImport(file, "", user / "again"));
        EXPECT_EQ(report["architecture"], system);
        EXPECT_EQ(report["guide_backbone"]["inside"], true);
        const auto again = engine::readBundle(user / "again");
        REQUIRE_OK(again);
        const auto loaded = engine::loadModel(*again);
        REQUIRE_OK(loaded);
        (*model)->eval();
        const torch::NoGradGuard noGrad;
        const torch::Tensor image = torch::randn({1, 3, 64, 64});
        EXPECT_CLOSE(
            (*loaded)->forward(image).logits.front(),
            (*model)->forward(image).logits.front(),
            1e-5);
    }
}

GD_TEST(architecturesWithTheirFigures)
{
    const UserFolder user;
    const auto text = runtime().modelsArchitectures(256, "unet");
    REQUIRE_OK(text);
    const Json unet = Json::parse(*text)["architectures"][0];
    EXPECT_EQ(unet["parameters"], 7763041);
    EXPECT_NEAR(unet["multiply_adds"].get<double>() / 1e9, 12.07, 0.006);
    EXPECT_EQ(unet["backbone"], nullptr);
    const auto decoder = runtime().modelsArchitectures(64, "segdino-v2");
    REQUIRE_OK(decoder);
    const Json segdino = Json::parse(*decoder)["architectures"][0];
    EXPECT_EQ(segdino["parameters"], 3299593);
    EXPECT_EQ(segdino["backbone"], "vits16");
    EXPECT(segdino["backbone_parameters"].get<std::int64_t>() > 21000000);
    EXPECT(
        segdino["multiply_adds"].get<std::int64_t>()
        > segdino["backbone_multiply_adds"].get<std::int64_t>());
    EXPECT(codeOf(runtime().modelsArchitectures(16, ""), {"32"}) == ErrorCode::Usage);
    EXPECT(codeOf(runtime().modelsArchitectures(256, "nnunett"), {"nnunet"}) == ErrorCode::Usage);
}

GD_TEST(exportAndImportRoundTrip)
{
    const UserFolder user;
    for (const char* system : {"unet", "nnwnet"}) {
        const fs::path bundle = user / system;
        const Bundle written = writeTinyBundle(bundle, tinyConfig(std::string(system) + ".parity"));
        const fs::path file = user / (std::string(system) + ".safetensors");
        EXPECT_EQ(ok(runtime().modelsExport(bundle, file, ""))["format"], "safetensors");
        const Json report = ok(runtime().modelsImport(file, "", user / "again"));
        EXPECT_EQ(report["architecture"], system);
        EXPECT_EQ(report["sha256"], written.sha256);
        const fs::path zip = user / (std::string(system) + ".zip");
        ok(runtime().modelsExport(bundle, zip, "zip"));
        const Json stored = ok(runtime().modelsAdd(zip, std::string("my-") + system, false));
        EXPECT_EQ(stored["kind"], "bundle");
        const auto found = findBundle(std::string("my-") + system);
        REQUIRE_OK(found);
        REQUIRE_OK(readBundle(*found));
    }
    EXPECT(
        codeOf(runtime().modelsExport(user / "unet", user / "a", "peft")) == ErrorCode::BadInput);
    EXPECT(codeOf(runtime().modelsExport(user / "unet", user / "a", "onnx")) == ErrorCode::Usage);
}

GD_TEST(metricsAreVerified)
{
    const fs::path file = goldenFolder() / "metrics_cases.json";
    if (!fs::exists(file)) {
        throw Skip{"no metrics_cases.json"};
    }
    JobContext context;
    VerifyRequest request;
    request.paths = {file};
    const std::vector<VerifyCase> cases = runtime().verify(request, context);
    EXPECT_EQ(cases.size(), 24u);
    for (const VerifyCase& one : cases) {
        EXPECT_EQ(one.status, "ok");
        EXPECT(one.name.starts_with("metrics_cases"));
    }
}

GD_TEST(devicesBeginWithTheCpu)
{
    const std::vector<DeviceInfo> devices = runtime().devices();
    REQUIRE(!devices.empty());
    EXPECT_EQ(devices.front().name, "cpu");
    EXPECT(devices.front().usable && devices.front().memoryBytes > 0);
    for (const DeviceInfo& device : devices) {
        EXPECT(device.usable == device.reason.empty());
    }
    const UserFolder user;
    EXPECT(
        codeOf(runtime().openSession(user / "m", "tpu", 0), {"auto, cpu, cuda"})
        == ErrorCode::Usage);
}

GD_TEST_MAIN()
