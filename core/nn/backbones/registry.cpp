// SPDX-License-Identifier: Apache-2.0
#include "core/nn/backbones/registry.h"

#include "core/nn/backbones/gated_backbone.h"
#include "core/nn/extension/extensions.h"
#include "core/nn/extension/names.h"

#include <torch/torch.h>

#include <algorithm>

namespace guidino::nn {

// One line for each network: the function of its source file.
#define GUIDINO_ARCHITECTURES(X) \
    X(unetArchitecture) \
    X(guidinoUArchitecture) \
    X(nnWNetArchitecture) \
    X(guidinoWArchitecture) \
    X(segGuidinoArchitecture) \
    X(nnunetArchitecture) \
    X(nnunetResEncArchitecture) \
    X(segDinoArchitecture) \
    X(segDinoV2Architecture) \
    X(plainDecoderArchitecture) \
    X(medDinoArchitecture) \
    X(medDinoSingleArchitecture) \
    X(swinUnetArchitecture) \
    X(h2FormerArchitecture) \
    X(uKanArchitecture)

#define GUIDINO_DECLARE(function) Architecture function();
GUIDINO_ARCHITECTURES(GUIDINO_DECLARE)
#undef GUIDINO_DECLARE

const std::vector<Architecture>& architectures()
{
#define GUIDINO_CALL(function) function(),
    static const std::vector<Architecture> all = {GUIDINO_ARCHITECTURES(GUIDINO_CALL)};
#undef GUIDINO_CALL
    return all;
}

const Architecture* findArchitecture(const std::string& name)
{
    for (const Architecture& one : architectures()) {
        if (one.name == name) {
            return &one;
        }
    }
    for (const Architecture& one : extensions().networks()) {
        if (one.name == name) {
            return &one;
        }
    }
    return nullptr;
}

const Architecture& architecture(const std::string& name)
{
    const Architecture* found = findArchitecture(name);
    if (found == nullptr) {
        std::string names;
        for (const std::string& known : architectureNames()) {
            names += (names.empty() ? "" : ", ") + known;
        }
        TORCH_CHECK(false, "unknown system '", name, "' (", names, ")");
    }
    return *found;
}

std::vector<std::string> architectureNames()
{
    std::vector<std::string> names;
    for (const Architecture& one : architectures()) {
        names.push_back(one.name);
    }
    const std::vector<std::string> added = extensions().networkNames();
    names.insert(names.end(), added.begin(), added.end());
    return names;
}

bool usesGuide(const SystemConfig& config)
{
    return architecture(config.system).guide != GuideUse::Never && config.guide.source != "none";
}

bool usesVit(const SystemConfig& config)
{
    const Architecture& one = architecture(config.system);
    const std::string& source = config.guide.source;
    return one.reads_tokens
           || (usesGuide(config) && source != "self" && !isExtensionSource(source));
}

bool NetworkState::has(const std::string& key) const
{
    return m_tensors.contains(key);
}

bool NetworkState::hasPrefix(const std::string& prefix) const
{
    const auto found = m_tensors.lower_bound(prefix);
    return found != m_tensors.end() && found->first.starts_with(prefix);
}

int NetworkState::size(const std::string& key, std::int64_t dimension) const
{
    const auto found = m_tensors.find(key);
    TORCH_CHECK(found != m_tensors.end() && found->second.dim() > dimension, key, " is missing");
    return static_cast<int>(found->second.size(dimension));
}

int NetworkState::count(const std::string& prefix) const
{
    int n = 0;
    while (hasPrefix(prefix + std::to_string(n) + ".")) {
        ++n;
    }
    return n;
}

template<typename T>
T option(
    const NetworkConfig& config, const std::vector<NetworkOption>& options, const std::string& key)
{
    const auto known = std::find_if(
        options.begin(), options.end(), [&](const NetworkOption& one) { return one.key == key; });
    TORCH_CHECK(known != options.end(), "this network has no option '", key, "'");
    const auto given = config.options.find(key);
    const OptionValue& value = given != config.options.end() ? given->second : known->value;
    const T* found = std::get_if<T>(&value);
    TORCH_CHECK(found != nullptr, "network.", key, " is of another type");
    return *found;
}

template bool
option<bool>(const NetworkConfig&, const std::vector<NetworkOption>&, const std::string&);
template std::int64_t
option<std::int64_t>(const NetworkConfig&, const std::vector<NetworkOption>&, const std::string&);
template double
option<double>(const NetworkConfig&, const std::vector<NetworkOption>&, const std::string&);
template std::string
option<std::string>(const NetworkConfig&, const std::vector<NetworkOption>&, const std::string&);
template OptionNumbers
option<OptionNumbers>(const NetworkConfig&, const std::vector<NetworkOption>&, const std::string&);
template OptionPairs
option<OptionPairs>(const NetworkConfig&, const std::vector<NetworkOption>&, const std::string&);

std::shared_ptr<GatedBackbone>
makeBackbone(const std::string& system, const NetworkConfig& config, std::int64_t token_dim)
{
    const Architecture& found = architecture(system);
    TORCH_CHECK(
        config.num_classes >= 1 && config.num_classes <= 255,
        "network.num_classes must be 1 to 255, not ",
        config.num_classes);
    TORCH_CHECK(config.in_channels >= 1, "network.in_channels must be at least 1");
    for (const auto& [key, value] : config.options) {
        const bool isKnown =
            std::any_of(found.options.begin(), found.options.end(), [&](const NetworkOption& one) {
                return one.key == key;
            });
        TORCH_CHECK(isKnown, "network.", key, ": ", system, " has no such option");
    }
    TORCH_CHECK(
        !found.reads_tokens || token_dim > 0,
        system,
        " decodes the features of a ViT: it needs their number of channels");
    std::shared_ptr<GatedBackbone> backbone = found.make(config, token_dim);
    if (config.init == "he") {
        initialiseHe(*backbone);
    } else {
        TORCH_CHECK(
            config.init == "default", "network.init: unknown '", config.init, "' (default, he)");
    }
    return backbone;
}

} // namespace guidino::nn
