// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model_store.h"
#include "core/nn/dino/vit_load.h"
#include "core/nn/io/safetensors.h"
#include "core/nn/lora/lora.h"
#include "tests/engine/engine_support.h"

using namespace guidino;
using namespace guidino::engine;
using namespace guidino::test;

namespace {

torch::Tensor logitsOf(nn::Segmenter& model)
{
    const torch::NoGradGuard noGrad;
    torch::manual_seed(3);
    return model.forward(torch::rand({1, 3, 64, 64})).logits.front();
}

} // namespace

GD_TEST(folderAndZipRoundTrip)
{
    const UserFolder user;
    for (const char* system : {"guidino-u", "guidino-w", "unet", "nnwnet"}) {
        const fs::path folder = user / system;
        const Bundle written = writeTinyBundle(folder, tinyConfig(system));
        const auto read = readBundle(folder);
        REQUIRE_OK(read);
        EXPECT_EQ(read->sha256, written.sha256);
        EXPECT_EQ(read->classes.front().name, "class 1");
        EXPECT_EQ(toJson(read->config), toJson(written.config));
        EXPECT_EQ(Json::parse(read->training)["epochs"], 3);
        const auto model = loadModel(*read);
        REQUIRE_OK(model);

        const fs::path zip = user / (std::string(system) + ".zip");
        REQUIRE_OK(writeBundleZip(*read, zip));
        const auto unzipped = readBundle(zip);
        REQUIRE_OK(unzipped);
        EXPECT_EQ(unzipped->path, zip);
        const auto again = loadModel(*unzipped);
        REQUIRE_OK(again);
        EXPECT_CLOSE(logitsOf(**again), logitsOf(**model), 0);
    }
}

GD_TEST(writingReplacesAWholeFolder)
{
    const UserFolder user;
    const fs::path folder = user / "best";
    const Bundle first = writeTinyBundle(folder, tinyConfig("unet"));
    const Bundle second = writeTinyBundle(folder, tinyConfig("unet", {"network.base_channels=8"}));
    EXPECT(first.sha256 != second.sha256);
    const auto read = readBundle(folder);
    REQUIRE_OK(read);
    EXPECT_EQ(read->sha256, second.sha256);
    int entries = 0;
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder.parent_path())) {
        ++entries;
    }
    EXPECT_EQ(entries, 1); // nothing left behind
}

GD_TEST(roundedWeightsAreSmallerAndNear)
{
    const UserFolder user;
    const nn::SystemConfig config = tinyConfig("guidino-u");
    const Bundle fp32 = writeTinyBundle(user / "fp32", config);
    const Bundle bf16 = writeTinyBundle(user / "bf16", config, WeightPrecision::Bf16);
    EXPECT(
        fs::file_size(bf16.folder / "weights.safetensors") * 3
        < fs::file_size(fp32.folder / "weights.safetensors") * 2);
    const auto a = loadModel(fp32);
    const auto b = loadModel(bf16);
    REQUIRE_OK(a);
    REQUIRE_OK(b);
    EXPECT_CLOSE(logitsOf(**b), logitsOf(**a), 5e-2);
    EXPECT((logitsOf(**b) - logitsOf(**a)).abs().max().item<double>() > 0);
}

GD_TEST(loadingIsStrict)
{
    const UserFolder user;
    const fs::path folder = user / "m";
    writeTinyBundle(folder, tinyConfig("guidino-u"));
    const fs::path file = folder / "weights.safetensors";
    const auto original = readFile(file);
    REQUIRE_OK(original);
    const auto rewrite = [&](const auto& change) {
        auto weights = nn::readSafetensors(file);
        REQUIRE_OK(weights);
        auto tensors = weights->tensors;
        for (auto& [key, tensor] : tensors) {
            tensor = tensor.clone();
        }
        change(tensors);
        REQUIRE_OK(nn::writeSafetensors(file, tensors));
        auto bundle = readBundle(folder);
        EXPECT(codeOf(bundle, {"SHA-256"}) == ErrorCode::BadInput); // exchanged weights are noticed
        // With the hash put right, the names still must agree.
        Bundle forced;
        forced.config = tinyConfig("guidino-u");
        forced.folder = folder;
        forced.path = folder;
        const auto result = loadModel(forced);
        REQUIRE_OK(writeFileAtomically(file, *original));
        return result;
    };
    EXPECT(
        codeOf(
            rewrite([](nn::TensorMap& t) { t.erase("guide.tokenbook.book"); }),
            {"1 missing: guide.tokenbook.book"})
        == ErrorCode::BadInput);
    EXPECT(
        codeOf(
            rewrite([](nn::TensorMap& t) { t["network.extra"] = torch::zeros({2}); }),
            {"1 unexpected: network.extra"})
        == ErrorCode::BadInput);
    EXPECT(
        codeOf(
            rewrite([](nn::TensorMap& t) {
                t["guide.tokenbook.book"] = torch::zeros({7, 64});
            }),
            {"of another shape", "[7, 64] instead of [6, 64]"})
        == ErrorCode::BadInput);

    const Bundle other = writeTinyBundle(user / "other", tinyConfig("nnwnet"));
    Bundle mixed = other;
    mixed.config = tinyConfig("unet");
    EXPECT(codeOf(loadModel(mixed), {"missing", "unexpected"}) == ErrorCode::BadInput);
}

GD_TEST(damagedBundlesAreRefused)
{
    const UserFolder user;
    const fs::path folder = user / "m";
    const Bundle bundle = writeTinyBundle(folder, tinyConfig("unet"));
    EXPECT(codeOf(readBundle(user / "none"), {"There is no model bundle"}) == ErrorCode::NotFound);

    const fs::path zip = user / "m.zip";
    REQUIRE_OK(writeBundleZip(bundle, zip));
    fs::resize_file(zip, fs::file_size(zip) / 2);
    EXPECT(codeOf(readBundle(zip), {zip.string()}) == ErrorCode::BadInput);

    const auto config = readFile(folder / "config.json");
    REQUIRE_OK(config);
    const auto withConfig = [&](const std::string& text) {
        REQUIRE_OK(writeFileAtomically(folder / "config.json", text));
        return readBundle(folder);
    };
    EXPECT(codeOf(withConfig("{"), {"no JSON"}) == ErrorCode::BadInput);
    EXPECT(codeOf(withConfig("{}"), {"no model bundle"}) == ErrorCode::BadInput);
    Json json = Json::parse(*config);
    json["schema"] = 99;
    EXPECT(codeOf(withConfig(json.dump()), {"newer version"}) == ErrorCode::BadInput);
    json = Json::parse(*config);
    json["config"]["training"]["epochs"] = "many";
    EXPECT(codeOf(withConfig(json.dump()), {"training.epochs"}) == ErrorCode::BadInput);
    json = Json::parse(*config);
    json["classes"] = Json::array();
    EXPECT(codeOf(withConfig(json.dump()), {"classes"}) == ErrorCode::BadInput);
    REQUIRE_OK(withConfig(*config));
    fs::resize_file(folder / "weights.safetensors", 100);
    EXPECT(codeOf(readBundle(folder), {"damaged"}) == ErrorCode::BadInput);
    fs::remove(folder / "weights.safetensors");
    EXPECT(codeOf(readBundle(folder), {"no weights.safetensors"}) == ErrorCode::BadInput);
}

GD_TEST(zipsThatLeadOutAreRefused)
{
    const UserFolder user;
    // A stored zip of one empty file, written by hand: name "../x" .
    const std::string name = "../x";
    const auto u16 = [](unsigned v) { return std::string{char(v & 255), char(v >> 8)}; };
    const auto u32 = [&](unsigned v) { return u16(v & 65535) + u16(v >> 16); };
    const std::string common = u16(20) + u16(0) + u16(0) + u16(0) + u16(33) + u32(0) + u32(0)
                               + u32(0) + u16(unsigned(name.size())) + u16(0);
    const std::string local = "PK\x03\x04" + common + name;
    const std::string central =
        "PK\x01\x02" + u16(20) + common + u16(0) + u16(0) + u16(0) + u32(0) + u32(0) + name;
    const std::string end = std::string("PK\x05\x06") + u16(0) + u16(0) + u16(1) + u16(1)
                            + u32(unsigned(central.size())) + u32(unsigned(local.size())) + u16(0);
    REQUIRE_OK(writeFileAtomically(user / "evil.zip", local + central + end));
    EXPECT(codeOf(readBundle(user / "evil.zip"), {"leads out"}) == ErrorCode::BadInput);
}

GD_TEST(randomBackbonesAreDeterministic)
{
    const UserFolder user;
    const auto a = addRandomModel("vits16", "a", 5);
    const auto b = addRandomModel("vits16", "b", 5);
    const auto c = addRandomModel("vits16", "c", 6);
    REQUIRE_OK(a);
    REQUIRE_OK(b);
    REQUIRE_OK(c);
    EXPECT_EQ(a->sha256, b->sha256);
    EXPECT(a->sha256 != c->sha256);
    EXPECT_EQ(a->vit.embed_dim, 384);
    EXPECT(codeOf(addRandomModel("vits99", "", 0), {"vits16"}) == ErrorCode::Usage);

    const auto models = listStoredModels();
    REQUIRE_OK(models);
    EXPECT_EQ(models->size(), 3u);
    EXPECT(
        codeOf(findBackbone("vitb16", true), {"models add", "guide.source=self"})
        == ErrorCode::NotFound);
    const auto noSelf = findBackbone("vitb16", false);
    EXPECT(codeOf(noSelf, {"models add"}) == ErrorCode::NotFound);
    EXPECT(noSelf.error().message.find("guide.source=self") == std::string::npos);
    REQUIRE_OK(removeModel("b"));
    REQUIRE_OK(removeModel("c"));
    const auto byArchitecture = findBackbone("vits16", true); // the only one of its kind
    REQUIRE_OK(byArchitecture);
    EXPECT_EQ(byArchitecture->name, "a");
    EXPECT(codeOf(removeModel("b")) == ErrorCode::NotFound);
}

GD_TEST(bundlesReferToTheirBackbone)
{
    const UserFolder user;
    REQUIRE_OK(addRandomModel("vits16", "vit", 1));
    const nn::SystemConfig config = tinyConfig(
        "guidino-u-lora",
        {"guide.source=dinov3", "guide.backbone=vit", "lora.rank=2", "guide.prototypes=4"});
    const fs::path folder = user / "m";
    Bundle bundle = writeTinyBundle(folder, config);
    EXPECT(fs::file_size(folder / "weights.safetensors") < 4'000'000); // no ViT (86 MB) inside
    EXPECT(fs::exists(folder / "adapter" / "adapter_model.safetensors"));
    EXPECT_EQ(bundle.backbone.architecture, "vits16");

    // A changed adapter comes back.
    auto model = loadModel(bundle, "cpu", false);
    REQUIRE_OK(model);
    for (torch::Tensor& parameter : nn::loraParameters(*(*model)->guideBackbone())) {
        const torch::NoGradGuard noGrad;
        parameter.add_(0.02);
    }
    REQUIRE_OK(writeBundle(bundle, **model, folder));
    const auto again = readBundle(folder);
    REQUIRE_OK(again);
    const auto loaded = loadModel(*again);
    REQUIRE_OK(loaded);
    EXPECT_CLOSE(logitsOf(**loaded), logitsOf(**model), 1e-4);

    REQUIRE_OK(removeModel("vit"));
    EXPECT(codeOf(loadModel(*again), {"models add"}) == ErrorCode::NotFound);
    REQUIRE_OK(addRandomModel("vits16", "vit", 2));
    EXPECT(codeOf(loadModel(*again), {"another guide backbone"}) == ErrorCode::BadInput);
}

GD_TEST(licencesAreAskedFor)
{
    const UserFolder user;
    const fs::path golden = goldenFolder() / "checkpoints";
    if (!fs::exists(golden)) {
        throw Skip{"no golden checkpoints"};
    }
    EXPECT(
        codeOf(addModel(golden / "dinov3_tiny_hf", "tiny", false), {"--accept-licence"})
        == ErrorCode::Usage);
    for (const char* name : {"dinov3_tiny_hf", "dinov3_tiny_meta.pth", "dinov3_tiny_teacher.pth"}) {
        const auto model = addModel(golden / name, "tiny", true);
        REQUIRE_OK(model);
        EXPECT_EQ(model->licence, "DINOv3 License");
        EXPECT(!model->licenceAccepted.empty());
        EXPECT_EQ(model->vit.embed_dim, 64);
        EXPECT_EQ(model->sha256.size(), 64u);
    }
    for (const char* name :
         {"hostile_reduce.pth", "truncated.safetensors", "huge_header.safetensors"}) {
        EXPECT(codeOf(addModel(golden / name, "bad", true)) == ErrorCode::BadInput);
    }
    EXPECT(codeOf(addModel(golden / "none.pth", "", true)) == ErrorCode::NotFound);
    EXPECT(codeOf(addModel(golden / "dinov3_tiny_hf", "../x", true)) == ErrorCode::Usage);
}

GD_TEST_MAIN()
