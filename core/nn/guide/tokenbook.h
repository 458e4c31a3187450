// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/conv.h>
#include <torch/types.h>

#include <cstdint>

namespace guidino::nn {

enum class Similarity {
    Cosine, ///< s = ⟨u/‖u‖, b/‖b‖⟩, guide = (1 + s) / 2
    Dot,    ///< s = ⟨u, b⟩ / √D, guide = sigmoid(s)
};

enum class PrototypeWeighting {
    Mean,    ///< s = (1/N) Σ s_n (published code)
    Softmax, ///< s = Σ softmax(alpha)_n s_n, alpha learned, uniform at first (the paper's equation)
    LogSumExp, ///< s = τ log((1/N) Σ exp(s_n/τ)): a soft maximum, never outside [min s_n, max s_n]
};

struct TokenBookOptions
{
    std::int64_t prototypes = 32; ///< N
    std::int64_t dim = 384;       ///< D
    Similarity similarity = Similarity::Cosine;
    PrototypeWeighting weighting = PrototypeWeighting::Mean;
    double temperature = 0.1; ///< τ of LogSumExp and of responsibilities, > 0
    double ema_decay = 0;     ///< in [0, 1); > 0 keeps book_ema
    double dropout = 0;       ///< on similarities, in training
};

struct TokenBookRequest
{
    std::int64_t height = 0; ///< h and w of the token grid; needed for tokens [B, L, D] only
    std::int64_t width = 0;
    /// [N]: factor of each prototype's similarity, 0 mutes it, 1 keeps it. Mean and Softmax do not
    /// renormalise (a muted prototype's share is gone, all muted = ½ everywhere); LogSumExp takes
    /// the mean over what is left.
    torch::Tensor prototype_weights;
    bool want_maps = false;
    bool want_responsibilities = false;
};

struct TokenBookOutput
{
    torch::Tensor guide; ///< [B, 1, h, w] in [0, 1]
    /// [B, N, h, w] signed shares, which add up to guide − ½; undefined unless asked for.
    torch::Tensor maps;
    /// [B, N, h, w], a softmax over the N similarities with the temperature: which prototype a
    /// token goes with. With gradient; undefined unless asked for.
    torch::Tensor responsibilities;
    /// Muting a prototype removes exactly its share: Cosine with Mean or Softmax. Otherwise the
    /// guide is shared out by responsibility, and muting one moves its tokens to the others: to be
    /// called approximate.
    bool shares_are_exact = false;
};

/// Turns tokens into a spatial guide by their similarity to learned prototypes (PIPELINE.md §2.1).
///
/// tokens [B, L, D], L = h·w row-major without CLS and registers, or [B, D, h, w]; any float type.
/// Computes and returns float32 (float64 for float64 weights), under autocast too. Deterministic in
/// eval mode. Throws c10::Error when shapes do not fit.
///
/// Parameters: input_conv (1 × 1, D → D, bias), book [N, D], with Softmax alpha [N].
/// Buffer: book_ema [N, D] where ema_decay > 0. It follows `book` in training (which computes with
/// `book`) and replaces it in eval mode.
class TokenBook : public torch::nn::Module
{
public:
    explicit TokenBook(const TokenBookOptions& options);

    TokenBookOutput forward(const torch::Tensor& tokens, const TokenBookRequest& request = {});

    /// Whether one vector replaces all prototypes exactly: Mean and Softmax.
    [[nodiscard]] bool canFold() const;

    /// From now on computes with the one vector of foldedVector(), until train(true) or
    /// load of other weights (then fold again). No effect where !canFold(). Requests with
    /// prototype_weights or want_maps still see all prototypes.
    void fold();

    /// [D]: Σ α_n b̂_n (Cosine) or Σ α_n b_n / √D (Dot), so that s = ⟨û, m⟩. Requires canFold().
    [[nodiscard]] torch::Tensor foldedVector() const;

    /// exp of the entropy of the normalised prototypes' covariance spectrum: in [1, min(N, D)];
    /// how many directions the book really uses.
    [[nodiscard]] double effectiveDirections() const;

    void train(bool on = true) override;

    [[nodiscard]] const TokenBookOptions& options() const { return m_options; }

    torch::nn::Conv2d input_conv{nullptr};
    torch::Tensor book;
    torch::Tensor alpha;    ///< undefined unless Softmax
    torch::Tensor book_ema; ///< undefined unless ema_decay > 0

private:
    [[nodiscard]] torch::Tensor activeBook() const;
    [[nodiscard]] torch::Tensor prototypeShares() const;
    [[nodiscard]] torch::Tensor
    aggregate(const torch::Tensor& similarity, const torch::Tensor& weights) const;
    [[nodiscard]] torch::Tensor sharesOf(
        const torch::Tensor& similarity,
        const torch::Tensor& aggregated,
        const torch::Tensor& weights) const;
    void updateAverage();

    TokenBookOptions m_options;
    bool m_isFolded = false;
    torch::Tensor m_folded; // [D], made when first needed, on the weights' device
};

} // namespace guidino::nn
