// SPDX-License-Identifier: Apache-2.0
// One plug-in with one of each: a network, a guide source, a gate, a term of the loss and an
// augmentation. docs/plugins.md walks through it.
#include "core/nn/data/random.h"
#include "core/nn/extension/plugin.h"

#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/normalization.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <string>
#include <vector>

namespace {

using namespace guidino::nn;

// ---- a network: --config example-unet, --set system=example-unet network.width=16 ------------

/// The options as configurations have them; names, defaults and bounds are declared once.
const std::vector<NetworkOption>& networkOptions()
{
    static const std::vector<NetworkOption> options = {
        {"width", std::int64_t{8}, 4, 256},
        {"activation", std::string("relu"), 0, 0, {"relu", "gelu"}}};
    return options;
}

/// 3 × 3 convolution, group norm, activation, twice.
class Block : public torch::nn::Module
{
public:
    Block(std::int64_t in, std::int64_t out, std::string activation)
        : m_activation(std::move(activation))
    {
        const auto conv = [](std::int64_t from, std::int64_t to) {
            return torch::nn::Conv2d(torch::nn::Conv2dOptions(from, to, 3).padding(1).bias(false));
        };
        conv1 = register_module("conv1", conv(in, out));
        norm1 = register_module("norm1", torch::nn::GroupNorm(4, out));
        conv2 = register_module("conv2", conv(out, out));
        norm2 = register_module("norm2", torch::nn::GroupNorm(4, out));
    }

    torch::Tensor forward(const torch::Tensor& x)
    {
        const auto activated = [this](const torch::Tensor& y) {
            return m_activation == "gelu" ? torch::gelu(y) : torch::relu(y);
        };
        return activated(norm2(conv2(activated(norm1(conv1(x))))));
    }

private:
    std::string m_activation;
    torch::nn::Conv2d conv1{nullptr};
    torch::nn::Conv2d conv2{nullptr};
    torch::nn::GroupNorm norm1{nullptr};
    torch::nn::GroupNorm norm2{nullptr};
};

/// A U-Net of three levels with width, 2 width and 4 width channels. Any sides from 16.
class ExampleUNet : public GatedBackbone
{
public:
    explicit ExampleUNet(const NetworkConfig& config)
        : m_width(option<std::int64_t>(config, networkOptions(), "width"))
    {
        TORCH_CHECK(m_width % 4 == 0, "network.width must be a multiple of 4, not ", m_width);
        const auto activation = option<std::string>(config, networkOptions(), "activation");
        const auto block = [&](const char* name, std::int64_t in, std::int64_t out) {
            return register_module(name, std::make_shared<Block>(in, out, activation));
        };
        enc1 = block("enc1", config.in_channels, m_width);
        enc2 = block("enc2", m_width, 2 * m_width);
        enc3 = block("enc3", 2 * m_width, 4 * m_width);
        dec2 = block("dec2", 6 * m_width, 2 * m_width);
        dec1 = block("dec1", 3 * m_width, m_width);
        head = register_module(
            "head", torch::nn::Conv2d(torch::nn::Conv2dOptions(m_width, config.num_classes, 1)));
    }

    Encoding encode(const BackboneInput& input) override
    {
        Encoding encoding;
        encoding.height = input.image.size(2);
        encoding.width = input.image.size(3);
        const torch::Tensor fine = enc1->forward(input.image);
        const torch::Tensor middle = enc2->forward(torch::avg_pool2d(fine, 2));
        encoding.levels = {fine, middle, enc3->forward(torch::avg_pool2d(middle, 2))};
        return encoding;
    }

    std::vector<torch::Tensor> decode(const Encoding& encoding, const Gate& gate) override
    {
        const auto joined = [](const torch::Tensor& coarse, const torch::Tensor& skip) {
            const torch::Tensor up =
                torch::upsample_bilinear2d(coarse, {skip.size(2), skip.size(3)}, false);
            return torch::cat({skip, up.to(skip.scalar_type())}, 1);
        };
        torch::Tensor x = gate(GatePlace::Bottleneck, encoding.levels[2]);
        x = dec2->forward(joined(x, gate(GatePlace::Skip2, encoding.levels[1])));
        x = dec1->forward(joined(x, gate(GatePlace::Skip1, encoding.levels[0])));
        return {head(gate(GatePlace::Decoder, x))};
    }

    std::int64_t bottleneckChannels() const override { return 4 * m_width; }

    std::vector<GatePlace> gatePlaces() const override
    {
        return {
            GatePlace::Input,
            GatePlace::Bottleneck,
            GatePlace::Decoder,
            GatePlace::Skip1,
            GatePlace::Skip2};
    }

    bool isEncoderModule(const std::string& name) const override { return name.starts_with("enc"); }

private:
    std::int64_t m_width;
    std::shared_ptr<Block> enc1, enc2, enc3, dec2, dec1;
    torch::nn::Conv2d head{nullptr};
};

Architecture exampleNetwork()
{
    Architecture one;
    one.name = "example-unet";
    one.title = "U-Net of three levels (example plug-in)";
    one.source = "plugins/example_network";
    one.size_rule = "any size from 16";
    one.guide = GuideUse::Optional; // guide.source decides
    one.default_source = "none";
    one.default_gates = {"bottleneck"};
    one.options = networkOptions();
    one.make = [](const NetworkConfig& config, std::int64_t) {
        return std::make_shared<ExampleUNet>(config);
    };
    return one;
}

// ---- a guide source: --set guide.source=example-edges ----------------------------------------

/// Tokens from the image and its edges alone: a fixed Sobel filter and one learned convolution,
/// averaged over cells of 8 × 8 pixels.
class EdgeSource : public GuideSource
{
public:
    explicit EdgeSource(std::int64_t channels)
    {
        const torch::Tensor x =
            torch::tensor({-1.F, 0.F, 1.F, -2.F, 0.F, 2.F, -1.F, 0.F, 1.F}).view({3, 3}) / 8;
        m_sobel = register_buffer("sobel", torch::stack({x, x.t()}).unsqueeze(1));
        m_conv = register_module(
            "conv",
            torch::nn::Conv2d(torch::nn::Conv2dOptions(channels + 1, kChannels, 5).padding(2)));
    }

    torch::Tensor tokens(const torch::Tensor& image) override
    {
        const torch::Tensor grey = image.mean(1, /*keepdim=*/true);
        const torch::Tensor edges = torch::conv2d(
            grey, m_sobel.to(grey.scalar_type()), {}, at::IntArrayRef{1}, at::IntArrayRef{1});
        const torch::Tensor strength = edges.square().sum(1, true).add(1e-6).sqrt();
        const torch::Tensor features =
            torch::relu(m_conv(torch::cat({image, strength.to(image.scalar_type())}, 1)));
        return torch::adaptive_avg_pool2d(
            features, {(image.size(2) + 7) / 8, (image.size(3) + 7) / 8});
    }

    std::int64_t tokenChannels() const override { return kChannels; }

private:
    static constexpr std::int64_t kChannels = 16;

    torch::Tensor m_sobel; ///< [2, 1, 3, 3]
    torch::nn::Conv2d m_conv{nullptr};
};

// ---- a gate: --set guide.gate_form=example-soft ----------------------------------------------

/// A quarter of each feature passes where the guide is shut.
torch::Tensor softGate(const torch::Tensor& x, const torch::Tensor& guide)
{
    return x * (0.25 + 0.75 * guide);
}

// ---- a term of the loss: --set loss.terms.example-tversky=0.5 --------------------------------

/// 1 − Tversky index of the foreground; what is missed weighs 0.7, what is too much 0.3.
torch::Tensor tverskyTerm(const LossTermInput& input)
{
    const bool isBinary = input.logits.size(1) == 1;
    // [B, 1, H, W]: the probability of any foreground class.
    const torch::Tensor p = isBinary ? torch::sigmoid(input.logits)
                                     : 1 - torch::softmax(input.logits, 1).narrow(1, 0, 1);
    const torch::Tensor y = (input.label > 0).to(p.scalar_type());
    const auto sum = [&](const torch::Tensor& x) { return (x * input.weight).sum(); };
    const torch::Tensor hit = sum(p * y);
    return 1 - (hit + 1) / (hit + 0.7 * sum((1 - p) * y) + 0.3 * sum(p * (1 - y)) + 1);
}

// ---- an augmentation: --set data.augmentation.operations.example-shadow=0.3 ------------------

/// A shadow over one side of each image, from a direction of its own. Masks stay.
AugmentedBatch castShadows(const AugmentedBatch& chosen, std::uint64_t seed)
{
    SplitMix random(seed);
    AugmentedBatch changed = chosen;
    const torch::TensorOptions options = chosen.images.options();
    const torch::Tensor y = torch::linspace(-1, 1, chosen.images.size(2), options).view({-1, 1});
    const torch::Tensor x = torch::linspace(-1, 1, chosen.images.size(3), options).view({1, -1});
    std::vector<torch::Tensor> shades;
    for (std::int64_t i = 0; i < chosen.images.size(0); ++i) {
        const double angle = random.uniform(0, 2 * std::numbers::pi);
        const double depth = random.uniform(0.2, 0.6);
        const torch::Tensor along = std::cos(angle) * x + std::sin(angle) * y;
        shades.push_back(1 - depth * torch::sigmoid(4 * along));
    }
    changed.images = (chosen.images * torch::stack(shades).unsqueeze(1))
                         .contiguous(chosen.images.suggest_memory_format());
    return changed;
}

void add(Extensions& extensions)
{
    extensions.addNetwork(exampleNetwork());
    extensions.addGuideSource("example-edges", [](const SystemConfig& config) {
        return std::make_shared<EdgeSource>(config.network.in_channels);
    });
    extensions.addGate("example-soft", softGate);
    extensions.addLossTerm("example-tversky", tverskyTerm);
    extensions.addAugmentation("example-shadow", castShadows);
}

} // namespace

GUIDINO_PLUGIN(
    "example", "1.0", "A small network, guide source, gate, loss term and augmentation", add)
