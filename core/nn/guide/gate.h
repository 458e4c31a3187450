// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <functional>
#include <string>
#include <vector>

namespace guidino::nn {

/// Where a guide may act on a network. Skip1 is the finest skip connection.
enum class GatePlace {
    Input,
    Bottleneck,
    Decoder,
    Skip1,
    Skip2,
    Skip3,
    Skip4,
    Skip5,
    Skip6,
    Skip7,
    Skip8
};

constexpr int kSkipPlaces = 8;

enum class GateForm {
    Plain,    ///< x · g
    Residual, ///< x · (1 + g)
};

/// What a gate does with features: x [B, C, H, W] and the guide [B, 1, H, W] in [0, 1], float32, of
/// the same height and width -> [B, C, H, W], of any floating type.
using GateFunction =
    std::function<torch::Tensor(const torch::Tensor& x, const torch::Tensor& guide)>;

/// "input", "bottleneck", "decoder", "skip1" .. "skip8". Throws c10::Error for another name.
[[nodiscard]] GatePlace gatePlaceFromName(const std::string& name);

[[nodiscard]] std::string gatePlaceName(GatePlace place);

/// "plain" or "residual". Throws c10::Error for another name.
[[nodiscard]] GateForm gateFormFromName(const std::string& name);

/// guide.gate_form: "plain", "residual", or the name of a plug-in's gate. Throws c10::Error for
/// another name.
[[nodiscard]] GateFunction gateFunctionFromName(const std::string& name);

[[nodiscard]] GatePlace skipPlace(int level); ///< 1..8

/// The guide [B, G, h, w] brought to [B, 1, height, width]: the maximum over the G guides (with one
/// guide per class a place stays open when any class attends to it), then bilinear with
/// align_corners = false.
[[nodiscard]] torch::Tensor
resizedGuide(const torch::Tensor& guide, std::int64_t height, std::int64_t width);

/// Applies one guide at the chosen places of a network and lets everything else pass unchanged.
/// A value: cheap to copy, no state.
class Gate
{
public:
    Gate() = default; ///< closed nowhere: every feature passes

    /// guide [B, G, h, w] in [0, 1], float32.
    Gate(torch::Tensor guide, std::vector<GatePlace> places, GateForm form);
    Gate(torch::Tensor guide, std::vector<GatePlace> places, GateFunction function);

    [[nodiscard]] bool actsAt(GatePlace place) const;

    /// x [B, C, H, W] and the guide through the gate's function if `place` is gated, else x itself.
    /// Ours multiply in the wider of both types; returned is x's, so that bfloat16 features do not
    /// coarsen the guide (PIPELINE.md §5 D25).
    [[nodiscard]] torch::Tensor operator()(GatePlace place, const torch::Tensor& x) const;

private:
    torch::Tensor m_guide;
    std::vector<GatePlace> m_places;
    GateFunction m_function;
};

} // namespace guidino::nn
