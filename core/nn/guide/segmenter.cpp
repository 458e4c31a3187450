// SPDX-License-Identifier: Apache-2.0
#include "core/nn/segmenter.h"

#include "core/nn/backbones/registry.h"
#include "core/nn/dino/vit.h"
#include "core/nn/extension/extensions.h"
#include "core/nn/extension/names.h"
#include "core/nn/guide/full_precision.h"
#include "core/nn/guide/guided_segmenter.h"

#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <optional>

namespace guidino::nn {

namespace {

std::vector<GatePlace> gatePlaces(const SystemConfig& config, const GatedBackbone& network)
{
    TORCH_CHECK(!config.guide.gates.empty(), "guide.gates names no place for the guide to act on");
    const std::vector<GatePlace> possible = network.gatePlaces();
    std::vector<GatePlace> places;
    std::vector<std::string> names;
    for (const std::string& name : config.guide.gates) {
        if (name != "skips") { // all that the network has
            names.push_back(name);
            continue;
        }
        for (const GatePlace place : possible) {
            if (gatePlaceName(place).rfind("skip", 0) == 0) {
                names.push_back(gatePlaceName(place));
            }
        }
    }
    for (const std::string& name : names) {
        const GatePlace place = gatePlaceFromName(name);
        if (std::find(possible.begin(), possible.end(), place) == possible.end()) {
            std::string known;
            for (const GatePlace other : possible) {
                known += (known.empty() ? "" : ", ") + gatePlaceName(other);
            }
            TORCH_CHECK(
                false, "guide.gates: ", config.system, " has no gate '", name, "' (", known, ")");
        }
        if (std::find(places.begin(), places.end(), place) == places.end()) {
            places.push_back(place);
        }
    }
    return places;
}

torch::Tensor sourceTokens(GuideSource& source, const torch::Tensor& image, std::int64_t channels)
{
    torch::Tensor tokens = source.tokens(image);
    TORCH_CHECK(
        tokens.defined() && tokens.dim() == 4 && tokens.size(0) == image.size(0)
            && tokens.size(1) == channels && tokens.is_floating_point(),
        "a guide source gives back tokens [",
        image.size(0),
        ", ",
        channels,
        ", h, w], not ",
        tokens.defined() ? c10::str(tokens.sizes()) : "nothing");
    return tokens;
}

torch::Tensor padded(const torch::Tensor& image, const GatedBackbone& network)
{
    const ImageSize size = network.paddedSize({image.size(2), image.size(3)});
    const std::int64_t bottom = size.height - image.size(2);
    const std::int64_t right = size.width - image.size(3);
    if (bottom == 0 && right == 0) {
        return image;
    }
    return torch::replication_pad2d(image, {0, right, 0, bottom});
}

// What the crop of the image leaves of a head: heads are 1/1, 1/2, 1/4 ... of the padded image.
torch::Tensor
cropped(const torch::Tensor& logits, const torch::Tensor& image, const torch::Tensor& padded)
{
    const auto part = [](std::int64_t size, std::int64_t side, std::int64_t paddedSide) {
        return (size * side + paddedSide - 1) / paddedSide;
    };
    return logits.slice(2, 0, part(logits.size(2), image.size(2), padded.size(2)))
        .slice(3, 0, part(logits.size(3), image.size(3), padded.size(3)));
}

/// A map over the padded image [height, width], as one over the image's part of it.
torch::Tensor ofImage(const torch::Tensor& map, c10::IntArrayRef padded, c10::IntArrayRef image)
{
    if (!map.defined()) {
        return map;
    }
    const std::array<std::int64_t, 2> grid = {
        std::max<std::int64_t>(image[0] * map.size(2) / padded[0], 1),
        std::max<std::int64_t>(image[1] * map.size(3) / padded[1], 1)};
    return reframed(map, padded, image, grid);
}

} // namespace

torch::Tensor reframed(
    const torch::Tensor& map,
    c10::IntArrayRef source,
    c10::IntArrayRef target,
    c10::IntArrayRef grid)
{
    const FullPrecision fullPrecision;
    // Cell centres of the target grid in the source's coordinates, −1 .. 1 over its cells' edges.
    const auto axis = [&](std::size_t i) {
        const double scale = static_cast<double>(target[i]) / static_cast<double>(source[i]);
        const torch::Tensor centres =
            (torch::arange(grid[i], map.options()) + 0.5) / static_cast<double>(grid[i]);
        return centres * (2 * scale) - 1.0;
    };
    const std::vector<torch::Tensor> yx = torch::meshgrid({axis(0), axis(1)}, "ij");
    const torch::Tensor where =
        torch::stack({yx[1], yx[0]}, -1).unsqueeze(0).expand({map.size(0), -1, -1, -1});
    constexpr std::int64_t kBilinear = 0;
    constexpr std::int64_t kBorder = 1;
    return torch::grid_sampler_2d(map, where, kBilinear, kBorder, /*align_corners=*/false);
}

GuidedSegmenter::GuidedSegmenter(
    const SystemConfig& config, std::int64_t token_dim, std::shared_ptr<VisionTransformer> vit)
    : m_config(config)
{
    const std::string& source = config.guide.source;
    const std::vector<std::string> sources = guideSourceNames();
    TORCH_CHECK(
        std::find(sources.begin(), sources.end(), source) != sources.end(),
        "guide.source: unknown '",
        source,
        "' (",
        c10::Join(", ", sources),
        ")");
    const Architecture& known = architecture(config.system);
    TORCH_CHECK(
        !known.reads_tokens || (source != "self" && !isExtensionSource(source)),
        config.system,
        " has no encoder of its own: guide.source must be dinov3 or dinov2");
    TORCH_CHECK(
        known.guide != GuideUse::Always || source != "none",
        config.system,
        " needs a guide: guide.source must not be none");
    m_network = register_module("network", makeBackbone(config.system, config.network, token_dim));
    m_tokenDim = token_dim;
    m_isGuided = usesGuide(config);
    if (!m_isGuided) {
        TORCH_CHECK(
            !vit || known.reads_tokens, config.system, " without a guide takes no guide backbone");
        if (vit) {
            m_guide = register_module(
                "guide",
                std::make_shared<GuideGenerator>(config.guide, token_dim, 0, std::move(vit)));
            m_layers = m_network->tokenLayers(m_guide->backbone()->config().depth);
        }
        return;
    }
    m_isSelf = source == "self";
    TORCH_CHECK(!m_isSelf || !vit, "guide.source = self takes no guide backbone");
    m_places = nn::gatePlaces(config, *m_network);
    m_gateFunction = gateFunctionFromName(config.guide.gate_form);
    if (const GuideSourceFactory make = extensions().guideSource(source)) {
        TORCH_CHECK(!vit, "guide.source = ", source, " takes no guide backbone");
        m_source = register_module("guide_source", make(config));
        m_tokenDim = m_source->tokenChannels();
    }
    const std::int64_t guides =
        config.guide.per_class ? std::max(config.network.num_classes - 1, 1) : 1;
    m_guide = register_module(
        "guide",
        std::make_shared<GuideGenerator>(
            config.guide,
            m_isSelf ? m_network->bottleneckChannels() : m_tokenDim,
            guides,
            std::move(vit)));
    if (const VisionTransformer* backbone = m_guide->backbone()) {
        m_layers = m_network->tokenLayers(backbone->config().depth);
    }
    if (m_isSelf && gatesInput()) {
        m_firstPass = register_module(
            "first_pass",
            std::make_shared<BatchNormStatistics>(*m_network, [this](const std::string& name) {
                return m_network->isEncoderModule(name);
            }));
    }
}

bool GuidedSegmenter::gatesInput() const
{
    return std::find(m_places.begin(), m_places.end(), GatePlace::Input) != m_places.end();
}

SegmenterOutput GuidedSegmenter::forward(const torch::Tensor& image, const ForwardOptions& options)
{
    TORCH_CHECK(image.dim() == 4, "an image batch is [B, C, H, W], not ", image.sizes());
    TORCH_CHECK(
        image.size(2) >= 32 && image.size(3) >= 32,
        "images need sides of at least 32 pixels, not ",
        image.size(2),
        " x ",
        image.size(3));
    const torch::Tensor x = padded(image, *m_network);
    const bool isPadded = x.size(2) != image.size(2) || x.size(3) != image.size(3);
    SegmenterOutput output;
    if (m_isGuided) {
        ForwardOptions inFrame = options;
        if (options.guide.defined()) {
            TORCH_CHECK(
                options.guide.dim() == 4,
                "a given guide is [B, G, h, w], not ",
                options.guide.sizes());
            inFrame.guide = options.guide.to(image.device(), torch::kFloat32);
            if (isPadded) {
                inFrame.guide = reframed(
                    inFrame.guide,
                    image.sizes().slice(2),
                    x.sizes().slice(2),
                    {x.size(2) / 16, x.size(3) / 16});
            }
        }
        output = guided(x, inFrame);
        if (isPadded) {
            const c10::IntArrayRef whole = x.sizes().slice(2);
            const c10::IntArrayRef part = image.sizes().slice(2);
            output.guide = ofImage(output.guide, whole, part);
            output.prototype_maps = ofImage(output.prototype_maps, whole, part);
        }
        output.guide_used = options.guide.defined() ? options.guide : output.guide;
    } else {
        TORCH_CHECK(!options.guide.defined(), m_config.system, " without a guide takes no guide");
        torch::Tensor tokens = options.tokens;
        if (!tokens.defined() && m_guide) {
            tokens = m_guide->tokens(x, m_layers);
        }
        output.logits = m_network->forward({x, tokens});
        if (options.want_tokens) {
            output.tokens = tokens;
        }
    }
    if (isPadded) {
        for (torch::Tensor& logits : output.logits) {
            logits = cropped(logits, image, x);
        }
    }
    return output;
}

SegmenterOutput GuidedSegmenter::guided(const torch::Tensor& x, const ForwardOptions& options)
{
    torch::Tensor tokens = options.tokens;
    std::optional<Encoding> encoding;
    if (m_isSelf && !m_firstPass) {
        encoding = m_network->encode({x, {}});
    }
    if (!tokens.defined()) {
        if (m_firstPass) {
            const BatchNormStatistics::Scope firstPass(*m_firstPass);
            tokens = m_network->encode({x, {}}).levels.back();
        } else {
            tokens = m_isSelf   ? encoding->levels.back()
                     : m_source ? sourceTokens(*m_source, x, m_tokenDim)
                                : m_guide->tokens(x, m_layers);
        }
    }
    TORCH_CHECK(
        tokens.defined(),
        "this system has no guide backbone: its features must come with the call");
    const GuideOutput made = madeGuide(tokens, options);
    SegmenterOutput output;
    output.guide = made.guide;
    output.prototype_maps = made.maps;
    output.shares_are_exact = made.shares_are_exact;
    output.prototypes = made.prototypes;
    if (options.want_tokens) {
        output.tokens = lastLayer(tokens);
    }
    const Gate gate(options.guide.defined() ? options.guide : made.guide, m_places, m_gateFunction);
    output.logits =
        encoding ? m_network->decode(*encoding, gate) : m_network->forward({x, tokens}, gate);
    return output;
}

/// The guide reads the last layer, whichever others the network decodes.
torch::Tensor GuidedSegmenter::lastLayer(const torch::Tensor& tokens) const
{
    return m_isSelf ? tokens
                    : tokens.slice(1, std::max<std::int64_t>(tokens.size(1) - m_tokenDim, 0));
}

GuideOutput
GuidedSegmenter::madeGuide(const torch::Tensor& tokens, const ForwardOptions& options) const
{
    return m_guide->forward(lastLayer(tokens), options);
}

SegmenterOutput GuidedSegmenter::guideOf(
    const torch::Tensor& tokens, const ImageSize& image, const ForwardOptions& options)
{
    TORCH_CHECK(
        m_isGuided && !m_isSelf, m_config.system, " has no guide that comes from a ViT alone");
    const GuideOutput made = madeGuide(tokens, options);
    const ImageSize size = m_network->paddedSize(image);
    SegmenterOutput output;
    output.guide = made.guide;
    output.prototype_maps = made.maps;
    if (size.height != image.height || size.width != image.width) {
        const std::array<std::int64_t, 2> whole = {size.height, size.width};
        const std::array<std::int64_t, 2> part = {image.height, image.width};
        output.guide = ofImage(output.guide, whole, part);
        output.prototype_maps = ofImage(output.prototype_maps, whole, part);
    }
    output.guide_used = output.guide;
    output.shares_are_exact = made.shares_are_exact;
    output.prototypes = made.prototypes;
    return output;
}

VisionTransformer* GuidedSegmenter::guideBackbone()
{
    return m_guide ? m_guide->backbone() : nullptr;
}

torch::Tensor GuidedSegmenter::guideTokens(const torch::Tensor& image)
{
    if (guideBackbone() == nullptr) {
        return {};
    }
    return m_guide->tokens(padded(image, *m_network), m_layers);
}

void GuidedSegmenter::prepareInference()
{
    m_network->prepareInference();
    if (m_guide) {
        m_guide->fold();
    }
}

bool GuidedSegmenter::isDecoderKey(const std::string& key) const
{
    const std::string prefix = "network.";
    return key.compare(0, prefix.size(), prefix) == 0
           && m_network->isDecoderModule(key.substr(prefix.size()));
}

torch::Tensor Segmenter::guideTokens(const torch::Tensor&)
{
    return {};
}

std::shared_ptr<Segmenter>
makeSegmenter(const SystemConfig& config, std::shared_ptr<VisionTransformer> vit)
{
    const bool needsVit = usesVit(config);
    TORCH_CHECK(
        vit || !needsVit || architecture(config.system).reads_tokens,
        "guide.source = ",
        config.guide.source,
        " needs the weights of a guide backbone (guidino models add FILE); ",
        "guide.source = self does without");
    TORCH_CHECK(
        vit || !needsVit,
        config.system,
        " decodes a ViT: it needs the weights of one (guidino models add FILE)");
    if (!needsVit) {
        return std::make_shared<GuidedSegmenter>(config, 0, nullptr);
    }
    // Frozen unless told otherwise; adapters that the caller hung on it learn.
    for (auto& parameter : vit->named_parameters()) {
        const bool isAdapter = parameter.key().find("lora_") != std::string::npos;
        if (!isAdapter) {
            parameter.value().set_requires_grad(config.guide.train_backbone);
        }
    }
    const std::int64_t dim = vit->config().embed_dim;
    return std::make_shared<GuidedSegmenter>(config, dim, std::move(vit));
}

} // namespace guidino::nn
