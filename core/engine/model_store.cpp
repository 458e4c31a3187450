// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model_store.h"

#include "core/base/file.h"
#include "core/base/sha256.h"
#include "core/engine/bundle.h"
#include "core/engine/config_json.h"
#include "core/engine/folder_swap.h"
#include "core/engine/guarded.h"
#include "core/engine/weights.h"
#include "core/engine/zip_folder.h"
#include "core/nn/dino/vit.h"
#include "core/nn/io/checkpoint.h"
#include "core/nn/io/safetensors.h"

#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <ctime>

namespace guidino::engine {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kMaxJsonBytes = 4 << 20;
constexpr const char* kDinov3Licence = "DINOv3 License";
constexpr const char* kDinov3LicenceUrl =
    "https://ai.meta.com/resources/models-and-libraries/dinov3-license/";

fs::path storeFolder()
{
    return userDataFolder() / "models";
}

std::string nowUtc()
{
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text.data();
}

/// Names are folder names: letters, digits, and . _ + - inside.
Status checkName(const std::string& name)
{
    const bool isOk = !name.empty() && name.size() <= 100 && name.front() != '.'
                      && name.front() != '-' && std::all_of(name.begin(), name.end(), [](char c) {
                             return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                                    || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '+'
                                    || c == '-';
                         });
    if (!isOk) {
        return Error{
            ErrorCode::Usage,
            "'" + name
                + "' is no name for a model: use letters, digits, dots, hyphens and underscores.",
            {}};
    }
    return {};
}

Json jsonOfModel(const StoredModel& model)
{
    Json json;
    json["schema"] = 1;
    json["name"] = model.name;
    json["kind"] = model.kind;
    json["architecture"] = model.architecture;
    json["sha256"] = model.sha256;
    json["origin"] = model.origin;
    json["licence"] = model.licence;
    json["licence_accepted"] = model.licenceAccepted;
    json["weights"] = model.weights.filename().string();
    if (model.kind == "backbone") {
        json["vit"] = jsonOf(model.vit);
    }
    return json;
}

Result<StoredModel> readStored(const fs::path& folder)
{
    const fs::path file = folder / "model.json";
    return guarded("Reading " + file.string(), [&]() -> Result<StoredModel> {
        const Json json = valueOrThrow(
            parseJsonObject(valueOrThrow(readFile(file, kMaxJsonBytes)), file.string()));
        StoredModel model;
        model.name = folder.filename().string();
        model.kind = json.at("kind").get<std::string>();
        model.architecture = json.at("architecture").get<std::string>();
        model.sha256 = json.at("sha256").get<std::string>();
        model.origin = json.at("origin").get<std::string>();
        model.licence = json.at("licence").get<std::string>();
        model.licenceAccepted = json.at("licence_accepted").get<std::string>();
        const fs::path weights = json.at("weights").get<std::string>();
        model.weights = folder / weights.filename(); // never out of the folder
        model.folder = folder;
        if (model.kind == "backbone") {
            model.vit = vitConfigFrom(json.at("vit"));
        }
        return model;
    });
}

/// The hash of a file, or of a folder's weight files together (of one alone: its own).
Result<std::string> hashOf(const fs::path& weights)
{
    if (!fs::is_directory(weights)) {
        return sha256OfFile(weights);
    }
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(weights)) {
        const std::string extension = entry.path().extension().string();
        if (extension == ".safetensors" || extension == ".bin") {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    if (files.size() == 1) {
        return sha256OfFile(files.front());
    }
    Sha256 all;
    for (const fs::path& file : files) {
        const Result<std::string> one = sha256OfFile(file);
        GD_TRY(one);
        all.add(one->data(), one->size());
    }
    return all.hex();
}

Status copyWeights(const fs::path& from, const fs::path& to)
{
    std::error_code error;
    if (fs::is_directory(from)) {
        GD_TRY(makeFolder(to));
        for (const auto& entry : fs::directory_iterator(from, error)) {
            const std::string extension = entry.path().extension().string();
            // What a reader needs; not the README pictures of a download.
            if (entry.is_regular_file()
                && (extension == ".safetensors" || extension == ".bin" || extension == ".json")) {
                fs::copy_file(entry.path(), to / entry.path().filename(), error);
                if (error) {
                    break;
                }
            }
        }
    } else {
        fs::copy_file(from, to, error);
    }
    if (error) {
        return Error{
            ErrorCode::CannotWrite,
            "Cannot copy to " + to.string() + ": " + error.message() + ".",
            {}};
    }
    return {};
}

/// The architecture's name where a named one has the same shape, else "vit-D-DEPTH".
std::string architectureName(const nn::VitConfig& vit)
{
    for (const std::string& name : nn::vitNames()) {
        const Result<nn::VitConfig> known = nn::vitConfig(name);
        if (known && known->family == vit.family && known->embed_dim == vit.embed_dim
            && known->depth == vit.depth && known->ffn == vit.ffn
            && known->ffn_hidden == vit.ffn_hidden
            && known->num_register_tokens == vit.num_register_tokens) {
            return name;
        }
    }
    const bool isV3 = vit.family == nn::VitConfig::Family::DinoV3;
    return std::string(isV3 ? "dinov3" : "dinov2") + "-" + std::to_string(vit.embed_dim) + "-"
           + std::to_string(vit.depth);
}

std::string howToAdd()
{
    return "add your own download with `guidino models add FILE --accept-licence` (DINOv3: "
           "https://github.com/facebookresearch/dinov3; DINOv2 needs no licence step), or a random "
           "one "
           "for tests with `guidino models add --random vits16 --seed 0`";
}

std::string namesOf(const std::vector<StoredModel>& models, const std::string& kind)
{
    std::string names;
    for (const StoredModel& model : models) {
        if (model.kind == kind) {
            names += (names.empty() ? "" : ", ") + model.name;
        }
    }
    return names.empty() ? "none" : names;
}

Result<StoredModel> addBundle(const fs::path& source, const std::string& name)
{
    const Result<Bundle> bundle = readBundle(source);
    GD_TRY(bundle);
    StoredModel model;
    model.name = name.empty() ? source.stem().string() : name;
    GD_TRY(checkName(model.name));
    model.kind = "bundle";
    model.architecture = bundle->config.system;
    model.sha256 = bundle->sha256;
    model.origin = source.filename().string();
    Result<FolderSwap> swap = FolderSwap::create(storeFolder() / model.name);
    if (!swap) {
        return swap.error();
    }
    model.weights = "bundle";
    std::error_code error;
    fs::copy(bundle->folder, swap->folder() / "bundle", fs::copy_options::recursive, error);
    if (error) {
        return Error{
            ErrorCode::CannotWrite,
            "Cannot copy to " + storeFolder().string() + ": " + error.message() + ".",
            {}};
    }
    GD_TRY(writeFileAtomically(swap->folder() / "model.json", jsonOfModel(model).dump(2) + "\n"));
    GD_TRY(swap->commit());
    return readStored(storeFolder() / model.name);
}

/// A file of a path as a backbone that is not registered.
Result<StoredModel> backboneAt(const fs::path& path)
{
    const Result<nn::Checkpoint> checkpoint = nn::readCheckpoint(path);
    GD_TRY(checkpoint);
    const Result<nn::VitState> state = nn::readVitState(*checkpoint);
    GD_TRY(state);
    const Result<std::string> hash = hashOf(path);
    GD_TRY(hash);
    StoredModel model;
    model.name = path.string();
    model.kind = "backbone";
    model.vit = state->config;
    model.architecture = architectureName(state->config);
    model.sha256 = *hash;
    model.weights = path;
    return model;
}

} // namespace

Result<std::vector<StoredModel>> listStoredModels()
{
    std::vector<StoredModel> models;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(storeFolder(), error)) {
        if (fs::exists(entry.path() / "model.json", error)) {
            Result<StoredModel> model = readStored(entry.path());
            GD_TRY(model);
            models.push_back(std::move(*model));
        }
    }
    std::sort(models.begin(), models.end(), [](const StoredModel& a, const StoredModel& b) {
        return a.name < b.name;
    });
    return models;
}

Result<StoredModel> findStoredModel(const std::string& name)
{
    const Result<std::vector<StoredModel>> models = listStoredModels();
    GD_TRY(models);
    std::vector<const StoredModel*> ofArchitecture;
    for (const StoredModel& model : *models) {
        if (model.name == name) {
            return model;
        }
        if (model.kind == "backbone" && model.architecture == name) {
            ofArchitecture.push_back(&model);
        }
    }
    if (ofArchitecture.size() == 1) {
        return *ofArchitecture.front();
    }
    return Error{
        ErrorCode::NotFound,
        "There is no registered model '" + name + "'. Backbones: " + namesOf(*models, "backbone")
            + "; bundles: " + namesOf(*models, "bundle") + ".",
        {{"model", name}}};
}

Result<StoredModel> findBackbone(const std::string& nameOrPath, bool selfWouldDo)
{
    return guarded("Looking for " + nameOrPath, [&]() -> Result<StoredModel> {
        std::error_code ignored;
        if ((nameOrPath.find('/') != std::string::npos || fs::path(nameOrPath).has_extension())
            && fs::exists(nameOrPath, ignored)) {
            return backboneAt(nameOrPath);
        }
        const Result<std::vector<StoredModel>> models = listStoredModels();
        GD_TRY(models);
        Result<StoredModel> model = findStoredModel(nameOrPath);
        if (model && model->kind == "backbone") {
            return model;
        }
        std::string message = "The guide needs the weights of the ViT '" + nameOrPath
                              + "', and they are not registered (registered: "
                              + namesOf(*models, "backbone") + "): " + howToAdd();
        message +=
            selfWouldDo ? ". Or train without downloaded weights: --set guide.source=self." : ".";
        return Error{ErrorCode::NotFound, message, {{"backbone", nameOrPath}}};
    });
}

Result<StoredModel>
addModel(const fs::path& fileOrFolder, const std::string& name, bool acceptLicence)
{
    return guarded("Adding " + fileOrFolder.string(), [&]() -> Result<StoredModel> {
        std::error_code error;
        if (!fs::exists(fileOrFolder, error)) {
            return Error{
                ErrorCode::NotFound,
                "There is no file or folder '" + fileOrFolder.string() + "'.",
                {}};
        }
        const fs::path config = fileOrFolder / "config.json";
        if (fs::is_directory(fileOrFolder) && fs::exists(config)) {
            const Json json = valueOrThrow(
                parseJsonObject(valueOrThrow(readFile(config, 64 << 20)), config.string()));
            if (json.value("kind", "") == "guidino-bundle") {
                return addBundle(fileOrFolder, name);
            }
        } else if (fileOrFolder.extension() == ".zip") {
            return addBundle(fileOrFolder, name);
        }
        // Strictly: names and shapes of every tensor, by filling a model.
        const nn::Checkpoint checkpoint = valueOrThrow(nn::readCheckpoint(fileOrFolder));
        const nn::VitState state = valueOrThrow(nn::readVitState(checkpoint));
        {
            nn::VisionTransformer vit(state.config);
            GD_TRY(nn::loadVitState(vit, state.tensors));
        }
        StoredModel model;
        model.kind = "backbone";
        model.vit = state.config;
        model.architecture = architectureName(state.config);
        model.name = name.empty() ? model.architecture : name;
        GD_TRY(checkName(model.name));
        model.origin = fs::absolute(fileOrFolder).lexically_normal().filename().string();
        if (state.config.family == nn::VitConfig::Family::DinoV3) {
            if (!acceptLicence) {
                return Error{
                    ErrorCode::Usage,
                    fileOrFolder.string() + " holds DINOv3 weights, which come under the "
                        + kDinov3Licence + " (" + kDinov3LicenceUrl
                        + "). Read it, then add --accept-licence.",
                    {{"licence", kDinov3Licence}}};
            }
            model.licence = kDinov3Licence;
            model.licenceAccepted = nowUtc();
        } else {
            model.licence = "Apache-2.0";
        }
        model.sha256 = valueOrThrow(hashOf(fileOrFolder));
        const std::string extension = fileOrFolder.extension().string();
        model.weights = fs::is_directory(fileOrFolder) ? "weights" : "weights" + extension;
        Result<FolderSwap> swap = FolderSwap::create(storeFolder() / model.name);
        if (!swap) {
            return swap.error();
        }
        GD_TRY(copyWeights(fileOrFolder, swap->folder() / model.weights));
        GD_TRY(
            writeFileAtomically(swap->folder() / "model.json", jsonOfModel(model).dump(2) + "\n"));
        GD_TRY(swap->commit());
        return readStored(storeFolder() / model.name);
    });
}

Result<StoredModel>
addRandomModel(const std::string& architecture, const std::string& name, std::int64_t seed)
{
    return guarded("Making a random " + architecture, [&]() -> Result<StoredModel> {
        Result<nn::VitConfig> config = nn::vitConfig(architecture);
        if (!config) {
            return Error{ErrorCode::Usage, config.error().message, {}};
        }
        StoredModel model;
        model.name = name.empty() ? architecture + "-random" : name;
        GD_TRY(checkName(model.name));
        // The CPU's generator alone: torch::manual_seed would look for GPUs.
        at::Generator generator = at::globalContext().defaultGenerator(torch::kCPU);
        {
            const std::lock_guard<std::mutex> lock(generator.mutex());
            generator.set_current_seed(static_cast<std::uint64_t>(seed));
        }
        nn::VisionTransformer vit(*config);
        model.kind = "backbone";
        model.vit = *config;
        model.architecture = architecture;
        model.origin = "random, seed " + std::to_string(seed);
        model.weights = "weights.safetensors";
        Result<FolderSwap> swap = FolderSwap::create(storeFolder() / model.name);
        if (!swap) {
            return swap.error();
        }
        GD_TRY(nn::writeSafetensors(
            swap->folder() / model.weights,
            nn::toMeta(vit),
            {{"format", "pt"}, {"origin", model.origin}}));
        model.sha256 = valueOrThrow(sha256OfFile(swap->folder() / model.weights));
        GD_TRY(
            writeFileAtomically(swap->folder() / "model.json", jsonOfModel(model).dump(2) + "\n"));
        GD_TRY(swap->commit());
        return readStored(storeFolder() / model.name);
    });
}

Result<void> removeModel(const std::string& name)
{
    const Result<StoredModel> model = findStoredModel(name);
    GD_TRY(model);
    if (model->name != name) {
        return Error{
            ErrorCode::NotFound,
            "There is no registered model '" + name + "' (its architecture is that of '"
                + model->name + "').",
            {}};
    }
    std::error_code error;
    fs::remove_all(model->folder, error);
    if (error) {
        return Error{
            ErrorCode::CannotWrite,
            "Cannot remove " + model->folder.string() + ": " + error.message() + ".",
            {}};
    }
    return {};
}

Result<fs::path> findBundle(const fs::path& nameOrPath)
{
    std::error_code error;
    if (fs::exists(nameOrPath, error)) {
        return nameOrPath;
    }
    const Result<std::vector<StoredModel>> models = listStoredModels();
    GD_TRY(models);
    for (const StoredModel& model : *models) {
        if (model.name == nameOrPath.string() && model.kind == "bundle") {
            return model.weights;
        }
    }
    return Error{
        ErrorCode::NotFound,
        "There is no model bundle '" + nameOrPath.string()
            + "': neither a folder or zip of that name nor a registered bundle (registered: "
            + namesOf(*models, "bundle") + ").",
        {{"model", nameOrPath.string()}}};
}

} // namespace guidino::engine
