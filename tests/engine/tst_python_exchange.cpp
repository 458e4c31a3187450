// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model_store.h"
#include "core/engine/weights.h"
#include "core/nn/dino/vit.h"
#include "core/nn/io/safetensors.h"
#include "core/nn/lora/lora.h"
#include "tests/engine/engine_support.h"
#include "tests/support/process.h"

#include <cstdio>

/// What goes out is read by the programs that it is for, and computes the same there: state dicts
/// by nnU-Net's network classes, adapters by PEFT on Hugging Face's ViTs, TorchScript by PyTorch.
/// And what those write comes in. Needs a Python with their packages: $GUIDINO_PEER_PYTHON, which
/// `tests/benchmarks/setup_peers` makes; skipped without.
using namespace guidino;
using namespace guidino::engine;
using namespace guidino::test;

namespace {

constexpr double kTolerance = 2e-5; // float32, other kernels, of the largest output

std::string python()
{
    const char* given = std::getenv("GUIDINO_PEER_PYTHON");
    return given != nullptr ? given : "";
}

Runtime& runtime()
{
    return *guidino_runtime_v1();
}

Json ok(const Result<std::string>& result)
{
    REQUIRE_OK(result);
    return Json::parse(*result);
}

std::string runPython(const std::string& verb, const fs::path& folder)
{
    const Outcome outcome = runProgram(
        {python(), GUIDINO_SOURCE_DIR "/tests/engine/python_exchange.py", verb, folder.string()},
        {});
    if (outcome.exitCode != 0) {
        fail(__FILE__, __LINE__, "Python: " + outcome.err);
    }
    REQUIRE(outcome.exitCode == 0);
    return outcome.out;
}

void writeTensors(const fs::path& file, const torch::Tensor& image, const torch::Tensor& wanted)
{
    REQUIRE_OK(nn::writeSafetensors(
        file, {{"image", image.contiguous()}, {"wanted", wanted.contiguous()}}, {}));
}

nn::TensorMap tensorsOf(const fs::path& file)
{
    auto read = nn::readSafetensors(file);
    REQUIRE_OK(read);
    return std::move(read->tensors);
}

std::shared_ptr<nn::Segmenter> loaded(const fs::path& bundle)
{
    const auto read = readBundle(bundle);
    REQUIRE_OK(read);
    const auto model = loadModel(*read);
    REQUIRE_OK(model);
    return *model;
}

nn::SystemConfig tiny(const std::string& name, std::vector<std::string> more = {})
{
    const std::string system = name.substr(0, name.find('.'));
    if (system == "swinunet") {
        more.insert(more.end(), {"network.embed_dim=12", "network.num_heads=[1,2,3,6]"});
    } else if (system == "h2former") {
        more.emplace_back("network.width=8");
    } else if (system == "ukan") {
        more.emplace_back("network.embed_dims=[8,12,16]");
    } else if (system == "nnunet" || system == "nnunet-resenc") {
        more.insert(more.end(), {"network.features_per_stage=[8,16,16]", "network.n_stages=3"});
    }
    return tinyConfig(name, more);
}

/// Cases for python_exchange.py; each is compared with what the engine computed.
class Cases
{
public:
    explicit Cases(const fs::path& folder)
        : m_folder(folder)
    {}

    void add(Json about, const torch::Tensor& image, const torch::Tensor& wanted)
    {
        const std::string tensors = "case" + std::to_string(m_cases.size()) + ".safetensors";
        writeTensors(m_folder / tensors, image, wanted);
        about["tensors"] = tensors;
        m_cases.push_back(std::move(about));
    }

    void check()
    {
        REQUIRE_OK(writeFileAtomically(m_folder / "cases.json", m_cases.dump(1)));
        const Json answers = Json::parse(runPython("check", m_folder));
        EXPECT_EQ(answers.size(), m_cases.size());
        for (const Json& answer : answers) {
            const double difference = answer.at("difference").get<double>();
            std::printf("  %s: %.2g\n", answer.at("case").get<std::string>().c_str(), difference);
            if (!(difference <= kTolerance)) {
                fail(__FILE__, __LINE__, answer.dump());
            }
        }
    }

private:
    fs::path m_folder;
    Json m_cases = Json::array();
};

} // namespace

GD_TEST(torchScriptRunsInPython)
{
    const UserFolder user;
    REQUIRE_OK(runtime().modelsAddRandom("vits16", "vits16", 3));
    Cases cases(user / "");
    const torch::Tensor image = torch::randn({1, 3, 64, 64});
    for (const char* name :
         {"unet",
          "guidino-u",
          "guidino-w",
          "nnwnet",
          "nnunet",
          "nnunet-resenc",
          "swinunet",
          "h2former",
          "h2former.parity",
          "ukan",
          "segdino-v2",
          "seg-guidino"}) {
        const fs::path bundle = user / "bundle";
        nn::SystemConfig config = tiny(name == std::string("seg-guidino") ? "unet" : name);
        if (name == std::string("seg-guidino")) {
            const auto made = loadSystemConfig(
                name, "", {"data.image_size=64", "guide.backbone=vits16", "network.hidden_dim=32"});
            REQUIRE_OK(made);
            config = *made;
        }
        writeTinyBundle(bundle, config);
        const std::string file = std::string(name) + ".pt";
        ok(runtime().modelsExport(bundle, user / file, "torchscript:64+backbone"));
        const torch::NoGradGuard noGrad;
        cases.add(
            {{"case", file}, {"kind", "torchscript"}, {"file", file}},
            image,
            loaded(bundle)->forward(image).logits.front());
    }
    cases.check();
}

GD_TEST(nnunetsOwnNetworksReadOurStateDicts)
{
    const UserFolder user;
    Cases cases(user / "");
    const torch::Tensor image = torch::randn({2, 3, 64, 64});
    for (const bool isResidual : {false, true}) {
        for (const int classes : {1, 3}) {
            std::vector<std::string> settings = {"network.num_classes=" + std::to_string(classes)};
            if (isResidual) {
                settings.emplace_back("network.n_blocks_per_stage=[1,2,2]");
            }
            const fs::path bundle = user / "bundle";
            writeTinyBundle(bundle, tiny(isResidual ? "nnunet-resenc" : "nnunet", settings));
            const std::string file =
                (isResidual ? "resenc" : "plain") + std::to_string(classes) + ".safetensors";
            ok(runtime().modelsExport(bundle, user / file, "safetensors"));
            const torch::NoGradGuard noGrad;
            cases.add(
                {{"case", file},
                 {"kind", "nnunet"},
                 {"file", file},
                 {"residual", isResidual},
                 {"features", {8, 16, 16}},
                 {"blocks", {1, 2, 2}},
                 {"classes", classes}},
                image,
                loaded(bundle)->forward(image).logits.front());
        }
    }
    cases.check();
}

GD_TEST(nnunetsCheckpointsComeIn)
{
    const UserFolder user;
    runPython("make", user / "");
    const Json report = ok(runtime().modelsImport(user / "nnunet.pth", "", user / "bundle"));
    EXPECT_EQ(report["architecture"], "nnunet");
    const nn::TensorMap theirs = tensorsOf(user / "nnunet.safetensors");
    const torch::NoGradGuard noGrad;
    EXPECT_CLOSE(
        loaded(user / "bundle")->forward(theirs.at("image")).logits.front(),
        theirs.at("logits"),
        kTolerance);
}

GD_TEST(adaptersGoToPeftAndComeFromIt)
{
    const UserFolder user;
    runPython("make", user / "");
    Cases cases(user / "");
    for (const std::string family : {"dinov3", "dinov2"}) {
        const auto stored = addModel(user / family, family + "-tiny", true);
        REQUIRE_OK(stored);
        const auto config = loadSystemConfig(
            "guidino-u-lora",
            "",
            {"guide.source=" + family,
             "guide.backbone=" + family + "-tiny",
             "network.base_channels=4",
             "data.image_size=64",
             "lora.rank=4"});
        REQUIRE_OK(config);
        torch::manual_seed(8);
        const auto model = makeModel(*config);
        REQUIRE_OK(model);
        {
            const torch::NoGradGuard noGrad;
            for (const torch::Tensor& parameter : nn::loraParameters(*(*model)->guideBackbone())) {
                parameter.normal_(0, 0.1); // the second half of a fresh adapter is zero
            }
        }
        Bundle bundle;
        bundle.config = *config;
        const auto reference = backboneOf(*config);
        REQUIRE_OK(reference);
        bundle.backbone = *reference;
        REQUIRE_OK(writeBundle(bundle, **model, user / "bundle"));
        const std::string file = family + "-ours";
        ok(runtime().modelsExport(user / "bundle", user / file, "peft"));
        const int side = family == "dinov3" ? 64 : 56;
        const torch::Tensor image = torch::randn({2, 3, side, side});
        const torch::NoGradGuard noGrad;
        cases.add(
            {{"case", file}, {"kind", "peft"}, {"file", file}, {"base", family}},
            image,
            loaded(user / "bundle")->guideBackbone()->features(image));

        // Python's own adapter on the same ViT.
        const auto vit = loadBackbone(stored->weights, config->guide);
        REQUIRE_OK(vit);
        (*vit)->eval();
        REQUIRE_OK(nn::readLora(**vit, user / (family + "-adapter")));
        const nn::TensorMap theirs = tensorsOf(user / (family + "-adapter.safetensors"));
        EXPECT_CLOSE((*vit)->features(theirs.at("image")), theirs.at("tokens"), 5 * kTolerance);
    }
    cases.check();
}

int main(int argc, char** argv)
{
    if (python().empty()) {
        std::puts("skipped: GUIDINO_PEER_PYTHON names no Python with torch, transformers, peft and "
                  "dynamic-network-architectures (tests/benchmarks/setup_peers makes one)");
        return 77;
    }
    at::set_num_threads(1);
    return test::runAll(argc, argv);
}
