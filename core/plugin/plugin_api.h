// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

/// Raised with every change of PluginV1 and of what the types behind it mean.
#define GUIDINO_PLUGIN_API 1

/// The door of a plug-in: one C function and one plain structure, so that the program can look at a
/// library of any build before it trusts it. What goes through the door (networks and the like) is
/// in core/nn/extension/plugin.h, which also makes the function: write GUIDINO_PLUGIN there.
namespace guidino {

inline constexpr std::uint32_t kPluginApi = GUIDINO_PLUGIN_API;

/// What a plug-in says of itself. All texts are UTF-8, end with a zero and live as long as the
/// library.
struct PluginV1
{
    std::uint32_t api = 0;  ///< kPluginApi of its headers
    std::uint32_t size = 0; ///< sizeof(PluginV1) there

    /// What it was built with: "KEY=VALUE;" for api, libtorch, compiler, library. The same text
    /// stands in the file, so that it can be compared before the library is opened.
    const char* stamp = nullptr;

    /// Of the C++ types that both sides share; other layouts are refused.
    std::uint64_t layout = 0;

    const char* name = nullptr;        ///< [a-z][a-z0-9_-]*, at most 60 letters
    const char* version = nullptr;     ///< such as "1.0"
    const char* description = nullptr; ///< one line

    /// Adds networks and the like to the nn::Extensions behind `extensions`. 0: done; else
    /// `message` (of `size` bytes) says why not. Throws nothing.
    int (*add)(void* extensions, char* message, std::size_t size) = nullptr;
};

} // namespace guidino

extern "C" {
/// The plug-in's only entry; owned by the library, never null, throws nothing.
const guidino::PluginV1* guidino_plugin_v1();
}
