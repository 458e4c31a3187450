// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"
#include "core/nn/io/safetensors.h"
#include "core/nn/verify/verify.h"
#include "tests/support/nn_check.h"

#include <filesystem>
#include <fstream>

using namespace guidino;
using namespace guidino::nn;
using verify::CaseResult;
namespace fs = std::filesystem;

namespace {

fs::path golden()
{
    const fs::path folder = test::goldenFolder();
    if (!fs::is_directory(folder)) {
        throw test::Skip{"no golden files"};
    }
    return folder;
}

void expectOk(const std::vector<CaseResult>& results)
{
    EXPECT(!results.empty());
    for (const CaseResult& result : results) {
        if (result.status != "ok") {
            test::fail(__FILE__, __LINE__, result.name + " " + result.status + ": " + result.error);
        } else {
            std::printf("     %s: %s\n", result.name.c_str(), result.error.c_str());
        }
    }
}

GD_TEST(dinoCasesMeetTheReferences)
{
    for (const char* name :
         {"dinov3_vit_hf_mlp",
          "dinov3_vit_hf_swiglu",
          "dinov3_vit_meta_mlp",
          "dinov3_vit_meta_swiglu",
          "dinov3_lora_peft",
          "dinov2_vit_hf_mlp",
          "dinov2_vit_hf_registers_swiglu",
          "dinov2_vit_meta_mlp",
          "dinov2_vit_meta_registers_swiglu"}) {
        const fs::path file = golden() / (std::string(name) + ".safetensors");
        if (fs::exists(file)) {
            expectOk(verify::verifyPath(file));
        }
    }
}

GD_TEST(fullSizeProbesMeetTheReferences)
{
    int count = 0;
    for (const CaseResult& result : verify::verifyPath(golden() / "parity_probes.json")) {
        if (result.name.find("dinov3") != std::string::npos) {
            expectOk({result});
            ++count;
        }
    }
    EXPECT_EQ(count, 3);
}

/// A wrong weight, a wrong gradient and a damaged file must be seen.
GD_TEST(faultsAreFound)
{
    const test::TemporaryFolder folder;
    const fs::path copy = folder / "dinov3_vit_hf_mlp.safetensors";
    const auto file = readSafetensors(golden() / "dinov3_vit_hf_mlp.safetensors");
    REQUIRE_OK(file);
    const auto changed = [&](const std::string& key, double by) {
        auto tensors = file->tensors;
        tensors[key] = tensors.at(key) + by;
        REQUIRE_OK(writeSafetensors(copy, tensors, file->metadata));
        const auto results = verify::verifyPath(copy);
        REQUIRE(results.size() == 1);
        return results[0];
    };
    EXPECT_EQ(changed("state.norm.bias", 0).status, std::string("ok"));
    EXPECT_EQ(changed("state.norm.bias", 1e-3).status, std::string("failed"));
    EXPECT_EQ(changed("output.hidden_states.2", 1e-3).status, std::string("failed"));
    EXPECT_EQ(changed("grad.norm.bias", 1e-1).status, std::string("failed"));
    EXPECT_EQ(changed("grad.input.image", 1e-2).status, std::string("failed"));
    EXPECT_EQ(changed("scalar", 1e-1).status, std::string("failed"));

    auto tensors = file->tensors;
    tensors.erase("state.norm.weight");
    REQUIRE_OK(writeSafetensors(copy, tensors, file->metadata));
    EXPECT(verify::verifyPath(copy)[0].error.find("norm.weight") != std::string::npos);

    const auto bytes = readFile(golden() / "dinov3_vit_hf_mlp.safetensors");
    std::ofstream(copy, std::ios::binary) << bytes->substr(0, bytes->size() / 2);
    EXPECT_EQ(verify::verifyPath(copy)[0].status, std::string("failed"));
    EXPECT(verify::verifyPath(copy)[0].error.find("truncated") != std::string::npos);
    EXPECT_EQ(verify::verifyPath(folder / "none.safetensors")[0].status, std::string("failed"));
}

GD_TEST(whatNobodyKnowsIsUnknown)
{
    const test::TemporaryFolder folder;
    REQUIRE_OK(writeSafetensors(
        folder / "a_net.safetensors",
        {{"output.x", torch::ones({1})}},
        {{"model", "no_such_net"}}));
    REQUIRE_OK(writeSafetensors(
        folder / "b_file.safetensors",
        {{"x", torch::ones({1})}},
        {{"cases", R"([{"name":"one"},{"name":"two"}])"}}));
    std::ofstream(folder / "c_list.json") << R"({"about":"x","versions":{},"part":[1],"other":{}})";
    std::ofstream(folder / "d_broken.json") << "{";
    std::ofstream(folder / "ignored.txt") << "x";
    fs::create_directory(folder / "checkpoints");
    std::ofstream(folder / "checkpoints" / "x.safetensors") << "x";
    const auto results = verify::verifyPath(folder.path());
    REQUIRE(results.size() == 6);
    EXPECT_EQ(results[0].name, std::string("a_net"));
    EXPECT_EQ(results[0].status, std::string("unknown"));
    EXPECT_EQ(results[0].error, std::string("unknown model no_such_net"));
    EXPECT_EQ(results[1].name, std::string("b_file.one"));
    EXPECT_EQ(results[3].name, std::string("c_list.other"));
    EXPECT_EQ(results[4].name, std::string("c_list.part"));
    EXPECT_EQ(results[5].name, std::string("d_broken"));
    EXPECT_EQ(results[5].status, std::string("failed"));
}

GD_TEST(registeredFunctionsAreUsed)
{
    static const verify::FileRegistration part(
        "my_list", "part", [](const verify::GoldenFile& file) {
            return std::vector<CaseResult>{
                {file.part + ".first", "ok", ""}, {file.part + ".second", "failed", "why"}};
        });
    static const verify::FileRegistration throwing(
        "my_list", "bad", [](const verify::GoldenFile&) -> std::vector<CaseResult> {
            TORCH_CHECK(false, "no good");
        });
    static const verify::ModelRegistration twice("twice", [](const verify::GoldenCase& file) {
        verify::ModelRun run;
        run.outputs["y"] = 2 * file.input("x");
        return run;
    });
    const test::TemporaryFolder folder;
    std::ofstream(folder / "my_list.json") << R"({"part":[1],"bad":[2]})";
    const auto list = verify::verifyPath(folder / "my_list.json");
    REQUIRE(list.size() == 3);
    EXPECT_EQ(list[0].error, std::string("no good"));
    EXPECT_EQ(list[1].name, std::string("my_list.part.first"));
    EXPECT_EQ(list[2].status, std::string("failed"));

    const torch::Tensor x = torch::arange(5, torch::kFloat32);
    const torch::Tensor weights = torch::cos(0.37 * torch::arange(5, torch::kFloat64));
    const auto write = [&](double factor) {
        REQUIRE_OK(writeSafetensors(
            folder / "double.safetensors",
            {{"input.x", x},
             {"output.y", 2 * x},
             {"scalar", (2 * x * weights).sum().to(torch::kFloat32) / std::sqrt(5.0F)},
             {"grad.input.x", (factor * weights / std::sqrt(5.0)).to(torch::kFloat32)}},
            {{"model", "twice"}}));
        return verify::verifyPath(folder / "double.safetensors")[0].status;
    };
    EXPECT_EQ(write(2), std::string("ok"));
    EXPECT_EQ(write(2.1), std::string("failed"));
}

} // namespace

GD_TEST_MAIN()
