// SPDX-License-Identifier: Apache-2.0
#include "core/nn/dino/vit.h"
#include "core/nn/segmenter.h"
#include "tests/support/nn_check.h"

#include <torch/torch.h>

namespace {

using namespace guidino::nn;

// "[2, 1, 64, 96]"
std::string shapeOf(const torch::Tensor& tensor)
{
    return guidino::test::show(tensor.sizes());
}

SystemConfig
small(const std::string& system, const std::string& source, const std::vector<std::string>& gates)
{
    SystemConfig config;
    config.system = system;
    config.network.base_channels = 4;
    config.network.layer_channel = {4, 6, 8, 12, 16};
    config.network.global_dim = {4, 4, 6, 8, 8};
    config.network.hidden_dim = 32;
    config.guide.source = source;
    config.guide.prototypes = 5;
    config.guide.gates = gates;
    return config;
}

} // namespace

GD_TEST(guideBackboneStaysFrozen)
{
    VitConfig tiny;
    tiny.embed_dim = 32;
    tiny.depth = 2;
    tiny.num_heads = 2;
    tiny.ffn_hidden = 64;
    for (const auto& [system, gate] :
         {std::pair<std::string, std::string>{"guidino-u", "bottleneck"},
          {"guidino-w", "input"},
          {"seg-guidino", "decoder"}}) {
        torch::manual_seed(17);
        auto vit = std::make_shared<VisionTransformer>(tiny);
        auto net = makeSegmenter(small(system, "dinov3", {gate}), vit);
        net->train();
        EXPECT(net->is_training() && !vit->is_training());
        EXPECT(net->guideBackbone() == vit.get());
        const torch::Tensor image = torch::randn({2, 3, 97, 130});
        const SegmenterOutput output = net->forward(image);
        EXPECT_EQ(shapeOf(output.logits[0]), std::string("[2, 1, 97, 130]"));
        (output.logits[0].sum() + output.guide.select(3, 0).sum()).backward();
        for (const torch::Tensor& parameter : vit->parameters()) {
            EXPECT(!parameter.requires_grad() && !parameter.grad().defined());
        }
        // Cached features give the same; one channel is as good as three equal ones.
        net->eval();
        ForwardOptions options;
        options.tokens = net->guideTokens(image);
        EXPECT_CLOSE(net->forward(image, options).logits[0], net->forward(image).logits[0], 1e-5);
        const torch::Tensor grey = torch::randn({1, 1, 64, 64});
        EXPECT_CLOSE(net->guideTokens(grey), net->guideTokens(grey.expand({1, 3, 64, 64})), 1e-6);
        // Full fine-tuning reaches it.
        SystemConfig whole = small(system, "dinov3", {gate});
        whole.guide.train_backbone = true;
        auto trained = makeSegmenter(whole, vit);
        trained->train();
        EXPECT(vit->is_training());
        trained->forward(image).guide.select(3, 0).sum().backward();
        EXPECT(vit->patch_weight.grad().defined());
    }
}

GD_TEST(patchesOfFourteenGetTheirOwnCopy)
{
    VitConfig tiny;
    tiny.family = VitConfig::Family::DinoV2;
    tiny.embed_dim = 32;
    tiny.depth = 1;
    tiny.num_heads = 2;
    tiny.ffn_hidden = 64;
    tiny.patch_size = 14;
    tiny.num_register_tokens = 0;
    tiny.position_grid = 4;
    auto net = makeSegmenter(
        small("guidino-u", "dinov2", {"bottleneck"}), std::make_shared<VisionTransformer>(tiny));
    net->eval();
    const SegmenterOutput output = net->forward(torch::randn({1, 3, 64, 96}));
    // 64 x 96 is seen as 70 x 98.
    EXPECT_EQ(shapeOf(output.guide), std::string("[1, 1, 5, 7]"));
    EXPECT_EQ(shapeOf(output.logits[0]), std::string("[1, 1, 64, 96]"));
}

GD_TEST_MAIN()
