// SPDX-License-Identifier: Apache-2.0
#include "core/nn/backbones/wnet.h"

#include "core/nn/backbones/conv_norm.h"
#include "core/nn/backbones/registry.h"

#include <torch/torch.h>

namespace guidino::nn {

namespace {

using torch::nn::BatchNorm2d;
using torch::nn::Conv2d;
using torch::nn::Conv2dOptions;
using torch::nn::GELU;
using torch::nn::GroupNorm;
using torch::nn::Sequential;

Conv2d conv3x3(std::int64_t in, std::int64_t out)
{
    return Conv2d(Conv2dOptions(in, out, 3).padding(1));
}

Conv2d conv1x1(std::int64_t in, std::int64_t out)
{
    return Conv2d(Conv2dOptions(in, out, 1));
}

// The stem: (3 × 3 convolution, batch norm, GELU) twice. Keys {0,1,3,4}.
class Stem : public ConvNormModule
{
public:
    Stem(std::int64_t in, std::int64_t out)
        : m_convs{conv3x3(in, out), conv3x3(out, out)}
        , m_norms{BatchNorm2d(out), BatchNorm2d(out)}
    {
        register_module("0", m_convs[0]);
        register_module("1", m_norms[0]);
        register_module("3", m_convs[1]);
        register_module("4", m_norms[1]);
    }

    torch::Tensor forward(const torch::Tensor& x)
    {
        const torch::Tensor y = torch::gelu(convNorm(*m_convs[0], *m_norms[0], x));
        return torch::gelu(convNorm(*m_convs[1], *m_norms[1], y));
    }

private:
    std::array<Conv2d, 2> m_convs;
    std::array<BatchNorm2d, 2> m_norms;
};

// 3 × 3 convolution with stride 2, batch norm, GELU. Keys down.{0,1}.
class Down : public ConvNormModule
{
public:
    Down(std::int64_t in, std::int64_t out)
        : m_conv(Conv2dOptions(in, out, 3).stride(2).padding(1).bias(false))
        , m_norm(out)
    {
        register_module("down", Sequential(m_conv, m_norm, GELU()));
    }

    torch::Tensor forward(const torch::Tensor& x)
    {
        return torch::gelu(convNorm(*m_conv, *m_norm, x));
    }

private:
    Conv2d m_conv;
    BatchNorm2d m_norm;
};

// Bilinear × 2 (align_corners = true), 3 × 3 convolution, batch norm, GELU. Keys up.{1,2}.
class Up : public ConvNormModule
{
public:
    Up(std::int64_t in, std::int64_t out)
        : m_conv(Conv2dOptions(in, out, 3).padding(1).bias(false))
        , m_norm(out)
    {
        register_module("up", Sequential(torch::nn::Identity(), m_conv, m_norm, GELU()));
    }

    torch::Tensor forward(const torch::Tensor& x)
    {
        const torch::Tensor twice =
            torch::upsample_bilinear2d(x, {x.size(2) * 2, x.size(3) * 2}, /*align_corners=*/true);
        return torch::gelu(convNorm(*m_conv, *m_norm, twice));
    }

private:
    Conv2d m_conv;
    BatchNorm2d m_norm;
};

// Residual block; the shortcut is a 1 × 1 convolution with batch norm where channels change.
class Residual : public ConvNormModule
{
public:
    Residual(std::int64_t in, std::int64_t out)
    {
        conv1 = register_module("conv1", conv3x3(in, out));
        bn1 = register_module("bn1", BatchNorm2d(out));
        conv2 = register_module("conv2", conv3x3(out, out));
        bn2 = register_module("bn2", BatchNorm2d(out));
        if (in != out) {
            m_shortcut = conv1x1(in, out);
            m_shortcutNorm = BatchNorm2d(out);
            register_module("down", Sequential(m_shortcut, m_shortcutNorm));
        }
    }

    torch::Tensor forward(const torch::Tensor& x)
    {
        const torch::Tensor y = torch::gelu(convNorm(*conv1, *bn1, x));
        const torch::Tensor shortcut =
            m_shortcut.is_empty() ? x : convNorm(*m_shortcut, *m_shortcutNorm, x);
        return torch::gelu(convNorm(*conv2, *bn2, y) + shortcut);
    }

private:
    Conv2d conv1{nullptr};
    BatchNorm2d bn1{nullptr};
    Conv2d conv2{nullptr};
    BatchNorm2d bn2{nullptr};
    Conv2d m_shortcut{nullptr};
    BatchNorm2d m_shortcutNorm{nullptr};
};

// Overlapping patch embedding: the first encoder's step to the next level.
class PatchEmbedding : public ConvNormModule
{
public:
    PatchEmbedding(std::int64_t in, std::int64_t out)
    {
        conv1 = register_module("conv1", conv3x3(in, in));
        bn1 = register_module("bn1", BatchNorm2d(in));
        down = register_module("down", std::make_shared<Down>(in, out));
    }

    torch::Tensor forward(const torch::Tensor& x)
    {
        return down->forward(torch::gelu(convNorm(*conv1, *bn1, x)));
    }

private:
    Conv2d conv1{nullptr};
    BatchNorm2d bn1{nullptr};
    std::shared_ptr<Down> down;
};

// A residual block and, where given, a step up or down. Keys block.0.*, block.1.*.
class Local : public torch::nn::Module
{
public:
    Local(std::int64_t in, std::int64_t hidden)
    {
        m_block = register_module("block", Sequential(std::make_shared<Residual>(in, hidden)));
    }

    template<typename Step>
    Local(std::int64_t in, std::int64_t hidden, std::shared_ptr<Step> step)
        : Local(in, hidden)
    {
        m_block->push_back(std::move(step));
    }

    torch::Tensor forward(const torch::Tensor& x) { return m_block->forward(x); }

private:
    Sequential m_block{nullptr};
};

class Mlp : public torch::nn::Module
{
public:
    explicit Mlp(std::int64_t dim)
    {
        fc1 = register_module("fc1", conv1x1(dim, 4 * dim));
        fc2 = register_module("fc2", conv1x1(4 * dim, dim));
    }

    torch::Tensor forward(const torch::Tensor& x)
    {
        return fc2->forward(torch::gelu(fc1->forward(x)));
    }

private:
    Conv2d fc1{nullptr};
    Conv2d fc2{nullptr};
};

// The global block: a pooling token mixer and an MLP, each with a residual.
class Global : public torch::nn::Module
{
public:
    Global(std::int64_t in, std::int64_t dim)
    {
        proj = register_module("proj", conv3x3(in, dim));
        norm1 = register_module("norm1", GroupNorm(1, dim));
        norm2 = register_module("norm2", GroupNorm(1, dim));
        mlp = register_module("mlp", std::make_shared<Mlp>(dim));
    }

    torch::Tensor forward(const torch::Tensor& input)
    {
        torch::Tensor x = proj->forward(input);
        const torch::Tensor n = norm1->forward(x);
        const torch::Tensor pooled = torch::avg_pool2d(
            n, {3, 3}, {1, 1}, {1, 1}, /*ceil_mode=*/false, /*count_include_pad=*/false);
        x = x + (pooled - n);
        return x + mlp->forward(norm2->forward(x));
    }

private:
    Conv2d proj{nullptr};
    GroupNorm norm1{nullptr};
    GroupNorm norm2{nullptr};
    std::shared_ptr<Mlp> mlp;
};

torch::Tensor joined(const torch::Tensor& local, const torch::Tensor& global)
{
    return torch::cat({local, global}, 1);
}

std::string named(const char* side, std::size_t level, const char* kind)
{
    return std::string(side) + "_l" + std::to_string(level) + "_" + kind;
}

} // namespace

template<typename M>
WNet2D::Block WNet2D::add(const std::string& name, std::shared_ptr<M> module)
{
    M* block = register_module(name, std::move(module)).get();
    return [block](const torch::Tensor& x) { return block->forward(x); };
}

WNet2D::WNet2D(const WNetOptions& options)
    : m_options(options)
{
    const auto& c = options.layer_channel;
    const auto& g = options.global_dim;
    for (std::size_t i = 0; i < c.size(); ++i) {
        TORCH_CHECK(
            c[i] >= 1 && g[i] >= 1, "network.layer_channel and global_dim must be at least 1");
    }
    m_input = add("input_l0", std::make_shared<Stem>(options.in_channels, c[0]));
    for (std::size_t i = 1; i <= 4; ++i) {
        m_encoder1Local[i] =
            add(named("encoder1", i, "local"), std::make_shared<PatchEmbedding>(c[i - 1], c[i]));
        m_encoder1Global[i - 1] =
            add(named("encoder1", i, "global"), std::make_shared<Global>(c[i - 1], g[i - 1]));
    }
    for (std::size_t i = 4; i >= 1; --i) {
        const std::int64_t in = i == 4 ? c[4] : c[i] + g[i];
        m_decoder1Local[i] =
            add(named("decoder1", i, "local"),
                std::make_shared<Local>(in, c[i], std::make_shared<Up>(c[i], c[i - 1])));
        m_decoder1Global[i] =
            add(named("decoder1", i, "global"), std::make_shared<Global>(in, g[i]));
    }
    for (std::size_t i = 0; i <= 3; ++i) {
        m_encoder2Local[i] =
            add(named("encoder2", i + 1, "local"),
                std::make_shared<Local>(c[i] + g[i], c[i], std::make_shared<Down>(c[i], c[i + 1])));
        m_encoder2Global[i] =
            add(named("encoder2", i + 1, "global"), std::make_shared<Global>(c[i] + g[i], g[i]));
    }
    for (std::size_t i = 4; i >= 1; --i) {
        if (options.deep_supervision) {
            m_heads[i] =
                add(named("decoder2", i, "local_output"), conv1x1(c[i], options.num_classes).ptr());
        }
        m_decoder2Local[i] =
            add(named("decoder2", i, "local"),
                std::make_shared<Local>(c[i] + g[i], c[i], std::make_shared<Up>(c[i], c[i - 1])));
    }
    const auto block = std::make_shared<Local>(c[0] + g[0], c[0]);
    Conv2d head = conv1x1(c[0], options.num_classes);
    register_module("output_l0", Sequential(block, head));
    m_outputBlock = [raw = block.get()](const torch::Tensor& x) { return raw->forward(x); };
    m_outputHead = [raw = head.get()](const torch::Tensor& x) { return raw->forward(x); };
}

Encoding WNet2D::encode(const BackboneInput& input)
{
    const torch::Tensor& image = input.image;
    TORCH_CHECK(
        image.dim() == 4 && image.size(1) == m_options.in_channels && image.size(2) % 16 == 0
            && image.size(3) % 16 == 0,
        "nnWNet takes images [B, ",
        m_options.in_channels,
        ", H, W] with sides that are multiples of 16, not ",
        image.sizes());
    Encoding encoding;
    encoding.height = image.size(2);
    encoding.width = image.size(3);
    encoding.levels.push_back(m_input(image));
    for (std::size_t i = 1; i <= 4; ++i) {
        encoding.levels.push_back(m_encoder1Local[i](encoding.levels.back()));
    }
    return encoding;
}

std::vector<torch::Tensor> WNet2D::decode(const Encoding& encoding, const Gate& gate)
{
    const torch::Tensor deepest = gate(GatePlace::Bottleneck, encoding.levels[4]);
    // First decoder: local features up, a global map of each level for the second encoder.
    std::array<torch::Tensor, 5> across1;
    across1[4] = m_decoder1Global[4](deepest);
    torch::Tensor local = m_decoder1Local[4](deepest);
    torch::Tensor x;
    for (std::size_t i = 3; i >= 1; --i) {
        x = joined(local, m_encoder1Global[i](encoding.levels[i]));
        across1[i] = m_decoder1Global[i](x);
        local = m_decoder1Local[i](x);
    }
    x = joined(local, m_encoder1Global[0](encoding.levels[0]));
    // Second encoder: down again, a global map of each level for the second decoder.
    std::array<torch::Tensor, 5> across2;
    for (std::size_t i = 0; i <= 3; ++i) {
        across2[i] = gate(skipPlace(static_cast<int>(i) + 1), m_encoder2Global[i](x));
        local = m_encoder2Local[i](x);
        x = joined(local, across1[i + 1]);
    }
    // Second decoder; the heads read the local features before the join.
    std::vector<torch::Tensor> logits(m_options.deep_supervision ? 5 : 1);
    for (std::size_t i = 4; i >= 1; --i) {
        if (m_options.deep_supervision) {
            logits[i] = m_heads[i](local);
        }
        local = m_decoder2Local[i](x);
        x = joined(local, across2[i - 1]);
    }
    logits[0] = m_outputHead(gate(GatePlace::Decoder, m_outputBlock(x)));
    return logits;
}

std::int64_t WNet2D::bottleneckChannels() const
{
    return m_options.layer_channel[4];
}

std::vector<GatePlace> WNet2D::gatePlaces() const
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

bool WNet2D::isEncoderModule(const std::string& name) const
{
    return name.rfind("input_l0.", 0) == 0
           || (name.rfind("encoder1_", 0) == 0 && name.find("_local.") != std::string::npos);
}

bool WNet2D::isDecoderModule(const std::string& name) const
{
    return name.rfind("input_l0.", 0) != 0 && name.rfind("encoder1_", 0) != 0;
}

namespace {

std::array<std::int64_t, 5> five(const std::vector<int>& values, const char* key)
{
    TORCH_CHECK(values.size() == 5, key, " needs five numbers, not ", values.size());
    std::array<std::int64_t, 5> result{};
    for (std::size_t i = 0; i < 5; ++i) {
        result[i] = values[i];
    }
    return result;
}

} // namespace

Architecture nnWNetArchitecture()
{
    Architecture one;
    one.name = "nnwnet";
    one.title = "nnWNet";
    one.source = "Yanfeng-Zhou/nnWNet (CVPR 2025), as in Hi-FishU/GuiDINO";
    one.size_rule = "multiples of 16";
    one.guide = GuideUse::Never;
    one.default_gates = {};
    one.has_heads = true;
    one.make = [](const NetworkConfig& config, std::int64_t) {
        WNetOptions options;
        options.in_channels = config.in_channels;
        options.num_classes = config.num_classes;
        options.layer_channel = five(config.layer_channel, "network.layer_channel");
        options.global_dim = five(config.global_dim, "network.global_dim");
        options.deep_supervision = config.deep_supervision;
        return std::make_shared<WNet2D>(options);
    };
    one.recognises = [](const NetworkState& state) {
        return state.hasPrefix("encoder1_l1_local.");
    };
    one.configure = [](const NetworkState& state, NetworkConfig& config) {
        config.in_channels = state.size("input_l0.0.weight", 1);
        config.num_classes = state.size("output_l0.1.weight", 0);
        config.layer_channel = {state.size("input_l0.0.weight", 0)};
        config.global_dim.clear();
        for (const char* level : {"1", "2", "3", "4"}) {
            const std::string encoder = std::string("encoder1_l") + level;
            config.layer_channel.push_back(state.size(encoder + "_local.down.down.0.weight", 0));
            config.global_dim.push_back(state.size(encoder + "_global.proj.weight", 0));
        }
        config.global_dim.push_back(state.size("decoder1_l4_global.proj.weight", 0));
        config.deep_supervision = state.hasPrefix("decoder2_l1_local_output.");
    };
    return one;
}

Architecture guidinoWArchitecture()
{
    Architecture one = nnWNetArchitecture();
    one.name = "guidino-w";
    one.title = "GuiDINO-W: nnWNet gated at its input";
    one.source = "GuiDINO (arXiv 2603.01115)";
    one.guide = GuideUse::Optional;
    one.default_source = "dinov3";
    one.default_gates = {"input"};
    one.reference_keys = [](const std::string& key) {
        return std::vector<std::string>{"wnet." + key};
    };
    return one;
}

} // namespace guidino::nn
