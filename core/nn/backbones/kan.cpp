// SPDX-License-Identifier: Apache-2.0
#include "core/nn/backbones/kan.h"

#include "core/nn/guide/full_precision.h"

#include <ATen/Parallel.h>
#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace guidino::nn {

namespace {

/// Bytes of one piece's bases; a few of these stay in a core's cache with their products.
constexpr std::int64_t kPieceBytes = 4 << 20;

/// Where a row of knots has x, and the four bases that are not 0 there.
template<typename T>
struct Local
{
    std::int64_t first = 0; ///< index of values[0]; may lie outside 0 .. 7, as may the others
    std::array<T, 4> values{};
    std::array<T, 4> slopes{};
    bool isInside = false;
};

template<typename T>
Local<T> localBases(T x, const T* knots)
{
    Local<T> local;
    // Also false for NaN, whose bases the comparisons of the reference make 0.
    if (!(x >= knots[0] && x < knots[kKanKnots - 1])) {
        return local;
    }
    std::int64_t cell = 0;
    while (cell < kKanKnots - 2 && x >= knots[cell + 1]) {
        ++cell;
    }
    local.isInside = true;
    local.first = cell - kKanOrder;
    // Knots beyond the row only enter bases beyond the eight: any distance does.
    const auto knot = [&](std::int64_t i) {
        if (i < 0) {
            return knots[0] + static_cast<T>(i);
        }
        return i < kKanKnots ? knots[i] : knots[kKanKnots - 1] + static_cast<T>(i - kKanKnots + 1);
    };
    std::array<T, 4> bases{};
    std::array<T, 4> lower{}; // one degree less, for the slopes
    bases[3] = 1;             // bases[3 − d + r] is basis cell − d + r of degree d
    for (std::int64_t d = 1; d <= kKanOrder; ++d) {
        if (d == kKanOrder) {
            lower = bases;
        }
        for (std::int64_t r = 0; r <= d; ++r) {
            const std::int64_t k = cell - d + r;
            const auto at = static_cast<std::size_t>(3 - d + r);
            T value = 0;
            if (r > 0) {
                value += (x - knot(k)) / (knot(k + d) - knot(k)) * bases[at];
            }
            if (r < d) {
                value += (knot(k + d + 1) - x) / (knot(k + d + 1) - knot(k + 1)) * bases[at + 1];
            }
            bases[at] = value;
        }
    }
    local.values = bases;
    for (std::int64_t r = 0; r < 4; ++r) {
        const std::int64_t k = local.first + r;
        const auto at = static_cast<std::size_t>(r);
        const T left = r > 0 ? lower[at] / (knot(k + 3) - knot(k)) : T(0);
        const T right = r < 3 ? lower[at + 1] / (knot(k + 4) - knot(k + 1)) : T(0);
        local.slopes[at] = static_cast<T>(kKanOrder) * (left - right);
    }
    return local;
}

std::int64_t rowsAPiece(const torch::Tensor& x)
{
    const std::int64_t row = x.size(1) * (1 + kKanBases) * x.element_size();
    return std::max<std::int64_t>(kPieceBytes / std::max<std::int64_t>(row, 1), 16);
}

// [n, 9 I]: SiLU and bases of some rows, contiguous, on the CPU.
template<typename T>
void fillFeatures(const T* x, const T* grid, std::int64_t rows, std::int64_t in, T* features)
{
    const std::int64_t width = in * (1 + kKanBases);
    at::parallel_for(0, rows, 8, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t n = begin; n < end; ++n) {
            T* row = features + n * width;
            std::fill(row + in, row + width, T(0));
            for (std::int64_t i = 0; i < in; ++i) {
                const T value = x[n * in + i];
                row[i] = value / (1 + std::exp(-value));
                const Local<T> local = localBases(value, grid + i * kKanKnots);
                if (!local.isInside) {
                    continue;
                }
                T* bases = row + in + i * kKanBases;
                for (std::int64_t r = 0; r < 4; ++r) {
                    const std::int64_t k = local.first + r;
                    if (k >= 0 && k < kKanBases) {
                        bases[k] = local.values[static_cast<std::size_t>(r)];
                    }
                }
            }
        }
    });
}

// gradient of x from that of the features, row by row.
template<typename T>
void fillGradient(
    const T* x, const T* grid, const T* features, std::int64_t rows, std::int64_t in, T* gradient)
{
    const std::int64_t width = in * (1 + kKanBases);
    at::parallel_for(0, rows, 8, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t n = begin; n < end; ++n) {
            const T* row = features + n * width;
            for (std::int64_t i = 0; i < in; ++i) {
                const T value = x[n * in + i];
                const T gain = 1 / (1 + std::exp(-value));
                T sum = row[i] * gain * (1 + value * (1 - gain));
                const Local<T> local = localBases(value, grid + i * kKanKnots);
                for (std::int64_t r = 0; local.isInside && r < 4; ++r) {
                    const std::int64_t k = local.first + r;
                    if (k >= 0 && k < kKanBases) {
                        sum +=
                            local.slopes[static_cast<std::size_t>(r)] * row[in + i * kKanBases + k];
                    }
                }
                gradient[n * in + i] = sum;
            }
        }
    });
}

// The same by tensor operations, for other devices and for tracing.
torch::Tensor features(const torch::Tensor& x, const torch::Tensor& grid)
{
    return torch::cat({torch::silu(x), splineBases(x, grid).flatten(1)}, 1);
}

torch::Tensor featuresOf(const torch::Tensor& x, const torch::Tensor& grid)
{
    if (!x.is_cpu()) {
        return features(x, grid);
    }
    torch::Tensor made = torch::empty({x.size(0), x.size(1) * (1 + kKanBases)}, x.options());
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "kan_features", [&] {
        fillFeatures(
            x.const_data_ptr<scalar_t>(),
            grid.const_data_ptr<scalar_t>(),
            x.size(0),
            x.size(1),
            made.mutable_data_ptr<scalar_t>());
    });
    return made;
}

torch::Tensor
gradientOf(const torch::Tensor& x, const torch::Tensor& grid, const torch::Tensor& ofFeatures)
{
    if (!x.is_cpu()) {
        const torch::AutoGradMode on(true);
        const torch::Tensor leaf = x.detach().requires_grad_(true);
        return torch::autograd::grad({features(leaf, grid)}, {leaf}, {ofFeatures})[0];
    }
    torch::Tensor made = torch::empty_like(x);
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "kan_gradient", [&] {
        fillGradient(
            x.const_data_ptr<scalar_t>(),
            grid.const_data_ptr<scalar_t>(),
            ofFeatures.const_data_ptr<scalar_t>(),
            x.size(0),
            x.size(1),
            made.mutable_data_ptr<scalar_t>());
    });
    return made;
}

class KanProduct : public torch::autograd::Function<KanProduct>
{
public:
    static torch::Tensor forward(
        torch::autograd::AutogradContext* context,
        const torch::Tensor& x,
        const torch::Tensor& grid,
        const torch::Tensor& weight)
    {
        context->save_for_backward({x, grid, weight});
        torch::Tensor y = torch::empty({x.size(0), weight.size(0)}, x.options());
        const torch::Tensor factors = weight.t();
        const std::int64_t step = rowsAPiece(x);
        for (std::int64_t begin = 0; begin < x.size(0); begin += step) {
            const std::int64_t end = std::min(begin + step, x.size(0));
            torch::Tensor piece = y.slice(0, begin, end);
            torch::mm_out(piece, featuresOf(x.slice(0, begin, end), grid), factors);
        }
        return y;
    }

    static torch::autograd::variable_list backward(
        torch::autograd::AutogradContext* context, const torch::autograd::variable_list& gradients)
    {
        const auto saved = context->get_saved_variables();
        const torch::Tensor& x = saved[0];
        const torch::Tensor& grid = saved[1];
        const torch::Tensor& weight = saved[2];
        const torch::Tensor ofY = gradients[0].contiguous();
        const bool wantsX = context->needs_input_grad(0);
        const bool wantsWeight = context->needs_input_grad(2);
        torch::Tensor ofX = wantsX ? torch::empty_like(x) : torch::Tensor();
        torch::Tensor ofWeight = wantsWeight ? torch::zeros_like(weight) : torch::Tensor();
        const std::int64_t step = rowsAPiece(x);
        for (std::int64_t begin = 0; begin < x.size(0); begin += step) {
            const std::int64_t end = std::min(begin + step, x.size(0));
            const torch::Tensor rows = x.slice(0, begin, end);
            const torch::Tensor ofRows = ofY.slice(0, begin, end);
            if (wantsWeight) {
                ofWeight.addmm_(ofRows.t(), featuresOf(rows, grid));
            }
            if (wantsX) {
                ofX.slice(0, begin, end).copy_(gradientOf(rows, grid, ofRows.mm(weight)));
            }
        }
        return {ofX, torch::Tensor(), ofWeight};
    }
};

} // namespace

torch::Tensor splineBases(const torch::Tensor& x, const torch::Tensor& grid)
{
    TORCH_CHECK(
        x.dim() == 2 && grid.dim() == 2 && grid.size(0) == x.size(1) && grid.size(1) == kKanKnots,
        "splines of ",
        x.sizes(),
        " need knots [",
        x.dim() == 2 ? x.size(1) : 0,
        ", ",
        kKanKnots,
        "], not ",
        grid.sizes());
    const torch::Tensor at = x.unsqueeze(2);
    const auto knots = [&](std::int64_t begin, std::int64_t end) {
        return grid.slice(1, begin, end).unsqueeze(0);
    };
    torch::Tensor bases =
        torch::logical_and(at >= knots(0, kKanKnots - 1), at < knots(1, kKanKnots))
            .to(x.scalar_type());
    for (std::int64_t d = 1; d <= kKanOrder; ++d) {
        const std::int64_t count = kKanKnots - 1 - d;
        const torch::Tensor low = knots(0, count);
        const torch::Tensor high = knots(d + 1, d + 1 + count);
        bases = (at - low) / (knots(d, d + count) - low) * bases.slice(2, 0, count)
                + (high - at) / (high - knots(1, 1 + count)) * bases.slice(2, 1, count + 1);
    }
    return bases;
}

torch::Tensor
kanProduct(const torch::Tensor& x, const torch::Tensor& grid, const torch::Tensor& weight)
{
    TORCH_CHECK(
        x.dim() == 2 && grid.dim() == 2 && grid.size(0) == x.size(1) && grid.size(1) == kKanKnots
            && weight.dim() == 2 && weight.size(1) == x.size(1) * (1 + kKanBases),
        "a KAN layer of inputs ",
        x.sizes(),
        ", knots ",
        grid.sizes(),
        " and weights ",
        weight.sizes(),
        " does not fit together");
    if (torch::jit::tracer::isTracing()) {
        return features(x, grid).mm(weight.t()); // the pieces would be baked into the trace
    }
    return KanProduct::apply(x.contiguous(), grid.contiguous(), weight.contiguous());
}

KanLinear::KanLinear(std::int64_t in, std::int64_t out)
{
    TORCH_CHECK(in >= 1 && out >= 1, "a KAN layer needs inputs and outputs");
    base_weight = register_parameter("base_weight", torch::empty({out, in}));
    spline_weight = register_parameter("spline_weight", torch::empty({out, in, kKanBases}));
    spline_scaler = register_parameter("spline_scaler", torch::empty({out, in}));
    // In float32, as stored there: the knot next to 1 is 1.4000001.
    const torch::Tensor row =
        torch::arange(-kKanOrder, kKanCells + kKanOrder + 1, torch::kFloat32) * (2.0 / kKanCells)
        + -1.0;
    grid = register_buffer("grid", row.expand({in, kKanKnots}).contiguous());
    initialise();
}

void KanLinear::initialise()
{
    const torch::NoGradGuard noGrad;
    torch::nn::init::kaiming_uniform_(base_weight, std::sqrt(5.0));
    torch::nn::init::kaiming_uniform_(spline_scaler, std::sqrt(5.0));
    // Coefficients of least norm whose spline passes through small noise at the inner knots.
    const std::int64_t out = base_weight.size(0);
    const std::int64_t in = base_weight.size(1);
    const torch::Tensor knots = grid[0].slice(0, kKanOrder, kKanOrder + kKanCells + 1);
    const torch::Tensor noise = (torch::rand({kKanCells + 1, in * out}) - 0.5) * (0.1 / kKanCells);
    const torch::Tensor bases =
        splineBases(knots.unsqueeze(1), grid.slice(0, 0, 1)).squeeze(1); // [6, 8]
    const torch::Tensor solved =
        torch::pinverse(bases.to(torch::kFloat64)).to(torch::kFloat32).mm(noise);
    spline_weight.copy_(solved.view({kKanBases, out, in}).permute({1, 2, 0}));
}

torch::Tensor KanLinear::forward(const torch::Tensor& x)
{
    const FullPrecision fullPrecision;
    const std::int64_t in = base_weight.size(1);
    const std::int64_t out = base_weight.size(0);
    TORCH_CHECK(x.size(-1) == in, "a KAN layer of ", in, " inputs does not take ", x.sizes());
    const auto type = fullPrecisionOf(base_weight);
    const torch::Tensor weight =
        torch::cat({base_weight, (spline_weight * spline_scaler.unsqueeze(2)).flatten(1)}, 1);
    const torch::Tensor y =
        kanProduct(x.to(type).reshape({-1, in}), grid.to(type), weight.to(type));
    std::vector<std::int64_t> shape = x.sizes().vec();
    shape.back() = out;
    return y.view(shape);
}

} // namespace guidino::nn
