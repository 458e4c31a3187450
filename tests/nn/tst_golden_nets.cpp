// SPDX-License-Identifier: Apache-2.0
#include "core/nn/verify/verify.h"
#include "tests/support/nn_check.h"

#include <set>

namespace {

using namespace guidino::nn;
namespace test = guidino::test;

// All cases of a golden file are there and ok.
void expectGolden(const std::string& name, std::size_t count = 1)
{
    const std::filesystem::path file = test::goldenFolder() / name;
    if (!std::filesystem::exists(file)) {
        throw test::Skip{name + " is not there"};
    }
    const std::vector<verify::CaseResult> results = verify::verifyPath(file);
    EXPECT_EQ(results.size(), count);
    for (const verify::CaseResult& result : results) {
        EXPECT_EQ(result.name + ": " + result.status, result.name + ": ok");
        if (result.status != "ok") {
            std::fprintf(stderr, "    %s\n", result.error.c_str());
        }
    }
}

} // namespace

GD_TEST(tokenBook)
{
    expectGolden("tokenbook_mean.safetensors");
}

GD_TEST(guidinoU)
{
    expectGolden("guide_unet.safetensors");
    expectGolden("guide_unet_bilinear.safetensors");
}

GD_TEST(guidinoW)
{
    expectGolden("guide_wnet.safetensors");
}

GD_TEST(segGuidino)
{
    expectGolden("guide_decoder.safetensors");
}

GD_TEST(unetAndNnWNet)
{
    expectGolden("unet.safetensors");
    expectGolden("nnwnet.safetensors");
}

GD_TEST(transformersAndKan)
{
    expectGolden("swinunet.safetensors");
    expectGolden("h2former.safetensors");
    expectGolden("ukan.safetensors");
}

GD_TEST(nnUnet)
{
    expectGolden("nnunet_plain.safetensors");
    expectGolden("nnunet_resenc.safetensors");
}

GD_TEST(decodersOfViTs)
{
    expectGolden("segdino.safetensors");
    expectGolden("segdino_v2.safetensors");
    expectGolden("simple_decoder.safetensors");
    expectGolden("meddinov3.safetensors");
}

GD_TEST(losses)
{
    expectGolden("losses.safetensors", 16);
}

GD_TEST(optimisers)
{
    expectGolden("optim.safetensors", 3);
}

GD_TEST(slidingWindow)
{
    expectGolden("sliding_window.safetensors", 4);
}

GD_TEST(parityProbes)
{
    const std::filesystem::path file = test::goldenFolder() / "parity_probes.json";
    if (!std::filesystem::exists(file)) {
        throw test::Skip{"parity_probes.json is not there"};
    }
    std::set<std::string> missing = {
        "parity_probes.unet64_milesial_convT",
        "parity_probes.unet64_milesial_bilinear",
        "parity_probes.unet64_milesial_convT_odd_size",
        "parity_probes.unet32_guidino_convT",
        "parity_probes.plainconvunet_7st_ds",
        "parity_probes.resencunet_6st_ds",
        "parity_probes.wnet2d_ds",
        "parity_probes.swinunet_224_w7",
        "parity_probes.swinunet_256_w8",
        "parity_probes.h2former_256",
        "parity_probes.ukan_128_160_256"};
    for (const verify::CaseResult& result : verify::verifyPath(file)) {
        if (missing.erase(result.name) == 0) {
            continue;
        }
        EXPECT_EQ(result.name + ": " + result.status, result.name + ": ok");
        // The frame allows for references with float32 constants; these networks have none.
        const std::string label = "largest error ";
        REQUIRE(result.error.starts_with(label));
        EXPECT(std::stod(result.error.substr(label.size())) <= 1e-9);
    }
    EXPECT_EQ(missing.size(), std::size_t{0});
}

GD_TEST(figuresOfNnUnet)
{
    const std::filesystem::path file = test::goldenFolder() / "nnunet_fixtures.json";
    if (!std::filesystem::exists(file)) {
        throw test::Skip{"nnunet_fixtures.json is not there"};
    }
    std::size_t ours = 0;
    for (const verify::CaseResult& result : verify::verifyPath(file)) {
        for (const char* name :
             {"sliding_steps", "gaussian", "gaussian_256", "poly_lr", "ds_weights", "loss"}) {
            if (result.name == std::string("nnunet_fixtures.") + name) {
                ++ours;
                EXPECT_EQ(result.name + ": " + result.status, result.name + ": ok");
            }
        }
    }
    EXPECT_EQ(ours, std::size_t{6});
}

GD_TEST_MAIN()
