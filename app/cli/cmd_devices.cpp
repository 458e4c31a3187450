// SPDX-License-Identifier: Apache-2.0
#include "app/cli/command.h"
#include "app/cli/runtime_library.h"
#include "app/cli/terminal.h"

#include <nlohmann/json.hpp>

#include <cstdio>

namespace guidino::cli {

int runDevices(const Arguments& arguments)
{
    bool json = false;
    const auto parser = makeParser(
        "devices",
        "Shows what can compute here, and in one line why a present GPU is not used.",
        "  guidino devices\n  guidino devices --json\n");
    addJsonOption(*parser, json);
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    const auto runtime = loadRuntime();
    if (!runtime) {
        return fail(runtime.error());
    }
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const engine::DeviceInfo& device : (*runtime)->devices()) {
        if (json) {
            list.push_back(
                {{"name", device.name},
                 {"label", device.label},
                 {"memory_bytes", device.memoryBytes},
                 {"free_bytes", device.freeBytes},
                 {"usable", device.usable},
                 {"reason", device.reason}});
            continue;
        }
        std::printf("%-8s %s", device.name.c_str(), device.label.c_str());
        if (device.memoryBytes > 0) {
            std::printf(
                ", %s, %s free",
                bytesText(static_cast<double>(device.memoryBytes)).c_str(),
                bytesText(static_cast<double>(device.freeBytes)).c_str());
        }
        std::printf("%s\n", device.usable ? "" : (" (not used: " + device.reason + ")").c_str());
    }
    if (json) {
        std::printf("%s\n", list.dump(2).c_str());
    }
    return 0;
}

} // namespace guidino::cli
