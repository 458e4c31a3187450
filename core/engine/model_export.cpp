// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model_export.h"

#include "core/base/file.h"
#include "core/engine/bundle.h"
#include "core/engine/config_json.h"
#include "core/engine/folder_swap.h"
#include "core/engine/guarded.h"
#include "core/engine/model_store.h"
#include "core/engine/weights.h"
#include "core/nn/backbones/published.h"
#include "core/nn/backbones/registry.h"
#include "core/nn/dino/vit.h"
#include "core/nn/io/safetensors.h"

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/torch.h>

#include <charconv>

namespace guidino::engine {

namespace fs = std::filesystem;

namespace {

constexpr const char* kNotice =
    "This file contains weights of Meta's DINOv3 or weights made from them. They are DINO "
    "Materials "
    "under the DINOv3 License (19 August 2025): "
    "https://ai.meta.com/resources/models-and-libraries/dinov3-license/\n"
    "Whoever passes this file on does so under that same agreement only and includes a copy of it. "
    "Publications acknowledge the use of DINOv3. Research use only, not a medical device.\n";

constexpr double kTraceTolerance = 1e-4; // relative; other kernels than the untraced ones

/// All names of a tensor in the reference's state dict.
std::vector<std::string> upstreamKeys(const nn::Architecture& network, const std::string& key)
{
    if (key.starts_with("network.")) {
        const std::string bare = key.substr(8);
        return network.reference_keys ? network.reference_keys(bare)
                                      : std::vector<std::string>{bare};
    }
    const std::string vit = "guide.guide_backbone.";
    if (network.reads_tokens && network.guide != nn::GuideUse::Always && key.starts_with(vit)) {
        return {"backbone." + key.substr(vit.size())};
    }
    return {key.starts_with("guide.") ? key.substr(6) : key};
}

struct ExportRequest
{
    fs::path model;
    fs::path out;
    std::string format;
    bool includeBackbone = false;
    int size = 0; ///< of TorchScript; 0: the training's
};

std::string formatByName(const fs::path& out)
{
    const std::string extension = out.extension().string();
    return extension == ".zip"           ? "zip"
           : extension == ".safetensors" ? "safetensors"
           : extension == ".pt"          ? "torchscript"
                                         : "folder";
}

/// NAME[:SIDE][+backbone].
Result<ExportRequest>
requestOf(const fs::path& model, const fs::path& out, const std::string& format)
{
    ExportRequest request;
    request.model = model;
    request.out = out;
    request.format = format;
    const std::string backbone = "+backbone";
    if (request.format.ends_with(backbone)) {
        request.includeBackbone = true;
        request.format.resize(request.format.size() - backbone.size());
    }
    if (const auto colon = request.format.find(':'); colon != std::string::npos) {
        const std::string side = request.format.substr(colon + 1);
        const char* end = side.data() + side.size();
        const auto read = std::from_chars(side.data(), end, request.size);
        if (read.ec != std::errc() || read.ptr != end || request.size < 32 || request.size > 4096) {
            return Error{
                ErrorCode::Usage, "The size must be 32 to 4096 pixels, not '" + side + "'.", {}};
        }
        request.format.resize(colon);
    }
    if (request.format.empty()) {
        request.format = formatByName(out);
    }
    return request;
}

/// Whether what is written holds weights of a DINOv3 backbone. A random backbone has its shape, and
/// what was trained from which cannot be told from the numbers: the cautious answer.
bool holdsDinov3(const Bundle& bundle, const std::string& format)
{
    if (!needsBackbone(bundle.config) || format == "peft") {
        return false;
    }
    const bool isInside = bundle.config.guide.train_backbone || format == "torchscript";
    return isInside && bundle.config.guide.source != "dinov2";
}

fs::path noticeBeside(const fs::path& out)
{
    fs::path notice = out;
    notice += ".LICENCE-DINOv3.txt";
    return notice;
}

Json description(const Bundle& bundle, const nn::SystemConfig& config)
{
    Json json;
    json["system"] = config.system;
    json["classes"] = Json::array();
    for (const BundleClass& one : bundle.classes) {
        json["classes"].push_back({{"index", one.index}, {"name", one.name}});
    }
    json["sha256"] = bundle.sha256;
    json["config"] = jsonOf(config);
    json["notice"] = "Research use only, not a medical device.";
    return json;
}

Status copyFolder(const fs::path& from, const fs::path& out, const std::string& notice)
{
    Result<FolderSwap> swap = FolderSwap::create(out);
    if (!swap) {
        return swap.error();
    }
    std::error_code error;
    fs::copy(
        from,
        swap->folder(),
        fs::copy_options::recursive | fs::copy_options::overwrite_existing,
        error);
    if (error) {
        return Error{
            ErrorCode::CannotWrite,
            "Cannot write " + out.string() + ": " + error.message() + ".",
            {}};
    }
    if (!notice.empty()) {
        GD_TRY(writeFileAtomically(swap->folder() / "LICENCE-DINOv3.txt", notice));
    }
    return swap->commit();
}

Status writeStateDict(const Bundle& bundle, const fs::path& out, const std::string& notice)
{
    const nn::Architecture& network = nn::architecture(bundle.config.system);
    const nn::TensorFile weights =
        valueOrThrow(nn::readSafetensors(bundle.folder / "weights.safetensors"));
    nn::TensorMap upstream = nn::publishedBuffers(bundle.config);
    for (const auto& [key, tensor] : weights.tensors) {
        for (const std::string& name : upstreamKeys(network, key)) {
            upstream[name] = tensor.is_floating_point() ? tensor.to(torch::kFloat32) : tensor;
        }
    }
    std::map<std::string, std::string> metadata = {
        {"format", "pt"}, {"guidino_config", jsonOf(bundle.config).dump()}};
    if (!notice.empty()) {
        metadata["licence"] = notice;
    }
    return nn::writeSafetensors(out, upstream, metadata);
}

torch::Tensor logitsOf(nn::Segmenter& model, const torch::Tensor& image)
{
    return model.forward(image).logits.front();
}

/// The network as a program without modules: all weights are constants of its graph.
torch::jit::Module traced(nn::Segmenter& model, const torch::Tensor& image)
{
    const auto work = [&model](torch::jit::Stack inputs) -> torch::jit::Stack {
        return {logitsOf(model, inputs.at(0).toTensor())};
    };
    const auto noNames = [](const torch::Tensor&) { return std::string(); };
    const auto [state, outputs] = torch::jit::tracer::trace(
        {image}, work, noNames, /*strict=*/true, /*force_outplace=*/false, nullptr, {"image"});
    torch::jit::Module module("GuidinoSegmenter");
    state->graph->insertInput(0, "self")->setType(module._ivalue()->type());
    torch::jit::Function* forward = module._ivalue()->compilation_unit()->create_function(
        c10::QualifiedName(*module.type()->name(), "forward"), state->graph);
    module.type()->addMethod(forward);
    return module;
}

Result<Json>
writeTorchScript(const Bundle& bundle, const ExportRequest& request, const std::string& notice)
{
    const torch::NoGradGuard noGrad;
    const auto model = valueOrThrow(loadModel(bundle));
    const std::int64_t side =
        request.size > 0 ? request.size : std::int64_t{bundle.config.data.image_size};
    const std::vector<std::int64_t> shape = {1, bundle.config.network.in_channels, side, side};
    // Values do not matter, but a constant would hide a branch that looks at them.
    at::Generator generator = at::detail::createCPUGenerator(1);
    torch::jit::Module module = traced(*model, torch::randn(shape, generator));
    const torch::Tensor other = torch::randn(shape, generator);
    const torch::Tensor expected = logitsOf(*model, other);
    const torch::Tensor actual = module.forward({other}).toTensor();
    const double scale = std::max(1.0, expected.abs().max().item<double>());
    const double error = (actual - expected).abs().max().item<double>() / scale;
    if (!(error <= kTraceTolerance)) {
        return Error{
            ErrorCode::Internal,
            "The traced program of " + bundle.config.system + " differs from the network by "
                + std::to_string(error) + ".",
            {}};
    }
    Json about = description(bundle, bundle.config);
    about["input"] = {
        {"name", "image"},
        {"shape", shape},
        {"dtype", "float32"},
        {"channels", bundle.config.preprocessing.channel_order}};
    about["output"] = {{"name", "logits"}, {"shape", expected.sizes().vec()}};
    torch::jit::ExtraFilesMap extra = {{"guidino.json", about.dump(2)}};
    if (!notice.empty()) {
        extra["LICENCE-DINOv3.txt"] = notice;
    }
    fs::path part = request.out;
    part += ".part";
    std::error_code failure;
    try {
        module.save(part.string(), extra);
        fs::rename(part, request.out, failure);
    } catch (const c10::Error&) {
        failure = std::make_error_code(std::errc::io_error);
    }
    if (failure) {
        std::error_code ignored;
        fs::remove(part, ignored);
        return Error{
            ErrorCode::CannotWrite,
            "Cannot write " + request.out.string() + ": " + failure.message() + ".",
            {}};
    }
    return Json{{"input", shape}, {"largest_difference", error}};
}

Status checkRequest(const Bundle& bundle, const ExportRequest& request, const std::string& format)
{
    if (holdsDinov3(bundle, format) && !request.includeBackbone) {
        return Error{
            ErrorCode::Usage,
            "As " + format
                + " this model contains weights of DINOv3 or made from them. Who may pass them on, "
                  "and how, says the DINOv3 License: add --include-backbone if that is meant.",
            {{"licence", "DINOv3 License"}}};
    }
    if (request.size != 0 && format != "torchscript") {
        return Error{ErrorCode::Usage, "Only torchscript is made for one size.", {}};
    }
    if (format == "peft" && !bundle.config.lora.enabled) {
        return Error{
            ErrorCode::BadInput, bundle.path.string() + ": has no LoRA adapter to export.", {}};
    }
    return {};
}

} // namespace

Result<std::string>
exportBundle(const fs::path& model, const fs::path& out, const std::string& wantedFormat)
{
    return guarded("Exporting " + model.string(), [&]() -> Result<std::string> {
        const ExportRequest request = valueOrThrow(requestOf(model, out, wantedFormat));
        const std::string& format = request.format;
        Bundle bundle = valueOrThrow(readBundle(valueOrThrow(findBundle(model))));
        GD_TRY(checkRequest(bundle, request, format));
        const std::string notice = holdsDinov3(bundle, format) ? kNotice : "";
        Json answer = {{"file", request.out.string()}, {"format", format}};
        if (format == "zip") {
            GD_TRY(writeBundleZip(bundle, request.out));
        } else if (format == "folder" || format == "peft") {
            const bool isPeft = format == "peft";
            GD_TRY(copyFolder(
                isPeft ? bundle.folder / "adapter" : bundle.folder, request.out, notice));
        } else if (format == "bf16") {
            const auto loaded = valueOrThrow(loadModel(bundle));
            GD_TRY(writeBundle(bundle, *loaded, request.out, WeightPrecision::Bf16));
        } else if (format == "safetensors") {
            GD_TRY(writeStateDict(bundle, request.out, notice));
        } else if (format == "torchscript") {
            answer.update(valueOrThrow(writeTorchScript(bundle, request, notice)));
        } else {
            return Error{
                ErrorCode::Usage,
                "Unknown format '" + format
                    + "': use safetensors, torchscript, peft, zip, folder or bf16.",
                {}};
        }
        if (!notice.empty()) {
            GD_TRY(writeFileAtomically(noticeBeside(request.out), notice));
            answer["notice"] = noticeBeside(request.out).string();
        }
        answer["sha256"] = bundle.sha256;
        return answer.dump(2);
    });
}

} // namespace guidino::engine
