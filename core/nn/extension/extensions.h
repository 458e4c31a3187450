// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/backbones/registry.h"
#include "core/nn/config.h"
#include "core/nn/data/augment.h"
#include "core/nn/guide/gate.h"

#include <torch/nn/module.h>
#include <torch/types.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

/// What plug-ins add to the program: networks, guide sources, gates, terms of the loss and
/// operations of the augmentation, each under a name that configurations then know.
namespace guidino::nn {

/// Makes the tokens that a TokenBook turns into a guide. Its parameters learn with the network's
/// (group "head") and are stored in the bundle; it is moved and switched between training and
/// evaluation like any module.
class GuideSource : public torch::nn::Module
{
public:
    /// image [B, 3, H, W], normalised, sides >= 32 -> [B, D, h, w] of the same floating type (or
    /// the autocast type), a grid that covers the whole image.
    virtual torch::Tensor tokens(const torch::Tensor& image) = 0;

    /// D.
    [[nodiscard]] virtual std::int64_t tokenChannels() const = 0;
};

using GuideSourceFactory = std::function<std::shared_ptr<GuideSource>(const SystemConfig&)>;

/// What a term of the loss sees: the network's finest logits and their target.
struct LossTermInput
{
    torch::Tensor logits; ///< [B, K, H, W] float32 (float64 for float64 logits), with gradient
    torch::Tensor label;  ///< [B, 1, H, W] int64: 0..K−1 (one class: 0, 1), ignored pixels 0
    torch::Tensor weight; ///< [B, 1, H, W] as the logits, >= 0, ignored pixels 0
};

/// A number without dimensions, to be made small; ignored pixels must not count.
using LossTerm = std::function<torch::Tensor(const LossTermInput&)>;

/// Changes the samples that drew it (images, and masks and corrections along with them) and returns
/// them in the same shapes and types. All that is drawn comes from `seed`.
using AugmentationOperation =
    std::function<AugmentedBatch(const AugmentedBatch& chosen, std::uint64_t seed)>;

/// A plain list of additions. A plug-in fills one of its own, which is taken over as a whole when
/// no name in it is taken (takeOver()).
class Extensions
{
public:
    /// The four below and this one throw std::invalid_argument for a name that is none ([a-z], then
    /// [a-z0-9_-]), for one that is here already, and for an empty function.
    void addNetwork(Architecture network);
    void addGuideSource(const std::string& name, GuideSourceFactory make);
    void addGate(const std::string& name, GateFunction gate);
    void addLossTerm(const std::string& name, LossTerm term);
    void addAugmentation(const std::string& name, AugmentationOperation operation);

    [[nodiscard]] const std::deque<Architecture>& networks() const { return m_networks; }

    /// Empty functions where there is no such name.
    [[nodiscard]] GuideSourceFactory guideSource(const std::string& name) const;
    [[nodiscard]] GateFunction gate(const std::string& name) const;
    [[nodiscard]] LossTerm lossTerm(const std::string& name) const;
    [[nodiscard]] AugmentationOperation augmentation(const std::string& name) const;

    [[nodiscard]] std::vector<std::string> networkNames() const;
    [[nodiscard]] std::vector<std::string> guideSourceNames() const;
    [[nodiscard]] std::vector<std::string> gateNames() const;
    [[nodiscard]] std::vector<std::string> lossTermNames() const;
    [[nodiscard]] std::vector<std::string> augmentationNames() const;

    [[nodiscard]] bool isEmpty() const;

private:
    friend void takeOver(const Extensions& added, const std::string& plugin);

    std::deque<Architecture> m_networks; ///< their places stay
    std::map<std::string, GuideSourceFactory> m_sources;
    std::map<std::string, GateFunction> m_gates;
    std::map<std::string, LossTerm> m_terms;
    std::map<std::string, AugmentationOperation> m_operations;
};

/// What this process has. Written by takeOver() alone, before models are built; not thread-safe.
[[nodiscard]] const Extensions& extensions();

/// Makes the additions of a plug-in known to this process, for good. What its functions throw then
/// names the plug-in and the addition, and what they return is checked for shape and type. Throws
/// std::invalid_argument naming every name that is ours or another plug-in's; nothing is added
/// then.
void takeOver(const Extensions& added, const std::string& plugin);

} // namespace guidino::nn
