// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <c10/core/DispatchKeySet.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <torch/types.h>

namespace guidino::nn {

/// Switches autocast off for its scope, on every device: TokenBook, guide and losses compute in
/// float32 always (PIPELINE.md §5 D25).
class FullPrecision
{
private:
    c10::impl::ExcludeDispatchKeyGuard m_guard{c10::autocast_dispatch_keyset};
};

/// float64 for float64, else float32.
[[nodiscard]] inline torch::ScalarType fullPrecisionOf(const torch::Tensor& tensor)
{
    return tensor.scalar_type() == torch::kFloat64 ? torch::kFloat64 : torch::kFloat32;
}

} // namespace guidino::nn
