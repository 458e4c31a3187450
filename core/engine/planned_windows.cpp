// SPDX-License-Identifier: Apache-2.0
#include "core/engine/planned_windows.h"

#include "core/engine/guarded.h"
#include "core/nn/guide/sliding_window.h"
#include "core/nn/train/autocast.h"

#include <torch/torch.h>

namespace guidino::engine {

Result<std::optional<nn::ImagePlan>> readImagePlan(const nn::NetworkConfig& network)
{
    auto plan = guarded("The network's plan", [&]() -> Result<std::optional<nn::ImagePlan>> {
        return nn::imagePlan(network);
    });
    if (!plan) {
        return Error{ErrorCode::Configuration, plan.error().message, {}};
    }
    return plan;
}

torch::Tensor plannedLogits(
    const nn::ImagePlan& plan,
    const torch::Tensor& image,
    const std::vector<std::shared_ptr<nn::Segmenter>>& models,
    const PlannedWindowOptions& options,
    const std::function<bool()>& isCancelled)
{
    nn::SlidingOptions sliding;
    sliding.window_height = plan.patch[0];
    sliding.window_width = plan.patch[1];
    sliding.overlap = options.overlap;
    sliding.mirror = options.mirror;
    sliding.windows_per_call = options.device.is_cpu() ? 1 : 8;
    const torch::Tensor x = image.unsqueeze(0).to(options.device);
    torch::Tensor sum;
    for (const auto& model : models) {
        const torch::Tensor logits = nn::slideWindows(x, sliding, [&](const torch::Tensor& window) {
            if (isCancelled && isCancelled()) {
                throw ErrorException{
                    Error{ErrorCode::Cancelled, "The prediction was cancelled.", {}}};
            }
            const nn::AutocastScope scope(
                options.device, options.isBf16 ? torch::kBFloat16 : torch::kFloat32);
            return model->forward(window.contiguous(torch::MemoryFormat::ChannelsLast))
                .logits.front()
                .to(torch::kFloat32);
        });
        sum = sum.defined() ? sum + logits : logits;
    }
    TORCH_CHECK(sum.defined(), "there is no model to predict with");
    return (sum / static_cast<double>(models.size()))[0].cpu();
}

} // namespace guidino::engine
