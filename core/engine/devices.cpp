// SPDX-License-Identifier: Apache-2.0
#include "core/engine/devices.h"

#include "core/base/threads.h"
#include "core/engine/guarded.h"

#include <dlfcn.h>
#include <unistd.h>

#include <ATen/Version.h>
#include <torch/torch.h>

#include <algorithm>
#include <fstream>
#include <mutex>

namespace guidino::engine {

namespace fs = std::filesystem;

namespace {

constexpr int kNeededCudaDriver = 13000; // the wheel's libraries are of CUDA 13

/// What the NVIDIA driver says, asked without linking CUDA.
struct DriverReport
{
    bool isPresent = false; ///< hardware or driver is there
    std::string reason;     ///< why it cannot be used
    int version = 0;        ///< such as 13010
    struct Gpu
    {
        std::string name;
        std::uint64_t memoryBytes = 0;
    };
    std::vector<Gpu> gpus;
    std::string kernels; ///< why our own kernels are not used; empty: they are
};

std::string versionText(int version)
{
    return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

template<typename Function>
Function symbol(void* library, const char* name)
{
    return reinterpret_cast<Function>(dlsym(library, name));
}

std::vector<std::string> gpuNamesOfKernel()
{
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/proc/driver/nvidia/gpus", error)) {
        std::ifstream stream(entry.path() / "information");
        std::string name = "NVIDIA GPU";
        for (std::string line; std::getline(stream, line);) {
            if (line.starts_with("Model:")) {
                name = line.substr(line.find_first_not_of(" \t", 6));
            }
        }
        names.push_back(name);
    }
    return names;
}

DriverReport askDriver()
{
    DriverReport report;
    for (const std::string& name : gpuNamesOfKernel()) {
        report.gpus.push_back({name, 0});
    }
    report.isPresent = !report.gpus.empty();
    void* driver = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    if (driver == nullptr) {
        report.reason = "NVIDIA's libcuda.so.1 is not there: install the NVIDIA driver";
        return report;
    }
    const auto init = symbol<int (*)(unsigned)>(driver, "cuInit");
    const auto version = symbol<int (*)(int*)>(driver, "cuDriverGetVersion");
    const auto count = symbol<int (*)(int*)>(driver, "cuDeviceGetCount");
    const auto get = symbol<int (*)(int*, int)>(driver, "cuDeviceGet");
    const auto name = symbol<int (*)(char*, int, int)>(driver, "cuDeviceGetName");
    const auto memory = symbol<int (*)(std::size_t*, int)>(driver, "cuDeviceTotalMem_v2");
    if (init == nullptr || version == nullptr || count == nullptr || get == nullptr
        || name == nullptr || memory == nullptr) {
        report.reason = "libcuda.so.1 is not the NVIDIA driver's";
        return report;
    }
    if (const int status = init(0); status != 0) {
        // 100: driver without a device, as on build machines; not worth a line where nothing is
        // there.
        report.reason = "the NVIDIA driver does not start (error " + std::to_string(status)
                        + "; a reboot after an update of the driver often helps)";
        return report;
    }
    int gpus = 0;
    version(&report.version);
    count(&gpus);
    report.gpus.clear();
    for (int i = 0; i < gpus; ++i) {
        int device = 0;
        std::array<char, 256> text{};
        std::size_t bytes = 0;
        if (get(&device, i) == 0 && name(text.data(), int(text.size()) - 1, device) == 0) {
            memory(&bytes, device);
            report.gpus.push_back({text.data(), bytes});
        }
    }
    report.isPresent = !report.gpus.empty();
    if (report.isPresent && report.version < kNeededCudaDriver) {
        report.reason = "the NVIDIA driver is too old: it supports CUDA "
                        + versionText(report.version) + ", LibTorch needs "
                        + versionText(kNeededCudaDriver);
    }
    return report;
}

/// LibTorch's folder, by the library that this process uses.
fs::path libtorchFolder()
{
    Dl_info info{};
    const void* address = reinterpret_cast<const void*>(&at::show_config);
    if (dladdr(address, &info) == 0 || info.dli_fname == nullptr) {
        return {};
    }
    std::error_code ignored;
    return fs::weakly_canonical(info.dli_fname, ignored).parent_path();
}

/// Loads libtorch_cuda, which registers the CUDA backend. Empty, or why it cannot be loaded.
std::string loadCudaBackend()
{
    const fs::path library = libtorchFolder() / "libtorch_cuda.so";
    std::error_code ignored;
    if (!fs::exists(library, ignored)) {
        return "this LibTorch has no libtorch_cuda.so";
    }
    if (dlopen(library.c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr) {
        const char* text = dlerror();
        const std::string message = text == nullptr ? "unknown reason" : text;
        const auto end = message.find(": cannot open shared object file");
        if (end != std::string::npos) {
            return "the library " + message.substr(0, end)
                   + " is missing: `./run --gpu` fetches NVIDIA's libraries";
        }
        return "libtorch_cuda.so cannot be loaded: " + message.substr(0, message.find('\n'));
    }
    return {};
}

/// Loads our kernels where the module was built; without it LibTorch's own operators do the work.
/// Empty, or why they are not used.
std::string loadOwnKernels()
{
    Dl_info info{};
    if (dladdr(reinterpret_cast<const void*>(&useThreads), &info) == 0
        || info.dli_fname == nullptr) {
        return "the runtime's folder is unknown";
    }
    std::error_code ignored;
    const fs::path module =
        fs::weakly_canonical(info.dli_fname, ignored).parent_path() / "guidino_cuda.so";
    if (!fs::exists(module, ignored)) {
        return "built without nvcc";
    }
    if (dlopen(module.c_str(), RTLD_NOW | RTLD_LOCAL) == nullptr) {
        const char* text = dlerror();
        const std::string message = text == nullptr ? "unknown reason" : text;
        return message.substr(0, message.find('\n'));
    }
    return {};
}

/// The GPUs of this process: looked for once, before anything asks LibTorch for CUDA (it remembers
/// the answer).
const DriverReport& gpuReport()
{
    static const DriverReport report = [] {
        DriverReport found = askDriver();
        if (found.isPresent && found.reason.empty()) {
            found.reason = loadCudaBackend();
        }
        if (found.isPresent && found.reason.empty()) {
            try {
                if (!torch::cuda::is_available()) {
                    found.reason = "LibTorch sees no CUDA device";
                } else {
                    found.kernels = loadOwnKernels();
                }
            } catch (const std::exception& exception) {
                const std::string text = exception.what();
                found.reason = "CUDA does not start: " + text.substr(0, text.find('\n'));
            }
        }
        return found;
    }();
    return report;
}

std::uint64_t memoryLine(const std::string& key)
{
    std::ifstream stream("/proc/meminfo");
    std::string name;
    std::uint64_t kibibytes = 0;
    std::string rest;
    while (stream >> name >> kibibytes && std::getline(stream, rest)) {
        if (name == key + ":") {
            return kibibytes * 1024;
        }
    }
    return 0;
}

DeviceInfo cpuInfo()
{
    DeviceInfo cpu;
    cpu.name = "cpu";
    const int cores = coreCount();
    std::string vectors = at::get_cpu_capability();
    std::transform(vectors.begin(), vectors.end(), vectors.begin(), [](char c) {
        return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    });
    if (vectors.starts_with("AVX") && vectors.size() > 3) {
        vectors.insert(3, "-"); // AVX-512, AVX-2
    }
    cpu.label =
        "CPU, " + std::to_string(cores) + (cores == 1 ? " thread, " : " threads, ") + vectors;
    cpu.memoryBytes = memoryLine("MemTotal");
    cpu.freeBytes = memoryLine("MemAvailable");
    cpu.usable = true;
    return cpu;
}

} // namespace

std::vector<DeviceInfo> findDevices()
{
    std::vector<DeviceInfo> devices = {cpuInfo()};
    const DriverReport& report = gpuReport();
    for (std::size_t i = 0; i < report.gpus.size(); ++i) {
        DeviceInfo gpu;
        gpu.name = "cuda:" + std::to_string(i);
        gpu.label = report.gpus[i].name;
        gpu.memoryBytes = report.gpus[i].memoryBytes;
        gpu.usable = report.reason.empty();
        gpu.reason = report.reason;
        if (gpu.usable && !report.kernels.empty()) {
            gpu.label += " (LibTorch's kernels only: " + report.kernels + ")";
        }
        if (gpu.usable) {
            try {
                const auto [free, total] = at::getDeviceAllocator(torch::kCUDA)
                                               ->getMemoryInfo(static_cast<c10::DeviceIndex>(i));
                gpu.freeBytes = free;
                gpu.memoryBytes = total;
            } catch (const std::exception&) {
                gpu.freeBytes = 0; // not told by this LibTorch
            }
        }
        devices.push_back(std::move(gpu));
    }
    return devices;
}

Result<std::string> chooseDevice(const std::string& wanted)
{
    return guarded("Choosing a device", [&]() -> Result<std::string> {
        if (wanted.empty() || wanted == "cpu") {
            return std::string("cpu");
        }
        const bool isCuda = wanted == "cuda" || wanted.starts_with("cuda:");
        if (wanted != "auto" && !isCuda) {
            return Error{
                ErrorCode::Usage,
                "Unknown device '" + wanted + "': use auto, cpu, cuda or cuda:N.",
                {}};
        }
        const std::string name = wanted == "cuda" ? "cuda:0" : wanted;
        for (const DeviceInfo& device : findDevices()) {
            if (device.name == "cpu") {
                continue;
            }
            if (wanted == "auto" && device.usable) {
                return device.name;
            }
            if (device.name == name) {
                if (device.usable) {
                    return device.name;
                }
                return Error{
                    ErrorCode::NotFound,
                    "The device " + name + " (" + device.label
                        + ") cannot be used: " + device.reason + ".",
                    {}};
            }
        }
        if (wanted == "auto") {
            return std::string("cpu");
        }
        const std::string& reason = gpuReport().reason;
        return Error{
            ErrorCode::NotFound,
            "There is no device " + name + ": no NVIDIA GPU was found"
                + (reason.empty() ? "." : " (" + reason + ")."),
            {}};
    });
}

void useThreads(int threads)
{
    at::set_num_threads(threadsFor(threads));
}

} // namespace guidino::engine
