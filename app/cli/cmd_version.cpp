// SPDX-License-Identifier: Apache-2.0
#include "app/cli/command.h"
#include "core/protocol/messages.h"

#include <nlohmann/json.hpp>

#include <cstdio>

namespace guidino::cli {

int runVersion(const Arguments& arguments)
{
    bool json = false;
    const auto parser = makeParser(
        "version",
        "Prints the version of the program and of its job protocol.",
        "  guidino version\n");
    addJsonOption(*parser, json);
    if (const auto code = parse(*parser, arguments)) {
        return *code;
    }
    if (json) {
        nlohmann::ordered_json object;
        object["version"] = GUIDINO_VERSION;
        object["protocol"] = protocol::kProtocolVersion;
        std::printf("%s\n", object.dump().c_str());
    } else {
        std::printf(
            "guidino %s (job protocol %d)\nResearch use only, not a medical device.\n",
            GUIDINO_VERSION,
            protocol::kProtocolVersion);
    }
    return 0;
}

} // namespace guidino::cli
