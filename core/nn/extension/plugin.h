// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/backbones/gated_backbone.h"
#include "core/nn/backbones/registry.h"
#include "core/nn/extension/extensions.h"
#include "core/plugin/plugin_api.h"

#include <torch/version.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <string>

/// What a plug-in includes, and the macro that makes its entry:
///
///     static void add(guidino::nn::Extensions& extensions) { extensions.addGate("mine", ...); }
///     GUIDINO_PLUGIN("my-plugin", "1.0", "A gate of mine.", add)
///
/// docs/plugins.md says how to build one; plugins/example_network is one.

#define GUIDINO_PLUGIN_TEXT_OF(x) #x
#define GUIDINO_PLUGIN_TEXT(x) GUIDINO_PLUGIN_TEXT_OF(x)

#if defined(__clang__)
#define GUIDINO_PLUGIN_COMPILER "clang-" GUIDINO_PLUGIN_TEXT(__clang_major__)
#elif defined(__GNUC__)
#define GUIDINO_PLUGIN_COMPILER "gcc-" GUIDINO_PLUGIN_TEXT(__GNUC__)
#else
#define GUIDINO_PLUGIN_COMPILER "unknown"
#endif

#if defined(_LIBCPP_VERSION)
#define GUIDINO_PLUGIN_LIBRARY "libc++-" GUIDINO_PLUGIN_TEXT(_LIBCPP_VERSION)
#elif defined(_GLIBCXX_USE_CXX11_ABI)
#define GUIDINO_PLUGIN_LIBRARY "libstdc++-abi" GUIDINO_PLUGIN_TEXT(_GLIBCXX_USE_CXX11_ABI)
#else
#define GUIDINO_PLUGIN_LIBRARY "unknown"
#endif

/// How the stamp begins in a plug-in's file.
#define GUIDINO_PLUGIN_MARK "guidino-plugin-stamp;api="

/// What must be the same in program and plug-in (PluginV1::stamp).
#define GUIDINO_PLUGIN_STAMP \
    GUIDINO_PLUGIN_MARK GUIDINO_PLUGIN_TEXT( \
        GUIDINO_PLUGIN_API) ";libtorch=" TORCH_VERSION ";compiler=" GUIDINO_PLUGIN_COMPILER \
                            ";library=" GUIDINO_PLUGIN_LIBRARY ";"

namespace guidino::nn {

namespace plugin_detail {

/// What a pointer to a virtual function holds: its place in the table (Itanium C++ ABI), the same
/// in every library that was built against the same declaration.
template<typename Function>
std::uint64_t placeOf(Function function)
{
    std::uint64_t place = 0;
    std::memcpy(&place, &function, sizeof place);
    return place;
}

/// FNV-1a over numbers.
template<typename... Numbers>
std::uint64_t hashOf(Numbers... numbers)
{
    std::uint64_t hash = 14695981039346656037U;
    ((hash = (hash ^ static_cast<std::uint64_t>(numbers)) * 1099511628211U), ...);
    return hash;
}

} // namespace plugin_detail

/// PluginV1::layout: sizes of the types and places of the virtual functions that program and
/// plug-in share. It sees what a forgotten kPluginApi would let through.
inline std::uint64_t pluginLayout()
{
    using plugin_detail::placeOf;
    return plugin_detail::hashOf(
        sizeof(SystemConfig),
        sizeof(NetworkConfig),
        sizeof(GuideConfig),
        sizeof(LoraConfig),
        sizeof(LossConfig),
        sizeof(PreprocessingConfig),
        sizeof(AugmentationConfig),
        sizeof(DataConfig),
        sizeof(TrainingConfig),
        sizeof(InferenceConfig),
        sizeof(OptionValue),
        sizeof(NetworkOption),
        sizeof(Architecture),
        sizeof(Extensions),
        sizeof(BackboneInput),
        sizeof(Encoding),
        sizeof(Gate),
        sizeof(GatedBackbone),
        sizeof(GuideSource),
        sizeof(LossTermInput),
        sizeof(AugmentedBatch),
        GatePlace::Skip8,
        placeOf(&GatedBackbone::encode),
        placeOf(&GatedBackbone::decode),
        placeOf(&GatedBackbone::sizeMultiple),
        placeOf(&GatedBackbone::paddedSize),
        placeOf(&GatedBackbone::tokenLayers),
        placeOf(&GatedBackbone::bottleneckChannels),
        placeOf(&GatedBackbone::gatePlaces),
        placeOf(&GatedBackbone::isEncoderModule),
        placeOf(&GatedBackbone::isDecoderModule),
        placeOf(&GuideSource::tokens),
        placeOf(&GuideSource::tokenChannels));
}

/// PluginV1::add around a function that may throw: what it threw becomes the message.
inline int
addGuarded(void (*add)(Extensions&), void* extensions, char* message, std::size_t size) noexcept
{
    const auto tell = [&](const char* text) {
        if (message != nullptr && size > 0) {
            std::strncpy(message, text, size - 1);
            message[size - 1] = '\0';
        }
        return 1;
    };
    try {
        add(*static_cast<Extensions*>(extensions));
        return 0;
    } catch (const std::exception& error) {
        return tell(error.what());
    } catch (...) {
        return tell("threw something that is no std::exception");
    }
}

} // namespace guidino::nn

/// Makes the entry of a plug-in; once a library. `ADD` is a void (*)(guidino::nn::Extensions&); it
/// may throw: nothing of the plug-in is taken over then, and the message names the file.
#define GUIDINO_PLUGIN(NAME, VERSION, DESCRIPTION, ADD) \
    extern "C" __attribute__((visibility("default"))) const guidino::PluginV1* guidino_plugin_v1() \
    { \
        static const guidino::PluginV1 plugin = { \
            guidino::kPluginApi, \
            sizeof(guidino::PluginV1), \
            GUIDINO_PLUGIN_STAMP, \
            guidino::nn::pluginLayout(), \
            NAME, \
            VERSION, \
            DESCRIPTION, \
            [](void* extensions, char* message, std::size_t size) { \
                return guidino::nn::addGuarded(ADD, extensions, message, size); \
            }}; \
        return &plugin; \
    }
