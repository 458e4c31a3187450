// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/check.h"

#include <torch/torch.h>

namespace guidino::test {

/// Fails unless |actual − expected| <= atol + rtol · max(1, max|expected|) everywhere (the golden
/// files' rule with rtol = 2e-5). Prints shapes, the first bad index and the largest error.
inline void expectClose(
    const char* file,
    int line,
    const torch::Tensor& actual,
    const torch::Tensor& expected,
    double rtol,
    double atol = 0)
{
    std::ostringstream text;
    if (!actual.defined() || !expected.defined() || actual.sizes() != expected.sizes()) {
        text << "shapes differ: " << (actual.defined() ? actual.sizes() : c10::IntArrayRef())
             << " and " << (expected.defined() ? expected.sizes() : c10::IntArrayRef());
        fail(file, line, text.str());
        return;
    }
    const torch::Tensor a = actual.detach().to(torch::kCPU, torch::kFloat64).contiguous();
    const torch::Tensor b = expected.detach().to(torch::kCPU, torch::kFloat64).contiguous();
    if (a.numel() == 0) {
        return;
    }
    const torch::Tensor difference = (a - b).abs();
    const double limit = atol + rtol * std::max(1.0, b.abs().max().item<double>());
    const double largest = difference.max().item<double>();
    if (!(largest <= limit)) {
        const torch::Tensor bad = torch::nonzero(~(difference.flatten() <= limit));
        const auto index = bad[0].item<std::int64_t>();
        text << "max error " << largest << " > " << limit << ", shape " << a.sizes() << ", "
             << bad.size(0) << " bad, first at flat index " << index << ": "
             << a.flatten()[index].item<double>() << " instead of "
             << b.flatten()[index].item<double>();
        fail(file, line, text.str());
    }
}

} // namespace guidino::test

#define EXPECT_CLOSE(actual, expected, ...) \
    guidino::test::expectClose(__FILE__, __LINE__, (actual), (expected), __VA_ARGS__)
