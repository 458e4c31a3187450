// SPDX-License-Identifier: Apache-2.0
#include "core/engine/training_data.h"

#include "core/base/log.h"
#include "core/base/sha256.h"
#include "core/datasets/nnunet_pack_index.h"
#include "core/engine/guarded.h"
#include "core/engine/guide_corrections.h"
#include "core/engine/nnunet_pack.h"
#include "core/engine/pack_input.h"
#include "core/engine/parallel.h"
#include "core/nn/data/pack.h"

#ifdef GUIDINO_HAS_IMAGING
#include "core/datasets/decode.h"
#include "core/datasets/masks.h"
#endif

#include <torch/torch.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <mutex>
#include <set>
#include <thread>

namespace guidino::engine {

namespace {

using datasets::Dataset;
using datasets::SplitIndices;
using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr std::size_t kNamedProblems = 50;

[[noreturn]] void refuse(ErrorCode code, std::string message)
{
    throw ErrorException{Error{code, std::move(message), {}}};
}

/// All problems in one error: whoever repairs files wants to know of all at once.
[[noreturn]] void refuseFiles(std::vector<std::string> problems)
{
    std::sort(problems.begin(), problems.end());
    std::string text = "Nothing was trained: " + std::to_string(problems.size())
                       + (problems.size() == 1 ? " file is" : " files are")
                       + " not usable. Repair or remove:";
    for (std::size_t i = 0; i < std::min(problems.size(), kNamedProblems); ++i) {
        text += "\n  " + problems[i];
    }
    if (problems.size() > kNamedProblems) {
        text += "\n  and " + std::to_string(problems.size() - kNamedProblems) + " more";
    }
    refuse(ErrorCode::BadInput, std::move(text));
}

/// Bytes that can be had without swapping; 0 where the system does not say.
std::uint64_t availableMemory()
{
    std::ifstream file("/proc/meminfo");
    std::string key;
    std::uint64_t value = 0;
    std::string unit;
    while (file >> key >> value >> unit) {
        if (key == "MemAvailable:") {
            return value * 1024;
        }
    }
    return 0;
}

void checkMemory(std::size_t images, int side)
{
    const auto pixels = static_cast<std::uint64_t>(images) * static_cast<std::uint64_t>(side)
                        * static_cast<std::uint64_t>(side);
    const std::uint64_t needed = pixels * 4;
    const std::uint64_t available = availableMemory();
    if (available == 0 || needed < available / 10 * 9) {
        return;
    }
    int fitting = side;
    while (fitting > 32 && needed / (side * side) * (fitting * fitting) > available / 2) {
        fitting -= 32;
    }
    throw ErrorException{Error{
        ErrorCode::OutOfMemory,
        "The images at training size need " + std::to_string(needed >> 20) + " MiB, free are "
            + std::to_string(available >> 20) + " MiB. `guidino data pack` makes a file that"
            + " is read from disk instead; data.image_size=" + std::to_string(fitting)
            + " would fit.",
        {{"needed_bytes", std::to_string(needed)},
         {"free_bytes", std::to_string(available)},
         {"advice.data.image_size", std::to_string(fitting)}}}};
}

datasets::SplitFractions fractionsOf(const nn::DataConfig& config)
{
    return {
        1 - config.validation_fraction - config.test_fraction,
        config.validation_fraction,
        config.test_fraction};
}

/// The lists of a run: its own when it is continued, those asked for, else the data's.
SplitIndices
chooseSplits(const TrainRequest& request, const nn::SystemConfig& config, const Dataset& dataset)
{
    const fs::path own = request.out / "splits.json";
    std::error_code ignored;
    fs::path file = request.splits;
    if (request.resume && fs::exists(own, ignored)) {
        file = own;
    }
    if (!file.empty()) {
        return valueOrThrow(datasets::resolve(dataset, valueOrThrow(datasets::readSplits(file))));
    }
    return valueOrThrow(datasets::splitOf(dataset, fractionsOf(config.data), config.training.seed));
}

struct Chosen
{
    std::vector<std::size_t> train;
    std::vector<std::size_t> validation;
};

Chosen chosenOf(const Dataset& dataset, const SplitIndices& splits)
{
    const auto withMask = [&dataset](const std::vector<std::size_t>& positions) {
        std::vector<std::size_t> result;
        for (const std::size_t i : positions) {
            if (!dataset.samples[i].mask.empty()) {
                result.push_back(i);
            }
        }
        return result;
    };
    Chosen chosen{withMask(splits["train"]), withMask(splits["val"])};
    const std::string root = dataset.root.string();
    if (chosen.train.empty()) {
        refuse(
            ErrorCode::BadInput,
            root + ": the training list holds no image that has a mask (found: "
                + std::to_string(dataset.imageCount) + " images, "
                + std::to_string(dataset.maskCount) + " masks).");
    }
    if (chosen.validation.empty()) {
        refuse(
            ErrorCode::BadInput,
            root
                + ": the validation list holds no image that has a mask. Set "
                  "data.validation_fraction above 0, or give lists with --splits.");
    }
    return chosen;
}

/// Names of classes for a bundle: those of the model that training starts from, else the data's.
std::vector<BundleClass> classesOf(
    const std::vector<datasets::ClassInfo>& found,
    const std::vector<BundleClass>& known,
    int foreground)
{
    std::vector<BundleClass> classes;
    for (int index = 1; index <= foreground; ++index) {
        BundleClass item;
        item.index = index;
        if (foreground > 1) {
            item.name = "class " + std::to_string(index);
        }
        for (const datasets::ClassInfo& info : found) {
            if (info.index == index && !info.name.empty()) {
                item.name = info.name;
                item.colour = info.color;
            }
        }
        classes.push_back(std::move(item));
    }
    return known.size() == classes.size() ? known : classes;
}

/// Classes in the masks against classes of the network.
void checkClasses(const std::vector<datasets::ClassInfo>& found, int numClasses)
{
    int largest = 0;
    std::string names;
    for (const datasets::ClassInfo& info : found) {
        largest = std::max(largest, info.index);
        if (info.index > 0) {
            names += (names.empty() ? "" : ", ") + info.name;
        }
    }
    const int foreground = std::max(1, numClasses - 1);
    if (largest > foreground) {
        refuse(
            ErrorCode::BadInput,
            "The masks have " + std::to_string(largest) + " classes (" + names
                + "), the network has " + std::to_string(foreground) + ": set network.num_classes="
                + std::to_string(largest + 1) + " (with background), or give masks of "
                + (foreground == 1 ? "one class." : "these classes."));
    }
}

std::string statisticsOf(const torch::Tensor& images)
{
    // Of at most 512 images, spread evenly: the figures do not change beyond.
    const std::int64_t step = std::max<std::int64_t>(1, images.size(0) / 512);
    torch::Tensor sum = torch::zeros({3}, torch::kFloat64);
    torch::Tensor squares = torch::zeros({3}, torch::kFloat64);
    std::int64_t count = 0;
    for (std::int64_t i = 0; i < images.size(0); i += step) {
        const torch::Tensor x = images[i].to(torch::kFloat64).reshape({-1, 3}) / 255.0;
        sum += x.mean(0);
        squares += x.square().mean(0);
        ++count;
    }
    const torch::Tensor mean = sum / count;
    const torch::Tensor deviation = (squares / count - mean.square()).clamp_min(0).sqrt();
    Json json{{"images", images.size(0)}, {"mean", Json::array()}, {"std", Json::array()}};
    for (std::int64_t c = 0; c < 3; ++c) {
        json["mean"].push_back(std::round(mean[c].item<double>() * 1e6) / 1e6);
        json["std"].push_back(std::round(deviation[c].item<double>() * 1e6) / 1e6);
    }
    return json.dump();
}

std::string hashOf(const TrainingData& data)
{
    Sha256 hash;
    for (const auto& [list, entries] : data.splits.lists) {
        hash.add(list.data(), list.size() + 1);
        for (const datasets::SplitEntry& entry : entries) {
            hash.add(entry.name.data(), entry.name.size() + 1);
            hash.add(entry.sha256.data(), entry.sha256.size() + 1);
        }
    }
    for (const nn::TrainingSet* set : {&data.train, &data.validation}) {
        const torch::Tensor masks = set->masks.contiguous();
        hash.add(masks.data_ptr<std::uint8_t>(), static_cast<std::size_t>(masks.numel()));
    }
    if (data.train.corrections.defined()) {
        const torch::Tensor codes = data.train.corrections.contiguous();
        hash.add(codes.data_ptr<std::uint8_t>(), static_cast<std::size_t>(codes.numel()));
    }
    return hash.hex();
}

void makeStemsUnique(std::vector<ValidationCase>& cases)
{
    std::set<std::string> used;
    for (ValidationCase& item : cases) {
        const std::string stem = item.stem;
        for (int k = 2; !used.insert(item.stem).second; ++k) {
            item.stem = stem + "-" + std::to_string(k);
        }
    }
}

/// Painted guides of the training images, at training size.
void addCorrections(
    const TrainRequest& request,
    const std::vector<std::string>& stems,
    const std::vector<nn::ResizePlan>& plans,
    TrainingData& data)
{
    GuideCorrections corrections(request.guideCorrections);
    data.train.corrections = corrections.codesFor(stems, plans);
    data.train.correction_weight = request.guideCorrectionWeight;
    std::string names;
    for (const std::string& name : corrections.unused()) {
        names += (names.empty() ? "" : ", ") + name;
    }
    if (!names.empty()) {
        data.warnings.push_back(
            "Guide corrections of no training image are not used: " + names + ".");
    }
    if (!corrections.isEmpty() && !data.train.corrections.defined()) {
        refuse(
            ErrorCode::BadInput,
            request.guideCorrections.string()
                + ": no correction has the name of a training image.");
    }
}

// --- packs --------------------------------------------------------------------------------------

void checkPack(const nn::Pack& pack, const nn::SystemConfig& config, const fs::path& path)
{
    const std::int64_t side = config.data.image_size;
    if (pack.images.size(1) != side || pack.images.size(2) != side) {
        refuse(
            ErrorCode::BadInput,
            path.string() + ": the pack has images of " + std::to_string(pack.images.size(2))
                + " x " + std::to_string(pack.images.size(1)) + " pixels, the configuration wants "
                + std::to_string(side) + ": make another pack, or set data.image_size.");
    }
    const nn::PreprocessingConfig& preprocessing = config.preprocessing;
    if (pack.resize != preprocessing.resize
        || pack.cropBlackBorder != preprocessing.crop_black_border) {
        refuse(
            ErrorCode::BadInput,
            path.string() + ": the pack was made with resize '" + pack.resize
                + (pack.cropBlackBorder ? "' and" : "' without") + " cropped black borders, the "
                + "configuration says '" + preprocessing.resize
                + (preprocessing.crop_black_border ? "' with." : "' without.")
                + " Make another pack, or set preprocessing.resize and "
                  "preprocessing.crop_black_border.");
    }
    const int limit = std::max(2, config.network.num_classes);
    const torch::Tensor odd = (pack.masks >= limit).logical_and(pack.masks != 255);
    std::vector<std::string> problems;
    for (std::int64_t i = 0; i < pack.size(); ++i) {
        if (odd[i].any().item<bool>()) {
            problems.push_back(
                pack.names[static_cast<std::size_t>(i)] + ": its mask has the class "
                + std::to_string(pack.masks[i].masked_select(odd[i]).max().item<int>())
                + ", the network has " + std::to_string(limit - 1)
                + " (network.num_classes counts the background where it is above 1)");
        }
    }
    if (!problems.empty()) {
        refuseFiles(std::move(problems));
    }
}

nn::TrainingSet
partOf(const nn::Pack& pack, const Dataset& dataset, const std::vector<std::size_t>& positions)
{
    const std::vector<std::int64_t> indices(positions.begin(), positions.end());
    const torch::Tensor chosen = torch::tensor(indices, torch::kInt64);
    nn::TrainingSet set{
        pack.images.index_select(0, chosen), pack.masks.index_select(0, chosen), {}};
    for (const std::size_t i : positions) {
        set.names.push_back(dataset.samples[i].name);
    }
    return set;
}

TrainingData openPack(
    const TrainRequest& request,
    const nn::SystemConfig& config,
    const std::vector<BundleClass>& knownClasses)
{
    const nn::Pack pack = valueOrThrow(nn::readPack(request.data));
    checkPack(pack, config, request.data);
    const Dataset dataset = datasetOf(pack, request.data);
    const SplitIndices splits = chooseSplits(request, config, dataset);
    const Chosen chosen = chosenOf(dataset, splits);
    TrainingData data;
    data.layout = "pack";
    data.train = partOf(pack, dataset, chosen.train);
    data.validation = partOf(pack, dataset, chosen.validation);
    data.warnings = splits.warnings;
    const int side = config.data.image_size;
    if (!request.guideCorrections.empty()) {
        std::vector<std::string> stems;
        std::vector<nn::ResizePlan> plans;
        for (const std::size_t i : chosen.train) {
            // What was cut off as black border is not in the pack: the drawing then is of its part.
            const bool isKnown = !pack.nativeSizes.empty() && !pack.cropBlackBorder;
            stems.push_back(dataset.samples[i].stem);
            plans.push_back(nn::makeResizePlan(
                isKnown ? pack.nativeSizes[i] : Size{side, side},
                {side, side},
                isKnown ? pack.resize : "squash"));
        }
        addCorrections(request, stems, plans, data);
    }
    for (std::size_t k = 0; k < chosen.validation.size(); ++k) {
        const datasets::Sample& sample = dataset.samples[chosen.validation[k]];
        const torch::Tensor mask = data.validation.masks[static_cast<std::int64_t>(k)].contiguous();
        Raster8 raster(side, side);
        std::copy_n(mask.data_ptr<std::uint8_t>(), mask.numel(), raster.data());
        data.cases.push_back(
            {sample.name,
             sample.stem,
             nn::makeResizePlan({side, side}, {side, side}, "squash"),
             PackedMask(raster),
             false});
    }
    std::vector<datasets::ClassInfo> classes;
    for (const auto& [index, name] : pack.classes) {
        classes.push_back({index, name, BundleClass{}.colour});
    }
    data.classes = classesOf(classes, knownClasses, std::max(1, config.network.num_classes - 1));
    data.splits.seed = config.training.seed;
    for (const auto& [list, positions] : splits.lists) {
        std::vector<datasets::SplitEntry> entries;
        for (const std::size_t i : positions) {
            entries.push_back({pack.names[i], pack.hashes.empty() ? "" : pack.hashes[i]});
        }
        data.splits.lists.emplace_back(list, std::move(entries));
    }
    return data;
}

// --- folders ------------------------------------------------------------------------------------

#ifdef GUIDINO_HAS_IMAGING

/// Decodes the samples of one list into a set; problems are collected.
class Decoder
{
public:
    Decoder(
        const Dataset& dataset,
        const datasets::MaskReader& masks,
        const nn::SystemConfig& config,
        int threads,
        JobContext& context)
        : m_dataset(dataset)
        , m_masks(masks)
        , m_threads(threads)
        , m_context(context)
    {
        m_options.size = config.data.image_size;
        m_options.resize = valueOrThrow(datasets::resizeModeNamed(config.preprocessing.resize));
        m_options.cropBlackBorder = config.preprocessing.crop_black_border;
    }

    std::vector<std::string> problems;
    std::vector<std::string> warnings;
    std::vector<nn::ResizePlan> plans; ///< of the list decoded last
    std::int64_t done = 0;
    std::int64_t total = 0;

    nn::TrainingSet
    decode(const std::vector<std::size_t>& positions, std::vector<ValidationCase>* cases)
    {
        plans.assign(positions.size(), {});
        const auto count = static_cast<std::int64_t>(positions.size());
        const std::int64_t side = m_options.size;
        nn::TrainingSet set{
            torch::empty({count, side, side, 3}, torch::kUInt8),
            torch::empty({count, side, side}, torch::kUInt8),
            {}};
        for (const std::size_t i : positions) {
            set.names.push_back(m_dataset.samples[i].name);
        }
        if (cases != nullptr) {
            cases->resize(positions.size());
        }
        const auto caller = std::this_thread::get_id();
        std::atomic<std::int64_t> ready{0};
        parallelFor(positions.size(), static_cast<std::size_t>(m_threads), [&](std::size_t k) {
            const datasets::Sample& sample = m_dataset.samples[positions[k]];
            one(sample, set, static_cast<std::int64_t>(k), cases);
            const std::int64_t now = ++ready;
            if (std::this_thread::get_id() == caller) {
                if (m_context.isCancelled()) {
                    refuse(ErrorCode::Cancelled, "Stopped while the images were read.");
                }
                m_context.progress({"load", done + now, total, -1, sample.name});
            }
        });
        done += count;
        return set;
    }

private:
    void
    one(const datasets::Sample& sample,
        nn::TrainingSet& set,
        std::int64_t k,
        std::vector<ValidationCase>* cases)
    {
        auto decoded = datasets::decodeSample(sample, m_masks, m_options);
        if (!decoded) {
            return addProblem(std::move(decoded).error());
        }
        if (!decoded->warnings.empty()) {
            const std::scoped_lock lock(m_mutex);
            warnings.insert(warnings.end(), decoded->warnings.begin(), decoded->warnings.end());
        }
        std::copy_n(decoded->image.data(), decoded->image.pixels().size(), bytesAt(set.images, k));
        std::copy_n(decoded->mask.data(), decoded->mask.pixels().size(), bytesAt(set.masks, k));
        const nn::ResizePlan plan = nn::makeResizePlan(
            decoded->nativeSize,
            {m_options.size, m_options.size},
            datasets::nameOf(m_options.resize),
            decoded->content);
        plans[static_cast<std::size_t>(k)] = plan;
        if (cases == nullptr) {
            return;
        }
        auto native = m_masks.read(sample);
        if (!native) {
            return addProblem(std::move(native).error());
        }
        (*cases)[static_cast<std::size_t>(k)] = {
            sample.name,
            sample.stem,
            plan,
            PackedMask(*native),
            true,
            sample.moreChannels.empty() ? sample.image : std::filesystem::path(),
            m_options.cropBlackBorder ? std::optional(decoded->content) : std::nullopt};
    }

    static std::uint8_t* bytesAt(torch::Tensor& tensor, std::int64_t k)
    {
        return tensor.data_ptr<std::uint8_t>() + k * tensor.stride(0);
    }

    void addProblem(Error error)
    {
        if (error.code == ErrorCode::OutOfMemory) {
            throw ErrorException{std::move(error)};
        }
        const std::scoped_lock lock(m_mutex);
        problems.push_back(std::move(error.message));
    }

    const Dataset& m_dataset;
    const datasets::MaskReader& m_masks;
    datasets::DecodeOptions m_options;
    int m_threads;
    JobContext& m_context;
    std::mutex m_mutex;
};

TrainingData openFolder(
    const TrainRequest& request,
    const nn::SystemConfig& config,
    const std::vector<BundleClass>& knownClasses,
    int threads,
    JobContext& context)
{
    datasets::OpenOptions options;
    options.layout = request.layout;
    options.masks = request.labels;
    const Dataset dataset = valueOrThrow(datasets::openDataset(request.data, options));
    const SplitIndices splits = chooseSplits(request, config, dataset);
    const Chosen chosen = chosenOf(dataset, splits);
    checkMemory(chosen.train.size() + chosen.validation.size(), config.data.image_size);
    datasets::MaskOptions maskOptions;
    maskOptions.threshold = config.data.mask_threshold;
    maskOptions.classCount = config.network.num_classes > 1 ? config.network.num_classes : 0;
    maskOptions.threads = threads;
    const datasets::MaskReader masks =
        valueOrThrow(datasets::MaskReader::sniff(dataset, maskOptions));
    checkClasses(masks.scheme().classes, config.network.num_classes);

    TrainingData data;
    data.layout = dataset.layout;
    data.warnings = splits.warnings;
    logInfo("Masks are read as " + masks.scheme().describe() + ".");
    Decoder decoder(dataset, masks, config, threads, context);
    decoder.total = static_cast<std::int64_t>(chosen.train.size() + chosen.validation.size());
    data.validation = decoder.decode(chosen.validation, &data.cases);
    data.train = decoder.decode(chosen.train, nullptr);
    if (!decoder.problems.empty()) {
        refuseFiles(std::move(decoder.problems));
    }
    std::sort(decoder.warnings.begin(), decoder.warnings.end());
    data.warnings.insert(data.warnings.end(), decoder.warnings.begin(), decoder.warnings.end());
    if (!request.guideCorrections.empty()) {
        std::vector<std::string> stems;
        for (const std::size_t i : chosen.train) {
            stems.push_back(dataset.samples[i].stem);
        }
        addCorrections(request, stems, decoder.plans, data);
    }
    data.classes = classesOf(
        masks.scheme().classes, knownClasses, std::max(1, config.network.num_classes - 1));
    data.splits = valueOrThrow(datasets::listsOf(dataset, splits, config.training.seed));
    return data;
}

#endif

} // namespace

PackedMask::PackedMask(const Raster8& mask)
    : m_size(mask.size())
{
    for (const std::uint8_t value : mask.pixels()) {
        if (m_runs.empty() || m_runs.back().second != value) {
            m_runs.emplace_back(0U, value);
        }
        ++m_runs.back().first;
    }
}

Raster8 PackedMask::unpacked() const
{
    Raster8 mask(m_size.width, m_size.height);
    std::uint8_t* pixel = mask.data();
    for (const auto& [length, value] : m_runs) {
        pixel = std::fill_n(pixel, length, value);
    }
    return mask;
}

Result<TrainingData> openTrainingData(
    const TrainRequest& request,
    const nn::SystemConfig& config,
    const std::vector<BundleClass>& knownClasses,
    int threads,
    JobContext& context)
{
    if (datasets::isNnunetPack(request.data)) {
        return openNnunetPack(request, config);
    }
    return guarded("Reading the data", [&]() -> Result<TrainingData> {
        std::error_code ignored;
        TrainingData data;
        if (fs::is_regular_file(request.data, ignored) && nn::isPack(request.data)) {
            data = openPack(request, config, knownClasses);
        } else {
#ifdef GUIDINO_HAS_IMAGING
            data = openFolder(request, config, knownClasses, threads, context);
#else
            (void)threads;
            (void)context;
            return Error{
                ErrorCode::BadInput,
                request.data.string()
                    + ": this build reads packs only; make one with `guidino data pack`.",
                {}};
#endif
        }
        makeStemsUnique(data.cases);
        data.imageStatistics = statisticsOf(data.train.images);
        data.sha256 = hashOf(data);
        return data;
    });
}

Result<TrainingCounts>
countTrainingImages(const TrainRequest& request, const nn::SystemConfig& config)
{
    if (datasets::isNnunetPack(request.data)) {
        return countNnunetPack(request);
    }
    return guarded("Reading the data", [&]() -> Result<TrainingCounts> {
        std::error_code ignored;
        Dataset dataset;
        if (fs::is_regular_file(request.data, ignored) && nn::isPack(request.data)) {
            dataset = datasetOf(valueOrThrow(nn::readPack(request.data)), request.data);
        } else {
            datasets::OpenOptions options;
            options.layout = request.layout;
            options.masks = request.labels;
            dataset = valueOrThrow(datasets::openDataset(request.data, options));
        }
        const Chosen chosen = chosenOf(dataset, chooseSplits(request, config, dataset));
        return TrainingCounts{
            static_cast<std::int64_t>(chosen.train.size()),
            static_cast<std::int64_t>(chosen.validation.size())};
    });
}

} // namespace guidino::engine
