// SPDX-License-Identifier: Apache-2.0
#include "app/cli/runtime_library.h"

#include "app/cli/terminal.h"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

namespace guidino::cli {

namespace fs = std::filesystem;

namespace {

constexpr const char* kLibrary = "libguidino_runtime.so";

std::vector<fs::path> candidates()
{
    const char* given = std::getenv("GUIDINO_RUNTIME"); // NOLINT(concurrency-mt-unsafe)
    if (given != nullptr && *given != '\0') {
        std::error_code ignored;
        return {fs::is_directory(given, ignored) ? fs::path(given) / kLibrary : fs::path(given)};
    }
    std::error_code problem;
    const fs::path folder = fs::read_symlink("/proc/self/exe", problem).parent_path();
    return {
        folder / ".." / "lib" / kLibrary,
        folder / kLibrary,
        folder / ".." / "lib" / "guidino" / kLibrary};
}

/// LibTorch brings a BLAS of its own under the usual names. OpenCV, which this program links,
/// brings the system's, often the slow reference, whose names would be found first: a frozen ViT
/// took several times as long. DEEPBIND makes libraries look among themselves first; sanitizers
/// forbid it.
#if defined(RTLD_DEEPBIND) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
constexpr int kFlags = RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND;
#else
constexpr int kFlags = RTLD_NOW | RTLD_LOCAL;
#endif

/// The library as dlopen() gives it.
struct Library
{
    void* handle = nullptr;
    fs::path file;
};

Result<Library> openLibrary()
{
    std::string looked;
    for (const fs::path& candidate : candidates()) {
        std::error_code ignored;
        if (!fs::exists(candidate, ignored)) {
            looked += "\n  " + candidate.lexically_normal().string();
            continue;
        }
        void* library = ::dlopen(candidate.c_str(), kFlags);
        if (library == nullptr) {
            const char* reason = ::dlerror(); // NOLINT(concurrency-mt-unsafe)
            return Error{
                ErrorCode::Internal,
                "the LibTorch runtime does not load: " + std::string(reason)
                    + "\nRun ./run or ./check once: they fetch LibTorch and build the runtime "
                      "against it.",
                {{"file", candidate.string()}}};
        }
        return Library{library, candidate};
    }
    return Error{
        ErrorCode::Internal,
        "the LibTorch runtime is not there. Looked for:" + looked
            + "\nBuild it (./run or ./check do), or name it in $GUIDINO_RUNTIME.",
        {}};
}

Error otherVersion(const Library& library)
{
    return Error{
        ErrorCode::Internal,
        "'" + library.file.string()
            + "' is not a runtime of this version: build program and runtime together",
        {{"file", library.file.string()}}};
}

Result<std::vector<engine::PluginInfo>> pluginsOf(const Library& library)
{
    using Entry = void (*)(std::vector<engine::PluginInfo>*);
    const auto entry = reinterpret_cast<Entry>(::dlsym(library.handle, "guidino_plugins_v1"));
    if (entry == nullptr) {
        return otherVersion(library);
    }
    std::vector<engine::PluginInfo> found;
    entry(&found);
    return found;
}

/// The library with its plug-ins, once a process.
Result<Library> openWithPlugins()
{
    static bool isDone = false;
    auto library = openLibrary();
    if (!library || isDone) {
        return library;
    }
    const auto plugins = pluginsOf(*library);
    if (!plugins) {
        return plugins.error();
    }
    for (const engine::PluginInfo& one : *plugins) {
        if (!one.isLoaded() && one.isNamed) {
            return one.problem;
        }
    }
    isDone = true;
    for (const engine::PluginInfo& one : *plugins) {
        if (!one.isLoaded()) {
            ProgressLine().note("guidino: warning: left out: " + one.problem.message);
        }
    }
    return library;
}

} // namespace

Result<std::vector<engine::PluginInfo>> listPlugins()
{
    const auto library = openLibrary();
    if (!library) {
        return library.error();
    }
    return pluginsOf(*library);
}

Result<engine::Runtime*> loadRuntime()
{
    const auto library = openWithPlugins();
    if (!library) {
        return library.error();
    }
    using Entry = engine::Runtime* (*)();
    const auto entry = reinterpret_cast<Entry>(::dlsym(library->handle, "guidino_runtime_v1"));
    engine::Runtime* runtime = entry != nullptr ? entry() : nullptr;
    if (runtime == nullptr) {
        return otherVersion(*library);
    }
    return runtime;
}

Result<engine::NnunetRuntime*> loadNnunetRuntime()
{
    const auto library = openWithPlugins();
    if (!library) {
        return library.error();
    }
    using Entry = engine::NnunetRuntime* (*)();
    const auto entry = reinterpret_cast<Entry>(::dlsym(library->handle, "guidino_nnunet_v1"));
    if (entry == nullptr) {
        return otherVersion(*library);
    }
    return entry();
}

Result<std::string> runPreflight(const engine::TrainRequest& request, engine::JobContext& context)
{
    const auto library = openWithPlugins();
    if (!library) {
        return library.error();
    }
    using Entry = void (*)(const engine::TrainRequest*, engine::JobContext*, Result<std::string>*);
    const auto entry = reinterpret_cast<Entry>(::dlsym(library->handle, "guidino_preflight_v1"));
    if (entry == nullptr) {
        return otherVersion(*library);
    }
    Result<std::string> answer = std::string();
    entry(&request, &context, &answer);
    return answer;
}

} // namespace guidino::cli
