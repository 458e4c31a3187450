// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tensor_raster.h"

#include <torch/torch.h>

#include <algorithm>

namespace guidino::engine {

namespace {

template<typename T>
torch::Tensor viewOf(const Raster<T>& raster, torch::ScalarType type)
{
    // from_blob has no form for const memory; nothing writes to these tensors.
    return torch::from_blob(
        const_cast<T*>(raster.data()),
        {1, raster.height(), raster.width(), raster.channels()},
        torch::TensorOptions().dtype(type));
}

/// From [H, W] or [H, W, C].
template<typename T>
Raster<T> copyOf(const torch::Tensor& tensor, torch::ScalarType type)
{
    const torch::Tensor dense = tensor.detach().to(torch::kCPU, type).contiguous();
    const int channels = dense.dim() == 3 ? static_cast<int>(dense.size(2)) : 1;
    Raster<T> raster(static_cast<int>(dense.size(1)), static_cast<int>(dense.size(0)), channels);
    std::copy_n(dense.data_ptr<T>(), dense.numel(), raster.data());
    return raster;
}

} // namespace

torch::Tensor tensorOf(const Raster8& raster)
{
    return viewOf(raster, torch::kUInt8);
}

torch::Tensor tensorOf(const RasterF& raster)
{
    return viewOf(raster, torch::kFloat32);
}

RasterF rasterOf(const torch::Tensor& map)
{
    return copyOf<float>(map, torch::kFloat32);
}

Raster8 bytesOf(const torch::Tensor& bytes)
{
    return copyOf<std::uint8_t>(bytes, torch::kUInt8);
}

} // namespace guidino::engine
