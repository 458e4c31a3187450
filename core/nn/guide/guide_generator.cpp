// SPDX-License-Identifier: Apache-2.0
#include "core/nn/guide/guide_generator.h"

#include "core/nn/dino/vit.h"

#include <torch/torch.h>

#include <algorithm>
#include <optional>

namespace guidino::nn {

namespace {

TokenBookOptions bookOptions(const GuideConfig& config, std::int64_t token_dim)
{
    TokenBookOptions options;
    options.prototypes = config.prototypes;
    options.dim = token_dim;
    options.temperature = config.temperature;
    options.ema_decay = config.ema_decay;
    options.dropout = config.dropout;
    if (config.similarity == "dot") {
        options.similarity = Similarity::Dot;
    } else {
        TORCH_CHECK(
            config.similarity == "cosine",
            "guide.similarity: unknown '",
            config.similarity,
            "' (cosine, dot)");
    }
    if (config.weighting == "softmax") {
        options.weighting = PrototypeWeighting::Softmax;
    } else if (config.weighting == "logsumexp") {
        options.weighting = PrototypeWeighting::LogSumExp;
    } else {
        TORCH_CHECK(
            config.weighting == "mean",
            "guide.weighting: unknown '",
            config.weighting,
            "' (mean, softmax, logsumexp)");
    }
    return options;
}

// Nearest positive multiple of the patch.
std::int64_t fitted(std::int64_t side, std::int64_t patch)
{
    return std::max<std::int64_t>((side + patch / 2) / patch, 1) * patch;
}

} // namespace

GuideGenerator::GuideGenerator(
    const GuideConfig& config,
    std::int64_t token_dim,
    std::int64_t guides,
    std::shared_ptr<VisionTransformer> vit)
    : m_config(config)
{
    TORCH_CHECK(guides >= 1 || vit, "a guide generator needs at least one guide");
    TORCH_CHECK(config.per_class || guides <= 1, "several guides need guide.per_class");
    if (vit) {
        TORCH_CHECK(
            vit->config().embed_dim == token_dim,
            "the guide backbone's features have ",
            vit->config().embed_dim,
            " channels, the TokenBook expects ",
            token_dim);
        guide_backbone = register_module("guide_backbone", std::move(vit));
    }
    if (guides == 0) {
        return;
    }
    const TokenBookOptions options = bookOptions(config, token_dim);
    if (!config.per_class) {
        m_books.push_back(register_module("tokenbook", std::make_shared<TokenBook>(options)));
        return;
    }
    const auto list = register_module("tokenbooks", std::make_shared<torch::nn::Module>());
    for (std::int64_t i = 0; i < guides; ++i) {
        m_books.push_back(
            list->register_module(std::to_string(i), std::make_shared<TokenBook>(options)));
    }
}

torch::Tensor GuideGenerator::tokens(const torch::Tensor& image, const std::vector<int>& layers)
{
    if (!guide_backbone) {
        return {};
    }
    torch::Tensor x = image;
    if (x.size(1) == 1) {
        x = x.expand({-1, 3, -1, -1});
    } else if (x.size(1) > 3) {
        x = x.slice(1, 0, 3);
    }
    TORCH_CHECK(x.size(1) == 3, "the guide backbone takes 1 or at least 3 channels, not 2");
    const std::int64_t patch = guide_backbone->config().patch_size;
    const std::int64_t height = fitted(x.size(2), patch);
    const std::int64_t width = fitted(x.size(3), patch);
    if (height != x.size(2) || width != x.size(3)) {
        x = torch::upsample_bilinear2d(x, {height, width}, /*align_corners=*/false);
    }
    std::optional<torch::NoGradGuard> noGrad;
    const std::vector<torch::Tensor> parameters = guide_backbone->parameters();
    const bool learns =
        std::any_of(parameters.begin(), parameters.end(), [](const torch::Tensor& parameter) {
            return parameter.requires_grad();
        });
    if (!learns && !image.requires_grad()) {
        noGrad.emplace();
    }
    if (layers.empty()) {
        return guide_backbone->features(x, m_config.legacy_token_slice);
    }
    const std::vector<VitLayer> found =
        guide_backbone->get_intermediate_layers(x, layers, {/*norm=*/true, /*reshape=*/true});
    std::vector<torch::Tensor> maps;
    std::size_t next = 0; // of a shallow ViT a layer may be asked for twice
    for (std::size_t i = 0; i < layers.size(); ++i) {
        next += i > 0 && layers[i] != layers[i - 1] ? 1 : 0;
        maps.push_back(found[next].patches);
    }
    return torch::cat(maps, 1);
}

GuideOutput GuideGenerator::forward(const torch::Tensor& tokens, const ForwardOptions& options)
{
    const torch::Tensor& prototype_weights = options.prototype_weights;
    const bool want_maps = options.want_prototype_maps;
    TORCH_CHECK(tokens.dim() == 4, "guide tokens are [B, D, h, w], not ", tokens.sizes());
    const auto count = static_cast<std::int64_t>(m_books.size());
    std::vector<torch::Tensor> guides;
    std::vector<torch::Tensor> maps;
    GuideOutput output;
    output.shares_are_exact = true;
    for (std::int64_t i = 0; i < count; ++i) {
        TokenBook& book = *m_books[static_cast<std::size_t>(i)];
        TokenBookRequest request;
        request.want_maps = want_maps;
        request.want_responsibilities = options.want_prototypes;
        if (prototype_weights.defined()) {
            const std::int64_t n = book.options().prototypes;
            TORCH_CHECK(
                prototype_weights.dim() == 1
                    && (prototype_weights.size(0) == n || prototype_weights.size(0) == n * count),
                "prototype_weights must hold ",
                n,
                count > 1 ? " numbers, or as many for each guide, not " : " numbers, not ",
                prototype_weights.sizes());
            request.prototype_weights = prototype_weights.size(0) == n
                                            ? prototype_weights
                                            : prototype_weights.slice(0, i * n, (i + 1) * n);
        }
        const TokenBookOutput one = book.forward(tokens, request);
        guides.push_back(one.guide);
        maps.push_back(one.maps);
        if (options.want_prototypes) {
            output.prototypes.push_back({book.book, one.responsibilities});
        }
        output.shares_are_exact = output.shares_are_exact && one.shares_are_exact;
    }
    output.guide = count == 1 ? guides[0] : torch::cat(guides, 1);
    if (want_maps) {
        output.maps = count == 1 ? maps[0] : torch::cat(maps, 1);
    }
    return output;
}

void GuideGenerator::fold()
{
    for (const auto& book : m_books) {
        book->fold();
    }
}

bool GuideGenerator::backboneLearns() const
{
    if (m_config.train_backbone || m_config.rope_augmentation) {
        return true;
    }
    const std::vector<torch::Tensor> parameters = guide_backbone->parameters();
    return std::any_of(parameters.begin(), parameters.end(), [](const torch::Tensor& parameter) {
        return parameter.requires_grad();
    });
}

void GuideGenerator::train(bool on)
{
    torch::nn::Module::train(on);
    if (guide_backbone) {
        guide_backbone->train(on && backboneLearns());
    }
}

} // namespace guidino::nn
