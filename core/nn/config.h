// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

/// What a system is and how it is trained, as plain values: the mirror of models/configs/*.json,
/// key by key (engine/config reads and validates the JSON). No tensor types, so that every layer of
/// the runtime may include it cheaply.
namespace guidino::nn {

/// Architecture of a ViT (PIPELINE.md §1.1, §1.6). Named models ("vits16", "vitb14_reg" ...) come
/// from vitConfig().
struct VitConfig
{
    enum class Family { DinoV3, DinoV2 };
    enum class Ffn { Mlp, SwiGlu, SwiGluFused };
    enum class RopePeriods { Analytic, FromFile };
    enum class PositionInterpolation { Meta, Size };

    Family family = Family::DinoV3;
    std::string name = "vits16";
    int embed_dim = 384;
    int depth = 12;
    int num_heads = 6;
    int patch_size = 16;
    Ffn ffn = Ffn::Mlp;
    int ffn_hidden = 1536;
    bool qkv_bias = true;
    bool mask_k_bias = true;
    int num_register_tokens = 4;
    double norm_eps = 1e-5;
    double rope_base = 100;
    RopePeriods rope_periods = RopePeriods::Analytic;
    bool rope_bf16 = false; ///< MedDINOv3: coordinates, angles and rotation in bfloat16
    double rope_rescale =
        0; ///< > 1: train-time rescale augmentation, one draw a forward (off by default)
    int position_grid = 37;          ///< DINOv2: side of the stored position grid
    bool position_antialias = false; ///< DINOv2 with registers
    double position_offset = 0.1;    ///< DINOv2 Meta plain: offset of the scale factor
    PositionInterpolation position_interpolation = PositionInterpolation::Meta;
};

/// Low-rank adapters on the guide backbone (PIPELINE.md §2.5).
struct LoraConfig
{
    bool enabled = false;
    int rank = 8;
    double alpha = 16;
    double dropout = 0.05;
    std::vector<std::string> targets = {"q", "k", "v", "o"}; ///< any of q, k, v, o, mlp
};

/// The guide: where tokens come from, how the TokenBook turns them into a map, where the map gates
/// the network.
struct GuideConfig
{
    std::string source = "dinov3";   ///< dinov3, dinov2, self (the network's bottleneck), none
    std::string backbone = "vits16"; ///< name of a registered model, or a path: the ViT of sources
                                     ///< dinov3 and dinov2, and of networks that decode one
    int prototypes = 32;             ///< N
    std::string similarity = "cosine"; ///< cosine, dot: sigmoid(s / √D)
    std::string weighting = "mean";    ///< mean, softmax (learned α), logsumexp
    double temperature = 0.1;          ///< of logsumexp
    double ema_decay = 0;              ///< > 0: prototypes follow their moving average
    double dropout = 0;                ///< on similarities
    bool per_class = false;            ///< one TokenBook per foreground class
    std::vector<std::string> gates = {
        "bottleneck"};               ///< input, bottleneck, decoder, skips, skip1 .. skip8
    std::string gate_form = "plain"; ///< plain: x·g, residual: x·(1 + g)
    bool legacy_token_slice = false; ///< parity with GuiDINO's slicing (PIPELINE.md §2.2)
    bool train_backbone = false;     ///< full fine-tuning of the ViT
    bool rope_augmentation = false;  ///< PIPELINE.md §5 D2
};

using OptionNumbers = std::vector<std::int64_t>;

/// [vertical, horizontal]; in JSON one number stands for both.
using OptionPairs = std::vector<std::array<std::int64_t, 2>>;

/// A value of a network's own option (core/nn/backbones/registry.h).
using OptionValue =
    std::variant<bool, std::int64_t, double, std::string, OptionNumbers, OptionPairs>;

/// The segmentation network. The keys of all networks, and of the first three their own; those of
/// the others are in `options`.
struct NetworkConfig
{
    int in_channels = 3;
    int num_classes =
        1; ///< K logits: 1 = sigmoid of one foreground class; > 1 = softmax with background 0
    int base_channels = 32; ///< UNet
    bool bilinear = false;  ///< UNet: bilinear up-sampling instead of transposed convolution
    bool bilinear_align_corners = false; ///< UNet, bilinear: milesial true, GuiDINO false
    std::vector<int> layer_channel = {16, 32, 64, 128, 256}; ///< nnWNet, local
    std::vector<int> global_dim = {8, 16, 32, 64, 128};      ///< nnWNet, global
    bool deep_supervision = true; ///< heads at lower resolutions, where the network has them
    int hidden_dim = 256;         ///< decoders of a ViT's features
    double dropout = 0;           ///< the same
    std::string init = "default"; ///< default (the network's own), he (kaiming normal, a = 0.01)
    std::map<std::string, OptionValue> options; ///< network.KEY where it is not the default
};

/// What is minimised (PIPELINE.md §2.6).
struct LossConfig
{
    std::string segmentation = "dice_bce"; ///< dice_bce, dice_ce, dice_topk, bce, ce
    double dice_weight = 1;
    bool dice_squared = false; ///< Dice's denominator adds up squares: Σp² + Σy² (Swin-Unet)
    double ce_weight = 1;      ///< of the cross entropy part, binary or not
    bool batch_dice = true;
    double dice_smooth = 1e-5;
    bool dice_background = true; ///< false with softmax: background is left out of Dice
    double topk_percent = 10;
    std::string guide = "bce";         ///< bce (paper), mse (published code)
    double guide_weight = 0.1;         ///< λ
    std::string guide_target = "area"; ///< area (soft coverage), nearest (published code)
    /// Keeps a TokenBook's prototypes from becoming one (ours; the published loss lets them
    /// collapse to about one direction): weight of the mean over pairs of
    /// max(0, cosine − prototype_margin)².
    double prototype_diversity = 0;
    double prototype_margin = 0;
    /// Weight of log N − I, I the mutual information between the object's tokens and the prototypes
    /// they go with: each prototype shall have its own part of the objects, and all equally much.
    double prototype_information = 0;
    double boundary_weight = 0;
    int boundary_kernel = 3;
    double boundary_margin = 1;
    bool boundary_only = true;
    std::string deep_supervision = "normalised"; ///< normalised 2^-i, nnunet (the same, coarsest
                                                 ///< head 0), guidino (main head 1, rest 2^-i/Σ)
    /// Further terms of the main head, name → weight: `margin` (H2Former's), and those of plug-ins.
    std::map<std::string, double> terms;
};

/// How images become the network's input; stored with the model.
struct PreprocessingConfig
{
    std::string resize = "squash"; ///< squash, letterbox, crop
    std::string normalisation =
        "imagenet"; ///< imagenet, zscore (per image and channel), custom, none
    std::array<double, 3> mean = {0.485, 0.456, 0.406};
    std::array<double, 3> std = {0.229, 0.224, 0.225};
    /// Of the network's input: rgb, bgr. Mean and deviation are meant in this order: as published
    /// loaders that read by OpenCV do, bgr applies the first of them to blue.
    std::string channel_order = "rgb";
    bool crop_black_border = false;
};

/// Batched augmentation: probability and range of each operation (PIPELINE.md §3.2, BASELINES.md
/// §7.6). A zero probability switches an operation off.
struct AugmentationConfig
{
    std::string preset = "guidino"; ///< none, guidino, nnunet: the named start values
    double flip_horizontal = 0.5;
    double flip_vertical = 0.5;
    double rotate90 = 0.25;
    double turn_flip = 0;  ///< in place of the three above: 0 to 3 turns, then a mirror of one axis
    double elastic = 0.15; ///< elastic or grid distortion, one of those whose amount is not 0
    double elastic_alpha = 120; ///< pixels at 256
    double elastic_sigma = 7;
    double grid_distortion = 0.3;
    double affine = 0.2;
    bool affine_exclusive = false; ///< affine only among samples that drew no turn_flip
    std::array<double, 2> scale = {0.7, 1.4};
    bool scale_isotropic = false;
    double rotation_probability = 0; ///< nnU-Net: rotation and scaling drawn apart
    double rotation_degrees = 30;
    double shear_degrees = 10;
    double translate = 0.1; ///< fraction of the side
    double brightness_contrast = 0.2;
    double brightness = 0.2;
    double contrast = 0.2;
    double saturation = 0; ///< ±, of the samples that draw brightness_contrast; [0, 1] images
    double hue = 0;        ///< ±, the same; 1 = the whole circle
    double sharpen = 0;
    std::array<double, 2> sharpen_amount = {0.2, 0.5}; ///< 0 = as it is, 1 = Laplacian added
    double noise = 0.15;
    std::array<double, 2> noise_std = {0.02, 0.1};
    double blur = 0.1;
    std::array<double, 2> blur_sigma = {0.5, 3.0};
    double blur_channel = 1;        ///< probability per channel
    int blur_kernel = 5;            ///< largest kernel side; below it the nearest odd of 6σ + ½
    double median = 0.5;            ///< share of the blur draws that are a 3 × 3 median
    double multiply_brightness = 0; ///< nnU-Net, per channel
    std::array<double, 2> multiply_range = {0.75, 1.25};
    double contrast_nnunet = 0;
    std::array<double, 2> contrast_range = {0.75, 1.25};
    double low_resolution = 0;
    std::array<double, 2> low_resolution_scale = {0.5, 1.0};
    double low_resolution_channel = 1; ///< probability per channel
    double gamma = 0;
    double gamma_inverted = 0;
    std::array<double, 2> gamma_range = {0.7, 1.5};
    std::map<std::string, double> operations; ///< of plug-ins, name → probability; the last of all
};

/// Training size, augmentation and how masks are read.
struct DataConfig
{
    int image_size = 256;
    AugmentationConfig augmentation;
    int mask_threshold = 127;         ///< grey masks: foreground is > this; parity: 0
    double validation_fraction = 0.2; ///< of folders without splits, by group
    double test_fraction = 0;
};

/// The optimisation recipe.
struct TrainingConfig
{
    int epochs = 100;
    int batch_size = 4;
    std::string optimizer = "adamw"; ///< adamw, sgd
    double learning_rate = 1e-4;     ///< heads: network and TokenBook
    double lora_learning_rate = 5e-4;
    double backbone_learning_rate = 1e-5; ///< full fine-tuning of the ViT
    double layer_decay = 1;               ///< of the ViT, per block from the top
    double weight_decay = 1e-4;
    double momentum = 0.99;
    bool nesterov = true;
    std::array<double, 2> betas = {0.9, 0.999};
    std::string schedule = "poly";     ///< poly, cosine, cosine_restart, linear, plateau, constant
    std::string schedule_by = "epoch"; ///< when the rate moves: epoch, step (within the epoch, too)
    double poly_power = 0.9;
    double warmup_epochs = 0;
    int restart_epochs = 50; ///< cosine_restart: first period
    int restart_factor = 2;
    int plateau_patience = 10;   ///< plateau: validations without a better select_by
    double plateau_factor = 0.1; ///< plateau: what the rates are then multiplied by
    double minimum_learning_rate = 0;
    int accumulate = 1;
    double clip_norm = 0;           ///< 0 = off
    double ema = 0;                 ///< decay of the weights' moving average, 0 = off
    std::string precision = "fp32"; ///< fp32, bf16, fp16
    std::int64_t seed = 42;
    int validate_every = 1;        ///< epochs
    std::string select_by = "dsc"; ///< of the best checkpoint: dsc, iou, hd95, loss, ema_dsc, last
    int early_stop = 0;            ///< validations without a better one, 0 = off
    std::string update =
        "all"; ///< all, tokenbook, decoder (all but frozen guide backbone is the default)
    int iterations_per_epoch = 0; ///< 0 = one pass over the data
    bool drop_last = false;       ///< leaves an epoch's incomplete last batch out
};

/// How whole images are predicted.
struct InferenceConfig
{
    std::string mode = "whole"; ///< whole (resize, predict, undo), sliding (native size windows)
    int window = 0;             ///< 0 = image_size
    double overlap = 0.5;
    bool mirror = false;    ///< test-time mirroring over both axes
    double threshold = 0.5; ///< one class
};

/// One system with everything that a checkpoint must remember.
struct SystemConfig
{
    std::string system = "guidino-u"; ///< a name of core/nn/backbones/registry.h
    std::string profile = "fixed";    ///< fixed, parity (PIPELINE.md §5)
    NetworkConfig network;
    GuideConfig guide;
    LoraConfig lora;
    LossConfig loss;
    PreprocessingConfig preprocessing;
    DataConfig data;
    TrainingConfig training;
    InferenceConfig inference;
};

} // namespace guidino::nn
