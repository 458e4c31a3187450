// SPDX-License-Identifier: Apache-2.0
// Our side of tests/benchmarks/run: bench_guidino REPEATS WORK... prints one JSON line per work,
// the median time after warm-up. A network is timed in its fastest precision that keeps the masks
// (DSC >= 0.999 to float32).
#include "core/datasets/masks.h"
#include "core/imaging/image_writer.h"
#include "core/metrics/segmentation_metrics.h"
#include "core/nn/data/augment.h"
#include "core/nn/data/presets.h"
#include "core/nn/dino/vit.h"
#include "core/nn/losses/schedule.h"
#include "core/nn/losses/segmentation_loss.h"
#include "core/nn/segmenter.h"

#include <ATen/autocast_mode.h>
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

using namespace guidino;

namespace {

/// Of one call: time that passed, and time that the processors worked for this program. The second
/// tells something on a busy machine too, with one thread (OMP_NUM_THREADS=1).
struct Times
{
    double ms = 0;
    double cpuMs = 0;
};

double processorMs()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

Times medianTimes(const std::function<void()>& call, int repeats, int warmUp = 2)
{
    for (int i = 0; i < warmUp; ++i) {
        call();
    }
    std::vector<double> times;
    std::vector<double> processor;
    for (int i = 0; i < repeats; ++i) {
        const auto start = std::chrono::steady_clock::now();
        const double processorStart = processorMs();
        call();
        processor.push_back(processorMs() - processorStart);
        times.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
                .count());
    }
    std::sort(times.begin(), times.end());
    std::sort(processor.begin(), processor.end());
    return {times[times.size() / 2], processor[processor.size() / 2]};
}

void print(const std::string& work, const Times& times, const std::string& precision)
{
    std::printf(
        "{\"work\": \"%s\", \"ms\": %.5f, \"cpu_ms\": %.5f, \"precision\": \"%s\"}\n",
        work.c_str(),
        times.ms,
        times.cpuMs,
        precision.c_str());
    std::fflush(stdout);
}

/// bfloat16 for matrix products and convolutions inside a scope, as `--precision bf16` does it.
class Autocast
{
public:
    explicit Autocast(bool isOn)
        : m_was(at::autocast::is_autocast_enabled(at::kCPU))
    {
        at::autocast::set_autocast_enabled(at::kCPU, isOn);
        at::autocast::set_autocast_dtype(at::kCPU, torch::kBFloat16);
        at::autocast::increment_nesting();
    }

    Autocast(const Autocast&) = delete;
    Autocast& operator=(const Autocast&) = delete;

    ~Autocast()
    {
        if (at::autocast::decrement_nesting() == 0) {
            at::autocast::clear_cache();
        }
        at::autocast::set_autocast_enabled(at::kCPU, m_was);
    }

private:
    bool m_was;
};

struct Batch
{
    torch::Tensor images;
    torch::Tensor masks;
};

/// Bright discs on noise: something that a network learns within a few steps, so that masks can be
/// compared.
Batch discs(int count, int side)
{
    const torch::Tensor axis = torch::arange(side).to(torch::kFloat32) / side;
    const torch::Tensor centre = torch::rand({count, 2, 1, 1}) * 0.5 + 0.25;
    const torch::Tensor radius = torch::rand({count, 1, 1}) * 0.15 + 0.12;
    const torch::Tensor distance = ((axis.view({1, side, 1}) - centre.select(1, 0)).square()
                                    + (axis.view({1, 1, side}) - centre.select(1, 1)).square())
                                       .sqrt();
    const torch::Tensor masks = distance < radius;
    const torch::Tensor images =
        masks.unsqueeze(1).to(torch::kFloat32) * 2 + torch::randn({count, 3, side, side}) * 0.5;
    return {images.contiguous(torch::MemoryFormat::ChannelsLast), masks.to(torch::kLong)};
}

std::shared_ptr<nn::VisionTransformer> randomVit()
{
    auto vit = std::make_shared<nn::VisionTransformer>(*nn::vitConfig("vits16"));
    vit->eval();
    for (torch::Tensor& parameter : vit->parameters()) {
        parameter.set_requires_grad(false);
    }
    return vit;
}

class Trainer
{
public:
    Trainer(const std::string& system, std::shared_ptr<nn::VisionTransformer> vit)
    {
        m_config.system = system;
        m_config.guide.gates = {
            system == "guidino-w"     ? "input"
            : system == "seg-guidino" ? "decoder"
                                      : "bottleneck"};
        model = nn::makeSegmenter(m_config, std::move(vit));
        model->to(torch::kCPU, torch::kFloat32);
        for (torch::Tensor& parameter : model->parameters()) {
            if (parameter.dim() == 4) {
                parameter.set_data(parameter.contiguous(torch::MemoryFormat::ChannelsLast));
            }
        }
        model->train();
        m_groups = nn::parameterGroups(*model, m_config.training);
        m_optimizer = nn::makeOptimizer(m_groups, m_config.training);
        m_loss = std::make_unique<nn::SegmentationLoss>(m_config.loss, 1);
    }

    void step(const Batch& batch, bool bf16)
    {
        m_optimizer->zero_grad();
        nn::LossInput input;
        {
            const Autocast autocast(bf16);
            input.output = model->forward(batch.images);
        }
        input.target = batch.masks;
        (*m_loss)(input).total.backward();
        m_optimizer->step();
    }

    void setRate(double rate)
    {
        for (auto& group : m_optimizer->param_groups()) {
            group.options().set_lr(rate);
        }
    }

    std::shared_ptr<nn::Segmenter> model;

private:
    nn::SystemConfig m_config;
    std::vector<nn::ParameterGroup> m_groups;
    std::unique_ptr<torch::optim::Optimizer> m_optimizer;
    std::unique_ptr<nn::SegmentationLoss> m_loss;
};

torch::Tensor maskOf(nn::Segmenter& model, const torch::Tensor& image, bool bf16)
{
    const torch::InferenceMode guard;
    const Autocast autocast(bf16);
    return model.forward(image).logits[0] > 0;
}

double dscOf(const torch::Tensor& a, const torch::Tensor& b)
{
    const double both = a.logical_and(b).sum().item<double>();
    const double sum = a.sum().item<double>() + b.sum().item<double>();
    return sum > 0 ? 2 * both / sum : 1;
}

void benchSystem(const std::string& work, const std::string& system, bool predict, int repeats)
{
    torch::manual_seed(0);
    Trainer trainer(system, randomVit());
    if (!predict) {
        const Batch batch = discs(4, 256);
        print(work, medianTimes([&] { trainer.step(batch, true); }, repeats), "bf16");
        return;
    }
    trainer.setRate(2e-3);
    for (int i = 0; i < 40; ++i) {
        trainer.step(discs(4, 64), false);
    }
    trainer.model->eval();
    trainer.model->prepareInference();
    const torch::Tensor image = discs(1, 256).images;
    const double dsc =
        dscOf(maskOf(*trainer.model, image, true), maskOf(*trainer.model, image, false));
    const Times fp32 = medianTimes([&] { maskOf(*trainer.model, image, false); }, repeats);
    const Times bf16 = medianTimes([&] { maskOf(*trainer.model, image, true); }, repeats);
    const bool isKept = dsc >= 0.999;
    const bool isFaster = isKept && bf16.cpuMs < fp32.cpuMs;
    print(work, isFaster ? bf16 : fp32, isFaster ? "bf16" : "fp32");
}

void benchVit(const std::string& work, bool predict, int repeats)
{
    torch::manual_seed(0);
    const auto vit = randomVit();
    const torch::Tensor image = torch::randn({predict ? 1 : 4, 3, 256, 256});
    if (predict) {
        // Features have no mask to keep, so float32 is compared with float32.
        const torch::InferenceMode guard;
        print(work, medianTimes([&] { vit->forward_features(image); }, repeats), "fp32");
        return;
    }
    vit->train();
    for (torch::Tensor& parameter : vit->parameters()) {
        parameter.set_requires_grad(true);
    }
    torch::optim::AdamW optimizer(vit->parameters(), torch::optim::AdamWOptions(1e-4));
    const auto step = [&] {
        optimizer.zero_grad();
        torch::Tensor loss;
        {
            const Autocast autocast(true);
            loss = vit->forward_features(image).tokens.to(torch::kFloat32).square().mean();
        }
        loss.backward();
        optimizer.step();
    };
    print(work, medianTimes(step, repeats), "bf16");
}

void benchAugment(int repeats)
{
    torch::manual_seed(0);
    const int count = 64;
    const nn::Augmenter augmenter(*nn::augmentationPreset("nnunet"), false);
    const torch::Tensor images =
        torch::randn({count, 3, 256, 256}).contiguous(torch::MemoryFormat::ChannelsLast);
    const torch::Tensor masks = (torch::rand({count, 256, 256}) > 0.7).to(torch::kUInt8);
    std::uint64_t seed = 0;
    const auto step = [&] { (void)augmenter.apply(images.clone(), masks.clone(), ++seed); };
    Times times = medianTimes(step, std::max(3, repeats), 1);
    times.ms /= count;
    times.cpuMs /= count;
    print("augment", times, "fp32");
}

/// Two overlapping blobs of 1024 × 1024 pixels with wavy borders.
bool makeMasks(const std::string& first, const std::string& second)
{
    int index = 0;
    for (const std::string& path : {first, second}) {
        Raster8 mask(1024, 1024);
        for (int y = 0; y < mask.height(); ++y) {
            for (int x = 0; x < mask.width(); ++x) {
                const double dx = x - 500 - 25 * index;
                const double dy = y - 520 + 15 * index;
                const double angle = std::atan2(dy, dx);
                const double radius =
                    300 + 30 * std::sin(7 * angle + index) + 8 * std::sin(41 * angle);
                mask.at(x, y) = std::hypot(dx, dy) < radius ? 255 : 0;
            }
        }
        if (!imaging::writePng(path, mask)) {
            return false;
        }
        ++index;
    }
    return true;
}

/// What `guidino evaluate --metrics hd95` does for a pair, but on one thread.
bool benchHd95(const std::string& first, const std::string& second, int repeats)
{
    bool isOk = true;
    const datasets::MaskReader reader;
    metrics::MetricOptions options;
    options.withAssd = false;
    options.withNsd = false;
    const auto step = [&] {
        const auto prediction = reader.read(first);
        const auto reference = reader.read(second);
        isOk = isOk && prediction && reference
               && metrics::evaluatePair(*prediction, *reference, 1, options).hd95.has_value();
    };
    const Times times = medianTimes(step, std::max(repeats, 7), 1);
    if (isOk) {
        print("hd95", times, "exact");
    }
    return isOk;
}

std::vector<std::string> split(const std::string& text)
{
    std::vector<std::string> parts;
    std::size_t begin = 0;
    for (;;) {
        const std::size_t end = text.find(':', begin);
        parts.push_back(text.substr(begin, end == std::string::npos ? end : end - begin));
        if (end == std::string::npos) {
            return parts;
        }
        begin = end + 1;
    }
}

} // namespace

int main(int argc, char** argv)
{
    const int repeats =
        argc > 1 ? std::max(1, std::atoi(argv[1])) : 3; // NOLINT(cert-err34-c): own script's number
    for (int i = 2; i < argc; ++i) {
        const std::string work = argv[i];
        const std::vector<std::string> parts = split(work);
        bool isOk = true;
        if (parts[0] == "augment") {
            benchAugment(repeats);
        } else if (parts[0] == "make-masks" && parts.size() == 3) {
            isOk = makeMasks(parts[1], parts[2]);
            std::printf("{\"work\": \"make-masks\"}\n");
        } else if (parts[0] == "hd95" && parts.size() == 3) {
            isOk = benchHd95(parts[1], parts[2], repeats);
        } else if (parts[0] == "dinov3-s" && parts.size() == 2) {
            benchVit(work, parts[1] == "predict", repeats);
        } else if (parts.size() == 2) {
            benchSystem(work, parts[0], parts[1] == "predict", repeats);
        } else {
            isOk = false;
        }
        if (!isOk) {
            std::fprintf(stderr, "bench_guidino: cannot do '%s'\n", work.c_str());
            return 1;
        }
    }
    return 0;
}
