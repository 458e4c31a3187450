// SPDX-License-Identifier: Apache-2.0
#include "core/nn/backbones/kan.h"
#include "tests/support/nn_check.h"

#include <cmath>

namespace {

using namespace guidino::nn;

torch::Tensor knots(std::int64_t in, torch::ScalarType type = torch::kFloat64)
{
    return (torch::arange(-kKanOrder, kKanCells + kKanOrder + 1, torch::kFloat64) * 0.4 - 1.0)
        .expand({in, kKanKnots})
        .to(type)
        .contiguous();
}

torch::Tensor basesAt(double x)
{
    return splineBases(torch::full({1, 1}, x, torch::kFloat64), knots(1)).flatten();
}

// Inputs within, at and beyond the knots.
torch::Tensor inputs(std::int64_t rows, std::int64_t in)
{
    torch::Tensor x = torch::randn({rows, in}, torch::kFloat64);
    x[0].fill_(-2.2);
    x[1].fill_(0.2);
    x[2].fill_(5);
    x[3].fill_(-7);
    x[4].fill_(2.1999);
    return x;
}

} // namespace

/// BASELINES.md §5.1.
GD_TEST(basesHaveTheValuesOfTheSpecification)
{
    const auto expected = [](std::vector<double> values) {
        return torch::tensor(values, torch::kFloat64);
    };
    EXPECT_CLOSE(
        basesAt(0), expected({0, 0, 1.0 / 48, 23.0 / 48, 23.0 / 48, 1.0 / 48, 0, 0}), 1e-12);
    EXPECT_CLOSE(basesAt(-1), expected({1.0 / 6, 2.0 / 3, 1.0 / 6, 0, 0, 0, 0, 0}), 1e-12);
    EXPECT_CLOSE(basesAt(1.3), expected({0, 0, 0, 0, 0, .002604, .315104, .611979}), 1e-6);
    EXPECT_EQ(basesAt(2.3).abs().sum().item<double>(), 0.0);
    EXPECT_EQ(basesAt(-2.3).abs().sum().item<double>(), 0.0);
    EXPECT(basesAt(2.1).sum().item<double>() < 1); // no partition of unity outside [-1, 1]
}

/// The fused evaluation against plain tensor operations, on grids of any spacing.
GD_TEST(productEqualsTheOracle)
{
    torch::manual_seed(1);
    constexpr std::int64_t in = 7;
    constexpr std::int64_t out = 5;
    torch::Tensor grid = knots(in);
    grid[2] += 0.05 * torch::rand({kKanKnots}, torch::kFloat64); // still ascending
    grid[3] *= 1.7;
    // More rows than one piece holds.
    for (const std::int64_t rows : {std::int64_t{5}, std::int64_t{20001}}) {
        torch::Tensor x = inputs(rows, in).requires_grad_(true);
        torch::Tensor weight =
            torch::randn({out, in * (1 + kKanBases)}, torch::kFloat64).requires_grad_(true);
        const torch::Tensor dense =
            torch::cat({torch::silu(x), splineBases(x, grid).flatten(1)}, 1).mm(weight.t());
        const torch::Tensor ofY = torch::randn({rows, out}, torch::kFloat64);
        const auto wanted = torch::autograd::grad({dense}, {x, weight}, {ofY});
        const torch::Tensor fused = kanProduct(x, grid, weight);
        EXPECT_CLOSE(fused, dense, 1e-12);
        const auto gradients = torch::autograd::grad({fused}, {x, weight}, {ofY});
        EXPECT_CLOSE(gradients[0], wanted[0], 1e-10);
        EXPECT_CLOSE(gradients[1], wanted[1], 1e-10);
    }
}

GD_TEST(gradientsByFiniteDifferences)
{
    torch::manual_seed(2);
    const torch::Tensor grid = knots(3);
    const torch::Tensor weight = torch::randn({2, 3 * (1 + kKanBases)}, torch::kFloat64);
    torch::Tensor x = (torch::randn({4, 3}, torch::kFloat64) * 0.8).requires_grad_(true);
    kanProduct(x, grid, weight).sum().backward();
    const torch::NoGradGuard noGrad;
    const double h = 1e-6;
    for (std::int64_t i = 0; i < x.numel(); ++i) {
        torch::Tensor step = torch::zeros_like(x);
        step.view({-1})[i] = h;
        const torch::Tensor slope =
            (kanProduct(x + step, grid, weight).sum() - kanProduct(x - step, grid, weight).sum())
            / (2 * h);
        EXPECT_CLOSE(x.grad().view({-1})[i], slope, 1e-6);
    }
}

GD_TEST(notANumberStaysInItsRow)
{
    torch::Tensor x = torch::zeros({3, 2});
    x[1][0] = std::nan("");
    const torch::Tensor y =
        kanProduct(x, knots(2, torch::kFloat32), torch::ones({4, 2 * (1 + kKanBases)}));
    EXPECT(torch::isfinite(y[0]).all().item<bool>());
    EXPECT(torch::isnan(y[1]).all().item<bool>());
    EXPECT(torch::isfinite(y[2]).all().item<bool>());
}

GD_TEST(layer)
{
    torch::manual_seed(3);
    KanLinear layer(160, 256);
    std::int64_t count = 0;
    for (const torch::Tensor& parameter : layer.parameters()) {
        count += parameter.numel();
    }
    EXPECT_EQ(count, 10 * 160 * 256);
    const auto buffers = layer.named_buffers();
    const torch::Tensor grid = buffers["grid"];
    EXPECT_EQ(grid.scalar_type(), torch::kFloat32);
    EXPECT_EQ(grid[0][9].item<float>(), 1.4000001F);
    // Initialisation of BASELINES.md §5.1.
    const torch::Tensor spline = layer.named_parameters()["spline_weight"];
    const double std = spline.std().item<double>();
    EXPECT(std > 0.006 && std < 0.012);
    EXPECT(spline.abs().max().item<double>() < 0.05);
    const double bound = 1 / std::sqrt(160.0);
    for (const char* name : {"base_weight", "spline_scaler"}) {
        const double largest = layer.named_parameters()[name].abs().max().item<double>();
        EXPECT(largest <= bound && largest > 0.99 * bound);
    }
    const std::vector<std::int64_t> shape = {2, 3, 4, 256};
    EXPECT(layer.forward(torch::randn({2, 3, 4, 160})).sizes().vec() == shape);
}

GD_TEST_MAIN()
