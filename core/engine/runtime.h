// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// The door between the thin programs and the LibTorch runtime: plain values and one abstract
/// class, found by dlopen and the C function guidino_runtime_v1(). No function here throws.
namespace guidino::engine {

/// How far a long piece of work has come. secondsLeft < 0: not known yet.
struct Progress
{
    std::string phase; ///< such as "load", "train", "validate", "predict"
    std::int64_t step = 0;
    std::int64_t total = 0;
    double secondsLeft = -1;
    std::string detail; ///< such as the image's name or "epoch 3/40"
};

/// Where a piece of work reports to and asks whether to go on. Called from the computing thread
/// only.
class JobContext
{
public:
    virtual ~JobContext() = default;
    virtual void progress(const Progress&) {}
    virtual void metric(
        const std::string& /*name*/,
        double /*value*/,
        std::int64_t /*step*/,
        const std::string& /*split*/)
    {}
    virtual void preview(
        const std::filesystem::path& /*png*/, const std::string& /*image*/, std::int64_t /*step*/)
    {}
    virtual void
    checkpoint(const std::filesystem::path& /*folder*/, std::int64_t /*step*/, double /*score*/)
    {}
    virtual void warning(const std::string& /*message*/) {}

    [[nodiscard]] virtual bool isCancelled() const { return false; }

    /// Training pauses between steps while this is true.
    [[nodiscard]] virtual bool isPaused() const { return false; }

    /// True once the user asked to stop early and keep the best checkpoint.
    [[nodiscard]] virtual bool stopAndKeep() const { return false; }
};

/// A compute device of this machine and whether it can be used.
struct DeviceInfo
{
    std::string name;  ///< "cpu", "cuda:0"
    std::string label; ///< such as "NVIDIA H200", "CPU, 2 threads, AVX-512"
    std::uint64_t memoryBytes = 0;
    std::uint64_t freeBytes = 0;
    bool usable = false;
    std::string reason; ///< why a present device is not used; one line
};

/// What `guidino train` is asked to do.
struct TrainRequest
{
    std::string config;                ///< SYSTEM[.PROFILE] or a file
    std::string recipe;                ///< name or file; empty: the configuration's own settings
    std::vector<std::string> settings; ///< "path.key=value", applied last
    std::filesystem::path data;        ///< folder or pack
    std::string layout;                ///< empty: found automatically
    std::filesystem::path labels;      ///< masks in another folder; empty: found automatically
    std::filesystem::path splits;      ///< splits.json; empty: the data's own, else made by seed
    std::filesystem::path out;         ///< run folder
    std::filesystem::path
        guideCorrections; ///< folder of painted guides STEM.png or STEM.npy; empty: none
    double guideCorrectionWeight = 1; ///< of what was painted, against what the masks say
    std::filesystem::path
        init; ///< bundle to start from; its configuration holds where `config` is empty
    std::string device = "auto";
    bool resume = false;
    int threads = 0; ///< 0: as many as there are cores
    std::vector<std::string>
        previewImages; ///< stems of pinned cases; empty: six of the validation list
};

/// How a training ended.
struct TrainOutcome
{
    std::filesystem::path best; ///< bundle folder
    double bestScore = 0;
    std::string metric;
    std::int64_t epochs = 0;
    bool stoppedEarly = false;
};

/// What `guidino predict` is asked to do.
struct PredictRequest
{
    std::filesystem::path model; ///< bundle folder, zip, or a registered name
    std::filesystem::path input; ///< image file, folder or data set
    std::filesystem::path out;
    std::string layout;
    std::string split;            ///< only this list of a data set with splits
    std::filesystem::path splits; ///< splits.json to take the list from
    std::string mode;             ///< whole, sliding; empty: as the bundle says
    std::optional<bool> mirror;
    std::optional<double> overlap;
    std::string device = "auto";
    std::string precision; ///< fp32, bf16; empty: fp32
    int threads = 0;
    bool flattenGuide = false;   ///< replace each guide by its mean (control)
    std::filesystem::path guide; ///< file or folder of guides to use instead
    std::vector<double> prototypeWeights;
    bool writeProbability = true;
    bool writeOverlay = true;
};

/// A file that could not be worked on, and why.
struct FailedFile
{
    std::string file;
    std::string message;
};

/// How a batch prediction ended.
struct PredictOutcome
{
    std::int64_t predicted = 0;
    std::vector<FailedFile>
        failures; ///< not empty: the program exits with 3 after all others are done
};

/// What `guidino explain` is asked to do.
struct ExplainRequest
{
    std::filesystem::path model;
    std::filesystem::path input;
    std::filesystem::path out;
    std::filesystem::path
        data; ///< images whose tokens are searched for best matches; empty: the input
    int groups = 8;
    std::string device = "auto";
    int threads = 0;
};

/// What `guidino models calibrate` is asked to do.
struct CalibrateRequest
{
    std::filesystem::path model, data;
    std::filesystem::path splits; ///< empty: the data's own
    std::string trainingSplit = "train";
    std::string validationSplit = "val";
    std::string modality; ///< empty: as it is
    std::string device = "auto";
};

/// Which golden files to check, on which device.
struct VerifyRequest
{
    std::vector<std::filesystem::path> paths;
    std::string device = "cpu";
    std::string precision = "fp32";
};

/// The outcome of one golden case.
struct VerifyCase
{
    std::string name;   ///< begins with the file's stem
    std::string status; ///< ok, failed, unknown
    std::string error;  ///< what failed and by how much, or the largest error of an ok case
};

/// Interactive predictions with a model that stays loaded. Not thread-safe: one computing thread.
class Session
{
public:
    virtual ~Session() = default;

    /// A click or a box of the user's, in image pixels.
    struct Prompt
    {
        std::string kind;                ///< positive, negative, box
        std::vector<double> coordinates; ///< x, y or x0, y0, x1, y1
    };

    struct Request
    {
        std::filesystem::path image;
        std::filesystem::path
            outFolder;               ///< rasters are written here, once, then mapped by the reader
        std::string stem = "result"; ///< file names: STEM-labels.png and so on
        std::optional<std::filesystem::path> guide; ///< PNG (8 or 16 bit) or NPY to use instead
        std::vector<double> prototypeWeights;
        std::vector<Prompt> prompts; ///< a guide is made of them, in place of the model's own
        bool wantPrototypeGroups = false;
        int groups = 8;
    };

    /// A token of an image that this session has seen and that points a group's way.
    struct Match
    {
        std::filesystem::path image;
        int x = 0; ///< the token's area in the image, pixels
        int y = 0;
        int width = 0;
        int height = 0;
        double similarity = 0; ///< cosine, [-1, 1]
    };

    struct Group
    {
        std::vector<int> prototypes;
        std::filesystem::path map; ///< NPY float32 [h, w]: signed share of the guide
        double mean = 0;
        int book = 0;                 ///< which guide the share is of, where a model has several
        int nearest = -1;             ///< the group most alike; -1: none
        double nearestSimilarity = 0; ///< cosine between the two directions; near 1: duplicates
        std::vector<Match> matches;   ///< best first, one an image
    };

    struct Answer
    {
        std::filesystem::path labels;      ///< PNG at native size, class indices
        std::filesystem::path probability; ///< PNG 16 bit at native size
        std::filesystem::path guide; ///< NPY float32 [h, w] of what gated; empty without guide
        std::filesystem::path guidePreview; ///< PNG 8 bit at native size; empty without guide
        double guideMean = 0;
        double seconds = 0;
        bool tokensWereCached = false;
        std::vector<Group> groups;
        bool sharesAreExact = false;
        double sharesError = 0; ///< largest |Σ shares − (own guide − ½)| over the tokens
        double effectiveDirections = 0; ///< of the prototypes: exp of the entropy of their spectrum
        double featureDistance = -1;    ///< from the training images; < 0: no statistics
        double featureLimit = -1;       ///< beyond it the image is unlike them
    };

    [[nodiscard]] virtual Result<Answer> predict(const Request& request, JobContext& context) = 0;

    /// JSON description of the model: system, classes with colours, guide, hash.
    [[nodiscard]] virtual std::string describe() const = 0;
};

/// What libguidino_runtime.so does. Every call blocks; progress goes to the context.
class Runtime
{
public:
    virtual ~Runtime() = default;

    [[nodiscard]] virtual std::string version() const = 0;
    [[nodiscard]] virtual std::vector<DeviceInfo> devices() = 0;
    [[nodiscard]] virtual Result<TrainOutcome>
    train(const TrainRequest& request, JobContext& context) = 0;
    [[nodiscard]] virtual Result<PredictOutcome>
    predict(const PredictRequest& request, JobContext& context) = 0;
    [[nodiscard]] virtual Result<void>
    explain(const ExplainRequest& request, JobContext& context) = 0;
    [[nodiscard]] virtual std::vector<VerifyCase>
    verify(const VerifyRequest& request, JobContext& context) = 0;
    [[nodiscard]] virtual Result<std::unique_ptr<Session>>
    openSession(const std::filesystem::path& model, const std::string& device, int threads) = 0;

    /// The `models` subcommands. Each answers with one JSON text for the program to print or
    /// format.
    [[nodiscard]] virtual Result<std::string> modelsList() = 0;

    /// Every network with parameters and multiply-adds at size × size; `only` empty: all.
    [[nodiscard]] virtual Result<std::string>
    modelsArchitectures(int size, const std::string& only) = 0;
    [[nodiscard]] virtual Result<std::string> modelsShow(const std::filesystem::path& file) = 0;
    [[nodiscard]] virtual Result<std::string>
    modelsAdd(const std::filesystem::path& file, const std::string& name, bool acceptLicence) = 0;
    [[nodiscard]] virtual Result<std::string> modelsAddRandom(
        const std::string& architecture, const std::string& name, std::int64_t seed) = 0;
    [[nodiscard]] virtual Result<std::string> modelsRemove(const std::string& name) = 0;
    [[nodiscard]] virtual Result<std::string> modelsImport(
        const std::filesystem::path& file,
        const std::string& architecture,
        const std::filesystem::path& out) = 0;
    [[nodiscard]] virtual Result<std::string> modelsExport(
        const std::filesystem::path& model,
        const std::filesystem::path& out,
        const std::string& format) = 0;
    [[nodiscard]] virtual Result<std::string>
    modelsCalibrate(const CalibrateRequest& request, JobContext& context) = 0;
};

} // namespace guidino::engine

extern "C" {
/// The runtime of this process; owned by the library, never null.
guidino::engine::Runtime* guidino_runtime_v1();
}
