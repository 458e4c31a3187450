// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace guidino::nn {

/// A batch that is ready for the network.
struct SourcedBatch
{
    torch::Tensor images;           ///< [B, C, H, W] float32, normalised and augmented
    torch::Tensor masks;            ///< [B, H, W] uint8: labels, 255 = ignore
    std::vector<std::string> names; ///< B, for messages
};

/// Draws batches by itself, in place of a list of images of one size.
class BatchSource
{
public:
    virtual ~BatchSource() = default;

    /// The batch of a seed, on `device`: the same at every call and on every thread.
    [[nodiscard]] virtual SourcedBatch
    batch(std::int64_t size, std::uint64_t seed, const torch::Device& device) const = 0;
};

} // namespace guidino::nn
