// SPDX-License-Identifier: Apache-2.0
#include "app/cli/command.h"
#include "app/cli/runtime_library.h"
#include "app/cli/terminal.h"
#include "core/base/file.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <utility>

namespace guidino::cli {

namespace {

using Json = nlohmann::ordered_json;
using engine::PluginInfo;

std::string joined(const std::vector<std::string>& names)
{
    std::string text;
    for (const std::string& name : names) {
        text += (text.empty() ? "" : ", ") + name;
    }
    return text;
}

void print(const PluginInfo& one)
{
    const char* from = one.isNamed ? "named" : "from the folder";
    if (!one.isLoaded()) {
        std::printf("refused (%s): %s\n", from, one.problem.message.c_str());
        return;
    }
    std::printf(
        "%s %s: %s\n  %s (%s)\n",
        one.name.c_str(),
        one.version.c_str(),
        one.description.c_str(),
        one.file.c_str(),
        from);
    for (const auto& [setting, names] :
         {std::pair("--config or --set system=", &one.networks),
          std::pair("--set guide.source=", &one.guideSources),
          std::pair("--set guide.gate_form=", &one.gates),
          std::pair("--set loss.terms.NAME=WEIGHT, NAME ", &one.lossTerms),
          std::pair(
              "--set data.augmentation.operations.NAME=PROBABILITY, NAME ", &one.augmentations)}) {
        if (!names->empty()) {
            std::printf("  %s%s\n", setting, joined(*names).c_str());
        }
    }
}

Json jsonOf(const PluginInfo& one)
{
    return {
        {"file", one.file.string()},
        {"from", one.isNamed ? "named" : "folder"},
        {"loaded", one.isLoaded()},
        {"problem", one.problem.message},
        {"name", one.name},
        {"version", one.version},
        {"description", one.description},
        {"networks", one.networks},
        {"guide_sources", one.guideSources},
        {"gates", one.gates},
        {"loss_terms", one.lossTerms},
        {"augmentations", one.augmentations}};
}

} // namespace

int runPlugins(const Arguments& arguments)
{
    bool json = false;
    const auto parser = makeParser(
        "plugins",
        "Shows the plug-ins of this user: files that --plugin or $GUIDINO_PLUGINS name (paths, "
        "set\n"
        "off by colons), and those in the folder plugins of the user's data. What they add is\n"
        "reached by --config and --set. Exit 3 or 2 where a named one is refused.",
        "  guidino plugins\n"
        "  guidino plugins --plugin build/libexample_network.so --json\n");
    addPluginOption(*parser);
    addJsonOption(*parser, json);
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    const auto plugins = listPlugins();
    if (!plugins) {
        return fail(plugins.error());
    }
    const std::string folder = (userDataFolder() / "plugins").string();
    int code = 0;
    Json list = Json::array();
    for (const PluginInfo& one : *plugins) {
        if (code == 0 && one.isNamed && !one.isLoaded()) {
            code = exitCodeOf(one.problem.code);
        }
        if (json) {
            list.push_back(jsonOf(one));
        } else {
            print(one);
        }
    }
    if (json) {
        const Json answer{{"folder", folder}, {"plugins", list}};
        std::printf("%s\n", answer.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
    } else if (plugins->empty()) {
        std::printf(
            "no plug-ins: name a file with --plugin or in $GUIDINO_PLUGINS, or put it into\n%s\n",
            folder.c_str());
    }
    return code;
}

} // namespace guidino::cli
