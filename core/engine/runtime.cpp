// SPDX-License-Identifier: Apache-2.0
#include "core/engine/runtime.h"

#include "core/engine/architectures.h"
#include "core/engine/config_json.h"
#include "core/engine/devices.h"
#include "core/engine/explain.h"
#include "core/engine/guarded.h"
#include "core/engine/model_export.h"
#include "core/engine/model_files.h"
#include "core/engine/model_store.h"
#include "core/engine/predict_folder.h"
#include "core/nn/verify/verify.h"

#ifdef GUIDINO_HAS_IMAGING
#include "core/engine/calibrate.h"
#include "core/engine/session.h"
#endif
#ifdef GUIDINO_HAS_TRAINING
#include "core/engine/training_run.h"
#endif

#include <torch/torch.h>

namespace guidino::engine {

namespace {

#if !defined(GUIDINO_HAS_IMAGING)
Error noImaging(const std::string& what)
{
    return Error{
        ErrorCode::Usage,
        what + " needs image files, and this program was built without them.",
        {}};
}
#endif

std::string describe(const StoredModel& model)
{
    Json json;
    json["name"] = model.name;
    json["kind"] = model.kind;
    json["architecture"] = model.architecture;
    json["sha256"] = model.sha256;
    json["origin"] = model.origin;
    json["licence"] = model.licence;
    json["licence_accepted"] = model.licenceAccepted;
    json["path"] = model.weights.string();
    return json.dump(2);
}

class LibTorchRuntime final : public Runtime
{
public:
    [[nodiscard]] std::string version() const override
    {
        return std::string("guidino ") + GUIDINO_VERSION + ", LibTorch " + TORCH_VERSION;
    }

    [[nodiscard]] std::vector<DeviceInfo> devices() override
    {
        try {
            return findDevices();
        } catch (...) {
            return {};
        }
    }

    [[nodiscard]] Result<TrainOutcome>
    train(const TrainRequest& request, JobContext& context) override
    {
#ifdef GUIDINO_HAS_TRAINING
        return guarded("Training", [&] { return runTraining(request, context); });
#else
        static_cast<void>(request);
        static_cast<void>(context);
        return Error{ErrorCode::Internal, "This runtime was built without training.", {}};
#endif
    }

    [[nodiscard]] Result<PredictOutcome>
    predict(const PredictRequest& request, JobContext& context) override
    {
        return guarded("Prediction", [&] { return predictFolder(request, context); });
    }

    [[nodiscard]] Result<void> explain(const ExplainRequest& request, JobContext& context) override
    {
        return guarded("Explanation", [&] { return engine::explain(request, context); });
    }

    [[nodiscard]] std::vector<VerifyCase>
    verify(const VerifyRequest& request, JobContext& context) override;

    [[nodiscard]] Result<std::unique_ptr<Session>>
    openSession(const std::filesystem::path& model, const std::string& device, int threads) override
    {
#ifdef GUIDINO_HAS_IMAGING
        return guarded(
            "Loading the model", [&] { return openModelSession(model, device, threads); });
#else
        static_cast<void>(model);
        static_cast<void>(device);
        static_cast<void>(threads);
        return noImaging("Serving");
#endif
    }

    [[nodiscard]] Result<std::string> modelsList() override
    {
        return guarded("Listing models", [] { return listModelsJson(); });
    }

    [[nodiscard]] Result<std::string>
    modelsArchitectures(int size, const std::string& only) override
    {
        return architecturesJson(size, only);
    }

    [[nodiscard]] Result<std::string> modelsShow(const std::filesystem::path& file) override
    {
        return showModelFile(file);
    }

    [[nodiscard]] Result<std::string> modelsAdd(
        const std::filesystem::path& file, const std::string& name, bool acceptLicence) override
    {
        return described(addModel(file, name, acceptLicence));
    }

    [[nodiscard]] Result<std::string> modelsAddRandom(
        const std::string& architecture, const std::string& name, std::int64_t seed) override
    {
        return described(addRandomModel(architecture, name, seed));
    }

    [[nodiscard]] Result<std::string> modelsRemove(const std::string& name) override
    {
        return guarded("Removing " + name, [&]() -> Result<std::string> {
            GD_TRY(removeModel(name));
            return Json{{"removed", name}}.dump(2);
        });
    }

    [[nodiscard]] Result<std::string> modelsImport(
        const std::filesystem::path& file,
        const std::string& architecture,
        const std::filesystem::path& out) override
    {
        return importCheckpoint(file, architecture, out);
    }

    [[nodiscard]] Result<std::string> modelsExport(
        const std::filesystem::path& model,
        const std::filesystem::path& out,
        const std::string& format) override
    {
        return exportBundle(model, out, format);
    }

    [[nodiscard]] Result<std::string>
    modelsCalibrate(const CalibrateRequest& request, JobContext& context) override
    {
#ifdef GUIDINO_HAS_IMAGING
        return calibrateBundle(request, context);
#else
        static_cast<void>(request);
        static_cast<void>(context);
        return noImaging("models calibrate");
#endif
    }

private:
    static Result<std::string> described(const Result<StoredModel>& model)
    {
        GD_TRY(model);
        return describe(*model);
    }
};

std::vector<VerifyCase> LibTorchRuntime::verify(const VerifyRequest& request, JobContext& context)
{
    std::vector<VerifyCase> cases;
    const Result<std::string> device = chooseDevice(request.device);
    if (!device) {
        return {{"device", "failed", device.error().message}};
    }
    if (request.precision != "fp32" && request.precision != "bf16") {
        return {{"precision", "failed", "The precision must be fp32 or bf16."}};
    }
    const auto dtype = request.precision == "bf16" ? torch::kBFloat16 : torch::kFloat32;
    std::int64_t step = 0;
    for (const std::filesystem::path& path : request.paths) {
        context.progress({"verify", step++, std::int64_t(request.paths.size()), -1, path.string()});
        try {
            for (nn::verify::CaseResult& one :
                 nn::verify::verifyPath(path, torch::Device(*device), dtype)) {
                cases.push_back({one.name, one.status, one.error});
            }
        } catch (...) {
            cases.push_back(
                {path.stem().string(), "failed", errorOfCurrentException("Verification").message});
        }
    }
    return cases;
}

} // namespace

} // namespace guidino::engine

guidino::engine::Runtime* guidino_runtime_v1()
{
    static guidino::engine::LibTorchRuntime runtime;
    return &runtime;
}
