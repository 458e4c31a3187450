// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <cstdint>

namespace guidino::nn {

inline constexpr std::int64_t kKanOrder = 3; ///< cubic
inline constexpr std::int64_t kKanCells = 5; ///< grid_size
inline constexpr std::int64_t kKanKnots = kKanCells + 2 * kKanOrder + 1;
inline constexpr std::int64_t kKanBases = kKanCells + kKanOrder;

/// Cubic B-spline bases [N, I, 8] of x [N, I] on the knots `grid` [I, 12], ascending: Cox-de Boor
/// with half-open intervals, exactly 0 outside the knots. All eight bases by plain tensor
/// operations that autograd follows; the oracle of kanProduct().
[[nodiscard]] torch::Tensor splineBases(const torch::Tensor& x, const torch::Tensor& grid);

/// [N, O] = [SiLU(x), bases(x)] · weightᵀ for x [N, I], grid [I, 12] and weight [O, I + 8 I] (first
/// the factors of SiLU(x), then for each input those of its eight bases).
///
/// Works through the rows in pieces, and computes of each input's bases only the four that are not
/// 0: the bases of all rows never exist at once, nor are they kept for the backward pass, which
/// computes them again. One matrix product a piece. Differentiable once, in x and weight.
[[nodiscard]] torch::Tensor
kanProduct(const torch::Tensor& x, const torch::Tensor& grid, const torch::Tensor& weight);

/// A layer of learned splines (BASELINES.md §5.1): W_b SiLU(x) + Σ_i Σ_k (S_oik s_oi) B_k(x_i).
/// Keys base_weight [O, I], spline_weight [O, I, 8], spline_scaler [O, I]; buffer grid [I, 12],
/// float32. Computes in float32 (float64 for float64 weights), under autocast too.
class KanLinear : public torch::nn::Module
{
public:
    KanLinear(std::int64_t in, std::int64_t out);

    /// [..., I] to [..., O]
    torch::Tensor forward(const torch::Tensor& x);

private:
    void initialise();

    torch::Tensor base_weight;
    torch::Tensor spline_weight;
    torch::Tensor spline_scaler;
    torch::Tensor grid;
};

} // namespace guidino::nn
