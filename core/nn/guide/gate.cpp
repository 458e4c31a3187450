// SPDX-License-Identifier: Apache-2.0
#include "core/nn/guide/gate.h"

#include "core/nn/extension/extensions.h"
#include "core/nn/extension/names.h"
#include "core/nn/guide/full_precision.h"

#include <torch/torch.h>

#include <algorithm>
#include <array>

namespace guidino::nn {

namespace {

struct NamedPlace
{
    const char* name;
    GatePlace place;
};

constexpr NamedPlace kPlaces[] = {
    {"input", GatePlace::Input},
    {"bottleneck", GatePlace::Bottleneck},
    {"decoder", GatePlace::Decoder},
    {"skip1", GatePlace::Skip1},
    {"skip2", GatePlace::Skip2},
    {"skip3", GatePlace::Skip3},
    {"skip4", GatePlace::Skip4},
    {"skip5", GatePlace::Skip5},
    {"skip6", GatePlace::Skip6},
    {"skip7", GatePlace::Skip7},
    {"skip8", GatePlace::Skip8},
};

torch::Tensor plainGate(const torch::Tensor& x, const torch::Tensor& guide)
{
    return x * guide;
}

torch::Tensor residualGate(const torch::Tensor& x, const torch::Tensor& guide)
{
    return x * (1.0 + guide);
}

GateFunction functionOf(GateForm form)
{
    return form == GateForm::Plain ? plainGate : residualGate;
}

} // namespace

GatePlace gatePlaceFromName(const std::string& name)
{
    for (const NamedPlace& known : kPlaces) {
        if (name == known.name) {
            return known.place;
        }
    }
    TORCH_CHECK(
        false,
        "guide.gates: unknown place '",
        name,
        "' (input, bottleneck, decoder, skips, skip1 .. skip8)");
}

std::string gatePlaceName(GatePlace place)
{
    for (const NamedPlace& known : kPlaces) {
        if (place == known.place) {
            return known.name;
        }
    }
    return {};
}

GateForm gateFormFromName(const std::string& name)
{
    if (name == "plain") {
        return GateForm::Plain;
    }
    std::string names;
    for (const std::string& one : gateFormNames()) {
        names += (names.empty() ? "" : ", ") + one;
    }
    TORCH_CHECK(name == "residual", "guide.gate_form: unknown form '", name, "' (", names, ")");
    return GateForm::Residual;
}

GateFunction gateFunctionFromName(const std::string& name)
{
    GateFunction ofPlugin = extensions().gate(name);
    return ofPlugin ? ofPlugin : functionOf(gateFormFromName(name));
}

GatePlace skipPlace(int level)
{
    constexpr std::array<GatePlace, kSkipPlaces> kSkips = {
        GatePlace::Skip1,
        GatePlace::Skip2,
        GatePlace::Skip3,
        GatePlace::Skip4,
        GatePlace::Skip5,
        GatePlace::Skip6,
        GatePlace::Skip7,
        GatePlace::Skip8};
    TORCH_CHECK(level >= 1 && level <= kSkipPlaces, "there is no skip connection ", level);
    return kSkips[static_cast<std::size_t>(level - 1)];
}

torch::Tensor resizedGuide(const torch::Tensor& guide, std::int64_t height, std::int64_t width)
{
    const FullPrecision fullPrecision;
    TORCH_CHECK(guide.dim() == 4, "a guide is [B, G, h, w], not ", guide.sizes());
    const torch::Tensor one = guide.size(1) == 1 ? guide : guide.amax(1, true);
    if (one.size(2) == height && one.size(3) == width) {
        return one;
    }
    return torch::upsample_bilinear2d(one, {height, width}, /*align_corners=*/false);
}

Gate::Gate(torch::Tensor guide, std::vector<GatePlace> places, GateForm form)
    : Gate(std::move(guide), std::move(places), functionOf(form))
{}

Gate::Gate(torch::Tensor guide, std::vector<GatePlace> places, GateFunction function)
    : m_guide(std::move(guide))
    , m_places(std::move(places))
    , m_function(std::move(function))
{}

bool Gate::actsAt(GatePlace place) const
{
    return m_guide.defined()
           && std::find(m_places.begin(), m_places.end(), place) != m_places.end();
}

torch::Tensor Gate::operator()(GatePlace place, const torch::Tensor& x) const
{
    if (!actsAt(place)) {
        return x;
    }
    return m_function(x, resizedGuide(m_guide, x.size(2), x.size(3))).to(x.scalar_type());
}

} // namespace guidino::nn
