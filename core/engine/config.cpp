// SPDX-License-Identifier: Apache-2.0
#include "core/engine/config.h"

#include "core/base/file.h"
#include "core/engine/config_json.h"
#include "core/nn/backbones/published.h"
#include "core/nn/backbones/registry.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>

namespace guidino::engine {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kMaxConfigBytes = 4 << 20;

bool isFileName(const std::string& nameOrFile)
{
    std::error_code ignored;
    return nameOrFile.ends_with(".json") || nameOrFile.find('/') != std::string::npos
           || fs::is_regular_file(nameOrFile, ignored);
}

std::vector<std::string> namesIn(const fs::path& folder)
{
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (entry.path().extension() == ".json") {
            names.push_back(entry.path().stem().string());
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

Result<Json> readJson(const fs::path& file)
{
    Result<std::string> text = readFile(file, kMaxConfigBytes);
    if (!text) {
        return Error{ErrorCode::Configuration, std::move(text).error().message, {}};
    }
    return parseJsonObject(*text, file.string());
}

/// A file by path, or by name in a folder; `suffixes` are tried in order.
Result<fs::path> findJson(
    const std::string& nameOrFile,
    const fs::path& folder,
    const std::vector<std::string>& suffixes,
    const std::string& kind)
{
    if (isFileName(nameOrFile)) {
        std::error_code ignored;
        if (!fs::is_regular_file(nameOrFile, ignored)) {
            return Error{
                ErrorCode::Configuration,
                "There is no " + kind + " file '" + nameOrFile + "'.",
                {}};
        }
        return fs::path(nameOrFile);
    }
    for (const std::string& suffix : suffixes) {
        const fs::path file = folder / (nameOrFile + suffix);
        if (fs::exists(file)) {
            return file;
        }
    }
    const std::vector<std::string> names = namesIn(folder);
    std::string message = "There is no " + kind + " '" + nameOrFile + "'";
    if (names.empty()) {
        return Error{
            ErrorCode::Configuration,
            message + ": the folder " + folder.string() + " has none.",
            {}};
    }
    // "unet" stands for its profile "fixed"; the profiles of all would hide the systems.
    std::vector<std::string> known;
    for (const std::string& name : names) {
        const std::string system = name.substr(0, name.find('.'));
        if (known.empty() || known.back() != system) {
            known.push_back(system);
        }
    }
    std::vector<std::string> meant = known;
    meant.insert(meant.end(), names.begin(), names.end());
    message += "; the nearest is " + nearestOf(nameOrFile, meant) + ". Known:";
    for (const std::string& name : known) {
        message += " " + name;
    }
    message += ".";
    if (kind == "configuration") {
        message += " A plug-in's network is known once --plugin FILE names the plug-in.";
    }
    return Error{ErrorCode::Configuration, message, {}};
}

/// "guidino-w-lora.parity" as {"system": "guidino-w", "profile": "parity"}, to check the names.
Json partName(const std::string& group, std::string name)
{
    if (group == "profiles") {
        return Json{{"profile", name}};
    }
    Json json = Json::object();
    if (const auto dot = name.find('.'); dot != std::string::npos) {
        json["profile"] = name.substr(dot + 1);
        name.resize(dot);
    }
    if (name.ends_with("-lora")) {
        name.resize(name.size() - 5);
    }
    json["system"] = name;
    return json;
}

/// The recipe's part for all, then those for the system, the system with LoRA and the profile.
Status applyRecipe(Json& config, const std::string& recipe, const fs::path& folder)
{
    const Result<fs::path> file = findJson(recipe, folder / "recipes", {".json"}, "recipe");
    GD_TRY(file);
    Result<Json> json = readJson(*file);
    GD_TRY(json);
    for (const char* key : {"system", "profile"}) {
        if (json->contains(key)) {
            return Error{
                ErrorCode::Configuration,
                file->string() + ": " + key + ": a recipe says how to train, not which system.",
                {{"key", key}}};
        }
    }
    GD_TRY(checkPart(*json, file->string(), {"systems", "profiles"}));

    Json common = *json;
    for (const char* key : {"systems", "profiles", "description", "reported"}) {
        common.erase(key);
    }
    mergeOver(config, common);

    const nn::SystemConfig defaults;
    const std::string system = config.value("system", defaults.system);
    const std::string profile = config.value("profile", defaults.profile);
    bool hasLora = false;
    if (const auto lora = config.find("lora"); lora != config.end() && lora->is_object()) {
        hasLora = lora->value("enabled", false);
    }
    // From the general to the special; later parts win.
    std::vector<std::pair<std::string, std::string>> parts = {
        {"profiles", profile}, {"systems", system}};
    if (hasLora) {
        parts.emplace_back("systems", system + "-lora");
    }
    parts.emplace_back("systems", system + (hasLora ? "-lora." : ".") + profile);
    for (const char* group : {"systems", "profiles"}) {
        const auto found = json->find(group);
        if (found == json->end()) {
            continue;
        }
        if (!found->is_object()) {
            return Error{
                ErrorCode::Configuration,
                file->string() + ": " + group + ": must be an object.",
                {}};
        }
        for (const auto& [name, part] : found->items()) {
            // All parts are checked, not only the one that is used.
            const std::string where = file->string() + ": " + group + "." + name;
            const Json names = partName(group, name);
            GD_TRY(checkPart(names, where));
            if (part.is_object() && part.contains("system")) {
                GD_TRY(checkPart(part, where));
                continue;
            }
            Json whole = part; // with the system, whose network has options of its own
            if (whole.is_object()) {
                whole.update(names);
            }
            GD_TRY(checkPart(whole, where));
        }
    }
    for (const auto& [group, name] : parts) {
        if (json->contains(group) && json->at(group).contains(name)) {
            mergeOver(config, json->at(group).at(name));
        }
    }
    return {};
}

/// Whether a plug-in brought the network: no file of ours configures it.
bool isPluginNetwork(const std::string& name)
{
    const std::vector<nn::Architecture>& ours = nn::architectures();
    return nn::findArchitecture(name) != nullptr
           && std::none_of(ours.begin(), ours.end(), [&name](const nn::Architecture& one) {
                  return one.name == name;
              });
}

/// A plug-in's network in place of the configuration's, which keeps its way of training. What is
/// said of the network, but for channels and classes, was meant for the other one.
void exchangeNetwork(Json& config, const std::string& name)
{
    config["system"] = name;
    const auto network = config.find("network");
    if (network == config.end() || !network->is_object()) {
        return;
    }
    Json kept = Json::object();
    for (const char* key : {"in_channels", "num_classes"}) {
        if (network->contains(key)) {
            kept[key] = network->at(key);
        }
    }
    *network = std::move(kept);
}

Status applySetting(Json& config, const std::string& setting)
{
    const std::string source = "--set " + setting;
    const auto equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) {
        return Error{ErrorCode::Configuration, source + ": must be path.key=value.", {}};
    }
    const std::string path = setting.substr(0, equals);
    const std::string text = setting.substr(equals + 1);
    if (path == "system" && isPluginNetwork(text)) {
        exchangeNetwork(config, text);
        return {};
    }
    if (path == "system" || path == "profile") {
        return Error{
            ErrorCode::Configuration,
            source + ": " + path
                + " is chosen by the configuration's name, such as guidino-u.parity.",
            {{"key", path}}};
    }
    Json value = Json::parse(text, nullptr, false);
    if (value.is_discarded()) {
        value = text; // a bare word is a text
    }
    Json patch = std::move(value);
    std::string rest = path;
    while (!rest.empty()) {
        const auto dot = rest.rfind('.');
        const std::string key = dot == std::string::npos ? rest : rest.substr(dot + 1);
        if (key.empty()) {
            return Error{ErrorCode::Configuration, source + ": must be path.key=value.", {}};
        }
        Json outer = Json::object();
        outer[key] = std::move(patch);
        patch = std::move(outer);
        rest = dot == std::string::npos ? "" : rest.substr(0, dot);
    }
    Json whole = patch; // with the system, whose network has options of its own
    if (config.contains("system")) {
        whole["system"] = config["system"];
    }
    GD_TRY(checkPart(whole, source));
    mergeOver(config, patch);
    return {};
}

Result<nn::SystemConfig> amend(
    Json config,
    const std::string& source,
    const std::string& recipe,
    const std::vector<std::string>& settings,
    const fs::path& folder)
{
    if (!recipe.empty()) {
        GD_TRY(applyRecipe(config, recipe, folder));
    }
    // The network first: its own options are known only then.
    for (const bool isOfNetwork : {true, false}) {
        for (const std::string& setting : settings) {
            if (setting.starts_with("system=") == isOfNetwork) {
                GD_TRY(applySetting(config, setting));
            }
        }
    }
    Result<nn::SystemConfig> made = configFromJson(config, source);
    GD_TRY(made);
    nn::settleOptions(*made);
    return made;
}

} // namespace

fs::path modelsDataFolder()
{
    if (const char* folder = std::getenv("GUIDINO_MODELS"); folder != nullptr && *folder != '\0') {
        return folder;
    }
    Dl_info info{};
    if (dladdr(reinterpret_cast<const void*>(&modelsDataFolder), &info) != 0
        && info.dli_fname != nullptr) {
        std::error_code ignored;
        const fs::path library = fs::weakly_canonical(info.dli_fname, ignored);
        for (const char* up : {"..", "../.."}) { // lib/ or lib/guidino/
            const fs::path folder = library.parent_path() / up / "share" / "guidino" / "models";
            if (fs::is_directory(folder / "configs", ignored)) {
                return folder.lexically_normal();
            }
        }
    }
    return GUIDINO_MODELS_FOLDER;
}

Result<nn::SystemConfig> loadSystemConfig(
    const std::string& nameOrFile,
    const std::string& recipe,
    const std::vector<std::string>& settings,
    const fs::path& folder)
{
    const fs::path models = folder.empty() ? modelsDataFolder() : folder;
    if (!isFileName(nameOrFile) && isPluginNetwork(nameOrFile)) {
        return amend(
            Json{{"system", nameOrFile}},
            "the defaults of " + nameOrFile,
            recipe,
            settings,
            models);
    }
    const Result<fs::path> file =
        findJson(nameOrFile, models / "configs", {".json", ".fixed.json"}, "configuration");
    GD_TRY(file);
    Result<Json> json = readJson(*file);
    GD_TRY(json);
    // The file alone first, so that its mistakes are reported as its own.
    GD_TRY(configFromJson(*json, file->string()));
    for (const char* key : {"description", "reported"}) {
        json->erase(key);
    }
    return amend(std::move(*json), file->string(), recipe, settings, models);
}

Result<nn::SystemConfig> amendSystemConfig(
    const nn::SystemConfig& base,
    const std::string& recipe,
    const std::vector<std::string>& settings,
    const fs::path& folder)
{
    return amend(
        jsonOf(base),
        "the model's configuration",
        recipe,
        settings,
        folder.empty() ? modelsDataFolder() : folder);
}

std::string toJson(const nn::SystemConfig& config)
{
    return jsonOf(config).dump(2) + "\n";
}

Result<nn::SystemConfig>
parseSystemConfig(const std::string& jsonText, const std::string& sourceName)
{
    const Result<Json> json = parseJsonObject(jsonText, sourceName);
    GD_TRY(json);
    return configFromJson(*json, sourceName);
}

std::vector<std::string> configNames(const fs::path& folder)
{
    return namesIn((folder.empty() ? modelsDataFolder() : folder) / "configs");
}

std::vector<std::string> recipeNames(const fs::path& folder)
{
    return namesIn((folder.empty() ? modelsDataFolder() : folder) / "recipes");
}

} // namespace guidino::engine
