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
    const torch::Tensor flat = map.detach().to(torch::kCPU, torch::kFloat32).contiguous();
    const int channels = flat.dim() == 3 ? static_cast<int>(flat.size(2)) : 1;
    RasterF raster(static_cast<int>(flat.size(1)), static_cast<int>(flat.size(0)), channels);
    std::copy_n(flat.data_ptr<float>(), flat.numel(), raster.data());
    return raster;
}

Raster8 labelsOf(const torch::Tensor& labels)
{
    const torch::Tensor flat = labels.detach().to(torch::kCPU, torch::kUInt8).contiguous();
    Raster8 raster(static_cast<int>(flat.size(1)), static_cast<int>(flat.size(0)));
    std::copy_n(flat.data_ptr<std::uint8_t>(), flat.numel(), raster.data());
    return raster;
}

} // namespace guidino::engine
