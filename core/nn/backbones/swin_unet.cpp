// SPDX-License-Identifier: Apache-2.0
#include "core/nn/backbones/swin_unet.h"

#include "core/nn/backbones/published.h"
#include "core/nn/backbones/registry.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

namespace guidino::nn {

namespace {

using torch::nn::LayerNorm;
using torch::nn::LayerNormOptions;
using torch::nn::Linear;
using torch::nn::LinearOptions;

constexpr std::int64_t kPatch = 4;
constexpr std::int64_t kBlocks = 2; // per stage; the decoder's DECODER_DEPTHS is ignored there too

torch::Tensor tokens(const torch::Tensor& map)
{
    return map.permute({0, 2, 3, 1});
}

torch::Tensor map(const torch::Tensor& tokens)
{
    return tokens.permute({0, 3, 1, 2});
}

// [B, H, W, C] to [B, H/2, W/2, 4C]: even-even, odd-even, even-odd, odd-odd (row, column).
torch::Tensor phases(const torch::Tensor& x)
{
    const auto at = [&](std::int64_t row, std::int64_t column) {
        return x.slice(1, row, c10::nullopt, 2).slice(2, column, c10::nullopt, 2);
    };
    return torch::cat({at(0, 0), at(1, 0), at(0, 1), at(1, 1)}, 3);
}

// [B, H, W, p·p·c] to [B, pH, pW, c]: channels are (row, column, c), c fastest.
torch::Tensor spread(const torch::Tensor& x, std::int64_t p)
{
    const std::int64_t b = x.size(0);
    const std::int64_t h = x.size(1);
    const std::int64_t w = x.size(2);
    const std::int64_t c = x.size(3) / (p * p);
    return x.reshape({b, h, w, p, p, c}).permute({0, 1, 3, 2, 4, 5}).reshape({b, h * p, w * p, c});
}

} // namespace

SwinUnet::SwinUnet(const SwinUnetOptions& options)
    : m_options(options)
{
    const std::int64_t c = options.embed_dim;
    TORCH_CHECK(
        options.in_channels >= 1 && options.num_classes >= 1,
        "a SwinUNet needs channels and classes");
    TORCH_CHECK(c >= 1, "network.embed_dim must be at least 1, not ", c);
    const auto embed = register_module("patch_embed", std::make_shared<Module>());
    m_embed = embed->register_module(
        "proj",
        torch::nn::Conv2d(torch::nn::Conv2dOptions(options.in_channels, c, kPatch).stride(kPatch)));
    m_embedNorm = embed->register_module("norm", LayerNorm(LayerNormOptions({c})));
    const std::vector<double> rates = dropPathRates(options.drop_path, 4 * kBlocks);
    const auto ratesOf = [&](int level) {
        const auto first = rates.begin() + level * kBlocks;
        return std::vector<double>(first, first + kBlocks);
    };
    const auto layers = register_module("layers", std::make_shared<Module>());
    const auto up = register_module("layers_up", std::make_shared<Module>());
    const auto joins = register_module("concat_back_dim", std::make_shared<Module>());
    for (int level = 0; level < 4; ++level) {
        const auto i = static_cast<std::size_t>(level);
        const std::int64_t dim = c << level;
        const auto stage =
            layers->register_module(std::to_string(level), std::make_shared<Module>());
        m_encoder[i] = addBlocks(*stage, level, ratesOf(level));
        if (level < 3) {
            const auto merge = stage->register_module("downsample", std::make_shared<Module>());
            m_mergeNorms[i] =
                merge->register_module("norm", LayerNorm(LayerNormOptions({4 * dim})));
            m_merges[i] = merge->register_module(
                "reduction", Linear(LinearOptions(4 * dim, 2 * dim).bias(false)));
        }
    }
    for (int j = 0; j < 4; ++j) {
        const auto i = static_cast<std::size_t>(j);
        const int level = 3 - j;
        const std::int64_t dim = c << level;
        const auto stage = up->register_module(std::to_string(j), std::make_shared<Module>());
        if (j > 0) {
            m_joins[i] = joins->register_module(std::to_string(j), Linear(2 * dim, dim));
            m_decoder[i] = addBlocks(*stage, level, ratesOf(level));
        }
        if (j < 3) {
            const auto expand =
                j == 0 ? stage : stage->register_module("upsample", std::make_shared<Module>());
            m_expands[i] =
                expand->register_module("expand", Linear(LinearOptions(dim, 2 * dim).bias(false)));
            m_expandNorms[i] =
                expand->register_module("norm", LayerNorm(LayerNormOptions({dim / 2})));
        }
    }
    norm = register_module("norm", LayerNorm(LayerNormOptions({c << 3})));
    norm_up = register_module("norm_up", LayerNorm(LayerNormOptions({c})));
    const auto last = register_module("up", std::make_shared<Module>());
    m_finalExpand =
        last->register_module("expand", Linear(LinearOptions(c, kPatch * kPatch * c).bias(false)));
    m_finalNorm = last->register_module("norm", LayerNorm(LayerNormOptions({c})));
    output = register_module(
        "output",
        torch::nn::Conv2d(torch::nn::Conv2dOptions(c, options.num_classes, 1).bias(false)));
    initialiseSwinLinears(*this);
}

SwinUnet::Blocks SwinUnet::addBlocks(Module& stage, int level, const std::vector<double>& rates)
{
    const auto list = stage.register_module("blocks", std::make_shared<Module>());
    Blocks blocks;
    for (std::int64_t b = 0; b < kBlocks; ++b) {
        SwinBlockOptions options;
        options.dim = m_options.embed_dim << level;
        options.heads = m_options.num_heads[static_cast<std::size_t>(level)];
        options.window = m_options.window_size;
        options.is_shifted = b % 2 == 1;
        options.drop_path = rates[static_cast<std::size_t>(b)];
        blocks.push_back(
            list->register_module(std::to_string(b), std::make_shared<SwinBlock>(options)));
    }
    return blocks;
}

Encoding SwinUnet::encode(const BackboneInput& input)
{
    torch::Tensor image = input.image;
    if (image.dim() == 4 && image.size(1) == 1 && m_options.in_channels == 3) {
        image = image.expand({-1, 3, -1, -1});
    }
    TORCH_CHECK(
        image.dim() == 4 && image.size(1) == m_options.in_channels && image.size(2) >= 32
            && image.size(3) >= 32 && image.size(2) % 32 == 0 && image.size(3) % 32 == 0,
        "this SwinUNet takes images [B, ",
        m_options.in_channels,
        ", H, W] with sides that are multiples of 32, not ",
        image.sizes(),
        sizeHint(*this, image));
    Encoding encoding;
    encoding.height = image.size(2);
    encoding.width = image.size(3);
    torch::Tensor x = m_embedNorm->forward(tokens(m_embed->forward(image)));
    for (std::size_t level = 0; level < 4; ++level) {
        if (level < 3) {
            encoding.levels.push_back(map(x));
        }
        for (const auto& block : m_encoder[level]) {
            x = block->forward(x);
        }
        if (level < 3) {
            x = m_merges[level]->forward(m_mergeNorms[level]->forward(phases(x)));
        }
    }
    encoding.levels.push_back(map(norm->forward(x)));
    return encoding;
}

std::vector<torch::Tensor> SwinUnet::decode(const Encoding& encoding, const Gate& gate)
{
    torch::Tensor x = tokens(gate(GatePlace::Bottleneck, encoding.levels[3]));
    for (std::size_t j = 0; j < 4; ++j) {
        if (j > 0) {
            const std::size_t level = 3 - j;
            const torch::Tensor skip =
                gate(skipPlace(static_cast<int>(level) + 1), encoding.levels[level]);
            x = m_joins[j]->forward(torch::cat({x, tokens(skip)}, 3));
            for (const auto& block : m_decoder[j]) {
                x = block->forward(x);
            }
        }
        if (j < 3) {
            x = m_expandNorms[j]->forward(spread(m_expands[j]->forward(x), 2));
        }
    }
    x = spread(m_finalExpand->forward(norm_up->forward(x)), kPatch);
    x = map(m_finalNorm->forward(x));
    return {output->forward(gate(GatePlace::Decoder, x))};
}

std::int64_t SwinUnet::bottleneckChannels() const
{
    return m_options.embed_dim << 3;
}

std::vector<GatePlace> SwinUnet::gatePlaces() const
{
    return {
        GatePlace::Input,
        GatePlace::Bottleneck,
        GatePlace::Decoder,
        GatePlace::Skip1,
        GatePlace::Skip2,
        GatePlace::Skip3};
}

bool SwinUnet::isEncoderModule(const std::string& name) const
{
    return name.rfind("patch_embed.", 0) == 0 || name.rfind("layers.", 0) == 0 || name == "norm";
}

std::int64_t swinWindowFor(std::int64_t side)
{
    constexpr std::int64_t kImageNet = 7;
    constexpr std::int64_t kDefault = 8;
    const std::int64_t cells = side / 32;
    if (side % 32 != 0 || cells < 4) {
        return kDefault;
    }
    if (cells % kImageNet == 0) {
        return kImageNet;
    }
    for (std::int64_t window = 16; window >= 4; --window) {
        if (cells % window == 0) {
            return window;
        }
    }
    return kDefault;
}

std::map<std::string, torch::Tensor>
swinUnetFromSwin(const std::map<std::string, torch::Tensor>& swin)
{
    std::map<std::string, torch::Tensor> state;
    const std::string layers = "layers.";
    for (const auto& [key, tensor] : swin) {
        state[key] = tensor;
        const bool isStage = key.rfind(layers, 0) == 0 && key.size() > layers.size() + 1
                             && key[layers.size()] >= '0' && key[layers.size()] <= '3'
                             && key[layers.size() + 1] == '.';
        if (isStage) {
            const int stage = key[layers.size()] - '0';
            state["layers_up." + std::to_string(3 - stage) + key.substr(layers.size() + 1)] =
                tensor;
        }
    }
    return state;
}

namespace {

const std::vector<NetworkOption>& options()
{
    static const std::vector<NetworkOption> all = {
        {"embed_dim", std::int64_t{96}, 1, 4096},
        {"num_heads", OptionNumbers{3, 6, 12, 24}, 1, 256, {}, 4, 4},
        {"window_size", std::int64_t{0}, 0, 64}, // 0: by the size, settleOptions()
        {"drop_path", 0.1, 0, 0.9},
    };
    return all;
}

} // namespace

Architecture swinUnetArchitecture()
{
    Architecture one;
    one.name = "swinunet";
    one.title = "SwinUNet";
    one.source = "HuCaoFighting/Swin-Unet f48f623 (Cao et al. 2022)";
    one.size_rule = "multiples of 32; windows are extended";
    one.options = options();
    one.make = [](const NetworkConfig& config, std::int64_t) {
        SwinUnetOptions made;
        made.in_channels = config.in_channels;
        made.num_classes = config.num_classes;
        made.embed_dim = option<std::int64_t>(config, options(), "embed_dim");
        const auto heads = option<OptionNumbers>(config, options(), "num_heads");
        TORCH_CHECK(heads.size() == 4, "network.num_heads needs four numbers");
        std::copy(heads.begin(), heads.end(), made.num_heads.begin());
        const auto window = option<std::int64_t>(config, options(), "window_size");
        made.window_size = window > 0 ? window : kSwinWindow;
        made.drop_path = option<double>(config, options(), "drop_path");
        return std::make_shared<SwinUnet>(made);
    };
    one.own_key = [](const std::string& key) -> std::optional<std::string> {
        if (key.ends_with(".relative_position_index") || key.ends_with(".attn_mask")) {
            return std::nullopt; // window and size say them
        }
        const std::string wrapper = "swin_unet.";
        return key.rfind(wrapper, 0) == 0 ? key.substr(wrapper.size()) : key;
    };
    one.recognises = [](const NetworkState& state) {
        return state.hasPrefix("layers_up.1.") && state.hasPrefix("concat_back_dim.1.");
    };
    one.configure = [](const NetworkState& state, NetworkConfig& config) {
        config.in_channels = state.size("patch_embed.proj.weight", 1);
        config.num_classes = state.size("output.weight", 0);
        const std::string table = ".blocks.0.attn.relative_position_bias_table";
        OptionNumbers heads;
        for (int i = 0; i < 4; ++i) {
            heads.push_back(state.size("layers." + std::to_string(i) + table, 1));
        }
        // (2w - 1)^2 rows
        const double side = std::sqrt(static_cast<double>(state.size("layers.0" + table, 0)));
        config.options["embed_dim"] = std::int64_t{state.size("patch_embed.proj.weight", 0)};
        config.options["num_heads"] = heads;
        config.options["window_size"] = static_cast<std::int64_t>(std::llround((side + 1) / 2));
    };
    return one;
}

} // namespace guidino::nn
