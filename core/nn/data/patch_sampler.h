// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/config.h"
#include "core/nn/data/batch_source.h"
#include "core/nn/data/random.h"

#include <torch/types.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

/// nnU-Net's patches (BASELINES.md §7.5): cases drawn with replacement, the last share of a batch
/// around a pixel of a class that the case has.
namespace guidino::nn {

/// One image with its labels; tensors may be views of a mapped file, they are only read.
struct PatchCase
{
    std::string name;
    torch::Tensor image;               ///< [C, H, W] float32, normalised
    torch::Tensor codes;               ///< [H, W] uint8, see plannedLabels()
    std::vector<torch::Tensor> places; ///< of each class or region: [n, 2] int32 rows and columns
    torch::Tensor annotated; ///< the same of all that is not ignored; undefined: nothing is ignored
};

/// [vertical, horizontal].
using PatchPair = std::array<std::int64_t, 2>;

struct PatchOptions
{
    PatchPair patch{}; ///< what the network sees
    PatchPair cut{};   ///< what is cut from the image for it; at least `patch`
    double foregroundShare = 0.33;
};

/// Where a patch may begin along one axis: lowest and highest, both included. Below 0 and beyond
/// the image it is padded.
[[nodiscard]] std::array<std::int64_t, 2>
patchRange(std::int64_t side, std::int64_t cut, std::int64_t patch);

/// Draws batches of patches from cases: which case, where, and around what. Immutable; any thread.
class PatchSampler
{
public:
    /// At least one case; all of the same number of channels and classes. Throws c10::Error.
    PatchSampler(std::vector<PatchCase> cases, PatchOptions options);

    struct Patches
    {
        torch::Tensor images;             ///< [B, C, cut] float32, 0 where it is padded
        torch::Tensor codes;              ///< [B, cut] uint8, kOutsideCode where it is padded
        std::vector<std::int64_t> cases;  ///< B positions
        std::vector<PatchPair> corners;   ///< B, in the case's pixels
        std::vector<std::int64_t> wanted; ///< B: the class that was aimed at, −1: none
    };

    /// The batch of a seed.
    [[nodiscard]] Patches draw(std::int64_t size, std::uint64_t seed) const;

    [[nodiscard]] const std::vector<PatchCase>& cases() const { return m_cases; }

    [[nodiscard]] const PatchOptions& options() const { return m_options; }

private:
    [[nodiscard]] PatchPair
    corner(const PatchCase& one, bool isForced, std::int64_t& wanted, SplitMix& random) const;

    std::vector<PatchCase> m_cases;
    PatchOptions m_options;
};

/// Patches of a sampler, augmented after they were cut, without what is beyond the patch. Channels
/// whose normalisation left the outside out are 0 there again afterwards.
class PatchSource final : public BatchSource
{
public:
    /// `zeroedChannels`: one for each channel; empty: none.
    PatchSource(
        PatchSampler sampler, AugmentationConfig augmentation, std::vector<bool> zeroedChannels);

    [[nodiscard]] SourcedBatch
    batch(std::int64_t size, std::uint64_t seed, const torch::Device& device) const override;

private:
    PatchSampler m_sampler;
    AugmentationConfig m_augmentation;
    std::vector<bool> m_zeroedChannels;
};

} // namespace guidino::nn
