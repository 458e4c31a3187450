// SPDX-License-Identifier: Apache-2.0
#include "core/nn/backbones/h2former.h"
#include "core/nn/backbones/swin_unet.h"
#include "core/nn/backbones/ukan.h"
#include "tests/support/nn_check.h"

#include <algorithm>
#include <fstream>
#include <map>

/// SwinUNet, H2Former and U-KAN: key lists, counts, sizes, gates.
namespace {

using namespace guidino::nn;
namespace test = guidino::test;

std::int64_t parameters(const torch::nn::Module& module)
{
    std::int64_t count = 0;
    for (const torch::Tensor& parameter : module.parameters()) {
        count += parameter.numel();
    }
    return count;
}

std::string shapeOf(const torch::Tensor& tensor)
{
    std::ostringstream text;
    text << tensor.sizes();
    return text.str();
}

std::int64_t swin(std::int64_t in, std::int64_t classes, std::int64_t window)
{
    SwinUnetOptions options;
    options.in_channels = in;
    options.num_classes = classes;
    options.window_size = window;
    return parameters(SwinUnet(options));
}

std::int64_t h2former(std::int64_t in, std::int64_t classes, std::int64_t side)
{
    H2FormerOptions options;
    options.in_channels = in;
    options.num_classes = classes;
    options.window_size = side / 16;
    return parameters(H2Former(options));
}

std::int64_t ukan(std::int64_t in, std::int64_t classes, std::array<std::int64_t, 3> dims)
{
    UKanOptions options;
    options.in_channels = in;
    options.num_classes = classes;
    options.embed_dims = dims;
    return parameters(UKan(options));
}

SwinUnetOptions smallSwin(std::int64_t window)
{
    SwinUnetOptions options;
    options.embed_dim = 12;
    options.num_heads = {1, 2, 3, 6};
    options.window_size = window;
    return options;
}

H2FormerOptions smallH2Former(bool scramble)
{
    H2FormerOptions options;
    options.width = 8;
    options.window_size = 4;
    options.scramble = scramble;
    return options;
}

UKanOptions smallUkan()
{
    UKanOptions options;
    options.embed_dims = {64, 40, 48}; // narrower ones may be dead from the start
    return options;
}

std::vector<std::shared_ptr<GatedBackbone>> smallNetworks()
{
    return {
        std::make_shared<SwinUnet>(smallSwin(4)),
        std::make_shared<H2Former>(smallH2Former(false)),
        std::make_shared<H2Former>(smallH2Former(true)),
        std::make_shared<UKan>(smallUkan())};
}

bool isWindowBuffer(const std::string& key)
{
    return key.ends_with("relative_position_index") || key.ends_with("attn_mask");
}

// Names and shapes of a list of ../shared/keys; "(1, 2)" and "(1,)" become "[1, 2]" and "[1]".
void expectKeys(const torch::nn::Module& module, const std::string& file)
{
    const std::filesystem::path path = test::goldenFolder() / ".." / "keys" / file;
    std::ifstream stream(path);
    if (!stream) {
        throw test::Skip{file + " is not there"};
    }
    std::map<std::string, std::string> expected;
    std::string line;
    while (std::getline(stream, line)) {
        const std::size_t tab = line.find('\t');
        const std::string key = line.substr(0, tab);
        std::string shape = line.substr(tab + 1, line.find('\t', tab + 1) - tab - 1);
        shape = "[" + shape.substr(1, shape.size() - 2) + "]";
        if (shape.ends_with(",]")) {
            shape = shape.substr(0, shape.size() - 2) + "]";
        }
        if (!isWindowBuffer(key)) {
            expected[key] = shape;
        }
    }
    std::map<std::string, std::string> actual;
    for (const auto& parameter : module.named_parameters()) {
        actual[parameter.key()] = shapeOf(parameter.value());
    }
    for (const auto& buffer : module.named_buffers()) {
        actual[buffer.key()] = shapeOf(buffer.value());
    }
    EXPECT(expected.size() > 100);
    for (const auto& [key, shape] : expected) {
        EXPECT_EQ(key + " " + (actual.contains(key) ? actual[key] : "missing"), key + " " + shape);
    }
    for (const auto& [key, shape] : actual) {
        if (!expected.contains(key)) {
            test::fail(__FILE__, __LINE__, "unexpected " + key);
        }
    }
}

} // namespace

/// BASELINES.md §0.
GD_TEST(parameterCounts)
{
    EXPECT_EQ(swin(1, 1, 7), 27'165'060);
    EXPECT_EQ(swin(3, 2, 8), 27'175'620);
    EXPECT_EQ(h2former(1, 1, 256), 33'680'416);
    EXPECT_EQ(h2former(4, 2, 256), 33'698'720);
    EXPECT_EQ(h2former(3, 2, 512), 33'873'120);
    EXPECT_EQ(ukan(1, 1, {128, 160, 256}), 6'356'401);
    EXPECT_EQ(ukan(3, 2, {128, 160, 256}), 6'356'706);
    EXPECT_EQ(ukan(3, 1, {256, 320, 512}), 25'359'265);
}

GD_TEST(keyListsAndCountsOfTheDefaults)
{
    const auto expect =
        [](const torch::nn::Module& module, const std::string& file, std::int64_t count) {
            EXPECT_EQ(parameters(module), count);
            expectKeys(module, file);
        };
    SwinUnetOptions options;
    expect(SwinUnet(options), "swinunet_256_w8.tsv", 27'175'524);
    options.window_size = 7;
    expect(SwinUnet(options), "swinunet_224_w7.tsv", 27'168'132);
    expect(H2Former(H2FormerOptions()), "h2former_256.tsv", 33'692'576);
    expect(UKan(UKanOptions()), "ukan_128_160_256.tsv", 6'356'689);
}

/// Places and channels that gates and guides are told, against what is really there.
GD_TEST(bottlenecksAndGates)
{
    torch::manual_seed(1);
    const torch::NoGradGuard noGrad;
    const torch::Tensor image = torch::randn({2, 3, 64, 64});
    for (const auto& network : smallNetworks()) {
        network->eval();
        const Encoding encoding = network->encode({image, {}});
        EXPECT_EQ(encoding.levels.back().size(1), network->bottleneckChannels());
        const torch::Tensor plain = network->decode(encoding, {})[0];
        EXPECT_EQ(shapeOf(plain), std::string("[2, 1, 64, 64]"));
        for (const GatePlace place : network->gatePlaces()) {
            const auto gated = [&](double value) {
                const torch::Tensor guide = torch::full({2, 1, 4, 4}, value);
                return network->forward({image, {}}, Gate(guide, {place}, GateForm::Plain))[0];
            };
            EXPECT_CLOSE(gated(1.0), plain, 1e-5);
            EXPECT((gated(0.0) - plain).abs().max().item<double>() > 1e-5);
        }
    }
}

/// Square or not, and at sizes where windows do not divide the maps.
GD_TEST(anyMultipleIsTaken)
{
    torch::manual_seed(2);
    const torch::NoGradGuard noGrad;
    for (const auto& network : smallNetworks()) {
        network->eval();
        const std::int64_t m = network->sizeMultiple();
        for (const auto& [rows, columns] :
             {std::pair<std::int64_t, std::int64_t>{3, 5}, {6, 2}, {7, 7}}) {
            const std::int64_t height = m * rows;
            const std::int64_t width = m * columns;
            try {
                const torch::Tensor logits =
                    network->forward({torch::randn({1, 3, height, width}), {}})[0];
                EXPECT_EQ(logits.size(2), height);
                EXPECT_EQ(logits.size(3), width);
                EXPECT(torch::isfinite(logits).all().item<bool>());
            } catch (const c10::Error& error) {
                // Only the published H2Former insists on squares.
                EXPECT(std::string(error.what()).find("square") != std::string::npos);
                EXPECT(rows != columns);
            }
        }
    }
}

/// Tokens that extend a map to whole windows must not change what the others become.
GD_TEST(extensionIsNotSeen)
{
    torch::manual_seed(3);
    const torch::NoGradGuard noGrad;
    SwinBlockOptions options;
    options.dim = 8;
    options.heads = 2;
    options.window = 4;
    for (const bool isShifted : {false, true}) {
        options.is_shifted = isShifted;
        SwinBlock block(options);
        block.eval();
        const torch::Tensor x = torch::randn({1, 6, 10, 8});
        const torch::Tensor y = block.forward(x);
        EXPECT_EQ(shapeOf(y), std::string("[1, 6, 10, 8]"));
        // By hand: each token attends to those of its window (after the roll) that exist and that
        // were neighbours before it.
        const torch::Tensor mask = windowMask(6, 10, 4, isShifted ? 2 : 0);
        EXPECT_EQ(shapeOf(mask), std::string("[6, 16, 16]"));
        EXPECT((mask.diagonal(0, 1, 2) == 0).all().item<bool>());
        EXPECT(torch::equal(mask, mask.transpose(1, 2)));
        EXPECT((mask == -100).any().item<bool>());
    }
    // Without an extension: the reference's four, two and no bands.
    EXPECT_EQ(torch::count_nonzero(windowMask(8, 8, 4, 0)).item<std::int64_t>(), 0);
    const torch::Tensor shifted = windowMask(8, 8, 4, 2);
    EXPECT_EQ(torch::count_nonzero(shifted[0]).item<std::int64_t>(), 0);
    EXPECT_EQ(torch::count_nonzero(shifted[1]).item<std::int64_t>(), 128);
    EXPECT_EQ(torch::count_nonzero(shifted[3]).item<std::int64_t>(), 192);
}

GD_TEST(windowsForSizes)
{
    EXPECT_EQ(swinWindowFor(224), 7);
    EXPECT_EQ(swinWindowFor(448), 7);
    EXPECT_EQ(swinWindowFor(672), 7);
    EXPECT_EQ(swinWindowFor(256), 8);
    EXPECT_EQ(swinWindowFor(512), 16);
    EXPECT_EQ(swinWindowFor(384), 12);
    EXPECT_EQ(swinWindowFor(64), 8);
    EXPECT_EQ(swinWindowFor(250), 8);
}

GD_TEST(oneChannelIsRepeated)
{
    torch::manual_seed(4);
    const torch::NoGradGuard noGrad;
    SwinUnet network(smallSwin(4));
    network.eval();
    const torch::Tensor grey = torch::randn({1, 1, 64, 64});
    EXPECT_CLOSE(
        network.forward({grey, {}})[0], network.forward({grey.repeat({1, 3, 1, 1}), {}})[0], 1e-6);
}

/// A checkpoint of an ImageNet classifier, and where its tensors go.
GD_TEST(swinIsMirrored)
{
    const std::map<std::string, torch::Tensor> state = swinUnetFromSwin(
        {{"patch_embed.proj.weight", torch::ones({1})},
         {"layers.0.blocks.1.norm1.weight", torch::full({1}, 2)},
         {"layers.3.blocks.0.attn.qkv.bias", torch::full({1}, 3)},
         {"head.weight", torch::ones({1})}});
    EXPECT_EQ(state.size(), std::size_t{6});
    EXPECT_EQ(state.at("layers_up.3.blocks.1.norm1.weight").item<int>(), 2);
    EXPECT_EQ(state.at("layers_up.0.blocks.0.attn.qkv.bias").item<int>(), 3);
    EXPECT(state.contains("patch_embed.proj.weight"));
}

GD_TEST(dropPathIsASharedFate)
{
    torch::manual_seed(5);
    const torch::Tensor x = torch::ones({400, 3, 2});
    EXPECT(torch::equal(dropPath(x, 0.25, false), x));
    EXPECT(torch::equal(dropPath(x, 0, true), x));
    const torch::Tensor y = dropPath(x, 0.25, true);
    const torch::Tensor kept = y.select(1, 0).select(1, 0);
    EXPECT(torch::equal(y, kept.view({400, 1, 1}).expand({400, 3, 2})));
    EXPECT(((kept == 0) | ((kept - 4.0 / 3.0).abs() < 1e-6)).all().item<bool>());
    EXPECT_CLOSE(kept.mean(), torch::tensor(1.0), 0.15);
    const std::vector<double> rates = dropPathRates(0.2, 8);
    EXPECT_EQ(rates.front(), 0.0);
    EXPECT_EQ(rates.back(), 0.2);
}

/// The published MLP's permutation: out[n, c] = in.flat[c·N + n].
GD_TEST(scramble)
{
    torch::manual_seed(6);
    const torch::NoGradGuard noGrad;
    SwinBlockOptions options;
    options.dim = 4;
    options.heads = 2;
    options.window = 2;
    options.mlp = SwinMlp::EcaScrambled;
    SwinBlock block(options);
    options.mlp = SwinMlp::Eca;
    SwinBlock meant(options);
    for (const auto& parameter : block.named_parameters()) {
        torch::Tensor value = parameter.value();
        // Attention and channel attention out of the way: x + MLP(norm2 x) is left.
        if (parameter.key().starts_with("attn.") || parameter.key().starts_with("mlp.eca")) {
            value.zero_();
        }
        meant.named_parameters()[parameter.key()].copy_(value);
    }
    const torch::Tensor x = torch::randn({1, 2, 4, 4});
    const torch::Tensor right = meant.forward(x) - x;
    const torch::Tensor scrambled = block.forward(x) - x;
    EXPECT_CLOSE(scrambled.reshape({8, 4}), right.reshape({-1}).view({4, 8}).transpose(0, 1), 1e-5);
}

/// Folded batch norms for prediction give what the layers give.
GD_TEST(foldedForPrediction)
{
    torch::manual_seed(7);
    const torch::NoGradGuard noGrad;
    const torch::Tensor image = torch::randn({1, 3, 64, 64});
    for (const auto& network : smallNetworks()) {
        for (const auto& buffer : network->named_buffers()) {
            torch::Tensor value = buffer.value();
            if (buffer.key().ends_with("running_mean")) {
                value.normal_(0, 0.2);
            } else if (buffer.key().ends_with("running_var")) {
                value.uniform_(0.5, 2);
            }
        }
        network->eval();
        const torch::Tensor before = network->forward({image, {}})[0];
        network->prepareInference();
        EXPECT_CLOSE(network->forward({image, {}})[0], before, 1e-4);
    }
}

GD_TEST(wrongSizesAreNamed)
{
    const auto message = [](GatedBackbone& network, std::int64_t height, std::int64_t width) {
        try {
            network.forward({torch::zeros({1, 3, height, width}), {}});
        } catch (const c10::Error& error) {
            return std::string(error.what_without_backtrace());
        }
        return std::string("taken");
    };
    SwinUnet swinUnet(smallSwin(2));
    UKan uKan(smallUkan());
    H2Former published(smallH2Former(true));
    EXPECT(message(swinUnet, 64, 70).find("multiples of 32") != std::string::npos);
    EXPECT(message(swinUnet, 64, 70).find("64 x 96") != std::string::npos);
    EXPECT(message(published, 64, 80).find("80 x 80") != std::string::npos);
    EXPECT(published.paddedSize({50, 90}) == (ImageSize{96, 96}));
    EXPECT(H2Former(smallH2Former(false)).paddedSize({50, 90}) == (ImageSize{64, 96}));
    EXPECT(message(uKan, 48, 64).find("multiples of 32") != std::string::npos);
    EXPECT(message(published, 64, 60).find("multiples of 16") != std::string::npos);
    EXPECT(message(published, 64, 80).find("square") != std::string::npos);
}

GD_TEST_MAIN()
