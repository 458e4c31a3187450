// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"
#include "core/engine/plugins.h"
#include "core/engine/runtime.h"

#include <chrono>
#include <cstdio>
#include <fstream>
#include <new>
#include <stdexcept>
#include <thread>

/// A runtime without LibTorch for tests of the command line ($GUIDINO_RUNTIME names it). What it
/// does is in the names it is given: configurations succeed, slow, oom, throw, badconfig, disk;
/// images whose names contain bad, oom, slow, throw, large, full.
using namespace guidino;
using namespace guidino::engine;
namespace fs = std::filesystem;

namespace {

void sleepMs(int ms)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
}

Error outOfMemory()
{
    return Error{
        ErrorCode::OutOfDeviceMemory,
        "needed 3 GiB, free 1 GiB",
        {{"advice.training.batch_size", "2"}}};
}

class FakeSession : public Session
{
public:
    explicit FakeSession(std::string model)
        : m_model(std::move(model))
    {}

    Result<Answer> predict(const Request& request, JobContext& context) override
    {
        const std::string image = request.image.filename().string();
        std::printf("a library prints to stdout\n"); // must not get into the protocol
        std::fflush(stdout);
        context.progress({"predict", 0, 1, -1, image});
        if (image.find("bad") != std::string::npos) {
            return Error{ErrorCode::BadInput, "damaged", {{"file", image}}};
        }
        if (image.find("oom") != std::string::npos) {
            return outOfMemory();
        }
        if (image.find("throw") != std::string::npos) {
            throw std::bad_alloc();
        }
        if (image.find("stuck") != std::string::npos) {
            for (int i = 0; i < 600; ++i) {
                sleepMs(100);
            }
        }
        if (image.find("slow") != std::string::npos) {
            for (int i = 0; i < 100 && !context.isCancelled(); ++i) {
                sleepMs(20);
            }
        }
        if (context.isCancelled()) {
            return Error{ErrorCode::Cancelled, "cancelled", {}};
        }
        Answer answer;
        answer.labels = request.outFolder / "result-labels.png";
        if (auto written = writeFileAtomically(answer.labels, m_model + " " + image); !written) {
            return std::move(written).error();
        }
        answer.guideMean = request.prototypeWeights.empty() ? 0.5 : request.prototypeWeights[0];
        if (request.guide) {
            answer.guide = *request.guide;
        }
        if (request.wantPrototypeGroups) {
            answer.groups.resize(static_cast<std::size_t>(request.groups));
        }
        return answer;
    }

    std::string describe() const override { return "{\"system\":\"" + m_model + "\"}"; }

private:
    std::string m_model;
};

class FakeRuntime : public Runtime
{
public:
    std::string version() const override { return "fake"; }

    std::vector<DeviceInfo> devices() override
    {
        return {
            {"cpu", "CPU, fake", 1ULL << 34, 1ULL << 33, true, ""},
            {"cuda:0", "GPU, fake", 1ULL << 36, 1ULL << 35, false, "driver too old"}};
    }

    Result<TrainOutcome> train(const TrainRequest& request, JobContext& context) override
    {
        if (request.config == "badconfig") {
            return Error{ErrorCode::Configuration, "'epochz' is unknown, nearest is 'epochs'", {}};
        }
        if (request.config == "oom") {
            return outOfMemory();
        }
        if (request.config == "throw") {
            throw std::runtime_error("boom");
        }
        const fs::path counter = request.out / "checkpoint-a" / "step";
        int step = 0;
        std::ifstream(counter) >> step;
        const int steps = request.config == "slow" ? 400 : 6;
        for (; step < steps; ++step) {
            if (auto made = makeFolder(counter.parent_path()); !made) {
                return std::move(made).error();
            }
            const std::string text = std::to_string(step + 1);
            if (auto written = writeFileAtomically(counter, text); !written) {
                return std::move(written).error();
            }
            context.progress({"train", step + 1, steps, 1.5, "epoch 1/1"});
            context.metric("loss", 1.0 / (step + 1), step + 1, "train");
            if (context.isCancelled()) {
                return Error{ErrorCode::Cancelled, "cancelled after step " + text, {}};
            }
            if (context.stopAndKeep()) {
                break;
            }
            while (context.isPaused()) {
                sleepMs(10);
            }
            if (request.config == "slow") {
                sleepMs(25);
            }
        }
        context.metric("dsc", 0.5, step, "validation");
        context.checkpoint(request.out / "best", step, 0.5);
        context.warning("a remark");
        (void)makeFolder(request.out / "best");
        (void)writeFileAtomically(request.out / "metrics.csv", "epoch,step,dsc\n1,6,0.5\n");
        return TrainOutcome{request.out / "best", 0.5, "dsc", 1, false};
    }

    Result<PredictOutcome> predict(const PredictRequest& request, JobContext&) override
    {
        PredictOutcome outcome;
        outcome.predicted = 2;
        if (request.input.string().find("bad") != std::string::npos) {
            outcome.failures = {{"a.png", "'a.png' is damaged"}};
        }
        if (request.mirror && *request.mirror && request.overlap) {
            outcome.predicted = static_cast<std::int64_t>(request.prototypeWeights.size());
        }
        return outcome;
    }

    Result<void> explain(const ExplainRequest&, JobContext&) override { return {}; }

    std::vector<VerifyCase> verify(const VerifyRequest& request, JobContext&) override
    {
        std::vector<VerifyCase> cases;
        for (const fs::path& path : request.paths) {
            for (const char* status : {"ok", "failed", "unknown"}) {
                if (path.string().find(status) != std::string::npos) {
                    cases.push_back({path.stem().string() + " case", status, "why \"so\""});
                }
            }
        }
        return cases;
    }

    Result<std::unique_ptr<Session>>
    openSession(const fs::path& model, const std::string&, int) override
    {
        if (model == "nowhere") {
            return Error{ErrorCode::NotFound, "no model 'nowhere'", {}};
        }
        return std::unique_ptr<Session>(std::make_unique<FakeSession>(model.string()));
    }

    Result<std::string> modelsList() override
    {
        return std::string(R"([{"name":"vits16","bytes":12},{"name":"demo","bytes":3456}])");
    }

    Result<std::string> modelsArchitectures(int size, const std::string& only) override
    {
        return R"({"size": )" + std::to_string(size) + R"(, "architectures": [{"name": ")"
               + (only.empty() ? "unet" : only)
               + R"(", "parameters": 7763041, "backbone_parameters": 0, "multiply_adds": 12.07e9,
                    "guide": "no", "size_rule": "any size from 16", "source": "test"}]})";
    }

    Result<std::string> modelsShow(const fs::path&) override
    {
        return std::string(R"({"kind":"bundle","classes":["polyp"]})");
    }

    Result<std::string> modelsAdd(const fs::path&, const std::string&, bool acceptLicence) override
    {
        if (!acceptLicence) {
            return Error{ErrorCode::Usage, "the licence was not accepted: --accept-licence", {}};
        }
        return std::string("{}");
    }

    Result<std::string>
    modelsAddRandom(const std::string& architecture, const std::string&, std::int64_t seed) override
    {
        return "{\"name\":\"" + architecture + "-random-" + std::to_string(seed) + "\"}";
    }

    Result<std::string> modelsRemove(const std::string&) override { return std::string("{}"); }

    Result<std::string> modelsImport(const fs::path&, const std::string&, const fs::path&) override
    {
        return std::string("{}");
    }

    Result<std::string> modelsExport(const fs::path&, const fs::path&, const std::string&) override
    {
        return std::string("{}");
    }

    Result<std::string> modelsCalibrate(const CalibrateRequest&, JobContext&) override
    {
        return std::string("{}");
    }
};

} // namespace

Runtime* guidino_runtime_v1()
{
    static FakeRuntime runtime;
    return &runtime;
}

void guidino_plugins_v1(std::vector<PluginInfo>* answer)
{
    answer->clear();
}

/// What a dry run says: configurations oom (does not fit) and badconfig; all others fit.
extern "C" void
guidino_preflight_v1(const TrainRequest* request, JobContext* context, Result<std::string>* answer);

void guidino_preflight_v1(
    const TrainRequest* request, JobContext* context, Result<std::string>* answer)
{
    context->progress({"measure", 0, 0, -1, "batch size 2"});
    if (request->config == "badconfig") {
        *answer = Error{ErrorCode::Configuration, "training.epochs: not a number", {}};
        return;
    }
    const bool fits = request->config != "oom";
    *answer =
        std::string("{\"device\":\"cpu\",\"label\":\"CPU\",\"epochs\":3,"
                    "\"seconds_in_all\":60.5,\"needed_bytes\":9100000000,"
                    "\"free_bytes\":7400000000,\"fits\":")
        + (fits ? "true,\"advice\":{}}" : "false,\"advice\":{\"training.batch_size\":\"2\"}}");
}
