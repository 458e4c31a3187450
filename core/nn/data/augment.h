// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/nn/config.h"

#include <torch/types.h>

#include <cstdint>

namespace guidino::nn {

/// A batch before or after augmentation.
struct AugmentedBatch
{
    torch::Tensor images; ///< [B, C, H, W] float32, channels-last
    torch::Tensor masks;  ///< [B, H, W] uint8, class indices, 255 = ignore
    torch::Tensor corrections =
        {}; ///< [B, H, W] uint8: painted guides, kGuide… codes; undefined: none
};

/// Random changes of whole batches by tensor operations, on the device of the batch.
///
/// Spatial first: flips, quarter turns, rotation, scale, shear, translation and one of elastic or
/// grid distortion are one map of coordinates, sampled once (bilinear for images, nearest for
/// masks; zeros, that is background, outside). Samples that drew only flips and turns are moved
/// exactly. Then intensity, in this order: brightness and contrast (with saturation and hue),
/// sharpening, noise, blur or median, and nnU-Net's brightness, contrast, low resolution, inverted
/// gamma, gamma. Last the operations of plug-ins, by name. An operation touches only the samples
/// that drew it.
///
/// Two conventions of value range exist in the field. `unit`: images in [0, 1], intensity results
/// are clamped to it, normalise afterwards (GuiDINO's list). Not `unit`: images are normalised
/// already, no clamp (nnU-Net's list, whose amounts are meant for data of unit variance); see
/// augmentsUnitImages().
///
/// Deterministic: all draws come from `seed` (and noise fields from a generator seeded by it), so
/// the same seed gives the same batch on the same device, in any run and with any number of
/// threads.
class Augmenter
{
public:
    /// Throws c10::Error for an operation that no plug-in of this process has.
    explicit Augmenter(AugmentationConfig config, bool unit = true);

    /// Draws once for each sample. The inputs may be changed in place; use what is returned.
    /// Corrections move as masks do; outside of them nothing is specified (255).
    ///
    /// With `centre` (not larger than the images) only that part in the middle of what the spatial
    /// changes give is sampled, and the intensities of that part are changed: a larger image around
    /// it fills its corners. Not together with corrections.
    [[nodiscard]] AugmentedBatch apply(
        const torch::Tensor& images,
        const torch::Tensor& masks,
        std::uint64_t seed,
        const torch::Tensor& corrections = {},
        Size centre = {}) const;

private:
    AugmentationConfig m_config;
    bool m_unit = true;
};

/// True when the operations of this preset are meant for [0, 1] images, to be normalised
/// afterwards; false for `nnunet`, which works on normalised ones.
[[nodiscard]] bool augmentsUnitImages(const AugmentationConfig& config);

} // namespace guidino::nn
