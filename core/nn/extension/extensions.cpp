// SPDX-License-Identifier: Apache-2.0
#include "core/nn/extension/extensions.h"

#include "core/nn/backbones/gated_backbone.h"
#include "core/nn/extension/names.h"

#include <torch/torch.h>

#include <algorithm>
#include <new>
#include <stdexcept>
#include <utility>

namespace guidino::nn {

namespace {

Extensions& known()
{
    static Extensions all;
    return all;
}

bool isName(const std::string& name)
{
    return !name.empty() && name.size() <= 60 && name[0] >= 'a' && name[0] <= 'z'
           && std::all_of(name.begin(), name.end(), [](char c) {
                  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
              });
}

void checkAddition(const std::string& kind, const std::string& name, bool isCallable, bool isTaken)
{
    if (!isName(name)) {
        throw std::invalid_argument(
            kind + " '" + name
            + "' is no name: small letters, digits, hyphens and underscores, a letter first");
    }
    if (!isCallable) {
        throw std::invalid_argument(kind + " '" + name + "' has no function");
    }
    if (isTaken) {
        throw std::invalid_argument(kind + " '" + name + "' is added twice");
    }
}

template<typename Function>
std::vector<std::string> keysOf(const std::map<std::string, Function>& map)
{
    std::vector<std::string> keys;
    for (const auto& [key, ignored] : map) {
        keys.push_back(key);
    }
    return keys;
}

template<typename Function>
Function found(const std::map<std::string, Function>& map, const std::string& name)
{
    const auto at = map.find(name);
    return at == map.end() ? Function() : at->second;
}

/// Calls a plug-in's function; what it throws says whose it is. LibTorch's own errors stay what
/// they are (memory that runs out has an advice of its own).
template<typename Call>
auto named(const std::string& whose, const Call& call)
{
    try {
        return call();
    } catch (c10::Error& error) {
        error.add_context(whose);
        throw;
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& error) {
        throw std::runtime_error(whose + ": " + error.what());
    } catch (...) {
        throw std::runtime_error(whose + ": threw something that is no std::exception");
    }
}

void checkLike(const std::string& whose, const torch::Tensor& made, const torch::Tensor& wanted)
{
    TORCH_CHECK(
        made.defined() == wanted.defined()
            && (!made.defined()
                || (made.sizes() == wanted.sizes() && made.scalar_type() == wanted.scalar_type()
                    && made.device() == wanted.device())),
        whose,
        ": gave back ",
        made.defined() ? c10::str(made.scalar_type(), " ", made.sizes()) : "nothing",
        " where ",
        wanted.defined() ? c10::str(wanted.scalar_type(), " ", wanted.sizes()) : "nothing",
        " is needed");
}

void complainOfTaken(
    std::string& problems,
    const std::string& kind,
    const std::vector<std::string>& added,
    const std::vector<std::string>& taken)
{
    for (const std::string& name : added) {
        if (std::find(taken.begin(), taken.end(), name) != taken.end()) {
            problems += (problems.empty() ? "" : ", ") + kind + " '" + name + "'";
        }
    }
}

std::vector<std::string> joined(std::vector<std::string> ours, const std::vector<std::string>& more)
{
    ours.insert(ours.end(), more.begin(), more.end());
    return ours;
}

Architecture guardedNetwork(Architecture network, const std::string& whose)
{
    network.make = [make = network.make, whose](const NetworkConfig& config, std::int64_t dim) {
        auto made = named(whose, [&] { return make(config, dim); });
        if (!made) {
            throw std::runtime_error(whose + ": made no network");
        }
        return made;
    };
    return network;
}

GuideSourceFactory guardedSource(GuideSourceFactory make, const std::string& whose)
{
    return [make = std::move(make), whose](const SystemConfig& config) {
        auto made = named(whose, [&] { return make(config); });
        if (!made || made->tokenChannels() < 1) {
            throw std::runtime_error(whose + ": made no source, or one without channels");
        }
        return made;
    };
}

GateFunction guardedGate(GateFunction gate, const std::string& whose)
{
    return [gate = std::move(gate), whose](const torch::Tensor& x, const torch::Tensor& guide) {
        torch::Tensor made = named(whose, [&] { return gate(x, guide); });
        checkLike(whose, made.defined() ? made.to(x.scalar_type()) : made, x);
        return made;
    };
}

LossTerm guardedTerm(LossTerm term, const std::string& whose)
{
    return [term = std::move(term), whose](const LossTermInput& input) {
        torch::Tensor made = named(whose, [&] { return term(input); });
        TORCH_CHECK(
            made.defined() && made.dim() == 0 && made.is_floating_point(),
            whose,
            ": a term of the loss is one floating number without dimensions");
        return made;
    };
}

AugmentationOperation guardedOperation(AugmentationOperation operation, const std::string& whose)
{
    return [operation = std::move(operation),
            whose](const AugmentedBatch& chosen, std::uint64_t seed) {
        AugmentedBatch made = named(whose, [&] { return operation(chosen, seed); });
        checkLike(whose + " (images)", made.images, chosen.images);
        checkLike(whose + " (masks)", made.masks, chosen.masks);
        checkLike(whose + " (corrections)", made.corrections, chosen.corrections);
        return made;
    };
}

} // namespace

void Extensions::addNetwork(Architecture network)
{
    const std::vector<std::string> names = networkNames();
    checkAddition(
        "network",
        network.name,
        static_cast<bool>(network.make),
        std::find(names.begin(), names.end(), network.name) != names.end());
    m_networks.push_back(std::move(network));
}

void Extensions::addGuideSource(const std::string& name, GuideSourceFactory make)
{
    checkAddition("guide source", name, static_cast<bool>(make), m_sources.contains(name));
    m_sources[name] = std::move(make);
}

void Extensions::addGate(const std::string& name, GateFunction gate)
{
    checkAddition("gate", name, static_cast<bool>(gate), m_gates.contains(name));
    m_gates[name] = std::move(gate);
}

void Extensions::addLossTerm(const std::string& name, LossTerm term)
{
    checkAddition("term of the loss", name, static_cast<bool>(term), m_terms.contains(name));
    m_terms[name] = std::move(term);
}

void Extensions::addAugmentation(const std::string& name, AugmentationOperation operation)
{
    checkAddition("augmentation", name, static_cast<bool>(operation), m_operations.contains(name));
    m_operations[name] = std::move(operation);
}

GuideSourceFactory Extensions::guideSource(const std::string& name) const
{
    return found(m_sources, name);
}

GateFunction Extensions::gate(const std::string& name) const
{
    return found(m_gates, name);
}

LossTerm Extensions::lossTerm(const std::string& name) const
{
    return found(m_terms, name);
}

AugmentationOperation Extensions::augmentation(const std::string& name) const
{
    return found(m_operations, name);
}

std::vector<std::string> Extensions::networkNames() const
{
    std::vector<std::string> names;
    for (const Architecture& one : m_networks) {
        names.push_back(one.name);
    }
    return names;
}

std::vector<std::string> Extensions::guideSourceNames() const
{
    return keysOf(m_sources);
}

std::vector<std::string> Extensions::gateNames() const
{
    return keysOf(m_gates);
}

std::vector<std::string> Extensions::lossTermNames() const
{
    return keysOf(m_terms);
}

std::vector<std::string> Extensions::augmentationNames() const
{
    return keysOf(m_operations);
}

bool Extensions::isEmpty() const
{
    return m_networks.empty() && m_sources.empty() && m_gates.empty() && m_terms.empty()
           && m_operations.empty();
}

const Extensions& extensions()
{
    return known();
}

void takeOver(const Extensions& added, const std::string& plugin)
{
    std::string taken;
    complainOfTaken(taken, "network", added.networkNames(), architectureNames());
    complainOfTaken(taken, "guide source", added.guideSourceNames(), guideSourceNames());
    complainOfTaken(taken, "gate", added.gateNames(), gateFormNames());
    complainOfTaken(taken, "term of the loss", added.lossTermNames(), lossTermNames());
    complainOfTaken(taken, "augmentation", added.augmentationNames(), augmentationOperationNames());
    if (!taken.empty()) {
        throw std::invalid_argument("these names are taken: " + taken);
    }
    const auto whose = [&plugin](const std::string& kind, const std::string& name) {
        return "plug-in '" + plugin + "', " + kind + " '" + name + "'";
    };
    Extensions& all = known();
    for (const Architecture& one : added.m_networks) {
        all.m_networks.push_back(guardedNetwork(one, whose("network", one.name)));
    }
    for (const auto& [name, make] : added.m_sources) {
        all.m_sources[name] = guardedSource(make, whose("guide source", name));
    }
    for (const auto& [name, gate] : added.m_gates) {
        all.m_gates[name] = guardedGate(gate, whose("gate", name));
    }
    for (const auto& [name, term] : added.m_terms) {
        all.m_terms[name] = guardedTerm(term, whose("term of the loss", name));
    }
    for (const auto& [name, operation] : added.m_operations) {
        all.m_operations[name] = guardedOperation(operation, whose("augmentation", name));
    }
}

std::vector<std::string> guideSourceNames()
{
    return joined({"dinov3", "dinov2", "self", "none"}, known().guideSourceNames());
}

std::vector<std::string> gateFormNames()
{
    return joined({"plain", "residual"}, known().gateNames());
}

std::vector<std::string> lossTermNames()
{
    return joined({"margin"}, known().lossTermNames());
}

std::vector<std::string> augmentationOperationNames()
{
    return known().augmentationNames();
}

bool isExtensionSource(const std::string& source)
{
    return static_cast<bool>(known().guideSource(source));
}

} // namespace guidino::nn
