// SPDX-License-Identifier: Apache-2.0
#include "core/nn/backbones/token_decoder.h"

#include <torch/torch.h>

#include <algorithm>
#include <array>

/// SegDINO v2 (PIPELINE.md §4.3): token pyramid adaptation (TPA) and scale-aware decoding (SAD), as
/// in its current code, and its public version of March 2026.
namespace guidino::nn {

namespace {

using torch::nn::Conv2d;
using torch::nn::Conv2dOptions;
using torch::nn::ConvTranspose2d;
using torch::nn::ConvTranspose2dOptions;

enum class Decoding { Sad, Linear, SegDino };

struct SegDinoV2Options
{
    std::int64_t token_dim = 384;
    std::int64_t num_classes = 1;
    std::int64_t channels = 256; ///< C; the March version has D
    bool is_march = false;
    bool tpa = true;
    Decoding decoding = Decoding::Sad;
    bool batch_norm = false;
};

/// Names of the two versions' modules.
struct Names
{
    const char* projections;
    const char* intra;
    const char* inter;
    const char* depthwise;
    const char* pointwise;
};

constexpr Names kCurrent = {
    "token_projections", "sad_intra_", "sad_inter_", "depthwise", "pointwise"};
constexpr Names kMarch = {"proj", "intra_r", "inter_r", "dw", "pw"};

torch::Tensor resized(const torch::Tensor& x, const torch::Tensor& like)
{
    if (x.size(2) == like.size(2) && x.size(3) == like.size(3)) {
        return x;
    }
    return torch::upsample_bilinear2d(x, {like.size(2), like.size(3)}, /*align_corners=*/false);
}

/// x + γ · GELU(norm(pointwise(depthwise(x)))), γ a scalar that starts at 0.
class ResidualDepthwise : public torch::nn::Module
{
public:
    ResidualDepthwise(std::int64_t channels, const Names& names, bool batch_norm)
    {
        m_depthwise = register_module(
            names.depthwise,
            Conv2d(Conv2dOptions(channels, channels, 3).padding(1).groups(channels).bias(false)));
        m_pointwise = register_module(
            names.pointwise, Conv2d(Conv2dOptions(channels, channels, 1).bias(false)));
        if (batch_norm) {
            m_batchNorm = register_module("norm", torch::nn::BatchNorm2d(channels));
        } else {
            const std::int64_t groups = std::min<std::int64_t>(32, channels);
            TORCH_CHECK(
                channels % groups == 0,
                "network.decoder_channels must be a multiple of 32 (group norm), not ",
                channels);
            m_groupNorm = register_module("norm", torch::nn::GroupNorm(groups, channels));
        }
        gamma = register_parameter("gamma", torch::zeros({1}));
    }

    torch::Tensor forward(const torch::Tensor& x)
    {
        const torch::Tensor y = m_pointwise->forward(m_depthwise->forward(x));
        const torch::Tensor normed =
            m_batchNorm ? m_batchNorm->forward(y) : m_groupNorm->forward(y);
        return x + gamma * torch::gelu(normed);
    }

    torch::Tensor gamma;

private:
    Conv2d m_depthwise{nullptr};
    Conv2d m_pointwise{nullptr};
    torch::nn::GroupNorm m_groupNorm{nullptr};
    torch::nn::BatchNorm2d m_batchNorm{nullptr};
};

/// Four layers → projections (gate `decoder`) → pyramid (TPA, or all at the tokens' scale; gates
/// skip1 .. skip4 on its levels, fine to coarse) → SAD, a linear head on the joined levels, or
/// SegDINO v1's head (a 3 × 3 convolution of each level before the joining).
class SegDinoV2Decoder : public TokenDecoder
{
public:
    explicit SegDinoV2Decoder(const SegDinoV2Options& options)
        : TokenDecoder(options.token_dim, 4)
        , m_options(options)
    {
        const std::int64_t channels = options.channels;
        const Names& names = options.is_march ? kMarch : kCurrent;
        const auto projections = register_module(names.projections, std::make_shared<Module>());
        for (std::size_t i = 0; i < 4; ++i) {
            m_projections[i] = projections->register_module(
                std::to_string(i),
                Conv2d(Conv2dOptions(options.token_dim, channels, 1).bias(false)));
        }
        if (options.tpa) {
            addPyramid(channels);
        }
        if (options.decoding == Decoding::Sad) {
            for (std::size_t i = 0; i < 4; ++i) {
                const std::string number = std::to_string(i + 1);
                m_intra[i] = register_module(
                    names.intra + number,
                    std::make_shared<ResidualDepthwise>(channels, names, options.batch_norm));
            }
            for (std::size_t i = 0; i < 4; ++i) {
                m_inter[i] = register_module(
                    names.inter + std::to_string(i + 1),
                    std::make_shared<ResidualDepthwise>(channels, names, options.batch_norm));
            }
        }
        torch::nn::Module* home = this;
        std::string head = "out_conv";
        if (options.decoding == Decoding::SegDino) {
            const auto scratch = register_module("scratch", std::make_shared<Module>());
            for (std::size_t i = 0; i < 4; ++i) {
                m_convs[i] = scratch->register_module(
                    "layer" + std::to_string(i + 1) + "_rn",
                    Conv2d(Conv2dOptions(channels, channels, 3).padding(1).bias(false)));
            }
            home = scratch.get();
            head = "output_conv";
        }
        const std::int64_t joined = options.decoding == Decoding::Sad ? channels : 4 * channels;
        m_head = home->register_module(head, Conv2d(Conv2dOptions(joined, options.num_classes, 1)));
    }

    std::vector<torch::Tensor> decode(const Encoding& encoding, const Gate& gate) override
    {
        std::array<torch::Tensor, 4> levels;
        for (std::size_t i = 0; i < 4; ++i) {
            const torch::Tensor x =
                gate(GatePlace::Decoder, m_projections[i]->forward(encoding.levels[i]));
            levels[i] = gate(skipPlace(static_cast<int>(i) + 1), m_options.tpa ? adapted(i, x) : x);
        }
        torch::Tensor x;
        if (m_options.decoding == Decoding::Sad) {
            for (std::size_t i = 4; i-- > 0;) {
                const torch::Tensor level = m_intra[i]->forward(levels[i]);
                x = m_inter[i]->forward(x.defined() ? resized(x, level) + level : level);
            }
        } else {
            std::vector<torch::Tensor> joined;
            for (std::size_t i = 0; i < 4; ++i) {
                torch::Tensor level = levels[i];
                if (m_options.decoding == Decoding::SegDino) {
                    level = m_convs[i]->forward(level);
                }
                joined.push_back(resized(level, levels[0]));
            }
            x = torch::cat(joined, 1);
        }
        return {toImage(m_head->forward(x), encoding, /*align_corners=*/m_options.is_march)};
    }

    [[nodiscard]] std::vector<GatePlace> gatePlaces() const override
    {
        return {
            GatePlace::Decoder,
            GatePlace::Skip1,
            GatePlace::Skip2,
            GatePlace::Skip3,
            GatePlace::Skip4};
    }

private:
    void addPyramid(std::int64_t channels)
    {
        const auto plain = Conv2dOptions(channels, channels, 3).padding(1).bias(false);
        if (!m_options.is_march) {
            for (std::size_t i = 0; i < 4; ++i) {
                const auto branch = register_module(
                    "tpa_branch_" + std::to_string(i + 1), std::make_shared<Module>());
                m_branches[i] = branch->register_module("conv", Conv2d(plain));
            }
            return;
        }
        const auto up = [channels](std::int64_t factor) {
            return ConvTranspose2d(
                ConvTranspose2dOptions(channels, channels, factor).stride(factor).bias(false));
        };
        m_ups[0] = register_module("rsz1", up(4));
        m_ups[1] = register_module("rsz2", up(2));
        m_branches[3] = register_module("rsz4", Conv2d(Conv2dOptions(plain).stride(2)));
    }

    torch::Tensor adapted(std::size_t i, const torch::Tensor& x)
    {
        if (m_options.is_march) {
            return i < 2 ? m_ups[i]->forward(x) : i == 2 ? x : m_branches[3]->forward(x);
        }
        const std::int64_t factor = std::int64_t{8} >> i;
        if (factor == 1) {
            return m_branches[i]->forward(x);
        }
        return m_branches[i]->forward(torch::upsample_bilinear2d(
            x, {x.size(2) * factor, x.size(3) * factor}, /*align_corners=*/false));
    }

    SegDinoV2Options m_options;
    std::array<Conv2d, 4> m_projections{nullptr, nullptr, nullptr, nullptr};
    std::array<Conv2d, 4> m_branches{nullptr, nullptr, nullptr, nullptr};
    std::array<ConvTranspose2d, 2> m_ups{nullptr, nullptr};
    std::array<std::shared_ptr<ResidualDepthwise>, 4> m_intra;
    std::array<std::shared_ptr<ResidualDepthwise>, 4> m_inter;
    std::array<Conv2d, 4> m_convs{nullptr, nullptr, nullptr, nullptr};
    Conv2d m_head{nullptr};
};

const std::vector<NetworkOption>& options()
{
    static const std::vector<NetworkOption> all = {
        {"variant", std::string("current"), 0, 0, {"current", "march"}},
        {"tpa", true},
        {"decoder", std::string("sad"), 0, 0, {"sad", "linear", "segdino"}},
        {"decoder_channels", std::int64_t{256}, 1, 8192}, // the March version: as the tokens
        {"norm", std::string("group"), 0, 0, {"group", "batch"}},
        layersOption(),
    };
    return all;
}

SegDinoV2Options optionsFrom(const NetworkConfig& config, std::int64_t token_dim)
{
    SegDinoV2Options made;
    made.token_dim = token_dim;
    made.num_classes = config.num_classes;
    made.is_march = option<std::string>(config, options(), "variant") == "march";
    made.channels =
        made.is_march ? token_dim : option<std::int64_t>(config, options(), "decoder_channels");
    made.tpa = option<bool>(config, options(), "tpa");
    const auto decoder = option<std::string>(config, options(), "decoder");
    made.decoding = decoder == "linear"    ? Decoding::Linear
                    : decoder == "segdino" ? Decoding::SegDino
                                           : Decoding::Sad;
    made.batch_norm = option<std::string>(config, options(), "norm") == "batch";
    return made;
}

} // namespace

Architecture segDinoV2Architecture()
{
    Architecture one = tokenArchitecture();
    one.name = "segdino-v2";
    one.title = "SegDINO v2: token pyramid and scale-aware decoding";
    one.source = "script-Yang/segdino_v2 af72549 (march: 8d25658)";
    one.options = options();
    one.make = [](const NetworkConfig& config, std::int64_t token_dim) {
        auto decoder = std::make_shared<SegDinoV2Decoder>(optionsFrom(config, token_dim));
        decoder->setLayers(option<OptionNumbers>(config, options(), "layers"));
        return decoder;
    };
    one.own_key = [](const std::string& key) { return withoutPrefix(key, "head."); };
    one.reference_keys = [](const std::string& key) {
        return std::vector<std::string>{"head." + key};
    };
    one.recognises = [](const NetworkState& state) {
        return state.hasPrefix("token_projections.0.")
               || (state.hasPrefix("proj.0.") && state.hasPrefix("out_conv."));
    };
    one.configure = [](const NetworkState& state, NetworkConfig& config) {
        const bool isMarch = state.hasPrefix("proj.0.");
        const Names& names = isMarch ? kMarch : kCurrent;
        const std::string intra = std::string(names.intra) + "1.";
        const bool isSegDino = state.hasPrefix("scratch.");
        config.num_classes =
            state.size(isSegDino ? "scratch.output_conv.weight" : "out_conv.weight", 0);
        config.options["variant"] = std::string(isMarch ? "march" : "current");
        config.options["tpa"] = state.hasPrefix(isMarch ? "rsz1." : "tpa_branch_1.");
        config.options["decoder"] = std::string(
            isSegDino                ? "segdino"
            : state.hasPrefix(intra) ? "sad"
                                     : "linear");
        config.options["decoder_channels"] =
            std::int64_t{state.size(std::string(names.projections) + ".0.weight", 0)};
        config.options["norm"] =
            std::string(state.has(intra + "norm.running_mean") ? "batch" : "group");
    };
    one.token_dim = [](const NetworkState& state) {
        return state.size(
            state.hasPrefix("proj.0.") ? "proj.0.weight" : "token_projections.0.weight", 1);
    };
    return one;
}

} // namespace guidino::nn
