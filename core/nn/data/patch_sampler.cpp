// SPDX-License-Identifier: Apache-2.0
#include "core/nn/data/patch_sampler.h"

#include "core/nn/data/augment.h"
#include "core/nn/data/image_plan.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace guidino::nn {

namespace {

/// Copies the part of `from` that lies in the patch at `corner` into `to`; both [..., H, W].
void copyPatch(const torch::Tensor& from, const PatchPair& corner, torch::Tensor to)
{
    std::array<std::int64_t, 2> begin{};
    std::array<std::int64_t, 2> length{};
    for (const std::size_t axis : {0U, 1U}) {
        const auto dimension = static_cast<std::int64_t>(axis) - 2;
        begin[axis] = std::max<std::int64_t>(corner[axis], 0);
        const std::int64_t end = std::min(corner[axis] + to.size(dimension), from.size(dimension));
        length[axis] = end - begin[axis];
        if (length[axis] <= 0) {
            return;
        }
    }
    to.narrow(-2, begin[0] - corner[0], length[0])
        .narrow(-1, begin[1] - corner[1], length[1])
        .copy_(from.narrow(-2, begin[0], length[0]).narrow(-1, begin[1], length[1]));
}

bool hasPlaces(const torch::Tensor& places)
{
    return places.defined() && places.size(0) > 0;
}

} // namespace

std::array<std::int64_t, 2> patchRange(std::int64_t side, std::int64_t cut, std::int64_t patch)
{
    // The larger cut may reach so far over the border that patches of the network's size reach it.
    const std::int64_t padding = std::max(cut - patch, cut - side);
    const std::int64_t before = padding >= 0 ? (padding + 1) / 2 : 0;
    const std::int64_t after = padding >= 0 ? padding / 2 + padding % 2 : 0;
    return {-before, side + after - cut};
}

PatchSampler::PatchSampler(std::vector<PatchCase> cases, PatchOptions options)
    : m_cases(std::move(cases))
    , m_options(options)
{
    TORCH_CHECK(!m_cases.empty(), "there is no case to draw patches from");
    TORCH_CHECK(
        m_options.patch[0] >= 1 && m_options.patch[1] >= 1 && m_options.cut[0] >= m_options.patch[0]
            && m_options.cut[1] >= m_options.patch[1],
        "patches are cut at least as large as the network's");
    const std::int64_t channels = m_cases.front().image.size(0);
    for (const PatchCase& one : m_cases) {
        TORCH_CHECK(
            one.image.dim() == 3 && one.image.size(0) == channels && one.codes.dim() == 2
                && one.codes.size(0) == one.image.size(1) && one.codes.size(1) == one.image.size(2)
                && one.places.size() == m_cases.front().places.size(),
            one.name,
            ": image and labels do not fit each other or the other cases");
    }
}

PatchPair PatchSampler::corner(
    const PatchCase& one, bool isForced, std::int64_t& wanted, SplitMix& random) const
{
    torch::Tensor places;
    if (isForced) {
        std::vector<std::int64_t> present;
        for (std::size_t k = 0; k < one.places.size(); ++k) {
            if (hasPlaces(one.places[k])) {
                present.push_back(static_cast<std::int64_t>(k));
            }
        }
        if (!present.empty()) {
            wanted = present[random.below(present.size())];
            places = one.places[static_cast<std::size_t>(wanted)];
        }
    }
    if (!hasPlaces(places) && hasPlaces(one.annotated)) {
        places = one.annotated; // nothing is learned where nothing was annotated
    }
    PatchPair corner{};
    PatchPair aim{};
    if (hasPlaces(places)) {
        const auto row =
            static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(places.size(0))));
        const auto* at = places.const_data_ptr<std::int32_t>() + 2 * row;
        aim = {at[0], at[1]};
    }
    for (const std::size_t axis : {0U, 1U}) {
        const std::int64_t cut = m_options.cut[axis];
        const auto [low, high] = patchRange(
            one.image.size(static_cast<std::int64_t>(axis) + 1), cut, m_options.patch[axis]);
        // As in nnU-Net only the lower bound holds for a patch around a pixel.
        corner[axis] = hasPlaces(places) ? std::max(low, aim[axis] - cut / 2)
                                         : low
                                               + static_cast<std::int64_t>(random.below(
                                                   static_cast<std::uint64_t>(high - low + 1)));
    }
    return corner;
}

PatchSampler::Patches PatchSampler::draw(std::int64_t size, std::uint64_t seed) const
{
    SplitMix random(seed);
    const torch::Tensor& first = m_cases.front().image;
    Patches result;
    result.images =
        torch::zeros({size, first.size(0), m_options.cut[0], m_options.cut[1]}, torch::kFloat32);
    result.codes =
        torch::full({size, m_options.cut[0], m_options.cut[1]}, kOutsideCode, torch::kUInt8);
    // Python's rounding: halves to even.
    const auto firstForced = static_cast<std::int64_t>(
        std::nearbyint(static_cast<double>(size) * (1 - m_options.foregroundShare)));
    for (std::int64_t i = 0; i < size; ++i) {
        const auto position = static_cast<std::int64_t>(random.below(m_cases.size()));
        const PatchCase& one = m_cases[static_cast<std::size_t>(position)];
        std::int64_t wanted = -1;
        const PatchPair at = corner(one, i >= firstForced, wanted, random);
        copyPatch(one.image, at, result.images[i]);
        copyPatch(one.codes, at, result.codes[i]);
        result.cases.push_back(position);
        result.corners.push_back(at);
        result.wanted.push_back(wanted);
    }
    return result;
}

PatchSource::PatchSource(
    PatchSampler sampler, AugmentationConfig augmentation, std::vector<bool> zeroedChannels)
    : m_sampler(std::move(sampler))
    , m_augmentation(std::move(augmentation))
    , m_zeroedChannels(std::move(zeroedChannels))
{}

SourcedBatch
PatchSource::batch(std::int64_t size, std::uint64_t seed, const torch::Device& device) const
{
    const torch::NoGradGuard noGrad;
    const PatchSampler::Patches patches = m_sampler.draw(size, mixSeed({seed, 1}));
    const PatchPair& patch = m_sampler.options().patch;
    const Augmenter augmenter(m_augmentation, augmentsUnitImages(m_augmentation));
    const AugmentedBatch augmented = augmenter.apply(
        patches.images.to(device),
        patches.codes.to(device),
        mixSeed({seed, 2}),
        {},
        Size{static_cast<int>(patch[1]), static_cast<int>(patch[0])});
    SourcedBatch result;
    result.images = augmented.images;
    for (std::size_t c = 0; c < m_zeroedChannels.size(); ++c) {
        if (m_zeroedChannels[c]) {
            result.images.select(1, static_cast<std::int64_t>(c))
                .masked_fill_(augmented.masks == kOutsideCode, 0);
        }
    }
    result.masks = labelsOfCodes(augmented.masks);
    for (const std::int64_t position : patches.cases) {
        result.names.push_back(m_sampler.cases()[static_cast<std::size_t>(position)].name);
    }
    return result;
}

} // namespace guidino::nn
