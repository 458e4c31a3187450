// SPDX-License-Identifier: Apache-2.0
#include "core/nn/backbones/h2former.h"
#include "core/nn/backbones/swin_unet.h"
#include "core/nn/backbones/ukan.h"
#include "core/nn/verify/verify.h"

#include <torch/torch.h>

#include <nlohmann/json.hpp>

/// Golden files and probes of SwinUNet, H2Former and U-KAN.
namespace guidino::nn::verify {

namespace {

using nlohmann::json;

template<std::size_t Count>
std::array<std::int64_t, Count> numbers(const json& list)
{
    return list.get<std::array<std::int64_t, Count>>();
}

SwinUnetOptions swinOf(const json& config)
{
    SwinUnetOptions options;
    options.in_channels = config.at("in_chans");
    options.num_classes = config.at("num_classes");
    options.embed_dim = config.at("embed_dim");
    options.num_heads = numbers<4>(config.at("num_heads"));
    options.window_size = config.at("window_size");
    return options;
}

H2FormerOptions h2formerOf(const json& config)
{
    H2FormerOptions options;
    options.in_channels = config.at("in_channels");
    options.num_classes = config.at("num_classes");
    options.width = config.at("width");
    options.num_heads = numbers<4>(config.at("num_heads"));
    options.window_size = config.at("window_size");
    options.scramble = true;
    return options;
}

UKanOptions ukanOf(const json& config)
{
    UKanOptions options;
    options.in_channels = config.at("input_channels");
    options.num_classes = config.at("num_classes");
    options.embed_dims = numbers<3>(config.at("embed_dims"));
    return options;
}

// Buffers that the window and the size say: compared with ours, then left out.
std::map<std::string, torch::Tensor> withoutWindowBuffers(const GoldenCase& golden)
{
    const json config = json::parse(golden.config);
    const std::int64_t window = config.value("window_size", std::int64_t{0});
    std::map<std::string, torch::Tensor> state = golden.state();
    for (auto item = state.begin(); item != state.end();) {
        const auto& [key, tensor] = *item;
        torch::Tensor ours;
        if (key.ends_with(".relative_position_index")) {
            ours = relativePositionIndex(window);
        } else if (key.ends_with(".attn_mask")) {
            const auto side = static_cast<std::int64_t>(
                                  std::llround(std::sqrt(static_cast<double>(tensor.size(0)))))
                              * window;
            ours = windowMask(side, side, window, window / 2);
        } else {
            ++item;
            continue;
        }
        const std::string problem = compare(key, ours, tensor, 0);
        TORCH_CHECK(problem.empty(), problem);
        item = state.erase(item);
    }
    return state;
}

template<typename Network, typename Options>
ModelFunction networkCase(Options (*optionsOf)(const json&))
{
    return [optionsOf](const GoldenCase& golden) {
        auto network = std::make_shared<Network>(optionsOf(json::parse(golden.config)));
        loadState(*network, withoutWindowBuffers(golden));
        network->to(golden.device);
        ModelRun run = runOf(network);
        run.outputs["logits"] = network->forward({golden.input("image"), {}})[0];
        return run;
    };
}

const ModelRegistration swinunet("swinunet", networkCase<SwinUnet>(swinOf));
const ModelRegistration h2former("h2former", networkCase<H2Former>(h2formerOf));
const ModelRegistration ukan("ukan", networkCase<UKan>(ukanOf));

template<typename Network, typename Options>
ProbeFunction probeOf(const Options& options)
{
    return [options](const ProbeCase& probe) {
        Options sized = options;
        sized.in_channels = probe.input.size(1);
        Network network(sized);
        network.to(torch::kFloat64);
        fillProbe(network);
        network.eval();
        const torch::NoGradGuard noGrad;
        return network.forward({probe.input, {}});
    };
}

SwinUnetOptions swinWith(std::int64_t window)
{
    SwinUnetOptions options;
    options.window_size = window;
    return options;
}

H2FormerOptions published()
{
    H2FormerOptions options;
    options.scramble = true;
    return options;
}

const ProbeRegistration swin224("swinunet_224_w7", probeOf<SwinUnet>(swinWith(7)));
const ProbeRegistration swin256("swinunet_256_w8", probeOf<SwinUnet>(swinWith(8)));
const ProbeRegistration h2former256("h2former_256", probeOf<H2Former>(published()));
const ProbeRegistration ukanDefault("ukan_128_160_256", probeOf<UKan>(UKanOptions()));

} // namespace

} // namespace guidino::nn::verify
