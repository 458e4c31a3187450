// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/engine/plugins.h"
#include "core/engine/runtime.h"

#include <string>
#include <vector>

namespace guidino::engine {
class NnunetRuntime;
}

namespace guidino::cli {

/// Opens libguidino_runtime.so, once a process (0.3 to 0.5 s): $GUIDINO_RUNTIME, else beside the
/// program or in ../lib from it. Internal, saying what to do, where it is not there or does not
/// load. Only subcommands that compute may call this. All plug-ins are opened with it: one that is
/// named (--plugin, $GUIDINO_PLUGINS) and refused is the error, others are warned about.
[[nodiscard]] Result<engine::Runtime*> loadRuntime();

/// runPreflight() of the same library (core/engine/preflight.h): one JSON object.
[[nodiscard]] Result<std::string>
runPreflight(const engine::TrainRequest& request, engine::JobContext& context);

/// guidino_nnunet_v1() of the same library (core/engine/nnunet.h). Internal where this build has
/// none.
[[nodiscard]] Result<engine::NnunetRuntime*> loadNnunetRuntime();

/// loadPlugins() of the same library: what was found, with those that were refused.
[[nodiscard]] Result<std::vector<engine::PluginInfo>> listPlugins();

} // namespace guidino::cli
