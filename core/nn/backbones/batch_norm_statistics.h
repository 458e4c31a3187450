// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/types.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace guidino::nn {

/// A second set of running statistics for batch-norm layers whose weights serve two passes with
/// different inputs: with source `self` and an input gate the first encoder pass sees the image,
/// the second the gated image, and one set of statistics would fit neither in evaluation.
///
/// Buffers <dotted name of the layer>.{running_mean, running_var, num_batches_tracked}, so that
/// they are saved and moved like all others.
class BatchNormStatistics : public torch::nn::Module
{
public:
    /// For the BatchNorm2d layers below `network` whose dotted name passes the filter.
    BatchNormStatistics(
        torch::nn::Module& network, const std::function<bool(const std::string&)>& filter);

    /// While it lives, the layers read and update this set. One at a time, on one thread.
    class Scope
    {
    public:
        explicit Scope(BatchNormStatistics& statistics);
        ~Scope();
        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;

    private:
        BatchNormStatistics& m_statistics;
    };

    [[nodiscard]] std::size_t size() const { return m_layers.size(); }

private:
    struct Layer
    {
        std::shared_ptr<torch::nn::BatchNorm2dImpl> module;
        torch::Tensor running_mean;
        torch::Tensor running_var;
        torch::Tensor num_batches_tracked;
    };

    void swap();

    std::vector<Layer> m_layers;
};

} // namespace guidino::nn
