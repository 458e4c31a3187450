// SPDX-License-Identifier: Apache-2.0
#include "core/base/npy.h"
#include "core/engine/predictor.h"
#include "core/imaging/image_reader.h"
#include "tests/engine/engine_support.h"

#include <fstream>

using namespace guidino;
using namespace guidino::engine;
using namespace guidino::test;

namespace {

Runtime& runtime()
{
    return *guidino_runtime_v1();
}

/// Predicts and gives the images' entries of predictions.json.
PredictOutcome predicted(const PredictRequest& request)
{
    JobContext context;
    auto outcome = runtime().predict(request, context);
    REQUIRE_OK(outcome);
    return *outcome;
}

PredictRequest requestFor(const fs::path& model, const fs::path& input, const fs::path& out)
{
    PredictRequest request;
    request.model = model;
    request.input = input;
    request.out = out;
    request.device = "cpu";
    return request;
}

/// A model whose logits are one number everywhere: all weights zero but the last bias.
Bundle writeConstantBundle(const fs::path& folder, double logit)
{
    const nn::SystemConfig config = tinyConfig("unet");
    const auto model = makeModel(config);
    REQUIRE_OK(model);
    {
        const torch::NoGradGuard noGrad;
        for (auto& item : (*model)->named_parameters()) {
            item.value().zero_();
            if (item.key() == "network.outc.conv.bias") {
                item.value().fill_(logit);
            }
        }
    }
    Bundle bundle;
    bundle.config = config;
    REQUIRE_OK(writeBundle(bundle, **model, folder));
    return bundle;
}

Raster8 labelsAt(const fs::path& file)
{
    const auto image = imaging::readGrey8(file);
    REQUIRE_OK(image);
    return *image;
}

struct CountingContext : JobContext
{
    explicit CountingContext(int most)
        : limit(most)
    {}

    [[nodiscard]] bool isCancelled() const override { return asked++ >= limit; }

    int limit;
    mutable int asked = 0;
};

} // namespace

GD_TEST(folderIsPredictedAtNativeSize)
{
    const UserFolder user;
    const fs::path native = dataFolder() / "isic-2017-native";
    const fs::path images = user / "images";
    fs::create_directories(images);
    if (fs::is_directory(native)) { // two real images of different sizes
        int copied = 0;
        for (const auto& entry : fs::recursive_directory_iterator(native)) {
            if (entry.path().extension() == ".jpg" && copied < 2) {
                fs::copy_file(entry.path(), images / entry.path().filename());
                ++copied;
            }
        }
    }
    REQUIRE_OK(imaging::writePng(images / "disc.png", discImage(90, 70)));
    REQUIRE_OK(writeFileAtomically(images / "text.png", "no image"));
    const auto truncated = imaging::encodePng(discImage(80, 60));
    REQUIRE_OK(truncated);
    REQUIRE_OK(
        writeFileAtomically(images / "cut.png", truncated->substr(0, truncated->size() / 2)));

    writeTinyBundle(user / "m", tinyConfig("guidino-u"));
    const PredictOutcome outcome = predicted(requestFor(user / "m", images, user / "out"));
    EXPECT_EQ(outcome.failures.size(), 2u);
    const Json json = readJson(user / "out/predictions.json");
    EXPECT_EQ(json["images"].size(), static_cast<std::size_t>(outcome.predicted));
    EXPECT_EQ(json["failures"].size(), 2u);
    EXPECT_EQ(json["model"]["system"], "guidino-u");
    for (const Json& image : json["images"]) {
        const auto source = imaging::readImageInfo(image["image"].get<std::string>());
        REQUIRE_OK(source);
        for (const char* key : {"mask", "guide", "probability", "overlay"}) {
            const auto info = imaging::readImageInfo(user / "out" / image[key].get<std::string>());
            REQUIRE_OK(info);
            EXPECT(info->size == source->size);
        }
        const auto probability =
            imaging::readImageInfo(user / "out" / image["probability"].get<std::string>());
        REQUIRE_OK(probability);
        EXPECT_EQ(probability->bitDepth, 16);
        const auto guide = readNpy(user / "out" / image["guide_npy"].get<std::string>());
        REQUIRE_OK(guide);
        EXPECT_EQ(guide->shape.size(), 2u);
        EXPECT_EQ(guide->shape[0], 4); // 64 / 16
        const Raster8 labels = labelsAt(user / "out" / image["mask"].get<std::string>());
        for (const std::uint8_t value : labels.pixels()) {
            REQUIRE(value == 0 || value == 255);
        }
    }
}

GD_TEST(wholeAndSlidingAgreeForAConstantModel)
{
    const UserFolder user;
    const fs::path image = user / "disc.png";
    REQUIRE_OK(imaging::writePng(image, discImage(150, 100)));
    for (const double logit : {1.5, -1.5}) {
        writeConstantBundle(user / "m", logit);
        for (const char* mode : {"whole", "sliding"}) {
            PredictRequest request = requestFor(user / "m", image, user / "out");
            request.mode = mode;
            request.mirror = true;
            predicted(request);
            const auto probability = imaging::readGrey16(user / "out/probability/disc.png");
            REQUIRE_OK(probability);
            EXPECT(probability->size() == (Size{150, 100}));
            const double expected = 65535 / (1 + std::exp(-logit));
            for (const std::uint16_t value : probability->pixels()) {
                REQUIRE(std::abs(value - expected) <= 1.5);
            }
            const std::uint8_t label = logit > 0 ? 255 : 0;
            const Raster8 labels = labelsAt(user / "out/masks/disc.png");
            for (const std::uint8_t value : labels.pixels()) {
                REQUIRE(value == label);
            }
        }
    }
    EXPECT(!fs::exists(user / "out/guide")); // a model without a guide
}

GD_TEST(resizeModesCoverWhatTheySee)
{
    const UserFolder user;
    const fs::path image = user / "disc.png";
    REQUIRE_OK(imaging::writePng(image, discImage(160, 80)));
    for (const char* resize : {"squash", "letterbox", "crop"}) {
        Bundle bundle = writeConstantBundle(user / "m", 1);
        bundle.config.preprocessing.resize = resize;
        const auto model = loadModel(bundle);
        REQUIRE_OK(model);
        REQUIRE_OK(writeBundle(bundle, **model, user / "m"));
        predicted(requestFor(user / "m", image, user / "out"));
        const Raster8 mask = labelsAt(user / "out/masks/disc.png");
        std::int64_t inside = 0;
        for (const std::uint8_t value : mask.pixels()) {
            inside += value == 255 ? 1 : 0;
        }
        // A crop of 80 x 80 in the middle; what it does not see is background.
        EXPECT_EQ(inside, std::string(resize) == "crop" ? 80 * 80 : 160 * 80);
        EXPECT_EQ(int(mask.at(80, 40)), 255);
    }
}

GD_TEST(guidesCanBeReplacedFlattenedAndMuted)
{
    const UserFolder user;
    const fs::path image = user / "disc.png";
    REQUIRE_OK(imaging::writePng(image, discImage(96, 64)));
    // Gates that matter even with random weights.
    writeTinyBundle(
        user / "m",
        tinyConfig("guidino-u", {"guide.gates=[\"bottleneck\",\"skip1\",\"decoder\"]"}));
    const auto probabilityOf = [&](const std::function<void(PredictRequest&)>& change) {
        PredictRequest request = requestFor(user / "m", image, user / "out");
        change(request);
        predicted(request);
        const auto raster = imaging::readGrey16(user / "out/probability/disc.png");
        REQUIRE_OK(raster);
        return *raster;
    };
    const Raster16 own = probabilityOf([](PredictRequest&) {});
    // Its own guide, given back, changes nothing.
    fs::copy_file(user / "out/guide/disc.npy", user / "own.npy");
    EXPECT(probabilityOf([&](PredictRequest& r) { r.guide = user / "own.npy"; }) == own);
    RasterF painted(4, 4);
    painted.at(1, 1) = 1;
    REQUIRE_OK(writeNpy(user / "painted.npy", {4, 4}, painted.pixels()));
    EXPECT(!(probabilityOf([&](PredictRequest& r) { r.guide = user / "painted.npy"; }) == own));
    const auto used = readNpy(user / "out/guide/disc.npy");
    REQUIRE_OK(used);
    EXPECT_NEAR(used->values[5], 1, 1e-6);
    EXPECT_NEAR(used->values[0], 0, 1e-6);
    EXPECT(!(probabilityOf([](PredictRequest& r) { r.flattenGuide = true; }) == own));
    EXPECT(
        !(probabilityOf([](PredictRequest& r) {
              r.prototypeWeights = {0, 0, 0, 0, 0, 0};
          })
          == own));
    EXPECT(
        probabilityOf([](PredictRequest& r) {
            r.prototypeWeights = {1, 1, 1, 1, 1, 1};
        }).size()
        == own.size());
    // Windows take the part of the guide that they see.
    EXPECT(
        !(probabilityOf([&](PredictRequest& r) {
              r.mode = "sliding";
              r.guide = user / "painted.npy";
          })
          == probabilityOf([](PredictRequest& r) { r.mode = "sliding"; })));

    JobContext context;
    PredictRequest wrong = requestFor(user / "m", image, user / "out");
    wrong.prototypeWeights = {1, 2};
    const auto outcome = runtime().predict(wrong, context);
    REQUIRE_OK(outcome);
    EXPECT(
        outcome->failures.size() == 1
        && outcome->failures[0].message.find("6 prototypes") != std::string::npos);
    writeTinyBundle(user / "plain", tinyConfig("unet"));
    PredictRequest plain = requestFor(user / "plain", image, user / "out");
    plain.flattenGuide = true;
    EXPECT(codeOf(runtime().predict(plain, context), {"no guide"}) == ErrorCode::Usage);
}

/// A model that wants blue first sees of an image what one that wants red first sees of the image
/// with its channels turned around; whole, by windows and in an open session.
GD_TEST(channelOrderHoldsInEveryPrediction)
{
    const UserFolder user;
    Raster8 image = discImage(96, 64);
    for (int y = 0; y < 64; ++y) {
        for (int x = 0; x < 96; ++x) {
            image.at(x, y, 0) = 30; // so that order matters
        }
    }
    Raster8 turned = image;
    for (int y = 0; y < 64; ++y) {
        for (int x = 0; x < 96; ++x) {
            turned.at(x, y, 0) = image.at(x, y, 2);
            turned.at(x, y, 2) = image.at(x, y, 0);
        }
    }
    REQUIRE_OK(imaging::writePng(user / "disc.png", image));
    fs::create_directory(user / "turned");
    REQUIRE_OK(imaging::writePng(user / "turned/disc.png", turned));
    writeTinyBundle(user / "rgb", tinyConfig("guidino-u"));
    writeTinyBundle(user / "bgr", tinyConfig("guidino-u", {"preprocessing.channel_order=bgr"}));
    const auto probabilityOf = [&](const char* model, const fs::path& file, const char* mode) {
        PredictRequest request = requestFor(user / model, file, user / "out");
        request.mode = mode;
        predicted(request);
        const auto raster = imaging::readGrey16(user / "out/probability/disc.png");
        REQUIRE_OK(raster);
        return *raster;
    };
    for (const char* mode : {"whole", "sliding"}) {
        const Raster16 blueFirst = probabilityOf("bgr", user / "disc.png", mode);
        EXPECT(blueFirst == probabilityOf("rgb", user / "turned/disc.png", mode));
        EXPECT(!(blueFirst == probabilityOf("rgb", user / "disc.png", mode)));
    }
    const auto session = [&](const char* model, const fs::path& file) {
        auto opened = runtime().openSession(user / model, "cpu", 1);
        REQUIRE_OK(opened);
        Session::Request request;
        request.image = file;
        request.outFolder = user / "session";
        fs::create_directories(request.outFolder);
        JobContext context;
        const auto answer = (*opened)->predict(request, context);
        REQUIRE_OK(answer);
        const auto raster = imaging::readGrey16(answer->probability);
        REQUIRE_OK(raster);
        return *raster;
    };
    const Raster16 blueFirst = session("bgr", user / "disc.png");
    EXPECT(blueFirst == session("rgb", user / "turned/disc.png"));
    EXPECT(!(blueFirst == session("rgb", user / "disc.png")));
}

GD_TEST(manyClassesAreIndexed)
{
    const UserFolder user;
    const fs::path image = user / "disc.png";
    REQUIRE_OK(imaging::writePng(image, discImage(64, 48)));
    writeTinyBundle(
        user / "m", tinyConfig("unet", {"network.num_classes=3", "loss.segmentation=dice_ce"}));
    predicted(requestFor(user / "m", image, user / "out"));
    const auto mask = imaging::readMaskRaw(user / "out/masks/disc.png");
    REQUIRE_OK(mask);
    EXPECT(mask->kind == imaging::MaskPixels::Kind::Indexed);
    for (const std::uint8_t value : mask->pixels.pixels()) {
        REQUIRE(value < 3);
    }
}

GD_TEST(mistakesHaveTheirCodes)
{
    const UserFolder user;
    JobContext context;
    REQUIRE_OK(imaging::writePng(user / "disc.png", discImage(64, 48)));
    writeTinyBundle(user / "m", tinyConfig("unet"));
    const auto codeFor = [&](const fs::path& model, const fs::path& input, const fs::path& out) {
        return codeOf(runtime().predict(requestFor(model, input, out), context));
    };
    EXPECT(codeFor(user / "none", user / "disc.png", user / "o") == ErrorCode::NotFound);
    EXPECT(codeFor(user / "m", user / "none", user / "o") == ErrorCode::NotFound);
    fs::create_directories(user / "empty");
    EXPECT(codeFor(user / "m", user / "empty", user / "o") == ErrorCode::BadInput);
    EXPECT(codeFor(user / "m", user / "disc.png", "/proc/nowhere") == ErrorCode::CannotWrite);
    PredictRequest request = requestFor(user / "m", user / "disc.png", user / "o");
    request.mode = "half";
    EXPECT(codeOf(runtime().predict(request, context)) == ErrorCode::Usage);
    CountingContext cancelled(1);
    EXPECT(
        codeOf(runtime().predict(requestFor(user / "m", user / "disc.png", user / "o"), cancelled))
        == ErrorCode::Cancelled);
    EXPECT(fs::exists(user / "o/predictions.json"));
}

GD_TEST(sessionsKeepWhatTheyKnow)
{
    const UserFolder user;
    REQUIRE_OK(runtime().modelsAddRandom("vits16", "vits16", 1));
    writeTinyBundle(
        user / "m", tinyConfig("seg-guidino", {"network.hidden_dim=32", "guide.prototypes=12"}));
    REQUIRE_OK(imaging::writePng(user / "disc.png", discImage(96, 64)));
    auto session = runtime().openSession(user / "m", "cpu", 0);
    REQUIRE_OK(session);
    EXPECT_EQ(Json::parse((*session)->describe())["system"], "seg-guidino");
    JobContext context;
    Session::Request request;
    request.image = user / "disc.png";
    request.outFolder = user / "out";
    request.wantPrototypeGroups = true;
    request.groups = 3;
    const auto first = (*session)->predict(request, context);
    REQUIRE_OK(first);
    EXPECT(!first->tokensWereCached);
    EXPECT_EQ(first->groups.size(), 3u);
    EXPECT(first->sharesAreExact);
    EXPECT(first->effectiveDirections > 1 && first->effectiveDirections <= 12);
    std::size_t members = 0;
    std::vector<double> sum(16);
    for (const Session::Group& group : first->groups) {
        members += group.prototypes.size();
        const auto map = readNpy(group.map);
        REQUIRE_OK(map);
        for (std::size_t i = 0; i < 16; ++i) {
            sum[i] += map->values[i];
        }
    }
    EXPECT_EQ(members, 12u);
    EXPECT(first->sharesError <= 1e-5);
    for (const Session::Group& group : first->groups) {
        EXPECT(group.nearest >= 0 && group.nearest < 3);
        EXPECT(std::abs(group.nearestSimilarity) <= 1);
        // The best token of the one image that was seen, inside of it.
        REQUIRE(group.matches.size() == 1);
        const Session::Match& match = group.matches.front();
        EXPECT(match.image == user / "disc.png");
        EXPECT(match.width > 0 && match.height > 0);
        EXPECT((Rect{0, 0, 96, 64}.contains({match.x, match.y})));
        EXPECT(match.similarity <= 1.0001 && match.similarity >= -1.0001);
    }
    const auto guide = readNpy(first->guide);
    REQUIRE_OK(guide);
    for (std::size_t i = 0; i < 16; ++i) { // shares add up to guide - 1/2
        EXPECT_NEAR(sum[i], guide->values[i] - 0.5, 1e-5);
    }
    const auto labels = imaging::readImageInfo(first->labels);
    REQUIRE_OK(labels);
    EXPECT(labels->size == (Size{96, 64}));

    const auto second = (*session)->predict(request, context);
    REQUIRE_OK(second);
    EXPECT(second->tokensWereCached);
    EXPECT_EQ(second->groups[0].matches.size(), 1u); // the same image does not count twice
    const auto same = readNpy(second->guide);
    REQUIRE_OK(same);
    EXPECT(same->values == guide->values);

    request.prototypeWeights = std::vector<double>(12, 0.0);
    const auto muted = (*session)->predict(request, context);
    REQUIRE_OK(muted);
    EXPECT_NEAR(muted->guideMean, 0.5, 1e-6);
    request.prototypeWeights.clear();
    request.guide = second->guide;
    REQUIRE_OK((*session)->predict(request, context));
    // A changed file is another image.
    REQUIRE_OK(imaging::writePng(user / "disc.png", discImage(80, 72, 4)));
    const auto changed = (*session)->predict(request, context);
    REQUIRE_OK(changed);
    EXPECT(!changed->tokensWereCached);
    request.image = user / "none.png";
    EXPECT(codeOf((*session)->predict(request, context)) == ErrorCode::NotFound);
}

GD_TEST(explanationsAreComplete)
{
    const UserFolder user;
    fs::create_directories(user / "images");
    for (int i = 0; i < 3; ++i) {
        REQUIRE_OK(imaging::writePng(
            user / ("images/disc" + std::to_string(i) + ".png"), discImage(90, 60 + 8 * i, i)));
    }
    REQUIRE_OK(writeFileAtomically(user / "images/text.png", "no image"));
    writeTinyBundle(user / "m", tinyConfig("guidino-u"));
    JobContext context;
    ExplainRequest request;
    request.model = user / "m";
    request.input = user / "images";
    request.out = user / "out";
    request.groups = 2;
    request.device = "cpu";
    // The rest is done, then the bad file is an error.
    EXPECT(
        codeOf(runtime().explain(request, context), {"1 of 4", "text.png"}) == ErrorCode::BadInput);
    const Json json = readJson(user / "out/explain.json");
    EXPECT_EQ(json["prototypes"], 6);
    EXPECT_EQ(json["groups"].size(), 2u);
    EXPECT_EQ(json["images"].size(), 3u);
    EXPECT_EQ(json["failures"].size(), 1u);
    EXPECT(json["shares_are_exact"].get<bool>());
    EXPECT(json["shares_error"].get<double>() < 1e-5);
    EXPECT_EQ(json["summary"]["muted"].size(), 2u);
    for (const Json& group : json["groups"]) {
        EXPECT(group["best"].size() >= 3);
        double last = 2;
        for (const Json& best : group["best"]) {
            EXPECT(best["similarity"].get<double>() <= last);
            last = best["similarity"].get<double>();
            EXPECT(fs::exists(user / "out" / best["crop"].get<std::string>()));
        }
    }
    for (const Json& image : json["images"]) {
        const double dsc = image["flattened"]["dsc"].get<double>();
        EXPECT(dsc >= 0 && dsc <= 1);
        EXPECT(fs::exists(user / "out" / image["guide_npy"].get<std::string>()));
        EXPECT_EQ(image["groups"].size(), 2u);
    }
    const auto page = readFile(user / "out/index.html");
    REQUIRE_OK(page);
    EXPECT(page->find("disc2-group-1.png") != std::string::npos);

    writeTinyBundle(user / "plain", tinyConfig("unet"));
    request.model = user / "plain";
    EXPECT(codeOf(runtime().explain(request, context), {"no guide"}) == ErrorCode::BadInput);
}

GD_TEST_MAIN()
