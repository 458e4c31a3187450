// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/config.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace at {
class Tensor;
}

/// The networks that a configuration's `system` can name: name → options → factory, and all that
/// the rest of the program must know of a network without building it.
///
/// A network is one source file with its class and a function that returns its Architecture, one
/// line in registry.cpp, and its configurations in models/configs.
namespace guidino::nn {

class GatedBackbone;

/// One of a network's own options: network.KEY of a configuration. The default's type is the
/// option's type; `minimum` and `maximum` bound each number, `names` are the allowed texts (empty:
/// any), `min_count` and `max_count` bound lists.
struct NetworkOption
{
    std::string key;
    OptionValue value;
    double minimum = -std::numeric_limits<double>::max();
    double maximum = std::numeric_limits<double>::max();
    std::vector<std::string> names = {};
    std::size_t min_count = 0;
    std::size_t max_count = 64;
};

/// The tensors of a checkpoint's network under our names, without "network.".
class NetworkState
{
public:
    explicit NetworkState(const std::map<std::string, at::Tensor>& tensors)
        : m_tensors(tensors)
    {}

    [[nodiscard]] bool has(const std::string& key) const;
    [[nodiscard]] bool hasPrefix(const std::string& prefix) const;

    /// Size of a tensor's dimension. Throws c10::Error naming a key that is missing.
    [[nodiscard]] int size(const std::string& key, std::int64_t dimension) const;

    /// How many i = 0, 1, 2 ... there are with a key that begins with prefix + i + ".".
    [[nodiscard]] int count(const std::string& prefix) const;

private:
    const std::map<std::string, at::Tensor>& m_tensors;
};

/// Whether a guide can gate a network.
enum class GuideUse {
    Never,    ///< its guided form has a name of its own
    Optional, ///< guide.source decides
    Always,   ///< built around the guide
};

struct Architecture
{
    std::string name;  ///< SystemConfig::system
    std::string title; ///< for people
    std::string source;
    std::string size_rule; ///< of the default options; other sizes are padded
    GuideUse guide = GuideUse::Optional;
    std::string default_source = "none"; ///< guide.source where a configuration does not say
    std::vector<std::string> default_gates = {"bottleneck"};
    bool reads_tokens = false; ///< decodes the features of a ViT, guided or not
    bool has_heads = false;    ///< takes network.deep_supervision
    NetworkConfig network;     ///< its defaults
    std::vector<NetworkOption> options;

    /// token_dim: channels of one layer's features of the ViT; 0 where there is none.
    std::function<std::shared_ptr<GatedBackbone>(const NetworkConfig&, std::int64_t token_dim)>
        make;

    /// A checkpoint's key (wrappers taken off) to ours; nothing: it holds no weight of ours (an
    /// alias, a constant). Empty: as it is.
    std::function<std::optional<std::string>(const std::string&)> own_key;

    /// Our key to all names that strict loading in the reference's program wants. Empty: as it is.
    std::function<std::vector<std::string>(const std::string&)> reference_keys;

    /// Whether a checkpoint with these keys (own_key applied) is of this network.
    std::function<bool(const NetworkState&)> recognises;

    /// Sets what shapes tell of the options. Throws c10::Error for a missing key.
    std::function<void(const NetworkState&, NetworkConfig&)> configure;

    /// Where reads_tokens: the channels of one layer's features that the weights expect.
    std::function<int(const NetworkState&)> token_dim;
};

/// Our own, in the order in which they are listed and recognised; those of plug-ins are in
/// core/nn/extension/extensions.h. All functions below know both.
[[nodiscard]] const std::vector<Architecture>& architectures();

/// By name; nullptr where there is none.
[[nodiscard]] const Architecture* findArchitecture(const std::string& name);

/// By name. Throws c10::Error that lists the names.
[[nodiscard]] const Architecture& architecture(const std::string& name);

[[nodiscard]] std::vector<std::string> architectureNames();

/// Whether the system has a TokenBook whose guide gates its network.
[[nodiscard]] bool usesGuide(const SystemConfig& config);

/// Whether the system needs a ViT (guide.backbone): for its guide, or because its network decodes
/// the features of one.
[[nodiscard]] bool usesVit(const SystemConfig& config);

/// The value of an option: NetworkConfig::options, else the default. Throws c10::Error where the
/// network has no such option or its type is another.
template<typename T>
[[nodiscard]] T option(
    const NetworkConfig& config, const std::vector<NetworkOption>& options, const std::string& key);

extern template bool
option<bool>(const NetworkConfig&, const std::vector<NetworkOption>&, const std::string&);
extern template std::int64_t
option<std::int64_t>(const NetworkConfig&, const std::vector<NetworkOption>&, const std::string&);
extern template double
option<double>(const NetworkConfig&, const std::vector<NetworkOption>&, const std::string&);
extern template std::string
option<std::string>(const NetworkConfig&, const std::vector<NetworkOption>&, const std::string&);
extern template OptionNumbers
option<OptionNumbers>(const NetworkConfig&, const std::vector<NetworkOption>&, const std::string&);
extern template OptionPairs
option<OptionPairs>(const NetworkConfig&, const std::vector<NetworkOption>&, const std::string&);

/// The network of a system, weights initialised as NetworkConfig::init says. token_dim: channels of
/// the guide backbone's features (of one layer). Throws c10::Error for an unknown system or
/// options that do not fit.
[[nodiscard]] std::shared_ptr<GatedBackbone>
makeBackbone(const std::string& system, const NetworkConfig& config, std::int64_t token_dim);

} // namespace guidino::nn
