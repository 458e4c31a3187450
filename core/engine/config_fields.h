// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/backbones/registry.h"
#include "core/nn/config.h"
#include "core/nn/extension/names.h"

#include <limits>
#include <string>
#include <vector>

/// Internal to the configuration's sources: the table of members with what is allowed.
namespace guidino::engine {

inline constexpr double kHuge = std::numeric_limits<double>::max();

/// Inclusive bounds of a number.
struct Range
{
    double min = -kHuge;
    double max = kHuge;
};

/// The allowed names.
struct OneOf
{
    std::vector<std::string> names;
};

inline constexpr Range kProbability{0, 1};
inline constexpr Range kFraction{0, 0.999999};
inline constexpr Range kNotNegative{0, kHuge};

/// Visits each member of a section with its key and what is allowed: the one table from which
/// configurations are read and written.
template<typename Visitor>
void visit(Visitor& v, nn::NetworkConfig& c)
{
    v("in_channels", c.in_channels, Range{1, 64});
    v("num_classes", c.num_classes, Range{1, 254});
    v("base_channels", c.base_channels, Range{1, 1024});
    v("bilinear", c.bilinear);
    v("bilinear_align_corners", c.bilinear_align_corners);
    v("layer_channel", c.layer_channel, Range{1, 4096}, 5);
    v("global_dim", c.global_dim, Range{1, 4096}, 5);
    v("deep_supervision", c.deep_supervision);
    v("hidden_dim", c.hidden_dim, Range{1, 8192});
    v("dropout", c.dropout, kFraction);
    v("init", c.init, OneOf{{"default", "he"}});
}

template<typename Visitor>
void visit(Visitor& v, nn::GuideConfig& c)
{
    v("source", c.source, OneOf{nn::guideSourceNames()});
    v("backbone", c.backbone);
    v("prototypes", c.prototypes, Range{1, 65536});
    v("similarity", c.similarity, OneOf{{"cosine", "dot"}});
    v("weighting", c.weighting, OneOf{{"mean", "softmax", "logsumexp"}});
    v("temperature", c.temperature, Range{1e-6, 1e6});
    v("ema_decay", c.ema_decay, kFraction);
    v("dropout", c.dropout, kFraction);
    v("per_class", c.per_class);
    v("gates",
      c.gates,
      OneOf{
          {"input",
           "bottleneck",
           "decoder",
           "skips",
           "skip1",
           "skip2",
           "skip3",
           "skip4",
           "skip5",
           "skip6",
           "skip7",
           "skip8"}});
    v("gate_form", c.gate_form, OneOf{nn::gateFormNames()});
    v("legacy_token_slice", c.legacy_token_slice);
    v("train_backbone", c.train_backbone);
    v("rope_augmentation", c.rope_augmentation);
}

template<typename Visitor>
void visit(Visitor& v, nn::LoraConfig& c)
{
    v("enabled", c.enabled);
    v("rank", c.rank, Range{1, 1024});
    v("alpha", c.alpha, Range{1e-6, 1e6});
    v("dropout", c.dropout, kFraction);
    v("targets", c.targets, OneOf{{"q", "k", "v", "o", "mlp"}});
}

template<typename Visitor>
void visit(Visitor& v, nn::LossConfig& c)
{
    v("segmentation", c.segmentation, OneOf{{"dice_bce", "dice_ce", "dice_topk", "bce", "ce"}});
    v("dice_weight", c.dice_weight, kNotNegative);
    v("dice_squared", c.dice_squared);
    v("ce_weight", c.ce_weight, kNotNegative);
    v("batch_dice", c.batch_dice);
    v("dice_smooth", c.dice_smooth, kNotNegative);
    v("dice_background", c.dice_background);
    v("topk_percent", c.topk_percent, Range{1e-3, 100});
    v("guide", c.guide, OneOf{{"bce", "mse"}});
    v("guide_weight", c.guide_weight, kNotNegative);
    v("guide_target", c.guide_target, OneOf{{"area", "nearest"}});
    v("prototype_diversity", c.prototype_diversity, kNotNegative);
    v("prototype_margin", c.prototype_margin, Range{-1, 1});
    v("prototype_information", c.prototype_information, kNotNegative);
    v("boundary_weight", c.boundary_weight, kNotNegative);
    v("boundary_kernel", c.boundary_kernel, Range{3, 255});
    v("boundary_margin", c.boundary_margin, kNotNegative);
    v("boundary_only", c.boundary_only);
    v("deep_supervision", c.deep_supervision, OneOf{{"normalised", "guidino", "nnunet"}});
    v("terms", c.terms, OneOf{nn::lossTermNames()}, kNotNegative);
}

template<typename Visitor>
void visit(Visitor& v, nn::PreprocessingConfig& c)
{
    v("resize", c.resize, OneOf{{"squash", "letterbox", "crop"}});
    v("normalisation", c.normalisation, OneOf{{"imagenet", "zscore", "custom", "none", "nnunet"}});
    v("mean", c.mean, Range{});
    v("std", c.std, Range{1e-12, kHuge});
    v("channel_order", c.channel_order, OneOf{{"rgb", "bgr"}});
    v("crop_black_border", c.crop_black_border);
}

template<typename Visitor>
void visit(Visitor& v, nn::AugmentationConfig& c)
{
    v("preset", c.preset, OneOf{{"none", "guidino", "nnunet"}});
    v("flip_horizontal", c.flip_horizontal, kProbability);
    v("flip_vertical", c.flip_vertical, kProbability);
    v("rotate90", c.rotate90, kProbability);
    v("turn_flip", c.turn_flip, kProbability);
    v("elastic", c.elastic, kProbability);
    v("elastic_alpha", c.elastic_alpha, kNotNegative);
    v("elastic_sigma", c.elastic_sigma, Range{1e-3, 1e4});
    v("grid_distortion", c.grid_distortion, kFraction);
    v("affine", c.affine, kProbability);
    v("affine_exclusive", c.affine_exclusive);
    v("scale", c.scale, Range{0.01, 100});
    v("scale_isotropic", c.scale_isotropic);
    v("rotation_probability", c.rotation_probability, kProbability);
    v("rotation_degrees", c.rotation_degrees, Range{0, 180});
    v("shear_degrees", c.shear_degrees, Range{0, 80});
    v("translate", c.translate, kProbability);
    v("brightness_contrast", c.brightness_contrast, kProbability);
    v("brightness", c.brightness, kNotNegative);
    v("contrast", c.contrast, kNotNegative);
    v("saturation", c.saturation, kProbability);
    v("hue", c.hue, Range{0, 0.5});
    v("sharpen", c.sharpen, kProbability);
    v("sharpen_amount", c.sharpen_amount, kProbability);
    v("noise", c.noise, kProbability);
    v("noise_std", c.noise_std, kNotNegative);
    v("blur", c.blur, kProbability);
    v("blur_sigma", c.blur_sigma, Range{1e-3, 100});
    v("blur_channel", c.blur_channel, kProbability);
    v("blur_kernel", c.blur_kernel, Range{3, 255});
    v("median", c.median, kProbability);
    v("multiply_brightness", c.multiply_brightness, kProbability);
    v("multiply_range", c.multiply_range, kNotNegative);
    v("contrast_nnunet", c.contrast_nnunet, kProbability);
    v("contrast_range", c.contrast_range, kNotNegative);
    v("low_resolution", c.low_resolution, kProbability);
    v("low_resolution_scale", c.low_resolution_scale, Range{0.01, 1});
    v("low_resolution_channel", c.low_resolution_channel, kProbability);
    v("gamma", c.gamma, kProbability);
    v("gamma_inverted", c.gamma_inverted, kProbability);
    v("gamma_range", c.gamma_range, Range{0.01, 100});
    v("operations", c.operations, OneOf{nn::augmentationOperationNames()}, kProbability);
}

template<typename Visitor>
void visit(Visitor& v, nn::DataConfig& c)
{
    v("image_size", c.image_size, Range{32, 8192});
    v.augmentation("augmentation", c.augmentation);
    v("mask_threshold", c.mask_threshold, Range{0, 254});
    v("validation_fraction", c.validation_fraction, kFraction);
    v("test_fraction", c.test_fraction, kFraction);
}

template<typename Visitor>
void visit(Visitor& v, nn::TrainingConfig& c)
{
    v("epochs", c.epochs, Range{1, 1e6});
    v("batch_size", c.batch_size, Range{1, 65536});
    v("optimizer", c.optimizer, OneOf{{"adamw", "adam", "sgd", "rmsprop"}});
    v("learning_rate", c.learning_rate, Range{0, 1000});
    v("lora_learning_rate", c.lora_learning_rate, Range{0, 1000});
    v("backbone_learning_rate", c.backbone_learning_rate, Range{0, 1000});
    v("layer_decay", c.layer_decay, Range{1e-6, 1});
    v("weight_decay", c.weight_decay, Range{0, 100});
    v("momentum", c.momentum, kFraction);
    v("nesterov", c.nesterov);
    v("betas", c.betas, kFraction);
    v("schedule",
      c.schedule,
      OneOf{{"poly", "cosine", "cosine_restart", "linear", "plateau", "constant"}});
    v("schedule_by", c.schedule_by, OneOf{{"epoch", "step"}});
    v("poly_power", c.poly_power, Range{0, 100});
    v("warmup_epochs", c.warmup_epochs, kNotNegative);
    v("restart_epochs", c.restart_epochs, Range{1, 1e6});
    v("restart_factor", c.restart_factor, Range{1, 1000});
    v("plateau_patience", c.plateau_patience, Range{0, 1e6});
    v("plateau_factor", c.plateau_factor, Range{1e-6, 0.999999});
    v("minimum_learning_rate", c.minimum_learning_rate, Range{0, 1000});
    v("accumulate", c.accumulate, Range{1, 65536});
    v("clip_norm", c.clip_norm, kNotNegative);
    v("ema", c.ema, kFraction);
    v("precision", c.precision, OneOf{{"fp32", "bf16", "fp16"}});
    v("seed", c.seed, Range{0, 9.0e15});
    v("validate_every", c.validate_every, Range{1, 1e6});
    v("select_by", c.select_by, OneOf{{"dsc", "iou", "hd95", "loss", "last", "ema_dsc"}});
    v("early_stop", c.early_stop, Range{0, 1e6});
    v("update", c.update, OneOf{{"all", "tokenbook", "decoder"}});
    v("iterations_per_epoch", c.iterations_per_epoch, Range{0, 1e9});
    v("drop_last", c.drop_last);
}

template<typename Visitor>
void visit(Visitor& v, nn::InferenceConfig& c)
{
    v("mode", c.mode, OneOf{{"whole", "sliding"}});
    v("window", c.window, Range{0, 16384});
    v("overlap", c.overlap, Range{0, 0.95});
    v("mirror", c.mirror);
    v("threshold", c.threshold, kProbability);
}

template<typename Visitor>
void visit(Visitor& v, nn::SystemConfig& c)
{
    v("system", c.system, OneOf{nn::architectureNames()});
    v("profile", c.profile, OneOf{{"fixed", "parity"}});
    v.network("network", c.network, c.system);
    v.section("guide", c.guide);
    v.section("lora", c.lora);
    v.section("loss", c.loss);
    v.section("preprocessing", c.preprocessing);
    v.section("data", c.data);
    v.section("training", c.training);
    v.section("inference", c.inference);
}

} // namespace guidino::engine
