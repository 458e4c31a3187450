// SPDX-License-Identifier: Apache-2.0
// What predictions and trainings start from besides image files: packs, kept tokens, prompts,
// painted guides.
#include "core/base/npy.h"
#include "core/engine/guarded.h"
#include "core/engine/guide_corrections.h"
#include "core/engine/model_store.h"
#include "core/engine/prompt_guide.h"
#include "core/engine/stored_png.h"
#include "core/engine/token_cache.h"
#include "core/imaging/image_reader.h"
#include "core/nn/data/pack.h"
#include "tests/engine/engine_support.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <iterator>

using namespace guidino;
using namespace guidino::engine;
using namespace guidino::test;

namespace {

Runtime& runtime()
{
    return *guidino_runtime_v1();
}

/// A pack of three discs, one of them in the list "test".
nn::Pack somePack()
{
    nn::Pack pack;
    pack.images = torch::empty({3, 64, 64, 3}, torch::kUInt8);
    pack.masks = torch::zeros({3, 64, 64}, torch::kUInt8);
    for (std::int64_t i = 0; i < 3; ++i) {
        const Raster8 image = discImage(64, 64, static_cast<int>(i) + 1);
        std::copy_n(image.data(), image.pixels().size(), pack.images[i].data_ptr<std::uint8_t>());
        pack.masks[i].narrow(0, 20, 20).narrow(1, 16, 20).fill_(1);
        pack.names.push_back("part/disc" + std::to_string(i) + ".png");
    }
    pack.splits["test"] = {pack.names[2]};
    return pack;
}

/// How much of a model's ViT is asked for.
class CountingSegmenter final : public nn::Segmenter
{
public:
    nn::SegmenterOutput forward(const torch::Tensor&, const nn::ForwardOptions&) override
    {
        return {};
    }

    torch::Tensor guideTokens(const torch::Tensor& image) override
    {
        computed += image.size(0);
        return at::avg_pool2d(image, 16);
    }

    std::int64_t computed = 0;
};

std::int64_t filesIn(const fs::path& folder)
{
    return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

} // namespace

GD_TEST(packsArePredictedAndExplained)
{
    const UserFolder user;
    writeTinyBundle(user / "m", tinyConfig("guidino-u"));
    const nn::Pack pack = somePack();
    REQUIRE_OK(nn::writePack(user / "discs.pack", pack));
    JobContext context;
    PredictRequest request;
    request.model = user / "m";
    request.input = user / "discs.pack";
    request.out = user / "out";
    request.device = "cpu";
    const auto outcome = runtime().predict(request, context);
    REQUIRE_OK(outcome);
    EXPECT_EQ(outcome->predicted, 3);
    const Json summary = readJson(user / "out/predictions.json");
    EXPECT_EQ(summary["images"][1]["name"], "part/disc1.png");
    EXPECT_EQ(summary["images"][1]["width"], 64);
    // The same picture as a file gives the same mask.
    fs::create_directories(user / "files");
    REQUIRE_OK(imaging::writePng(user / "files/disc1.png", discImage(64, 64, 2)));
    request.input = user / "files/disc1.png";
    request.out = user / "files-out";
    REQUIRE_OK(runtime().predict(request, context));
    const auto fromPack = imaging::readGrey8(user / "out/masks/disc1.png");
    const auto fromFile = imaging::readGrey8(user / "files-out/masks/disc1.png");
    REQUIRE_OK(fromPack);
    REQUIRE_OK(fromFile);
    EXPECT(std::equal(
        fromPack->pixels().begin(), fromPack->pixels().end(), fromFile->pixels().begin()));

    request.input = user / "discs.pack";
    request.split = "test";
    request.out = user / "part";
    const auto part = runtime().predict(request, context);
    REQUIRE_OK(part);
    EXPECT_EQ(part->predicted, 1);
    request.split = "none";
    EXPECT(codeOf(runtime().predict(request, context), {"none", "test"}) == ErrorCode::BadInput);

    ExplainRequest explain;
    explain.model = user / "m";
    explain.input = user / "discs.pack";
    explain.out = user / "explained";
    explain.groups = 2;
    explain.device = "cpu";
    REQUIRE_OK(runtime().explain(explain, context));
    const Json report = readJson(user / "explained/explain.json");
    EXPECT_EQ(report["images"].size(), 3U);
    EXPECT(report["groups"][0]["best"][0]["name"].get<std::string>().starts_with("part/disc"));
}

GD_TEST(tokensAreKeptAndBounded)
{
    const TemporaryFolder folder;
    torch::manual_seed(2);
    const torch::Tensor images = torch::rand({3, 3, 64, 64});
    CountingSegmenter model;
    TokenCache cache(folder / "tokens", "model a", 1 << 20);
    const torch::Tensor first = cache.tokensOf(model, images);
    EXPECT_EQ(model.computed, 3);
    EXPECT(torch::equal(first, at::avg_pool2d(images, 16)));
    EXPECT(torch::equal(cache.tokensOf(model, images.flip({0})), first.flip({0})));
    EXPECT_EQ(model.computed, 3);
    EXPECT_EQ(cache.hits(), 3);

    // Another run finds them; another model, other pixels and another size do not.
    TokenCache again(folder / "tokens", "model a", 1 << 20);
    EXPECT(torch::equal(again.tokensOf(model, images), first));
    EXPECT_EQ(model.computed, 3);
    TokenCache other(folder / "tokens", "model b", 1 << 20);
    (void)other.tokensOf(model, images.narrow(0, 0, 1));
    EXPECT_EQ(model.computed, 4);
    (void)again.tokensOf(model, images.narrow(0, 0, 1).flip({3}));
    EXPECT_EQ(model.computed, 5);

    // A damaged file is computed anew.
    for (const auto& entry : fs::directory_iterator(folder / "tokens")) {
        fs::resize_file(entry.path(), 20);
    }
    EXPECT(torch::equal(again.tokensOf(model, images), first));
    EXPECT_EQ(model.computed, 8);

    // What was used last stays; the folder keeps below its limit.
    TokenCache small(folder / "small", "model", 2000);
    for (std::int64_t i = 0; i < 20; ++i) {
        (void)small.tokensOf(model, torch::full({1, 3, 64, 64}, static_cast<double>(i)));
        std::uintmax_t bytes = 0;
        for (const auto& entry : fs::directory_iterator(folder / "small")) {
            bytes += entry.file_size();
        }
        EXPECT(bytes <= 4000);
    }
    EXPECT(filesIn(folder / "small") > 1);
    const std::int64_t before = model.computed;
    (void)small.tokensOf(model, torch::full({1, 3, 64, 64}, 19.0));
    EXPECT_EQ(model.computed, before);

    // A place that cannot be written to costs only time.
    REQUIRE_OK(writeFileAtomically(folder / "file", "no folder"));
    TokenCache nowhere(folder / "file" / "tokens", "model", 1 << 20);
    EXPECT(torch::equal(nowhere.tokensOf(model, images), first));
}

GD_TEST(tokensOfOneNetworkAreNotAnothers)
{
    const TemporaryFolder folder;
    setenv("GUIDINO_TOKEN_CACHE", (folder / "tokens").c_str(), 1);
    torch::manual_seed(3);
    const torch::Tensor images = torch::rand({1, 3, 64, 64});
    CountingSegmenter model;
    Bundle bundle;
    bundle.backbone.sha256 = "one ViT";
    const auto computedFor = [&](const std::string& system, bool isLegacy, int prototypes) {
        bundle.config.system = system;
        bundle.config.guide.legacy_token_slice = isLegacy;
        bundle.config.guide.prototypes = prototypes;
        const std::int64_t before = model.computed;
        const auto cache = TokenCache::forBundle(bundle, "cpu", "fp32");
        REQUIRE(cache != nullptr);
        (void)cache->tokensOf(model, images);
        return model.computed - before;
    };
    EXPECT_EQ(computedFor("segdino", false, 32), 1);     // four layers
    EXPECT_EQ(computedFor("seg-guidino", false, 32), 1); // the last one
    EXPECT_EQ(computedFor("seg-guidino", true, 32), 1);  // sliced as the published code does
    bundle.config.network.options["layers"] = nn::OptionNumbers{0, 1, 2, 3};
    EXPECT_EQ(computedFor("segdino", false, 32), 1); // other layers, the same shape
    bundle.config.network.options.clear();
    EXPECT_EQ(computedFor("segdino", false, 32), 0);
    EXPECT_EQ(computedFor("seg-guidino", false, 16), 0); // another TokenBook on the same tokens
    unsetenv("GUIDINO_TOKEN_CACHE");
}

GD_TEST(predictionsUseKeptTokens)
{
    const UserFolder user;
    setenv("GUIDINO_TOKEN_CACHE", (user / "tokens").c_str(), 1);
    REQUIRE_OK(runtime().modelsAddRandom("vits16", "vits16", 1));
    writeTinyBundle(
        user / "m", tinyConfig("seg-guidino", {"network.hidden_dim=32", "guide.prototypes=4"}));
    fs::create_directories(user / "images");
    REQUIRE_OK(imaging::writePng(user / "images/a.png", discImage(64, 64, 1)));
    JobContext context;
    PredictRequest request;
    request.model = user / "m";
    request.input = user / "images";
    request.device = "cpu";
    request.mirror = true;
    std::vector<std::string> masks;
    for (const char* out : {"first", "second"}) {
        request.out = user / out;
        REQUIRE_OK(runtime().predict(request, context));
        EXPECT_EQ(filesIn(user / "tokens"), 4); // one for each of the mirrored views
        const auto guide = readFile(user / out / std::string("guide/a.npy"));
        REQUIRE_OK(guide);
        masks.push_back(*guide);
    }
    EXPECT(masks[0] == masks[1]);
    setenv("GUIDINO_TOKEN_CACHE", "off", 1);
}

GD_TEST(promptsMakeGuides)
{
    // A 4 x 4 grid over 64 x 64: the left half has one kind of token, the right half another.
    Prediction own;
    own.tokens = RasterF(4, 4, 2);
    own.guideNative = RasterF(64, 64);
    std::fill(own.guideNative.pixels().begin(), own.guideNative.pixels().end(), 0.8F);
    for (int y = 0; y < 4; ++y) {
        for (int x = 0; x < 4; ++x) {
            own.tokens.at(x, y, x < 2 ? 0 : 1) = 1;
            own.tokenAreas.push_back({16 * x, 16 * y, 16, 16});
        }
    }
    const auto guideOf = [&](std::vector<Session::Prompt> prompts) {
        const auto guide = guideOfPrompts(prompts, own, {64, 64});
        REQUIRE_OK(guide);
        EXPECT(guide->width() == 4 && guide->height() == 4);
        return *guide;
    };
    RasterF guide = guideOf({{"positive", {5, 5}}});
    EXPECT(guide.at(1, 3) > 0.9F && guide.at(2, 3) < 0.1F);
    guide = guideOf({{"positive", {5, 5}}, {"negative", {5, 60}}});
    EXPECT_NEAR(guide.at(0, 0), 0.5, 1e-6); // both look alike
    guide = guideOf({{"negative", {5, 5}}});
    EXPECT(guide.at(0, 0) < 0.1F && guide.at(3, 0) > 0.7F && guide.at(3, 0) <= 0.8F);
    guide = guideOf({{"box", {0, 32, 32, 64}}});
    EXPECT(guide.at(0, 3) > 0.9F);
    EXPECT_EQ(guide.at(0, 0), 0.0F);
    EXPECT_EQ(guide.at(3, 3), 0.0F);
    const auto refuse = [&](const Session::Prompt& prompt, const std::string& part) {
        EXPECT(codeOf(guideOfPrompts({prompt}, own, {64, 64}), {part}) == ErrorCode::BadInput);
    };
    refuse({"positive", {5}}, "x, y");
    refuse({"positive", {65, 5}}, "outside");
    refuse({"box", {1, 2, 3}}, "x0, y0");
    refuse({"box", {1, 2, 3, NAN}}, "outside");
    refuse({"lasso", {1, 2}}, "lasso");
    own.tokens = RasterF();
    refuse({"positive", {5, 5}}, "tokens");
}

GD_TEST(sessionsTakePrompts)
{
    const UserFolder user;
    writeTinyBundle(user / "m", tinyConfig("guidino-u"));
    writeTinyBundle(user / "plain", tinyConfig("unet"));
    REQUIRE_OK(imaging::writePng(user / "disc.png", discImage(96, 64)));
    JobContext context;
    auto session = runtime().openSession(user / "m", "cpu", 1);
    REQUIRE_OK(session);
    Session::Request request;
    request.image = user / "disc.png";
    request.outFolder = user / "out";
    request.prompts = {{"positive", {30, 30}}};
    const auto clicked = (*session)->predict(request, context);
    REQUIRE_OK(clicked);
    request.prompts = {{"positive", {30, 30}}, {"box", {60, 0, 96, 64}}};
    request.stem = "boxed";
    const auto boxed = (*session)->predict(request, context);
    REQUIRE_OK(boxed);
    const auto guide = readNpy(boxed->guide);
    REQUIRE_OK(guide);
    EXPECT(std::abs(clicked->guideMean - boxed->guideMean) > 1e-4);
    EXPECT_EQ(guide->values.front(), 0.0F); // left of the box
    request.guide = boxed->guide;
    EXPECT(codeOf((*session)->predict(request, context), {"exclude"}) == ErrorCode::BadInput);
    auto plain = runtime().openSession(user / "plain", "cpu", 1);
    REQUIRE_OK(plain);
    request.guide.reset();
    EXPECT(codeOf((*plain)->predict(request, context), {"no guide"}) == ErrorCode::BadInput);
}

GD_TEST(paintedGuidesAreRead)
{
    const TemporaryFolder folder;
    Raster8 codes(8, 4);
    std::fill(codes.pixels().begin(), codes.pixels().end(), std::uint8_t{255});
    for (int y = 0; y < 4; ++y) {
        codes.at(0, y) = 0;
        codes.at(7, y) = 1;
    }
    REQUIRE_OK(imaging::writePng(folder / "a.png", codes));
    REQUIRE_OK(writeNpy(folder / "b.npy", {1, 2}, std::vector<float>{2, 1}));
    GuideCorrections corrections(folder.path());
    const nn::ResizePlan plan = nn::makeResizePlan({80, 40}, {32, 32}, "squash");
    const torch::Tensor a = corrections.codesFor("a", plan);
    REQUIRE(a.defined());
    EXPECT_EQ(a[5][0].item<int>(), 0);
    EXPECT_EQ(a[5][16].item<int>(), 255);
    EXPECT_EQ(a[5][31].item<int>(), 1);
    EXPECT(!corrections.codesFor("c", plan).defined());
    EXPECT_EQ(corrections.unused().size(), 1U);
    // Letterboxed, nothing is said about the bars.
    const nn::ResizePlan letterbox = nn::makeResizePlan({80, 40}, {32, 32}, "letterbox");
    const torch::Tensor b = corrections.codesFor("b", letterbox);
    EXPECT_EQ(b[0][0].item<int>(), 255);
    EXPECT_EQ(b[16][3].item<int>(), 2);
    EXPECT_EQ(b[16][30].item<int>(), 1);
    const torch::Tensor all = corrections.codesFor({"c", "a"}, {plan, plan});
    EXPECT((all[0] == 2).all().item<bool>());
    EXPECT(torch::equal(all[1], a));

    codes.at(3, 3) = 77;
    REQUIRE_OK(imaging::writePng(folder / "a.png", codes));
    bool isRefused = false;
    try {
        (void)GuideCorrections(folder.path()).codesFor("a", plan);
    } catch (const ErrorException& exception) {
        isRefused = exception.error.code == ErrorCode::BadInput
                    && exception.error.message.find("77") != std::string::npos;
    }
    EXPECT(isRefused);
}

/// Read back by libpng.
GD_TEST(storedPngsAreValid)
{
    const TemporaryFolder folder;
    const Raster8 rgb = discImage(301, 117); // more than one stored block
    REQUIRE_OK(writeStoredPng(folder / "rgb.png", rgb));
    const auto colours = imaging::readRgb8(folder / "rgb.png");
    REQUIRE_OK(colours);
    EXPECT(std::equal(rgb.pixels().begin(), rgb.pixels().end(), colours->pixels().begin()));
    Raster16 deep(5, 3);
    for (std::size_t i = 0; i < 15; ++i) {
        deep.pixels()[i] = static_cast<std::uint16_t>(4000 * i + 7);
    }
    REQUIRE_OK(writeStoredPng(folder / "deep.png", deep));
    const auto read = imaging::readGrey16(folder / "deep.png");
    REQUIRE_OK(read);
    EXPECT(std::equal(deep.pixels().begin(), deep.pixels().end(), read->pixels().begin()));
    Raster8 indices(3, 2);
    indices.at(2, 1) = 2;
    REQUIRE_OK(
        writeStoredPng(folder / "indexed.png", indices, {{0, 0, 0}, {9, 8, 7}, {200, 100, 50}}));
    const auto indexed = imaging::readImage(folder / "indexed.png");
    REQUIRE_OK(indexed);
    EXPECT(indexed->info.isPalette);
    EXPECT_EQ(std::get<Raster8>(indexed->pixels).at(2, 1), 2);
}

GD_TEST_MAIN()
