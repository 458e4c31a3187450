// SPDX-License-Identifier: Apache-2.0
#include "core/nn/dino/vit_load.h"
#include "core/nn/io/checkpoint.h"
#include "core/nn/io/safetensors.h"
#include "tests/support/nn_check.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>

using namespace guidino;
using namespace guidino::nn;
namespace fs = std::filesystem;

namespace {

fs::path checkpoints()
{
    const fs::path folder = test::goldenFolder() / "checkpoints";
    if (!fs::is_directory(folder)) {
        throw test::Skip{"no golden checkpoints"};
    }
    return folder;
}

Checkpoint read(const fs::path& path)
{
    auto checkpoint = readCheckpoint(path);
    REQUIRE_OK(checkpoint);
    return std::move(checkpoint).value();
}

TensorMap expectation(const std::string& name)
{
    auto file = readSafetensors(checkpoints() / name);
    REQUIRE_OK(file);
    return std::move(file->tensors);
}

std::shared_ptr<VisionTransformer> load(const Checkpoint& file, bool has_file_periods = false)
{
    VitLoadOptions options;
    options.rope_periods =
        has_file_periods ? VitConfig::RopePeriods::FromFile : VitConfig::RopePeriods::Analytic;
    auto vit = loadVit(file, options);
    REQUIRE_OK(vit);
    return std::move(vit).value();
}

/// A small model of any kind, with random weights everywhere.
VitConfig tiny(const std::string& name, int depth = 2)
{
    VitConfig config = vitConfig(name).value();
    config.embed_dim = 64;
    config.depth = depth;
    config.num_heads = name == "vit7b16" ? 1 : 2;
    config.ffn_hidden = 96;
    config.position_grid = 7;
    return config;
}

void randomise(VisionTransformer& vit)
{
    const torch::NoGradGuard no_grad;
    torch::manual_seed(11);
    for (torch::Tensor parameter : vit.parameters()) {
        parameter.normal_(0, 0.2);
    }
    for (const auto& block : vit.blocks) {
        if (block->attn->qkv->bias_mask.defined()) {
            block->attn->qkv->bias.mul_(block->attn->qkv->bias_mask);
        }
    }
}

Checkpoint checkpointOf(TensorMap tensors, const std::string& config_json = "")
{
    Checkpoint checkpoint;
    checkpoint.tensors = std::move(tensors);
    checkpoint.config_json = config_json;
    return checkpoint;
}

torch::Tensor imageOf(int height, int width, int batch = 2)
{
    torch::manual_seed(5);
    return torch::randn({batch, 3, height, width});
}

GD_TEST(goldenMetaCheckpoints)
{
    const TensorMap expected = expectation("dinov3_tiny_meta_expect.safetensors");
    for (const char* name :
         {"dinov3_tiny_meta.pth", "dinov3_tiny_meta_legacy.pth", "dinov3_tiny_teacher.pth"}) {
        const auto vit = load(read(checkpoints() / name), true);
        const torch::NoGradGuard no_grad;
        EXPECT_CLOSE(
            vit->forward_features(expected.at("input.image")).patches,
            expected.at("output.x_norm_patchtokens"),
            2e-5);
    }
    const auto state = readVitState(read(checkpoints() / "dinov3_tiny_teacher.pth"));
    REQUIRE_OK(state);
    EXPECT_EQ(state->dropped.size(), std::size_t{2});
    EXPECT(!state->is_meddino);
}

GD_TEST(goldenHuggingFaceFolders)
{
    const TensorMap expected = expectation("dinov3_tiny_hf_expect.safetensors");
    const std::vector<std::pair<const char*, double>> folders = {
        {"dinov3_tiny_hf", 2e-5}, {"dinov3_tiny_hf_fp16", 2e-3}, {"dinov3_tiny_hf_bf16", 2e-2}};
    for (const auto& [name, tolerance] : folders) {
        const auto vit = load(read(checkpoints() / name));
        const torch::NoGradGuard no_grad;
        EXPECT(vit->patch_weight.scalar_type() == torch::kFloat32);
        EXPECT_CLOSE(
            vit->forward_features(expected.at("input.image")).tokens,
            expected.at("output.last_hidden_state"),
            tolerance);
    }
}

GD_TEST(ropeHasTheGoldenValues)
{
    VisionTransformer vit(tiny("vits16"));
    VitConfig config = tiny("vits16");
    config.num_heads = 1; // head dim 64
    VisionTransformer wide(config);
    const RopeTable& rope = wide.ropeTable(2, 3);
    const torch::Tensor sin = rope.sin.narrow(0, 5, 6);
    const torch::Tensor cos = rope.cos.narrow(0, 5, 6);
    const auto first = torch::tensor({8.74e-8, -0.7073417, -0.9808824, -0.9698949});
    EXPECT_CLOSE(sin[0].narrow(0, 0, 4), first.to(torch::kFloat32), 1e-6);
    const auto second = torch::tensor({0.8660252, -0.0004436, -0.7075768, -0.9809309});
    EXPECT_CLOSE(sin[0].narrow(0, 16, 4), second.to(torch::kFloat32), 1e-6);
    const auto third = torch::tensor({-1.0, -0.7068717, -0.1946015});
    EXPECT_CLOSE(cos[5].narrow(0, 0, 3), third.to(torch::kFloat32), 1e-6);
    EXPECT(rope.sin.narrow(0, 0, 5).eq(0).all().item<bool>());
    EXPECT(rope.cos.narrow(0, 0, 5).eq(1).all().item<bool>());
}

/// The one-pass rotation against the definition x·cos + rot(x)·sin with tiled tables.
GD_TEST(ropeRotatesAsDefined)
{
    const std::int64_t half = 8;
    const torch::Tensor angles = torch::randn({7, half});
    const RopeTable rope{torch::sin(angles), torch::cos(angles)};
    const torch::Tensor qkv = torch::randn({2, 7, 3, 4, 2 * half});
    const torch::Tensor s = torch::cat({rope.sin, rope.sin}, 1).view({1, 7, 1, 1, 2 * half});
    const torch::Tensor c = torch::cat({rope.cos, rope.cos}, 1).view({1, 7, 1, 1, 2 * half});
    const torch::Tensor qk = qkv.narrow(2, 0, 2);
    const torch::Tensor turned =
        torch::cat({-qk.narrow(-1, half, half), qk.narrow(-1, 0, half)}, -1);
    const torch::Tensor expected = torch::cat({qk * c + turned * s, qkv.narrow(2, 2, 1)}, 2);
    EXPECT_CLOSE(applyRope(qkv.clone(), rope), expected, 1e-6);
    const torch::Tensor strided = qkv.transpose(0, 1).contiguous().transpose(0, 1);
    EXPECT_CLOSE(applyRope(strided.clone(at::MemoryFormat::Preserve), rope), expected, 1e-6);
    EXPECT_CLOSE(applyRope(qkv.to(torch::kBFloat16), rope).to(torch::kFloat32), expected, 2e-2);
    // Its gradient by finite differences, in float64.
    const RopeTable exact{rope.sin.to(torch::kFloat64), rope.cos.to(torch::kFloat64)};
    const torch::Tensor x = qkv.to(torch::kFloat64).set_requires_grad(true);
    const torch::Tensor weights = torch::randn_like(x).detach();
    (applyRope(x, exact) * weights).sum().backward();
    const torch::NoGradGuard no_grad;
    for (const std::int64_t i : {0, 100, 511, 800, 1300}) {
        torch::Tensor moved = x.detach().clone();
        moved.view({-1})[i] += 1e-5;
        const double up = (applyRope(moved, exact) * weights).sum().item<double>();
        moved = x.detach().clone();
        moved.view({-1})[i] -= 1e-5;
        const double down = (applyRope(moved, exact) * weights).sum().item<double>();
        EXPECT_NEAR(x.grad().view({-1})[i].item<double>(), (up - down) / 2e-5, 1e-6);
    }
}

GD_TEST(filePeriodsAreUsedWhenAsked)
{
    const Checkpoint file = read(checkpoints() / "dinov3_tiny_meta.pth");
    const torch::Tensor image = imageOf(64, 96);
    const torch::NoGradGuard no_grad;
    const torch::Tensor analytic = load(file, false)->features(image);
    const torch::Tensor rounded = load(file, true)->features(image);
    EXPECT((analytic - rounded).abs().max().item<double>() > 1e-5);
}

GD_TEST(parameterCountsAreThoseOfTheModelCards)
{
    struct Count
    {
        const char* name;
        std::int64_t meta;
        std::int64_t buffers;
        std::int64_t hugging_face;
        std::size_t meta_entries;
        std::size_t hugging_face_entries;
    };
    const std::vector<Count> counts = {
        {"vits16", 21601152, 13840, 21596544, 188, 211},
        {"vits16plus", 28697472, 13840, 28692864, 212, 235},
        {"vitb16", 85669632, 27664, 85660416, 188, 211},
        {"vitl16", 303154176, 73744, 303129600, 368, 415},
        {"vits14", -1, 0, 22056576, 0, 223},
        {"vits14_reg", -1, 0, 22058112, 0, 224},
        {"vitb14", -1, 0, 86580480, 0, 223},
        {"vitl14", -1, 0, 304368640, 0, 439},
        {"vitg14", -1, 0, 1136480768, 0, 727}};
    for (const Count& count : counts) {
        // Memory that is never touched costs nothing, so that even the giant fits.
        VisionTransformer vit(vitConfig(count.name).value(), false);
        std::int64_t parameters = 0;
        for (const torch::Tensor& tensor : vit.parameters()) {
            parameters += tensor.numel();
        }
        std::int64_t buffers = 0;
        for (const torch::Tensor& tensor : vit.buffers()) {
            buffers += tensor.numel();
        }
        std::int64_t hugging_face = 0;
        const TensorMap tensors = toHuggingFace(vit);
        for (const auto& [name, tensor] : tensors) {
            hugging_face += tensor.numel();
        }
        EXPECT_EQ(hugging_face, count.hugging_face);
        EXPECT_EQ(tensors.size(), count.hugging_face_entries);
        if (count.meta >= 0) {
            EXPECT_EQ(parameters, count.meta);
            EXPECT_EQ(buffers, count.buffers);
            EXPECT_EQ(toMeta(vit).size(), count.meta_entries);
        }
    }
}

/// "name\t[a, b]" lines of the reference's state dict.
std::map<std::string, std::string> keyList(const fs::path& file)
{
    std::ifstream stream(file);
    if (!stream) {
        throw test::Skip{"no key lists"};
    }
    std::map<std::string, std::string> keys;
    for (std::string line; std::getline(stream, line);) {
        const std::size_t tab = line.find('\t');
        if (tab != std::string::npos) {
            keys[line.substr(0, tab)] = line.substr(tab + 1);
        }
    }
    return keys;
}

std::map<std::string, std::string> keysOf(const TensorMap& tensors)
{
    std::map<std::string, std::string> keys;
    for (const auto& [name, tensor] : tensors) {
        std::string shape;
        for (const std::int64_t side : tensor.sizes()) {
            shape += (shape.empty() ? "" : ", ") + std::to_string(side);
        }
        keys[name] = "[" + shape + "]";
    }
    return keys;
}

GD_TEST(keysAndShapesAreTheReferences)
{
    const fs::path folder = test::goldenFolder() / ".." / "keys";
    for (const char* name : {"vits16", "vits16plus", "vitb16", "vitl16"}) {
        VisionTransformer vit(vitConfig(name).value(), false);
        EXPECT(keysOf(toMeta(vit)) == keyList(folder / ("meta_" + std::string(name) + ".txt")));
        EXPECT(
            keysOf(toHuggingFace(vit)) == keyList(folder / ("hf_" + std::string(name) + ".txt")));
    }
}

/// H+ and 7B at reduced width (PIPELINE.md §1.1): what sets them apart.
GD_TEST(largeModelsAtReducedWidth)
{
    const VitConfig h = vitConfig("vith16plus").value();
    EXPECT(h.embed_dim == 1280 && h.depth == 32 && h.num_heads == 20 && h.ffn_hidden == 5120);
    const VitConfig g = vitConfig("vit7b16").value();
    EXPECT(g.embed_dim == 4096 && g.depth == 40 && g.num_heads == 32 && g.ffn_hidden == 8192);
    EXPECT(!g.qkv_bias && !g.mask_k_bias);

    VitConfig reduced = g;
    reduced.embed_dim = 256;
    reduced.num_heads = 2; // head dim 128 as the 7B
    reduced.depth = 2;
    reduced.ffn_hidden = 512;
    VisionTransformer vit(reduced);
    EXPECT_EQ(vit.rope_periods.numel(), 32);
    for (int j = 0; j < 32; ++j) {
        EXPECT_NEAR(
            vit.rope_periods[j].item<double>(),
            std::pow(100.0, j / 32.0),
            1e-5 * std::pow(100.0, j / 32.0));
    }
    const TensorMap meta = toMeta(vit);
    EXPECT(!meta.contains("blocks.0.attn.qkv.bias"));
    EXPECT(!meta.contains("blocks.0.attn.qkv.bias_mask"));
    EXPECT(meta.contains("blocks.1.mlp.w3.weight"));
    // The 7B's file has one norm more, which is not used at inference.
    TensorMap file = meta;
    file["local_cls_norm.weight"] = torch::ones({256});
    file["local_cls_norm.bias"] = torch::zeros({256});
    const auto loaded = loadVit(checkpointOf(file));
    REQUIRE_OK(loaded);
    EXPECT_EQ((*loaded)->config().num_heads, 2);
    EXPECT(!(*loaded)->config().rope_bf16); // not taken for MedDINOv3
    const torch::NoGradGuard no_grad;
    const torch::Tensor image = imageOf(48, 32);
    vit.eval();
    EXPECT(torch::equal((*loaded)->features(image), vit.features(image)));
}

/// Every kind, through every naming, gives the same model bit for bit.
GD_TEST(namesMapBothWays)
{
    const torch::NoGradGuard no_grad;
    for (const std::string name :
         {"vits16", "vits16plus", "vit7b16", "vits14", "vits14_reg", "vitg14", "vitg14_reg"}) {
        VisionTransformer vit(tiny(name));
        randomise(vit);
        vit.eval();
        const int patch = vit.config().patch_size;
        const torch::Tensor image = imageOf(4 * patch, 3 * patch);
        const torch::Tensor expected = vit.forward_features(image).tokens;
        const std::string heads =
            "{\"num_attention_heads\":" + std::to_string(vit.config().num_heads) + "}";

        const auto meta = loadVit(checkpointOf(toMeta(vit), heads));
        REQUIRE_OK(meta);
        EXPECT(torch::equal((*meta)->forward_features(image).tokens, expected));

        VitLoadOptions options; // Hugging Face's files interpolate positions by size
        options.position_interpolation = VitConfig::PositionInterpolation::Meta;
        const auto hugging_face =
            loadVit(checkpointOf(toHuggingFace(vit), huggingFaceConfig(vit.config())), options);
        REQUIRE_OK(hugging_face);
        EXPECT(torch::equal((*hugging_face)->forward_features(image).tokens, expected));
        const TensorMap again = toHuggingFace(**hugging_face);
        for (const auto& [key, tensor] : toHuggingFace(vit)) {
            EXPECT(torch::equal(again.at(key), tensor));
        }
        EXPECT_EQ((*hugging_face)->config().name == "custom", true);
    }
}

TensorMap renamed(const TensorMap& tensors, const std::function<std::string(std::string)>& rename)
{
    TensorMap result;
    for (const auto& [key, tensor] : tensors) {
        result[rename(key)] = tensor;
    }
    return result;
}

GD_TEST(prefixesAndChunksAreTakenOff)
{
    const torch::NoGradGuard no_grad;
    VisionTransformer vit(tiny("vits16", 4));
    randomise(vit);
    vit.eval();
    const torch::Tensor image = imageOf(32, 48);
    const torch::Tensor expected = vit.features(image);
    for (const char* prefix :
         {"model.", "backbone.", "teacher.backbone.", "module.", "dinov3_vit.", "model.model."}) {
        const auto add = [&](const std::string& key) { return prefix + key; };
        const auto meta = loadVit(checkpointOf(renamed(toMeta(vit), add)));
        REQUIRE_OK(meta);
        EXPECT(torch::equal((*meta)->features(image), expected));
        const auto other = loadVit(
            checkpointOf(renamed(toHuggingFace(vit), add), huggingFaceConfig(vit.config())));
        REQUIRE_OK(other);
        EXPECT(torch::equal((*other)->features(image), expected));
    }
    // transformers 5 renames the layers only.
    const auto five = renamed(toHuggingFace(vit), [](const std::string& key) {
        return key.starts_with("layer.") ? "model." + key : key;
    });
    const auto loaded = loadVit(checkpointOf(five, huggingFaceConfig(vit.config())));
    REQUIRE_OK(loaded);
    EXPECT(torch::equal((*loaded)->features(image), expected));

    VisionTransformer second(tiny("vitb14", 4));
    randomise(second);
    second.eval();
    const torch::Tensor other_image = imageOf(28, 42);
    const auto chunked = renamed(toMeta(second), [](const std::string& key) {
        return key.starts_with("blocks.")
                   ? "blocks." + std::to_string((key[7] - '0') / 2) + "." + key.substr(7)
                   : key;
    });
    const auto joined = loadVit(checkpointOf(chunked, "{\"num_heads\":2}"));
    REQUIRE_OK(joined);
    EXPECT(torch::equal((*joined)->features(other_image), second.features(other_image)));
}

GD_TEST(timmFilesAreRead)
{
    const torch::NoGradGuard no_grad;
    for (const char* name : {"vits16", "vits16plus"}) {
        VitConfig config = tiny(name);
        config.num_heads = 1; // timm's files do not tell heads: 64 wide
        VisionTransformer vit(config);
        randomise(vit);
        vit.eval();
        TensorMap timm;
        for (const auto& [key, tensor] : toMeta(vit)) {
            std::string to = key;
            const auto replace = [&to](const std::string& from, const std::string& with) {
                if (const std::size_t place = to.find(from); place != std::string::npos) {
                    to.replace(place, from.size(), with);
                }
            };
            replace("storage_tokens", "reg_token");
            replace("ls1.gamma", "gamma_1");
            replace("ls2.gamma", "gamma_2");
            replace("mlp.w1", "mlp.fc1_g");
            replace("mlp.w2", "mlp.fc1_x");
            replace("mlp.w3", "mlp.fc2");
            if (to.ends_with("qkv.bias")) {
                const std::string prefix = to.substr(0, to.size() - 8);
                timm[prefix + "q_bias"] = tensor.narrow(0, 0, 64);
                timm[prefix + "v_bias"] = tensor.narrow(0, 128, 64);
            } else if (
                !to.ends_with("bias_mask") && !to.ends_with("periods") && to != "mask_token") {
                timm[to] = tensor;
            }
        }
        const auto loaded = loadVit(checkpointOf(timm));
        REQUIRE_OK(loaded);
        const torch::Tensor image = imageOf(32, 48);
        EXPECT(torch::equal((*loaded)->features(image), vit.features(image)));
    }
}

GD_TEST(medDinoV3sSettingsAreRecognised)
{
    VitConfig config = tiny("vitb16");
    config.qkv_bias = false;
    config.mask_k_bias = false;
    config.norm_eps = 1e-6;
    config.rope_bf16 = true;
    VisionTransformer vit(config);
    randomise(vit);
    vit.eval();
    TensorMap file;
    for (const auto& [key, tensor] : toMeta(vit)) {
        file["backbone." + key] = tensor;
    }
    file["ibot_head.mlp.0.weight"] = torch::ones({3});
    file["dino_head.last_layer.weight"] = torch::ones({3});
    const auto state = readVitState(checkpointOf(file));
    REQUIRE_OK(state);
    EXPECT(state->is_meddino);
    EXPECT_EQ(state->config.norm_eps, 1e-6);
    EXPECT(state->config.rope_bf16);
    EXPECT_EQ(state->dropped.size(), std::size_t{2});
    const auto loaded = loadVit(checkpointOf(file));
    REQUIRE_OK(loaded);
    const torch::NoGradGuard no_grad;
    const torch::Tensor image = imageOf(64, 48);
    EXPECT(torch::equal((*loaded)->features(image), vit.features(image)));
    // bfloat16 angles are coarse, but the same rotation.
    config.rope_bf16 = false;
    VisionTransformer exact(config);
    REQUIRE_OK(loadVitState(exact, toMeta(vit)));
    exact.eval();
    const double difference =
        (exact.features(image) - vit.features(image)).abs().max().item<double>();
    EXPECT(difference > 0);
    EXPECT(vit.ropeTable(4, 3).sin.scalar_type() == torch::kBFloat16);
    const double angle = (vit.ropeTable(4, 3).sin.to(torch::kFloat32) - exact.ropeTable(4, 3).sin)
                             .abs()
                             .max()
                             .item<double>();
    EXPECT(angle > 1e-4 && angle < 0.05);
}

GD_TEST(strictLoadingListsWhatIsWrong)
{
    VisionTransformer vit(tiny("vits16"));
    TensorMap file = toMeta(vit);
    file.erase("norm.bias");
    file["blocks.0.extra.weight"] = torch::ones({1});
    file["blocks.1.norm2.weight"] = torch::ones({65});
    const auto loaded = loadVit(checkpointOf(file));
    REQUIRE(!loaded);
    EXPECT(loaded.error().code == ErrorCode::BadInput);
    for (const char* part :
         {"missing: norm.bias",
          "unexpected: blocks.0.extra.weight",
          "blocks.1.norm2.weight [65] instead of [64]"}) {
        if (loaded.error().message.find(part) == std::string::npos) {
            test::fail(__FILE__, __LINE__, loaded.error().message);
        }
    }
    EXPECT(!loadVit(checkpointOf({{"a", torch::ones({1})}})));
    EXPECT(!loadVit(checkpointOf({})));
    TensorMap parts = toHuggingFace(vit);
    parts.erase("layer.0.attention.k_proj.weight");
    EXPECT(!loadVit(checkpointOf(parts)));
    EXPECT(!loadVit(read(checkpoints() / "nnunet_checkpoint_final.pth")));
    EXPECT(!loadVit(read(checkpoints() / "guidino_u_lightning.ckpt")));
}

GD_TEST(biasMasksAreApplied)
{
    const torch::NoGradGuard no_grad;
    VisionTransformer vit(tiny("vits16"));
    randomise(vit);
    TensorMap file;
    for (const auto& [key, tensor] : toMeta(vit)) {
        file[key] = tensor.clone();
    }
    const std::string prefix = "blocks.0.attn.qkv.bias";
    file[prefix].fill_(3);
    file[prefix + "_mask"].zero_(); // as in the released files
    file["blocks.1.attn.qkv.bias"].fill_(2);
    file["blocks.1.attn.qkv.bias_mask"].fill_(std::nan("")); // as in a fresh module
    const auto loaded = load(checkpointOf(file));
    EXPECT(loaded->blocks[0]->attn->qkv->bias.eq(0).all().item<bool>());
    const torch::Tensor second = loaded->blocks[1]->attn->qkv->bias;
    EXPECT(second.narrow(0, 64, 64).eq(0).all().item<bool>());
    EXPECT(second.narrow(0, 0, 64).eq(2).all().item<bool>());
    // K's bias gets no gradient, Q's and V's may learn.
    const torch::AutoGradMode with_grad(true);
    const torch::Tensor features = loaded->features(imageOf(32, 32));
    (features * torch::randn_like(features)).sum().backward();
    const torch::Tensor gradient = loaded->blocks[0]->attn->qkv->bias.grad();
    EXPECT(gradient.narrow(0, 64, 64).eq(0).all().item<bool>());
    EXPECT(gradient.narrow(0, 128, 64).ne(0).any().item<bool>());
}

GD_TEST(namesAndNearestNames)
{
    EXPECT_EQ(vitNames().size(), std::size_t{14});
    for (const std::string& name : vitNames()) {
        EXPECT_EQ(vitConfig(name).value().name, name);
    }
    const auto wrong = vitConfig("vits15");
    REQUIRE(!wrong);
    EXPECT(wrong.error().message.find("vits16") != std::string::npos);
    EXPECT(vitConfig("vitb14reg").error().message.find("vitb14_reg") != std::string::npos);
}

GD_TEST(featuresAndLayersHaveTheirShapes)
{
    const torch::NoGradGuard no_grad;
    VisionTransformer vit(tiny("vits16", 3));
    randomise(vit);
    vit.eval();
    const torch::Tensor image = imageOf(70, 51); // cropped to 64 × 48
    const torch::Tensor features = vit.features(image);
    EXPECT(features.sizes() == c10::IntArrayRef({2, 64, 4, 3}));
    EXPECT(features.is_contiguous(at::MemoryFormat::ChannelsLast));
    const torch::Tensor cropped = image.narrow(2, 0, 64).narrow(3, 0, 48);
    EXPECT(torch::equal(features, vit.features(cropped)));
    const VitFeatures all = vit.forward_features(image);
    EXPECT(all.registers.sizes() == c10::IntArrayRef({2, 4, 64}));
    EXPECT_CLOSE(all.patches.transpose(1, 2).reshape({2, 64, 4, 3}), features, 1e-6);
    const torch::Tensor legacy = vit.features(image, true);
    EXPECT_CLOSE(legacy.flatten(2).transpose(1, 2), all.tokens.narrow(1, 1, 12), 1e-6);

    IntermediateOptions options;
    options.reshape = true;
    const auto layers = vit.get_intermediate_layers(image, {2, 0}, options);
    REQUIRE(layers.size() == 2);
    EXPECT_CLOSE(layers[1].patches, features, 1e-6); // ascending; the last layer is the output
    EXPECT_CLOSE(layers[1].cls, all.cls, 1e-6);
    const auto last = vit.get_last_layers(image, 3);
    EXPECT_CLOSE(last[0].patches.transpose(1, 2).reshape({2, 64, 4, 3}), layers[0].patches, 1e-6);
    options.norm = false;
    const auto raw = vit.get_intermediate_layers(image, {0}, options);
    const auto states = vit.hidden_states(image);
    EXPECT_CLOSE(raw[0].cls, states[1].select(1, 0), 1e-6);
    EXPECT_EQ(states.size(), std::size_t{4});

    bool throws = false;
    try {
        static_cast<void>(vit.get_intermediate_layers(image, {3}));
    } catch (const c10::Error&) {
        throws = true;
    }
    EXPECT(throws);
}

GD_TEST(ropeAugmentationIsOffUnlessAskedAndTraining)
{
    const torch::NoGradGuard no_grad;
    const torch::Tensor image = imageOf(64, 64, 1);
    VitConfig config = tiny("vits16");
    VisionTransformer plain(config);
    randomise(plain);
    plain.train();
    EXPECT(torch::equal(plain.features(image), plain.features(image)));
    config.rope_rescale = 2;
    VisionTransformer augmented(config);
    REQUIRE_OK(loadVitState(augmented, toMeta(plain)));
    augmented.train();
    torch::manual_seed(3);
    const torch::Tensor first = augmented.features(image);
    EXPECT((first - augmented.features(image)).abs().max().item<double>() > 1e-4);
    torch::manual_seed(3);
    EXPECT(torch::equal(augmented.features(image), first));
    augmented.eval();
    EXPECT(torch::equal(augmented.features(image), plain.features(image)));
}

GD_TEST(positionsOfDinoV2)
{
    const torch::NoGradGuard no_grad;
    VisionTransformer vit(tiny("vits14"));
    randomise(vit);
    vit.eval();
    // The stored grid itself is used as it is.
    const torch::Tensor image = imageOf(98, 98, 1);
    const torch::Tensor before = vit.features(image);
    vit.pos_embed.mul_(2); // a change must show: nothing stale is kept
    EXPECT((vit.features(image) - before).abs().max().item<double>() > 1e-3);
    const torch::Tensor small = imageOf(56, 70, 1);
    const torch::Tensor one = vit.features(small);
    EXPECT(torch::equal(vit.features(small), one));
    vit.pos_embed.mul_(2);
    EXPECT((vit.features(small) - one).abs().max().item<double>() > 1e-3);
    // Meta's scale factor and the exact size differ.
    VitConfig by_size = vit.config();
    by_size.position_interpolation = VitConfig::PositionInterpolation::Size;
    VisionTransformer other(by_size);
    REQUIRE_OK(loadVitState(other, toMeta(vit)));
    other.eval();
    EXPECT((other.features(small) - vit.features(small)).abs().max().item<double>() > 1e-4);
    bool throws = false;
    try {
        static_cast<void>(vit.features(imageOf(60, 70, 1)));
    } catch (const c10::Error&) {
        throws = true;
    }
    EXPECT(throws);
}

GD_TEST(halfAndDoublePrecisionFollow)
{
    const torch::NoGradGuard no_grad;
    for (const char* name : {"vits16", "vits14_reg"}) {
        VisionTransformer vit(tiny(name));
        vit.eval();
        const int patch = vit.config().patch_size;
        const torch::Tensor image = imageOf(4 * patch, 3 * patch);
        const torch::Tensor expected = vit.features(image);
        vit.to(torch::kFloat64);
        EXPECT_CLOSE(vit.features(image), expected, 2e-5);
        vit.to(torch::kBFloat16);
        const torch::Tensor half = vit.features(image);
        EXPECT(half.scalar_type() == torch::kBFloat16);
        EXPECT_CLOSE(half.to(torch::kFloat32), expected, 5e-2);
    }
}

} // namespace

GD_TEST_MAIN()
