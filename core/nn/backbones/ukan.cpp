// SPDX-License-Identifier: Apache-2.0
#include "core/nn/backbones/ukan.h"

#include "core/nn/backbones/published.h"
#include "core/nn/backbones/registry.h"
#include "core/nn/backbones/swin_blocks.h"

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

// [B, C, H, W], normalised over C at each place.
torch::Tensor normed(LayerNorm& norm, const torch::Tensor& x)
{
    return norm->forward(x.permute({0, 2, 3, 1})).permute({0, 3, 1, 2});
}

// The reference's rule for convolutions of its KAN and embedding modules.
void initialiseByFanOut(Conv2d& conv)
{
    const torch::NoGradGuard noGrad;
    const auto& size = conv->options.kernel_size();
    const std::int64_t fan =
        size->at(0) * size->at(1) * conv->options.out_channels() / conv->options.groups();
    conv->weight.normal_(0, std::sqrt(2.0 / static_cast<double>(fan)));
    conv->bias.zero_();
}

torch::Tensor enlarged(const torch::Tensor& x)
{
    return torch::relu(
        torch::upsample_bilinear2d(x, {x.size(2) * 2, x.size(3) * 2}, /*align_corners=*/false));
}

} // namespace

UKanConv::UKanConv(std::int64_t in, std::int64_t mid, std::int64_t out)
{
    const auto list = register_module("conv", std::make_shared<Module>());
    const std::array<std::int64_t, 3> channels = {in, mid, out};
    for (std::size_t i = 0; i < 2; ++i) {
        m_convs[i] = list->register_module(
            std::to_string(3 * i),
            Conv2d(Conv2dOptions(channels[i], channels[i + 1], 3).padding(1)));
        m_norms[i] = list->register_module(std::to_string(3 * i + 1), BatchNorm2d(channels[i + 1]));
    }
}

torch::Tensor UKanConv::forward(const torch::Tensor& x)
{
    const torch::Tensor y = convNorm(*m_convs[0], *m_norms[0], x).relu_();
    return convNorm(*m_convs[1], *m_norms[1], y).relu_();
}

KanBlock::KanBlock(std::int64_t dim, double drop_path)
    : m_dropPath(drop_path)
{
    norm2 = register_module("norm2", LayerNorm(LayerNormOptions({dim})));
    const auto layer = register_module("layer", std::make_shared<Module>());
    for (std::size_t i = 0; i < 3; ++i) {
        const std::string number = std::to_string(i + 1);
        m_layers[i] = layer->register_module("fc" + number, std::make_shared<KanLinear>(dim, dim));
        const auto conv = layer->register_module("dwconv_" + number, std::make_shared<Module>());
        m_convs[i] = conv->register_module(
            "dwconv", Conv2d(Conv2dOptions(dim, dim, 3).padding(1).groups(dim)));
        m_norms[i] = conv->register_module("bn", BatchNorm2d(dim));
        initialiseByFanOut(m_convs[i]);
    }
}

torch::Tensor KanBlock::forward(const torch::Tensor& x)
{
    torch::Tensor y = normed(norm2, x);
    for (std::size_t i = 0; i < 3; ++i) {
        y = m_layers[i]->forward(y.permute({0, 2, 3, 1})).permute({0, 3, 1, 2});
        y = convNorm(*m_convs[i], *m_norms[i], y).relu_();
    }
    return x + dropPath(y, m_dropPath, is_training());
}

torch::Tensor UKan::Stage::operator()(const torch::Tensor& x)
{
    const torch::Tensor y = proj ? normed(embedNorm, proj->forward(x)) : x;
    return normed(norm, block->forward(y));
}

UKan::UKan(const UKanOptions& options)
    : m_options(options)
{
    const std::int64_t c3 = options.embed_dims[0];
    const std::int64_t c4 = options.embed_dims[1];
    const std::int64_t c5 = options.embed_dims[2];
    TORCH_CHECK(
        options.in_channels >= 1 && options.num_classes >= 1, "a U-KAN needs channels and classes");
    TORCH_CHECK(
        c3 >= 8 && c3 % 8 == 0 && c4 >= 1 && c5 >= 1,
        "network.embed_dims of U-KAN must be positive, the first a multiple of 8, not ",
        options.embed_dims[0],
        ", ",
        c4,
        ", ",
        c5);
    const std::array<std::int64_t, 4> in = {options.in_channels, c3 / 8, c3 / 4, c3};
    for (std::size_t i = 0; i < 3; ++i) {
        m_encoders[i] = register_module(
            "encoder" + std::to_string(i + 1),
            std::make_shared<UKanConv>(in[i], in[i + 1], in[i + 1]));
    }
    const std::vector<double> rates = dropPathRates(options.drop_path, 2);
    m_down[0] = addStage("block1", "norm3", c4, rates[0]);
    m_down[1] = addStage("block2", "norm4", c5, rates[1]);
    m_up[0] = addStage("dblock1", "dnorm3", c4, rates[0]);
    m_up[1] = addStage("dblock2", "dnorm4", c3, rates[1]);
    addEmbedding(m_down[0], "patch_embed3", c3, c4);
    addEmbedding(m_down[1], "patch_embed4", c4, c5);
    const std::array<std::int64_t, 6> out = {c5, c4, c3, c3 / 4, c3 / 8, c3 / 8};
    for (std::size_t i = 0; i < 5; ++i) {
        m_decoders[i] = register_module(
            "decoder" + std::to_string(i + 1),
            std::make_shared<UKanConv>(out[i], out[i], out[i + 1]));
    }
    m_final = register_module("final", Conv2d(Conv2dOptions(c3 / 8, options.num_classes, 1)));
}

UKan::Stage UKan::addStage(
    const std::string& block, const std::string& norm, std::int64_t dim, double drop_path)
{
    Stage stage;
    const auto list = register_module(block, std::make_shared<Module>());
    stage.block = list->register_module("0", std::make_shared<KanBlock>(dim, drop_path));
    stage.norm = register_module(norm, LayerNorm(LayerNormOptions({dim})));
    return stage;
}

void UKan::addEmbedding(Stage& stage, const std::string& name, std::int64_t in, std::int64_t dim)
{
    const auto embed = register_module(name, std::make_shared<Module>());
    stage.proj =
        embed->register_module("proj", Conv2d(Conv2dOptions(in, dim, 3).stride(2).padding(1)));
    initialiseByFanOut(stage.proj);
    stage.embedNorm = embed->register_module("norm", LayerNorm(LayerNormOptions({dim})));
}

Encoding UKan::encode(const BackboneInput& input)
{
    const torch::Tensor& image = input.image;
    TORCH_CHECK(
        image.dim() == 4 && image.size(1) == m_options.in_channels && image.size(2) >= 32
            && image.size(3) >= 32 && image.size(2) % 32 == 0 && image.size(3) % 32 == 0,
        "this U-KAN takes images [B, ",
        m_options.in_channels,
        ", H, W] with sides that are multiples of 32, not ",
        image.sizes(),
        sizeHint(*this, image));
    Encoding encoding;
    encoding.height = image.size(2);
    encoding.width = image.size(3);
    torch::Tensor x = image;
    for (const auto& encoder : m_encoders) {
        x = torch::max_pool2d(encoder->forward(x), 2); // the reference's ReLU here does nothing
        encoding.levels.push_back(x);
    }
    for (Stage& stage : m_down) {
        x = stage(x);
        encoding.levels.push_back(x);
    }
    return encoding;
}

std::vector<torch::Tensor> UKan::decode(const Encoding& encoding, const Gate& gate)
{
    torch::Tensor x = gate(GatePlace::Bottleneck, encoding.levels[4]);
    for (std::size_t i = 0; i < 4; ++i) {
        const int level = 4 - static_cast<int>(i);
        x = enlarged(m_decoders[i]->forward(x))
            + gate(skipPlace(level), encoding.levels[static_cast<std::size_t>(level - 1)]);
        if (i < 2) {
            x = m_up[i](x);
        }
    }
    x = gate(GatePlace::Decoder, enlarged(m_decoders[4]->forward(x)));
    return {m_final->forward(x)};
}

std::int64_t UKan::bottleneckChannels() const
{
    return m_options.embed_dims[2];
}

std::vector<GatePlace> UKan::gatePlaces() const
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

bool UKan::isEncoderModule(const std::string& name) const
{
    for (const char* prefix : {"encoder", "patch_embed", "block", "norm"}) {
        if (name.rfind(prefix, 0) == 0) {
            return true;
        }
    }
    return false;
}

namespace {

const std::vector<NetworkOption>& options()
{
    static const std::vector<NetworkOption> all = {
        {"embed_dims", OptionNumbers{128, 160, 256}, 1, 4096, {}, 3, 3},
        {"drop_path", 0.0, 0, 0.9},
        {kKanLearningRate, 0.0, 0, 1000},
    };
    return all;
}

} // namespace

Architecture uKanArchitecture()
{
    Architecture one;
    one.name = "ukan";
    one.title = "U-KAN";
    one.source = "CUHK-AIM-Group/U-KAN b20bf63 (Li et al. 2025)";
    one.size_rule = "multiples of 32";
    one.options = options();
    one.make = [](const NetworkConfig& config, std::int64_t) {
        UKanOptions made;
        made.in_channels = config.in_channels;
        made.num_classes = config.num_classes;
        const auto dims = option<OptionNumbers>(config, options(), "embed_dims");
        TORCH_CHECK(dims.size() == 3, "network.embed_dims needs three numbers");
        std::copy(dims.begin(), dims.end(), made.embed_dims.begin());
        made.drop_path = option<double>(config, options(), "drop_path");
        return std::make_shared<UKan>(made);
    };
    one.recognises = [](const NetworkState& state) {
        return state.hasPrefix("patch_embed3.") && state.hasPrefix("dblock1.");
    };
    one.configure = [](const NetworkState& state, NetworkConfig& config) {
        config.in_channels = state.size("encoder1.conv.0.weight", 1);
        config.num_classes = state.size("final.weight", 0);
        config.options["embed_dims"] = OptionNumbers{
            state.size("encoder3.conv.0.weight", 0),
            state.size("patch_embed3.proj.weight", 0),
            state.size("patch_embed4.proj.weight", 0)};
    };
    return one;
}

} // namespace guidino::nn
