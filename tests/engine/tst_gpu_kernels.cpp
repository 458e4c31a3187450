// SPDX-License-Identifier: Apache-2.0
#include "core/engine/devices.h"
#include "tests/nn/rotation_cases.h"

using namespace guidino;

namespace {

/// The first GPU that can be used; the module of our kernels is loaded then.
torch::Device gpu()
{
    for (const engine::DeviceInfo& device : engine::findDevices()) {
        if (device.name != "cpu" && device.usable) {
            return torch::Device(device.name);
        }
    }
    throw test::Skip{"no GPU"};
}

} // namespace

GD_TEST(rotatesOnTheGpuAsOnTheCpu)
{
    const torch::Device device = gpu();
    const bool hasKernel = c10::Dispatcher::singleton()
                               .findSchemaOrThrow("guidino::rotate_", "")
                               .hasKernelForDispatchKey(c10::DispatchKey::CUDA);
    EXPECT(hasKernel);
    test::checkRotationOn(device);
}

GD_TEST_MAIN()
