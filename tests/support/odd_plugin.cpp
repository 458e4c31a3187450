// SPDX-License-Identifier: Apache-2.0
#include "core/nn/extension/plugin.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

/// A plug-in that does what $GUIDINO_ODD_PLUGIN says, mostly wrong. Without it: a network that
/// cannot be made, a gate that gives back another shape and a term that throws a number.
using namespace guidino;
using namespace guidino::nn;

namespace {

std::string mode()
{
    const char* text = std::getenv("GUIDINO_ODD_PLUGIN");
    return text == nullptr ? "" : text;
}

[[noreturn]] void crash()
{
    volatile int* nowhere = nullptr;
    *nowhere = 1;
    std::abort();
}

/// What runs while the loader opens the library.
struct AtOpening
{
    AtOpening()
    {
        const std::string what = mode();
        if (what == "opening-throws") {
            throw std::runtime_error("no table of colours");
        }
        if (what == "opening-crashes") {
            std::fprintf(stderr, "looking for colours\n");
            crash();
        }
        if (what == "opening-exits") {
            std::exit(0);
        }
        while (what == "opening-hangs") {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        if (what == "prints") {
            std::fprintf(stderr, "odd says hello\n");
        }
    }
};

const AtOpening atOpening;

torch::Tensor passing(const torch::Tensor& x, const torch::Tensor&)
{
    return x;
}

void add(Extensions& extensions)
{
    const std::string what = mode();
    if (what == "throws") {
        throw std::runtime_error("not on Tuesdays");
    }
    if (what == "throws-number") {
        throw 7;
    }
    if (what == "nothing") {
        return;
    }
    if (what == "taken") {
        extensions.addGate("odd-gate", passing);
        extensions.addGate("residual", passing);
        return;
    }
    if (what == "twin-gate") {
        extensions.addGate("example-soft", passing);
        return;
    }
    if (what == "no-name") {
        extensions.addGate("Odd Gate", passing);
        return;
    }
    Architecture network;
    network.name = "odd-net";
    network.make = [](const NetworkConfig&, std::int64_t) -> std::shared_ptr<GatedBackbone> {
        throw std::runtime_error("no weights today");
    };
    extensions.addNetwork(network);
    extensions.addGate(
        "odd-gate", [](const torch::Tensor& x, const torch::Tensor&) { return x.narrow(1, 0, 1); });
    extensions.addLossTerm("odd-term", [](const LossTermInput&) -> torch::Tensor { throw 7; });
}

int addOdd(void* extensions, char* message, std::size_t size)
{
    if (mode() == "add-crashes") {
        crash();
    }
    if (mode() == "add-exits") {
        std::exit(7);
    }
    if (mode() == "throws-out") { // against the contract
        throw std::runtime_error("out of the door");
    }
    return addGuarded(add, extensions, message, size);
}

} // namespace

const PluginV1* guidino_plugin_v1()
{
    static PluginV1 plugin;
    const std::string what = mode();
    plugin.api = kPluginApi + (what == "api" ? 1 : 0);
    plugin.size = sizeof(PluginV1);
    plugin.stamp = GUIDINO_PLUGIN_STAMP;
    plugin.layout = pluginLayout() + (what == "layout" ? 1 : 0);
    plugin.name = what == "twin" ? "example" : "odd";
    plugin.version = "0.1";
    plugin.description = "Does what it should not";
    plugin.add = addOdd;
    return what == "null" ? nullptr : &plugin;
}
