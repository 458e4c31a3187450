// SPDX-License-Identifier: Apache-2.0
#include "core/nn/backbones/unet.h"

#include "core/nn/backbones/registry.h"

#include <torch/torch.h>

namespace guidino::nn {

namespace {

torch::nn::Conv2d conv3x3(std::int64_t in, std::int64_t out)
{
    return torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, 3).padding(1).bias(false));
}

// Only for the keys' numbering: forward() calls the functions.
torch::nn::ReLU relu()
{
    return torch::nn::ReLU(torch::nn::ReLUOptions(true));
}

} // namespace

DoubleConv::DoubleConv(std::int64_t in, std::int64_t out, std::int64_t mid)
    : m_convs{conv3x3(in, mid), conv3x3(mid, out)}
    , m_norms{torch::nn::BatchNorm2d(mid), torch::nn::BatchNorm2d(out)}
{
    block = register_module(
        "block",
        torch::nn::Sequential(m_convs[0], m_norms[0], relu(), m_convs[1], m_norms[1], relu()));
}

torch::Tensor DoubleConv::forward(const torch::Tensor& x)
{
    const torch::Tensor y = convNorm(*m_convs[0], *m_norms[0], x).relu_();
    return convNorm(*m_convs[1], *m_norms[1], y).relu_();
}

UNetUp::UNetUp(std::int64_t in, std::int64_t out, const UNetOptions& options)
    : m_alignCorners(options.align_corners)
{
    if (!options.bilinear) {
        up = register_module(
            "up",
            torch::nn::ConvTranspose2d(torch::nn::ConvTranspose2dOptions(in, in / 2, 2).stride(2)));
    }
    conv = register_module(
        "conv", std::make_shared<DoubleConv>(in, out, options.bilinear ? in / 2 : out));
}

torch::Tensor UNetUp::forward(const torch::Tensor& deeper, const torch::Tensor& skip)
{
    torch::Tensor x;
    if (up) {
        x = up->forward(deeper);
    } else {
        x = torch::upsample_bilinear2d(
            deeper, {deeper.size(2) * 2, deeper.size(3) * 2}, m_alignCorners);
    }
    const std::int64_t dy = skip.size(2) - x.size(2);
    const std::int64_t dx = skip.size(3) - x.size(3);
    if (dy != 0 || dx != 0) {
        x = torch::constant_pad_nd(x, {dx / 2, dx - dx / 2, dy / 2, dy - dy / 2}, 0);
    }
    return conv->forward(torch::cat({skip, x}, 1));
}

UNet::UNet(const UNetOptions& options)
    : m_options(options)
{
    const std::int64_t c = options.base_channels;
    TORCH_CHECK(
        options.in_channels >= 1 && options.num_classes >= 1, "a UNet needs channels and classes");
    TORCH_CHECK(c >= 1, "network.base_channels must be at least 1, not ", c);
    // Without the transposed convolutions nobody halves the channels on the way up, so the
    // bottleneck and each stage's output are half as wide.
    const std::int64_t factor = options.bilinear ? 2 : 1;
    inc = register_module("inc", std::make_shared<DoubleConv>(options.in_channels, c, c));
    for (int i = 1; i <= 4; ++i) {
        const std::int64_t in = c << (i - 1);
        const std::int64_t out = (c << i) / (i == 4 ? factor : 1);
        const auto down = register_module("down" + std::to_string(i), std::make_shared<Module>());
        m_downs.push_back(down->register_module(
            "block",
            torch::nn::Sequential(
                torch::nn::MaxPool2d(2), std::make_shared<DoubleConv>(in, out, out))));
    }
    for (int i = 1; i <= 4; ++i) {
        const std::int64_t in = c << (5 - i);
        const std::int64_t out = (c << (4 - i)) / (i == 4 ? 1 : factor);
        m_ups.push_back(
            register_module("up" + std::to_string(i), std::make_shared<UNetUp>(in, out, options)));
    }
    const auto outc = register_module("outc", std::make_shared<Module>());
    m_head = outc->register_module(
        "conv", torch::nn::Conv2d(torch::nn::Conv2dOptions(c, options.num_classes, 1)));
}

Encoding UNet::encode(const BackboneInput& input)
{
    const torch::Tensor& image = input.image;
    TORCH_CHECK(
        image.dim() == 4 && image.size(1) == m_options.in_channels && image.size(2) >= 16
            && image.size(3) >= 16,
        "this UNet takes images [B, ",
        m_options.in_channels,
        ", H, W] with sides of at least 16, not ",
        image.sizes());
    Encoding encoding;
    encoding.height = image.size(2);
    encoding.width = image.size(3);
    encoding.levels.push_back(inc->forward(image));
    for (torch::nn::Sequential& down : m_downs) {
        encoding.levels.push_back(down->forward(encoding.levels.back()));
    }
    return encoding;
}

std::vector<torch::Tensor> UNet::decode(const Encoding& encoding, const Gate& gate)
{
    torch::Tensor x = gate(GatePlace::Bottleneck, encoding.levels[4]);
    for (int level = 4; level >= 1; --level) {
        const auto index = static_cast<std::size_t>(level);
        x = m_ups[4 - index]->forward(x, gate(skipPlace(level), encoding.levels[index - 1]));
    }
    return {m_head->forward(gate(GatePlace::Decoder, x))};
}

std::int64_t UNet::bottleneckChannels() const
{
    return m_options.base_channels * (m_options.bilinear ? 8 : 16);
}

std::vector<GatePlace> UNet::gatePlaces() const
{
    return {
        GatePlace::Input,
        GatePlace::Bottleneck,
        GatePlace::Decoder,
        GatePlace::Skip1,
        GatePlace::Skip2,
        GatePlace::Skip3,
        GatePlace::Skip4};
}

bool UNet::isEncoderModule(const std::string& name) const
{
    return name.rfind("inc.", 0) == 0 || name.rfind("down", 0) == 0;
}

Architecture unetArchitecture()
{
    Architecture one;
    one.name = "unet";
    one.title = "U-Net";
    one.source = "Ronneberger et al. 2015, as in Hi-FishU/GuiDINO and milesial/Pytorch-UNet";
    one.size_rule = "any size from 16";
    one.guide = GuideUse::Never;
    one.default_gates = {};
    one.make = [](const NetworkConfig& config, std::int64_t) {
        UNetOptions options;
        options.in_channels = config.in_channels;
        options.num_classes = config.num_classes;
        options.base_channels = config.base_channels;
        options.bilinear = config.bilinear;
        options.align_corners = config.bilinear_align_corners;
        return std::make_shared<UNet>(options);
    };
    one.recognises = [](const NetworkState& state) { return state.hasPrefix("inc."); };
    one.configure = [](const NetworkState& state, NetworkConfig& config) {
        config.base_channels = state.size("inc.block.0.weight", 0);
        config.in_channels = state.size("inc.block.0.weight", 1);
        config.num_classes = state.size("outc.conv.weight", 0);
        config.bilinear = !state.has("up1.up.weight");
    };
    return one;
}

Architecture guidinoUArchitecture()
{
    Architecture one = unetArchitecture();
    one.name = "guidino-u";
    one.title = "GuiDINO-U: U-Net gated at its bottleneck";
    one.source = "GuiDINO (arXiv 2603.01115)";
    one.guide = GuideUse::Optional;
    one.default_source = "dinov3";
    one.default_gates = {"bottleneck"};
    return one;
}

} // namespace guidino::nn
