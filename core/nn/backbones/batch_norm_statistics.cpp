// SPDX-License-Identifier: Apache-2.0
#include "core/nn/backbones/batch_norm_statistics.h"

#include <torch/torch.h>

#include <utility>

namespace guidino::nn {

namespace {

// The submodule of a dotted name below `root`, made where it is missing.
torch::nn::Module& descend(torch::nn::Module& root, const std::string& name)
{
    torch::nn::Module* module = &root;
    std::size_t begin = 0;
    while (begin < name.size()) {
        std::size_t end = name.find('.', begin);
        end = end == std::string::npos ? name.size() : end;
        const std::string part = name.substr(begin, end - begin);
        const auto children = module->named_children();
        const std::shared_ptr<torch::nn::Module>* child = children.find(part);
        module = child != nullptr
                     ? child->get()
                     : module->register_module(part, std::make_shared<torch::nn::Module>()).get();
        begin = end + 1;
    }
    return *module;
}

} // namespace

BatchNormStatistics::BatchNormStatistics(
    torch::nn::Module& network, const std::function<bool(const std::string&)>& filter)
{
    for (const auto& item : network.named_modules(std::string(), false)) {
        auto layer = std::dynamic_pointer_cast<torch::nn::BatchNorm2dImpl>(item.value());
        if (!layer || !filter(item.key())) {
            continue;
        }
        torch::nn::Module& place = descend(*this, item.key());
        Layer entry;
        entry.module = layer;
        entry.running_mean =
            place.register_buffer("running_mean", layer->running_mean.detach().clone());
        entry.running_var =
            place.register_buffer("running_var", layer->running_var.detach().clone());
        entry.num_batches_tracked = place.register_buffer(
            "num_batches_tracked", layer->num_batches_tracked.detach().clone());
        m_layers.push_back(std::move(entry));
    }
}

// The layers' own buffer lists keep the first set; only the members that forward() reads change
// hands.
void BatchNormStatistics::swap()
{
    for (Layer& layer : m_layers) {
        std::swap(layer.module->running_mean, layer.running_mean);
        std::swap(layer.module->running_var, layer.running_var);
        std::swap(layer.module->num_batches_tracked, layer.num_batches_tracked);
    }
}

BatchNormStatistics::Scope::Scope(BatchNormStatistics& statistics)
    : m_statistics(statistics)
{
    m_statistics.swap();
}

BatchNormStatistics::Scope::~Scope()
{
    m_statistics.swap();
}

} // namespace guidino::nn
