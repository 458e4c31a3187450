// SPDX-License-Identifier: Apache-2.0
#include "core/engine/predict_folder.h"

#include "core/base/file.h"
#include "core/datasets/dataset.h"
#include "core/datasets/given_lists.h"
#include "core/datasets/pairing.h"
#include "core/engine/bundle.h"
#include "core/engine/config_json.h"
#include "core/engine/devices.h"
#include "core/engine/image_output.h"
#include "core/engine/model_store.h"
#include "core/engine/pack_input.h"
#include "core/engine/predictor.h"
#include "core/nn/data/pack.h"

#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <future>
#include <map>
#include <thread>

namespace guidino::engine {

namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// The folder's own stems where they are unique, else with what tells them apart.
void makeStemsUnique(std::vector<InputImage>& images)
{
    const auto count = [&images] {
        std::map<std::string, int> counts;
        for (const InputImage& image : images) {
            ++counts[image.stem];
        }
        return counts;
    };
    const std::map<std::string, int> byStem = count();
    for (InputImage& image : images) {
        if (byStem.at(image.stem) > 1) {
            const fs::path name(image.name);
            std::string longer = (name.parent_path() / image.stem).generic_string();
            std::replace(longer.begin(), longer.end(), '/', '_');
            image.stem = longer;
        }
    }
    const std::map<std::string, int> byPath = count();
    for (InputImage& image : images) {
        if (byPath.at(image.stem) > 1 && image.file.has_extension()) {
            std::string extension = image.file.extension().string();
            extension.front() = '_';
            image.stem += extension;
        }
    }
}

Result<std::vector<std::size_t>>
positionsOf(const datasets::Dataset& dataset, const std::string& split, fs::path splits)
{
    if (split.empty()) {
        return dataset.indicesOf("");
    }
    std::error_code ignored;
    if (splits.empty() && fs::exists(dataset.root / "splits.json", ignored)) {
        splits = dataset.root / "splits.json";
    }
    return datasets::imagesOfList(dataset, splits, split);
}

/// Where the guide of an image lies: a file for all, or STEM.npy or STEM.png of a folder (also of a
/// predict folder).
Result<fs::path> guideFileOf(const fs::path& guide, const std::string& stem)
{
    std::error_code ignored;
    if (!fs::is_directory(guide, ignored)) {
        return guide;
    }
    for (const fs::path& folder : {guide, guide / "guide"}) {
        for (const char* extension : {".npy", ".png"}) {
            const fs::path file = folder / (stem + extension);
            if (fs::exists(file, ignored)) {
                return file;
            }
        }
    }
    return Error{
        ErrorCode::NotFound,
        "There is no guide " + stem + ".npy or " + stem + ".png in " + guide.string() + ".",
        {}};
}

constexpr const char* kFileState = "file_state"; ///< in the file of what is done

/// Tells a file from one that was changed: its size and when it was written.
std::string stateOf(const fs::path& file)
{
    std::error_code ignored;
    const auto size = fs::file_size(file, ignored);
    const auto time = fs::last_write_time(file, ignored).time_since_epoch().count();
    return std::to_string(size) + "," + std::to_string(time);
}

/// One run of `guidino predict`.
class FolderRun
{
public:
    FolderRun(const PredictRequest& request, JobContext& context, Predictor predictor)
        : m_request(request)
        , m_context(context)
        , m_predictor(std::move(predictor))
    {}

    Result<PredictOutcome> run(const InputSet& input);

private:
    Status makeFolders() const;
    Result<Json> predictOne(const InputImage& image, const Result<LoadedImage>& loaded);
    Status writeOutputs(
        const InputImage& image,
        const LoadedImage& loaded,
        const Prediction& result,
        Json& entry) const;
    Status writeSummary(const PredictOutcome& outcome) const;
    [[nodiscard]] Json settings() const;
    Status beginPart();
    Status appendPart(const std::string& line);
    Status noteDone(const InputImage& image, Json entry);
    /// What an earlier run that did not come to its end has done of this image.
    [[nodiscard]] const Json* doneBefore(const InputImage& image) const;
    void waitWhilePaused() const;

    [[nodiscard]] fs::path partFile() const { return m_request.out / "predictions.part.jsonl"; }

    [[nodiscard]] std::future<Result<LoadedImage>>
    loadLater(const InputSet& input, std::size_t position) const
    {
        return std::async(std::launch::async, [this, &input, position]() -> Result<LoadedImage> {
            return loadInput(input, position, m_predictor.bundle().config.preprocessing);
        });
    }

    const PredictRequest& m_request;
    JobContext& m_context;
    Predictor m_predictor;
    Json m_images = Json::array();
    std::map<std::string, Json> m_done; ///< by stem, of an interrupted run
    std::ofstream m_part;
};

Status FolderRun::makeFolders() const
{
    GD_TRY(makeFolder(m_request.out / "masks"));
    if (m_predictor.prototypes() > 0) {
        GD_TRY(makeFolder(m_request.out / "guide"));
    }
    if (m_request.writeProbability) {
        GD_TRY(makeFolder(m_request.out / "probability"));
    }
    if (m_request.writeOverlay) {
        GD_TRY(makeFolder(m_request.out / "overlay"));
    }
    return {};
}

Result<PredictOutcome> FolderRun::run(const InputSet& input)
{
    const std::vector<InputImage>& images = input.images;
    GD_TRY(makeFolders());
    GD_TRY(beginPart());
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < images.size(); ++i) {
        if (doneBefore(images[i]) == nullptr) {
            open.push_back(i);
        }
    }
    PredictOutcome outcome;
    const auto start = Clock::now();
    std::size_t computed = 0;
    std::future<Result<LoadedImage>> next;
    if (!open.empty()) {
        next = loadLater(input, open.front());
    }
    for (std::size_t i = 0; i < images.size(); ++i) {
        if (const Json* before = doneBefore(images[i])) {
            m_images.push_back(*before);
            m_images.back().erase(kFileState);
            ++outcome.predicted;
            continue;
        }
        Progress progress{
            "predict", std::int64_t(i), std::int64_t(images.size()), -1, images[i].name};
        if (computed > 0) {
            progress.secondsLeft =
                secondsSince(start) / double(computed) * double(open.size() - computed);
        }
        m_context.progress(progress);
        waitWhilePaused();
        // The next file is decoded while the network computes.
        const Result<LoadedImage> loaded = next.get();
        if (++computed < open.size()) {
            next = loadLater(input, open[computed]);
        }
        Result<Json> entry = predictOne(images[i], loaded);
        if (entry) {
            GD_TRY(noteDone(images[i], *entry));
            m_images.push_back(std::move(*entry));
            ++outcome.predicted;
            continue;
        }
        Error error = std::move(entry).error();
        if (error.code != ErrorCode::BadInput && error.code != ErrorCode::NotFound) {
            if (error.code == ErrorCode::Cancelled) {
                GD_TRY(writeSummary(outcome));
            } else {
                error.message = images[i].file.string() + ": " + error.message;
            }
            return error;
        }
        m_context.warning(error.message);
        outcome.failures.push_back({images[i].file.string(), error.message});
    }
    const auto total = std::int64_t(images.size());
    m_context.progress({"predict", total, total, 0, {}});
    GD_TRY(writeSummary(outcome));
    m_part.close();
    std::error_code ignored;
    fs::remove(partFile(), ignored); // the summary has it all: a next run begins anew
    return outcome;
}

/// Model and settings head the file of what is done, one line an image follows: an interrupted run
/// goes on where it was, but only with the same of both and for images that are as they were.
Status FolderRun::beginPart()
{
    const std::string head =
        Json{{"model", m_predictor.bundle().sha256}, {"settings", settings()}}.dump();
    bool isOurs = false;
    if (std::ifstream before(partFile()); before) {
        std::string line;
        isOurs = static_cast<bool>(std::getline(before, line)) && line == head;
        while (isOurs && std::getline(before, line)) {
            Json entry = Json::parse(line, nullptr, false); // the last one may be torn
            if (entry.is_object() && entry.contains("stem") && entry["stem"].is_string()) {
                m_done.insert_or_assign(entry["stem"].get<std::string>(), std::move(entry));
            }
        }
    }
    m_part.open(partFile(), isOurs ? std::ios::app : std::ios::trunc);
    // A torn line must not swallow the next one.
    return appendPart(isOurs ? std::string() : head);
}

Status FolderRun::appendPart(const std::string& line)
{
    m_part << line << "\n" << std::flush;
    if (!m_part) {
        return Error{
            ErrorCode::CannotWrite,
            "cannot write '" + partFile().string() + "'",
            {{"file", partFile().string()}}};
    }
    return {};
}

Status FolderRun::noteDone(const InputImage& image, Json entry)
{
    entry[kFileState] = stateOf(image.file);
    return appendPart(entry.dump(-1, ' ', false, Json::error_handler_t::replace));
}

const Json* FolderRun::doneBefore(const InputImage& image) const
{
    const auto done = m_done.find(image.stem);
    if (done == m_done.end()) {
        return nullptr;
    }
    std::error_code ignored;
    const Json& entry = done->second;
    const bool isSame =
        entry.value("image", std::string()) == image.file.string()
        && entry.value(kFileState, std::string()) == stateOf(image.file)
        && fs::exists(m_request.out / entry.value("mask", std::string("?")), ignored);
    return isSame ? &entry : nullptr;
}

void FolderRun::waitWhilePaused() const
{
    constexpr auto kLook = std::chrono::milliseconds(100);
    while (m_context.isPaused() && !m_context.isCancelled()) {
        std::this_thread::sleep_for(kLook);
    }
}

Result<Json> FolderRun::predictOne(const InputImage& image, const Result<LoadedImage>& loaded)
{
    if (m_context.isCancelled()) {
        return Error{ErrorCode::Cancelled, "The prediction was cancelled.", {}};
    }
    if (!loaded) {
        return loaded.error();
    }
    for (const std::string& warning : loaded->warnings) {
        m_context.warning(image.file.string() + ": " + warning);
    }
    PredictionInput input;
    input.image = &loaded->rgb;
    input.content = loaded->content;
    input.flattenGuide = m_request.flattenGuide;
    input.prototypeWeights = m_request.prototypeWeights;
    if (!m_request.guide.empty()) {
        const Result<fs::path> file = guideFileOf(m_request.guide, image.stem);
        GD_TRY(file);
        Result<RasterF> guide = loadGuide(*file);
        GD_TRY(guide);
        input.guide = std::move(*guide);
    }
    const Result<Prediction> result =
        m_predictor.predict(input, [this] { return m_context.isCancelled(); });
    if (!result) {
        return result.error();
    }
    Json entry;
    entry["image"] = image.file.string();
    entry["name"] = image.name;
    entry["stem"] = image.stem;
    entry["width"] = loaded->rgb.width();
    entry["height"] = loaded->rgb.height();
    GD_TRY(writeOutputs(image, *loaded, *result, entry));
    std::map<int, std::int64_t> pixels;
    for (const std::uint8_t label : result->labels.pixels()) {
        ++pixels[label];
    }
    entry["pixels"] = Json::object();
    for (const BundleClass& one : m_predictor.bundle().classes) {
        entry["pixels"][std::to_string(one.index)] = pixels[one.index];
    }
    if (!result->guide.isEmpty()) {
        entry["guide_mean"] = result->guideMean;
    }
    entry["seconds"] = result->seconds;
    if (!loaded->warnings.empty()) {
        entry["warnings"] = loaded->warnings;
    }
    return entry;
}

Status FolderRun::writeOutputs(
    const InputImage& image, const LoadedImage& loaded, const Prediction& result, Json& entry) const
{
    const auto place =
        [&](const char* key, const std::string& folder, const std::string& extension) {
            const std::string relative = folder + "/" + image.stem + extension;
            entry[key] = relative;
            return m_request.out / relative;
        };
    const Bundle& bundle = m_predictor.bundle();
    GD_TRY(writeLabels(place("mask", "masks", ".png"), result.labels, bundle));
    if (!result.guide.isEmpty()) {
        GD_TRY(writeGuidePng(place("guide", "guide", ".png"), result.guideNative));
        GD_TRY(writeMapNpy(place("guide_npy", "guide", ".npy"), result.guide));
    }
    if (m_request.writeProbability) {
        GD_TRY(writeProbability(place("probability", "probability", ".png"), result.probability));
    }
    if (m_request.writeOverlay) {
        GD_TRY(writeOverlay(
            place("overlay", "overlay", pictureExtension()), loaded.rgb, result.labels, bundle));
    }
    return {};
}

Json FolderRun::settings() const
{
    const Bundle& bundle = m_predictor.bundle();
    const PredictorOptions& options = m_predictor.options();
    return {
        {"mode", options.mode},
        {"image_size", bundle.config.data.image_size},
        {"resize", bundle.config.preprocessing.resize},
        {"mirror", *options.mirror},
        {"overlap", *options.overlap},
        {"threshold", bundle.config.inference.threshold},
        {"device", options.device},
        {"precision", options.precision},
        {"flatten_guide", m_request.flattenGuide},
        {"guide", m_request.guide.string()},
        {"prototype_weights", m_request.prototypeWeights}};
}

Status FolderRun::writeSummary(const PredictOutcome& outcome) const
{
    const Bundle& bundle = m_predictor.bundle();
    Json json;
    json["version"] = 1;
    json["model"] = {
        {"path", bundle.path.string()},
        {"sha256", bundle.sha256},
        {"system", bundle.config.system},
        {"profile", bundle.config.profile}};
    json["settings"] = settings();
    json["classes"] = Json::array();
    for (const BundleClass& one : bundle.classes) {
        json["classes"].push_back(
            {{"index", one.index}, {"name", one.name}, {"colour", one.colour}});
    }
    json["images"] = m_images;
    json["failures"] = Json::array();
    for (const FailedFile& failure : outcome.failures) {
        json["failures"].push_back({{"file", failure.file}, {"message", failure.message}});
    }
    json["notice"] = "Research use only, not a medical device.";
    return writeFileAtomically(m_request.out / "predictions.json", json.dump(2) + "\n");
}

} // namespace

Result<InputSet> listInput(
    const fs::path& input,
    const std::string& layout,
    const std::string& split,
    const fs::path& splits)
{
    std::error_code error;
    if (!fs::exists(input, error)) {
        return Error{
            ErrorCode::NotFound,
            "There is no file or folder '" + input.string() + "'.",
            {{"file", input.string()}}};
    }
    InputSet set;
    datasets::Dataset dataset;
    if (fs::is_regular_file(input, error) && nn::isPack(input)) {
        Result<nn::Pack> pack = nn::readPack(input);
        GD_TRY(pack);
        set.pack = std::make_shared<const nn::Pack>(std::move(*pack));
        dataset = datasetOf(*set.pack, input);
    } else {
#ifdef GUIDINO_HAS_IMAGING
        if (!fs::is_directory(input, error)) {
            set.images.push_back({input, datasets::stemOf(input), input.filename().string()});
            return set;
        }
        datasets::OpenOptions options;
        options.layout = layout;
        Result<datasets::Dataset> opened = datasets::openDataset(input, options);
        GD_TRY(opened);
        dataset = std::move(*opened);
#else
        static_cast<void>(layout);
        return Error{
            ErrorCode::BadInput,
            input.string() + ": this build reads packs only; make one with `guidino data pack`.",
            {{"file", input.string()}}};
#endif
    }
    const Result<std::vector<std::size_t>> positions = positionsOf(dataset, split, splits);
    GD_TRY(positions);
    for (const std::size_t position : *positions) {
        const datasets::Sample& sample = dataset.samples[position];
        set.images.push_back(
            {set.pack ? input : sample.image,
             sample.stem,
             sample.name,
             set.pack ? static_cast<std::int64_t>(position) : -1});
    }
    if (set.images.empty()) {
        return Error{ErrorCode::BadInput, input.string() + " holds no images.", {}};
    }
    makeStemsUnique(set.images);
    return set;
}

Result<LoadedImage>
loadInput(const InputSet& input, std::size_t position, const nn::PreprocessingConfig& preprocessing)
{
    const InputImage& image = input.images[position];
    if (!input.pack) {
        return loadImage(image.file, preprocessing);
    }
    const torch::Tensor bytes = input.pack->images[image.packed].contiguous();
    LoadedImage loaded;
    loaded.rgb = Raster8(static_cast<int>(bytes.size(1)), static_cast<int>(bytes.size(0)), 3);
    std::copy_n(bytes.data_ptr<std::uint8_t>(), bytes.numel(), loaded.rgb.data());
    return loaded;
}

Result<PredictOutcome> predictFolder(const PredictRequest& request, JobContext& context)
{
    const Result<std::string> device = chooseDevice(request.device);
    GD_TRY(device);
    useThreads(request.threads);
    context.progress({"load", 0, 0, -1, request.model.string()});
    const Result<fs::path> path = findBundle(request.model);
    GD_TRY(path);
    const Result<Bundle> bundle = readBundle(*path);
    GD_TRY(bundle);
    // The input's mistakes are told before the model is loaded.
    const Result<InputSet> input =
        listInput(request.input, request.layout, request.split, request.splits);
    GD_TRY(input);
    if (bundle->config.guide.source == "none"
        && (request.flattenGuide || !request.guide.empty() || !request.prototypeWeights.empty())) {
        return Error{
            ErrorCode::Usage,
            "The model " + path->string() + " (" + bundle->config.system
                + ") has no guide that could be replaced, flattened or weighted.",
            {}};
    }
    Result<std::shared_ptr<nn::Segmenter>> model = loadModel(*bundle, *device);
    GD_TRY(model);
    PredictorOptions options;
    options.device = *device;
    options.mode = request.mode;
    options.mirror = request.mirror;
    options.overlap = request.overlap;
    options.precision = request.precision;
    options.usesTokenCache = true;
    Result<Predictor> predictor = Predictor::create(*bundle, std::move(*model), options);
    if (!predictor) {
        return predictor.error();
    }
    return FolderRun(request, context, std::move(*predictor)).run(*input);
}

} // namespace guidino::engine
