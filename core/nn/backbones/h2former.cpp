// SPDX-License-Identifier: Apache-2.0
#include "core/nn/backbones/h2former.h"

#include "core/nn/backbones/published.h"
#include "core/nn/backbones/registry.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

namespace guidino::nn {

namespace {

using torch::nn::BatchNorm2d;
using torch::nn::Conv2d;
using torch::nn::Conv2dOptions;
using torch::nn::LayerNorm;
using torch::nn::LayerNormOptions;

constexpr std::array<int, 4> kBlocks = {3, 4, 6, 3}; // ResNet-34
constexpr int kSwinBlocks = 2;

torch::Tensor tokens(const torch::Tensor& map)
{
    return map.permute({0, 2, 3, 1});
}

torch::Tensor map(const torch::Tensor& tokens)
{
    return tokens.permute({0, 3, 1, 2});
}

} // namespace

ResidualBlock::ResidualBlock(std::int64_t in, std::int64_t out, std::int64_t stride)
{
    conv1 = register_module(
        "conv1", Conv2d(Conv2dOptions(in, out, 3).stride(stride).padding(1).bias(false)));
    bn1 = register_module("bn1", BatchNorm2d(out));
    conv2 = register_module("conv2", Conv2d(Conv2dOptions(out, out, 3).padding(1).bias(false)));
    bn2 = register_module("bn2", BatchNorm2d(out));
    if (stride != 1 || in != out) {
        const auto downsample = register_module("downsample", std::make_shared<Module>());
        m_project = downsample->register_module(
            "0", Conv2d(Conv2dOptions(in, out, 1).stride(stride).bias(false)));
        m_projectNorm = downsample->register_module("1", BatchNorm2d(out));
    }
}

torch::Tensor ResidualBlock::forward(const torch::Tensor& x)
{
    const torch::Tensor y = convNorm(*conv1, *bn1, x).relu_();
    const torch::Tensor skip = m_project ? convNorm(*m_project, *m_projectNorm, x) : x;
    return (convNorm(*conv2, *bn2, y) + skip).relu_();
}

H2FormerUp::H2FormerUp(std::int64_t in, std::int64_t out)
{
    up = register_module(
        "up", torch::nn::ConvTranspose2d(torch::nn::ConvTranspose2dOptions(in, out, 2).stride(2)));
    const auto block = register_module("conv_bn_relu", std::make_shared<Module>());
    m_conv = block->register_module("0", Conv2d(Conv2dOptions(2 * out, out, 3).padding(1)));
    m_norm = block->register_module("1", BatchNorm2d(out));
}

torch::Tensor H2FormerUp::forward(const torch::Tensor& deeper, const torch::Tensor& skip)
{
    const torch::Tensor x = torch::cat({up->forward(deeper), skip}, 1);
    return convNorm(*m_conv, *m_norm, x).relu_();
}

torch::Tensor H2Former::Merge::operator()(const torch::Tensor& tokens)
{
    const torch::Tensor x = map(norm->forward(tokens));
    return eca->forward(torch::cat({reductions[0]->forward(x), reductions[1]->forward(x)}, 1));
}

H2Former::H2Former(const H2FormerOptions& options)
    : m_options(options)
{
    const std::int64_t c = options.width;
    TORCH_CHECK(
        options.in_channels >= 1 && options.num_classes >= 1,
        "an H2Former needs channels and classes");
    TORCH_CHECK(c >= 8 && c % 8 == 0, "network.width of H2Former must be a multiple of 8, not ", c);
    conv1 = register_module(
        "conv1", Conv2d(Conv2dOptions(options.in_channels, c, 7).padding(3).bias(false)));
    bn1 = register_module("bn1", BatchNorm2d(c));
    addEmbedding();
    addStages();
    for (int i = 0; i < 3; ++i) {
        const std::int64_t in = c << (3 - i);
        m_ups[static_cast<std::size_t>(i)] = register_module(
            "decode" + std::to_string(4 - i), std::make_shared<H2FormerUp>(in, in / 2));
    }
    const auto head = register_module("decode0", std::make_shared<Module>());
    m_head =
        head->register_module("1", Conv2d(Conv2dOptions(c, options.num_classes, 1).bias(false)));
}

void H2Former::addEmbedding()
{
    const std::int64_t c = m_options.width;
    const auto embedding = register_module("patch_embed", std::make_shared<Module>());
    m_embedEca = embedding->register_module("eca", std::make_shared<EfficientChannelAttention>());
    const auto projs = embedding->register_module("projs", std::make_shared<Module>());
    // Halves of the channels, but for the last two, which share what is left.
    for (std::size_t i = 0; i < 4; ++i) {
        const std::int64_t kernel = std::int64_t{2} << i;
        const std::int64_t out = c >> std::min<std::size_t>(i + 1, 3);
        m_embed[i] = projs->register_module(
            std::to_string(i),
            Conv2d(Conv2dOptions(m_options.in_channels, out, kernel)
                       .stride(2)
                       .padding((kernel - 2) / 2)));
    }
    m_embedNorm = embedding->register_module("norm", LayerNorm(LayerNormOptions({c})));
}

void H2Former::addStages()
{
    const std::int64_t c = m_options.width;
    const auto swin = register_module("swin_layers", std::make_shared<Module>());
    const std::vector<double> rates = dropPathRates(m_options.drop_path, 4 * kSwinBlocks);
    for (std::size_t i = 0; i < 4; ++i) {
        const std::int64_t dim = c << i;
        const auto layer =
            register_module("layer" + std::to_string(i + 1), std::make_shared<Module>());
        for (int b = 0; b < kBlocks[i]; ++b) {
            const bool isFirst = b == 0 && i > 0;
            m_layers[i].push_back(layer->register_module(
                std::to_string(b),
                std::make_shared<ResidualBlock>(isFirst ? dim / 2 : dim, dim, isFirst ? 2 : 1)));
        }
        const auto stage = swin->register_module(std::to_string(i), std::make_shared<Module>());
        const auto blocks = stage->register_module("blocks", std::make_shared<Module>());
        for (int b = 0; b < kSwinBlocks; ++b) {
            SwinBlockOptions options;
            options.dim = dim;
            options.heads = m_options.num_heads[i];
            options.window = m_options.window_size;
            options.is_shifted = b % 2 == 1;
            options.drop_path = rates[i * kSwinBlocks + static_cast<std::size_t>(b)];
            options.mlp = m_options.scramble ? SwinMlp::EcaScrambled : SwinMlp::Eca;
            m_swin[i].push_back(
                blocks->register_module(std::to_string(b), std::make_shared<SwinBlock>(options)));
        }
        if (i == 3) {
            break;
        }
        const auto merge =
            register_module("MS" + std::to_string(i + 2), std::make_shared<Module>());
        m_merges[i].norm = merge->register_module("norm", LayerNorm(LayerNormOptions({dim})));
        m_merges[i].eca =
            merge->register_module("eca", std::make_shared<EfficientChannelAttention>());
        const auto reductions = merge->register_module("reductions", std::make_shared<Module>());
        for (std::size_t r = 0; r < 2; ++r) {
            const auto one =
                reductions->register_module(std::to_string(r), std::make_shared<Module>());
            const auto kernel = static_cast<std::int64_t>(2 * (r + 1));
            m_merges[i].reductions[r] = one->register_module(
                "0",
                Conv2d(Conv2dOptions(dim, dim, kernel)
                           .stride(2)
                           .padding(static_cast<std::int64_t>(r))));
        }
    }
}

torch::Tensor H2Former::embed(const torch::Tensor& image)
{
    std::vector<torch::Tensor> scales;
    for (Conv2d& proj : m_embed) {
        scales.push_back(proj->forward(image));
    }
    return m_embedNorm->forward(tokens(m_embedEca->forward(torch::cat(scales, 1))));
}

Encoding H2Former::encode(const BackboneInput& input)
{
    const torch::Tensor& image = input.image;
    TORCH_CHECK(
        image.dim() == 4 && image.size(1) == m_options.in_channels && image.size(2) >= 16
            && image.size(3) >= 16 && image.size(2) % 16 == 0 && image.size(3) % 16 == 0,
        "this H2Former takes images [B, ",
        m_options.in_channels,
        ", H, W] with sides that are multiples of 16, not ",
        image.sizes(),
        sizeHint(*this, image));
    TORCH_CHECK(
        !m_options.scramble || image.size(2) == image.size(3),
        "H2Former as published takes square images, not ",
        image.size(2),
        " x ",
        image.size(3),
        sizeHint(*this, image));
    Encoding encoding;
    encoding.height = image.size(2);
    encoding.width = image.size(3);
    torch::Tensor scales = map(embed(image));
    torch::Tensor x = torch::relu(bn1->forward(conv1->forward(image)));
    x = torch::max_pool2d(x, 3, 2, 1);
    for (std::size_t i = 0; i < 4; ++i) {
        for (const auto& block : m_layers[i]) {
            x = block->forward(x);
        }
        torch::Tensor t = tokens(x + scales);
        for (const auto& block : m_swin[i]) {
            t = block->forward(t);
        }
        x = map(t);
        encoding.levels.push_back(x);
        if (i < 3) {
            scales = m_merges[i](t);
        }
    }
    return encoding;
}

std::vector<torch::Tensor> H2Former::decode(const Encoding& encoding, const Gate& gate)
{
    torch::Tensor x = gate(GatePlace::Bottleneck, encoding.levels[3]);
    for (int level = 3; level >= 1; --level) {
        const auto index = static_cast<std::size_t>(level);
        x = m_ups[3 - index]->forward(x, gate(skipPlace(level), encoding.levels[index - 1]));
    }
    x = gate(GatePlace::Decoder, x);
    x = torch::upsample_bilinear2d(x, {encoding.height, encoding.width}, /*align_corners=*/true);
    return {m_head->forward(x)};
}

std::int64_t H2Former::bottleneckChannels() const
{
    return m_options.width << 3;
}

std::vector<GatePlace> H2Former::gatePlaces() const
{
    return {
        GatePlace::Input,
        GatePlace::Bottleneck,
        GatePlace::Decoder,
        GatePlace::Skip1,
        GatePlace::Skip2,
        GatePlace::Skip3};
}

bool H2Former::isEncoderModule(const std::string& name) const
{
    return name.rfind("decode", 0) != 0;
}

namespace {

const std::vector<NetworkOption>& options()
{
    static const std::vector<NetworkOption> all = {
        {"width", std::int64_t{64}, 8, 4096},
        {"num_heads", OptionNumbers{2, 4, 8, 16}, 1, 256, {}, 4, 4},
        {"window_size", std::int64_t{0}, 0, 64}, // 0: side / 16, settleOptions()
        {"drop_path", 0.1, 0, 0.9},
        {"scramble", false}, // as published: needs squares
    };
    return all;
}

} // namespace

Architecture h2FormerArchitecture()
{
    Architecture one;
    one.name = "h2former";
    one.title = "H2Former";
    one.source = "NKUhealong/H2Former 8dad87e (He et al. 2023)";
    one.size_rule = "multiples of 16; squares with scramble";
    one.options = options();
    one.make = [](const NetworkConfig& config, std::int64_t) {
        H2FormerOptions made;
        made.in_channels = config.in_channels;
        made.num_classes = config.num_classes;
        made.width = option<std::int64_t>(config, options(), "width");
        const auto heads = option<OptionNumbers>(config, options(), "num_heads");
        TORCH_CHECK(heads.size() == 4, "network.num_heads needs four numbers");
        std::copy(heads.begin(), heads.end(), made.num_heads.begin());
        const auto window = option<std::int64_t>(config, options(), "window_size");
        made.window_size = window > 0 ? window : kH2FormerWindow;
        made.drop_path = option<double>(config, options(), "drop_path");
        made.scramble = option<bool>(config, options(), "scramble");
        return std::make_shared<H2Former>(made);
    };
    one.own_key = [](const std::string& key) -> std::optional<std::string> {
        if (key.ends_with(".relative_position_index") || key.ends_with(".attn_mask")) {
            return std::nullopt; // window and size say them
        }
        return key;
    };
    one.recognises = [](const NetworkState& state) {
        return state.hasPrefix("swin_layers.0.") && state.hasPrefix("MS2.");
    };
    one.configure = [](const NetworkState& state, NetworkConfig& config) {
        config.in_channels = state.size("conv1.weight", 1);
        config.num_classes = state.size("decode0.1.weight", 0);
        const std::string table = ".blocks.0.attn.relative_position_bias_table";
        OptionNumbers heads;
        for (int i = 0; i < 4; ++i) {
            heads.push_back(state.size("swin_layers." + std::to_string(i) + table, 1));
        }
        // (2w - 1)^2 rows
        const double side = std::sqrt(static_cast<double>(state.size("swin_layers.0" + table, 0)));
        config.options["width"] = std::int64_t{state.size("conv1.weight", 0)};
        config.options["num_heads"] = heads;
        config.options["window_size"] = static_cast<std::int64_t>(std::llround((side + 1) / 2));
        config.options["scramble"] = true; // published weights were trained so
    };
    return one;
}

} // namespace guidino::nn
