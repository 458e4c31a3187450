// SPDX-License-Identifier: Apache-2.0
#include "core/nn/data/presets.h"

#include <algorithm>
#include <array>

namespace guidino::nn {

namespace {

AugmentationConfig nothing()
{
    AugmentationConfig config;
    config.preset = "none";
    for (double* probability :
         {&config.flip_horizontal,
          &config.flip_vertical,
          &config.rotate90,
          &config.turn_flip,
          &config.elastic,
          &config.affine,
          &config.rotation_probability,
          &config.brightness_contrast,
          &config.sharpen,
          &config.noise,
          &config.blur,
          &config.multiply_brightness,
          &config.contrast_nnunet,
          &config.low_resolution,
          &config.gamma,
          &config.gamma_inverted}) {
        *probability = 0;
    }
    return config;
}

AugmentationConfig nnunet()
{
    AugmentationConfig config = nothing();
    config.preset = "nnunet";
    config.flip_horizontal = 0.5;
    config.flip_vertical = 0.5;
    config.affine = 0.2;
    config.scale = {0.7, 1.4};
    config.scale_isotropic = true;
    config.rotation_probability = 0.2;
    config.rotation_degrees = 180;
    config.shear_degrees = 0;
    config.translate = 0;
    config.noise = 0.1;
    config.noise_std = {0, 0.1};
    config.blur = 0.2;
    config.blur_sigma = {0.5, 1.0};
    config.blur_channel = 0.5;
    config.blur_kernel = 7;
    config.median = 0;
    config.multiply_brightness = 0.15;
    config.multiply_range = {0.75, 1.25};
    config.contrast_nnunet = 0.15;
    config.contrast_range = {0.75, 1.25};
    config.low_resolution = 0.25;
    config.low_resolution_scale = {0.5, 1.0};
    config.low_resolution_channel = 0.5;
    config.gamma = 0.3;
    config.gamma_inverted = 0.1;
    config.gamma_range = {0.7, 1.5};
    return config;
}

} // namespace

std::optional<AugmentationConfig> augmentationPreset(const std::string& name)
{
    if (name == "none") {
        return nothing();
    }
    if (name == "guidino") {
        return AugmentationConfig{};
    }
    if (name == "nnunet") {
        return nnunet();
    }
    return std::nullopt;
}

std::vector<std::string> augmentationPresetNames()
{
    return {"none", "guidino", "nnunet"};
}

bool isIdentity(const AugmentationConfig& config)
{
    const std::array probabilities{
        config.flip_horizontal,
        config.flip_vertical,
        config.rotate90,
        config.turn_flip,
        config.elastic,
        config.affine,
        config.rotation_probability,
        config.brightness_contrast,
        config.sharpen,
        config.noise,
        config.blur,
        config.multiply_brightness,
        config.contrast_nnunet,
        config.low_resolution,
        config.gamma,
        config.gamma_inverted};
    const auto isOff = [](double p) { return p <= 0; };
    return std::all_of(probabilities.begin(), probabilities.end(), isOff)
           && std::all_of(config.operations.begin(), config.operations.end(), [&](const auto& one) {
                  return isOff(one.second);
              });
}

} // namespace guidino::nn
