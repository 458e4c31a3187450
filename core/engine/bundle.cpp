// SPDX-License-Identifier: Apache-2.0
#include "core/engine/bundle.h"

#include "core/base/file.h"
#include "core/base/sha256.h"
#include "core/engine/config_json.h"
#include "core/engine/folder_swap.h"
#include "core/engine/guarded.h"
#include "core/engine/model_store.h"
#include "core/engine/plugins.h"
#include "core/engine/weights.h"
#include "core/engine/zip_folder.h"
#include "core/nn/backbones/registry.h"
#include "core/nn/dino/vit.h"
#include "core/nn/io/safetensors.h"
#include "core/nn/lora/lora.h"

#include <torch/torch.h>

#include <fstream>
#include <set>

namespace guidino::engine {

namespace fs = std::filesystem;

namespace {

constexpr int kSchema = 1;
constexpr const char* kKind = "guidino-bundle";
constexpr std::uint64_t kMaxConfigBytes = 64 << 20;

Error bad(const fs::path& path, const std::string& what)
{
    return Error{ErrorCode::BadInput, path.string() + ": " + what + ".", {{"file", path.string()}}};
}

/// Whether the system also works on features of its own network.
bool selfWouldDo(const nn::SystemConfig& config)
{
    return !nn::architecture(config.system).reads_tokens;
}

Json classesJson(const std::vector<BundleClass>& classes)
{
    Json list = Json::array();
    for (const BundleClass& one : classes) {
        list.push_back({{"index", one.index}, {"name", one.name}, {"colour", one.colour}});
    }
    return list;
}

std::vector<BundleClass> classesFrom(const Json& list)
{
    std::vector<BundleClass> classes;
    for (const Json& item : list) {
        classes.push_back(
            {item.at("index").get<int>(),
             item.at("name").get<std::string>(),
             item.at("colour").get<std::array<std::uint8_t, 3>>()});
    }
    return classes;
}

Json objectFrom(const std::string& text)
{
    Json json = Json::parse(text, nullptr, false);
    return json.is_object() ? json : Json::object();
}

/// Classes must be 1 .. K - 1 (K > 1) or 1 (K = 1), each once.
Status checkClasses(const Bundle& bundle, const fs::path& path)
{
    const int count = std::max(1, bundle.config.network.num_classes - 1);
    std::set<int> indices;
    for (const BundleClass& one : bundle.classes) {
        indices.insert(one.index);
    }
    if (static_cast<int>(bundle.classes.size()) != count
        || static_cast<int>(indices.size()) != count || *indices.begin() != 1
        || *indices.rbegin() != count) {
        return bad(
            path,
            "names " + std::to_string(bundle.classes.size()) + " classes where the network has "
                + std::to_string(count));
    }
    return {};
}

Json bundleJson(const Bundle& bundle, WeightPrecision precision, const Json& vit)
{
    Json json;
    json["kind"] = kKind;
    json["schema"] = kSchema;
    json["guidino"] = GUIDINO_VERSION;
    json["config"] = jsonOf(bundle.config);
    if (Json plugins = Json::parse(neededPlugins(bundle.config)); !plugins.empty()) {
        json["plugins"] = std::move(plugins);
    }
    json["classes"] = classesJson(bundle.classes);
    json["modality"] = bundle.modality;
    json["image_statistics"] = objectFrom(bundle.imageStatistics);
    json["feature_statistics"] = objectFrom(bundle.featureStatistics);
    json["training"] = objectFrom(bundle.training);
    json["weights"] = {
        {"file", "weights.safetensors"},
        {"sha256", bundle.sha256},
        {"precision", precision == WeightPrecision::Bf16 ? "bf16" : "fp32"}};
    json["guide_backbone"] = nullptr;
    if (needsBackbone(bundle.config)) {
        json["guide_backbone"] = {
            {"name", bundle.backbone.name},
            {"architecture", bundle.backbone.architecture},
            {"sha256", bundle.backbone.sha256},
            {"vit", vit},
            {"inside", bundle.config.guide.train_backbone}};
    }
    json["adapter"] = bundle.config.lora.enabled ? Json("adapter") : Json(nullptr);
    const bool isDerived = needsBackbone(bundle.config)
                           && (bundle.config.guide.train_backbone || bundle.config.lora.enabled);
    json["licence"] = isDerived && vit.is_object() && vit.value("family", "") == "dinov3"
                          ? "Made from DINOv3 weights: the DINOv3 License applies to this bundle."
                          : "";
    json["notice"] = "Research use only, not a medical device.";
    return json;
}

Result<Bundle> bundleFrom(const Json& json, const fs::path& file)
{
    if (json.value("kind", "") != kKind) {
        return bad(file, "is no model bundle (\"kind\" is not \"guidino-bundle\")");
    }
    if (!json.contains("schema") || !json["schema"].is_number_integer()
        || json["schema"].get<int>() < 1) {
        return bad(file, "\"schema\" is missing");
    }
    if (json["schema"].get<int>() > kSchema) {
        return bad(
            file,
            "was written by a newer version (schema " + std::to_string(json["schema"].get<int>())
                + "); this one reads up to " + std::to_string(kSchema));
    }
    // Before the configuration, whose names are not known without them.
    GD_TRY(checkPlugins(json.value("plugins", Json::array()).dump(), file.parent_path().string()));
    Bundle bundle;
    Result<nn::SystemConfig> config = configFromJson(json.at("config"), file.string() + ": config");
    if (!config) {
        return Error{ErrorCode::BadInput, config.error().message, config.error().context};
    }
    bundle.config = *config;
    bundle.classes = classesFrom(json.at("classes"));
    bundle.modality = json.value("modality", std::string());
    bundle.imageStatistics = json.value("image_statistics", Json::object()).dump();
    bundle.featureStatistics = json.value("feature_statistics", Json::object()).dump();
    bundle.training = json.value("training", Json::object()).dump();
    bundle.sha256 = json.at("weights").at("sha256").get<std::string>();
    if (const Json& backbone = json.at("guide_backbone"); !backbone.is_null()) {
        bundle.backbone = {
            backbone.at("name").get<std::string>(),
            backbone.at("architecture").get<std::string>(),
            backbone.at("sha256").get<std::string>()};
    }
    GD_TRY(checkClasses(bundle, file));
    return bundle;
}

Json readBundleJson(const fs::path& folder)
{
    const fs::path file = folder / "config.json";
    return valueOrThrow(
        parseJsonObject(valueOrThrow(readFile(file, kMaxConfigBytes)), file.string()));
}

Result<Bundle> readFolder(const fs::path& folder)
{
    const fs::path file = folder / "config.json";
    if (!fs::exists(file)) {
        return bad(folder, "is no model bundle: it has no config.json");
    }
    const Result<std::string> text = readFile(file, kMaxConfigBytes);
    if (!text) {
        return text.error();
    }
    const Result<Json> json = parseJsonObject(*text, file.string());
    if (!json) {
        return Error{ErrorCode::BadInput, json.error().message, {{"file", file.string()}}};
    }
    Result<Bundle> bundle = bundleFrom(*json, file);
    if (!bundle) {
        return bundle.error();
    }
    const fs::path weights = folder / "weights.safetensors";
    if (!fs::exists(weights)) {
        return bad(folder, "has no weights.safetensors");
    }
    const Result<std::string> hash = sha256OfFile(weights);
    if (!hash) {
        return hash.error();
    }
    if (*hash != bundle->sha256) {
        return bad(
            weights,
            "is damaged or was exchanged: its SHA-256 is " + hash->substr(0, 12)
                + "..., config.json says " + bundle->sha256.substr(0, 12) + "...");
    }
    if (bundle->config.lora.enabled && !fs::is_directory(folder / "adapter")) {
        return bad(folder, "has no adapter folder, although it was trained with LoRA");
    }
    bundle->folder = folder;
    return bundle;
}

/// BN statistics, biases and the TokenBook stay in float32: they are small, and the guide moves in
/// steps of its prototypes' rounding (PIPELINE.md §5 D25).
nn::TensorMap rounded(nn::TensorMap state, WeightPrecision precision)
{
    if (precision == WeightPrecision::Fp32) {
        return state;
    }
    for (auto& [key, tensor] : state) {
        if (tensor.is_floating_point() && tensor.dim() >= 2
            && key.find("tokenbook") == std::string::npos) {
            tensor = tensor.to(torch::kBFloat16);
        }
    }
    return state;
}

/// The registered backbone of a bundle: by hash, else by name with the hash compared.
Result<StoredModel> backboneFor(const Bundle& bundle)
{
    const Result<std::vector<StoredModel>> stored = listStoredModels();
    if (stored) {
        for (const StoredModel& model : *stored) {
            if (model.kind == "backbone" && model.sha256 == bundle.backbone.sha256) {
                return model;
            }
        }
    }
    Result<StoredModel> named =
        findBackbone(bundle.config.guide.backbone, selfWouldDo(bundle.config));
    if (!named) {
        return named.error();
    }
    if (!bundle.backbone.sha256.empty() && named->sha256 != bundle.backbone.sha256) {
        return bad(
            bundle.path,
            "was trained with another guide backbone: it needs " + bundle.backbone.architecture
                + " with SHA-256 " + bundle.backbone.sha256.substr(0, 12) + "..., registered is '"
                + named->name + "' with " + named->sha256.substr(0, 12)
                + "...; add the right file with `guidino models add FILE --accept-licence`");
    }
    return named;
}

std::shared_ptr<nn::VisionTransformer> vitOf(const Bundle& bundle)
{
    if (!needsBackbone(bundle.config)) {
        return nullptr;
    }
    if (bundle.config.guide.train_backbone) {
        const Json json = readBundleJson(bundle.folder);
        return std::make_shared<nn::VisionTransformer>(
            vitConfigFrom(json.at("guide_backbone").at("vit")));
    }
    const StoredModel stored = valueOrThrow(backboneFor(bundle));
    return valueOrThrow(loadBackbone(stored.weights, bundle.config.guide));
}

} // namespace

Result<Bundle> readBundle(const fs::path& folderOrZip)
{
    return guarded("Reading " + folderOrZip.string(), [&]() -> Result<Bundle> {
        std::error_code error;
        if (!fs::exists(folderOrZip, error)) {
            return Error{
                ErrorCode::NotFound,
                "There is no model bundle '" + folderOrZip.string() + "'.",
                {{"file", folderOrZip.string()}}};
        }
        if (fs::is_directory(folderOrZip, error)) {
            Result<Bundle> bundle = readFolder(folderOrZip);
            if (bundle) {
                bundle->path = folderOrZip;
            }
            return bundle;
        }
        if (!isZip(folderOrZip)) {
            return bad(
                folderOrZip,
                "is no model bundle (a folder or zip). Foreign checkpoints are converted by "
                "`guidino "
                "models import`");
        }
        const auto scratch = valueOrThrow(makeScratchFolder());
        GD_TRY(unpackZip(folderOrZip, *scratch));
        if (!fs::exists(*scratch / "config.json")) {
            return bad(
                folderOrZip,
                "is no model bundle: it has no config.json. Foreign checkpoints are converted by "
                "`guidino models import`");
        }
        Result<Bundle> bundle = readFolder(*scratch);
        if (!bundle) {
            Error failure = bundle.error();
            if (const auto at = failure.message.find(scratch->string()); at != std::string::npos) {
                failure.message.replace(at, scratch->string().size(), folderOrZip.string());
            }
            return failure;
        }
        bundle->path = folderOrZip;
        bundle->unpacked = scratch;
        return bundle;
    });
}

Result<void> writeBundleStatistics(const Bundle& bundle)
{
    return guarded("Writing " + bundle.path.string(), [&]() -> Result<void> {
        if (bundle.unpacked) {
            return Error{
                ErrorCode::Usage,
                bundle.path.string()
                    + " is a zip, which is not changed: write it as a folder first with `guidino "
                      "models export`",
                {}};
        }
        Json json = readBundleJson(bundle.folder);
        json["modality"] = bundle.modality;
        json["feature_statistics"] = objectFrom(bundle.featureStatistics);
        GD_TRY(writeFileAtomically(bundle.folder / "config.json", json.dump(2) + "\n"));
        return {};
    });
}

Result<void>
writeBundle(Bundle& bundle, nn::Segmenter& model, const fs::path& folder, WeightPrecision precision)
{
    return guarded("Writing " + folder.string(), [&]() -> Result<void> {
        Result<FolderSwap> swap = FolderSwap::create(folder);
        if (!swap) {
            return swap.error();
        }
        nn::VisionTransformer* vit = model.guideBackbone();
        const fs::path weights = swap->folder() / "weights.safetensors";
        GD_TRY(nn::writeSafetensors(
            weights,
            rounded(stateOf(model, bundle.config.guide.train_backbone), precision),
            {{"format", "pt"}, {"producer", std::string("guidino ") + GUIDINO_VERSION}}));
        bundle.sha256 = valueOrThrow(sha256OfFile(weights));
        Json vitJson = nullptr;
        if (vit != nullptr) {
            vitJson = jsonOf(vit->config());
            if (bundle.config.lora.enabled) {
                GD_TRY(nn::writeLora(*vit, swap->folder() / "adapter", bundle.backbone.name));
            }
        }
        GD_TRY(checkClasses(bundle, folder));
        GD_TRY(writeFileAtomically(
            swap->folder() / "config.json", bundleJson(bundle, precision, vitJson).dump(2) + "\n"));
        GD_TRY(swap->commit());
        bundle.path = folder;
        bundle.folder = folder;
        bundle.unpacked.reset();
        return {};
    });
}

Result<void> writeBundleZip(const Bundle& bundle, const fs::path& zipFile)
{
    return packZip(bundle.folder, zipFile);
}

Result<BackboneReference> backboneOf(const nn::SystemConfig& config)
{
    if (!needsBackbone(config)) {
        return BackboneReference{};
    }
    const Result<StoredModel> stored = findBackbone(config.guide.backbone, selfWouldDo(config));
    if (!stored) {
        return stored.error();
    }
    return BackboneReference{stored->name, stored->architecture, stored->sha256};
}

Result<std::shared_ptr<nn::Segmenter>> makeModel(const nn::SystemConfig& config)
{
    using Model = std::shared_ptr<nn::Segmenter>;
    return guarded("Building " + config.system, [&]() -> Result<Model> {
        std::shared_ptr<nn::VisionTransformer> vit;
        if (needsBackbone(config)) {
            const StoredModel stored =
                valueOrThrow(findBackbone(config.guide.backbone, selfWouldDo(config)));
            vit = valueOrThrow(loadBackbone(stored.weights, config.guide));
        }
        return assembleModel(config, std::move(vit));
    });
}

Result<void> loadWeights(const Bundle& bundle, nn::Segmenter& model)
{
    return guarded("Loading " + bundle.path.string(), [&]() -> Result<void> {
        const fs::path file = bundle.folder / "weights.safetensors";
        const Result<nn::TensorFile> weights = nn::readSafetensors(file);
        if (!weights) {
            return weights.error();
        }
        GD_TRY(loadState(
            model, weights->tensors, bundle.config.guide.train_backbone, bundle.path.string()));
        if (bundle.config.lora.enabled) {
            nn::VisionTransformer* vit = model.guideBackbone();
            if (vit == nullptr) {
                return bad(bundle.path, "has an adapter, but the model has no guide backbone");
            }
            GD_TRY(nn::readLora(*vit, bundle.folder / "adapter"));
        }
        return {};
    });
}

Result<std::shared_ptr<nn::Segmenter>>
loadModel(const Bundle& bundle, const std::string& device, bool forPrediction)
{
    using Model = std::shared_ptr<nn::Segmenter>;
    return guarded("Loading " + bundle.path.string(), [&]() -> Result<Model> {
        Model model = assembleModel(bundle.config, vitOf(bundle));
        GD_TRY(loadWeights(bundle, *model));
        model->to(torch::Device(device));
        model->eval();
        if (forPrediction) {
            prepareForPrediction(*model);
        }
        return model;
    });
}

} // namespace guidino::engine
