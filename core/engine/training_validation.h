// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/predictor.h"
#include "core/engine/runtime.h"
#include "core/engine/token_cache.h"
#include "core/engine/training_data.h"
#include "core/engine/training_previews.h"
#include "core/nn/losses/segmentation_loss.h"
#include "core/nn/segmenter.h"
#include "core/nn/train/checkpoint.h"

#include <torch/types.h> // layout-ok: internal header of the engine, seen by its sources only

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace guidino::engine {

/// Measures a model on the validation cases: whole images at training size or, with
/// inference.mode = sliding, windows over the images at native size (not mirrored); metrics at
/// native size (DSC, IoU, HD95 pooled, means over images and classes), loss at training size;
/// previews of the pinned cases. Tokens of a frozen guide backbone are computed once, and not at
/// all where `tokenCache` has them. Used by one thread.
class TrainingValidation
{
public:
    /// `bundle`: what is trained, with its configuration. References must outlive this.
    TrainingValidation(
        const Bundle& bundle,
        const TrainingData& data,
        torch::Device device,
        int threads,
        TokenCache* tokenCache,
        JobContext& context);

    /// Cases whose previews are written; without a choice, six spread over the list.
    void pinPreviews(const std::vector<std::string>& stems, std::filesystem::path folder)
    {
        m_previews.pin(stems, std::move(folder));
    }

    /// Columns val_loss, dsc, iou, hd95 and, with more than one foreground class, dsc_CLASS. NaN
    /// where nothing is defined. Empty when cancelled. Throws c10::Error, ErrorException.
    [[nodiscard]] nn::HistoryRow measure(nn::Segmenter& model, std::int64_t epoch);

private:
    struct Sums;

    nn::SegmenterOutput
    predict(nn::Segmenter& model, const torch::Tensor& images, std::size_t first);
    [[nodiscard]] Raster8 slidingLabels(Predictor& predictor, std::size_t position) const;
    [[nodiscard]] std::vector<Raster8>
    wholeLabels(const torch::Tensor& probabilities, std::size_t first) const;
    void score(const std::vector<Raster8>& labels, std::size_t first, std::vector<Sums>& sums);
    void writePreviews(
        const torch::Tensor& bytes,
        const nn::SegmenterOutput& output,
        const torch::Tensor& probabilities,
        std::size_t first,
        std::int64_t epoch);

    const Bundle& m_bundle;
    const nn::SystemConfig& m_config;
    const TrainingData& m_data;
    torch::Device m_device;
    int m_threads;
    TokenCache* m_tokenCache;
    JobContext& m_context;
    nn::SegmentationLoss m_loss;
    torch::ScalarType m_precision;
    TrainingPreviews m_previews;
    std::vector<torch::Tensor> m_tokens; ///< by batch
    bool m_keepsTokens = false;
};

/// Class indices [B, H, W] uint8 of probabilities [B, K, H, W]: above the threshold for K = 1, the
/// most probable class else.
[[nodiscard]] torch::Tensor labelsOf(const torch::Tensor& probabilities, double threshold);

} // namespace guidino::engine
