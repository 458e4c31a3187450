// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"
#include "core/nn/dino/vit_load.h"
#include "core/nn/io/checkpoint.h"
#include "core/nn/io/safetensors.h"
#include "core/nn/lora/lora.h"
#include "tests/support/nn_check.h"

#include <filesystem>

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

std::shared_ptr<VisionTransformer> base()
{
    const auto checkpoint = readCheckpoint(checkpoints() / "dinov3_tiny_hf");
    REQUIRE_OK(checkpoint);
    auto vit = loadVit(*checkpoint);
    REQUIRE_OK(vit);
    return std::move(vit).value();
}

std::shared_ptr<VisionTransformer> fresh(const std::string& name)
{
    VitConfig config = vitConfig(name).value();
    config.embed_dim = 64;
    config.depth = 2;
    config.num_heads = 2;
    config.ffn_hidden = 96;
    torch::manual_seed(2);
    auto vit = std::make_shared<VisionTransformer>(config);
    vit->eval();
    return vit;
}

void fill(VisionTransformer& vit)
{
    const torch::NoGradGuard no_grad;
    torch::manual_seed(9);
    for (torch::Tensor parameter : loraParameters(vit)) {
        parameter.normal_(0, 0.2);
    }
}

torch::Tensor imageOf(int side)
{
    torch::manual_seed(4);
    return torch::randn({1, 3, side, side});
}

GD_TEST(goldenAdapter)
{
    const auto expected = readSafetensors(checkpoints() / "dinov3_tiny_lora_expect.safetensors");
    REQUIRE_OK(expected);
    const torch::Tensor image = expected->tensors.at("input.image");
    const torch::Tensor output = expected->tensors.at("output.last_hidden_state");
    const auto vit = base();
    REQUIRE_OK(readLora(*vit, checkpoints() / "dinov3_tiny_lora_adapter"));
    const torch::NoGradGuard no_grad;
    EXPECT_CLOSE(vit->forward_features(image).tokens, output, 2e-5);
    mergeLora(*vit);
    EXPECT_CLOSE(vit->forward_features(image).tokens, output, 2e-5);

    const LoraConfig config = loraConfig(*vit);
    EXPECT(config.enabled && config.rank == 4 && config.alpha == 8 && config.dropout == 0.05);
    EXPECT(config.targets == (std::vector<std::string>{"q", "k", "v", "o"}));

    // Written and read again: the same tensors under the same keys, and the same numbers.
    const test::TemporaryFolder folder;
    REQUIRE_OK(writeLora(*vit, folder / "adapter", "facebook/x"));
    const auto ours = readCheckpoint(folder / "adapter");
    const auto theirs = readCheckpoint(checkpoints() / "dinov3_tiny_lora_adapter");
    REQUIRE_OK(ours);
    REQUIRE_OK(theirs);
    EXPECT_EQ(ours->tensors.size(), theirs->tensors.size());
    for (const auto& [key, tensor] : theirs->tensors) {
        REQUIRE(ours->tensors.contains(key));
        EXPECT(torch::equal(ours->tensors.at(key), tensor));
    }
    for (const char* part : {"\"r\": 4", "\"lora_alpha\": 8", "\"k_proj\"", "facebook/x"}) {
        EXPECT(ours->config_json.find(part) != std::string::npos);
    }
    const auto again = base();
    REQUIRE_OK(readLora(*again, folder / "adapter"));
    EXPECT_CLOSE(again->forward_features(image).tokens, output, 2e-5);
}

GD_TEST(freshAdaptersChangeNothing)
{
    for (const char* name : {"vits16", "vits16plus", "vits14", "vitg14"}) {
        const auto vit = fresh(name);
        const torch::Tensor image = imageOf(vit->config().patch_size * 4);
        const torch::Tensor before = vit->features(image).detach();
        LoraConfig config;
        config.targets = {"q", "k", "v", "o", "mlp"};
        config.dropout = 0;
        addLora(*vit, config);
        EXPECT(torch::equal(vit->features(image), before));
        EXPECT(hasLora(*vit));
        int trained = 0;
        for (const auto& parameter : vit->named_parameters()) {
            trained += parameter.value().requires_grad() ? 1 : 0;
        }
        EXPECT_EQ(static_cast<std::size_t>(trained), loraParameters(*vit).size());
        fill(*vit);
        EXPECT((vit->features(image) - before).abs().max().item<double>() > 1e-3);
        removeLora(*vit);
        EXPECT(!hasLora(*vit));
        EXPECT(torch::equal(vit->features(image), before));
    }
}

GD_TEST(mergeAndUnmerge)
{
    const torch::NoGradGuard no_grad;
    const auto vit = fresh("vits16plus");
    LoraConfig config;
    config.targets = {"k", "v", "mlp"};
    addLora(*vit, config);
    fill(*vit);
    const torch::Tensor image = imageOf(64);
    const torch::Tensor weight = vit->blocks[1]->attn->qkv->weight.clone();
    const torch::Tensor apart = vit->features(image);
    mergeLora(*vit);
    EXPECT(!torch::equal(vit->blocks[1]->attn->qkv->weight, weight));
    EXPECT(torch::equal( // q has no adapter
        vit->blocks[1]->attn->qkv->weight.narrow(0, 0, 64),
        weight.narrow(0, 0, 64)));
    EXPECT_CLOSE(vit->features(image), apart, 1e-6 * 5);
    mergeLora(*vit); // a second time is nothing
    unmergeLora(*vit);
    EXPECT(torch::equal(vit->blocks[1]->attn->qkv->weight, weight));
    EXPECT(torch::equal(vit->features(image), apart));
    // One layer alone: exact to 1e-6.
    VitLinear& linear = *vit->blocks[0]->mlp->w3;
    const torch::Tensor x = torch::randn({5, 96}) * 0.1;
    const torch::Tensor y = linear.forward(x);
    linear.merge();
    EXPECT_CLOSE(linear.forward(x), y, 0, 1e-6);
    linear.unmerge();
}

GD_TEST(countsOfThePublishedRecipe)
{
    VisionTransformer vit(vitConfig("vits16").value(), false);
    addLora(vit, LoraConfig{});
    std::int64_t count = 0;
    for (const torch::Tensor& parameter : loraParameters(vit)) {
        count += parameter.numel();
    }
    EXPECT_EQ(count, 294912); // PIPELINE.md §2.5
}

GD_TEST(gradientsReachTheAdaptersOnly)
{
    const auto vit = fresh("vits16");
    LoraConfig config;
    config.dropout = 0.3;
    addLora(*vit, config);
    fill(*vit);
    vit->train();
    const torch::Tensor image = imageOf(64);
    torch::manual_seed(1);
    const torch::Tensor first = vit->features(image);
    EXPECT(!torch::equal(first, vit->features(image))); // dropout draws anew
    first.square().sum().backward();
    for (const torch::Tensor& parameter : loraParameters(*vit)) {
        EXPECT(parameter.grad().defined() && parameter.grad().ne(0).any().item<bool>());
    }
    EXPECT(!vit->patch_weight.grad().defined());
    EXPECT(!vit->blocks[0]->attn->qkv->weight.grad().defined());
    vit->eval();
    EXPECT(torch::equal(vit->features(image), vit->features(image)));
}

GD_TEST(dinoV2AdaptersRoundTrip)
{
    const torch::NoGradGuard no_grad;
    const auto vit = fresh("vits14_reg");
    LoraConfig config;
    config.rank = 2;
    config.alpha = 3;
    config.targets = {"q", "o", "mlp"};
    addLora(*vit, config);
    fill(*vit);
    const test::TemporaryFolder folder;
    REQUIRE_OK(writeLora(*vit, folder / "a"));
    EXPECT(loraTensors(*vit).contains(
        "base_model.model.encoder.layer.0.attention.attention.query.lora_A.weight"));
    const auto other = fresh("vits14_reg");
    REQUIRE_OK(readLora(*other, folder / "a"));
    EXPECT(torch::equal(other->features(imageOf(56)), vit->features(imageOf(56))));
}

GD_TEST(wrongAdaptersAreErrors)
{
    const auto vit = base();
    const auto good = readCheckpoint(checkpoints() / "dinov3_tiny_lora_adapter");
    REQUIRE_OK(good);
    const auto refused = [&](std::map<std::string, torch::Tensor> tensors,
                             const std::string& config,
                             const std::string& expected) {
        const Status status = setLora(*vit, tensors, config);
        REQUIRE(!status);
        EXPECT(status.error().code == ErrorCode::BadInput);
        if (status.error().message.find(expected) == std::string::npos) {
            test::fail(__FILE__, __LINE__, status.error().message);
        }
        EXPECT(!hasLora(*vit));
    };
    refused(good->tensors, "[]", "not a JSON object");
    refused(good->tensors, "{}", "\"r\"");
    refused(good->tensors, R"({"r":4,"lora_alpha":8,"use_dora":true})", "use_dora");
    refused(good->tensors, R"({"r":4,"lora_alpha":8,"peft_type":"IA3"})", "peft_type");
    refused(good->tensors, R"({"r":4,"lora_alpha":8,"bias":"all"})", "biases");
    refused({}, good->config_json, "no tensors");
    auto tensors = good->tensors;
    tensors["base_model.model.layer.9.attention.q_proj.lora_A.weight"] = torch::ones({4, 64});
    refused(tensors, good->config_json, "layer.9");
    tensors = good->tensors;
    tensors.erase("base_model.model.layer.0.attention.q_proj.lora_A.weight");
    refused(tensors, good->config_json, "layer.0.attention.q_proj");
    EXPECT(!readLora(*vit, checkpoints() / "dinov3_tiny_hf"));

    LoraConfig config;
    for (const auto& [targets, rank] :
         std::vector<std::pair<std::vector<std::string>, int>>{{{"z"}, 4}, {{"q"}, 0}}) {
        config.targets = targets;
        config.rank = rank;
        bool throws = false;
        try {
            addLora(*vit, config);
        } catch (const c10::Error&) {
            throws = true;
        }
        EXPECT(throws);
        EXPECT(!hasLora(*vit));
    }
}

} // namespace

GD_TEST_MAIN()
