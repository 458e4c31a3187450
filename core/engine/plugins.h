// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <string>
#include <vector>

namespace guidino::nn {
struct SystemConfig;
} // namespace guidino::nn

/// Plug-ins: shared libraries that add networks, guide sources, gates, terms of the loss and
/// augmentations (docs/plugins.md). They are opened once a process, before the first model is made,
/// and stay.
namespace guidino::engine {

/// One file that was looked at.
struct PluginInfo
{
    std::filesystem::path file;
    bool isNamed = false; ///< by $GUIDINO_PLUGINS (or --plugin); else found in pluginFolder()
    Error problem;        ///< why it was refused; an empty message: it is loaded
    std::string name;
    std::string version;
    std::string description;
    std::vector<std::string> networks;      ///< SystemConfig::system
    std::vector<std::string> guideSources;  ///< guide.source
    std::vector<std::string> gates;         ///< guide.gate_form
    std::vector<std::string> lossTerms;     ///< keys of loss.terms
    std::vector<std::string> augmentations; ///< keys of data.augmentation.operations

    [[nodiscard]] bool isLoaded() const { return problem.message.empty(); }
};

/// userDataFolder()/plugins: each *.so in it is opened.
[[nodiscard]] std::filesystem::path pluginFolder();

/// At the first call opens the files of $GUIDINO_PLUGINS (paths, set off by colons) in their order,
/// then those of pluginFolder() by name; later calls answer the same. Each is tried in a copy of
/// this process first (at most $GUIDINO_PLUGIN_SECONDS, 60 if absent), so that one which crashes or
/// calls exit is refused like any other. A refused file changes nothing. Its problem says which
/// file, why and what to do: NotFound, BadInput (no plug-in, built for something else, failed at
/// its start), Configuration (a name that is taken). Throws nothing. The main thread, before models
/// are made.
const std::vector<PluginInfo>& loadPlugins();

/// What a configuration needs of the loaded plug-ins: a JSON array of {"name", "version", "file",
/// "uses": ["network NAME", ...]}; "[]" where it needs none.
[[nodiscard]] std::string neededPlugins(const nn::SystemConfig& config);

/// BadInput naming what is missing, and how to name a plug-in's file, unless all that the record
/// (neededPlugins() of another process) says is here. `source`: who needs it, for the message. A
/// record that is none counts as empty.
[[nodiscard]] Status checkPlugins(const std::string& record, const std::string& source);

} // namespace guidino::engine

extern "C" {
/// loadPlugins() behind the runtime's door.
void guidino_plugins_v1(std::vector<guidino::engine::PluginInfo>* answer);
}
