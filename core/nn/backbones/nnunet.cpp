// SPDX-License-Identifier: Apache-2.0
#include "core/nn/backbones/gated_backbone.h"
#include "core/nn/backbones/registry.h"

#include <torch/torch.h>

#include <algorithm>
#include <array>

/// nnU-Net's 2D networks of any depth (BASELINES.md §2): the plain U-Net and the one with a
/// residual encoder, under the key names of dynamic-network-architectures.
namespace guidino::nn {

namespace {

using Pair = std::array<std::int64_t, 2>;
using torch::nn::Module;

constexpr double kSlope = 0.01;

std::shared_ptr<Module> container(Module& parent, const std::string& name)
{
    return parent.register_module(name, std::make_shared<Module>());
}

/// Convolution, instance norm and, but for the last of a residual block, leaky ReLU. Keys conv.*,
/// norm.*.
class ConvBlock : public Module
{
public:
    ConvBlock(
        std::int64_t in,
        std::int64_t out,
        const Pair& kernel,
        const Pair& stride,
        bool bias,
        bool hasActivation = true)
        : m_hasActivation(hasActivation)
    {
        conv = register_module(
            "conv",
            torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, {kernel[0], kernel[1]})
                                  .stride({stride[0], stride[1]})
                                  .padding({(kernel[0] - 1) / 2, (kernel[1] - 1) / 2})
                                  .bias(bias)));
        norm = register_module(
            "norm", torch::nn::InstanceNorm2d(torch::nn::InstanceNorm2dOptions(out).affine(true)));
    }

    torch::Tensor forward(const torch::Tensor& x)
    {
        const torch::Tensor y = norm->forward(conv->forward(x));
        return m_hasActivation ? torch::leaky_relu(y, kSlope) : y;
    }

    torch::nn::Conv2d conv{nullptr};
    torch::nn::InstanceNorm2d norm{nullptr};

private:
    bool m_hasActivation;
};

/// Blocks one after the other below `convs`.
class ConvStack
{
public:
    ConvStack() = default;

    ConvStack(
        Module& parent,
        std::int64_t count,
        std::int64_t in,
        std::int64_t out,
        const Pair& kernel,
        const Pair& stride,
        bool bias)
    {
        const auto convs = container(parent, "convs");
        for (std::int64_t i = 0; i < count; ++i) {
            m_blocks.push_back(convs->register_module(
                std::to_string(i),
                std::make_shared<ConvBlock>(
                    i == 0 ? in : out, out, kernel, i == 0 ? stride : Pair{1, 1}, bias)));
        }
    }

    [[nodiscard]] torch::Tensor operator()(torch::Tensor x) const
    {
        for (const auto& block : m_blocks) {
            x = block->forward(x);
        }
        return x;
    }

private:
    std::vector<std::shared_ptr<ConvBlock>> m_blocks;
};

/// BasicBlockD: the skip path pools where the block strides, and projects without bias where the
/// channels change.
class ResidualBlock : public Module
{
public:
    ResidualBlock(
        std::int64_t in, std::int64_t out, const Pair& kernel, const Pair& stride, bool bias)
        : m_stride(stride)
        , m_isStrided(stride[0] > 1 || stride[1] > 1)
    {
        conv1 =
            register_module("conv1", std::make_shared<ConvBlock>(in, out, kernel, stride, bias));
        conv2 = register_module(
            "conv2", std::make_shared<ConvBlock>(out, out, kernel, Pair{1, 1}, bias, false));
        if (in != out) {
            const auto skip = container(*this, "skip");
            m_projection = skip->register_module(
                m_isStrided ? "1" : "0", // the pool has no weights, but a number
                std::make_shared<ConvBlock>(in, out, Pair{1, 1}, Pair{1, 1}, false, false));
        }
    }

    torch::Tensor forward(const torch::Tensor& x)
    {
        torch::Tensor across = m_isStrided ? torch::avg_pool2d(x, m_stride, m_stride) : x;
        if (m_projection) {
            across = m_projection->forward(across);
        }
        return torch::leaky_relu(conv2->forward(conv1->forward(x)) + across, kSlope);
    }

    std::shared_ptr<ConvBlock> conv1;
    std::shared_ptr<ConvBlock> conv2;

private:
    Pair m_stride;
    bool m_isStrided;
    std::shared_ptr<ConvBlock> m_projection;
};

/// The plan of a network, all lists as long as there are stages (the decoder's one shorter).
struct Plan
{
    std::int64_t in_channels = 3;
    std::int64_t num_classes = 1;
    bool is_residual = false;
    bool conv_bias = true;
    bool deep_supervision = true;
    OptionNumbers features;
    OptionPairs strides;
    OptionPairs kernels;
    OptionNumbers blocks; ///< convolutions of a stage, or residual blocks
    OptionNumbers decoder_convs;
};

/// The one list of options; `isResidual` and `stages` are the defaults of a name.
std::vector<NetworkOption> optionsOf(bool isResidual, std::int64_t stages)
{
    const auto list = [](const char* key, double minimum, double maximum) {
        NetworkOption one{key, OptionNumbers{}, minimum, maximum, {}, 0, 16};
        return one;
    };
    return {
        {"architecture",
         std::string(isResidual ? "residual" : "plain"),
         0,
         0,
         {"plain", "residual"}},
        {"n_stages", stages, 2, 16},
        list("features_per_stage", 1, 4096),               // empty: min(512, 32 · 2^i)
        {"strides", OptionPairs{}, 1, 8, {}, 0, 16},       // empty: 1, 2, 2 ...
        {"kernel_sizes", OptionPairs{}, 1, 15, {}, 0, 16}, // empty: 3
        list("n_conv_per_stage", 1, 64),                   // empty: 2
        list("n_blocks_per_stage", 1, 64),                 // empty: 1, 3, 4, 6, 6 ...
        list("n_conv_per_stage_decoder", 1, 64),           // empty: 2, residual: 1
        {"conv_bias", true},
        // What a plan says of images and outputs (core/nn/data/image_plan.h); no weight depends on
        // it. Empty: the network is not of a plan.
        {"patch", OptionNumbers{}, 1, 65536, {}, 0, 2},
        {"normalization_schemes", std::string()},
        {"use_mask_for_norm", OptionNumbers{}, 0, 1},
        {"intensities", std::string()},
        {"spacing", std::string()},
        {"regions", std::string()},
        {"region_labels", OptionNumbers{}, 1, 254},
    };
}

Plan planOf(const NetworkConfig& config, const std::vector<NetworkOption>& options)
{
    Plan plan;
    plan.in_channels = config.in_channels;
    plan.num_classes = config.num_classes;
    plan.deep_supervision = config.deep_supervision;
    plan.is_residual = option<std::string>(config, options, "architecture") == "residual";
    plan.conv_bias = option<bool>(config, options, "conv_bias");
    plan.features = option<OptionNumbers>(config, options, "features_per_stage");
    plan.strides = option<OptionPairs>(config, options, "strides");
    plan.kernels = option<OptionPairs>(config, options, "kernel_sizes");
    plan.blocks = option<OptionNumbers>(
        config, options, plan.is_residual ? "n_blocks_per_stage" : "n_conv_per_stage");
    plan.decoder_convs = option<OptionNumbers>(config, options, "n_conv_per_stage_decoder");
    const auto stages = static_cast<std::size_t>(
        plan.features.empty() ? option<std::int64_t>(config, options, "n_stages")
                              : static_cast<std::int64_t>(plan.features.size()));
    TORCH_CHECK(stages >= 2, "nnU-Net needs at least 2 stages, not ", stages);
    for (std::size_t i = plan.features.size(); i < stages; ++i) {
        plan.features.push_back(std::int64_t{32} << std::min<std::size_t>(i, 4));
    }
    if (plan.strides.empty()) {
        plan.strides.assign(stages, Pair{2, 2});
        plan.strides[0] = {1, 1};
    }
    if (plan.kernels.empty()) {
        plan.kernels.assign(stages, Pair{3, 3});
    }
    if (plan.blocks.empty()) {
        constexpr std::array<std::int64_t, 4> kBlocks = {1, 3, 4, 6};
        for (std::size_t i = 0; i < stages; ++i) {
            plan.blocks.push_back(plan.is_residual ? kBlocks[std::min<std::size_t>(i, 3)] : 2);
        }
    }
    if (plan.decoder_convs.empty()) {
        plan.decoder_convs.assign(stages - 1, plan.is_residual ? 1 : 2);
    }
    const auto check = [stages](const char* key, std::size_t size, std::size_t wanted) {
        TORCH_CHECK(
            size == wanted,
            "network.",
            key,
            " needs ",
            wanted,
            " entries for ",
            stages,
            " stages, not ",
            size);
    };
    check("strides", plan.strides.size(), stages);
    check("kernel_sizes", plan.kernels.size(), stages);
    check(plan.is_residual ? "n_blocks_per_stage" : "n_conv_per_stage", plan.blocks.size(), stages);
    check("n_conv_per_stage_decoder", plan.decoder_convs.size(), stages - 1);
    return plan;
}

/// A U-Net whose decoder steps up by transposed convolution and joins (up, skip). The bottleneck is
/// the last encoder output, skip1 the first stage's; the gate `decoder` acts before the last head.
class NnUNet : public GatedBackbone
{
public:
    explicit NnUNet(Plan plan)
        : m_plan(std::move(plan))
    {
        const auto encoder = container(*this, "encoder");
        const auto stages = container(*encoder, "stages");
        std::int64_t in = m_plan.in_channels;
        if (m_plan.is_residual) {
            const auto stem = container(*encoder, "stem");
            m_stem = ConvStack(
                *stem, 1, in, m_plan.features[0], m_plan.kernels[0], {1, 1}, m_plan.conv_bias);
            in = m_plan.features[0];
        }
        m_residual.resize(m_plan.features.size());
        for (std::size_t i = 0; i < m_plan.features.size(); ++i) {
            addStage(*container(*stages, std::to_string(i)), i, in);
            in = m_plan.features[i];
        }
        const auto decoder = container(*this, "decoder");
        const auto decoderStages = container(*decoder, "stages");
        const auto ups = container(*decoder, "transpconvs");
        const auto heads = container(*decoder, "seg_layers");
        for (std::size_t j = 0; j + 1 < m_plan.features.size(); ++j) {
            const std::size_t below = m_plan.features.size() - 1 - j;
            const std::int64_t channels = m_plan.features[below - 1];
            const Pair& stride = m_plan.strides[below];
            const std::string name = std::to_string(j);
            m_ups.push_back(ups->register_module(
                name,
                torch::nn::ConvTranspose2d(
                    torch::nn::ConvTranspose2dOptions(
                        m_plan.features[below], channels, {stride[0], stride[1]})
                        .stride({stride[0], stride[1]})
                        .bias(m_plan.conv_bias))));
            m_decoder.emplace_back(
                *container(*decoderStages, name),
                m_plan.decoder_convs[j],
                2 * channels,
                channels,
                m_plan.kernels[below - 1],
                Pair{1, 1},
                m_plan.conv_bias);
            m_heads.push_back(heads->register_module(
                name,
                torch::nn::Conv2d(torch::nn::Conv2dOptions(channels, m_plan.num_classes, 1))));
        }
        initialise();
    }

    Encoding encode(const BackboneInput& input) override
    {
        const torch::Tensor& image = input.image;
        const Pair unit = multiple();
        TORCH_CHECK(
            image.dim() == 4 && image.size(1) == m_plan.in_channels && image.size(2) % unit[0] == 0
                && image.size(3) % unit[1] == 0,
            "this nnU-Net takes images [B, ",
            m_plan.in_channels,
            ", H, W] with sides that are multiples of ",
            unit[0],
            " and ",
            unit[1],
            ", not ",
            image.sizes());
        Encoding encoding;
        encoding.height = image.size(2);
        encoding.width = image.size(3);
        torch::Tensor x = m_plan.is_residual ? m_stem(image) : image;
        for (std::size_t i = 0; i < m_plan.features.size(); ++i) {
            if (m_plan.is_residual) {
                for (const auto& block : m_residual[i]) {
                    x = block->forward(x);
                }
            } else {
                x = m_encoder[i](x);
            }
            encoding.levels.push_back(x);
        }
        return encoding;
    }

    std::vector<torch::Tensor> decode(const Encoding& encoding, const Gate& gate) override
    {
        torch::Tensor x = gate(GatePlace::Bottleneck, encoding.levels.back());
        std::vector<torch::Tensor> logits;
        const std::size_t steps = m_ups.size();
        for (std::size_t j = 0; j < steps; ++j) {
            const std::size_t level = steps - 1 - j;
            torch::Tensor skip = encoding.levels[level];
            if (static_cast<int>(level) < kSkipPlaces) {
                skip = gate(skipPlace(static_cast<int>(level) + 1), skip);
            }
            x = m_decoder[j](torch::cat({m_ups[j]->forward(x), skip}, 1));
            if (level == 0) {
                x = gate(GatePlace::Decoder, x);
            }
            if (m_plan.deep_supervision || level == 0) {
                logits.push_back(m_heads[j]->forward(x));
            }
        }
        std::reverse(logits.begin(), logits.end());
        return logits;
    }

    /// Multiples of all strides' product by axis; an instance norm needs more than one element at
    /// the bottleneck.
    [[nodiscard]] ImageSize paddedSize(ImageSize image) const override
    {
        const Pair unit = multiple();
        const auto up = [](std::int64_t side, std::int64_t of) {
            return (side + of - 1) / of * of;
        };
        ImageSize size{up(image.height, unit[0]), up(image.width, unit[1])};
        if (size.height == unit[0] && size.width == unit[1]) {
            size.width *= 2;
        }
        return size;
    }

    [[nodiscard]] std::int64_t bottleneckChannels() const override
    {
        return m_plan.features.back();
    }

    [[nodiscard]] std::vector<GatePlace> gatePlaces() const override
    {
        std::vector<GatePlace> places = {
            GatePlace::Input, GatePlace::Bottleneck, GatePlace::Decoder};
        const int skips = std::min(static_cast<int>(m_ups.size()), kSkipPlaces);
        for (int level = 1; level <= skips; ++level) {
            places.push_back(skipPlace(level));
        }
        return places;
    }

    [[nodiscard]] bool isEncoderModule(const std::string& name) const override
    {
        return name.rfind("encoder.", 0) == 0;
    }

private:
    void addStage(Module& stage, std::size_t i, std::int64_t in)
    {
        const std::int64_t out = m_plan.features[i];
        if (!m_plan.is_residual) {
            m_encoder.emplace_back(
                *container(stage, "0"),
                m_plan.blocks[i],
                in,
                out,
                m_plan.kernels[i],
                m_plan.strides[i],
                m_plan.conv_bias);
            return;
        }
        const auto blocks = container(stage, "blocks");
        for (std::int64_t b = 0; b < m_plan.blocks[i]; ++b) {
            m_residual[i].push_back(blocks->register_module(
                std::to_string(b),
                std::make_shared<ResidualBlock>(
                    b == 0 ? in : out,
                    out,
                    m_plan.kernels[i],
                    b == 0 ? m_plan.strides[i] : Pair{1, 1},
                    m_plan.conv_bias)));
        }
    }

    /// BASELINES.md §2.3.
    void initialise()
    {
        initialiseHe(*this);
        const torch::NoGradGuard noGrad;
        for (const auto& stage : m_residual) {
            for (const auto& block : stage) {
                block->conv2->norm->weight.zero_();
                block->conv2->norm->bias.zero_();
            }
        }
    }

    [[nodiscard]] Pair multiple() const
    {
        Pair product = {1, 1};
        for (const Pair& stride : m_plan.strides) {
            product[0] *= stride[0];
            product[1] *= stride[1];
        }
        return product;
    }

    Plan m_plan;
    ConvStack m_stem;
    std::vector<ConvStack> m_encoder;
    std::vector<std::vector<std::shared_ptr<ResidualBlock>>> m_residual;
    std::vector<torch::nn::ConvTranspose2d> m_ups; ///< deepest first, as the two below
    std::vector<ConvStack> m_decoder;
    std::vector<torch::nn::Conv2d> m_heads;
};

/// Every tensor of a block is stored twice, and the encoder's again below the decoder (§2.4).
std::vector<std::string> aliasesOf(const std::string& key)
{
    std::vector<std::string> names = {key};
    for (const auto& [from, to] :
         {std::pair<std::string, std::string>{".conv.", ".all_modules.0."},
          {".norm.", ".all_modules.1."}}) {
        if (const std::size_t at = key.rfind(from); at != std::string::npos) {
            names.push_back(std::string(key).replace(at, from.size(), to));
        }
    }
    if (key.rfind("encoder.", 0) == 0) {
        for (std::size_t i = 0, n = names.size(); i < n; ++i) {
            names.push_back("decoder." + names[i]);
        }
    }
    return names;
}

std::optional<std::string> ownKey(const std::string& key)
{
    if (key.rfind("decoder.encoder.", 0) == 0 || key.find(".all_modules.") != std::string::npos) {
        return std::nullopt;
    }
    return key;
}

void configure(const NetworkState& state, NetworkConfig& config, bool isResidual)
{
    const int stages = state.count("encoder.stages.");
    OptionNumbers features;
    OptionNumbers blocks;
    OptionNumbers decoder;
    OptionPairs strides = {Pair{1, 1}};
    OptionPairs kernels;
    const std::string within = isResidual ? ".blocks." : ".0.convs.";
    const std::string first = isResidual ? "0.conv1.conv.weight" : "0.conv.weight";
    for (int i = 0; i < stages; ++i) {
        const std::string stage = "encoder.stages." + std::to_string(i) + within;
        features.push_back(state.size(stage + first, 0));
        kernels.push_back({state.size(stage + first, 2), state.size(stage + first, 3)});
        blocks.push_back(state.count(stage));
    }
    for (int j = 0; j + 1 < stages; ++j) {
        const std::string up = "decoder.transpconvs." + std::to_string(stages - 2 - j) + ".weight";
        strides.push_back({state.size(up, 2), state.size(up, 3)});
        decoder.push_back(state.count("decoder.stages." + std::to_string(j) + ".convs."));
    }
    const std::string input =
        isResidual ? "encoder.stem.convs.0.conv.weight" : "encoder.stages.0.0.convs.0.conv.weight";
    config.in_channels = state.size(input, 1);
    config.num_classes = state.size("decoder.seg_layers.0.weight", 0);
    config.options["architecture"] = std::string(isResidual ? "residual" : "plain");
    config.options["n_stages"] = std::int64_t{stages};
    config.options["features_per_stage"] = features;
    config.options["strides"] = strides;
    config.options["kernel_sizes"] = kernels;
    config.options[isResidual ? "n_blocks_per_stage" : "n_conv_per_stage"] = blocks;
    config.options["n_conv_per_stage_decoder"] = decoder;
    config.options["conv_bias"] =
        state.has(input.substr(0, input.size() - std::string("weight").size()) + "bias");
}

Architecture nnunet(bool isResidual, std::int64_t stages)
{
    Architecture one;
    one.source = "MIC-DKFZ/nnUNet 2.8.1 and dynamic-network-architectures (Isensee et al. 2021)";
    one.size_rule = "multiples of " + std::to_string(1 << (stages - 1));
    one.has_heads = true;
    one.options = optionsOf(isResidual, stages);
    one.make = [options = one.options](const NetworkConfig& config, std::int64_t) {
        return std::make_shared<NnUNet>(planOf(config, options));
    };
    one.own_key = ownKey;
    one.reference_keys = aliasesOf;
    one.recognises = [isResidual](const NetworkState& state) {
        return state.hasPrefix(isResidual ? "encoder.stem.convs." : "encoder.stages.0.0.convs.")
               && state.hasPrefix("decoder.seg_layers.");
    };
    one.configure = [isResidual](const NetworkState& state, NetworkConfig& config) {
        configure(state, config, isResidual);
    };
    return one;
}

} // namespace

Architecture nnunetArchitecture()
{
    Architecture one = nnunet(false, 7);
    one.name = "nnunet";
    one.title = "nnU-Net: plain U-Net";
    return one;
}

Architecture nnunetResEncArchitecture()
{
    Architecture one = nnunet(true, 6);
    one.name = "nnunet-resenc";
    one.title = "nnU-Net: U-Net with residual encoder";
    return one;
}

} // namespace guidino::nn
