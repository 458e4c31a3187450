// SPDX-License-Identifier: Apache-2.0
#include "core/nn/dino/vit.h"

#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

namespace guidino::nn {

namespace {

constexpr double kSigma = 0.02;
constexpr std::size_t kCachedRopes = 8;

struct NamedVit
{
    const char* name;
    int embed_dim;
    int depth;
    int num_heads;
    int ffn_hidden;
};

constexpr std::array<NamedVit, 6> kDinoV3 = {{
    {"vits16", 384, 12, 6, 1536},
    {"vits16plus", 384, 12, 6, 1536},
    {"vitb16", 768, 12, 12, 3072},
    {"vitl16", 1024, 24, 16, 4096},
    {"vith16plus", 1280, 32, 20, 5120},
    {"vit7b16", 4096, 40, 32, 8192},
}};

constexpr std::array<NamedVit, 4> kDinoV2 = {{
    {"vits14", 384, 12, 6, 1536},
    {"vitb14", 768, 12, 12, 3072},
    {"vitl14", 1024, 24, 16, 4096},
    {"vitg14", 1536, 40, 24, 4096},
}};

VitConfig configOf(const NamedVit& named)
{
    VitConfig config;
    config.name = named.name;
    config.embed_dim = named.embed_dim;
    config.depth = named.depth;
    config.num_heads = named.num_heads;
    config.ffn_hidden = named.ffn_hidden;
    return config;
}

VitConfig dinoV3(const NamedVit& named)
{
    VitConfig config = configOf(named);
    if (config.name.ends_with("plus") || config.name == "vit7b16") {
        config.ffn = VitConfig::Ffn::SwiGlu;
    }
    if (config.name == "vit7b16") {
        config.qkv_bias = false;
        config.mask_k_bias = false;
    }
    return config;
}

VitConfig dinoV2(const NamedVit& named, bool with_registers)
{
    VitConfig config = configOf(named);
    config.family = VitConfig::Family::DinoV2;
    config.patch_size = 14;
    config.mask_k_bias = false;
    config.norm_eps = 1e-6;
    config.num_register_tokens = with_registers ? 4 : 0;
    config.position_antialias = with_registers;
    config.position_offset = with_registers ? 0 : 0.1;
    if (config.name == "vitg14") {
        config.ffn = VitConfig::Ffn::SwiGluFused;
    }
    config.name += with_registers ? "_reg" : "";
    return config;
}

/// Levenshtein's distance, for "did you mean".
std::size_t distanceOf(const std::string& a, const std::string& b)
{
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
            diagonal = above;
        }
    }
    return row.back();
}

} // namespace

std::vector<std::string> vitNames()
{
    std::vector<std::string> names;
    for (const NamedVit& named : kDinoV3) {
        names.emplace_back(named.name);
    }
    for (const char* suffix : {"", "_reg"}) {
        for (const NamedVit& named : kDinoV2) {
            names.push_back(std::string(named.name) + suffix);
        }
    }
    return names;
}

Result<VitConfig> vitConfig(const std::string& name)
{
    for (const NamedVit& named : kDinoV3) {
        if (name == named.name) {
            return dinoV3(named);
        }
    }
    for (const NamedVit& named : kDinoV2) {
        if (name == named.name || name == std::string(named.name) + "_reg") {
            return dinoV2(named, name.ends_with("_reg"));
        }
    }
    std::vector<std::string> nearest = vitNames();
    std::stable_sort(nearest.begin(), nearest.end(), [&](const auto& a, const auto& b) {
        return distanceOf(a, name) < distanceOf(b, name);
    });
    return Error{
        ErrorCode::NotFound,
        "there is no ViT called '" + name + "'; the nearest names are " + nearest[0] + ", "
            + nearest[1] + " and " + nearest[2],
        {{"name", name}}};
}

VisionTransformer::VisionTransformer(VitConfig config, bool is_initialised)
    : m_config(std::move(config))
{
    const std::int64_t dim = m_config.embed_dim;
    const std::int64_t patch = m_config.patch_size;
    const bool is_v3 = m_config.family == VitConfig::Family::DinoV3;
    TORCH_CHECK(
        m_config.num_heads > 0 && dim % m_config.num_heads == 0
            && (!is_v3 || dim / m_config.num_heads % 4 == 0),
        "a ViT of width ",
        dim,
        " cannot have ",
        m_config.num_heads,
        " heads");
    cls_token = register_parameter("cls_token", torch::empty({1, 1, dim}));
    if (m_config.num_register_tokens > 0) {
        register_tokens = register_parameter(
            is_v3 ? "storage_tokens" : "register_tokens",
            torch::empty({1, m_config.num_register_tokens, dim}));
    }
    mask_token = register_parameter("mask_token", torch::zeros({1, dim}), false);
    if (!is_v3) {
        const std::int64_t grid = m_config.position_grid;
        pos_embed = register_parameter("pos_embed", torch::empty({1, 1 + grid * grid, dim}));
    }
    const auto patch_embed = register_module("patch_embed", std::make_shared<Module>());
    const auto proj = patch_embed->register_module("proj", std::make_shared<Module>());
    patch_weight = proj->register_parameter("weight", torch::empty({dim, 3, patch, patch}));
    patch_bias = proj->register_parameter("bias", torch::empty({dim}));
    if (is_v3) {
        const std::int64_t quarter = dim / m_config.num_heads / 4;
        const torch::Tensor powers = torch::arange(quarter, torch::kFloat64) / double(quarter);
        const auto rope_embed = register_module("rope_embed", std::make_shared<Module>());
        rope_periods = rope_embed->register_buffer(
            "periods", torch::pow(m_config.rope_base, powers).to(torch::kFloat32));
    }
    const auto list = register_module("blocks", std::make_shared<Module>());
    for (int i = 0; i < m_config.depth; ++i) {
        blocks.push_back(
            list->register_module(std::to_string(i), std::make_shared<VitBlock>(m_config)));
    }
    norm = register_module("norm", std::make_shared<VitLayerNorm>(dim, m_config.norm_eps));
    if (is_initialised) {
        initialise();
    }
}

void VisionTransformer::initialise()
{
    const torch::NoGradGuard no_grad;
    for (const torch::Tensor& tokens : {cls_token, register_tokens, pos_embed}) {
        if (tokens.defined()) {
            tokens.normal_(0, kSigma);
        }
    }
    for (const auto& block : blocks) {
        const VitFfn& mlp = *block->mlp;
        for (const auto& linear :
             {block->attn->qkv,
              block->attn->proj,
              mlp.fc1,
              mlp.fc2,
              mlp.w1,
              mlp.w2,
              mlp.w12,
              mlp.w3}) {
            if (linear) {
                linear->weight.normal_(0, kSigma);
            }
        }
    }
    const double bound = 1 / std::sqrt(3.0 * m_config.patch_size * m_config.patch_size);
    patch_weight.uniform_(-bound, bound);
    patch_bias.uniform_(-bound, bound);
}

torch::Tensor VisionTransformer::embed(const torch::Tensor& image, int& h, int& w)
{
    TORCH_CHECK(
        image.dim() == 4 && image.size(1) == 3,
        "a ViT needs an image [B, 3, H, W], not ",
        image.sizes());
    const std::int64_t patch = m_config.patch_size;
    h = gridOf(image.size(2));
    w = gridOf(image.size(3));
    TORCH_CHECK(h > 0 && w > 0, "an image of ", image.sizes(), " has no patch of ", patch);
    TORCH_CHECK(
        m_config.family == VitConfig::Family::DinoV3
            || (image.size(2) % patch == 0 && image.size(3) % patch == 0),
        "the sides of an image for DINOv2 must be multiples of ",
        patch,
        ", not ",
        image.size(2),
        " and ",
        image.size(3));
    const std::int64_t batch = image.size(0);
    torch::Tensor patches =
        torch::conv2d(image.to(patch_weight.scalar_type()), patch_weight, patch_bias, patch)
            .flatten(2)
            .transpose(1, 2);
    torch::Tensor cls = cls_token;
    if (pos_embed.defined()) {
        const torch::Tensor where = positions(h, w);
        patches = patches + where.narrow(1, 1, where.size(1) - 1);
        cls = cls + where.narrow(1, 0, 1);
    }
    std::vector<torch::Tensor> parts = {cls.expand({batch, -1, -1})};
    if (register_tokens.defined()) {
        parts.push_back(register_tokens.expand({batch, -1, -1}));
    }
    for (torch::Tensor& part : parts) {
        part = part.to(patches.scalar_type());
    }
    parts.push_back(patches);
    return torch::cat(parts, 1);
}

torch::Tensor VisionTransformer::positions(int h, int w)
{
    const int grid = m_config.position_grid;
    if (h * w == grid * grid && h == w) {
        return pos_embed;
    }
    const TableKey key{h, w, pos_embed.device(), pos_embed.scalar_type()};
    const bool can_cache =
        !pos_embed.is_inference() && !(torch::GradMode::is_enabled() && pos_embed.requires_grad());
    const auto version =
        can_cache ? static_cast<std::int64_t>(pos_embed._version()) : std::int64_t{-1};
    if (can_cache && m_positions.defined() && key == m_positions_key
        && version == m_positions_version) {
        return m_positions;
    }
    const torch::Tensor map = pos_embed.narrow(1, 1, pos_embed.size(1) - 1)
                                  .to(torch::kFloat32)
                                  .view({1, grid, grid, m_config.embed_dim})
                                  .permute({0, 3, 1, 2});
    std::optional<std::vector<std::int64_t>> size;
    std::optional<std::vector<double>> factors;
    const double offset = m_config.position_offset;
    if (m_config.position_interpolation == VitConfig::PositionInterpolation::Meta && offset != 0) {
        // The factors, not the sizes, enter the sampling: Meta's published behaviour.
        factors = {(h + offset) / grid, (w + offset) / grid};
    } else {
        size = {h, w};
    }
    const at::OptionalIntArrayRef sizes =
        size ? at::OptionalIntArrayRef(*size) : at::OptionalIntArrayRef();
    const std::optional<at::ArrayRef<double>> scales =
        factors ? std::optional<at::ArrayRef<double>>(*factors) : std::nullopt;
    const torch::Tensor resized = m_config.position_antialias
                                      ? at::_upsample_bicubic2d_aa(map, sizes, false, scales)
                                      : at::upsample_bicubic2d(map, sizes, false, scales);
    TORCH_CHECK(
        resized.size(2) == h && resized.size(3) == w, "position embeddings of a wrong size");
    const torch::Tensor result = torch::cat(
        {pos_embed.narrow(1, 0, 1),
         resized.permute({0, 2, 3, 1})
             .reshape({1, h * w, m_config.embed_dim})
             .to(pos_embed.scalar_type())},
        1);
    if (can_cache) {
        m_positions = result;
        m_positions_key = key;
        m_positions_version = version;
    }
    return result;
}

RopeTable VisionTransformer::makeRope(int h, int w, double rescale) const
{
    const auto type = m_config.rope_bf16 ? torch::kBFloat16 : torch::kFloat32;
    torch::Tensor periods = rope_periods.to(torch::kCPU, torch::kFloat32);
    if (m_config.rope_periods == VitConfig::RopePeriods::Analytic) {
        const std::int64_t quarter = periods.size(0);
        const torch::Tensor powers = torch::arange(quarter, torch::kFloat64) / double(quarter);
        periods = torch::pow(m_config.rope_base, powers).to(torch::kFloat32);
    }
    periods = periods.to(type);
    const auto axis = [&](int cells) {
        torch::Tensor coordinates =
            torch::arange(0.5, cells, torch::TensorOptions().dtype(type)) / cells;
        coordinates = 2.0 * coordinates - 1.0;
        if (rescale != 1) {
            coordinates = coordinates * rescale;
        }
        return 2 * std::numbers::pi * coordinates.unsqueeze(1) / periods.unsqueeze(0);
    };
    const std::int64_t quarter = periods.size(0);
    const torch::Tensor angles = torch::cat(
                                     {axis(h).unsqueeze(1).expand({h, w, quarter}),
                                      axis(w).unsqueeze(0).expand({h, w, quarter})},
                                     2)
                                     .reshape({h * w, 2 * quarter});
    const std::int64_t prefix = 1 + m_config.num_register_tokens;
    const auto options = angles.options();
    return {
        torch::cat({torch::zeros({prefix, 2 * quarter}, options), torch::sin(angles)}),
        torch::cat({torch::ones({prefix, 2 * quarter}, options), torch::cos(angles)})};
}

const RopeTable& VisionTransformer::ropeTable(int h, int w, double rescale)
{
    const auto moved = [this](const RopeTable& table) {
        // Angles stay those of float32 for float64 weights (the references' behaviour).
        const auto type = m_config.rope_bf16
                              ? torch::kBFloat16
                              : (patch_weight.scalar_type() == torch::kFloat64 ? torch::kFloat64
                                                                               : torch::kFloat32);
        return RopeTable{
            table.sin.to(patch_weight.device(), type), table.cos.to(patch_weight.device(), type)};
    };
    const torch::NoGradGuard no_grad;
    if (rescale != 1) {
        m_augmented = moved(makeRope(h, w, rescale));
        return m_augmented;
    }
    const TableKey key{h, w, patch_weight.device(), patch_weight.scalar_type()};
    for (const auto& [known, table] : m_ropes) {
        if (known == key) {
            return table;
        }
    }
    if (m_ropes.size() >= kCachedRopes) {
        m_ropes.erase(m_ropes.begin());
    }
    m_ropes.emplace_back(key, moved(makeRope(h, w, 1)));
    return m_ropes.back().second;
}

void VisionTransformer::run(
    const torch::Tensor& image, Grid& grid, const std::function<void(int, torch::Tensor)>& visit)
{
    torch::Tensor x = embed(image, grid.h, grid.w);
    visit(-1, x);
    RopeTable rope; // by value: a table in the cache may be dropped by a nested call
    if (m_config.family == VitConfig::Family::DinoV3) {
        double rescale = 1;
        if (is_training() && m_config.rope_rescale > 1) {
            // Log-uniform in [1/R, R], one draw a forward (PIPELINE.md §1.3).
            const double reach = std::log(m_config.rope_rescale);
            rescale = std::exp(torch::empty({1}).uniform_(-reach, reach).item<double>());
        }
        rope = ropeTable(grid.h, grid.w, rescale);
    }
    for (int i = 0; i < m_config.depth; ++i) {
        x = blocks[static_cast<std::size_t>(i)]->forward(x, rope.sin.defined() ? &rope : nullptr);
        visit(i, x);
    }
}

VitFeatures VisionTransformer::forward_features(const torch::Tensor& image)
{
    Grid grid;
    torch::Tensor last;
    run(image, grid, [&](int, torch::Tensor x) { last = std::move(x); });
    VitFeatures features;
    features.h = grid.h;
    features.w = grid.w;
    features.tokens = norm->forward(last);
    const std::int64_t registers = m_config.num_register_tokens;
    features.cls = features.tokens.select(1, 0);
    features.registers = features.tokens.narrow(1, 1, registers);
    features.patches = features.tokens.narrow(1, 1 + registers, grid.h * grid.w);
    return features;
}

std::vector<VitLayer> VisionTransformer::get_intermediate_layers(
    const torch::Tensor& image, const std::vector<int>& layers, const IntermediateOptions& options)
{
    for (const int layer : layers) {
        TORCH_CHECK(
            layer >= 0 && layer < m_config.depth,
            "a ViT of ",
            m_config.depth,
            " blocks has no block ",
            layer);
    }
    std::vector<VitLayer> result;
    Grid grid;
    run(image, grid, [&](int block, const torch::Tensor& x) {
        if (std::find(layers.begin(), layers.end(), block) == layers.end()) {
            return;
        }
        const std::int64_t prefix = 1 + m_config.num_register_tokens;
        torch::Tensor patches = x.narrow(1, prefix, grid.h * grid.w);
        torch::Tensor cls = x.select(1, 0);
        if (options.norm) {
            patches = norm->forward(patches);
            cls = norm->forward(cls);
        }
        if (options.reshape) {
            patches = patches.unflatten(1, {grid.h, grid.w}).permute({0, 3, 1, 2});
        }
        result.push_back({patches, cls});
    });
    return result;
}

std::vector<VitLayer> VisionTransformer::get_last_layers(
    const torch::Tensor& image, int n, const IntermediateOptions& options)
{
    TORCH_CHECK(n >= 1 && n <= m_config.depth, "a ViT has no ", n, " last blocks");
    std::vector<int> layers(static_cast<std::size_t>(n));
    std::iota(layers.begin(), layers.end(), m_config.depth - n);
    return get_intermediate_layers(image, layers, options);
}

torch::Tensor VisionTransformer::features(const torch::Tensor& image, bool legacy_slice)
{
    Grid grid;
    torch::Tensor last;
    run(image, grid, [&](int, torch::Tensor x) { last = std::move(x); });
    // GuiDINO's code takes 1 .. N-4, which is right only for a model without registers.
    const std::int64_t first = legacy_slice ? 1 : 1 + m_config.num_register_tokens;
    const torch::Tensor patches = norm->forward(last.narrow(1, first, grid.h * grid.w));
    return patches.unflatten(1, {grid.h, grid.w}).permute({0, 3, 1, 2});
}

std::vector<torch::Tensor> VisionTransformer::hidden_states(const torch::Tensor& image)
{
    Grid grid;
    std::vector<torch::Tensor> states;
    run(image, grid, [&](int, torch::Tensor x) { states.push_back(std::move(x)); });
    // What transformers 4.57 returns: DINOv3's last one is normed already, DINOv2's is not.
    if (m_config.family == VitConfig::Family::DinoV3) {
        states.back() = norm->forward(states.back());
    }
    return states;
}

} // namespace guidino::nn
