// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model_files.h"

#include "core/base/file.h"
#include "core/engine/bundle.h"
#include "core/engine/config.h"
#include "core/engine/config_json.h"
#include "core/engine/folder_swap.h"
#include "core/engine/guarded.h"
#include "core/engine/model_store.h"
#include "core/engine/recognise.h"
#include "core/engine/weights.h"
#include "core/engine/zip_folder.h"
#include "core/nn/backbones/published.h"
#include "core/nn/backbones/registry.h"
#include "core/nn/dino/vit.h"
#include "core/nn/io/checkpoint.h"
#include "core/nn/io/safetensors.h"
#include "core/nn/lora/lora.h"

#include <torch/torch.h>

#include <algorithm>

namespace guidino::engine {

namespace fs = std::filesystem;

namespace {

Error bad(const fs::path& file, const std::string& what)
{
    return Error{ErrorCode::BadInput, file.string() + ": " + what + ".", {{"file", file.string()}}};
}

std::string dtypeName(torch::ScalarType type)
{
    switch (type) {
    case torch::kFloat64:
        return "float64";
    case torch::kFloat32:
        return "float32";
    case torch::kFloat16:
        return "float16";
    case torch::kBFloat16:
        return "bfloat16";
    case torch::kInt64:
        return "int64";
    case torch::kInt32:
        return "int32";
    case torch::kInt16:
        return "int16";
    case torch::kInt8:
        return "int8";
    case torch::kUInt8:
        return "uint8";
    case torch::kBool:
        return "bool";
    default:
        return c10::toString(type);
    }
}

/// Lists tensors and counts floating-point numbers.
void addTensors(const nn::TensorMap& tensors, Json& json)
{
    std::int64_t parameters = 0;
    Json list = Json::array();
    for (const auto& [name, tensor] : tensors) {
        list.push_back(
            {{"name", name},
             {"shape", tensor.sizes().vec()},
             {"dtype", dtypeName(tensor.scalar_type())}});
        parameters += tensor.is_floating_point() ? tensor.numel() : 0;
    }
    json["parameters"] = parameters;
    json["tensor_count"] = tensors.size();
    json["tensors"] = std::move(list);
}

Result<std::string> showBundle(const fs::path& path)
{
    const Bundle bundle = valueOrThrow(readBundle(path));
    const nn::TensorFile weights =
        valueOrThrow(nn::readSafetensors(bundle.folder / "weights.safetensors"));
    Json json;
    json["file"] = path.string();
    json["kind"] = "bundle";
    json["format"] = bundle.unpacked ? "zip" : "folder";
    json["architecture"] = bundle.config.system;
    json["profile"] = bundle.config.profile;
    json["sha256"] = bundle.sha256;
    json["classes"] = Json::array();
    for (const BundleClass& one : bundle.classes) {
        json["classes"].push_back(
            {{"index", one.index}, {"name", one.name}, {"colour", one.colour}});
    }
    json["guide_backbone"] = bundle.backbone.name.empty()
                                 ? Json(nullptr)
                                 : Json{
                                     {"name", bundle.backbone.name},
                                     {"architecture", bundle.backbone.architecture},
                                     {"sha256", bundle.backbone.sha256}};
    json["config"] = jsonOf(bundle.config);
    json["training"] = Json::parse(bundle.training, nullptr, false);
    addTensors(weights.tensors, json);
    return json.dump(2);
}

bool isBundleFolder(const fs::path& path)
{
    const Result<std::string> text = readFile(path / "config.json", 64 << 20);
    if (!text) {
        return false;
    }
    const Json json = Json::parse(*text, nullptr, false);
    return json.is_object() && json.value("kind", "") == "guidino-bundle";
}

/// A path, or what a registered name stands for.
Result<fs::path> resolved(const fs::path& file)
{
    std::error_code ignored;
    if (fs::exists(file, ignored)) {
        return file;
    }
    const Result<StoredModel> stored = findStoredModel(file.string());
    if (stored) {
        return stored->weights;
    }
    return Error{
        ErrorCode::NotFound,
        "There is no file, folder or registered model '" + file.string() + "'.",
        {{"file", file.string()}}};
}

/// The registered backbone with tokens of D channels, the configured one first.
std::optional<StoredModel> backboneOfWidth(const std::string& preferred, std::int64_t width)
{
    const Result<StoredModel> named = findStoredModel(preferred);
    if (named && named->kind == "backbone" && named->vit.embed_dim == width) {
        return *named;
    }
    if (const Result<std::vector<StoredModel>> models = listStoredModels()) {
        for (const StoredModel& model : *models) {
            if (model.kind == "backbone" && model.vit.embed_dim == width) {
                return model;
            }
        }
    }
    return std::nullopt;
}

/// An architecture of that width to stand in for weights that are not registered: only its shape
/// counts.
nn::VitConfig vitOfWidth(std::int64_t width)
{
    for (const char* name : {"vits16", "vitb16", "vitl16"}) {
        Result<nn::VitConfig> config = nn::vitConfig(name);
        if (config && config->embed_dim == width) {
            return *config;
        }
    }
    nn::VitConfig config;
    config.name = "vit-" + std::to_string(width);
    config.embed_dim = static_cast<int>(width);
    config.depth = 1;
    config.num_heads = static_cast<int>(std::max<std::int64_t>(1, width / 64));
    config.ffn_hidden = static_cast<int>(4 * width);
    return config;
}

std::string adapterConfig(const nn::LoraConfig& lora)
{
    Json modules = Json::array();
    for (const std::string& target : lora.targets) {
        if (target == "mlp") {
            modules.push_back("up_proj");
            modules.push_back("down_proj");
        } else {
            modules.push_back(target + "_proj");
        }
    }
    return Json{
        {"peft_type", "LORA"},
        {"r", lora.rank},
        {"lora_alpha", lora.alpha},
        {"lora_dropout", lora.dropout},
        {"bias", "none"},
        {"target_modules", modules}}
        .dump();
}

/// Channels of the guide backbone's features that the tensors expect.
std::int64_t tokenWidth(const Recognition& recognition, const nn::SystemConfig& config)
{
    if (nn::usesGuide(config)) {
        return recognition.network
            .at(config.guide.per_class ? "guide.tokenbooks.0.book" : "guide.tokenbook.book")
            .size(1);
    }
    nn::TensorMap bare;
    for (const auto& [key, tensor] : recognition.network) {
        bare[key.substr(std::min<std::size_t>(key.size(), 8))] = tensor; // "network."
    }
    return nn::architecture(config.system).token_dim(nn::NetworkState(bare));
}

/// The guide backbone of an imported network, as a module and as what the bundle refers to.
std::shared_ptr<nn::VisionTransformer>
importBackbone(const Recognition& recognition, Bundle& bundle, Json& report)
{
    nn::SystemConfig& config = bundle.config;
    if (!needsBackbone(config)) {
        return nullptr;
    }
    // Decoders of a ViT are published with the ViT that was trained along.
    const bool isDecoder = nn::architecture(config.system).reads_tokens && !nn::usesGuide(config)
                           && recognition.adapter.empty();
    config.guide.train_backbone = isDecoder && !recognition.backbone.empty();
    if (config.guide.train_backbone) {
        nn::Checkpoint whole;
        whole.tensors = recognition.backbone;
        const nn::VitState state = valueOrThrow(nn::readVitState(whole));
        auto vit = std::make_shared<nn::VisionTransformer>(state.config);
        if (const auto status = nn::loadVitState(*vit, state.tensors); !status) {
            throw ErrorException{status.error()};
        }
        config.guide.backbone = state.config.name;
        bundle.backbone = {state.config.name, state.config.name, ""};
        report["guide_backbone"] = {
            {"name", state.config.name}, {"registered", false}, {"inside", true}};
        return vit;
    }
    const std::int64_t width = tokenWidth(recognition, config);
    if (const auto stored = backboneOfWidth(config.guide.backbone, width)) {
        config.guide.backbone = stored->name;
        if (nn::usesGuide(config)) {
            config.guide.source =
                stored->vit.family == nn::VitConfig::Family::DinoV2 ? "dinov2" : "dinov3";
        }
        bundle.backbone = {stored->name, stored->architecture, stored->sha256};
        report["guide_backbone"] = {{"name", stored->name}, {"registered", true}};
        return valueOrThrow(loadBackbone(stored->weights, config.guide));
    }
    const nn::VitConfig vit = vitOfWidth(width);
    config.guide.backbone = vit.name;
    bundle.backbone = {vit.name, vit.name, ""};
    report["guide_backbone"] = {
        {"name", vit.name},
        {"registered", false},
        {"hint",
         "add the backbone's weights before predicting: guidino models add FILE --accept-licence"}};
    return std::make_shared<nn::VisionTransformer>(vit);
}

/// The configuration that our own export wrote beside the tensors: shapes do not tell all of it.
nn::SystemConfig
ownConfig(const nn::Checkpoint& checkpoint, const Recognition& found, const std::string& source)
{
    nn::SystemConfig told = configOf(found, source);
    const auto text = checkpoint.info.find("guidino_config");
    if (text == checkpoint.info.end()) {
        return told;
    }
    Result<nn::SystemConfig> written = parseSystemConfig(text->second, source);
    if (!written || written->system != told.system) {
        return told;
    }
    // Where the ViT lies is this machine's business.
    written->guide.backbone = told.guide.backbone;
    return *written;
}

/// A classifier's tensors as what the wanted network can begin with; `report` then has
/// "pretrained".
Recognition
fromClassifier(const nn::Checkpoint& checkpoint, const std::string& wanted, Json& report)
{
    Recognition found;
    found.kind = "unknown";
    for (const nn::Architecture& network : nn::architectures()) {
        const bool isCandidate = wanted.empty() || wanted == network.name;
        if (!isCandidate) {
            continue;
        }
        nn::TensorMap bare;
        for (const auto& [key, tensor] : checkpoint.tensors) {
            bare[key.starts_with("module.") ? key.substr(7) : key] = tensor;
        }
        for (const auto& [key, tensor] : nn::fromClassifier(network.name, bare)) {
            found.network["network." + key] = tensor;
        }
        if (!found.network.empty()) {
            found.kind = "network";
            found.architecture = network.name;
            report["pretrained"] = true;
            break;
        }
    }
    return found;
}

/// Copies what fits by name and shape; the rest keeps its fresh weights. As the references do.
void fillFrom(const nn::TensorMap& tensors, nn::Segmenter& model, Json& report)
{
    const torch::NoGradGuard noGrad;
    Json filled = Json::array();
    Json fresh = Json::array();
    Json misshaped = Json::array();
    Json unused = Json::array();
    nn::TensorMap own = stateOf(model, false);
    for (auto& [key, tensor] : own) {
        const auto found = tensors.find(key);
        if (found == tensors.end()) {
            fresh.push_back(key);
        } else if (found->second.sizes() != tensor.sizes()) {
            misshaped.push_back(key);
        } else {
            tensor.copy_(found->second);
            filled.push_back(key);
        }
    }
    for (const auto& [key, tensor] : tensors) {
        if (!own.contains(key)) {
            unused.push_back(key);
        }
    }
    report["filled"] = std::move(filled);
    report["fresh"] = std::move(fresh);
    report["of_another_shape"] = std::move(misshaped);
    report["unused"] = std::move(unused);
}

Status checkArchitecture(const fs::path& file, const Recognition& found, const std::string& wanted)
{
    std::string names;
    for (const std::string& name : nn::architectureNames()) {
        names += (names.empty() ? "" : ", ") + name;
    }
    if (!wanted.empty() && nn::findArchitecture(wanted) == nullptr) {
        return Error{
            ErrorCode::Usage,
            "Unknown architecture '" + wanted + "': use one of " + names + ".",
            {}};
    }
    if (found.kind == "backbone") {
        return bad(
            file,
            "holds a ViT (" + found.architecture + "): register it with `guidino models add FILE`");
    }
    if (found.kind != "network") {
        return bad(file, "the tensors are of no network that is known here (" + names + ")");
    }
    if (!wanted.empty() && wanted != found.architecture) {
        return bad(file, "the tensors are those of " + found.architecture + ", not of " + wanted);
    }
    return {};
}

} // namespace

Result<std::string> showModelFile(const fs::path& file)
{
    return guarded("Reading " + file.string(), [&]() -> Result<std::string> {
        const fs::path path = valueOrThrow(resolved(file));
        const bool isFolder = fs::is_directory(path);
        if (isFolder ? isBundleFolder(path) : path.extension() == ".zip") {
            return showBundle(path);
        }
        const nn::Checkpoint checkpoint = valueOrThrow(nn::readCheckpoint(path));
        const Recognition found = recognise(checkpoint);
        Json json;
        json["file"] = path.string();
        json["kind"] = found.kind;
        json["format"] = checkpoint.format;
        json["architecture"] =
            found.architecture.empty() ? Json(nullptr) : Json(found.architecture);
        if (found.vit) {
            json["vit"] = jsonOf(found.vit->config);
        }
        json["root"] = checkpoint.root;
        json["info"] = checkpoint.info;
        addTensors(checkpoint.tensors, json);
        return json.dump(2, ' ', false, Json::error_handler_t::replace);
    });
}

Result<std::string> listModelsJson()
{
    const Result<std::vector<StoredModel>> models = listStoredModels();
    GD_TRY(models);
    Json json;
    json["folder"] = (userDataFolder() / "models").string();
    json["models"] = Json::array();
    for (const StoredModel& model : *models) {
        json["models"].push_back(
            {{"name", model.name},
             {"kind", model.kind},
             {"architecture", model.architecture},
             {"sha256", model.sha256},
             {"origin", model.origin},
             {"licence", model.licence},
             {"licence_accepted", model.licenceAccepted},
             {"path", model.weights.string()}});
    }
    return json.dump(2);
}

Result<std::string>
importCheckpoint(const fs::path& file, const std::string& architecture, const fs::path& out)
{
    return guarded("Importing " + file.string(), [&]() -> Result<std::string> {
        const nn::Checkpoint checkpoint = valueOrThrow(nn::readCheckpoint(file));
        Recognition found = recognise(checkpoint, architecture);
        Json report;
        if (found.kind == "unknown") {
            found = fromClassifier(checkpoint, architecture, report);
        }
        GD_TRY(checkArchitecture(file, found, architecture));
        Bundle bundle;
        bundle.config = report.contains("pretrained")
                            ? valueOrThrow(loadSystemConfig(found.architecture, "", {}))
                            : ownConfig(checkpoint, found, file.string());
        report["architecture"] = found.architecture;
        report["guide_backbone"] = nullptr;
        std::shared_ptr<nn::VisionTransformer> vit = importBackbone(found, bundle, report);
        const auto model = assembleModel(bundle.config, vit);
        if (report.contains("pretrained")) {
            fillFrom(found.network, *model, report);
        } else {
            GD_TRY(loadState(*model, found.network, false, file.string()));
        }
        if (!found.adapter.empty() && vit) {
            GD_TRY(nn::setLora(*vit, found.adapter, adapterConfig(bundle.config.lora)));
        }
        bundle.classes.clear();
        for (int index = 1; index <= std::max(1, bundle.config.network.num_classes - 1); ++index) {
            BundleClass one;
            one.index = index;
            one.name = bundle.config.network.num_classes > 2 ? "class " + std::to_string(index)
                                                             : "foreground";
            bundle.classes.push_back(one);
        }
        Json training;
        training["imported_from"] = file.filename().string();
        for (const auto& [key, value] : checkpoint.info) {
            if (value.size() < 200) {
                training["info"][key] = value;
            }
        }
        bundle.training = training.dump(-1, ' ', false, Json::error_handler_t::replace);
        fs::path target = out;
        std::shared_ptr<const fs::path> scratch;
        if (out.empty()) {
            scratch = valueOrThrow(makeScratchFolder());
            target = *scratch / "bundle";
        }
        GD_TRY(writeBundle(bundle, *model, target));
        if (out.empty()) {
            target = valueOrThrow(addModel(target, file.stem().string(), false)).weights;
        }
        report["bundle"] = target.string();
        report["sha256"] = bundle.sha256;
        report["tensors"] = found.network.size();
        report["backbone_tensors_left_out"] =
            bundle.config.guide.train_backbone ? 0 : found.backbone.size();
        report["adapter_tensors"] = found.adapter.size();
        report["dropped"] = found.dropped;
        report["config"] = jsonOf(bundle.config);
        return report.dump(2);
    });
}

} // namespace guidino::engine
