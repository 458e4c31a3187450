// SPDX-License-Identifier: Apache-2.0
#include "core/engine/plugins.h"

#include "core/base/file.h"
#include "core/engine/trial.h"
#include "core/nn/extension/extensions.h"
#include "core/nn/extension/names.h"
#include "core/nn/extension/plugin.h"

#include <dlfcn.h>
#include <elf.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <map>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace guidino::engine {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr const char* kMend =
    ". Nothing of it was loaded. Mend what it does there and build it anew, or take it away from "
    "--plugin, $GUIDINO_PLUGINS or the folder of plug-ins.";

/// For one plug-in; what opens CUDA libraries on a busy machine may take its time.
constexpr int kPatienceSeconds = 60;

/// As the runtime itself is opened (app/cli/runtime_library.cpp): a plug-in finds LibTorch's BLAS
/// before the system's. Sanitizers forbid it.
#if defined(RTLD_DEEPBIND) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
constexpr int kFlags = RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND;
#else
constexpr int kFlags = RTLD_NOW | RTLD_LOCAL;
#endif

/// Stamps are short; what goes on longer without an end is none.
constexpr std::size_t kLongestStamp = 400;

constexpr const char* kBuildAnew =
    "Build it anew against the headers of this program (docs/plugins.md).";

std::vector<PluginInfo>& known()
{
    static std::vector<PluginInfo> all;
    return all;
}

/// A refusal on its way out of the steps of open().
struct Refused
{
    ErrorCode code = ErrorCode::BadInput;
    std::string reason;
};

/// "KEY=VALUE;..." by key.
std::map<std::string, std::string> partsOf(std::string_view stamp)
{
    std::map<std::string, std::string> parts;
    std::istringstream stream{std::string(stamp)};
    for (std::string part; std::getline(stream, part, ';');) {
        if (const auto equals = part.find('='); equals != std::string::npos) {
            parts[part.substr(0, equals)] = part.substr(equals + 1);
        }
    }
    return parts;
}

void compareStamps(std::string_view theirs)
{
    static constexpr std::array<std::pair<const char*, const char*>, 4> kWords = {
        {{"api", "plug-in interface"},
         {"libtorch", "LibTorch"},
         {"compiler", "compiler"},
         {"library", "C++ library"}}};
    std::map<std::string, std::string> other = partsOf(theirs);
    std::map<std::string, std::string> ours = partsOf(GUIDINO_PLUGIN_STAMP);
    std::string reason;
    for (const auto& [key, word] : kWords) {
        if (other[key] != ours[key]) {
            reason += (reason.empty() ? "it was built for " : "; for ") + std::string(word) + " "
                      + (other[key].empty() ? "(not told)" : other[key]) + ", this program has "
                      + ours[key];
        }
    }
    if (!reason.empty()) {
        throw Refused{ErrorCode::BadInput, reason + ". " + kBuildAnew};
    }
}

/// The loader maps a library that was cut off and dies of what is missing, so the lengths that its
/// head tells are compared with the file's. What else is wrong the loader says itself.
void checkIsWhole(std::string_view bytes)
{
    Elf64_Ehdr head{};
    if (bytes.size() < sizeof head || !bytes.starts_with(ELFMAG) || bytes[EI_CLASS] != ELFCLASS64) {
        throw Refused{ErrorCode::BadInput, "it is no shared library of this machine."};
    }
    std::memcpy(&head, bytes.data(), sizeof head);
    const auto isInside = [&bytes](std::uint64_t begin, std::uint64_t size) {
        return begin <= bytes.size() && size <= bytes.size() - begin;
    };
    bool isWhole = isInside(head.e_phoff, std::uint64_t{head.e_phnum} * sizeof(Elf64_Phdr))
                   && isInside(head.e_shoff, std::uint64_t{head.e_shnum} * sizeof(Elf64_Shdr));
    for (std::size_t i = 0; isWhole && i < head.e_phnum; ++i) {
        Elf64_Phdr segment{};
        std::memcpy(&segment, bytes.data() + head.e_phoff + i * sizeof segment, sizeof segment);
        isWhole = segment.p_type != PT_LOAD || isInside(segment.p_offset, segment.p_filesz);
    }
    if (!isWhole) {
        throw Refused{ErrorCode::BadInput, "it is damaged: the file ends too early."};
    }
}

/// The stamp as it stands in the file: a library that has none, or another than ours, is not
/// opened, so that none of its code runs here.
void checkFile(const fs::path& file)
{
    std::error_code ignored;
    if (!fs::exists(file, ignored)) {
        throw Refused{ErrorCode::NotFound, "there is no such file."};
    }
    const auto mapped = MappedFile::open(file);
    if (!mapped) {
        throw Refused{mapped.error().code, mapped.error().message + "."};
    }
    const std::string_view bytes(
        reinterpret_cast<const char*>((*mapped)->bytes().data()), (*mapped)->bytes().size());
    checkIsWhole(bytes);
    const std::size_t begin = bytes.find(GUIDINO_PLUGIN_MARK);
    if (begin == std::string_view::npos) {
        throw Refused{
            ErrorCode::BadInput,
            "it is a library, but no plug-in: it has no GUIDINO_PLUGIN (docs/plugins.md)."};
    }
    const std::string_view stamp = bytes.substr(begin, kLongestStamp);
    compareStamps(stamp.substr(0, stamp.find('\0')));
}

/// Never closed again, not even when it is refused later: its statics and threads may live on.
void* openLibrary(const fs::path& file)
{
    void* library = ::dlopen(file.c_str(), kFlags);
    if (library == nullptr) {
        const char* reason = ::dlerror(); // NOLINT(concurrency-mt-unsafe)
        throw Refused{
            ErrorCode::BadInput,
            "it does not load: " + std::string(reason != nullptr ? reason : "no reason given")
                + "."};
    }
    return library;
}

const PluginV1& describe(void* library)
{
    using Entry = const PluginV1* (*)();
    const auto entry = reinterpret_cast<Entry>(::dlsym(library, "guidino_plugin_v1"));
    const PluginV1* plugin = entry == nullptr ? nullptr : entry();
    if (plugin == nullptr) {
        throw Refused{
            ErrorCode::BadInput, "it has no guidino_plugin_v1: write GUIDINO_PLUGIN in it."};
    }
    if (plugin->api != kPluginApi || plugin->size != sizeof(PluginV1)) {
        throw Refused{
            ErrorCode::BadInput,
            "it was built for plug-in interface " + std::to_string(plugin->api)
                + ", this program has " + std::to_string(kPluginApi) + ". " + kBuildAnew};
    }
    compareStamps(plugin->stamp == nullptr ? "" : plugin->stamp);
    if (plugin->layout != nn::pluginLayout()) {
        throw Refused{
            ErrorCode::BadInput,
            std::string("its headers are of another version of this program. ") + kBuildAnew};
    }
    if (plugin->name == nullptr || *plugin->name == '\0' || plugin->add == nullptr) {
        throw Refused{ErrorCode::BadInput, "it has no name, or adds nothing."};
    }
    return *plugin;
}

std::chrono::seconds patience()
{
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the environment is not changed any more
    const char* given = std::getenv("GUIDINO_PLUGIN_SECONDS");
    const int seconds = given == nullptr ? 0 : std::atoi(given);
    return std::chrono::seconds(seconds > 0 ? seconds : kPatienceSeconds);
}

/// All that runs its code, in a copy of this process: static objects that throw or crash, and
/// whoever calls exit, end the process that they are in, and no handler helps.
void tryInCopy(const fs::path& file)
{
    const auto work = [&file](const TrialStage& stage) {
        stage("while it was opened");
        void* library = openLibrary(file);
        stage("when it was asked what it is (guidino_plugin_v1)");
        const PluginV1& plugin = describe(library);
        stage("while it added its networks and the like");
        nn::Extensions added;
        std::array<char, 1000> message{};
        (void)plugin.add(&added, message.data(), message.size());
    };
    const std::string end = endOfTrial(work, patience());
    if (!end.empty()) {
        throw Refused{ErrorCode::BadInput, end + kMend};
    }
}

void checkIsFirst(const std::string& name)
{
    for (const PluginInfo& other : known()) {
        if (other.isLoaded() && other.name == name) {
            throw Refused{
                ErrorCode::Configuration,
                "a plug-in '" + name + "' is loaded already, from '" + other.file.string()
                    + "'. Take one of the two away."};
        }
    }
}

void takeAdditions(const PluginV1& plugin, PluginInfo& info)
{
    nn::Extensions added;
    std::array<char, 1000> message{};
    if (plugin.add(&added, message.data(), message.size()) != 0) {
        message.back() = '\0';
        throw Refused{
            ErrorCode::BadInput,
            "plug-in '" + info.name + "' failed at its start: " + message.data() + "."};
    }
    if (added.isEmpty()) {
        throw Refused{ErrorCode::BadInput, "plug-in '" + info.name + "' adds nothing."};
    }
    try {
        nn::takeOver(added, info.name);
    } catch (const std::invalid_argument& error) {
        throw Refused{
            ErrorCode::Configuration,
            "plug-in '" + info.name + "' cannot be used: " + error.what()
                + ". They are ours, or another plug-in's: rename them in one of the two."};
    }
    info.networks = added.networkNames();
    info.guideSources = added.guideSourceNames();
    info.gates = added.gateNames();
    info.lossTerms = added.lossTermNames();
    info.augmentations = added.augmentationNames();
}

PluginInfo open(const fs::path& file, bool isNamed)
{
    PluginInfo info;
    info.file = file;
    info.isNamed = isNamed;
    const auto refuse = [&info](ErrorCode code, const std::string& reason) {
        const std::string path = info.file.string();
        info.problem = Error{code, "the plug-in '" + path + "': " + reason, {{"file", path}}};
    };
    // A plug-in's functions throw nothing by contract; where one does, it ends here.
    try {
        checkFile(file);
        tryInCopy(file);
        const PluginV1& plugin = describe(openLibrary(file));
        const auto text = [](const char* value) {
            return std::string(value == nullptr ? "" : value);
        };
        info.name = text(plugin.name);
        info.version = text(plugin.version);
        info.description = text(plugin.description);
        checkIsFirst(info.name);
        takeAdditions(plugin, info);
    } catch (const Refused& refused) {
        refuse(refused.code, refused.reason);
    } catch (const std::exception& error) {
        refuse(ErrorCode::BadInput, std::string("it threw at its start: ") + error.what() + ".");
    } catch (...) {
        refuse(ErrorCode::BadInput, "it threw at its start.");
    }
    return info;
}

std::vector<fs::path> namedFiles()
{
    std::vector<fs::path> files;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the environment is not changed any more
    const char* given = std::getenv("GUIDINO_PLUGINS");
    std::istringstream stream(given == nullptr ? "" : given);
    for (std::string file; std::getline(stream, file, ':');) {
        if (!file.empty()) {
            files.emplace_back(file);
        }
    }
    return files;
}

std::vector<fs::path> filesOfFolder()
{
    std::vector<fs::path> files;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(pluginFolder(), ignored)) {
        if (entry.path().extension() == ".so") {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

/// The same file by two ways is one.
bool isKnown(const fs::path& file)
{
    std::error_code ignored;
    return std::any_of(known().begin(), known().end(), [&](const PluginInfo& one) {
        return one.file == file || fs::equivalent(one.file, file, ignored);
    });
}

/// Calls `visit(plug-in, kind, name)` for each addition.
template<typename Visit>
void forEachAddition(const Visit& visit)
{
    for (const PluginInfo& one : known()) {
        const auto all = [&](const char* kind, const std::vector<std::string>& names) {
            for (const std::string& name : names) {
                visit(one, std::string(kind), name);
            }
        };
        all("network", one.networks);
        all("guide source", one.guideSources);
        all("gate", one.gates);
        all("term of the loss", one.lossTerms);
        all("augmentation", one.augmentations);
    }
}

bool isUsed(const nn::SystemConfig& config, const std::string& kind, const std::string& name)
{
    if (kind == "network") {
        return config.system == name;
    }
    if (kind == "guide source") {
        return config.guide.source == name;
    }
    if (kind == "gate") {
        return config.guide.gate_form == name;
    }
    return (kind == "term of the loss" ? config.loss.terms : config.data.augmentation.operations)
        .contains(name);
}

/// What of one entry of a record is not here; empty: nothing.
std::string missingOf(const Json& entry)
{
    const std::string name = entry.value("name", "");
    const std::string version = entry.value("version", "");
    const auto loaded = std::find_if(known().begin(), known().end(), [&](const PluginInfo& one) {
        return one.isLoaded() && one.name == name;
    });
    std::vector<std::string> here;
    forEachAddition([&](const PluginInfo& one, const std::string& kind, const std::string& what) {
        if (one.name == name) {
            here.push_back(kind + " " + what);
        }
    });
    std::string uses;
    for (const Json& use : entry.value("uses", Json::array())) {
        const std::string one = use.is_string() ? use.get<std::string>() : std::string();
        if (std::find(here.begin(), here.end(), one) == here.end()) {
            uses += (uses.empty() ? "" : ", ") + one;
        }
    }
    if (loaded == known().end()) {
        const std::string file = entry.value("file", "");
        return "the plug-in '" + name + "' " + version + " (" + uses
               + (file.empty() ? "" : "; its file was " + file) + "), which is not loaded";
    }
    return uses.empty() ? std::string()
                        : uses + " of the plug-in '" + name + "' " + version
                              + ", which is not in its version " + loaded->version + " ('"
                              + loaded->file.string() + "')";
}

} // namespace

fs::path pluginFolder()
{
    return userDataFolder() / "plugins";
}

const std::vector<PluginInfo>& loadPlugins()
{
    static std::once_flag once;
    std::call_once(once, [] {
        for (const fs::path& file : namedFiles()) {
            if (!isKnown(file)) {
                known().push_back(open(file, true));
            }
        }
        for (const fs::path& file : filesOfFolder()) {
            if (!isKnown(file)) {
                known().push_back(open(file, false));
            }
        }
    });
    return known();
}

std::string neededPlugins(const nn::SystemConfig& config)
{
    Json list = Json::array();
    forEachAddition([&](const PluginInfo& one, const std::string& kind, const std::string& name) {
        if (!isUsed(config, kind, name)) {
            return;
        }
        if (list.empty() || list.back()["name"] != one.name) {
            list.push_back(
                {{"name", one.name},
                 {"version", one.version},
                 {"file", one.file.filename().string()}, // not the folder: it tells of the user
                 {"uses", Json::array()}});
        }
        list.back()["uses"].push_back(kind + " " + name);
    });
    return list.dump();
}

Status checkPlugins(const std::string& record, const std::string& source)
{
    const Json list = Json::parse(record, nullptr, false);
    std::string missing;
    for (const Json& entry : list.is_array() ? list : Json::array()) {
        if (!entry.is_object()) {
            continue;
        }
        if (const std::string what = missingOf(entry); !what.empty()) {
            missing += (missing.empty() ? "" : "; and ") + what;
        }
    }
    if (missing.empty()) {
        return {};
    }
    return Error{
        ErrorCode::BadInput,
        source + ": it needs " + missing
            + ". Name the plug-in's file with --plugin FILE or in $GUIDINO_PLUGINS, or put it into "
            + pluginFolder().string() + ".",
        {}};
}

} // namespace guidino::engine

void guidino_plugins_v1(std::vector<guidino::engine::PluginInfo>* answer)
{
    *answer = guidino::engine::loadPlugins();
}
